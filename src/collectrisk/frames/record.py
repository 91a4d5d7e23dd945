"""The record that a formula sees on a frame: each field is read when the formula asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Record"]


@attrs.define(slots=False)
class Record:
    """Attributes are fields; the first look at one reads it, later looks return the same values."""

    _read: Callable[[str], Any]

    def __getattr__(self, field: str) -> Any:
        if field.startswith("_"):
            raise AttributeError(field)
        self.__dict__[field] = values = self._read(field)
        return values
