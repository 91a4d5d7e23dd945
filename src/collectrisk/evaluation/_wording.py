"""The format of the numbers of reports, and their words in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._display.words import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._channel import Channel
    from collectrisk._typing import Interval, Language
    from collectrisk.evaluation._calibration_test import CalibrationTest

UNDEFINED = "-"
"""The text for a measure that is not defined."""

SMALLEST_RATE = 1e-9
"""Positive rates below this one are shown as below it."""

SMALLEST_P_VALUE = 0.0001
"""Smaller p-values are shown as below it."""


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
    return decimal(value, "+z.4f")


def shift(value: float | None) -> str:
    """Return a shift of log-odds as text, with its sign and three decimals."""
    return decimal(value, "+z.3f")


def p_value(test: CalibrationTest | None) -> str:
    """Return the p-value of a test as text."""
    if test is None:
        return UNDEFINED
    return f"{test.p_value:.4f}" if test.p_value >= SMALLEST_P_VALUE else f"<{SMALLEST_P_VALUE:.4f}"


class Wording:
    """The texts of reports in one language.

    Attributes
    ----------
    language : {"en", "zh"}
        The language.
    words : namespace
        Its texts.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.words: Any = words_in(language).evaluation

    def with_interval(
        self,
        value: float | None,
        interval: Interval | None,
        to_text: Callable[[float | None], str] = decimal,
    ) -> str:
        """Return a number as text, followed by its interval if it has one."""
        if interval is None:
            return to_text(value)
        return str(self.words.interval.format(to_text(value), *map(to_text, interval)))

    def z_and_p(self, test: CalibrationTest | None) -> str:
        """Return the z and the p-value of a test as text."""
        return UNDEFINED if test is None else str(self.words.z_and_p.format(f"{test.z:+z.2f}", p_value(test)))

    def channel(self, channel: Channel) -> str:
        """Return the name of a channel: in English its value, as in a scored frame."""
        return channel.value if self.language == "en" else words_in(self.language).channels[channel.value]

    def group(self, by: str) -> str:
        """Return what accounts are grouped by: a period in words, or the name of a column."""
        return str(self.words.groups.get(by, by))
