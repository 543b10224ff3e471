"""How terms make a reward: an arithmetic expression of their names, read by Python's grammar, never evaluated as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

BINARY: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def compile_expression(text: str) -> tuple[Callable[[Mapping[str, float]], float], frozenset[str]]:
    """A function of the terms' values, and the names that it needs. Raises ValueError for anything but arithmetic."""
    try:
        body = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"the reward {text!r} is no arithmetic expression") from error
    names = frozenset(node.id for node in ast.walk(body) if isinstance(node, ast.Name))
    evaluate(body, dict.fromkeys(names, 1.0), text)
    return (lambda values: evaluate(body, values, text)), names


def evaluate(node: ast.expr, values: Mapping[str, float], text: str) -> float:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -evaluate(inner, values, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return BINARY[type(op)](evaluate(left, values, text), evaluate(right, values, text))
    raise ValueError(f"the reward {text!r} may hold names of terms, numbers, + - * / and parentheses only")
