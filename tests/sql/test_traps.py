"""What databases do differently from Python, on tables with columns of their own types."""

from __future__ import annotations

import math
import re
import subprocess
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from databases import DATABASES, database
from sql_cards import HOSTILE_TEXTS, column, many_knots

import collectrisk as cr
from collectrisk.testing import check_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[str], Any]

WITH_TABLES = [each for each in DATABASES if each.id != "Spark"]
each_database = pytest.mark.parametrize("dialect", WITH_TABLES)
FLAG_TYPES = {"sqlite": "integer"}
FLOAT_TYPES = {"sqlite": "real", "postgres": "float8"}


def filled(run: Run, columns: str, *rows: str, table: str = "accounts") -> None:
    """Make a table with some rows."""
    run(f"DROP TABLE IF EXISTS {table}")
    run(f"CREATE TABLE {table} ({columns})")
    values = ", ".join(f"({row})" for row in rows)
    run(f"INSERT INTO {table} VALUES {values}")  # noqa: S608  # made here


def scored(run: Run, card: cr.Scorecard, dialect: str, **options: Any) -> list[list[Any]]:
    """Return the log-odds, rounded, and the other results of each account, in the order of their ids."""
    query = card.to_sql("accounts", dialect=dialect, key="id", **options)
    rows = sorted([int(row[0]), *row[1:]] for row in run(query))
    return [[_log_odds(row[1]), *row[2:]] for row in rows]


def _log_odds(probability: Any) -> float | None:
    if probability is None:
        return None
    return round(math.log(float(probability) / (1 - float(probability))), 9) + 0.0


NUMBER_PROBLEM = "x must be known, and a finite number"


@each_database
def test_log_odds_beyond_the_exponential_function_are_certain(dialect: str) -> None:
    flags = {"up": ("repayment_plan", 1000), "down": ("placed_with_agency", -1000)}
    card = column(*(cr.Flag(label=name, field=f, if_true=points) for name, (f, points) in flags.items()))
    run, kind = database(dialect), FLAG_TYPES.get(dialect, "boolean")
    filled(run, f"id int, up {kind}, down {kind}", "1, true, false", "2, false, true", "3, true, true")
    columns = {field: name for name, (field, _) in flags.items()}
    rows = sorted(
        tuple(row) for row in run(card.to_sql("accounts", dialect=dialect, key="id", columns=columns))
    )
    assert [float(row[1]) for row in rows] == [1.0, pytest.approx(0, abs=1e-300), 0.5]
    assert [row[2] for row in rows] == ["field_visit", "sms", "field_visit"]


@each_database
def test_the_logarithm_of_zero_is_not_computed(dialect: str) -> None:
    run = database(dialect)
    filled(run, "id int, x int", "1, 0", "2, 10", "3, 1000")
    card = column(cr.PiecewiseLinear(label="x", field="x", knots=[(1, -1), (100, 1)], scale="log"))
    assert [row[0] for row in scored(run, card, dialect)] == [-1, 0, 1]


@each_database
@pytest.mark.parametrize("kind", ["smallint", "bigint", "numeric(10, 2)", "real"])
def test_numbers_of_every_type_are_floats(dialect: str, kind: str) -> None:
    run = database(dialect)
    filled(run, f"id int, x {kind}", "1, 1", "2, 3", "3, NULL")
    card = column(cr.PiecewiseLinear(label="x", field="x", knots=[(0, 0), (4, 1)]))
    assert scored(run, card, dialect) == [
        [0.25, "field_visit", None],
        [0.75, "field_visit", None],
        [None, None, NUMBER_PROBLEM],
    ]


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"])
@pytest.mark.parametrize("value", ["'abc'", "'2'", "''", "'2026-11-30'"])
def test_text_is_never_read_as_a_number(dialect: str, value: str) -> None:
    """SQLite and MariaDB would read it as 0, or as the number that it begins with."""
    run = database(dialect)
    filled(run, "id int, x varchar(20)" if dialect == "mariadb" else "id int, x", f"1, {value}")
    assert scored(run, column(), dialect) == [[None, None, NUMBER_PROBLEM]]
    optional = cr.PiecewiseLinear(label="x", field="x", knots=[(0, 0), (4, 4)], if_missing=1)
    assert scored(run, column(optional), dialect) == [[None, None, "x must be a finite number"]]


@pytest.mark.parametrize("kind", ["date", "datetime", "time", "bit(1)"])
def test_mariadb_reads_no_date_as_a_number(kind: str) -> None:
    run = database("mariadb")
    value = {"time": "'10:00:00'", "bit(1)": "b'1'"}.get(kind, "'2020-01-01'")
    filled(run, f"id int, x {kind}", f"1, {value}")
    assert scored(run, column(), "mariadb") == [[None, None, NUMBER_PROBLEM]]


@pytest.mark.parametrize("value", ["1.5e-300", "-1e17", "1e300", "0.1", "-0.0", "1e-5"])
def test_mariadb_reads_every_way_to_write_a_number(value: str) -> None:
    run = database("mariadb")
    filled(run, "id int, x double", f"1, {value}")
    assert scored(run, column(), "mariadb")[0][0] == round(min(max(float(value), 0), 4), 9)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize("kind", ["text", "boolean", "date"])
def test_a_database_with_types_refuses_another_type_at_once(dialect: str, kind: str) -> None:
    """The table is empty, so it is not a value that is refused."""
    run = database(dialect)
    run("DROP TABLE IF EXISTS accounts")
    run(f"CREATE TABLE accounts (id int, x {kind})")
    with pytest.raises((duckdb.BinderException, subprocess.CalledProcessError)):
        run(column().to_sql("accounts", dialect=dialect, key="id"))


@each_database
def test_flags_are_booleans_or_the_numbers_0_and_1(dialect: str) -> None:
    run = database(dialect)
    card = column(cr.Flag(label="plan", field="repayment_plan", if_true=2))
    problem = "repayment_plan must be true or false"
    filled(run, "id int, repayment_plan int", "1, 1", "2, 0", "3, NULL", "4, 2")
    assert scored(run, card, dialect) == [
        [2, "field_visit", None],
        [0, "field_visit", None],
        [0, "field_visit", None],
        [None, None, problem],
    ]
    filled(run, "id int, repayment_plan varchar(9)", "1, '1'", "2, 'true'", "3, NULL")
    assert [row[2] for row in scored(run, card, dialect)] == [problem, problem, None]


@pytest.mark.parametrize("kind", ["utinyint", "usmallint", "uinteger", "ubigint", "hugeint", "uhugeint"])
def test_flags_and_codes_may_be_whole_numbers_of_any_size_in_duckdb(kind: str) -> None:
    """The sum of a column is a HUGEINT."""
    run = database("duckdb")
    filled(run, f"id int, repayment_plan {kind}, x {kind}", "1, 1, 5", "2, 2, 12")
    card = column(cr.Flag(label="plan", field="repayment_plan", if_true=2), *CODES.characteristics)
    assert [row[0] for row in scored(run, card, "duckdb")] == [3, None]


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"])
def test_a_fraction_is_not_rounded_to_a_flag(dialect: str) -> None:
    run = database(dialect)
    filled(run, f"id int, repayment_plan {FLOAT_TYPES.get(dialect, 'double')}", "1, 0.4", "2, 1.0")
    card = column(cr.Flag(label="plan", field="repayment_plan", if_true=2))
    assert [row[0] for row in scored(run, card, dialect)] == [None, 2]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize("kind", ["float8", "numeric(3, 1)"])
def test_a_float_or_a_decimal_is_not_a_flag_where_columns_have_types(dialect: str, kind: str) -> None:
    run = database(dialect)
    filled(run, f"id int, repayment_plan {kind}", "1, 1.0", "2, 0.0", "3, NULL")
    card = column(cr.Flag(label="plan", field="repayment_plan", if_true=2))
    problem = "repayment_plan must be true or false"
    assert [row[2] for row in scored(run, card, dialect)] == [problem, problem, None]


def test_a_bit_of_mariadb_is_a_flag() -> None:
    run = database("mariadb")
    filled(run, "id int, repayment_plan bit(1)", "1, b'1'", "2, b'0'")
    card = column(cr.Flag(label="plan", field="repayment_plan", if_true=2))
    assert [row[0] for row in scored(run, card, "mariadb")] == [2, 0]


IGNORING_CASE = {
    "duckdb": "varchar COLLATE NOCASE",
    "sqlite": "text COLLATE NOCASE",
    "mariadb": "varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
    "postgres": "text COLLATE ignoring_case",
}


@each_database
def test_text_is_compared_byte_by_byte_whatever_the_collation_of_its_column(dialect: str) -> None:
    run = database(dialect)
    if dialect == "postgres":
        run("DROP TABLE IF EXISTS accounts")
        run("DROP COLLATION IF EXISTS ignoring_case")
        options = "provider = icu, locale = 'und-u-ks-level2', deterministic = false"
        run(f"CREATE COLLATION ignoring_case ({options})")
    filled(run, f"id int, x {IGNORING_CASE[dialect]}", *("1, 'café'", "2, 'Café'", "3, 'café '", "4, 'cafe'"))
    card = column(cr.Levels(label="x", field="x", levels={"café": 1}, otherwise=-1))
    assert [row[0] for row in scored(run, card, dialect)] == [1, -1, -1, -1]
    filled(run, f"id int, attitude {IGNORING_CASE[dialect]}", "1, 'hostile'", "2, 'Hostile'", "3, 'hostile '")
    card = column(cr.Levels(label="attitude", field="attitude", levels={"hostile": 1}))
    assert [row[0] for row in scored(run, card, dialect)] == [1, None, None]


CODES = column(cr.Levels(label="x", field="x", levels={"5": 1, "12": 2}, otherwise=-1, if_missing=3))


@each_database
@pytest.mark.parametrize("kind", ["int", "varchar(9)"])
def test_whole_numbers_and_texts_are_the_same_codes(dialect: str, kind: str) -> None:
    run = database(dialect)
    filled(run, f"id int, x {kind}", "1, '5'", "2, '12'", "3, '7'", "4, NULL")
    assert [row[0] for row in scored(run, CODES, dialect)] == [1, 2, -1, 3]


@pytest.mark.parametrize("kind", ["mood", "ENUM ('5', '12', '7')"])
def test_an_enum_of_duckdb_is_text(kind: str) -> None:
    run = database("duckdb")
    run("CREATE TYPE mood AS ENUM ('5', '12', '7')")
    filled(run, f"id int, x {kind}", "1, '5'", "2, '12'", "3, '7'", "4, NULL")
    assert [row[0] for row in scored(run, CODES, "duckdb")] == [1, 2, -1, 3]
    card = column(cr.Levels(label="x", field="x", levels={"5": 1, "a": 2}, otherwise=-1, if_missing=3))
    assert [row[0] for row in scored(run, card, "duckdb")] == [1, -1, -1, 3]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "sqlite"])
def test_a_fraction_is_not_a_code(dialect: str) -> None:
    run = database(dialect)
    filled(run, f"id int, x {FLOAT_TYPES.get(dialect, 'double')}", "1, 5.0", "2, NULL")
    assert scored(run, CODES, dialect) == [
        [None, None, "x must be text, a number, or true or false"],
        [3, "field_visit", None],
    ]


@each_database
def test_levels_true_and_false_are_booleans_where_there_are_any(dialect: str) -> None:
    """Elsewhere true is the number 1, which is another code."""
    run = database(dialect)
    card = column(cr.Levels(label="x", field="x", levels={"true": 1, "false": 2}, otherwise=-1))
    filled(run, f"id int, x {FLAG_TYPES.get(dialect, 'boolean')}", "1, true", "2, false")
    expected = [None, None] if dialect in {"sqlite", "mariadb"} else [1, 2]
    assert [row[0] for row in scored(run, card, dialect)] == expected


@each_database
def test_numbers_are_not_the_texts_of_levels_that_are_no_codes(dialect: str) -> None:
    run = database(dialect)
    filled(run, "id int, x int", "1, 1")
    card = column(cr.Levels(label="x", field="x", levels={"01": 1}, otherwise=-1))
    assert scored(run, card, dialect) == [[None, None, "x must be known, and text"]]


@pytest.mark.parametrize("dialect", DATABASES)
def test_names_and_texts_may_contain_any_character(dialect: str) -> None:
    field = 'select "x" `y` [z] \' -- \\ ; é'
    levels = {text: place / 8 for place, text in enumerate(HOSTILE_TEXTS)}
    card = column(
        cr.Levels(label="O'Brien\\\"`--\n北京", source="a\nb", field=field, levels=levels, otherwise=-1),
        cr.Bands(label="order", field="group", bands=[(0, 0.25), (5, 0.5)], if_missing=-0.125),
    )
    check_sql(card, run=database(dialect), dialect=dialect, rows=30)


@pytest.mark.parametrize(
    "mode", ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "ANSI,TRADITIONAL"]
)
def test_the_mode_of_mariadb_does_not_matter(mode: str) -> None:
    run = database("mariadb")
    levels = {text: place / 8 for place, text in enumerate(HOSTILE_TEXTS)}
    card = column(cr.Levels(label="it's \\", field="it's", levels=levels, otherwise=-1))
    check_sql(card, run=lambda text: run(f"SET SESSION sql_mode='{mode}'; {text}"), dialect="mysql", rows=30)


def test_the_character_set_of_a_connection_to_mariadb_does_not_matter() -> None:
    run = database("mariadb")
    card = column(cr.Levels(label="x", field="x", levels={"é": 1, "北京": 2}))
    filled(run, "id int, x varchar(9) CHARACTER SET utf8mb4", "1, 'é'", "2, '北京'")
    query = card.to_sql("accounts", dialect="mariadb", key="id")
    rows = sorted(run(f"SET NAMES latin1; {query}"))
    assert [_log_odds(row[1]) for row in rows] == [1, 2]
    check_sql(card, run=lambda text: run(f"SET NAMES latin1; {text}"), dialect="mariadb", rows=20)


@pytest.mark.parametrize("ansi", ["true", "false"], ids="Spark {}".format)
def test_the_modes_of_a_database_do_not_matter(ansi: str) -> None:
    run = database("spark")
    settings = ["spark.sql.ansi.enabled", "spark.sql.parser.escapedStringLiterals"]
    for each in settings:
        run(f"SET {each}={ansi}")
    try:
        levels = {text: place / 8 for place, text in enumerate(HOSTILE_TEXTS)}
        card = column(cr.Levels(label="it's \\", field="it's", levels=levels, otherwise=-1))
        check_sql(card, run=run, dialect="spark", rows=10)
        query = column().to_sql("collectrisk_spark", dialect="spark", key="id")
        table = "collectrisk_spark (id, x) AS (VALUES (1, 'abc'), (2, '3'))"
        rows = run(query.replace("\nWITH ", f"\nWITH {table}, ", 1))
        assert [row[1:] for row in rows] == [(None, None, NUMBER_PROBLEM)] * 2
    finally:
        for each in settings:
            run(f"RESET {each}")


@pytest.mark.parametrize("dialect", DATABASES)
def test_numbers_of_any_size_are_compared_and_added(dialect: str) -> None:
    """Some databases fail where a sum or a product is too large or too small for a float."""
    card = column(
        cr.PiecewiseLinear(label="x", field="x", knots=[(-1e300, -1), (0, 0), (1e-300, 1), (1e300, 2)]),
        cr.PiecewiseLinear(label="y", field="y", knots=[(0, 0), (1e300, 1)]),
        cr.PiecewiseLinear(label="flat", field="y", knots=[(0, 0), (1, 1e-16), (2, 1e-16)]),
        cr.Gate(
            label="gate",
            conditions=[cr.AtLeast(["x", "y", "z"], 1e300), cr.AtLeast(["y", "z", "amount_overdue"], -2.5)],
            if_shut=-1,
        ),
    )
    check_sql(card, run=database(dialect), dialect=dialect, rows=100)


@pytest.mark.parametrize("dialect", DATABASES)
def test_curves_of_many_knots_agree(dialect: str) -> None:
    check_sql(many_knots(), run=database(dialect), dialect=dialect, rows=100)


def test_a_curve_of_many_knots_has_a_line_for_each() -> None:
    lines = many_knots().to_sql("accounts", dialect="postgres", key="id").splitlines()
    segments = [line for line in lines if re.match(r"    WHEN cr_days_past_due < \d+ THEN ", line)]
    assert len(segments) == 31
    assert max(map(len, segments)) < 100


@each_database
@pytest.mark.parametrize("direction", [None, "up", "down"])
def test_reasons_are_those_of_a_frame_at_ties_too(dialect: str, direction: Any) -> None:
    pandas = pytest.importorskip("pandas")
    points = {"a": 0.1 + 0.2, "b": 0.3, "c": -0.3, "d": 1e-10, "e": 0.5e-9, "f": 1.5e-9, "g": 2, "h": -0.3}
    card = column(
        *(cr.Bands(label=name, field=name, bands=[(0, 0), (1, value)]) for name, value in points.items())
    )
    rows = [[(row >> place) & 1 for place in range(8)] for row in range(256)]
    run = database(dialect)
    columns = ", ".join(f"{name} int" for name in points)
    filled(run, f"id int, {columns}", *(f"{row}, {str(values)[1:-1]}" for row, values in enumerate(rows)))
    frame = card.assess_frame(pandas.DataFrame(rows, columns=list(points)), reasons=10, direction=direction)
    names = [f"reason_{place}" for place in range(1, 11)]
    expected = frame[names].astype(object).where(frame[names].notna(), None).to_numpy().tolist()
    assert [row[2:-1] for row in scored(run, card, dialect, reasons=10, direction=direction)] == expected


def test_more_characteristics_than_a_function_of_sqlite_has_arguments() -> None:
    run = database("sqlite")
    count = 230
    bands = ([(0, 0), (1, n / 5e4)] for n in range(count))
    card = column(*(cr.Bands(label=f"c{n}", field=f"x{n}", bands=each) for n, each in enumerate(bands)))
    filled(run, ", ".join(["id int", *(f"x{n} int" for n in range(count))]), ", ".join(["1"] * (count + 1)))
    assert scored(run, card, "sqlite", reasons=2)[0][2:4] == ["c229", "c228"]


@pytest.mark.parametrize("dialect", [each for each in WITH_TABLES if each.id in {"duckdb", "postgres"}])
def test_all_columns_of_the_table_are_kept_by_default(dialect: str) -> None:
    run = database(dialect)
    filled(run, 'id int, x int, cr_x int, "cr_Points x" int, cr_row int', "1, 2, 3, 4, 5")
    query = column().to_sql("accounts", dialect=dialect)
    run("DROP VIEW IF EXISTS scores")
    run(f"CREATE VIEW scores AS\n{query}")
    (row,) = run("SELECT * FROM scores")
    assert [int(each) for each in row[:5]] == [1, 2, 3, 4, 5]
    assert [_log_odds(row[5]), *row[6:]] == [2, "field_visit", None]
    run("DROP VIEW scores")


@each_database
def test_the_result_can_be_stored_and_a_view_can_have_the_hash_as_a_column(dialect: str) -> None:
    run = database(dialect)
    filled(run, "id int, x int", "1, 2", "2, 3")
    query = column().to_sql("accounts", dialect=dialect, key="id")
    run("DROP TABLE IF EXISTS stored_scores")
    run("DROP VIEW IF EXISTS scores")
    run(f"CREATE TABLE stored_scores AS {query}")
    run(f"CREATE VIEW scores AS SELECT *, 'abc' AS card FROM ({query}) AS scored")  # noqa: S608  # made here
    assert [row[0] for row in run("SELECT channel FROM stored_scores WHERE id = 1")] == ["field_visit"]
    assert [row[0] for row in run("SELECT card FROM scores WHERE id = 2")] == ["abc"]
    run("DROP VIEW scores")
    run("DROP TABLE stored_scores")


@pytest.mark.parametrize("dialect", ["spark"], ids=["Spark"])
def test_all_columns_of_a_temporary_table_are_kept(dialect: str) -> None:
    query = column().to_sql("collectrisk_spark", dialect=dialect)
    query = query.replace("\nWITH ", "\nWITH collectrisk_spark (id, x) AS (VALUES (1, 2)), ", 1)
    (row,) = database(dialect)(query)
    assert [*row[:2], _log_odds(row[2]), *row[3:]] == [1, 2, 2, "field_visit", None]


SCHEMAS = {"mariadb": "CREATE DATABASE IF NOT EXISTS lender", "sqlite": "ATTACH ':memory:' AS lender"}


@each_database
def test_a_table_may_be_in_a_schema(dialect: str) -> None:
    run = database(dialect)
    run(SCHEMAS.get(dialect, "CREATE SCHEMA IF NOT EXISTS lender"))
    quote = "`" if dialect == "mariadb" else '"'
    filled(run, "id int, x int", "1, 3", table="lender.accounts")
    filled(run, "id int, x int", "1, 2", table=f"lender.{quote}a.b{quote}")
    for table, expected in (("lender.accounts", 3), (["lender", "a.b"], 2)):
        ((_, probability, *_),) = run(column().to_sql(table, dialect=dialect, key="id"))
        assert _log_odds(probability) == expected


def test_a_misspelt_column_of_sqlite_is_an_error() -> None:
    """In double quotes it would be read as text."""
    run = database("sqlite")
    filled(run, "id int, branch text", "1, 'north'")
    card = column(cr.Levels(label="x", field="branhc", levels={"north": 1}))
    with pytest.raises(Exception, match="no such column"):
        run(card.to_sql("accounts", dialect="sqlite", key="id"))
