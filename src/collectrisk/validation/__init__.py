"""What a validation team looks for: characteristics bin by bin."""

from __future__ import annotations

from collectrisk.validation._characteristics import (
    Bin,
    CharacteristicBins,
    CharacteristicTable,
    characteristic_table,
)

__all__ = ["Bin", "CharacteristicBins", "CharacteristicTable", "characteristic_table"]
