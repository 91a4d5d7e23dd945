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


BY_PRODUCT = (
    *("--capacity", "sms:credit_card=20", "--capacity", "sms:online_loan=none", "--by", "product"),
    *("--capacity", "phone_call=30"),
)


@pytest.mark.parametrize("name", ["scored.csv", "scored.parquet"])
def test_capacities_may_be_those_of_groups(name: str) -> None:
    write(name, SCORED)
    capacity = {"sms": {"credit_card": 20, "online_loan": None, "other": 5}, "phone_call": 30}
    plan = allocate(SCORED, capacity, by="product")
    assert plan.unused["sms"] == {"credit_card": 0, "other": 0}
    assert done("plan", name, *BY_PRODUCT, "--capacity", "sms:other=5") == f"{plan}\n\n"


REFUSED = {
    "negative capacity": (
        ("plan", "--capacity", "sms=-1"),
        2,
        "--capacity: of 'sms' must be a whole number",
    ),
    "unknown channel": (("plan", "--capacity", "call=1"), 2, "--capacity: must be by channel"),
    "no number": (("plan", "--capacity", "sms"), 2, "write CHANNEL=N or CHANNEL:GROUP=N, once for each"),
    "no group": (("plan", "--capacity", "sms:=1"), 2, "once for each channel or group, not 'sms:=1'"),
    "a channel twice": (("plan", "--capacity", "sms=1", "--capacity", "sms=2"), 2, "not 'sms=2'"),
    "a group twice": (("plan", "--capacity", "sms:a=1", "--capacity", "sms:a=2"), 2, "not 'sms:a=2'"),
    "a channel and a group": (("plan", "--capacity", "sms=1", "--capacity", "sms:a=2"), 2, "not 'sms:a=2'"),
    "a group and a channel": (("plan", "--capacity", "sms:a=2", "--capacity", "sms=1"), 2, "not 'sms=1'"),
    "groups without a column": (("plan", "--capacity", "sms:a=2"), 2, "--by: is needed for the capacity of"),
    "groups of no capacity": (("plan", *OPTIONS, "--by", "product"), 2, "--by: needs a capacity by group"),
    "group left out": (
        ("plan", "--capacity", "sms:other=2", "--by", "product"),
        2,
        "in 'product': pass 0 if there is none, or none if there is no limit",
    ),
    "group of no account": (
        ("plan", *BY_PRODUCT, "--capacity", "sms:other=2", "--capacity", "sms:Other=9"),
        2,
        "--capacity: of 'sms' is also for 'Other' (did you mean 'other'?), which no account has in 'product'",
    ),
    "negative capacity of a group": (
        ("plan", *BY_PRODUCT, "--capacity", "sms:other=-2"),
        2,
        "--capacity: of 'sms' in 'other' must be a whole number, 0 or more, not '-2'",
    ),
    "unknown value": (
        ("plan", *OPTIONS, "--values", "sms=no"),
        2,
        "--values: has 3 problems: - of 'sms' must be the name of a column, not 'no'",
    ),
    "unknown key": (
        ("plan", *OPTIONS, "--ties", "id"),
        2,
        "--ties: must be the name of the column with the key",
    ),
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
    "no permission": (
        ("plan", *OPTIONS, "--permitted", "may"),
        2,
        "--permitted: write CHANNEL=COLUMN once for each channel, not 'may'",
    ),
    "no spread of portfolios": (
        ("forecast", "--portfolio", "product"),
        2,
        "--portfolio-spread: is needed with a portfolio, because the scorer",
    ),
    "negative spread": (("forecast", "--spread", "-1"), 2, "--spread: must be a standard deviation"),
    "large spread": (("forecast", "--spread", "11"), 2, "in log-odds, from 0 to 10, not 11.0"),
    "unknown probability": (
        ("forecast", "--probability", "p"),
        2,
        "with the visit probabilities, not 'p'; score the",
    ),
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


def test_a_column_without_a_probability_is_refused() -> None:
    write("scored.csv", SCORED.with_columns(visit_probability=pl.lit("")))
    text = " ".join(refused("forecast", "scored.csv", code=2).replace("│", " ").split())
    assert "--probability: must be known for at least one account; all 400 in" in text


def test_a_file_without_channels_is_refused() -> None:
    write("scored.csv", SCORED.drop("channel"))
    assert "scored.csv: must have a column 'channel'" in refused("plan", "scored.csv", *OPTIONS)


ROWS = {
    "probability": (("visit_probability", 1.5), 2, "1 in 'visit_probability' are not (row 4: 1.5)"),
    "forecast": (("visit_probability", 1.5), 2, "1 in 'visit_probability' are not (row 4: 1.5)"),
    "key": (("borrower_id", "A1"), 2, "'borrower_id' is the same in rows 2 and 4"),
    "channel": (("channel", "call"), 1, "not 'call' ('call' in row 4)"),
    "permission": (("permission", "maybe"), 2, "are others (row 4: 'maybe')"),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_with_bad_values_are_those_of_the_file(name: str) -> None:
    (column, value), code, message = ROWS[name]
    frame = SCORED.with_columns(
        borrower_id=pl.format("A{}", pl.int_range(1, pl.len() + 1)), permission=pl.lit("allowed")
    )
    is_third = pl.int_range(pl.len()) == 2
    other = pl.when(is_third).then(pl.lit(value)).otherwise(pl.col(column).cast(pl.String))
    write("scored.csv", frame.with_columns(other.alias(column)))
    permitted = ("sms", "phone_call", "agency", "field_visit")
    may = [part for channel in permitted for part in ("--permitted", f"{channel}=permission")]
    command = ("forecast", "scored.csv") if name == "forecast" else ("plan", "scored.csv", *OPTIONS, *may)
    text = " ".join(refused(*command, code=code).replace("│", " ").split())
    assert message in text
