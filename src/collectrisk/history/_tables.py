"""The tables of a log or ledger: which columns they have, which values are valid, and amounts as integers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

import attrs
import narwhals.stable.v2 as nw

from collectrisk._frames import ordinal_day
from collectrisk.errors import HIDDEN, ColumnProblem, InvalidHistoryError
from collectrisk.history._times import STAMP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk.history._times import AsOf

Kind = Literal["key", "text", "amount", "stamp"]
Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

TYPES = {"key": nw.String(), "text": nw.String(), "amount": nw.Float64(), "stamp": STAMP}
"""The type of a column that contains nothing but nulls."""

LARGEST_AMOUNT = 1e11
"""With up to four decimals, amounts of this size are exact as a number of units."""

ROWS_SHOWN = 5

DAY = 86_400_000_000
"""A day in microseconds."""

FAR = 2**62
"""A number of microseconds that no stamp reaches."""

UNTIL = "__collectrisk_until"
"""The column with the moment until which a log is complete."""


def within(amount: nw.Expr, least: float) -> nw.Expr:
    """Return where an amount is a plausible number."""
    # NaN is larger than every number, or every comparison with it is false.
    return ((amount >= least) & (amount <= LARGEST_AMOUNT)).fill_null(value=False)


@attrs.frozen
class ColumnSpec:
    """A column of a table.

    Attributes
    ----------
    name : str
        Its name by default.
    kind : str
        What it contains.
    required : bool
        Whether the table must have it.
    nullable : bool
        Whether values may be missing.
    free : bool
        Whether any value is valid, because the rules of the table decide.
    least : float
        The least amount.
    """

    name: str
    kind: Kind
    required: bool = True
    nullable: bool = False
    free: bool = False
    least: float = 0.0

    @property
    def requirement(self) -> str:
        """What each value must be."""
        if self.kind == "amount":
            return f"a number from {self.least:,.0f} to {LARGEST_AMOUNT:,.0f}"
        return {"key": "known", "text": "known", "stamp": "a date or time"}[self.kind]

    def valid(self) -> nw.Expr:
        """Return where a value is valid."""
        column = nw.col(self.name)
        known = ~column.is_null()
        if self.kind == "amount" and not self.free:
            known = within(column, self.least)
        return known | column.is_null() if self.nullable or self.free else known


@attrs.frozen
class Rule:
    """A requirement of the values of a column, in some or all rows.

    Attributes
    ----------
    name : str
        The column.
    valid : Expr
        Where a row meets it.
    requirement : str
        What each value must be.
    """

    name: str
    valid: nw.Expr
    requirement: str


@attrs.frozen
class Table:
    """A table whose columns have the names of the specs, and the same types on every engine.

    Keys and text are text or whole numbers, amounts floats, and stamps local times without a zone.

    Attributes
    ----------
    label : str
        What it contains, for messages.
    frame : DataFrame or LazyFrame
        The columns that were found.
    names : mapping of str to object
        The user's name of each column.
    dates : frozenset of str
        The stamps that are dates without a time.
    nulls : frozenset of str
        The columns that contain nothing but nulls by their type.
    naive : frozenset of str
        The stamps that had no zone when they were read.
    specs : mapping of str to ColumnSpec
        The specs of the columns that were found.
    rules : tuple of Rule
        What is required besides the specs.
    is_valid : bool
        Whether all values are known to be valid.
    """

    label: str
    frame: Frame
    names: Mapping[str, Any]
    dates: frozenset[str]
    nulls: frozenset[str]
    naive: frozenset[str]
    specs: Mapping[str, ColumnSpec]
    rules: tuple[Rule, ...] = ()
    is_valid: bool = False

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def known_before(self, name: str, as_of: AsOf) -> nw.Expr:
        """Return where a stamp is before a moment; of a date, the day must be over."""
        return nw.col(name) < nw.lit(as_of.midnight if name in self.dates else as_of.local)

    def known_rows(self, names: Iterable[str], as_of: AsOf) -> Frame:
        """Return the rows of which no stamp is at or after a moment; missing stamps are kept."""
        frame = self.frame
        for name in names:
            if name in self:
                frame = frame.filter(self.known_before(name, as_of) | nw.col(name).is_null())
        return frame

    @property
    def requirements(self) -> list[Rule]:
        """What each row must meet."""
        specs = [Rule(name, spec.valid(), spec.requirement) for name, spec in self.specs.items()]
        return [*specs, *self.rules]

    def invalid(self) -> nw.Expr:
        """Return where any value is invalid, as 1 or 0."""
        if self.is_valid:
            return constant(0, "account_id")
        valid = nw.all_horizontal(*(rule.valid for rule in self.requirements), ignore_nulls=False)
        return (~valid).cast(nw.Int64)

    def problems(self) -> list[ColumnProblem]:
        """Return the problems of an eager table's values."""
        frame = self.frame
        if isinstance(frame, nw.LazyFrame) or not len(frame):
            return []
        rules = self.requirements
        masks = frame.select((~rule.valid).alias(str(place)) for place, rule in enumerate(rules))
        return [
            self.problem(rule.name, masks[str(place)], rule.requirement)
            for place, rule in enumerate(rules)
            if masks[str(place)].any()
        ]

    def problem(self, name: str, mask: nw.Series[Any], requirement: str, hint: str = "") -> ColumnProblem:
        """Return the problem of the rows of an eager table that a mask selects."""
        assert isinstance(self.frame, nw.DataFrame), "the rows of a lazy table are not known"  # noqa: S101  # for mypy
        rows = mask.arg_true()
        first = [int(row) for row in rows.head(ROWS_SHOWN).to_list()]
        values = [self.frame[name][row] for row in first]
        if self.specs[name].kind == "key":  # the id of an account may identify a person
            missing = self.frame[name].is_null()
            values = [None if missing[row] else HIDDEN for row in first]
        shown_rows = tuple(zip(first, values, strict=True))
        return ColumnProblem(str(self.names[name]), requirement, len(rows), shown_rows, hint, name)


def refuse(label: str, problems: Iterable[ColumnProblem]) -> None:
    """Raise `InvalidHistoryError` if there are any problems."""
    found = tuple(problems)
    if found:
        raise InvalidHistoryError(label, found)


def stacked(first: Any, other: Any) -> Any:
    """Return the rows of two frames; pandas warns about those without any."""
    frames = [each for each in (first, other) if isinstance(each, nw.LazyFrame) or len(each)]
    return nw.concat(frames) if len(frames) > 1 else (frames or [first])[0]


PAIR = "__collectrisk_pair"


def paired(first: Any, other: Any, column: str, other_column: str) -> Any:
    """Return each row of a frame with each row of another; DuckDB before 1.1.4 has no such join.

    The columns are one of each frame that `constant` can use.
    """
    first, other = (
        frame.with_columns(constant(0, name).alias(PAIR))
        for frame, name in ((first, column), (other, other_column))
    )
    return first.join(other, on=PAIR, how="inner").drop(PAIR)


def constant(value: int, column: str) -> nw.Expr:
    """Return a whole number in each row of a column's frame.

    A literal would not do: older versions of narwhals do not broadcast it to a pandas frame without rows.
    """
    return nw.col(column).is_null().cast(nw.Int64) * 0 + value


def day_number(name: str) -> nw.Expr:
    """Return the number of a stamp's day, as `datetime.date.toordinal`, as a float or null."""
    return ordinal_day(nw.col(name))


def day_of(name: str) -> nw.Expr:
    """Return the number of the day of a stamp that is known."""
    return day_number(name).cast(nw.Int64)


def microseconds(name: str) -> nw.Expr:
    """Return a stamp as the number of microseconds since the day with the number 0, or null.

    Engines differ in how they add days to a stamp, but not in how they add integers.
    """
    stamp = nw.col(name).dt
    seconds = (stamp.hour().cast(nw.Int64) * 60 + stamp.minute().cast(nw.Int64)) * 60
    seconds = seconds + stamp.second().cast(nw.Int64)
    return day_of(name) * DAY + seconds * 1_000_000 + stamp.microsecond().cast(nw.Int64)


def microseconds_of(moment: dt.datetime) -> int:
    """Return the same of one moment."""
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return moment.toordinal() * DAY + seconds * 1_000_000 + moment.microsecond


def moment_of(number: int) -> dt.datetime:
    """Return the moment of a number of microseconds."""
    day, rest = divmod(number, DAY)
    return dt.datetime.fromordinal(day) + dt.timedelta(microseconds=rest)


NEVER = dt.datetime(1700, 1, 1)  # noqa: DTZ001  # the local times of a log have no zone
"""The end of an empty log. The oldest time that every version of pandas can represent is in 1677."""


def end_of(table: Table) -> Any:
    """Return one row with the moment until which a log is complete, by its latest events.

    If the log says when events were recorded, neither an event that is dated in the future nor a
    log that was loaded long after its last event extends it.
    """
    names = [name for name in ("happened_at", "recorded_at") if name in table]
    last = table.frame.select(nw.col(name).max().fill_null(NEVER) for name in names)
    last = last.select(microseconds(name).alias(name) for name in names)
    # Spark has no least value of one column.
    least = nw.min_horizontal(*names) if len(names) > 1 else nw.col(*names)
    return last.select(least.alias(UNTIL))


def units_of(amount: nw.Expr, decimals: int) -> nw.Expr:
    """Return an amount that is known as a whole number of its smallest unit, such as cents.

    Halves are rounded away from zero, because engines differ in how they round them.
    """
    units = ((amount * 10.0**decimals).abs() + 0.5).floor()
    return nw.when(amount < 0).then(-units).otherwise(units).cast(nw.Int64)
