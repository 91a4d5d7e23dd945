"""Write portfolios as exports of many habits, with a right mapping and with wrong ones.

    python tests/exports_fuzz.py 12000 [SEED]      prints the outcomes as JSON

Every cell is text, as in a CSV file. `read_as_declared` reads cells by a second implementation of
what a mapping says; it decides whether a wrong mapping could have been noticed.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import random
import sys
import time
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

import collectrisk as cr
from collectrisk._cli.cells import TextMapping, undeclared_points
from collectrisk._fields import field_specs
from collectrisk._frames import assess_and_report
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.mapped import accounts_of
from collectrisk._frames.names import ColumnNames
from collectrisk._namespaces.arrays import TextArray
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import CollectRiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from collectrisk.input_report import InputReport

SPECS = {name: spec for name, spec in field_specs(cr.Borrower).items() if not spec.private}
KINDS = {name: spec.validator.kind for name, spec in SPECS.items()}
COUNTS = ("failed_messages", "failed_calls", "broken_promises")
CHOICES = {"attitude": [str(each) for each in cr.Attitude], "product": [str(each) for each in cr.Product]}

CONVENTIONS = [
    *(
        (".", ""),
        (".", ""),
        (".", ","),
        (".", " "),
        (".", "'"),
        (",", ""),
        (",", "."),
        (",", "."),
        (",", " "),
    ),
    (",", "'"),
]
VARIANTS = {" ": " \u00a0\u2009\u202f", "'": "'\u2019"}
UNITS = ["€", "EUR", "Rs.", "kr.", "US $", "zł", "元", "Tage", "₹"]
MISSING = ["-999", "-1", "n/a", "?", "NULL", "-", "k. A.", "99999999999", "#N/V", "-9.99"]
SPELLINGS = [
    *(("ja", "nein"), ("J", "N"), ("Y", "N"), ("true", "false"), ("1", "0"), ("yes", "no"), ("是", "否")),
    *(("X", "-x-"), ("TRUE", "FALSE"), ("oui", "non"), ("T", "F"), ("1", "2")),
]
CODES = ["koop", "A", "B7", "1", "2", "03", "-5", "Zahlt nicht", "Öffnet nicht", "x.y", "4.50", "n. b."]
HEADERS = ["Spalte", "c", "Feld Nr.", "Größe", "col-", "a b"]
DATES = [
    *("iso", "iso", "excel", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%d.%m.%y"),
    *("%Y-%m-%d %H:%M:%S", "%d%m%Y", "%Y/%m/%d", "zone"),
]
ZONE = "Europe/Berlin"
BLANKS = " \t\u00a0\u2009\u202f"


@attrs.define
class Export:
    """A portfolio as an export.

    Attributes
    ----------
    columns : dict of str to list
        The cells of each column; None for an empty cell.
    fields, keys : dict
        The right mapping.
    truth : dict of str to list
        The values of each field, with its default where a value is missing.
    missing : dict of str to int
        The number of missing values, for each field that has a column.
    skipped : int
        The number of rows that are not accounts.
    as_objects : bool
        Whether the library gets Python objects, as for a sheet of mixed cells, which it converts one
        by one; otherwise text, which it converts by columns.
    """

    columns: dict[str, list[str | None]] = attrs.Factory(dict)
    fields: dict[str, Any] = attrs.Factory(dict)
    keys: dict[str, Any] = attrs.Factory(dict)
    truth: dict[str, list[Any]] = attrs.Factory(dict)
    missing: dict[str, int] = attrs.Factory(dict)
    skipped: int = 0
    as_objects: bool = False

    @property
    def text(self) -> pl.DataFrame:
        """The cells as text."""
        return pl.DataFrame(self.columns, schema=dict.fromkeys(self.columns, pl.String))

    @property
    def frame(self) -> pl.DataFrame:
        """The cells as the shell reads them."""
        if not self.as_objects:
            return self.text
        return pl.DataFrame([pl.Series(name, cells, pl.Object) for name, cells in self.columns.items()])


# ---- habits of writing


def grouped(digits: str, separator: Callable[[], str], *, indian: bool) -> str:
    """Return digits in groups of three, or as in India."""
    groups, size = [], 3
    while len(digits) > size:
        groups.append(digits[-size:])
        digits, size = digits[:-size], 2 if indian else 3
    text = digits
    for group in reversed(groups):
        text += separator() + group
    return text


@attrs.define
class NumberHabit:
    """How the numbers of a column are written."""

    decimal: str
    thousands: str
    indian: bool
    unit: str
    places: int
    padded: bool
    plus: bool

    @classmethod
    def draw(cls, rng: random.Random, convention: tuple[str, str], units: list[str]) -> NumberHabit:
        """Draw a habit that follows a convention."""
        unit = rng.choice(units) if units and rng.random() < 0.7 else ""
        places = rng.choice([0, 0, 1, 2, 2, 2, 3])
        return cls(*convention, rng.random() < 0.2, unit, places, rng.random() < 0.6, rng.random() < 0.05)

    def write(self, rng: random.Random, number: Decimal, *, places: int | None = None) -> str:
        """Write a number."""
        text = f"{number:.{self.places if places is None else places}f}"
        if not self.padded and "." in text:
            text = text.rstrip("0").rstrip(".")
        whole, point, fraction = text.partition(".")
        if self.thousands:
            variants = VARIANTS.get(self.thousands, self.thousands)
            one = rng.choice(variants)
            whole = grouped(whole, lambda: one, indian=self.indian)
        text = whole + (self.decimal + fraction if point else "")
        if self.plus:
            text = f"+{text}"
        if self.unit:
            blank = rng.choice(["", " ", "\u00a0"])
            text = (
                f"{self.unit}{blank}{text}"
                if rng.random() < 0.4 and not self.plus
                else f"{text}{blank}{self.unit}"
            )
        return text


def amount(rng: random.Random, places: int, largest: int) -> Decimal:
    """Draw an amount with a number of decimal places and at most so many digits before them."""
    size = min(largest, rng.choice([1, 2, 3, 4, 4, 5, 6, 7]))
    number = Decimal(rng.randrange(10 ** (size + places))).scaleb(-places)
    return Decimal(round(number, -2)) if rng.random() < 0.2 and size > 2 else number


def written_date(rng: random.Random, day: dt.date, style: str) -> str:
    """Write a date."""
    if style == "excel":
        return str((day - dt.date(1899, 12, 30)).days) + rng.choice(["", "", ".5", ".0"])
    if style == "zone":
        local = dt.datetime.combine(day, dt.time(rng.randrange(24), 30), ZoneInfo(ZONE))
        return local.astimezone(dt.UTC).isoformat()
    if style == "iso":
        return day.isoformat() + rng.choice(["", "", "", "T13:45:00", " 00:00"])
    return dt.datetime.combine(day, dt.time(rng.randrange(24))).strftime(style)


class Writer:
    """Draws the columns of one export."""

    def __init__(self, rng: random.Random) -> None:
        """Draw the conventions of the file."""
        self.rng, self.export = rng, Export()
        self.rows = rng.choice([1, 1, 2, 3, 5, 8])
        self.convention = rng.choice(CONVENTIONS)
        self.units = rng.sample(UNITS, 2) if rng.random() < 0.3 else []
        self.codes = rng.sample(MISSING, 2) if rng.random() < 0.5 else []
        self.spelling = rng.choice(SPELLINGS)
        keys = self.export.keys
        if self.convention != (".", ""):
            keys["decimal"], keys["thousands"] = self.convention
        elif rng.random() < 0.2:
            keys["decimal"] = "."
        keys |= {"units": self.units} if self.units else {}
        keys |= {"missing": self.codes} if self.codes else {}
        if not (
            {"true", "yes", "1", "false", "no", "0"} >= {each.lower() for each in self.spelling}
            and rng.random() < 0.7
        ):
            clash = {each.lower() for each in self.codes} & {each.lower() for each in self.spelling}
            if not clash:
                keys["true"], keys["false"] = [self.spelling[0]], [self.spelling[1]]
            else:
                self.spelling = ("yes", "no")

    def write(self) -> Export:
        """Write all columns."""
        rng = self.rng
        self.add("id", [f"A-{row}" for row in range(self.rows)])
        writers: dict[str, Callable[[str], None]] = {
            "amount_overdue": self.amounts,
            "days_past_due": self.days,
        }
        names = list(SPECS)
        rng.shuffle(names)
        for field in names:
            if SPECS[field].required or rng.random() < 0.75:
                by_kind = {"number": self.counts, "flag": self.flags, "choice": self.choices}
                writers.get(field, by_kind[KINDS[field]])(field)
        if rng.random() < 0.2:
            self.totals()
        else:
            # The shell finds the rows to skip in columns of text.
            self.export.as_objects = rng.random() < 0.9
        return self.export

    def add(self, name: str, cells: Sequence[str | None]) -> str:
        """Add a column, padded with blanks at times."""
        pad = self.rng.choice([*BLANKS, "  "]) if self.rng.random() < 0.1 else ""
        self.export.columns[name] = [cell and f"{pad}{cell}{pad}" for cell in cells]
        return name

    def header(self, field: str) -> str:
        """Return the header of a field's column."""
        if self.rng.random() < 0.5:
            return field
        return f"{self.rng.choice(HEADERS)}{len(self.export.columns)}"

    def map(self, field: str, columns: list[str], **keys: Any) -> None:
        """Add a rule to the right mapping, if the field needs one."""
        if columns != [field] or keys:
            self.export.fields[field] = {"columns": columns, **keys}

    def with_missing(self, field: str, values: list[Any], cells: list[str]) -> list[str | None]:
        """Replace some cells by codes for missing values, and note the truth."""
        rng, spec = self.rng, SPECS[field]
        share = 0 if spec.required or rng.random() < 0.4 else 0.3
        unknown = [rng.random() < share for _ in cells]
        codes = [None, "", " ", *self.codes]
        if KINDS[field] == "flag":
            codes = [each for each in codes if each not in self.spelling]
        default = str(spec.default) if isinstance(spec.default, str) else spec.default
        pairs = zip(unknown, values, strict=True)
        self.export.truth[field] = [default if missing else value for missing, value in pairs]
        self.export.missing[field] = sum(unknown)
        written = zip(unknown, cells, strict=True)
        return [rng.choice(codes) if missing else cell for missing, cell in written]

    def habit(self, keys: dict[str, Any]) -> NumberHabit:
        """Return the habit of a column of numbers; at times it is one of its own."""
        convention = self.convention
        if self.rng.random() < 0.1:
            convention = self.rng.choice(CONVENTIONS)
            keys["decimal"], keys["thousands"] = convention
        return NumberHabit.draw(self.rng, convention, self.units)

    def amounts(self, field: str) -> None:
        rng = self.rng
        keys: dict[str, Any] = {}
        habit = self.habit(keys)
        factor = rng.choice([0.01, 1000.0]) if rng.random() < 0.15 else 1.0
        parts = 2 if rng.random() < 0.15 else 1
        largest = 6 if factor == 1000.0 else 7  # in all at most the plausible limit
        drawn = [[amount(rng, habit.places, largest) for _ in range(self.rows)] for _ in range(parts)]
        scale = {0.01: Decimal("0.01"), 1.0: Decimal(1), 1000.0: Decimal(1000)}[factor]
        truth = [float(sum(row) * scale) for row in zip(*drawn, strict=True)]
        self.export.truth[field], self.export.missing[field] = truth, 0
        columns = []
        for part in drawn:
            name = (
                self.header(field)
                if parts == 1
                else f"{field}_{rng.choice(HEADERS)}{len(self.export.columns)}"
            )
            columns.append(self.add(name, [habit.write(rng, number) for number in part]))
        self.map(field, columns, **keys, **({"factor": factor} if factor != 1 else {}))

    def days(self, field: str) -> None:
        rng = self.rng
        below = rng.choice([90, 400, 14_611])
        days = [rng.randrange(below) for _ in range(self.rows)]
        if rng.random() < 0.6:
            keys: dict[str, Any] = {}
            habit = self.habit(keys)
            months = rng.random() < 0.1
            self.export.truth[field], self.export.missing[field] = (
                [day * 30 if months else day for day in days],
                0,
            )
            if months:
                days = [day % 480 for day in days]
                self.export.truth[field] = [day * 30 for day in days]
                keys["factor"] = 30
            cells = [habit.write(rng, Decimal(day), places=rng.choice([0, 0, 0, 1])) for day in days]
            self.map(field, [self.add(self.header(field), cells)], **keys)
            return
        style = rng.choice(DATES)
        as_of = dt.date(2026, rng.randrange(1, 13), rng.randrange(1, 29))
        cells = [written_date(rng, as_of - dt.timedelta(day), style) for day in days]
        self.export.truth[field], self.export.missing[field] = days, 0
        self.export.keys["as_of"] = as_of
        keys = {"date": "iso", "zone": ZONE} if style == "zone" else {"date": style}
        self.map(field, [self.add(self.header(field), cells)], **keys)

    def counts(self, field: str) -> None:
        rng = self.rng
        keys: dict[str, Any] = {}
        habit = self.habit(keys)
        largest = rng.choice([5, 30, 1_000])
        numbers = [rng.randrange(largest + 1) for _ in range(self.rows)]
        if rng.random() < 0.2:
            self.map(field, self.summands(field, numbers, habit), **keys)
            return
        if rng.random() < 0.1:
            codes = rng.sample(CODES, 3)
            values = dict(zip(codes, (0, 2, 7), strict=True))
            chosen = [rng.choice(codes) for _ in range(self.rows)]
            keys, numbers, cells = {"values": values}, [values[code] for code in chosen], chosen
        else:
            cells = [habit.write(rng, Decimal(each), places=rng.choice([0, 0, 0, 1])) for each in numbers]
        self.map(field, [self.add(self.header(field), self.with_missing(field, numbers, cells))], **keys)

    def summands(self, field: str, numbers: list[int], habit: NumberHabit) -> list[str]:
        rng = self.rng
        first = [rng.randrange(each + 1) for each in numbers]
        second = [each - part for each, part in zip(numbers, first, strict=True)]
        names = [f"{rng.choice(HEADERS)}{len(self.export.columns)}{letter}" for letter in "ab"]
        cells = {
            name: self.with_missing(field, part, [habit.write(rng, Decimal(each), places=0) for each in part])
            for name, part in zip(names, (first, second), strict=True)
        }
        known: list[list[int]] = []
        missing = 0
        for name, part in zip(names, (first, second), strict=True):
            empty = [self.is_missing(cell) for cell in cells[name]]
            known.append([0 if no else each for no, each in zip(empty, part, strict=True)])
            missing += sum(empty)
            self.add(name, cells[name])
        both = sum(all(self.is_missing(cells[name][row]) for name in names) for row in range(self.rows))
        self.export.truth[field] = [sum(pair) for pair in zip(*known, strict=True)]
        # A row in which both are missing counts once.
        self.export.missing[field] = missing - both
        return names

    def is_missing(self, cell: str | None) -> bool:
        return cell is None or not cell.strip() or cell in self.codes

    def flags(self, field: str) -> None:
        flags = [self.rng.random() < 0.5 for _ in range(self.rows)]
        cells = [self.spelling[0 if flag else 1] for flag in flags]
        if self.rng.random() < 0.3:
            cells = [cell.upper() for cell in cells]
        self.map(field, [self.add(self.header(field), self.with_missing(field, flags, cells))])

    def choices(self, field: str) -> None:
        rng, texts = self.rng, CHOICES[field]
        chosen = [rng.choice(texts) for _ in range(self.rows)]
        keys: dict[str, Any] = {}
        cells = chosen
        if rng.random() < 0.6:
            free = [code for code in CODES if code not in self.codes]
            codes = dict(zip(rng.sample(free, len(texts)), texts, strict=True))
            code_of = {text: code for code, text in codes.items()}
            keys["values"], cells = codes, [code_of[text] for text in chosen]
        self.map(field, [self.add(self.header(field), self.with_missing(field, chosen, cells))], **keys)

    def totals(self) -> None:
        """Add rows that are not accounts: totals, or the header again."""
        export, label = self.export, self.rng.choice(["Summe", "Total", "Gesamt"])
        due = (export.fields.get("days_past_due") or {"columns": ["days_past_due"]})["columns"]
        row: dict[str, str | None] = {name: cells[0] for name, cells in export.columns.items()}
        if self.rng.random() < 0.3:
            row = dict(zip(export.columns, export.columns, strict=True))
            label = "id"
        row |= {"id": label, due[0]: row[due[0]] if label == "id" else None}
        place = self.rng.choice([0, self.rows])
        for name, cells in export.columns.items():
            cells.insert(place, row[name])
        export.skipped = 1
        export.keys["skip"] = {"id": [f"{label}*"]}


# ---- wrong mappings


@attrs.define
class Wrong:
    """A wrong mapping.

    Attributes
    ----------
    fields, keys : dict
        The mapping.
    deceives : bool
        Whether it states something false, so that a reader may believe it where every cell fits.
    """

    fields: dict[str, Any]
    keys: dict[str, Any]
    deceives: bool = False


def without_conventions(rng: random.Random, wrong: Wrong) -> None:  # noqa: ARG001  # as the others
    for keys in (wrong.keys, *wrong.fields.values()):
        keys.pop("decimal", None)
        keys.pop("thousands", None)


def without_grouping(rng: random.Random, wrong: Wrong) -> None:  # noqa: ARG001
    for keys in (wrong.keys, *wrong.fields.values()):
        keys.pop("thousands", None)


def without_key(*names: str) -> Callable[[random.Random, Wrong], None]:
    def remove(rng: random.Random, wrong: Wrong) -> None:  # noqa: ARG001
        for name in names:
            wrong.keys.pop(name, None)
            for keys in wrong.fields.values():
                keys.pop(name, None)

    return remove


def without_a_code(rng: random.Random, wrong: Wrong) -> None:
    for keys in (wrong.keys, *wrong.fields.values()):
        for name in ("values", "missing", "true", "false", "units"):
            if keys.get(name):
                codes = keys[name]
                gone = rng.choice(list(codes))
                is_values = isinstance(codes, dict)
                keys[name] = (
                    {code: value for code, value in codes.items() if code != gone}
                    if is_values
                    else [code for code in codes if code != gone]
                )
                if not keys[name]:
                    del keys[name]


def without_a_rule(rng: random.Random, wrong: Wrong) -> None:
    if wrong.fields:
        del wrong.fields[rng.choice(list(wrong.fields))]


def nothing(rng: random.Random, wrong: Wrong) -> None:  # noqa: ARG001
    wrong.fields, wrong.keys = {}, {}


def without_a_summand(rng: random.Random, wrong: Wrong) -> None:
    for keys in wrong.fields.values():
        if len(keys["columns"]) > 1:
            keys["columns"] = [rng.choice(keys["columns"])]


def other_convention(rng: random.Random, wrong: Wrong) -> None:
    wrong.deceives = True
    wrong.keys["decimal"], wrong.keys["thousands"] = rng.choice(CONVENTIONS)


def other_date(rng: random.Random, wrong: Wrong) -> None:
    wrong.deceives = True
    for keys in wrong.fields.values():
        if "date" in keys:
            keys["date"] = rng.choice([each for each in DATES if each != "zone"])


def other_day(rng: random.Random, wrong: Wrong) -> None:
    wrong.deceives = True
    wrong.keys["as_of"] = dt.date(2026, rng.randrange(1, 13), 1)


def other_factor(rng: random.Random, wrong: Wrong) -> None:
    wrong.deceives = True
    field = rng.choice(["amount_overdue", "days_past_due", *COUNTS])
    wrong.fields.setdefault(field, {"columns": [field]})["factor"] = rng.choice([1, 0.01, 30, 0.5])


MISTAKES: dict[str, Callable[[random.Random, Wrong], None]] = {
    "no convention": without_conventions,
    "no grouping": without_grouping,
    "no units": without_key("units"),
    "no missing codes": without_key("missing"),
    "no flags": without_key("true", "false"),
    "no true": without_key("true"),
    "no false": without_key("false"),
    "no values": without_key("values"),
    "a code left out": without_a_code,
    "a rule left out": without_a_rule,
    "no mapping": nothing,
    "no date": without_key("date"),
    "no as-of date": without_key("as_of"),
    "no zone": without_key("zone"),
    "no skip": without_key("skip"),
    "a summand left out": without_a_summand,
    "another convention": other_convention,
    "another date format": other_date,
    "another as-of date": other_day,
    "another factor": other_factor,
}


def wrong_mapping(rng: random.Random, export: Export, mistake: str) -> Wrong:
    """Return the right mapping with one kind of mistake, at times with two."""
    wrong = Wrong(copy.deepcopy(export.fields), dict(export.keys))
    MISTAKES[mistake](rng, wrong)
    if rng.random() < 0.2:
        MISTAKES[rng.choice(list(MISTAKES))](rng, wrong)
    return wrong


# ---- the reference: what a mapping says about a cell


def read_number(text: str, decimal: str, thousands: str, units: list[str]) -> float | None:
    """Return the number that a text is in a convention, or None."""
    text = text.strip(BLANKS)
    sign, text = (text[0], text[1:].strip(BLANKS)) if text[:1] in {"+", "-"} else ("", text)
    for unit in sorted(units, key=len, reverse=True):
        if text.startswith(unit):
            text = text[len(unit) :].strip(BLANKS)
            break
    for unit in sorted(units, key=len, reverse=True):
        if text.endswith(unit):
            text = text[: -len(unit)].strip(BLANKS)
            break
    whole, _, fraction = text.partition(decimal)
    for variant in VARIANTS.get(thousands, ""):
        whole = whole.replace(variant, thousands)
    groups = whole.split(thousands) if thousands else [whole]
    sizes = [len(group) for group in groups]
    western = 1 <= sizes[0] <= 3 and all(size == 3 for size in sizes[1:])
    indian = 1 <= sizes[0] <= 2 and sizes[-1] == 3 and all(size == 2 for size in sizes[1:-1])
    digits = "".join(groups) + fraction
    if not (digits.isascii() and digits.isdigit()) or not (len(groups) == 1 or western or indian):
        return None
    return float(f"{sign}{''.join(groups) or '0'}.{fraction or '0'}")


def read_day(text: str, style: str, as_of: dt.date, zone: str | None) -> float | None:
    """Return the days from a written date to another one, or None."""
    text = text.strip(BLANKS)
    try:
        if style == "excel":
            day = dt.date(1899, 12, 30) + dt.timedelta(int(float(text)))
        else:
            moment = dt.datetime.fromisoformat(text) if style == "iso" else dt.datetime.strptime(text, style)  # noqa: DTZ007
            day = moment.astimezone(ZoneInfo(zone)).date() if moment.tzinfo and zone else moment.date()
    except (ValueError, OverflowError):
        return None
    return float((as_of - day).days)


def read_as_declared(export: Export, field: str, wrong: Wrong) -> list[float | None]:
    """Return what a mapping makes of the cells of a field of numbers; None where it fits no cell."""
    rule = {"columns": [field], **wrong.fields.get(field, {})}
    own = "decimal" in rule or "thousands" in rule
    source = rule if own else wrong.keys
    units = [*wrong.keys.get("units", []), *rule.get("units", [])]
    codes = wrong.keys.get("missing", [])

    def read(cell: str | None) -> Any:
        text = (cell or "").strip(BLANKS)
        if not text or text.lower() in {code.lower() for code in codes}:
            return None if SPECS[field].required else float(SPECS[field].default)
        if "values" in rule:
            return rule["values"].get(text)
        date = rule.get("date") or ("iso" if wrong.keys.get("as_of") and field == "days_past_due" else None)
        if date:
            return read_day(text, date, wrong.keys["as_of"], rule.get("zone"))
        number = read_number(text, source.get("decimal") or ".", source.get("thousands") or "", units)
        return None if number is None else number * rule.get("factor", 1)

    columns = [[read(cell) for cell in export.columns[name]] for name in rule["columns"]]
    return [None if None in row else sum(row) for row in zip(*columns, strict=True)]


# ---- reading with the library


@attrs.define
class Outcome:
    """What the library made of an export; `values` is None if it refused it."""

    values: dict[str, list[Any]] | None = None
    probability: list[float | None] = attrs.Factory(list)
    report: InputReport | None = None
    error: str = ""


RULES = formula_of(cr.RuleScorer())


class AmbiguousError(CollectRiskError):
    """The error of the shell for points that can be read in several ways."""


def assess(export: Export, fields: dict[str, Any], keys: dict[str, Any]) -> Outcome:
    """Read an export as the shell does."""
    seen: list[Any] = []

    def probability(record: Any, xp: Any) -> Any:
        seen.append(record)
        return RULES.probability(record, xp)

    formula = attrs.evolve(RULES, probability=probability)
    frame = export.frame
    try:
        mapping = TextMapping.of_file(cr.Mapping(fields, **keys))
        scored, report = assess_and_report(formula, frame, reasons=0, invalid="raise", columns=mapping)
        refuse_ambiguous(export.text, mapping)
    except CollectRiskError as error:
        return Outcome(error=f"{type(error).__name__}: {error}")
    rows = seen[-1].amount_overdue.shape[0]
    values = {name: plain(getattr(seen[-1], name), rows) for name in SPECS}
    return Outcome(values, scored["visit_probability"].to_list(), report)


def plain(values: Any, rows: int) -> list[Any]:
    """Return a column of a record as a list; a default stands for all rows."""
    if isinstance(values, TextArray):
        return [values.levels[code] for code in values.codes.tolist()]
    return values.tolist() if isinstance(values, np.ndarray) else [values] * rows


def refuse_ambiguous(frame: pl.DataFrame, mapping: TextMapping) -> None:
    """Raise as the shell does for points that can be read in several ways."""
    names = ColumnNames.of(RULES, FrameNames(frame.columns), mapping)
    converters = [names.converter(field, "text") for field in names.to_read() if names.find(field)]
    rows = pl.Series(range(len(frame)))
    if mapping.skip:
        kept, _ = accounts_of(nw.from_native(frame, eager_only=True), mapping)
        frame = kept.to_native()
        rows = pl.Series(range(len(frame)))
    for points in undeclared_points(converters):
        if not any("." in (cell or "") for cell in frame[points.column]):
            continue
        points.add(frame[points.column], rows)
        if points.ambiguous:
            raise AmbiguousError(points.describe())


def equal(found: list[Any], expected: list[Any]) -> bool:
    """Return whether values are the same; numbers up to the rounding of a sum."""
    return len(found) == len(expected) and all(
        math.isclose(one, other, rel_tol=1e-12) if type(one) is float else one == other
        for one, other in zip(found, expected, strict=True)
    )


# ---- the properties


def problem_when_right(export: Export) -> str:
    """Return what is wrong with reading an export by the right mapping, or nothing."""
    outcome = assess(export, export.fields, export.keys)
    if outcome.error.startswith("AmbiguousError"):
        # The export has decimal points, and the error asks for saying so.
        export.keys["decimal"] = "."
        outcome = assess(export, export.fields, export.keys)
    if outcome.values is None or outcome.report is None:
        return f"refused: {outcome.error}"
    for field, expected in export.truth.items():
        if not equal(outcome.values[field], expected):
            return f"{field}: read {outcome.values[field]}, not {expected}"
    known = cr.RuleScorer().visit_probabilities({name: np.array(each) for name, each in export.truth.items()})
    found = [each for each in outcome.probability if each is not None]
    if not np.allclose(found, known, rtol=0, atol=1e-12):
        return f"probability {found}, not {known}"
    counts = {each.field: each.defaulted for each in outcome.report.fields if each.columns}
    if counts != export.missing or outcome.report.skipped != export.skipped:
        return f"the report counts {counts}, not {export.missing}"
    return ""


def problem_when_wrong(export: Export, wrong: Wrong) -> tuple[str, str]:
    """Return how a wrong mapping ended, and what is wrong with that, or nothing."""
    outcome = assess(export, wrong.fields, wrong.keys)
    if outcome.values is None or outcome.report is None:
        return "refused", ""
    ended = "equal"
    for field, expected in export.truth.items():
        found = outcome.values[field]
        if equal(found, expected):
            continue
        if field in outcome.report.absent:
            ended = "reported"
            continue
        lost = set(export.fields.get(field, {"columns": []})["columns"]) & set(outcome.report.unused)
        if lost:
            ended = "reported"
            continue
        if KINDS[field] == "number" and excluded(export, field, wrong, found):
            ended = "deceived"
            continue
        return "silent", f"{field}: read {found}, not {expected}"
    return ended, ""


def excluded(export: Export, field: str, wrong: Wrong, found: list[Any]) -> bool:
    """Return whether nothing in the cells contradicts what the mapping says, and it was read so.

    No reader can notice a convention, a date format, an as-of date or a factor that is declared
    falsely and fits every cell; a factor that is forgotten; or numbers that stand for other numbers
    (`values`) and are read as they are. For the same reason no export is written with codes for
    missing values that are valid numbers, or with days as six digits (010126), which may be a number.
    """
    rule = export.fields.get(field, {})
    given = wrong.fields.get(field, {})
    forgotten = any(name in rule and rule[name] != given.get(name) for name in ("factor", "values"))
    if not (wrong.deceives or forgotten):
        return False
    said = read_as_declared(export, field, wrong)
    if export.skipped:
        place = next(
            row for row, cell in enumerate(export.columns["id"]) if cell and not cell.strip().startswith("A-")
        )
        said.pop(place)
    return None not in said and equal([float(each) for each in found], said)


@attrs.define
class Tally:
    """The outcomes of many exports."""

    files: int = 0
    columns: int = 0
    outcomes: Counter[str] = attrs.Factory(Counter)
    problems: list[str] = attrs.Factory(list)

    def note(self, export: Export, mistake: str, ended: str, problem: str) -> None:
        """Count one reading of an export."""
        self.files += 1
        self.columns += len(export.columns)
        self.outcomes[f"{mistake}: {ended}"] += 1
        if problem:
            self.problems.append(f"{mistake}: {problem}\n{export.fields} {export.keys}\n{export.columns}")


def fuzz(files: int, seed: int, columns: int = 0) -> Tally:
    """Read at least so many exports and columns by right and wrong mappings in turn."""
    rng = random.Random(seed)  # noqa: S311  # not used for secrets
    tally = Tally()
    mistakes = list(MISTAKES)
    while tally.files < files or tally.columns < columns:
        export = Writer(rng).write()
        problem = problem_when_right(export)
        tally.note(export, "right", "problem" if problem else "equal", problem)
        for _ in range(3):
            mistake = rng.choice(mistakes)
            wrong = wrong_mapping(rng, export, mistake)
            if (wrong.fields, wrong.keys) == (export.fields, export.keys):
                continue
            ended, problem = problem_when_wrong(export, wrong)
            detail = f"{problem} with {wrong.fields} {wrong.keys}" if problem else ""
            tally.note(export, mistake, ended, detail)
    return tally


if __name__ == "__main__":
    started = time.process_time()
    tally = fuzz(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    json.dump({**attrs.asdict(tally), "seconds": time.process_time() - started}, sys.stdout, indent=1)
