"""Today's list: from a log of contacts and a ledger to who gets which contact, and why.

    python examples/todays_list.py [LIST.csv] [PAGE.html]

The log and the ledger are simulated. The fields of the accounts follow from them, the rules score the
accounts, and a plan gives the calls and visits of the day to the accounts for which they are worth most.
LIST.csv is the list with reasons, PAGE.html one page for a manager.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

import collectrisk as cr
from collectrisk.history import ContactLog, arrears, simulate_log
from collectrisk.planning import allocate, forecast_visits

AS_OF = "2026-11-01"
CAPACITY = {"field_visit": 10, "agency": 20, "phone_call": 150}


def accounts_of_today() -> pl.DataFrame:
    """Return the accounts in arrears with the fields that follow from a log and a ledger."""
    simulated = simulate_log(cr.simulate_portfolio(3_000, seed=2, backend="polars"), as_of=AS_OF, zone=None)
    log = ContactLog(simulated.events, codes=simulated.codes)
    due: pl.DataFrame = arrears(simulated.instalments, simulated.payments, as_of=AS_OF)
    accounts = due.join(log.fields(as_of=AS_OF), on="account_id", how="left", maintain_order="left")
    recent = recently_contacted(simulated.events)
    return accounts.with_columns(recently_contacted=pl.col("account_id").is_in(recent.implode()))


def recently_contacted(events: pl.DataFrame) -> pl.Series:
    """Return the accounts with an event in the last three days: nobody calls or visits them today.

    This is a rule made up for the example; `collectrisk.contact` knows the rules of the law.
    """
    day = pl.lit(AS_OF).str.to_date()
    days_ago = (day - pl.col("happened_at").dt.date()).dt.total_days()
    return events.filter(days_ago.is_between(1, 3))["account_id"].unique()


def with_values(scored: pl.DataFrame) -> pl.DataFrame:
    """Return what each contact is worth; the shares that it recovers, and its cost, are assumptions."""
    amount, may_be_called = pl.col("amount_overdue"), ~pl.col("recently_contacted")
    return scored.with_columns(
        visit_value=0.05 * amount - 800,
        agency_value=0.03 * amount - 100,
        call_value=0.01 * amount - 20,
        may_be_called=may_be_called,
        may_be_visited=may_be_called,
    )


def main(list_path: Path | None, page_path: Path | None) -> None:
    scorer = cr.RuleScorer()
    accounts = accounts_of_today()
    forecast = forecast_visits(scorer, accounts)
    scored = with_values(scorer.assess_frame(accounts, reasons=2))
    plan = allocate(
        scored,
        CAPACITY,
        values={"field_visit": "visit_value", "agency": "agency_value", "phone_call": "call_value"},
        permitted={
            "field_visit": "may_be_visited",
            "agency": True,
            "phone_call": "may_be_called",
            "sms": True,
        },
        ties="account_id",
    )
    columns = ["account_id", "planned_channel", "visit_probability", "amount_overdue", "reason_1", "reason_2"]
    chosen = plan.to_native().filter(pl.col("planned_channel").is_in([*CAPACITY]))
    today = chosen.select(columns).sort("planned_channel", "amount_overdue", descending=True)
    print(f"{forecast}\n\n{plan}\n")
    print(f"Today's list has {len(today)} accounts. One that has to wait:\n")
    waiting = plan.to_native().filter(
        pl.col("channel") == "field_visit", pl.col("planned_channel") != "field_visit"
    )
    print(plan.explain(waiting["account_id"].sort()[0]) if len(waiting) else "none")
    if list_path is not None:
        today.write_csv(list_path)
        print(f"\nwrote {list_path.name}")
    if page_path is not None:
        head = f'<!DOCTYPE html><meta charset="utf-8"><title>{AS_OF}</title>'
        parts = [each.to_html(language) for language in ("en", "zh") for each in (forecast, plan)]
        page_path.write_text(head + "".join(parts), encoding="utf-8")
        print(f"wrote {page_path.name}")


if __name__ == "__main__":
    paths = [Path(each) for each in sys.argv[1:3]]
    main(*paths, *[None] * (2 - len(paths)))
