"""Scoring a file gives the same result as scoring a frame, and writes all of it or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import attrs
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shell import HEADER, contents, done, hidden_files, read, refusal, refused, scored, write
from strategies import borrowers

import collectrisk as cr
from collectrisk._cli.scoring import ROW, Run
from collectrisk._cli.tabular import open_source
from collectrisk.errors import FileError

SCORER = cr.RuleScorer()
ACCOUNTS = pl.DataFrame({"amount_overdue": [3_000.0, 30_000.0], "days_past_due": [10, 540]})
PORTFOLIO: pl.DataFrame = cr.simulate_portfolio(2_000, seed=8, backend="polars")
LONG = pl.DataFrame({"amount_overdue": pl.int_range(60_000, eager=True) + 0.5}).with_columns(days_past_due=10)
"""More rows than polars takes into one batch."""


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.exclude("visit_probability").cast(pl.String))


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_file_gets_the_scores_of_its_frame(name: str, output: str) -> None:
    result = scored(name, PORTFOLIO, "--reasons", 3, output=output)
    expected = SCORER.assess_frame(PORTFOLIO, reasons=3)
    assert as_text(result).equals(as_text(expected))


def test_parquet_keeps_its_types_and_csv_gets_the_types_of_the_fields() -> None:
    columns = PORTFOLIO.columns
    from_parquet = scored("in.parquet", PORTFOLIO, output="out.parquet")
    assert from_parquet.select(columns).schema == PORTFOLIO.schema
    assert scored("in.csv", PORTFOLIO, output="out.parquet").schema == from_parquet.schema


@settings(max_examples=25, deadline=None)
@given(accounts=st.lists(borrowers(), min_size=1, max_size=20))
def test_each_borrower_gets_its_own_score(accounts: list[cr.Borrower]) -> None:
    frame = pl.DataFrame([attrs.asdict(account) for account in accounts]).drop("borrower_id")
    result = scored("in.csv", frame)
    assessments = [SCORER.assess(account) for account in accounts]
    assert result["visit_probability"].to_list() == pytest.approx([a.visit_probability for a in assessments])
    assert result["channel"].to_list() == [a.channel for a in assessments]


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_rows_keep_their_order_over_many_batches(name: str, output: str) -> None:
    result = scored(name, LONG, output=output)
    assert result["amount_overdue"].cast(pl.Float64).equals(LONG["amount_overdue"])
    expected = SCORER.assess_frame(LONG)["visit_probability"]
    assert result["visit_probability"].equals(expected)


@pytest.mark.parametrize(("name", "first_row"), [("in.csv", 2), ("in.parquet", 1)])
def test_invalid_rows_have_the_row_numbers_of_the_file(name: str, first_row: int) -> None:
    bad = LONG.with_columns(
        pl.when(pl.int_range(60_000) % 100 == 7).then(-1.5).otherwise(10.0).alias("amount_overdue")
    )
    why = refusal(name, bad)
    rows = [first_row + 7 + 100 * place for place in range(5)]
    shown = "'-1.5'" if name == "in.csv" else "-1.5"
    assert f"600 invalid rows ({', '.join(f'row {row}: {shown}' for row in rows)}, ...)" in why
    assert "Nothing was written. Correct the rows, or pass --invalid null to score the others." in why


def test_all_problems_are_reported_at_once_in_the_order_of_the_rows() -> None:
    why = refusal("in.csv", f"{HEADER}\n1,2,Hostile\n-1,2.5,\n")
    named = [line.split("'")[1] for line in why.splitlines() if line.startswith("- column")]
    assert named == ["attitude", "amount_overdue", "days_past_due"]
    assert "(row 3: '2.5')" in why
    assert "Row numbers are those of the file: the header is row 1, as in a spreadsheet.\n" in why


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
def test_the_valid_rows_can_be_scored(output: str) -> None:
    text = f"{HEADER}\n3000,10,\n-1,10,Hostile\n30000,540,\n"
    result = scored("in.csv", text, "--invalid", "null", "--reasons", 1, output=output)
    probabilities = SCORER.visit_probabilities(ACCOUNTS).tolist()
    assert result["visit_probability"].to_list() == [probabilities[0], None, probabilities[1]]
    assert result["channel"].to_list() == ["sms", None, "sms"]
    assert result["reason_1"].to_list() == ["visit gate", None, "visit gate"]
    assert result["problem"].to_list() == [
        None,
        "amount_overdue must be known, and a finite number from 0 to 10,000,000,000; "
        "attitude must be one of cooperative, unknown, passive, evasive, hostile",
        None,
    ]


def test_without_invalid_rows_the_problem_column_is_empty() -> None:
    assert (
        scored("in.parquet", ACCOUNTS, "--invalid", "null", output="out.parquet")["problem"].null_count() == 2
    )


def test_without_an_output_invalid_rows_are_an_error_too() -> None:
    assert "1 invalid row (row 1: -1.0)" in refused(
        "score", write("in.parquet", ACCOUNTS.with_columns(amount_overdue=-1.0).head(1))
    )


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_few_rows_give_few_rows(name: str, output: str, rows: int) -> None:
    result = scored(name, ACCOUNTS.head(rows), "--reasons", 1, output=output)
    assert (result.height, result.columns) == (
        rows,
        [*ACCOUNTS.columns, "visit_probability", "channel", "reason_1"],
    )


def test_nulls_everywhere_are_refused() -> None:
    nothing = pl.DataFrame(
        {"amount_overdue": [None, None], "days_past_due": [None, None], "attitude": [None, None]}
    )
    why = refusal("in.parquet", nothing)
    assert why.count("2 invalid rows (row 1: empty, row 2: empty)") == 2
    allowed = ("--invalid", "null", "--max-invalid", "100%")
    result = scored("in.parquet", nothing, *allowed, output="out.parquet")
    assert result["visit_probability"].null_count() == result["problem"].len() == 2


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_is_not_finite_is_refused_in_parquet(value: float) -> None:
    frame = ACCOUNTS.with_columns(amount_overdue=pl.lit(value))
    assert f"2 invalid rows (row 1: {value!r}, row 2: {value!r})" in refusal("in.parquet", frame)


def test_integers_beyond_2_to_the_53_are_refused_in_parquet() -> None:
    frame = ACCOUNTS.with_columns(days_past_due=pl.Series([2**53, 2**64 - 1], dtype=pl.UInt64))
    why = refusal("in.parquet", frame)
    assert f"(row 1: {2**53}, row 2: {2**64 - 1}); the plausible limit is 14,610 days (40 years)\n" in why
    assert (
        "\nIf numbers above the plausible limit are correct, pass --plausible days_past_due=NUMBER.\n" in why
    )


def test_decimals_are_scored_and_stay_decimals() -> None:
    table = pa.table(
        {"amount_overdue": pa.array([Decimal("3000.00"), Decimal("30000.00")]), "days_past_due": [10, 540]}
    )
    result = scored("in.parquet", table, output="out.parquet")
    assert isinstance(result.schema["amount_overdue"], pl.Decimal)
    assert result["visit_probability"].to_list() == SCORER.visit_probabilities(ACCOUNTS).tolist()


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["passive", "Hostile", "hostile"])])
def test_attitudes_may_be_categories_and_are_validated(kind: pl.DataType) -> None:
    good = ACCOUNTS.with_columns(attitude=pl.Series(["passive", "hostile"], dtype=kind))
    expected = SCORER.assess_frame(good)["visit_probability"]
    assert scored("in.parquet", good, output="out.parquet")["visit_probability"].equals(expected)
    bad = ACCOUNTS.with_columns(attitude=pl.Series(["passive", "Hostile"], dtype=kind))
    assert "(row 2: 'Hostile'); did you mean 'hostile'?" in refusal("in.parquet", bad)


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        (pl.Series("amount_overdue", ["3000", "30000"]), "the column contains text"),
        (pl.Series("days_past_due", [True, False]), "the column contains booleans"),
        (pl.Series("attitude", [1, 2]), "the column contains numbers"),
    ],
)
def test_a_parquet_column_of_the_wrong_type_is_refused_whatever_its_values(
    column: pl.Series, hint: str
) -> None:
    why = refusal("in.parquet", ACCOUNTS.with_columns(column), "--invalid", "null")
    assert f"in.parquet: column {column.name!r} must be " in why
    assert hint in why
    assert "row" not in why


def test_for_a_parquet_column_of_dates_it_names_the_options() -> None:
    why = refusal("in.parquet", ACCOUNTS.with_columns(days_past_due=pl.lit("2024-01-21").str.to_date()))
    assert (
        "the column contains dates\n"
        'To count the days from these dates, pass --as-of DATE --map days_past_due="days_past_due".\n'
    ) in why


@pytest.mark.parametrize("name", ["visit_probability", "channel", "reason_1", "problem"])
def test_a_column_named_like_a_result_is_refused(name: str) -> None:
    why = refusal(
        "in.parquet", ACCOUNTS.with_columns(pl.lit(1).alias(name)), "--reasons", 1, "--invalid", "null"
    )
    assert f"{name!r}: the result would have two columns of this name; rename or drop yours" in why


@pytest.mark.parametrize("name", [ROW, f"_{ROW.upper()}"])
def test_a_column_named_like_an_internal_one_is_kept(name: str) -> None:
    result = scored("in.csv", f"{HEADER},{ROW},{name}_2\n3000,10,,3,4\n", output="out.parquet")
    assert result.columns == [*HEADER.split(","), ROW, f"{name}_2", "visit_probability", "channel"]
    assert result.row(0)[3:5] == ("3", "4")


def test_columns_that_are_not_fields_are_kept_whatever_they_contain() -> None:
    lists = ACCOUNTS.with_columns(history=pl.Series([[1, 2], []]))
    assert scored("in.parquet", lists, output="out.parquet")["history"].to_list() == [[1, 2], []]


def test_the_error_for_values_that_csv_cannot_contain_names_the_output() -> None:
    lists = ACCOUNTS.with_columns(history=pl.Series([[1, 2], []]))
    assert refusal("in.parquet", lists).startswith("collectrisk: out.csv: cannot be written: ")


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.parquet"])
def test_the_output_may_be_the_input(name: str) -> None:
    result = scored(name, LONG, output=name)
    assert result.columns == [*LONG.columns, "visit_probability", "channel"]
    assert result.height == LONG.height


def test_an_output_that_is_a_link_stays_one() -> None:
    Path("real.csv").touch(mode=0o640)
    Path("link.csv").symlink_to("real.csv")
    scored("in.parquet", ACCOUNTS, output="link.csv")
    assert Path("link.csv").readlink() == Path("real.csv")
    assert Path("real.csv").stat().st_mode & 0o777 == 0o640
    assert read("real.csv").height == 2


def test_an_old_output_is_kept_until_all_rows_are_valid() -> None:
    Path("out.csv").write_text("old", encoding="utf-8")
    refusal("in.parquet", LONG.with_columns(amount_overdue=-pl.col("amount_overdue")))
    assert contents()["out.csv"] == b"old"


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (".", "is a directory; name a file in it"),
        ("nowhere/out.csv", "the directory nowhere does not exist; create it first"),
        ("out.txt", "the name must end in .csv, .csv.gz or .parquet"),
    ],
)
def test_an_impossible_output_is_refused_before_anything_is_read(output: str, why: str) -> None:
    assert refused("score", "absent.csv", "-o", output) == f"collectrisk: {output}: {why}\n"


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="Windows has no limits on a process's files")
@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
def test_the_error_for_a_full_disk_names_the_output_and_no_file_is_left(output: str) -> None:
    write("in.parquet", LONG)
    program = [sys.executable, "-c", "from collectrisk._cli import main; main()", "score", "in.parquet"]
    limited = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh", *program, "-o", output]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"collectrisk: {output}: cannot be written")
    assert [*contents()] == ["in.parquet"]


def test_a_file_that_changes_while_it_is_read_is_refused() -> None:
    with open_source(write("in.parquet", ACCOUNTS)) as source:
        changed = attrs.evolve(source, rows=3)
    with pytest.raises(FileError, match="2 of 3 rows could be read; did it change"):
        Run(SCORER, changed, Path("out.csv")).execute()
    assert [*contents()] == ["in.parquet"]


def test_ctrl_c_stops_the_threads_and_leaves_no_file() -> None:
    batches: list[int] = []

    def interrupt(rows: int) -> None:
        batches.append(rows)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with open_source(write("in.parquet", LONG)) as source, pytest.raises(KeyboardInterrupt):
        Run(SCORER, source, Path("out.csv"), advance=interrupt).execute()
    assert sum(batches) < LONG.height
    assert (hidden_files(), [*contents()]) == ([], ["in.parquet"])


def test_a_run_needs_no_progress_callback() -> None:
    with open_source(write("in.parquet", ACCOUNTS)) as source:
        totals = Run(SCORER, source).execute()
    assert (totals.accounts, totals.scored, [*contents()]) == (2, 2, ["in.parquet"])


def test_without_an_output_there_is_only_the_summary() -> None:
    assert "expected visits" in done("score", write("in.parquet", ACCOUNTS))
    assert [*contents()] == ["in.parquet"]
