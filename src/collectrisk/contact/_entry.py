"""Reading one entry of a rule file: each key by its kind, and nothing that is not known."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, TypeVar

from collectrisk._errors import did_you_mean, shown
from collectrisk.contact._window import PUBLIC_HOLIDAY, OpenHours, Window, clock_time, days_named
from collectrisk.errors import InvalidRuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Value = TypeVar("Value")

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
LONGEST_WINDOW = 1_000
"""The largest number of units of a window."""


class Entry:
    """An entry of a rule file, whose keys are read one by one.

    Parameters
    ----------
    file : str
        The file, for messages.
    name : str
        The entry, for messages.
    data : object
        Its keys and values.
    """

    def __init__(self, file: str, name: str, data: Any) -> None:
        self.file, self.name = file, name
        if not isinstance(data, dict):
            raise self.error("", f"must be a table, not {shown(data)}")
        self.data = data
        self.read: list[str] = []

    def error(self, key: str, why: str) -> InvalidRuleError:
        """Return the error for a key."""
        return InvalidRuleError(self.file, self.name, key, why)

    def __contains__(self, key: str) -> bool:
        self.read.append(key)
        return key in self.data

    def _value(self, key: str, what: str, check: Callable[[Any], bool]) -> Any:
        if key not in self:
            raise self.error(key, f"is missing; it must be {what}")
        value = self.data[key]
        if not check(value):
            raise self.error(key, f"must be {what}, not {shown(value)}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty; the default if there is one and the key is absent."""
        if default is not None and key not in self:
            return default
        return str(self._value(key, "text", lambda value: isinstance(value, str) and bool(value.strip())))

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Return one of several texts."""
        if default is not None and key not in self:
            return default
        if key not in self:
            raise self.error(key, f"is missing; it must be one of {', '.join(choices)}")
        return self._known(key, self.data[key], choices)

    def _known(self, key: str, value: Any, choices: Collection[str]) -> str:
        if isinstance(value, str) and value in choices:
            return value
        guess = did_you_mean(value, choices) if isinstance(value, str) else ""
        listed = ", ".join(choices) if len(choices) <= 30 else "those that the files define"
        raise self.error(key, f"must be one of {listed}, not {shown(value)}{guess}")

    def choices(
        self, key: str, choices: Collection[str] | None = None, *, required: bool = False
    ) -> tuple[str, ...]:
        """Return a list of texts without repetitions, each one of several if those are given."""
        if not required and key not in self:
            return ()
        values = self._value(
            key,
            "a list of one or more texts",
            lambda value: (
                isinstance(value, list)
                and bool(value)
                and all(isinstance(each, str) and each.strip() for each in value)
            ),
        )
        if len(set(values)) != len(values):
            raise self.error(key, f"must have each text once, not {shown(values)}")
        return tuple(values if choices is None else (self._known(key, each, choices) for each in values))

    def number(self, key: str, least: int, most: int) -> int:
        """Return a whole number."""
        return int(
            self._value(
                key,
                f"a whole number from {least} to {most:,}",
                lambda value: (
                    isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
                ),
            )
        )

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        if key not in self:
            return default
        return bool(self._value(key, "true or false", lambda value: isinstance(value, bool)))

    def day(self, key: str) -> dt.date | None:
        """Return a date, or None if the key is absent."""
        if key not in self:
            return None
        found: dt.date = self._value(
            key,
            "a date without quotes, such as 2026-11-01",
            lambda value: isinstance(value, dt.date) and not isinstance(value, dt.datetime),
        )
        return found

    def table(self, key: str) -> Entry | None:
        """Return a table as an entry, or None if the key is absent."""
        return (
            Entry(self.file, f"{self.name}, {key}" if self.name else key, self.data[key])
            if key in self
            else None
        )

    def texts(self, key: str) -> Mapping[str, str]:
        """Return a text in each language; a single text is English."""
        if isinstance(self.data.get(key), str):
            return {"en": self.text(key)}
        entry = self.table(key)
        if entry is None:
            raise self.error(
                key, 'is missing; it must be text, or a table such as { en = "...", zh = "..." }'
            )
        found = {"en": entry.text("en"), **({"zh": entry.text("zh")} if "zh" in entry else {})}
        entry.finish()
        return found

    def numbers(self, key: str, names: Collection[str]) -> dict[str, int]:
        """Return the whole number of each of some names."""
        entry = self.table(key)
        if entry is None:
            return {}
        if not entry.data:
            raise self.error(key, "must have one or more numbers, such as { planned_staff = 2 }")
        for name in entry.data:
            self._known(key, name, names)
        return {name: entry.number(name, 0, 1_000_000) for name in entry.data}

    def window(self, key: str) -> Window | None:
        """Return a window of days, or None if the key is absent."""
        entry = self.table(key)
        if entry is None:
            return None
        unit: Any = entry.choice("unit", ("day", "week", "month"))
        kind: Any = entry.choice("type", ("rolling", "calendar", "unspecified"))
        found = Window(entry.number("n", 1, LONGEST_WINDOW), unit, kind)
        entry.finish()
        if kind == "calendar" and unit != "day" and found.n != 1:
            raise self.error(key, f"must have n = 1 for a calendar {unit}, not {found.n}")
        return found

    def hours(self, key: str) -> tuple[OpenHours, ...]:
        """Return windows of hours."""
        values = self._value(
            key,
            'a list of windows, such as [{ days = "all", start = "08:00", end = "21:00" }]',
            lambda value: isinstance(value, list) and bool(value),
        )
        return tuple(self._hours(f"{key}[{place}]", each) for place, each in enumerate(values))

    def _hours(self, key: str, data: Any) -> OpenHours:
        entry = Entry(self.file, f"{self.name}, {key}", data)
        found = OpenHours(entry.text("days"), entry.text("start"), entry.text("end"))
        entry.finish()
        if found.days != PUBLIC_HOLIDAY and days_named(found.days) is None:
            what = '"all", "public_holiday", a day such as "sat", or a range such as "mon-fri"'
            raise entry.error("days", f"must be {what}, not {shown(found.days)}")
        for name in ("start", "end"):
            if not TIME.fullmatch(getattr(found, name)):
                raise entry.error(name, f'must be a time such as "08:00", not {shown(getattr(found, name))}')
        if not clock_time(found.start) < clock_time(found.end):
            why = f"must be after start, {found.start}, not {found.end}; write two windows over midnight"
            raise entry.error("end", why)
        return found

    def finish(self) -> None:
        """Raise an error if there is a key that was not read."""
        for key in self.data:
            if key not in self.read:
                known = sorted(set(self.read))
                guess = did_you_mean(key, known)
                raise self.error(str(key), f"is not known; the keys are {', '.join(known)}{guess}")
