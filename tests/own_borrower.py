"""A class of borrowers with fields of every type, some of them private."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, ClassVar

import attrs

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnyNumber(cr.Borrower):
    """A borrower without plausible limits."""

    plausible: ClassVar[Mapping[str, float]] = dict.fromkeys(cr.Borrower.plausible, math.inf)


class Region(enum.StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class OwnBorrower(cr.Borrower):
    income: float
    months: int = 0
    rating: float = math.nan
    region: Region = Region.NORTH
    note: str = ""
    file_number: str = attrs.field(repr=False)
    letters: str = attrs.field(default="", repr=False)
