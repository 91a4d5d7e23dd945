"""How good a scorer is: reports against what came of the accounts."""

from __future__ import annotations

from collectrisk.evaluation.comparison import Comparison, Difference, compare
from collectrisk.evaluation.measures import CalibrationBin, ChannelShare, Measures
from collectrisk.evaluation.ranking import Ranking
from collectrisk.evaluation.report import Evaluation, evaluate

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
