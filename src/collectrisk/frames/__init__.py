"""Frames of every kind. NumPy and narwhals are loaded when the first frame arrives, not before."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collectrisk.frames.score import assess_frame, visit_probabilities

__all__ = ["assess_frame", "visit_probabilities"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("collectrisk.frames.score"), name)
