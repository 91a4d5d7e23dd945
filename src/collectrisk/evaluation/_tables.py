"""Reports made of tables, and how their figures are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._typing import Interval

ABSENT = "-"
"""Stands where a figure is not defined."""

LEAST_TOLD = 1e-9
"""Smaller rates differ in nothing that anybody could see."""


class Report(Document):
    """The base of reports: a few tables, shown as text, in a notebook, or as plain data."""

    def to_dict(self) -> dict[str, Any]:
        """Return the whole report as plain dictionaries, lists, texts and numbers, fit for JSON."""
        told: dict[str, Any] = _plain(self)
        return told


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def names_only(reports: dict[str, Any]) -> str:
    """Return the repr of reports by name, without the reports."""
    return repr(list(reports))


def count(value: float) -> str:
    """Return a number of accounts or visits."""
    return f"{value:,.0f}"


def percent(value: float | None) -> str:
    """Return a share or a rate; a tiny one is told to two digits, and never as none."""
    if value is None:
        return ABSENT
    if 0 < value < LEAST_TOLD:
        return f"<{_in_full(LEAST_TOLD)}%"
    return f"{_in_full(value)}%" if 0 < value < 0.00005 else f"{value:.2%}"


def _in_full(value: float) -> str:
    """Return a tiny rate in hundredths, to two digits, without an exponent."""
    return np.format_float_positional(100 * value, precision=2, fractional=False, trim="-")


def decimal(value: float | None) -> str:
    """Return a figure to four decimals."""
    return ABSENT if value is None else f"{value:.4f}"


def signed(value: float | None) -> str:
    """Return a figure to four decimals with its sign."""
    return ABSENT if value is None else f"{value:+.4f}"


def with_interval(
    value: float | None, interval: Interval | None, form: Callable[[float | None], str] = decimal
) -> str:
    """Return a figure with its interval behind it, where it has one."""
    low_to_high = f" ({form(interval[0])} to {form(interval[1])})" if interval else ""
    return form(value) + low_to_high
