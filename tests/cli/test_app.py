"""The options of ``collectrisk score``."""

from __future__ import annotations

import pickle
from pathlib import Path

import polars as pl
import pytest
from shell import HEADER, done, refusal, refused, run, scored, write

import collectrisk as cr

ACCOUNTS = pl.DataFrame({"amount_overdue": [3_000.0], "days_past_due": [10]})
BANK = pl.DataFrame({"BILL": [3_000.0, 30_000.0], "late": [10, 540], "attitude": ["passive", "evasive"]})
NAMES = ("--map", "amount_overdue=BILL", "--map", "days_past_due=late")
COLUMNS = {"amount_overdue": "BILL", "days_past_due": "late"}


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_columns_can_be_mapped_to_fields(name: str) -> None:
    expected = cr.RuleScorer().assess_frame(BANK, columns=COLUMNS)
    result = scored(name, BANK, *NAMES, output="out.parquet")
    assert result.equals(expected.cast({"channel": pl.String}))


def test_a_field_can_be_declared_absent() -> None:
    expected = cr.RuleScorer().visit_probabilities(BANK, columns={**COLUMNS, "attitude": None})
    result = scored("in.parquet", BANK, *NAMES, "--map", "attitude=", output="out.parquet")
    assert result["visit_probability"].to_list() == expected.tolist()


def test_a_column_name_may_contain_an_equals_sign() -> None:
    assert scored("in.csv", "a=b,late\n1,2\n", "--map", "amount_overdue=a=b", *NAMES[2:]).height == 1


def test_the_error_for_a_missing_column_says_how_to_map_one() -> None:
    why = refusal("in.parquet", BANK)
    assert "- the column 'amount_overdue' is missing\n" in why
    assert "The file's columns are: BILL, late, attitude." in why
    assert '--map amount_overdue="your_column"' in why


def test_the_error_for_a_missing_mapped_column_suggests_the_nearest() -> None:
    why = refusal("in.parquet", BANK, "--map", "amount_overdue=BIL", *NAMES[2:])
    assert "the column 'BIL' is missing; did you mean 'BILL'?" in why
    assert '--map amount_overdue="BILL"' in why


def test_all_problems_of_the_columns_are_listed_with_one_set_of_options() -> None:
    clashing = BANK.with_columns(channel=pl.lit("sms"), repayment_plan=pl.lit("x"), calls=pl.lit(1))
    why = refusal("in.parquet", clashing, "--map", "attitude=")
    assert [line.partition("; to read")[0] for line in why.splitlines() if line.startswith("- ")] == [
        "- the column 'amount_overdue' is missing",
        "- the column 'days_past_due' is missing; did you mean 'late'?",
        "- 'calls': may be the field 'failed_calls', which is absent",
        "- 'channel': the result would have two columns of this name; rename or drop yours",
        "- column 'repayment_plan' must be true or false; the column contains text",
    ]
    options = why.rstrip().splitlines()[-2].split("--map ")[1:]
    assert [option.strip() for option in options] == [
        "attitude=",
        'amount_overdue="your_column"',
        'days_past_due="late"',
        'failed_calls="calls"',
    ]


def test_a_required_field_cannot_be_absent() -> None:
    assert "'days_past_due' is missing" in refusal("in.parquet", BANK, *NAMES[:2], "--map", "days_past_due=")


def test_the_error_for_a_misspelt_column_has_two_suggestions() -> None:
    why = refusal("in.csv", f"{HEADER.replace('attitude', 'atitude')}\n1,2,passive\n")
    assert '--map attitude="atitude", or --map attitude= if it is something else' in why


def test_the_error_for_a_misspelt_field_suggests_the_nearest() -> None:
    assert "did you mean 'attitude'?" in refusal("in.parquet", BANK, *NAMES, "--map", "atitude=attitude")


@pytest.mark.parametrize(
    "arguments",
    [
        ("score",),
        ("score", "in.parquet", "--nonsense"),
        ("score", "in.parquet", "--map", "amount_overdue"),
        ("score", "in.parquet", "--map", "=BILL"),
        ("score", "in.parquet", *NAMES, *NAMES),
        ("score", "in.parquet", "--reasons", "-1"),
        ("score", "in.parquet", "--reasons", "few"),
        ("score", "in.parquet", "--invalid", "maybe"),
        ("score", "in.parquet", "--delimiter", ";"),
        ("score", "in.csv", "--delimiter", ";;"),
        ("score", "in.csv", "--delimiter", ""),
        ("score", "in.csv", "--delimiter", '"'),
        ("score", "in.csv", "--delimiter", "；"),
        ("score", "in.csv", "--skip-lines", "-1"),
        ("score", "in.csv", "--skip-lines", "few"),
        ("explain", "--amount-overdue", "1"),
        ("explain", "--amount-overdue", "much", "--days-past-due", "1"),
        ("explain", "--amount-overdue", "1", "--days-past-due", "1.5"),
        ("explain", "--amount-overdue", "1", "--days-past-due", "1", "--attitude", "Hostile"),
        ("explain", "--amount-overdue", "1", "--days-past-due", "1", "--language", "fr"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_an_invalid_command_exits_with_code_2(arguments: tuple[str, ...]) -> None:
    write("in.parquet", BANK)
    assert "Usage: collectrisk" in refused(*arguments, code=2)


def test_quiet_prints_nothing() -> None:
    result = run("score", write("in.parquet", BANK), *NAMES, "-q", "-o", "out.csv")
    assert (result.exit_code, result.output) == (0, "")


def test_quiet_prints_errors() -> None:
    assert refusal("in.parquet", BANK, "-q").startswith("collectrisk: ")


CARD = (
    cr.RuleScorer()
    .with_characteristic(
        cr.PiecewiseLinear(label="income", field="income", knots=[(0, 0), (10_000, -2)], if_missing=0.5)
    )
    .with_characteristic(cr.Flag(label="guarantor", field="guarantor", if_true=-3))
    .with_characteristic(cr.Levels(label="region", field="place", levels={"north": 2.0}))
)
WIDE = pl.DataFrame(
    {
        "amount_overdue": [30_000.0, 30_000.0, 250.0],
        "days_past_due": [500, 500, 10],
        "earns": [5_000.0, None, 7_500.5],
        "guarantor": [True, False, False],
        "place": ["north", "south", "007"],
    }
)


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_card_can_read_columns_that_are_not_fields(name: str) -> None:
    cr.save(CARD, "card.json")
    expected = CARD.assess_frame(WIDE, columns={"income": "earns"}, reasons=9)
    options = ("--scorer", "card.json", "--map", "income=earns", "--reasons", 9)
    result = scored(name, WIDE, *options, output="out.parquet")
    assert result["visit_probability"].equals(expected["visit_probability"])
    assert result.cast(pl.String).equals(expected.cast(pl.String))


def test_the_cells_of_the_columns_that_only_a_card_reads_are_validated() -> None:
    cr.save(CARD, "card.json")
    text = "amount_overdue,days_past_due,income,guarantor,place\n1,2,much,perhaps,\n"
    why = refusal("in.csv", text, "--scorer", "card.json")
    assert "column 'income' must be a finite number; 1 invalid row (row 2: 'much')" in why
    assert "column 'guarantor' must be known, and true or false; 1 invalid row (row 2: 'perhaps')" in why
    assert "column 'place' must be known, and text; 1 invalid row (row 2: empty)" in why


def test_the_summary_has_the_channels_of_the_cards_ladder() -> None:
    cr.save(cr.RuleScorer().with_ladder(cr.Ladder([(0, "email"), (0.5, "letter")])), "card.json")
    table = done("score", write("in.parquet", BANK), *NAMES, "--scorer", "card.json")
    first_cells = [line.split()[0] for line in table.splitlines() if line.strip()]
    assert first_cells[3:6] == ["email", "letter", "remote"]


def test_a_card_may_be_a_symbolic_link() -> None:
    cr.save(CARD, "card-1.json")
    Path("card.json").symlink_to("card-1.json")
    assert scored("in.parquet", WIDE, "--scorer", "card.json", "--map", "income=earns").height == 3


@pytest.mark.parametrize("command", ["score", "explain"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "is not a card file, which starts with '{'\n"),
        (
            pickle.dumps(cr.RuleScorer()),
            "is not a card file, which starts with '{'\n",
        ),
        ("{}", "does not contain a valid card: "),
    ],
    ids=["absent", "empty", "pickle", "not a card"],
)
def test_a_file_that_is_not_a_card_is_refused(command: str, content: str | bytes | None, why: str) -> None:
    if content is not None:
        write("card.json", content)
    write("in.parquet", ACCOUNTS)
    arguments: dict[str, list[object]] = {
        "score": ["in.parquet"],
        "explain": ["--amount-overdue", 1, "--days-past-due", 1],
    }
    message = refused(command, *arguments[command], "--scorer", "card.json")
    assert message.startswith(f"collectrisk: card.json: {why}")
    assert message.count("\n") == 1
