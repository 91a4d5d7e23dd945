"""How good a scorer is: reports against what came of the accounts."""

from __future__ import annotations

from collectrisk.evaluation._comparison import Comparison, Difference, compare
from collectrisk.evaluation._measures import CalibrationBin, ChannelShare, Measures
from collectrisk.evaluation._ranking import Ranking
from collectrisk.evaluation._report import Evaluation, evaluate

__all__ = [
    "CalibrationBin",
    "ChannelShare",
    "Comparison",
    "Difference",
    "Evaluation",
    "Measures",
    "Ranking",
    "compare",
    "evaluate",
]
