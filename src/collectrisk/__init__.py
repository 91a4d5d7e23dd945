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
from collectrisk._errors import CollectRiskError
from collectrisk._scorers.scorer import Scorer
from collectrisk._version import __version__

if TYPE_CHECKING:
    from collectrisk import contact as contact
    from collectrisk import errors as errors
    from collectrisk import evaluation as evaluation
    from collectrisk import history as history
    from collectrisk import mapping as mapping
    from collectrisk import planning as planning
    from collectrisk import plots as plots
    from collectrisk import testing as testing
    from collectrisk import validation as validation
    from collectrisk._curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
    from collectrisk._files.files import load, save
    from collectrisk._namespaces.protocol import Namespace
    from collectrisk._reason import Reason
    from collectrisk._scorers.blend import BlendScorer
    from collectrisk._scorers.estimator import EstimatorScorer
    from collectrisk._scorers.logistic import LogisticScorer
    from collectrisk._scorers.row import RowScorer
    from collectrisk._scorers.rules import RuleScorer
    from collectrisk._scorers.scorecard import Scorecard
    from collectrisk._scorers.spreads import SlopeSpread
    from collectrisk._simulate import simulate_portfolio
    from collectrisk._surface import LevelAxis, NumberAxis, Surface
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
    "LevelAxis",
    "Levels",
    "LogisticScorer",
    "Mapping",
    "Namespace",
    "NumberAxis",
    "PiecewiseLinear",
    "Product",
    "Reason",
    "RowScorer",
    "RuleScorer",
    "Rung",
    "Scorecard",
    "Scorer",
    "SlopeSpread",
    "Surface",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "save",
    "simulate_portfolio",
]

# Imported on first access: no program needs all of them, and some load NumPy or other large packages.
_LAZY = {
    **dict.fromkeys(
        ["AtLeast", "Bands", "Characteristic", "Flag", "Gate", "Levels", "PiecewiseLinear"], "_curves"
    ),
    **dict.fromkeys(["LevelAxis", "NumberAxis", "Surface"], "_surface"),
    "BlendScorer": "_scorers.blend",
    "EstimatorScorer": "_scorers.estimator",
    "LogisticScorer": "_scorers.logistic",
    "Mapping": "mapping",
    "Namespace": "_namespaces.protocol",
    "Reason": "_reason",
    "RowScorer": "_scorers.row",
    "RuleScorer": "_scorers.rules",
    "Scorecard": "_scorers.scorecard",
    "SlopeSpread": "_scorers.spreads",
    "compare": "evaluation",
    "evaluate": "evaluation",
    "load": "_files.files",
    "save": "_files.files",
    "simulate_portfolio": "_simulate",
}
_LAZY_MODULES = {
    "contact",
    "errors",
    "evaluation",
    "history",
    "input_report",
    "mapping",
    "planning",
    "plots",
    "testing",
    "validation",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY_MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value  # this function is not called for it again
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
