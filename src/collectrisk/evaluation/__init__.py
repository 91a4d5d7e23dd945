"""Compare visit probabilities with observed visits."""

from __future__ import annotations

from collectrisk.evaluation._calibration_test import CalibrationTest
from collectrisk.evaluation._comparison import Comparison, Difference, compare
from collectrisk.evaluation._evaluate import evaluate
from collectrisk.evaluation._evaluation import Evaluation
from collectrisk.evaluation._measures import CalibrationBin, ChannelShare, Measures
from collectrisk.evaluation._ranking import Ranking

__all__ = [
    "CalibrationBin",
    "CalibrationTest",
    "ChannelShare",
    "Comparison",
    "Difference",
    "Evaluation",
    "Measures",
    "Ranking",
    "compare",
    "evaluate",
]
