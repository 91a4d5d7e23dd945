"""How many rows of a file may be invalid."""

from __future__ import annotations

import re
from fractions import Fraction

import attrs

from collectrisk.errors import ArgumentError, shown

NUMBER = re.compile(r"[0-9]+")
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
SHARE = re.compile(r"[0-9]*\.[0-9]+")


@attrs.frozen
class InvalidLimit:
    """The number or the share of the accounts that may be invalid.

    Attributes
    ----------
    text : str
        The limit as the user wrote it, such as ``"50%"``.
    count : int or None
        The number of accounts, if it is one.
    share : Fraction
        The share of the accounts, otherwise.
    """

    text: str
    count: int | None = None
    share: Fraction = Fraction(1)

    @classmethod
    def parse(cls, text: str) -> InvalidLimit:
        """Return the limit for a whole number, a percentage or a decimal fraction.

        Parameters
        ----------
        text : str
            Such as ``"20"``, ``"12.5%"`` or ``"0.125"``.

        Raises
        ------
        ArgumentError
            If it is none of these, or a share above 100 %.
        """
        if NUMBER.fullmatch(text):
            return cls(text, count=int(text))
        percent = PERCENT.fullmatch(text)
        if percent or SHARE.fullmatch(text):
            share = Fraction(percent[1]) / 100 if percent else Fraction(text)
            if share <= 1:
                return cls(text, share=share)
        why = "must be a number of rows such as 20, or a share of them such as 5% or 0.05"
        raise ArgumentError("max_invalid", f"{why}, not {shown(text)}")

    def is_exceeded(self, invalid: int, accounts: int) -> bool:
        """Return whether more accounts are invalid than allowed."""
        return invalid > (self.share * accounts if self.count is None else self.count)


HALF = InvalidLimit("50%", share=Fraction(1, 2))
