"""The tables of a borrower's fields, the functions of formulas, the scorer checks and the layers."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from formatting import table

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk.history import KINDS
from collectrisk.testing._checks import CHECKS

if TYPE_CHECKING:
    from collectrisk._fields import FieldSpec

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "src" / "collectrisk"
OPERATORS = [
    ["`+ - * /`", "arithmetic; a condition counts as 1 or 0"],
    ["`x ** 2`", "a power with a constant exponent"],
    ["`< <= > >= == !=`", "comparison; text is compared with `==` and `!=`"],
    ["`& \\|`", "and, or; put each comparison in parentheses"],
]


def _if_absent(spec: FieldSpec) -> str:
    default: Any = spec.default
    if default is attrs.NOTHING:
        return "an error: it must be known"
    return f"`{str(default)!r}`" if isinstance(default, str) else f"`{default!r}`"


def fields() -> str:
    """Return the borrower's fields: the valid values, and what a missing value means."""
    rows = [
        [f"`{name}`", spec.validator.requirement, _if_absent(spec)]
        for name, spec in field_specs(cr.Borrower).items()
    ]
    return table(["field", "valid values", "if absent, None, null or NaN"], rows)


def _summary(function: Any) -> str:
    return inspect.getdoc(function).split("\n\n")[0].replace("\n", " ").replace("``", "`")  # type: ignore[union-attr]


def xp() -> str:
    """Return what a formula may use: the operators, and the functions of the namespace."""
    rows = []
    for name in vars(cr.Namespace):
        if not name.startswith("_"):
            function = getattr(cr.Namespace, name)
            arguments = ", ".join(list(inspect.signature(function).parameters)[1:])
            rows.append([f"`xp.{name}({arguments})`", _summary(function)])
    return table(["write", "result"], [*OPERATORS, *rows])


def checks() -> str:
    """Return the checks of `check_scorer`, with what each requires."""
    rows = [[f"`{check.name}`", check.requirement] for check in CHECKS.values()]
    return table(["check", "requirement"], rows)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _layers() -> list[tuple[str, ...]]:
    """Return the layers from the test of the imports, lowest first, without importing the test."""
    for node in _tree(PROJECT / "tests" / "test_imports.py").body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LAYERS":
            return [tuple(layer) for layer in ast.literal_eval(node.value)]
    raise LookupError("LAYERS")


def _purpose(module: str) -> str:
    """Return the first line of a module's docstring."""
    path = PACKAGE.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(_tree(file)) or "").split("\n")[0].replace("``", "`")


def layers() -> str:
    """Return the modules of each layer, the highest first."""
    numbered = list(enumerate(_layers(), start=1))
    rows = [
        [str(number), f"`{module}`", _purpose(module)]
        for number, modules in reversed(numbered)
        for module in modules
    ]
    return table(["layer", "module", "purpose"], rows)


def event_kinds() -> str:
    """Return the kinds of events and their flags."""
    flags = ("is_attempt", "failed", "connected", "reached", "result")
    rows = [
        [
            f"`{kind.name}`",
            kind.description,
            kind.channel or "",
            ", ".join(flag for flag in flags if getattr(kind, flag)),
            kind.shows or "",
        ]
        for kind in KINDS.values()
    ]
    return table(["kind", "what happened", "channel", "flags", "shows"], rows)
