"""What a query needs to know of a database: literals, types, and how to read a column."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_LINE = 100
"""In characters: a longer CASE, sum or function has one line for each part."""


def require_text(argument: str, value: object) -> str:
    """Return a text that a query can contain, or raise `ArgumentError`."""
    if not isinstance(value, str):
        raise ArgumentError(argument, f"must be text, not {shown(value)}")
    try:
        value.encode()
        bad = "a null character" if "\0" in value else ""
    except UnicodeEncodeError:
        bad = "half a surrogate pair"
    if bad:
        raise ArgumentError(argument, f"must not contain {bad}, as {shown(value)} does")
    return str(value)


def case_of(branches: Iterable[tuple[str, str]], otherwise: str = "", of: str = "") -> str:
    """Return a CASE expression; a long one has one line for each branch."""
    parts = [f"WHEN {condition} THEN {value}" for condition, value in branches]
    parts += [f"ELSE {otherwise}"] if otherwise else []
    start = f"CASE {of}".rstrip()
    line = " ".join([start, *parts, "END"])
    return line if len(line) <= LONGEST_LINE else "\n    ".join([start, *parts]) + "\n  END"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"'{each}'" for each in texts)


class Types(NamedTuple):
    """The types of numbers, flags and texts, as in a cast."""

    number: str
    flag: str
    text: str


class Dialect(ABC):
    """A database: by default one with the functions of the SQL standard, such as Postgres and DuckDB.

    A column is read as a number, a flag (1 or 0) or a text: null where it is missing. A database that
    checks the types of a query refuses a column of another type; otherwise such a value becomes
    `wrong_number`, `WRONG_FLAG`, or no text, none of which is valid.

    Attributes
    ----------
    name : str
        The name, as in ``to_sql(dialect=...)``.
    quote : str
        The character around identifiers.
    stage_options : str
        What stands before the parenthesis of a stage, so that the database computes each column once.
    stage_end : str
        What stands at the end of a stage, for the same purpose.
    wrong_number : str
        Stands for a value that is not a number.
    lowest : float
        The lowest number that a column may contain.
    types : Types
        The types of numbers, flags and texts, as in a cast.
    has_booleans : bool
        Whether true and false are not the numbers 1 and 0.
    traps_underflow : bool
        Whether a product that is too small for a float is an error.
    row, all_columns : str
        A row of the table as one value, and that value as columns; empty if there is no such value.
    """

    name: ClassVar[str]
    quote: ClassVar[str] = '"'
    stage_options: ClassVar[str] = ""
    stage_end: ClassVar[str] = ""
    wrong_number: ClassVar[str] = "9e999"
    lowest: ClassVar[float] = -1.7976931348623157e308
    types: ClassVar[Types] = Types("DOUBLE", "BOOLEAN", "VARCHAR")
    has_booleans: ClassVar[bool] = True
    traps_underflow: ClassVar[bool] = False
    row: ClassVar[str] = ""
    all_columns: ClassVar[str] = ""

    WRONG_FLAG: ClassVar[int] = 2

    def identifier(self, name: str) -> str:
        """Return a quoted identifier."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def number(self, value: float) -> str:
        """Return a number that reads back as the same float."""
        text = repr(float(value) + 0.0).removesuffix(".0")
        # With an exponent it is a float; otherwise most databases read it as a decimal number.
        return text if "e" in text else f"{text}e0"

    def as_float(self, number: str) -> str:
        """Return an expression for a number as a float, whatever constants it is made of."""
        return number

    def text(self, value: str) -> str:
        """Return a text literal, or raise `ArgumentError`."""
        return self._literal(require_text("scorer", value))

    def _literal(self, value: str) -> str:
        return "'" + value.replace("'", "''") + "'"

    def joined(self, texts: list[str]) -> str:
        """Return the concatenation of texts, each on a line of its own."""
        return " ||\n    ".join(texts)

    def typed(self, value: Any, kind: str) -> str:
        """Return a value of a column of numbers, flags or texts, or null, with its type."""
        if value is None:
            written = "NULL"
        elif kind == "number":
            written = self.text(repr(float(value)))
        else:
            written = self.text(value) if kind == "text" else str(int(value))
        return f"CAST({written} AS {getattr(self.types, kind)})"

    def rows(self, rows: list[list[str]]) -> str:
        """Return a table that consists of rows of values."""
        return "VALUES " + ",\n".join(f"({', '.join(row)})" for row in rows)

    def can_store(self, _value: Any) -> bool:
        """Return whether a column can contain a value."""
        return True

    @abstractmethod
    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats, null where it is NaN."""

    @abstractmethod
    def read_flag(self, column: str) -> str:
        """Return a column of booleans, or of 0 and 1, as 0 and 1."""

    @abstractmethod
    def read_text(self, column: str) -> str:
        """Return a column as text that is compared byte by byte."""

    @abstractmethod
    def is_text(self, column: str, *, codes: bool) -> str:
        """Return whether a value is text, or else a code: a whole number or a boolean."""

    def checked(self, column: str, known: str, value: str, wrong: str) -> str:
        """Return the value of a column where its type is known, and otherwise what is not valid."""
        return case_of([(known, value), (f"{column} IS NOT NULL", wrong)])

    def greatest(self, values: list[str]) -> str:
        """Return the largest of numbers, none of which is null."""
        return self.call("GREATEST", values) if len(values) > 1 else values[0]

    def call(self, function: str, arguments: list[str]) -> str:
        """Return a function of several arguments, which have a line each where they are long."""
        line = f"{function}({', '.join(arguments)})"
        lines = ",\n    ".join(arguments)
        return line if len(line) <= LONGEST_LINE else f"{function}(\n    {lines}\n  )"


class TypedDialect(Dialect):
    """A database that has a function for the type of a column."""

    type_of: ClassVar[str] = "typeof"
    texts: ClassVar[tuple[str, ...]]
    integers: ClassVar[tuple[str, ...]]
    boolean: ClassVar[str] = "boolean"

    def _is(self, column: str, types: Iterable[str]) -> str:
        return f"{self.type_of}({column}) IN ({_listed(types)})"

    def is_text(self, column: str, *, codes: bool) -> str:
        """Return whether a value is text, or else a code."""
        return self._is(column, (*self.texts, *((self.boolean, *self.integers) if codes else ())))

    def read_flag(self, column: str) -> str:
        """Return a column of booleans, or of 0 and 1, as 0 and 1."""
        known = self._is(column, (self.boolean, *self.integers))
        return self.checked(column, known, self.flag_as_number(column), str(self.WRONG_FLAG))

    def flag_as_number(self, column: str) -> str:
        """Return a column of booleans or integers as integers."""
        return f"CAST({column} AS BIGINT)"
