"""What a validation team looks for: a report, characteristics bin by bin, stability, groups compared."""

from __future__ import annotations

from collectrisk.validation._baseline import Baseline
from collectrisk.validation._characteristics import (
    Bin,
    CharacteristicBins,
    CharacteristicTable,
    characteristic_table,
)
from collectrisk.validation._limits import Limit
from collectrisk.validation._report import ValidationReport, validation_report
from collectrisk.validation._split import Split
from collectrisk.validation._split_comparison import GroupOutcome, SplitComparison
from collectrisk.validation._stability import BinChange, Change, Stability

__all__ = [
    "Baseline",
    "Bin",
    "BinChange",
    "Change",
    "CharacteristicBins",
    "CharacteristicTable",
    "GroupOutcome",
    "Limit",
    "Split",
    "SplitComparison",
    "Stability",
    "ValidationReport",
    "characteristic_table",
    "validation_report",
]
