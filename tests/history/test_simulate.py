"""Simulated logs and ledgers: the known fields of the accounts follow from them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidRowsError
from collectrisk.history import CODES, ContactLog, EventKind, arrears, simulate_log

if TYPE_CHECKING:
    from collectrisk.history import SimulatedLog

AS_OF = dt.date(2026, 11, 1)
FIELDS = [
    "failed_messages",
    "failed_calls",
    "broken_promises",
    "attitude",
    "placed_with_agency",
    "repayment_plan",
]
LEDGER = ["amount_overdue", "days_past_due"]


def log_of(simulated: SimulatedLog) -> ContactLog:
    return ContactLog(simulated.events, codes=simulated.codes, zone=simulated.zone)


def columns(frame: Any, names: list[str]) -> dict[str, list[Any]]:
    return {name: nw.from_native(frame)[name].to_list() for name in names}


def with_id(accounts: Any) -> Any:
    return nw.from_native(accounts).select(account_id=nw.col("borrower_id")).to_native()


def ledger_fields(simulated: SimulatedLog, as_of: Any = AS_OF) -> Any:
    return arrears(simulated.instalments, simulated.payments, as_of, zone=simulated.zone)


@pytest.fixture(scope="module")
def accounts() -> pl.DataFrame:
    frame: pl.DataFrame = cr.simulate_portfolio(2_000, seed=11, backend="polars")
    return frame


@pytest.fixture(scope="module")
def simulated(accounts: pl.DataFrame) -> SimulatedLog:
    return simulate_log(accounts, AS_OF, seed=3)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_the_fields_of_the_accounts_follow_from_the_log(backend: Any) -> None:
    accounts = cr.simulate_portfolio(500, seed=7, backend=backend)
    simulated = simulate_log(accounts, AS_OF, seed=3)
    assert type(simulated.events) is type(accounts)
    attached = log_of(simulated).attach(with_id(accounts), AS_OF)
    assert columns(attached, FIELDS) == columns(accounts, FIELDS)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_amounts_and_days_past_due_follow_from_the_ledger(backend: Any) -> None:
    accounts = cr.simulate_portfolio(500, seed=8, backend=backend)
    due = ledger_fields(simulate_log(accounts, AS_OF))
    assert columns(due, LEDGER) == columns(accounts, LEDGER)
    assert columns(due, ["account_id"])["account_id"] == columns(accounts, ["borrower_id"])["borrower_id"]


def consistent(borrower: cr.Borrower) -> cr.Borrower:
    """Return a borrower who has days past due and an overdue amount, or neither."""
    if borrower.days_past_due == 0 or borrower.amount_overdue < 0.01:
        return attrs.evolve(borrower, days_past_due=0, amount_overdue=0.0)
    return attrs.evolve(borrower, amount_overdue=round(borrower.amount_overdue, 2))


@given(
    st.lists(
        borrowers(
            failed_messages=st.integers(0, 60),
            failed_calls=st.integers(0, 12),
            broken_promises=st.integers(0, 12),
        ).map(consistent),
        min_size=1,
        max_size=30,
    ),
    st.integers(0, 2**32 - 1),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)),
    st.sampled_from([None, "Europe/Berlin", "Asia/Shanghai", "Africa/Cairo"]),
)
@settings(max_examples=8)
def test_the_fields_of_any_accounts_follow_from_the_log_and_the_ledger(
    drawn: list[cr.Borrower], seed: int, as_of: dt.date, zone: str | None
) -> None:
    rows = [attrs.asdict(each) | {"borrower_id": f"B{place:03}"} for place, each in enumerate(drawn)]
    accounts = pl.DataFrame(rows, infer_schema_length=None)
    simulated = simulate_log(accounts, as_of, seed=seed, zone=zone)
    attached = log_of(simulated).attach(with_id(accounts), as_of)
    assert columns(attached, FIELDS) == columns(accounts, FIELDS)
    assert columns(ledger_fields(simulated, as_of), LEDGER) == columns(accounts, LEDGER)


def test_a_moment_within_a_day_has_the_same_fields(accounts: pl.DataFrame) -> None:
    moment = dt.datetime(2026, 11, 1, 15, 30)  # a local time
    simulated = simulate_log(accounts, moment, zone="Europe/Berlin")
    assert columns(log_of(simulated).attach(with_id(accounts), moment), FIELDS) == columns(accounts, FIELDS)
    assert columns(ledger_fields(simulated, moment), LEDGER) == columns(accounts, LEDGER)


def test_the_log_has_no_problems_and_the_events_of_the_accounts_in_order_of_time(
    accounts: pl.DataFrame, simulated: SimulatedLog
) -> None:
    assert log_of(simulated).check().problems == ()
    assert simulated.events["happened_at"].is_sorted()
    assert set(simulated.events["account_id"]) <= set(accounts["borrower_id"])
    assert (simulated.events["recorded_at"] >= simulated.events["happened_at"]).all()


def test_the_codes_are_common_ones_and_two_kinds_of_the_users_own(simulated: SimulatedLog) -> None:
    assert set(simulated.events["event"]) == set(simulated.codes)
    own = {code: kind for code, kind in simulated.codes.items() if isinstance(kind, EventKind)}
    assert [(kind.name, kind.shows) for kind in own.values()] == [
        ("hung_up", "evasive"),
        ("plan_by_adviser", None),
    ]
    common = CODES["dialler"] | CODES["messages"] | CODES["account"]  # type: ignore[operator]  # of a proxy
    assert {code: common[code] for code in simulated.codes if code not in own} == {
        code: kind for code, kind in simulated.codes.items() if code not in own
    }


def test_some_events_happened_before_the_moment_and_were_recorded_after_it(simulated: SimulatedLog) -> None:
    """Whoever reads `happened_at` alone gets other fields."""
    moment = dt.datetime(2026, 11, 1, tzinfo=simulated.zone)
    late = simulated.events.filter(pl.col("happened_at") < moment, pl.col("recorded_at") >= moment)
    assert set(late["event"]) == {"RPC", "PAY"}
    leaking = ContactLog(
        simulated.events.drop("recorded_at"), codes=simulated.codes, zone=simulated.zone
    ).fields(AS_OF)
    assert not leaking.equals(log_of(simulated).fields(AS_OF))


def test_accounts_are_visited_after_the_moment_the_more_often_the_longer_they_are_past_due(
    accounts: pl.DataFrame, simulated: SimulatedLog
) -> None:
    moment = dt.datetime(2026, 11, 1, tzinfo=simulated.zone)
    later = simulated.events.filter(pl.col("happened_at") >= moment)
    visited = later.filter(pl.col("event").str.starts_with("VISIT"))["account_id"].unique()
    assert 0.005 < len(visited) / len(accounts) < 0.05
    is_late = pl.col("days_past_due") > 365
    found = accounts.with_columns(visited=pl.col("borrower_id").is_in(visited.implode()))
    late, others = (found.filter(each)["visited"].to_numpy().mean() for each in (is_late, ~is_late))
    assert late > 10 * others
    assert set(later["event"]) > {"SMS", "NA", "PTP", "PAY", "RPC"}


def test_the_payments_of_the_log_are_in_the_ledger(simulated: SimulatedLog) -> None:
    paid = simulated.events.filter(pl.col("event") == "PAY").select(
        "account_id",
        "recorded_at",
        paid_on=pl.col("happened_at").dt.date(),
        amount_paid="amount",
    )
    assert len(paid) > 100
    assert paid.join(simulated.payments, on=paid.columns, how="anti").is_empty()


def test_an_account_has_at_most_twelve_instalments_overdue_and_then_no_more() -> None:
    accounts = pl.DataFrame(
        {"borrower_id": ["A", "B"], "amount_overdue": [1_200.0, 0.02], "days_past_due": [720, 720]}
    )
    instalments = simulate_log(accounts, AS_OF).instalments
    first = dt.date(2024, 11, 11)
    unpaid = instalments.filter(pl.col("due_on") >= first)
    assert unpaid["account_id"].to_list() == ["A"] * 12 + ["B"]
    assert unpaid["due_on"].to_list()[:3] == [first, dt.date(2024, 12, 11), dt.date(2025, 1, 11)]


def test_the_events_depend_on_the_seed_alone(accounts: pl.DataFrame, simulated: SimulatedLog) -> None:
    again, other = simulate_log(accounts, AS_OF, seed=3), simulate_log(accounts, AS_OF, seed=4)
    assert again.events.equals(simulated.events)
    assert again.payments.equals(simulated.payments)
    assert not other.events.equals(simulated.events)


def test_a_day_that_does_not_exist_in_the_zone_is_no_error() -> None:
    """The zone went from 29 to 31 December 2011."""
    accounts = cr.simulate_portfolio(200, seed=1, backend="polars")
    simulated = simulate_log(accounts, "2012-01-05", zone="Pacific/Apia")
    days = simulated.events["happened_at"].dt.date()
    assert dt.date(2011, 12, 30) not in days
    assert dt.date(2011, 12, 31) in days


def test_fields_that_are_absent_have_their_defaults() -> None:
    accounts = pl.DataFrame({"borrower_id": ["A"], "amount_overdue": [100.0], "days_past_due": [40]})
    attached = log_of(simulate_log(accounts, AS_OF)).attach(with_id(accounts), AS_OF)
    assert columns(attached, FIELDS) == {
        "failed_messages": [0],
        "failed_calls": [0],
        "broken_promises": [0],
        "attitude": ["unknown"],
        "placed_with_agency": [False],
        "repayment_plan": [False],
    }


def test_no_accounts_have_no_events(accounts: pl.DataFrame) -> None:
    simulated = simulate_log(accounts.clear(), AS_OF)
    assert len(simulated.events) == len(simulated.instalments) == len(simulated.payments) == 0
    assert simulated.events.schema == simulate_log(accounts.head(1), AS_OF).events.schema


ONE = {"borrower_id": ["A"], "amount_overdue": [100.0], "days_past_due": [40]}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "seed": ({}, {"seed": -1}, "seed must be a whole number from 0 to 4,294,967,295, not -1"),
    "zone": ({}, {"zone": "Nowhere"}, "zone must be the name of a time zone"),
    "as_of": ({}, {"as_of": "1899-12-31"}, "as_of must be in the years 1900 to 9000, not 1899"),
    "days": (
        {"days_past_due": [0]},
        {},
        "accounts must have either both an amount_overdue of 0.01 or more and days_past_due, or neither: "
        "row 0 has 100.00 and 0",
    ),
    "no id": ({"borrower_id": [None]}, {}, "accounts must have a different borrower_id in each row"),
    "same id": (
        {"borrower_id": ["A", "A"], "amount_overdue": [1.0, 1.0], "days_past_due": [1, 1]},
        {},
        "accounts must have a different borrower_id in each row",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_argument_that_is_not_valid_is_named(case: str) -> None:
    changes, arguments, message = REFUSED[case]
    with pytest.raises(ArgumentError) as caught:
        simulate_log(pl.DataFrame(ONE | changes), **{"as_of": AS_OF, **arguments})
    assert str(caught.value).startswith(message)


def test_a_lazy_frame_and_invalid_borrowers_are_errors() -> None:
    with pytest.raises(ArgumentError, match="accounts must be an eager frame: collect it first"):
        simulate_log(pl.LazyFrame(ONE), AS_OF)
    with pytest.raises(InvalidRowsError, match="amount_overdue"):
        simulate_log(pl.DataFrame(ONE | {"amount_overdue": [-1.0]}), AS_OF)
