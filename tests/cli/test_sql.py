"""``collectrisk sql`` writes the query of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shell import done, refused, run, write

import collectrisk as cr

if TYPE_CHECKING:
    from typing import Any

OPTIONS = ("--dialect", "sqlite", "--table", "accounts", "--key", "id")


def test_it_prints_the_query_of_the_rules() -> None:
    assert done("sql", *OPTIONS) == cr.RuleScorer().to_sql("accounts", dialect="sqlite", key="id")
    text = done("sql", "--dialect", "mysql", "--table", "a.b", "--key", "c", "--key", "d", "--reasons", 2)
    assert text == cr.RuleScorer().to_sql(["a", "b"], dialect="mariadb", key=["c", "d"], reasons=2)
    text = done("sql", "--dialect", "duckdb", "--table", "accounts")
    assert text == cr.RuleScorer().to_sql("accounts", dialect="duckdb")


def test_it_can_use_a_card_and_a_mapping() -> None:
    card = cr.RuleScorer().with_base(-3.0).with_columns({"amount_overdue": "amt", "failed_calls": "n"})
    cr.save(card, "card.json")
    assert done("sql", *OPTIONS, "--scorer", "card.json") == card.to_sql(
        "accounts", dialect="sqlite", key="id"
    )
    columns: Any = {"amount_overdue": "amt", "failed_calls": None, "attitude": "mood"}
    options = ("--scorer", "card.json", "--map", "attitude=mood", "--map", "failed_calls=")
    assert done("sql", *OPTIONS, *options) == card.to_sql(
        "accounts", dialect="sqlite", key="id", columns=columns
    )
    write("map.toml", "[fields]\namount_overdue = 'x'\n")
    mapping = cr.Mapping({"amount_overdue": "x"}, plausible={"failed_calls": 7})
    assert done(
        "sql", *OPTIONS, "--mapping", "map.toml", "--plausible", "failed_calls=7"
    ) == cr.RuleScorer().to_sql("accounts", dialect="sqlite", key="id", columns=mapping)


def test_it_writes_a_file_and_replaces_an_older_one() -> None:
    write("score.sql", "old")
    result = run("sql", *OPTIONS, "-o", "score.sql")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Wrote score.sql.\n")
    assert Path("score.sql").read_text(encoding="utf-8") == done("sql", *OPTIONS)


def test_texts_are_written_as_utf_8_whatever_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    flag = cr.Flag(label="还款计划", field="repayment_plan", if_true=-1)
    cr.save(cr.Scorecard(base=0, characteristics=[flag]), "card.json")
    monkeypatch.setenv("PYTHONIOENCODING", "latin1")
    assert "-- 还款计划 (repayment_plan)" in done("sql", *OPTIONS, "--scorer", "card.json")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((*OPTIONS, "-o", "nowhere/score.sql"), "nowhere"),
        ((*OPTIONS, "--scorer", "nowhere.json"), "nowhere.json: cannot be read"),
    ],
)
def test_what_is_not_valid_is_refused(options: tuple[str, ...], message: str) -> None:
    assert message in refused("sql", *options)


@pytest.mark.parametrize(
    ("options", "option", "message"),
    [
        (("--dialect", "sqlite", "--table", "accounts"), "--key", "must name the columns to keep"),
        ((*OPTIONS, "--key", "problem"), "--key", "two columns of this name"),
        ((*OPTIONS, "--map", "attitute=x"), "--map", "did you mean 'attitude'"),
        ((*OPTIONS, "--map", "amount_overdue="), "--map", "must name a column for 'amount_overdue'"),
        ((*OPTIONS, "--plausible", "failed_cals=7"), "--plausible", "did you mean 'failed_calls'"),
        ((*OPTIONS, "--mapping", "map.toml"), "--mapping", "did you mean 'attitude'"),
        ((*OPTIONS, "--mapping", "cents.toml"), "--map", "does not convert 'amount_overdue' (factor)"),
        (("--dialect", "sqlite", "--table", "a..b", "--key", "id"), "--table", "must be a name"),
        (("--dialect", "sqlite", "--table", '"a"."b"', "--key", "id"), "--table", "without quotes"),
        (("--dialect", "postgresql", "--table", "a"), "--dialect", "did you mean 'postgres'?"),
        ((*OPTIONS, "--direction", "up"), "--direction", "restricts the reasons"),
    ],
)
def test_what_is_wrong_with_an_option_is_said_of_it(
    options: tuple[str, ...], option: str, message: str
) -> None:
    write("map.toml", "[fields]\nattitute = 'x'\n")
    write("cents.toml", "[fields]\namount_overdue = {column = 'amount_overdue', factor = 0.01}\n")
    said = " ".join(refused("sql", *options, code=2).replace("│", " ").split())
    assert f"Invalid value for {option}: " in said
    assert message in said


def test_all_unknown_fields_are_listed() -> None:
    said = " ".join(
        refused("sql", *OPTIONS, "--map", "x=a", "--map", "z=b", code=2).replace("│", " ").split()
    )
    assert "Invalid value for --map: 'x': no such field" in said
    assert "; 'z': no such field" in said


def test_reasons_may_be_of_one_direction() -> None:
    text = done("sql", *OPTIONS, "--reasons", "2", "--direction", "down")
    options: dict[str, Any] = {"dialect": "sqlite", "key": "id", "reasons": 2, "direction": "down"}
    assert text == cr.RuleScorer().to_sql("accounts", **options)


def test_the_help_is_about_a_table() -> None:
    text = " ".join(done("sql", "--help").replace("│", " ").split())
    assert "means that the table lacks it" in text
    assert "duckdb, mariadb, mysql, postgres, spark, sqlite" in text


def test_options_are_checked() -> None:
    assert "Invalid value for" in refused("sql", "--dialect", "oracle", "--table", "accounts", code=2)
    assert "FIELD=COLUMN" in refused("sql", *OPTIONS, "--map", "amount_overdue", code=2)
    assert "FIELD=NUMBER" in refused("sql", *OPTIONS, "--plausible", "failed_calls=x", code=2)
