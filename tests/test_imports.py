"""The door stays light, and imports go down the floors."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import collectrisk as cr

HEAVY = (
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "narwhals",
    "sklearn",
    "scipy",
    "joblib",
    "matplotlib",
    "typer",
    "rich",
)
PACKAGE = Path(cr.__file__).parent
FLOORS = {
    "version": 1.0,
    "errors": 1.0,
    "later": 1.0,
    "atomic": 1.1,
    "markup": 1.1,
    "fields": 1.1,
    "borrower": 1.2,
    "channel": 1.2,
    "plan": 1.2,
    "namespace": 1.3,
    "curves": 2.0,
    "words": 2.1,
    "pages": 2.15,
    "prospects": 2.16,
    "assessment": 2.2,
    "frames": 2.2,
    "scorer": 3.0,
    "row_scorer": 3.1,
    "scorecard": 4.0,
    "fit": 4.5,
    "logistic": 5.0,
    "rules": 5.0,
    "blend": 5.0,
    "estimator": 5.0,
    "card_format": 5.0,
    "files": 5.1,
    "cli": 6.0,
    "evaluation": 6.0,
    "plots": 6.1,
    "simulate": 6.0,
    "testing": 6.0,
}


def loaded_after(code: str) -> list[str]:
    """Return the heavy packages that a fresh interpreter has loaded after running some code."""
    report = f"{code}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return list(ast.literal_eval(done.stdout))


def test_importing_collectrisk_loads_nothing_heavy() -> None:
    assert loaded_after("import collectrisk") == []


def test_assessing_one_borrower_loads_nothing_heavy() -> None:
    code = """
import collectrisk as cr
borrower = cr.Borrower(amount_overdue=3_000, days_past_due=10)
cr.RuleScorer().assess(borrower).explain("zh")
"""
    assert loaded_after(code) == []


def test_scoring_a_polars_frame_loads_no_pandas() -> None:
    code = """
import collectrisk as cr, polars as pl
cr.RuleScorer().assess_frame(pl.DataFrame({"amount_overdue": [1.0], "days_past_due": [1]}))
"""
    assert {"pandas", "pyarrow", "sklearn", "matplotlib"}.isdisjoint(loaded_after(code))


def imports_of(path: Path) -> set[str]:
    """Return the rooms of collectrisk that a file imports at its top, type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    names |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("collectrisk.")}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_strictly_down(path: Path) -> None:
    here = room_of(path)
    above = {room for room in imports_of(path) - {here} if FLOORS[room] >= FLOORS[here]}
    assert above == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_inside_a_function_dodges_a_floor(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("collectrisk")
    ]
    assert inner == []


def test_every_public_name_is_there() -> None:
    assert all(getattr(cr, name) is not None for name in cr.__all__)
    assert dir(cr) == sorted(cr.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cr.nothing
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cr.frames.nothing
