"""The databases that run SQL text, and what each does differently."""

from __future__ import annotations

import math
import re
from typing import Any

from collectrisk._namespaces.sql_dialect import Dialect, TypedDialect, Types, case_of
from collectrisk.errors import refuse_other


class DuckDB(TypedDialect):
    """DuckDB, from version 1.1 on."""

    name = "duckdb"
    texts = ("VARCHAR",)
    integers = tuple(
        f"{sign}{size}"
        for sign in ("", "U")
        for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
    )
    boolean = "BOOLEAN"
    row, all_columns = "{table}", "{row}.*"

    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats; adding to a text or a boolean is an error."""
        return f"NULLIF({column} + 0e0, 'NaN'::DOUBLE)"

    def read_text(self, column: str) -> str:
        """Return a column as text; some columns ignore upper and lower case."""
        return f'CAST({column} AS VARCHAR) COLLATE "binary"'

    def is_text(self, column: str, *, codes: bool) -> str:
        """Return whether a value is text, or else a code; the type of an enum contains its values."""
        return f"({super().is_text(column, codes=codes)} OR typeof({column}) LIKE 'ENUM(%')"

    def flag_as_number(self, column: str) -> str:
        """Return a column of booleans or integers as integers, also where it could not be one."""
        return f"TRY_CAST({column} AS BIGINT)"


class Postgres(TypedDialect):
    """Postgres, and databases that speak its dialect."""

    name = "postgres"
    type_of = "pg_typeof"
    texts = ("text", "character varying", "character")
    integers = ("smallint", "integer", "bigint")
    types = Types("float8", "boolean", "text")
    stage_end = " OFFSET 0"
    traps_underflow = True
    row, all_columns = "{table}", "({row}).*"

    def number(self, value: float) -> str:
        """Return a decimal number, which becomes the nearest float where it meets one."""
        return repr(float(value) + 0.0).removesuffix(".0")

    def as_float(self, number: str) -> str:
        """Return an expression for a number as a float."""
        return f"{number}::float8"

    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats; adding to a text or a boolean is an error."""
        return f"NULLIF({column} + 0::float8, 'NaN')"

    def read_text(self, column: str) -> str:
        """Return a column as text; some collations ignore upper and lower case."""
        return f'{column}::text COLLATE "C"'

    def read_flag(self, column: str) -> str:
        """Return a column of booleans, or of 0 and 1, as 0 and 1; no cast suits both."""
        known = self._is(column, (self.boolean, *self.integers))
        return case_of(
            [
                (f"{known} AND {column}::text IN ('true', '1')", "1"),
                (f"{known} AND {column}::text IN ('false', '0')", "0"),
                (f"{column} IS NOT NULL", str(self.WRONG_FLAG)),
            ]
        )


class Spark(TypedDialect):
    """Spark SQL, with and without its ANSI mode."""

    name = "spark"
    quote = "`"
    texts = ("string",)
    integers = ("tinyint", "smallint", "int", "bigint")
    types = Types("DOUBLE", "BOOLEAN", "STRING")
    wrong_number = "double('Infinity')"
    row, all_columns = "struct(*)", "{row}.*"

    def _literal(self, value: str) -> str:
        # How quotes and backslashes are escaped depends on settings and versions.
        parts = [part for part in re.split(r"(['\\])", value) if part]
        literals = [f"char({ord(part)})" if part in "'\\" else f"'{part}'" for part in parts] or ["''"]
        return literals[0] if len(literals) == 1 else f"concat({', '.join(literals)})"

    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats."""
        types = f"typeof({column}) RLIKE '^(tinyint|smallint|int|bigint|float|double|decimal)'"
        number = f"NULLIF(CAST({column} AS DOUBLE), double('NaN'))"
        return self.checked(column, types, number, self.wrong_number)

    def read_text(self, column: str) -> str:
        """Return a column as text."""
        return f"CAST({column} AS STRING)"


class SQLite(Dialect):
    """SQLite, from version 3.35 on, built with its mathematical functions."""

    name = "sqlite"
    # A name in double quotes that is not a column would be read as text.
    quote = "`"
    types = Types("REAL", "INTEGER", "TEXT")
    stage_options = "MATERIALIZED "
    has_booleans = False

    MOST_ARGUMENTS = 100

    def typed(self, value: Any, kind: str) -> str:
        """Return a value of a column; text is read as a number only if it is finite, and NaN is null."""
        if kind == "number" and value in {math.inf, -math.inf}:
            return "9e999" if value > 0 else "-9e999"
        return super().typed(None if value != value else value, kind)

    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats; each value has a type of its own."""
        known = f"typeof({column}) IN ('integer', 'real')"
        return self.checked(column, known, f"{column} + 0e0", self.wrong_number)

    def read_flag(self, column: str) -> str:
        """Return a column of 0 and 1."""
        known = f"typeof({column}) IN ('integer', 'real')"
        return self.checked(column, known, column, str(self.WRONG_FLAG))

    def read_text(self, column: str) -> str:
        """Return a column as text; some columns ignore upper and lower case, an expression does not."""
        return f"{column} || ''"

    def is_text(self, column: str, *, codes: bool) -> str:
        """Return whether a value is text, or else a whole number."""
        return f"typeof({column}) IN ('text'{', ' + repr('integer') if codes else ''})"

    def greatest(self, values: list[str]) -> str:
        """Return the largest of numbers; a function has at most some arguments."""
        if len(values) == 1:
            return values[0]
        most = self.MOST_ARGUMENTS
        if len(values) > most:
            parts = [self.greatest(values[start : start + most]) for start in range(0, len(values), most)]
            return self.greatest(parts)
        return self.call("MAX", values)


class MariaDB(Dialect):
    """MariaDB and MySQL, in each of their modes."""

    name = "mariadb"
    quote = "`"
    types = Types("DOUBLE", "SIGNED", "CHAR CHARACTER SET utf8mb4")
    stage_end = " LIMIT 18446744073709551615"
    has_booleans = False
    # There is no infinity.
    wrong_number = "-1.7976931348623157e308"
    lowest = -1.7976931348623155e308

    def _literal(self, value: str) -> str:
        # It must not depend on the character set of the connection, or on the mode.
        if "\\" in value:  # it escapes the next character, unless this is switched off
            return f"_utf8mb4 X'{value.encode().hex()}'"
        return ("" if value.isascii() else "_utf8mb4") + super()._literal(value)

    def typed(self, value: Any, kind: str) -> str:
        """Return a value of a column, which cannot be NaN."""
        return super().typed(None if value != value else value, kind)

    def rows(self, rows: list[list[str]]) -> str:
        """Return a table that consists of rows of values; VALUES differs between MariaDB and MySQL."""
        return "\nUNION ALL ".join(f"SELECT {', '.join(row)}" for row in rows)

    def can_store(self, _value: Any) -> bool:
        """Return whether a column can contain a value, which cannot be infinite."""
        return not isinstance(_value, float) or _value != _value or self.lowest <= _value <= -self.lowest

    def joined(self, texts: list[str]) -> str:
        """Return the concatenation of texts, each on a line of its own."""
        lines = ",\n    ".join(texts)
        return f"CONCAT({lines})" if len(texts) > 1 else lines

    def read_number(self, column: str) -> str:
        """Return a column of numbers as floats; 5 are numbers and dates, which have several hyphens."""
        known = f"COERCIBILITY({column}) = 5 AND CAST({column} AS CHAR) REGEXP '^-?[0-9.]+(e.?[0-9]+)?$'"
        return self.checked(column, known, f"{column} + 0e0", self.wrong_number)

    def read_flag(self, column: str) -> str:
        """Return a column of 0 and 1, or of single bits, which are text to most functions."""
        known = f"HEX({column}) IN ('0', '1')"
        return self.checked(column, known, f"{column} + 0", str(self.WRONG_FLAG))

    def read_text(self, column: str) -> str:
        """Return a column as bytes: text of most collations ignores case and blanks at the end."""
        return f"CAST(CONVERT({column} USING utf8mb4) AS BINARY)"

    def is_text(self, column: str, *, codes: bool) -> str:
        """Return whether a value is text, or else a whole number."""
        text = f"COERCIBILITY({column}) <> 5"
        return f"({text} OR CAST({column} AS CHAR) REGEXP '^-?[0-9]+$')" if codes else text


DIALECTS: dict[str, Dialect] = {
    "duckdb": DuckDB(),
    "mariadb": MariaDB(),
    "mysql": MariaDB(),
    "postgres": Postgres(),
    "spark": Spark(),
    "sqlite": SQLite(),
}


def dialect_of(name: object) -> Dialect:
    """Return the dialect of a name, or raise `ArgumentError`."""
    refuse_other("dialect", name, DIALECTS)
    return DIALECTS[str(name)]
