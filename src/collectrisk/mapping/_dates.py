"""Dates in columns: typed, as text, as whole numbers, or as a spreadsheet's serial numbers."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from typing import TYPE_CHECKING, Any

from collectrisk._fields import InvalidValueError, is_number
from collectrisk.mapping._numbers import NumberFormat

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SPREADSHEET_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers: from March 1900 on, they count days since this date."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[-+][0-9:]+)?)?", re.ASCII)


_SAMPLE = dt.datetime(2023, 11, 28, tzinfo=dt.UTC)
_RUN_TOGETHER = re.compile("%[YymdjHIMS]%[YymdjHIMS]")


LONGEST_STYLE = 100
"""In characters; the time to check a format grows faster than its length."""


def is_style(style: str) -> bool:
    """Return whether a date can be read back from a text in this style."""
    if style in {"iso", "excel"}:
        return True
    if "%Z" in style or len(style) > LONGEST_STYLE:
        return False  # the name of a zone is read, but not applied; %z is
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a format without a year is only a warning
            text = _SAMPLE.strftime(style)
            read = dt.datetime.strptime(text, style).date()  # noqa: DTZ007  # dates have no zone
    except (ValueError, re.error, KeyError, IndexError):
        return False
    return read == _SAMPLE.date()


def date_of(value: object, style: str, zone: ZoneInfo | None) -> dt.date:
    """Return a local date.

    Parameters
    ----------
    value : object
        A date, a datetime, text or a number.
    style : str
        How text and numbers are written: ``"iso"``, ``"excel"`` (serial numbers), or a format of
        `datetime.strptime`.
    zone : ZoneInfo or None
        The zone of the dates, for datetimes that have one.

    Raises
    ------
    InvalidValueError
        If the value is not such a date.
    """
    if type(value).__name__ == "datetime64":  # of NumPy; one of years or months is not a date
        value = _from_text(str(value), "iso")
    elif isinstance(value, str):
        value = _from_text(value.strip(), style)
    elif is_number(value):
        value = _from_number(value, style)
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            return value.date()
        if zone is None:
            raise InvalidValueError(
                "; a time with a UTC offset needs `zone`, which decides on the local date"
            )
        try:
            return value.astimezone(zone).date()
        except OverflowError:
            raise InvalidValueError("; its local date is outside the years 1 to 9999") from None
    if isinstance(value, dt.date):
        return value
    raise InvalidValueError("; it is not a date")


def _from_text(text: str, style: str) -> dt.date:
    try:
        if style == "excel":
            return _from_number(NumberFormat().parse(text), style)
        if style != "iso":
            date = dt.datetime.strptime(text, style)  # noqa: DTZ007  # the local time of the export
            # Python reads 2024111 as both 20240111 and 20241101 are read.
            if not _RUN_TOGETHER.search(style) or date.strftime(style).lower() == text.lower():
                return date
        elif _ISO.fullmatch(text):
            return dt.datetime.fromisoformat(text)
    except (ValueError, InvalidValueError):
        pass
    raise InvalidValueError(f"; {text!r} is not a date of the form {shown_style(style)}")


def _from_number(number: Any, style: str) -> dt.date:
    if style == "excel":
        # 60 is 29 February 1900, a day that only spreadsheets know; below it, the epoch differs.
        if not 61 <= number < 2_958_466:
            raise InvalidValueError(f"; {number} is not a spreadsheet's serial date")
        return SPREADSHEET_EPOCH + dt.timedelta(days=int(number))
    # Written without a fraction, and not longer than %Y%m%d%H%M%S.
    if not (abs(number) < 10**14 and int(number) == number):
        raise InvalidValueError(f"; {number!r} is not a date of the form {shown_style(style)}")
    return _from_text(str(int(number)), style)


_DATE = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}(?![0-9])", re.ASCII)


def looks_like_date(text: str) -> bool:
    """Return whether a text begins with three numbers as a date does."""
    return _DATE.match(text) is not None


def is_iso(text: str) -> bool:
    """Return whether a text is written as an ISO date or time."""
    return _ISO.fullmatch(text.strip()) is not None


def shown_style(style: str) -> str:
    """Return a style of dates for a message."""
    return {"iso": "2026-11-30", "excel": "45678 (a spreadsheet's serial number)"}.get(style, style)
