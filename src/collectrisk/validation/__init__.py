"""What a validation team looks for: characteristics bin by bin, and groups of accounts compared."""

from __future__ import annotations

from collectrisk.validation._characteristics import (
    Bin,
    CharacteristicBins,
    CharacteristicTable,
    characteristic_table,
)
from collectrisk.validation._split import Split
from collectrisk.validation._split_comparison import GroupOutcome, SplitComparison

__all__ = [
    "Bin",
    "CharacteristicBins",
    "CharacteristicTable",
    "GroupOutcome",
    "Split",
    "SplitComparison",
    "characteristic_table",
]
