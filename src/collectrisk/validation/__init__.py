"""What a validation team looks for: characteristics bin by bin, groups compared, and a report on one page."""

from __future__ import annotations

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

__all__ = [
    "Bin",
    "CharacteristicBins",
    "CharacteristicTable",
    "GroupOutcome",
    "Limit",
    "Split",
    "SplitComparison",
    "ValidationReport",
    "characteristic_table",
    "validation_report",
]
