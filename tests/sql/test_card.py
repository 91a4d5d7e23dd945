"""The text of a query: what identifies the card, what is read, and what is refused."""

from __future__ import annotations

import math
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import attrs
import cards
import pytest
from sql_cards import column

import collectrisk as cr
from collectrisk._files.card_format import file_from_card
from collectrisk.errors import ArgumentError, ColumnNameError, FormulaError
from collectrisk.mapping import FieldMapping

if TYPE_CHECKING:
    from collections.abc import Iterable

DIALECTS = ["duckdb", "postgres", "sqlite", "mariadb", "mysql", "spark"]
RULES = cr.RuleScorer()


def query(card: cr.Scorer = RULES, **options: Any) -> str:
    """Return the query of a card on SQLite."""
    return card.to_sql("accounts", **{"dialect": "sqlite", "key": "id", **options})


def one_row(card: cr.Scorecard, values: dict[str, Any], **options: Any) -> tuple[Any, ...]:
    """Return the results of one row of a table of SQLite without its key."""
    names = ", ".join(f"`{name}`" for name in values)
    marks = ", ".join("?" * (len(values) + 1))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE accounts (id, {names})")
        database.execute(f"INSERT INTO accounts VALUES ({marks})", (1, *values.values()))  # noqa: S608  # made here
        (row,) = database.execute(query(card, **options))
    return tuple(row[1:])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_comment_has_the_hash_of_the_cards_file(dialect: str) -> None:
    card = RULES.card.with_ladder(cr.Ladder([(0, "sms"), (0.5, "agency")]))
    assert file_from_card(card)["sha256"] in query(card, dialect=dialect).splitlines()[1]


def test_the_ladder_of_a_fitted_scorer_is_hashed() -> None:
    fitted = cards.fitted(None)
    assert file_from_card(fitted.card.with_ladder(fitted.ladder))["sha256"] in query(fitted)


def test_each_characteristic_has_a_comment_and_a_column() -> None:
    text = query()
    assert "\n-- amount (amount_overdue); source: A4.1\n" in text
    points = [
        line for line in text.splitlines() if line.endswith(tuple(f" AS cr_points_{x}," for x in ("agency",)))
    ]
    assert points == ["  CASE WHEN cr_placed_with_agency = 1 THEN 1.2e0 ELSE 0e0 END AS cr_points_agency,"]
    for label in RULES.labels:
        assert f" AS cr_points_{label.replace(' ', '_')},\n" in text


def test_a_label_cannot_end_its_comment() -> None:
    flag = cr.Flag(label="x\nDROP TABLE accounts; --\r", source="y\nz", field="repayment_plan", if_true=1)
    lines = query(column(flag)).splitlines()
    assert lines[2] == r"-- x\nDROP TABLE accounts; --\x0d (repayment_plan); source: y\nz"
    assert lines[3].startswith("-- MATERIALIZED: ")
    assert lines[4].startswith("WITH ")


def test_the_query_is_short() -> None:
    statements = [re.sub(r"^ *--.*\n", "", query(reasons=reasons), flags=re.MULTILINE) for reasons in (0, 3)]
    assert len(statements[0]) < 7_700
    assert len(statements[1]) < 12_000


def test_a_column_with_another_name_is_read() -> None:
    columns = {"amount_overdue": "amt", "days_past_due": "late", "attitude": None, "failed_calls": None}
    columns |= dict.fromkeys(["failed_messages", "broken_promises", "placed_with_agency", "repayment_plan"])
    values = {"amt": 30_000.0, "late": 540}
    (probability, channel, problem) = one_row(RULES.card, values, columns=columns)
    expected = RULES.assess(cr.Borrower(amount_overdue=30_000, days_past_due=540))
    assert probability == pytest.approx(expected.visit_probability, abs=1e-12)
    assert (channel, problem) == (expected.channel.value, None)


def test_a_problem_names_the_column() -> None:
    card = column(cr.Bands(label="calls", field="failed_calls", bands=[(0, 0), (5, 1)]))
    assert one_row(card, {"n": -1}, columns={"failed_calls": "n"}) == (
        None,
        None,
        "n must be a whole number from 0 to 10,000",
    )


def test_fields_that_are_absent_have_the_points_of_their_defaults() -> None:
    characteristics = [
        cr.PiecewiseLinear(label="line", field="failed_calls", knots=[(0, 0.125), (9, 1)]),
        cr.PiecewiseLinear(label="log", field="failed_messages", knots=[(1, 0.25), (9, 1)], scale="log"),
        cr.Bands(label="bands", field="broken_promises", bands=[(0, 0.5), (1, 1)]),
        cr.Levels(label="levels", field="attitude", levels={"unknown": 1}),
        cr.Flag(label="flag", field="repayment_plan", if_true=9),
        cr.Gate(label="gate", conditions=[cr.AtLeast(["failed_calls", "amount_overdue"], 5)], if_shut=2),
        cr.Gate(
            label="open",
            conditions=[cr.AtLeast("failed_calls", 0), cr.AtLeast("amount_overdue", 1)],
            if_shut=4,
        ),
        cr.Gate(
            label="shut",
            conditions=[cr.AtLeast("amount_overdue", 1), cr.AtLeast("failed_calls", 1)],
            if_shut=8,
        ),
    ]
    card = column(*characteristics, base=-15)
    absent = dict.fromkeys(name for name in card.fields if name != "amount_overdue")
    ((probability, *_),) = [one_row(card, {"amount_overdue": 5}, columns=absent)]
    expected = card.assess(cr.Borrower(amount_overdue=5, days_past_due=0))
    assert probability == pytest.approx(expected.visit_probability, abs=1e-12)


@pytest.mark.parametrize("absent", [["failed_calls"], ["attitude"], ["failed_calls", "attitude"]])
def test_a_surface_reads_the_default_of_an_absent_field(absent: list[str]) -> None:
    surfaces = [
        cr.Surface(
            label="calls and attitude",
            x=cr.NumberAxis("failed_calls", [-1, 10]),
            y=cr.LevelAxis("attitude", ["unknown", "hostile"]),
            grid=[[0.125, 2], [1, -2]],
        ),
        cr.Surface(
            label="attitude and calls",
            x=cr.LevelAxis("attitude", ["hostile"]),
            y=cr.NumberAxis("failed_calls", [-1, 10]),
            grid=[[1, 3]],
            otherwise=0.25,
        ),
        cr.Surface(
            label="one knot",
            x=cr.NumberAxis("days_past_due", [-5, 5, 9]),
            y=cr.NumberAxis("failed_calls", [3]),
            grid=[[1], [3], [0.5]],
        ),
    ]
    card = column(*surfaces)
    row: dict[str, Any] = {"days_past_due": 7, "failed_calls": 4, "attitude": "hostile"}
    known = {field: value for field, value in row.items() if field not in absent}
    ((probability, *_),) = [one_row(card, known, columns=dict.fromkeys(absent))]
    expected = card.assess(cr.Borrower(amount_overdue=5, **known))
    assert probability == pytest.approx(expected.visit_probability, abs=1e-12)


def test_a_missing_value_beside_an_absent_field_has_the_points_of_missing_values() -> None:
    surface = cr.Surface(
        label="both",
        x=cr.NumberAxis("limit", [0, 10]),
        y=cr.LevelAxis("product", ["other"]),
        grid=[[1], [2]],
        if_missing=-1,
    )
    options = {"columns": {"product": None}}
    found = [one_row(column(surface), {"limit": limit}, **options)[0] for limit in (5, None)]
    assert found == pytest.approx([1 / (1 + math.exp(-1.5)), 1 / (1 + math.exp(1))], abs=1e-15)


def test_a_card_without_characteristics_is_a_constant() -> None:
    assert one_row(cr.Scorecard(base=0, characteristics=[]), {"x": 1}, reasons=2) == (
        0.5,
        "field_visit",
        None,
        None,
        None,
    )


def test_characteristics_may_be_constants() -> None:
    card = column(
        cr.PiecewiseLinear(label="line", field="failed_calls", knots=[(0, 0.5)]),
        cr.Bands(label="bands", field="failed_calls", bands=[(0, 0.25)]),
        cr.Levels(label="levels", field="attitude", levels={}, otherwise=-0.75),
    )
    assert one_row(card, {"failed_calls": 3, "attitude": None}, reasons=2)[2:] == ("levels", "line", None)
    assert one_row(card, {"failed_calls": 3, "attitude": None})[0] == 0.5


@pytest.mark.parametrize(
    ("calls", "points"), [(0, 0.0), (5, 0.5), (10, 1.0), (15, 1.0), (25, 1.5), (40, 2.0)]
)
def test_a_curve_may_be_flat_between_two_knots(calls: int, points: float) -> None:
    knots = [(0, 0.0), (10, 1.0), (20, 1.0), (30, 2.0)]
    card = column(cr.PiecewiseLinear(label="line", field="failed_calls", knots=knots))
    expected = 1 / (1 + math.exp(-points))
    assert one_row(card, {"failed_calls": calls})[0] == pytest.approx(expected, abs=1e-15)


def test_one_characteristic_is_the_only_reason() -> None:
    assert one_row(column(), {"x": 1}, reasons=2)[2:] == ("x", None, None)
    assert one_row(column(), {"x": 0}, reasons=1)[2:] == (None, None)
    assert one_row(column(), {"x": 1}, reasons=1, direction="down")[2:] == (None, None)


def test_the_mapping_of_a_card_is_used_by_default() -> None:
    card = column().with_columns({"x": "y"})
    assert one_row(card, {"y": 1.0})[1] == "field_visit"
    assert one_row(card, {"x": 1.0}, columns={})[1] == "field_visit"


def test_another_plausible_limit_and_required_fields_are_heeded() -> None:
    card = column(cr.Bands(label="calls", field="failed_calls", bands=[(0, 0), (5, 1)]))
    mapping = cr.Mapping(plausible={"failed_calls": 20_000}, require=["failed_calls"])
    assert one_row(card, {"failed_calls": 15_000}, columns=mapping)[1] == "field_visit"
    problem = "failed_calls must be known, and a whole number from 0 to 20,000"
    assert one_row(card, {"failed_calls": None}, columns=mapping) == (None, None, problem)


@pytest.mark.parametrize(
    "mapping",
    [
        {"x": {"column": "x", "factor": 0.01}},
        {"x": ["x", "y"]},
        {"x": {"column": "x", "missing": -99}},
        cr.Mapping(decimal=","),
        cr.Mapping(missing=["n/a"]),
    ],
)
def test_values_that_would_be_converted_are_refused(mapping: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"a query does not convert 'x' \([a-z0-9 ]+\); convert them in a"
    ):
        query(column(), columns=mapping)


FLAG = cr.Flag(label="agency", field="placed_with_agency", if_true=2)

CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "columns": ("days_past_due", {"columns": ["x", "y"]}),
    "values": ("attitude", {"values": {"h": "hostile"}}),
    "factor": ("amount_overdue", {"factor": 0.01}),
    "date": ("days_past_due", {"date": "iso"}),
    "decimal": ("amount_overdue", {"decimal": ","}),
    "thousands": ("amount_overdue", {"thousands": ","}),
    "units": ("amount_overdue", {"units": "EUR"}),
    "missing": ("attitude", {"missing": "n/a"}),
    "true": ("placed_with_agency", {"true": [1]}),
    "false": ("placed_with_agency", {"false": [0]}),
    "zone": ("days_past_due", {"zone": "Europe/Berlin", "date": "iso"}),
}
"""For each key of a field, a declaration that changes its values."""

AS_OF = dict.fromkeys(["date", "zone"], "2026-11-30")

OF_TABLE: dict[str, dict[str, Any]] = {
    "as_of": {"as_of": "2026-11-30"},
    "skip": {"skip": {"x": "TOTAL"}},
    "decimal": {"decimal": ","},
    "thousands": {"thousands": ","},
    "units": {"units": "EUR"},
    "missing": {"missing": -99},
    "true": {"true": [0], "false": [1]},
    "false": {"false": ["N"]},
    "zone": {"zone": "Europe/Berlin", "as_of": "2026-11-30"},
}
"""For each key of a mapping that changes values or rows, a declaration."""

OTHERS: dict[str, dict[str, Any]] = {
    "require": {"require": "attitude"},
    "plausible": {"plausible": {"amount_overdue": 7}},
    "encoding": {"encoding": "cp1252"},
    "delimiter": {"delimiter": ";"},
    "skip_lines": {"skip_lines": 3},
    "sheet": {"sheet": "accounts"},
}
"""The keys that the query follows, and those that say how a file is read."""


def every_kind() -> cr.Scorecard:
    """Return a card of a field of each kind."""
    return column(
        cr.PiecewiseLinear(label="amount", field="amount_overdue", knots=[(0, 0), (9, 1)]),
        cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (9, 1)]),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1}),
        cr.Levels(label="product", field="product", levels={"online_loan": 1}),
        FLAG,
    )


@pytest.mark.parametrize("key", [each.name for each in attrs.fields(FieldMapping)])
def test_no_key_of_a_field_is_ignored(key: str) -> None:
    """A key that is new here must be added above: it is refused, or the query must follow it."""
    field, rule = CHANGES[key]
    mapping = cr.Mapping({field: FieldMapping(**{"columns": field, **rule})}, as_of=AS_OF.get(key))
    with pytest.raises(ArgumentError, match=rf"a query does not convert '{field}' \("):
        query(every_kind(), columns=mapping)
    with pytest.raises(ArgumentError, match=rf"a query does not convert '{field}' \("):
        query(every_kind().with_columns(mapping))


@pytest.mark.parametrize("key", [each.name for each in attrs.fields(cr.Mapping) if each.name != "fields"])
def test_no_key_of_a_mapping_is_ignored(key: str) -> None:
    """As above, for the keys that hold for each field and those that concern rows and files."""
    if key in OF_TABLE:
        with pytest.raises(ArgumentError, match=r"a query does not convert|must not skip rows"):
            query(every_kind(), columns=cr.Mapping(**OF_TABLE[key]))
    else:
        changed = query(every_kind(), columns=cr.Mapping(**OTHERS[key]))
        assert (changed == query(every_kind())) == (key not in {"require", "plausible"})


@pytest.mark.parametrize(
    ("true", "false"), [([0], [1]), ([2], [1]), ([1], [2]), ("Y", "N"), ([1, "Y"], [0, "N"]), ([1], [])]
)
def test_other_spellings_of_a_flag_are_refused(true: Any, false: Any) -> None:
    card = column(FLAG)
    own = {"placed_with_agency": {"column": "placed_with_agency", "true": true, "false": false}}
    for mapping in (cr.Mapping(own), cr.Mapping(true=true, false=false)):
        for options in ({"columns": mapping}, {}):
            given = card if options else card.with_columns(mapping)
            with pytest.raises(ArgumentError, match=r"does not convert 'placed_with_agency' \(true"):
                query(given, **options)


def test_flags_that_are_spelled_1_and_0_are_read_as_they_are() -> None:
    card, mapping = column(FLAG), cr.Mapping(true=[1], false=[0])
    assert query(card, columns=mapping) == query(card)
    assert [one_row(card, {"placed_with_agency": flag}, columns=mapping)[0] > 0.5 for flag in (1, 0)] == [
        True,
        False,
    ]


def test_spellings_and_separators_do_not_matter_to_fields_of_another_kind() -> None:
    card = column(cr.Levels(label="attitude", field="attitude", levels={"hostile": 1}))
    mapping = cr.Mapping(true="Y", false="N", decimal=",", thousands=".", units="EUR")
    assert query(card, columns=mapping) == query(card)
    assert query(column(), columns=cr.Mapping(true="Y", false="N")) == query(column())


def test_all_fields_that_would_be_converted_are_listed() -> None:
    mapping = cr.Mapping({"days_past_due": {"columns": ["a", "b"], "factor": 7}, "attitude": "x"}, missing=-9)
    with pytest.raises(ArgumentError) as caught:
        query(every_kind(), columns=mapping)
    listed = (
        "'amount_overdue' (missing), 'days_past_due' (2 columns, missing, factor), 'attitude' (missing), "
        "'product' (missing), 'placed_with_agency' (missing)"
    )
    assert f"a query does not convert {listed}; convert them" in str(caught.value)


def test_rows_to_skip_are_refused() -> None:
    with pytest.raises(ArgumentError, match="columns must not skip rows; leave them out in a view"):
        query(column(), columns=cr.Mapping(skip={"x": ["TOTAL"]}))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ColumnNameError, match="did you mean 'attitude'"):
        query(columns={"attitute": "x"})


def test_a_required_field_cannot_be_absent() -> None:
    with pytest.raises(ArgumentError) as caught:
        query(columns={"days_past_due": None, "amount_overdue": None, "failed_calls": None})
    assert str(caught.value) == (
        "columns must name a column for 'amount_overdue', 'days_past_due', which must be known"
    )


@attrs.frozen
class Doubled(cr.Flag):
    """A characteristic of a class of its own."""


@attrs.frozen(kw_only=True)
class Account(cr.Borrower):
    """A borrower with fields that may be missing, and one with a validator."""

    rating: float | None = None
    region: str | None = None
    score: float = attrs.field(default=0.0, validator=attrs.validators.lt(5))


@attrs.frozen
class OfAccounts(cr.Scorecard):
    """A card for a class of borrowers."""

    borrower_type = Account


def test_a_value_that_may_be_missing_is_required_where_it_has_no_points() -> None:
    gate = cr.Gate(label="gate", conditions=[cr.AtLeast("rating", 1)], if_shut=2)
    card = OfAccounts(base=0, characteristics=[gate])
    assert one_row(card, {"rating": None}) == (None, None, "rating must be known, and a finite number")
    assert one_row(card, {"rating": 1})[0] == 0.5
    with pytest.raises(FormulaError, match="nan"):
        query(card, columns={"rating": None})


def test_a_value_that_may_be_missing_is_not_required_where_it_has_points() -> None:
    line = cr.PiecewiseLinear(label="rating", field="rating", knots=[(0, 0), (1, 1)], if_missing=0.0)
    levels = cr.Levels(label="region", field="region", levels={"north": 1}, if_missing=0.0)
    card = OfAccounts(base=0, characteristics=[line, levels])
    assert one_row(card, {"rating": None, "region": None})[0] == 0.5
    assert one_row(card, {"x": 1}, columns={"rating": None, "region": None})[0] == 0.5


def test_a_validator_of_a_class_of_borrowers_is_refused() -> None:
    flag = cr.Bands(label="score", field="score", bands=[(0, 0), (1, 1)])
    with pytest.raises(ArgumentError, match="validator of its own for SQL text, and it has one for 'score'"):
        query(OfAccounts(base=0, characteristics=[flag]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"dialect": "oracle"},
            "dialect must be one of duckdb, mariadb, mysql, postgres, spark, sqlite, not 'oracle'",
        ),
        ({"dialect": None}, "dialect must be one of"),
        (
            {"key": None},
            "key must name the columns to keep, such as the account's id, because sqlite cannot return",
        ),
        ({"key": []}, "key must be the name of a column, a list of different names, or None"),
        ({"key": ["a", "A"]}, "key must be the name of a column, a list of different names"),
        ({"key": ["a", 1]}, "key must be the name of a column"),
        ({"key": 7}, "key must be the name of a column"),
        ({"key": "a\0"}, "key must not contain a null character, as 'a"),
        ({"columns": {"amount_overdue": "a\ud800"}}, "columns must not contain half a surrogate pair"),
        ({"columns": {"amount_overdue": 7}}, "columns must be text, not 7"),
        ({"reasons": -1}, "reasons must be a whole number from 0"),
        ({"direction": "up"}, "direction restricts the reasons"),
        ({"direction": "off", "reasons": 1}, "direction must be"),
    ],
)
def test_arguments_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        query(**options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("table", ["", "a..b", ".a", [], [""], ["a", 1], 5, None, {"a": 1}, b"a"])
def test_a_table_must_have_a_name(table: Any) -> None:
    with pytest.raises(ArgumentError, match='table must be a name such as "accounts"'):
        RULES.to_sql(table, dialect="sqlite", key="id")


@pytest.mark.parametrize("table", ['"lending"."accounts"', "lending.`a`", "[a]", "(SELECT 1 AS x)", ' "a"'])
def test_a_table_is_not_quoted_and_not_a_query(table: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        RULES.to_sql(table, dialect="sqlite", key="id")
    assert str(caught.value) == (
        "table must be the name of a table without quotes, which the query adds, or a list of its parts, "
        f"not {table!r}; make a view for a query"
    )
    assert RULES.to_sql([table], dialect="sqlite", key="id")


def test_a_column_that_is_read_cannot_have_the_name_of_a_result_where_all_are_kept() -> None:
    columns = {"attitude": "Channel"}
    with pytest.raises(ColumnNameError, match=r"'Channel': the result would .*; pass key, the columns to"):
        RULES.to_sql("accounts", dialect="duckdb", columns=columns)
    assert RULES.to_sql("accounts", dialect="duckdb", columns=columns, key="id")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_line_of_a_query_has_one_condition(dialect: str) -> None:
    texts = query(dialect=dialect, reasons=3).splitlines()
    assert max(map(len, texts)) <= 220
    assert [line for line in texts if line.count("CASE") > 1] == []


def test_comments_say_what_must_not_be_removed_or_simplified() -> None:
    texts = {dialect: query(dialect=dialect, reasons=3).splitlines() for dialect in DIALECTS}
    fences = {"postgres": "OFFSET 0", "sqlite": "MATERIALIZED", "mariadb": "LIMIT 18446744073709551615"}
    for dialect, fence in fences.items():
        lines = [line for line in texts[dialect] if fence in line.partition("--")[0]]
        assert len(lines) == 8
        assert all("do not remove" in line.partition("--")[2] for line in lines)
        assert (
            f"-- {fence}: the database computes each column once, instead of once for each use."
            in texts[dialect]
        )
    for lines in texts.values():
        before = lines.index(next(line for line in lines if line.endswith(" AS cr_rank_1,"))) - 2
        assert "rounded to 9 decimals" in lines[before]
        assert sum("2 for any other value" in line for line in lines) == 1
        assert sum("-- the largest rank below that of reason" in line for line in lines) == 2
    assert any("9e999 is not a number" in line for line in texts["sqlite"])
    assert not any("is not a number" in line for line in texts["duckdb"])


def test_the_comment_names_columns_of_another_name_and_absent_fields() -> None:
    lines = query(columns={"days_past_due": "late\nDROP", "failed_calls": None}).splitlines()
    assert r"-- delay (days_past_due from late\nDROP); source: A4.2" in lines
    assert "-- failed calls (failed_calls: absent); source: A2.4" in lines


@pytest.mark.parametrize("key", ["problem", "Channel", "reason_2"])
def test_a_key_cannot_have_the_name_of_a_result(key: str) -> None:
    with pytest.raises(ColumnNameError, match=key):
        query(key=["id", key], reasons=2)


def test_a_key_may_have_a_name_like_a_column_of_the_calculation() -> None:
    keys: Iterable[str] = ("cr_points_x", "id")
    assert one_row(column(), {"x": 1, "cr_points_x": 5}, key=keys)[0] == 1


def test_text_with_a_null_character_is_refused() -> None:
    card = column(cr.Levels(label="x", field="x", levels={"a\0": 1}))
    with pytest.raises(ArgumentError, match="null character"):
        query(card)


@pytest.mark.parametrize(
    "scorer",
    [cr.BlendScorer(parts={"a": RULES, "b": RULES}), cr.Scorer()],
    ids=lambda each: type(each).__name__,
)
def test_a_scorer_that_is_not_a_scorecard_is_refused(scorer: cr.Scorer) -> None:
    kind = type(scorer).__name__
    with pytest.raises(ArgumentError, match=f"scorer must be a scorecard, whose points .* and {kind} is not"):
        query(scorer)


def test_a_characteristic_of_another_class_is_refused() -> None:
    card = column(Doubled(label="x", field="repayment_plan", if_true=1))
    with pytest.raises(ArgumentError, match=r"has a Doubled, .* a query can contain only these"):
        query(card)
