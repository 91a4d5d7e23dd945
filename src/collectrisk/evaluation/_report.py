"""The base class of reports, and the format of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk._display.document import Block
    from collectrisk._typing import Interval, Language
    from collectrisk.evaluation._calibration_test import CalibrationTest

UNDEFINED = "-"
"""The text for a measure that is not defined."""

SMALLEST_RATE = 1e-9
"""Positive rates below this one are shown as below it."""

SMALLEST_P_VALUE = 0.0001
"""Smaller p-values are shown as below it."""


@attrs.frozen
class Report(Document):
    """The base class of reports: tables in English, as text, as HTML or as plain data."""

    def _blocks(self, language: Language) -> Iterable[Block]:
        if language != "en":
            raise ArgumentError("language", f"must be 'en': reports are in English only, not {language!r}")
        return self._tables()

    def _tables(self) -> Iterable[Block]:
        """Return the tables, in order."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dictionaries, lists, strings and numbers, which JSON can represent.

        Examples
        --------
        >>> import collectrisk as cr
        >>> report = cr.evaluate([0.9, 0.6, 0.2, 0.1], None, visited=[1, 0, 1, 0])
        >>> report.to_dict()["pooled"]["auc"]
        0.75
        """
        return attrs.asdict(self, value_serializer=_to_plain)


def _to_plain(_report: Any, _attribute: Any, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    # A channel is a string of a subclass, which some serializers reject.
    return str(value) if isinstance(value, str) else value


def repr_names(reports: dict[str, Any]) -> str:
    """Return the repr of the names of a mapping, without its values."""
    return repr(list(reports))


def count(value: float) -> str:
    """Return a number of accounts or visits as text."""
    return f"{value:,.0f}"


def percent(value: float | None) -> str:
    """Return a rate as text; a small positive one has two digits, and is never shown as 0."""
    if value is None:
        return UNDEFINED
    if value == 0 or value >= 0.00005:
        return f"{value:.2%}"
    digits = np.format_float_positional(
        100 * max(value, SMALLEST_RATE), precision=2, fractional=False, trim="-"
    )
    return f"{'<' if value < SMALLEST_RATE else ''}{digits}%"


def decimal(value: float | None, spec: str = ".4f") -> str:
    """Return a number as text, with four decimals by default."""
    return UNDEFINED if value is None else format(value, spec)


def signed(value: float | None) -> str:
    """Return a number as text, with its sign and four decimals."""
    return decimal(value, "+.4f")


def shift(value: float | None) -> str:
    """Return a shift of log-odds as text, with its sign and three decimals."""
    return decimal(value, "+.3f")


def with_interval(
    value: float | None, interval: Interval | None, to_text: Callable[[float | None], str] = decimal
) -> str:
    """Return a number as text, followed by its interval if it has one."""
    ends = f" ({to_text(interval[0])} to {to_text(interval[1])})" if interval else ""
    return to_text(value) + ends


def p_value(test: CalibrationTest | None) -> str:
    """Return the p-value of a test as text."""
    if test is None:
        return UNDEFINED
    return f"{test.p_value:.4f}" if test.p_value >= SMALLEST_P_VALUE else f"<{SMALLEST_P_VALUE:.4f}"


def z_and_p(test: CalibrationTest | None) -> str:
    """Return the z and the p-value of a test as text."""
    return UNDEFINED if test is None else f"z {test.z:+.2f}, p {p_value(test)}"
