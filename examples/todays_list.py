"""Today's list: from a log of contacts and a ledger to who gets which contact, and why.

    python examples/todays_list.py [LIST.csv] [PAGE.html]

The log, the ledger and the recorded facts are simulated. The fields of the accounts follow from them, the
rules score the accounts, the contact rules of the United States say which channels are permitted this
morning, and a plan gives the calls and visits of the day to the accounts for which they are worth most.
LIST.csv is the list with reasons, PAGE.html one page for a manager.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

import collectrisk as cr
from collectrisk.contact import ContactRules
from collectrisk.history import ContactLog, arrears, simulate_log
from collectrisk.planning import Forecast, Plan, allocate, forecast_visits

NOW = "2026-11-03T09:00"
ZONE = "America/New_York"
CAPACITY = {"field_visit": 10, "agency": 20, "phone_call": 150}
AFTER_A_CALL = "US-1006.14b-after-conversation"
IN_USE = ["sms", "phone_call", "agency", "field_visit"]
FACTS = [
    "attorney_represented",
    "bankruptcy_open",
    "cease_request_written",
    "dispute_written_unverified",
    "medium_optout",
]


def log_and_accounts() -> tuple[ContactLog, pl.DataFrame]:
    """Return the log until this morning, and the accounts in arrears with the fields that follow."""
    portfolio = cr.simulate_portfolio(3_000, seed=2, backend="polars")
    simulated = simulate_log(portfolio, as_of=NOW[:10], zone=ZONE)
    until_now = pl.col("happened_at") < pl.lit(NOW).str.to_datetime(time_zone=ZONE)
    log = ContactLog(simulated.events.filter(until_now), codes=simulated.codes, zone=ZONE)
    due: pl.DataFrame = arrears(simulated.instalments, simulated.payments, as_of=NOW[:10], zone=ZONE)
    fields = log.fields(as_of=NOW)
    due = due.filter(pl.col("amount_overdue") > 0)  # the ledger also contains accounts with nothing overdue
    return log, due.join(fields, on="account_id", how="left", maintain_order="left")


def recorded_facts(accounts: pl.DataFrame) -> pl.DataFrame:
    """Return what a case system might record: each fact is true of 1 %, and not recorded for 0.4 %."""
    drawn = np.random.default_rng(1).random((len(FACTS), len(accounts))).tolist()
    facts = zip(FACTS, drawn, strict=True)
    return pl.DataFrame(
        {name: [each < 0.01 if each < 0.996 else None for each in numbers] for name, numbers in facts}
    )


def permitted_now(scored: pl.DataFrame, log: ContactLog) -> pl.DataFrame:
    """Return the accounts with the permission of each channel this morning. This is not legal advice."""
    rules = ContactRules.load("US", actor="debt_buyer", product="credit_card")
    decided: pl.DataFrame = rules.decide_frame(
        pl.concat([scored, recorded_facts(scored)], how="horizontal"),
        at=NOW,
        zones=ZONE,
        log=log,
        known_until=NOW,
        places={"phone_call": "mobile", "field_visit": "home"},
        channels=IN_USE,
        by_channel=True,
    )
    return decided


def planned(decided: pl.DataFrame) -> Plan:
    """Return the plan; the shares that each contact recovers, and its cost, are assumptions."""
    amount = pl.col("amount_overdue")
    valued = decided.with_columns(
        visit_value=0.05 * amount - 800, agency_value=0.03 * amount - 100, call_value=0.01 * amount - 20
    )
    values = {"field_visit": "visit_value", "agency": "agency_value", "phone_call": "call_value"}
    return allocate(valued, CAPACITY, values=values, permitted=decided, ties="account_id")


def list_of(plan: Plan) -> pl.DataFrame:
    """Return the accounts that get a call or more, the heaviest channel and the largest amount first."""
    frame: pl.DataFrame = plan.to_native()
    columns = ["account_id", "planned_channel", "visit_probability", "amount_overdue", "reason_1", "reason_2"]
    weight = pl.col("planned_channel").cast(pl.String).replace_strict(IN_USE, range(len(IN_USE)))
    chosen = frame.filter(pl.col("planned_channel").is_in([*CAPACITY]))
    return chosen.sort(weight, "amount_overdue", descending=True).select(columns)


def page_of(forecast: Forecast, plan: Plan) -> str:
    """Return one page in English and Chinese."""
    english, chinese = plan.to_html() + forecast.to_html(), plan.to_html("zh") + forecast.to_html("zh")
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Today\'s plan</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>body { font-family: sans-serif; margin: 1em auto; padding: 0 1em; max-width: 50em }"
        " h1 { font-size: 1.4em }</style>"
        f"<h1>Today's plan, {NOW[:10]}</h1>{english}"
        f'<div lang="zh"><h1>今日计划，{NOW[:10]}</h1>{chinese}</div></html>'
    )


def main(list_path: Path | None, page_path: Path | None) -> None:
    scorer = cr.RuleScorer()
    log, accounts = log_and_accounts()
    decided = permitted_now(scorer.assess_frame(accounts, reasons=2), log)
    forecast, plan = forecast_visits(scorer, accounts), planned(decided)
    today = list_of(plan)
    print(f"{forecast}\n\n{plan}\n")
    print(f"Today's list has {len(today)} accounts. One that has to wait:\n")
    frame = plan.to_native()
    waiting = frame.filter(pl.col("channel") == "field_visit", pl.col("planned_channel") == "phone_call")
    print(plan.explain(waiting["account_id"].min()))
    print(f"\nOne that talked to a caller in the last seven days ({AFTER_A_CALL}):\n")
    spoken = frame.filter(pl.col("channel") == "phone_call", pl.col("blocked_by") == AFTER_A_CALL)
    print(plan.explain(spoken["account_id"].min()))
    if list_path is not None:
        today.write_csv(list_path)
        print(f"\nwrote {list_path.name}")
    if page_path is not None:
        page_path.write_text(page_of(forecast, plan), encoding="utf-8")
        print(f"wrote {page_path.name}")


if __name__ == "__main__":
    paths = [Path(each) for each in sys.argv[1:3]]
    main(*paths, *[None] * (2 - len(paths)))
