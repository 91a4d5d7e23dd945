"""How to make contact next with a borrower in arrears, and how likely a visit is.

See Also
--------
Borrower : One account in arrears.
RuleScorer : The scorer to start with; needs no labels.
Scorer : The base class of a scorer of your own.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from collectrisk._assessment import Assessment
from collectrisk._borrower import Attitude, Borrower, Product
from collectrisk._channel import DEFAULT_LADDER, Channel, Ladder, Rung
from collectrisk._curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._namespaces import Namespace
from collectrisk._reason import Reason
from collectrisk._scorers.blend import BlendScorer
from collectrisk._scorers.row import RowScorer
from collectrisk._scorers.rules import RuleScorer
from collectrisk._scorers.scorecard import Scorecard
from collectrisk._scorers.scorer import Scorer
from collectrisk._version import __version__
from collectrisk.errors import CollectRiskError

if TYPE_CHECKING:
    from collectrisk import evaluation as evaluation
    from collectrisk import history as history
    from collectrisk import mapping as mapping
    from collectrisk import plots as plots
    from collectrisk import testing as testing
    from collectrisk._files.files import load, save
    from collectrisk._scorers.estimator import EstimatorScorer
    from collectrisk._scorers.logistic import LogisticScorer
    from collectrisk._simulate import simulate_portfolio
    from collectrisk.evaluation import compare, evaluate
    from collectrisk.mapping import Mapping

__all__ = [
    "DEFAULT_LADDER",
    "Assessment",
    "AtLeast",
    "Attitude",
    "Bands",
    "BlendScorer",
    "Borrower",
    "Channel",
    "Characteristic",
    "CollectRiskError",
    "EstimatorScorer",
    "Flag",
    "Gate",
    "Ladder",
    "Levels",
    "LogisticScorer",
    "Mapping",
    "Namespace",
    "PiecewiseLinear",
    "Product",
    "Reason",
    "RowScorer",
    "RuleScorer",
    "Rung",
    "Scorecard",
    "Scorer",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "save",
    "simulate_portfolio",
]

# Imported on first access, because they load NumPy, scikit-learn or other large packages.
_LAZY = {
    "EstimatorScorer": "_scorers.estimator",
    "LogisticScorer": "_scorers.logistic",
    "Mapping": "mapping",
    "compare": "evaluation",
    "evaluate": "evaluation",
    "load": "_files.files",
    "save": "_files.files",
    "simulate_portfolio": "_simulate",
}
_LAZY_MODULES = {"evaluation", "history", "input_report", "mapping", "plots", "testing"}


def __getattr__(name: str) -> Any:
    if name in _LAZY_MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
