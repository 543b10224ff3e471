"""The rooms of the trainer lie one above the other: imports go down, and nothing goes round in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import ocean_r1

ROOT = Path(ocean_r1.__path__[0])
ROOMS = [
    ["config", "device", "files", "processes", "progress_bar", "ranks", "reflection"],
    ["models"],
    ["engine"],
    ["rewards"],
    ["data"],
    ["metrics", "muon", "rollouts", "optimizer", "checkpoints"],
    ["evals"],
    ["start", "driver"],
    ["grpo", "sft", "tower"],
    ["export", "plan", "train", "verl"],
    ["agent"],
    ["data_commands", "verl_command"],
    ["cli", "__main__"],
]
"""From the bottom up; a module is in the room of its folder, or one of its own."""
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}


def imports_of(path: Path) -> set[str]:
    """Modules of the trainer that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{path}: imports are absolute"
            assert node.level == 0, f"{path}: imports are absolute"
            # `from ocean_r1.data import check` names a module, `from ocean_r1.data.check import Row` what is in one.
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    names = {module.removeprefix("ocean_r1.") for module in found if module.startswith("ocean_r1.")}
    return {name for name in names if (ROOT / f"{name.replace('.', '/')}.py").exists()}


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): imports_of(path)
    for path in ROOT.rglob("*.py")
    if path.name != "__init__.py"
}


def room_of(module: str) -> str:
    return module.partition(".")[0]


def test_imports_go_down() -> None:
    assert {room_of(module) for module in MODULES} <= FLOOR.keys(), "a new room has its place in ROOMS"
    up = [
        f"{module} imports {imported}"
        for module, imports in MODULES.items()
        for imported in imports
        if FLOOR[room_of(imported)] > FLOOR[room_of(module)]
        or (room_of(imported) != room_of(module) and {room_of(imported), room_of(module)} <= {"grpo", "sft", "tower"})
    ]
    assert up == []


def test_nothing_goes_round_in_a_circle() -> None:
    rooms: dict[str, set[str]] = {}
    for module, imports in MODULES.items():
        rooms.setdefault(room_of(module), set()).update({room_of(each) for each in imports} - {room_of(module)})
    for graph in (MODULES, rooms):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            raise AssertionError(" imports ".join(reversed(error.args[1]))) from None


def test_nothing_but_the_command_line_imports_the_agent() -> None:
    users = {module for module, imports in MODULES.items() if any(room_of(each) == "agent" for each in imports)}
    assert {room_of(module) for module in users} <= {"agent", "cli"}
