"""`collectrisk validate`: the report of the library, for files of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from labelled import accounts
from shell import done, refused, run, write

import collectrisk as cr
from collectrisk.validation import ValidationReport, validation_report

FRAME = accounts().select(
    "amount_overdue", "days_past_due", "product", visited=pl.int_range(400) % 9 == 0
)[:120]  # fmt: skip
DEVELOPMENT, HOLDOUT, LATER = FRAME[:50], FRAME[50:80], FRAME[80:]
CARD = cr.Scorecard(
    base=-2, characteristics=[cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (30, 1)])]
)
SLOW = pytest.mark.exhaustive
COMMAND = ("validate", "--scorer", "card.json")


@pytest.fixture(autouse=True)
def _card(directory: Path) -> None:
    cr.save(CARD, directory / "card.json")


def validated(*arguments: object) -> str:
    return done(*COMMAND, *arguments)


def reported(scorer: Any, *frames: pl.DataFrame, suffixes: str = ".csv", **given: Any) -> ValidationReport:
    """Return the report of the library on the accounts in these files."""
    kinds = suffixes.split() * (1 if " " in suffixes else len(frames))
    samples = zip(("development", "holdout", "later"), "abc", kinds, strict=False)
    files = {sample: f"{name}{kind}" for sample, name, kind in samples}
    return validation_report(scorer, *frames, files=files, **given)


def files(suffix: str = ".csv") -> list[str]:
    """Write the three samples, and return the arguments for them."""
    for name, frame in (("a", DEVELOPMENT), ("b", HOLDOUT), ("c", LATER)):
        rows: Any = [list(frame.columns), *map(list, frame.rows())]
        write(f"{name}{suffix}", rows if suffix == ".xlsx" else frame)
    return [f"a{suffix}", f"b{suffix}", "--later", f"c{suffix}"]


@pytest.mark.parametrize(
    "suffix", [".csv", pytest.param(".parquet", marks=SLOW), pytest.param(".xlsx", marks=SLOW)]
)
def test_the_report_is_that_of_the_library(suffix: str) -> None:
    report = reported(CARD, DEVELOPMENT, HOLDOUT, LATER, suffixes=suffix, portfolio="product")
    assert validated(*files(suffix), "--portfolio", "product") == f"{report}\n\n"


def test_without_a_card_the_rules_are_validated_and_files_may_be_of_several_kinds() -> None:
    write("a.parquet", DEVELOPMENT)
    write("b.csv", HOLDOUT)
    report = reported(cr.RuleScorer(), DEVELOPMENT, HOLDOUT, suffixes=".parquet .csv")
    assert done("validate", "a.parquet", "b.csv") == f"{report}\n\n"


@pytest.mark.exhaustive
def test_the_scale_a_title_and_notes_can_be_given() -> None:
    scale = ("--pdo", 40, "--score", 500, "--odds", 20)
    texts = ("--name", "Card", "--note", "One.", "--note", "Two.")
    given: dict[str, Any] = {"pdo": 40, "score": 500, "odds": 20, "name": "Card", "notes": ["One.", "Two."]}
    report = reported(CARD, DEVELOPMENT, HOLDOUT, LATER, **given)
    assert validated(*files(), *scale, *texts) == f"{report}\n\n"


@pytest.mark.parametrize(
    ("output", "start", "quiet"), [("report.html", "<!doctype html>", ()), ("report.md", "# ", ("--quiet",))]
)
def test_a_report_is_written_to_a_file(output: str, start: str, quiet: tuple[str, ...]) -> None:
    result = run(*COMMAND, *files(), "-o", output, "--language", "zh", *quiet)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == ("" if quiet else f"Wrote the validation of Scorecard to {output}.\n")
    text = Path(output).read_text(encoding="utf-8")
    assert text.startswith(start)
    assert "Scorecard的验证报告" in text


@pytest.mark.parametrize("suffix", [".csv", pytest.param(".xlsx", marks=SLOW)])
def test_dates_are_cut_into_periods_and_debtors_are_clusters(suffix: str) -> None:
    days = pl.date(2026, 1, 5) + pl.duration(days=pl.int_range(120))
    dated = FRAME.with_columns(snapshot=days, debtor=pl.int_range(120) // 2)
    frames = {"a": dated[:60], "b": dated[60:]}
    for name, frame in frames.items():
        rows: Any = [list(frame.columns), *map(list, frame.rows())]
        write(f"{name}{suffix}", rows if suffix == ".xlsx" else frame)
    options = ("--by", "snapshot", "--period", "quarter", "--cluster", "debtor")
    report = reported(
        CARD, *frames.values(), suffixes=suffix, by="snapshot", period="quarter", cluster="debtor"
    )
    assert validated(f"a{suffix}", f"b{suffix}", *options) == f"{report}\n\n"
    assert "2026-Q2" in str(report)


@pytest.mark.exhaustive
def test_other_groups_stay_as_they_are() -> None:
    write("a.csv", DEVELOPMENT.with_columns(wave=pl.lit("first")))
    assert "first" in validated("a.csv", "a.csv", "--by", "wave")


def test_columns_and_labels_may_have_other_names() -> None:
    outcome = pl.when("visited").then(pl.lit("went")).otherwise(pl.lit("stayed"))
    for name, frame in (("a.csv", DEVELOPMENT), ("b.csv", HOLDOUT)):
        renamed = frame.with_columns(outcome=outcome).drop("visited").rename({"days_past_due": "late"})
        write(name, renamed)
    arguments = ("a.csv", "b.csv", "--map", "days_past_due=late", "--visited", "outcome")
    report = reported(CARD, DEVELOPMENT, HOLDOUT)
    assert validated(*arguments, "--positive", "went") == f"{report}\n\n"
    error = refused(*COMMAND, *arguments, code=2)
    assert "--positive" in error
    assert "'went', 'stayed'" in error


def test_a_mapping_says_how_a_file_is_written_and_which_rows_are_no_accounts() -> None:
    write("a.csv", "days;visited\n30,00;1\n2.400,00;0\nTotal;\n")
    fields = '[fields]\ndays_past_due = "days"\n[skip]\ndays = ["Total"]\n'
    write("m.toml", f'decimal = ","\nthousands = "."\n{fields}')
    printed = validated("a.csv", "a.csv", "--mapping", "m.toml")
    assert "1 rows are no accounts by the mapping" in printed


def test_blank_rows_are_left_out() -> None:
    write("a.csv", "days_past_due,visited\n3,yes\n,\n4,no\n")
    counts = next(line for line in validated("a.csv", "a.csv").splitlines() if line.startswith("accounts"))
    assert counts.split() == ["accounts", "2", "2"]


def test_an_account_without_a_label_is_refused() -> None:
    write("a.csv", "days_past_due,visited\n3,1\n4,\n")
    error = refused(*COMMAND, "a.csv", "a.csv")
    assert "a.csv: account 2 has no label in 'visited'; leave out accounts" in error


@pytest.mark.exhaustive
def test_later_accounts_need_no_labels() -> None:
    arguments = files()
    write("c.csv", LATER.drop("visited"))
    report = reported(CARD, DEVELOPMENT, HOLDOUT, LATER.drop("visited"))
    assert validated(*arguments) == f"{report}\n\n"


def test_invalid_rows_are_refused_with_the_file() -> None:
    arguments = files()
    write("b.csv", HOLDOUT.with_columns(days_past_due=-1))
    error = refused(*COMMAND, *arguments)
    assert "b.csv: some rows contain invalid values" in error
    assert "Nothing was validated. Correct the rows, or leave them out." in error


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--visited", "label"), "--visited"),
        (("--pdo", 0), "--pdo"),
        (("-o", "report.pdf"), "must end in .html or .md"),
        (("--map", "days"), "--map"),
        (("--delimiter", "xx"), "--delimiter"),
    ],
)
def test_an_invalid_option_is_named(options: tuple[Any, ...], message: str) -> None:
    assert message in refused(*COMMAND, *files(), *options, code=2)


def test_an_error_names_the_file() -> None:
    arguments = files()
    write("b.csv", HOLDOUT.drop("product"))
    assert "b.csv: must be" in refused(*COMMAND, *arguments, "--portfolio", "product", code=2)
    write("b.csv", HOLDOUT.drop("days_past_due"))
    assert "collectrisk: b.csv: the column 'days_past_due' is missing" in refused(*COMMAND, *arguments)


def test_later_accounts_may_have_an_empty_column_for_labels() -> None:
    arguments = files()
    write("c.csv", LATER.with_columns(visited=None))
    assert "later: There are no labels" in validated(*arguments)
    write("b.csv", HOLDOUT.with_columns(visited=None))
    assert "b.csv: account 1 has no label" in refused(*COMMAND, *arguments)
