"""``collectrisk explain`` prints the explanation of the library."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import attrs
import pytest
import typer
from shell import done, refused
from typer.testing import CliRunner

import collectrisk as cr
from collectrisk._cli.app import with_field_options
from collectrisk._fields import DESCRIPTION, field_specs

ARTICLE = {
    "amount_overdue": 30_000,
    "days_past_due": 540,
    "attitude": "evasive",
    "failed_messages": 40,
    "failed_calls": 6,
    "broken_promises": 1,
    "product": "online_loan",
}
OPTIONS = [part for field, value in ARTICLE.items() for part in (f"--{field.replace('_', '-')}", str(value))]


def words(text: str) -> str:
    """Return a table's text without its frame."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_prints_the_explanation_of_the_library(language: Any) -> None:
    borrower = cr.Borrower(**ARTICLE, placed_with_agency=True)  # type: ignore[arg-type]  # fields of many types
    expected = cr.RuleScorer().assess(borrower).explain(language)
    assert done("explain", *OPTIONS, "--placed-with-agency", "--language", language) == f"{expected}\n"


@pytest.mark.parametrize("width", [30, 80])
def test_on_a_terminal_lines_are_wrapped_between_words(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if it was a terminal
    monkeypatch.setenv("COLUMNS", str(width))
    english = done("explain", *OPTIONS)
    assert max(map(len, english.splitlines())) <= width
    assert english.split() == cr.RuleScorer().assess(cr.Borrower(**ARTICLE)).explain("en").split()  # type: ignore[arg-type]  # fields of many types
    chinese = done("explain", *OPTIONS, "--language", "zh")
    assert chinese == f"{cr.RuleScorer().assess(cr.Borrower(**ARTICLE)).explain('zh')}\n"  # type: ignore[arg-type]  # fields of many types


def test_the_language_and_the_fields_have_defaults() -> None:
    borrower = cr.Borrower(amount_overdue=900, days_past_due=20)
    expected = cr.RuleScorer().assess(borrower).explain("en")
    assert done("explain", "--amount-overdue", 900, "--days-past-due", 20) == f"{expected}\n"


def test_it_can_use_a_card() -> None:
    card = cr.RuleScorer().with_base(-1.0)
    cr.save(card, "card.json")
    borrower = cr.Borrower(amount_overdue=900, days_past_due=20)
    text = done("explain", "--amount-overdue", 900, "--days-past-due", 20, "--scorer", "card.json")
    assert text == f"{card.assess(borrower).explain('en')}\n"


def test_a_card_with_fields_that_have_no_option_is_refused() -> None:
    card = cr.Scorecard(
        base=0,
        characteristics=[
            cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0)]),
            cr.PiecewiseLinear(label="income", field="income", knots=[(0, 0)]),
            cr.Flag(label="guarantor", field="guarantor", if_true=1),
        ],
    )
    cr.save(card, "card.json")
    why = refused("explain", "--amount-overdue", 1, "--days-past-due", 1, "--scorer", "card.json")
    assert why == (
        "collectrisk: card.json: needs 'income', 'guarantor', for which there is no option; "
        "score a file with these columns\n"
    )


def test_a_number_above_the_plausible_limit_can_be_allowed() -> None:
    account = ("explain", "--amount-overdue", 1, "--days-past-due", 15_000)
    assert refused(*account).endswith("; if it is correct, pass --plausible days_past_due=NUMBER\n")
    text = done(*account, "--plausible", "days_past_due=15000")
    assert "The account is 15,000 days past due" in text


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("attitude=3", "numbers, not 'attitude'"),
        ("days=3", "numbers, not 'days'"),
        ("days_past_due=-1", "must be"),
    ],
)
def test_a_plausible_limit_of_something_else_is_refused(option: str, why: str) -> None:
    text = refused("explain", "--amount-overdue", 1, "--days-past-due", 1, "--plausible", option, code=2)
    assert why in words(text)
    assert "--plausible" in words(text)


def test_an_invalid_value_is_refused() -> None:
    why = refused("explain", "--amount-overdue", -1, "--days-past-due", 1)
    assert why == (
        "collectrisk: amount_overdue must be known, and a finite number from 0 to 10,000,000,000, not -1.0\n"
    )


def test_an_implausible_value_is_refused() -> None:
    why = refused("explain", "--amount-overdue", 1, "--days-past-due", 45_678)
    assert "45678 looks like a spreadsheet's serial date (of 2025-01-21)" in why


def test_every_field_but_the_private_one_has_an_option_with_its_description() -> None:
    text = words(done("explain", "--help"))
    shown = {name for name in attrs.fields_dict(cr.Borrower) if f"--{name.replace('_', '-')} " in text}
    assert shown == set(attrs.fields_dict(cr.Borrower)) - {"borrower_id"}
    assert "Promises to pay that were not kept." in text
    assert all(spec.description for spec in field_specs(cr.Borrower).values() if not spec.private)


class Region(StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class Neighbour(cr.Borrower):
    """A borrower with more fields."""

    income: float = attrs.field(default=0.0, metadata={DESCRIPTION: "Monthly income."})
    region: Region = attrs.field(default=Region.NORTH, converter=Region)
    street: str = ""


def test_a_custom_borrower_class_gets_options_for_its_fields() -> None:
    received: list[Neighbour] = []

    def command(**fields: Any) -> None:
        received.append(Neighbour(**fields))

    app = typer.Typer()
    app.command()(with_field_options(command, Neighbour))
    runner = CliRunner()
    options = [
        *("--amount-overdue", "1", "--days-past-due", "2"),
        *("--income", "3.5", "--region", "south", "--street", "Main"),
    ]
    assert runner.invoke(app, options).exit_code == 0
    assert received == [
        Neighbour(amount_overdue=1, days_past_due=2, income=3.5, region=Region.SOUTH, street="Main")
    ]
    assert "Monthly income. [default: 0.0]" in words(runner.invoke(app, ["--help"]).output)
