"""How terms make a reward: an arithmetic expression of their names, read by Python's grammar, never evaluated as code."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Mapping

BINARY: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def compile_expression(text: str) -> tuple[Callable[[Mapping[str, float]], float], frozenset[str]]:
    """A function of the terms' values, and the names that it needs; it raises ZeroDivisionError where it divides by zero.
    Raises ValueError for anything but arithmetic."""
    try:
        body = ast.parse(text, mode="eval").body
    except (SyntaxError, MemoryError) as error:  # the latter for parentheses too deep
        raise no_arithmetic(text) from error
    check(body, text)
    names = frozenset(node.id for node in ast.walk(body) if isinstance(node, ast.Name))
    return (lambda values: evaluate(body, values)), names


def check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name():
            return
        case ast.Constant(value=int() | float() as number) if abs(number) <= sys.float_info.max:
            return
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return check(inner, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            check(left, text)
            return check(right, text)
    raise no_arithmetic(text)


def no_arithmetic(text: str) -> ValueError:
    return ValueError(f"reward.expression: {text!r} is no arithmetic of names of terms, numbers, + - * / and parentheses")


def evaluate(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(operand=inner):
            return -evaluate(inner, values)
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](evaluate(left, values), evaluate(right, values))
    raise AssertionError(f"{ast.dump(node)} was not checked")
