"""The tables of names: a borrower's fields, what a formula may call, and the rooms of the house."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from telling import table

import collectrisk as cr
from collectrisk._fields import specs
from collectrisk.testing._promises import PROMISES

if TYPE_CHECKING:
    from collectrisk._fields import FieldSpec

PROJECT = Path(__file__).resolve().parents[2]
OPERATORS = [
    ["`+ - * /`", "arithmetic"],
    ["`< <= > >= == !=`", "comparison; texts are compared with `==` and `!=`"],
    ["`& \\|`", "and, or; put each comparison in brackets"],
]


def _absent(spec: FieldSpec) -> str:
    default: Any = spec.default
    if default is attrs.NOTHING:
        return "an error: it must be known"
    return f"counts as `{default!r}`" if not isinstance(default, str) else f"counts as `{str(default)!r}`"


def fields() -> str:
    """Return the borrower's fields: what each may hold, and what its absence means."""
    rows = [[f"`{name}`", spec.rule.words, _absent(spec)] for name, spec in specs(cr.Borrower).items()]
    return table(["field", "holds", "absent, None, null or NaN"], rows)


def _first_line(function: Any) -> str:
    return inspect.getdoc(function).split("\n\n")[0].replace("\n", " ")  # type: ignore[union-attr]


def xp() -> str:
    """Return what a formula may use: the operators, and the functions of the namespace."""
    names = [name for name in vars(cr.Namespace) if not name.startswith("_")]
    rows = []
    for name in names:
        function = getattr(cr.Namespace, name)
        arguments = ", ".join(list(inspect.signature(function).parameters)[1:])
        rows.append([f"`xp.{name}({arguments})`", _first_line(function).replace("``", "`")])
    return table(["write", "for"], [*OPERATORS, *rows])


def checks() -> str:
    """Return what is checked of a scorer."""
    rows = [[f"`{promise.name}`", promise.words] for promise in PROMISES.values()]
    return table(["check", "what is promised"], rows)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _floors() -> dict[str, float]:
    """Return each room's height, from the test that holds the imports to it."""
    for node in _tree(PROJECT / "tests" / "test_imports.py").body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FLOORS":
            return dict(ast.literal_eval(node.value))
    raise LookupError("FLOORS")


def _says(room: str) -> str:
    """Return the first line of a room's docstring."""
    package = PROJECT / "src" / "collectrisk"
    path = package / room / "__init__.py" if (package / room).is_dir() else package / f"{room}.py"
    return (ast.get_docstring(_tree(path)) or "").split("\n")[0].replace("``", "`")


def floors() -> str:
    """Return the rooms of the package, the highest floor first."""
    floors = sorted(_floors().items(), key=lambda room: (-room[1], room[0]))
    return table(
        ["floor", "room", "what it is"], [[f"{int(at)}", f"`{room}`", _says(room)] for room, at in floors]
    )
