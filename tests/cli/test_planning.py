"""`collectrisk plan` and `collectrisk forecast`: the results of the library, for a file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from labelled import accounts
from shell import done, refused, run, write

import collectrisk as cr
from collectrisk.planning import allocate, forecast_visits

SCORED = cr.RuleScorer(base=-1.5).assess_frame(accounts()).with_columns(
    worth=pl.col("visit_probability") * 100, may=pl.col("product") != "other"
)  # fmt: skip
CAPACITY = {"phone_call": 30, "field_visit": 5}
OPTIONS = ("--capacity", "phone_call=30", "--capacity", "field_visit=5")
VALUES = ("--values", "phone_call=worth", "--values", "field_visit=worth")


@pytest.mark.parametrize("name", ["scored.csv", "scored.parquet"])
def test_a_plan_is_that_of_the_library(name: str) -> None:
    write(name, SCORED)
    plan = allocate(SCORED, CAPACITY)
    assert done("plan", name, *OPTIONS) == f"{plan}\n\n"
    by_value = allocate(SCORED, CAPACITY, values={"phone_call": "worth", "field_visit": "worth"})
    assert done("plan", name, *OPTIONS, *VALUES) == f"{by_value}\n\n"


@pytest.mark.parametrize("name", ["scored.csv", "scored.parquet"])
@pytest.mark.parametrize("output", ["today.csv", "today.parquet"])
def test_the_list_is_the_file_with_the_planned_channel(name: str, output: str) -> None:
    write(name, SCORED)
    result = run("plan", name, *OPTIONS, "-o", output, "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    found = pl.read_csv(output) if output.endswith(".csv") else pl.read_parquet(output)
    expected = allocate(SCORED, CAPACITY).to_native()["planned_channel"].cast(pl.String)
    assert found["planned_channel"].to_list() == expected.to_list()
    assert found.columns == [*SCORED.columns, "planned_channel"]
    assert "Wrote 400 rows to" in run("plan", name, *OPTIONS, "-o", output).stderr


@pytest.mark.parametrize("name", ["scored.csv", "scored.parquet"])
def test_permissions_are_columns_or_truth_values(name: str) -> None:
    write(name, SCORED)
    options = ("--permitted", "phone_call=may", "--permitted", "field_visit=true")
    others = ("--permitted", "agency=false", "--permitted", "sms=TRUE")
    permitted = {"phone_call": "may", "field_visit": True, "agency": False, "sms": True}
    assert (
        done("plan", name, *OPTIONS, *options, *others)
        == f"{allocate(SCORED, CAPACITY, permitted=permitted)}\n\n"
    )


def test_a_plan_may_be_in_chinese() -> None:
    write("scored.csv", SCORED)
    assert "400个账户的计划" in done("plan", "scored.csv", *OPTIONS, "--language", "zh")


@pytest.mark.parametrize("name", ["scored.csv", "scored.parquet"])
def test_a_forecast_is_that_of_the_library(name: str) -> None:
    write(name, SCORED)
    forecast = forecast_visits("visit_probability", SCORED)
    assert done("forecast", name) == f"{forecast}\n\n"
    own = forecast_visits(
        "visit_probability", SCORED, spread=0.2, portfolio="product", portfolio_spread=0.3, horizon="a year"
    )
    options = ("--spread", 0.2, "--portfolio", "product", "--portfolio-spread", 0.3, "--horizon", "a year")
    expected = f"{own}\n\n{own.by('channel')}\n\n"
    assert done("forecast", name, *options, "--by", "channel") == expected


REFUSED = {
    "negative capacity": (
        ("plan", "--capacity", "sms=-1"),
        2,
        "--capacity: of 'sms' must be a whole number",
    ),
    "unknown channel": (("plan", "--capacity", "call=1"), 2, "--capacity: must be by channel"),
    "no number": (("plan", "--capacity", "sms"), 2, "write FIELD=N once for each field"),
    "unknown value": (("plan", *OPTIONS, "--values", "sms=no"), 2, "--values: must"),
    "unknown key": (("plan", *OPTIONS, "--ties", "id"), 2, "--ties: must be the name of a column"),
    "text as value": (
        ("plan", *OPTIONS, "--values", "sms=product"),
        1,
        "in 'product', which is not a number",
    ),
    "unknown permission": (
        ("plan", "--capacity", "sms=1", "--permitted", "sms=no"),
        2,
        "--permitted: says nothing about phone_call",
    ),
    "negative spread": (("forecast", "--spread", "-1"), 2, "--spread: must be a standard deviation"),
    "unknown probability": (("forecast", "--probability", "p"), 2, "--probability: must be the name of a"),
    "unknown group": (("forecast", "--by", "team"), 2, "--by: must be the name of a column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_options_are_refused(name: str) -> None:
    write("scored.csv", SCORED)
    (command, *options), code, message = REFUSED[name]
    written = ("-o", "today.csv") if command == "plan" else ()
    text = refused(command, "scored.csv", *options, *written, code=code)
    text = " ".join(text.replace("│", " ").split())
    assert message in text
    assert not Path("today.csv").exists()


def test_a_file_without_channels_is_refused() -> None:
    write("scored.csv", SCORED.drop("channel"))
    assert "scored.csv: must have a column 'channel'" in refused("plan", "scored.csv", *OPTIONS)
