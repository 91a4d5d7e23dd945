"""How to make contact next with a borrower in arrears, and how likely a visit is.

See Also
--------
Borrower : One account in arrears.
RuleScorer : The scorer to start with; needs no labels.
Scorer : The base of a scorer of your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.assessment import Assessment, Reason
from collectrisk.blend import BlendScorer
from collectrisk.borrower import Attitude, Borrower, Product
from collectrisk.channel import DEFAULT_LADDER, Channel, Ladder, Rung
from collectrisk.curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk.errors import (
    ArgumentError,
    CardFileError,
    CollectRiskError,
    ColumnNameError,
    ColumnProblem,
    ColumnTypeError,
    FileProblemError,
    FormulaError,
    InvalidBorrowerError,
    InvalidBorrowersError,
    InvalidCardError,
    MissingColumnError,
    MissingExtraError,
    NotAFrameError,
    RowFormulaError,
    ScorerCheckError,
)
from collectrisk.later import on_first_use
from collectrisk.namespace import SCALAR, Namespace
from collectrisk.row_scorer import RowScorer
from collectrisk.rules import RuleScorer
from collectrisk.scorecard import Scorecard
from collectrisk.scorer import Scorer
from collectrisk.version import __version__

if TYPE_CHECKING:
    from collectrisk import plots
    from collectrisk.estimator import EstimatorScorer
    from collectrisk.evaluation import (
        CalibrationBin,
        ChannelShare,
        Comparison,
        Difference,
        Evaluation,
        Measures,
        Ranking,
        compare,
        evaluate,
    )
    from collectrisk.files import load, save
    from collectrisk.logistic import LogisticScorer
    from collectrisk.prospects import ReasonChange, Way, WhatIf
    from collectrisk.simulate import simulate_portfolio

__all__ = [
    "DEFAULT_LADDER",
    "SCALAR",
    "ArgumentError",
    "Assessment",
    "AtLeast",
    "Attitude",
    "Bands",
    "BlendScorer",
    "Borrower",
    "CalibrationBin",
    "CardFileError",
    "Channel",
    "ChannelShare",
    "Characteristic",
    "CollectRiskError",
    "ColumnNameError",
    "ColumnProblem",
    "ColumnTypeError",
    "Comparison",
    "Difference",
    "EstimatorScorer",
    "Evaluation",
    "FileProblemError",
    "Flag",
    "FormulaError",
    "Gate",
    "InvalidBorrowerError",
    "InvalidBorrowersError",
    "InvalidCardError",
    "Ladder",
    "Levels",
    "LogisticScorer",
    "Measures",
    "MissingColumnError",
    "MissingExtraError",
    "Namespace",
    "NotAFrameError",
    "PiecewiseLinear",
    "Product",
    "Ranking",
    "Reason",
    "ReasonChange",
    "RowFormulaError",
    "RowScorer",
    "RuleScorer",
    "Rung",
    "Scorecard",
    "Scorer",
    "ScorerCheckError",
    "Way",
    "WhatIf",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "plots",
    "save",
    "simulate_portfolio",
]

# Names whose room is opened only when asked for, because it needs NumPy or takes time to import.
__getattr__ = on_first_use(
    __name__,
    {
        "CalibrationBin": "collectrisk.evaluation",
        "ChannelShare": "collectrisk.evaluation",
        "Comparison": "collectrisk.evaluation",
        "Difference": "collectrisk.evaluation",
        "EstimatorScorer": "collectrisk.estimator",
        "Evaluation": "collectrisk.evaluation",
        "LogisticScorer": "collectrisk.logistic",
        "Measures": "collectrisk.evaluation",
        "Ranking": "collectrisk.evaluation",
        "ReasonChange": "collectrisk.prospects",
        "Way": "collectrisk.prospects",
        "WhatIf": "collectrisk.prospects",
        "compare": "collectrisk.evaluation",
        "evaluate": "collectrisk.evaluation",
        "load": "collectrisk.files",
        "plots": "collectrisk.plots",
        "save": "collectrisk.files",
        "simulate_portfolio": "collectrisk.simulate",
    },
)


def __dir__() -> list[str]:
    return sorted(__all__)
