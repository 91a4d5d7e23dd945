"""What a change would do: what if, and the ways down to a lighter channel. Loaded when first asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.later import on_first_use

if TYPE_CHECKING:
    from collectrisk.prospects.way import Way, ways_down
    from collectrisk.prospects.what_if import ReasonChange, WhatIf, asked_what_if

__all__ = ["ReasonChange", "Way", "WhatIf", "asked_what_if", "ways_down"]

__getattr__ = on_first_use(
    __name__,
    {
        "ReasonChange": "collectrisk.prospects.what_if",
        "Way": "collectrisk.prospects.way",
        "WhatIf": "collectrisk.prospects.what_if",
        "asked_what_if": "collectrisk.prospects.what_if",
        "ways_down": "collectrisk.prospects.way",
    },
)
