"""The layers of the package: every import goes down, there is no cycle, and importing it is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(cr.__file__).parent

LAYERS = [
    ("_errors", "_lookalikes", "_typing", "_version", "_zones"),
    ("errors",),
    ("_fields", "_meaning", "_files.atomic"),
    ("mapping", "_export"),
    ("_namespaces", "_parameters"),
    ("_borrower", "_channel"),
    ("_curves",),
    ("_surface",),
    ("_display",),
    ("_reason", "_plain"),
    ("_files.mapping_format",),
    ("_files.card_data",),
    ("_explanation",),
    ("_assessment", "input_report"),
    ("what_if",),
    ("_payment",),
    ("_ways_down",),
    ("_formula",),
    ("_frames",),
    ("_sql",),
    ("_scorers.scorer", "_scorers.weights", "_scorers.tables", "_scorers.spreads"),
    ("scaling",),
    ("_scorers.card_tables",),
    ("_scorers.scorecard", "_scorers.row", "_scorers.blend", "_scorers.estimator"),
    ("_scorers.rules", "_fit"),
    ("summary",),
    ("_scorers.logistic",),
    ("_files", "evaluation", "_simulate", "history"),
    ("contact", "planning", "validation"),
    ("testing", "plots", "_cli"),
    ("__main__",),
]
"""The modules and packages from the lowest layer to the highest; a module imports from lower ones only.

`collectrisk/__init__.py`, above all of them, only collects the public names.
"""

HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}

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


def module_of(path: Path) -> str:
    """Return the dotted name of a file, relative to the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = sorted(set(FILES) - {""})


def layer_of(module: str) -> str:
    """Return the entry of `LAYERS` that a module belongs to."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next(name for name in names if name in HEIGHT)


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of everything that a file imports, wherever and however it does.

    At the top, inside functions, for type checkers only, or through ``import_module``.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used in this package"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called_name(node) in {"import_module", "__import__"}:
            name = node.args[0]
            assert isinstance(name, ast.Constant), "a computed name would hide the import from this test"
            yield str(name.value)


def imports_of(module: str) -> set[str]:
    """Return the modules of the package that a module imports."""
    names = imported_names(ast.parse(FILES[module].read_text(encoding="utf-8")))
    own = {name.removeprefix("collectrisk.") for name in names if name.startswith("collectrisk")}
    found = set()
    for name in own:
        # The longest prefix that is a file: the rest is a name defined in it.
        parts = name.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        found.add(next((prefix for prefix in prefixes if prefix in FILES), ""))
    return found - {module}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_lower_layers_only(module: str) -> None:
    if module == "_scorers":
        return  # the package of several layers, whose __init__ imports nothing
    own = layer_of(module)
    upward = {
        name
        for name in imports_of(module)
        if not name or (layer_of(name) != own and HEIGHT[layer_of(name)] >= HEIGHT[own])
    }
    assert upward == set()


def test_there_is_no_import_cycle() -> None:
    graph = {module: imports_of(module) for module in FILES if module}
    assert set(TopologicalSorter(graph).static_order()) >= set(MODULES)


def test_every_layer_exists() -> None:
    """A name in `LAYERS` that is not a file would make the other tests blind."""
    assert [name for name in HEIGHT if name not in FILES] == []


def test_a_module_within_a_package_never_imports_the_package_itself() -> None:
    """Its `__init__` imports the module, so this would be a cycle at run time."""
    assert [
        module
        for module in MODULES
        for parent in [module.rpartition(".")[0]]
        if parent and parent in imports_of(module)
    ] == []


def loaded_of(names: tuple[str, ...], code: str) -> list[str]:
    """Return the modules among `names` that a fresh interpreter has loaded after running some code."""
    # What measures the tests' coverage loads modules of its own before the code runs.
    head = "import sys\nbefore = set(sys.modules)"
    report = f"{head}\n{code}\nprint([name for name in {names!r} if name in sys.modules.keys() - before])"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return list(ast.literal_eval(done.stdout))


def loaded_after(code: str) -> list[str]:
    """Return the heavy packages that a fresh interpreter has loaded after running some code."""
    return loaded_of(HEAVY, code)


def test_importing_collectrisk_loads_nothing_heavy() -> None:
    assert loaded_after("import collectrisk") == []


def test_assessing_one_borrower_loads_nothing_heavy() -> None:
    code = """
import collectrisk as cr
borrower = cr.Borrower(amount_overdue=3_000, days_past_due=10)
scorer = cr.RuleScorer()
scorer.assess(borrower).explain("zh")
scorer.ways_down(borrower)
scorer.assess(borrower).to_html()
"""
    assert loaded_after(code) == []


RARELY_NEEDED = (
    "collectrisk._display.words",
    "collectrisk._formula",
    "collectrisk.errors",
    "decimal",
    "html",
)


def test_importing_collectrisk_loads_no_scorer_and_no_curve() -> None:
    names = (*RARELY_NEEDED, "collectrisk._curves", "collectrisk._scorers.scorecard", "datetime")
    assert loaded_of(names, "import collectrisk") == []


def test_assessing_one_borrower_does_not_load_what_explanations_frames_and_other_errors_need() -> None:
    code = """
import collectrisk as cr
borrower = cr.Borrower(amount_overdue=3_000, days_past_due=10, attitude="passive")
assert cr.RuleScorer().assess(borrower).channel is cr.Channel.SMS
"""
    assert loaded_of(RARELY_NEEDED, code) == []


def test_scoring_a_polars_frame_loads_no_pandas() -> None:
    code = """
import collectrisk as cr, polars as pl
cr.RuleScorer().assess_frame(pl.DataFrame({"amount_overdue": [1.0], "days_past_due": [1]}))
"""
    assert {"pandas", "pyarrow", "sklearn", "matplotlib"}.isdisjoint(loaded_after(code))


def test_every_public_name_exists() -> None:
    assert all(getattr(cr, name) is not None for name in cr.__all__)
    assert dir(cr) == sorted(cr.__all__)


def test_the_public_namespace_stays_small() -> None:
    assert len(cr.__all__) <= 36


def test_public_submodules_are_attributes() -> None:
    assert cr.contact.ContactRules is not None
    assert cr.plots.reasons is not None
    assert cr.evaluation.Evaluation is not None
    assert cr.history.arrears is not None
    assert cr.planning.forecast_visits is not None
    assert cr.testing.check_scorer is not None
    assert cr.validation.Split is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cr.nothing


def test_packages_are_imported_when_they_are_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    package = cr.validation
    monkeypatch.delattr(cr, "validation")
    assert cr.validation is package
