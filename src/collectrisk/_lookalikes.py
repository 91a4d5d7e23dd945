"""What a value that is not valid looks like, such as a date, a timestamp or a code for "not known"."""

from __future__ import annotations

import datetime as dt

MISSING = frozenset(
    {
        *("n/a", "n.a.", "n. a.", "na", "<na>", "#n/a", "#na", "null", "\\n", "none", "nan", "nat"),
        *("-", "--", "---", "\u2013", "\u2014", "n.d.", "n/d", "s.o.", "s/o", "k.a.", "k. a.", "无"),
    }
)
"""Texts that mean "not known" in a column of any kind, in lower case."""

MISSING_NUMBERS = frozenset({-1, -9, -99, -999, -9_999, -99_999, -999_999})
"""Numbers that often mean "not known" in a column of amounts, days or counts, none of which is negative."""

DATE_FORMATS = ("%Y%m%d", "%d%m%Y")
YEARS = range(1900, 2101)

UNIX_EPOCH = dt.date(1970, 1, 1)
UNIX_DAYS = range(14_000, 25_000)
"""Days since 1970 from 2008 to 2038, such as polars returns for a date that is cast to integers."""

SPREADSHEET_EPOCH = dt.date(1899, 12, 30)
SERIAL_DATES = range(25_000, 60_001)
"""The numbers by which spreadsheets store the days from 1968 to 2064."""

TIMESTAMP_SECONDS = range(631_152_000, 4_102_444_800)
"""Seconds since 1970, from 1990 to 2099."""

TIMESTAMP_UNITS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}


def _digits(number: int) -> tuple[str, dt.date] | None:
    """Return the format in which a number's digits are a date, and the date."""
    for date_format in DATE_FORMATS:
        try:
            date = dt.datetime.strptime(f"{number:08}", date_format).date()  # noqa: DTZ007  # only a day
        except ValueError:
            continue
        if date.year in YEARS:
            return date_format, date
    return None


def date_style(number: float) -> str:
    """Return how a date may be written as this number: a format or ``"excel"``; empty if it is not one."""
    found = _digits(int(number))
    if found is not None:
        return found[0]
    return "excel" if int(number) in SERIAL_DATES and int(number) not in UNIX_DAYS else ""


def _date_digits(number: int) -> str:
    found = _digits(number)
    return "" if found is None else f"the date {found[1]}"


def _timestamp(number: int) -> str:
    for unit, per_second in TIMESTAMP_UNITS.items():
        seconds = number // per_second
        if seconds in TIMESTAMP_SECONDS:
            date = UNIX_EPOCH + dt.timedelta(seconds=seconds)
            return f"a timestamp in {unit} (of {date})"
    return ""


def _day_number(number: int) -> str:
    if number in UNIX_DAYS:
        return f"a date as days since 1970 (of {UNIX_EPOCH + dt.timedelta(number)})"
    if number in SERIAL_DATES:
        return f"a spreadsheet's serial date (of {SPREADSHEET_EPOCH + dt.timedelta(number)})"
    return ""


def looks_like(number: float, unit: str = "") -> str:
    """Return the likely origin of an implausible number, as a clause, or nothing.

    Parameters
    ----------
    number : float
        The finite number, above the plausible limit of its field.
    unit : str, default ""
        What the field counts: ``"days"``, ``"money"``, or anything else.
    """
    whole = int(number)
    kind = _date_digits(whole) or _timestamp(whole) or (_day_number(whole) if unit == "days" else "")
    if kind:
        return f"{whole} looks like {kind}"
    return f"{number:.15g} may be in cents, or an account number" if unit == "money" else ""


def is_missing_code(value: object) -> bool:
    """Return whether a value that is not valid usually means "not known"."""
    if isinstance(value, str):
        return value.strip().lower() in MISSING
    return isinstance(value, (int, float)) and value in MISSING_NUMBERS
