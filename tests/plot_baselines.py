"""Plots of every kind, each compared with a stored description of everything that it shows.

python tests/plot_baselines.py    writes all descriptions again; read the diff
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cards
import polars as pl
from labelled import accounts, labels, table, visited
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from plot_descriptions import describe

import collectrisk as cr
from collectrisk.history import ContactLog, EventKind
from collectrisk.planning import Plan, allocate, forecast_visits

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk.evaluation import Comparison
    from collectrisk.history import AccountHistory

plots: Any = cr.plots
"""Untyped, because matplotlib's types lack most attributes that the tests look at."""

BASELINES = Path(__file__).parent / "data" / "plots"

CASE = cr.Borrower(
    amount_overdue=30_000,
    days_past_due=540,
    attitude="evasive",
    failed_messages=40,
    failed_calls=6,
    placed_with_agency=True,
)
SMALL = cr.Borrower(amount_overdue=3_000, days_past_due=10)


@functools.cache
def fitted() -> cr.LogisticScorer:
    """Return a scorecard fitted to columns that are not fields of a borrower, with missing values."""
    return cr.LogisticScorer(knots=4).fit(table(), labels())


@functools.cache
def comparison() -> Comparison:
    """Return a comparison of the rules with the true probabilities, on a few accounts."""
    truth = cr.RuleScorer(base=-1.5).visit_probabilities(accounts())
    return cr.compare({"rules": cr.RuleScorer(), "truth": truth}, accounts(), visited())


def many_levels(count: int = 200) -> cr.Scorecard:
    """Return a scorecard with points for many towns."""
    levels = {f"town {index}": ((index * 37) % count) / count for index in range(count)}
    curve = cr.Levels(label="town", field="town", levels=levels, otherwise=-0.1, if_missing=0.3)
    return cr.Scorecard(base=0, characteristics=[curve])


def towns(rows: int = 150) -> pl.DataFrame:
    """Return accounts in every third town, in a town without points, and in an unknown town."""
    names: list[str | None] = [f"town {3 * index}" for index in range(rows)]
    return pl.DataFrame({"town": [*names, "elsewhere", None]})


def lines(base: float = -3, last: float = 1.5, **settings: Any) -> cr.Scorecard:
    """Return a scorecard with one piecewise linear curve over the days past due."""
    knots = [(1, 0), (30, 0.5), (300, last)]
    curve = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=knots, **settings)
    return cr.Scorecard(base=base, characteristics=[curve])


def bands() -> cr.Scorecard:
    """Return a scorecard with bands over the days past due."""
    curve = cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (90, 1)])
    return cr.Scorecard(base=-3, characteristics=[curve])


def two_years() -> dict[str, cr.Scorecard]:
    """Return the scorecards of two years, and an earlier one without the days past due."""
    return {"last year": lines(), "this year": bands(), "before": cr.Scorecard(base=0, characteristics=[])}


def history(account: str = "A") -> AccountHistory:
    """Return the history of an account: A has events of several kinds, B has none."""
    rows: list[tuple[str, str, str | None, float | None, str | None]] = [
        ("2026-08-03 09:00", "message_sent", "sms", None, None),
        ("2026-08-12 18:40", "promise", None, 100.0, "2026-08-31"),
        ("2026-09-15 00:00", "payment", None, 60.0, None),
        ("2026-09-18 11:05", "message_left", None, None, None),
        ("2026-09-25 12:00", "hung_up", None, None, None),
        ("2026-10-02 09:00", "message_sent", "email", None, None),
        ("2026-10-31 09:00", "promise", None, 50.0, "2026-11-05"),
        ("2026-10-31 19:00", "visit", None, None, None),
    ]
    events = pl.DataFrame(rows, ["happened_at", "event", "channel", "amount", "due_on"], orient="row")
    events = events.with_columns(
        pl.col("happened_at").str.to_datetime(), pl.col("due_on").str.to_date(), account_id=pl.lit("A")
    )
    hung_up = EventKind("hung_up", "Hung up.", channel="phone_call", failed=True, shows="evasive")
    return ContactLog(events, codes={"hung_up": hung_up}).of(account, as_of="2026-11-01")


def new_axes() -> Any:
    """Return Axes that pyplot does not keep."""
    return Figure().subplots()


def plan() -> Plan:
    """Return a plan with values."""
    scored = cr.RuleScorer(base=-3).assess_frame(accounts())
    values = {"phone_call": scored["visit_probability"].to_numpy()}
    return allocate(scored, {"phone_call": 20}, values=values)


def rules_curve(label: str, **settings: Any) -> Any:
    """Draw a curve of the rules, with accounts."""
    return plots.curve(cr.RuleScorer(), label, accounts(), **settings)


CASES: dict[str, Callable[[], Any]] = {
    "reasons": lambda: plots.reasons(cr.RuleScorer().assess(CASE)),
    "reasons-against": lambda: plots.reasons(cr.RuleScorer().assess(SMALL)),
    "reasons-zh": lambda: plots.reasons(cr.RuleScorer().assess(CASE), language="zh"),
    "reasons-fitted": lambda: plots.reasons(
        cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited()).assess(CASE)
    ),
    "curve-log-scale": lambda: rules_curve("amount"),
    "curve-linear": lambda: rules_curve("delay"),
    "curve-square-root": lambda: plots.curve(lines(), "delay", accounts()),
    "curve-counts": lambda: rules_curve("broken promises"),
    "curve-counts-square-root": lambda: rules_curve("failed messages"),
    "curve-log-on-linear": lambda: plots.curve([lines(scale="log"), lines(last=1)], "delay"),
    "curve-levels": lambda: rules_curve("attitude"),
    "curve-flag": lambda: rules_curve("repayment plan"),
    "curve-gate": lambda: rules_curve("visit gate"),
    "curve-gate-zh": lambda: rules_curve("visit gate", language="zh"),
    "curve-many-levels": lambda: plots.curve(many_levels(), "town", towns()),
    "curve-two-years": lambda: plots.curve(two_years(), "delay"),
    "curve-surface": lambda: plots.curve(cards.SURFACES, "amount and delay"),
    "curve-surface-zh": lambda: plots.curve(cards.WITH_MISSING, "limit and branch", language="zh"),
    "curve-surface-accounts": lambda: plots.curve(cards.SURFACES, "product and calls", accounts()[:50]),
    "curve-surfaces": lambda: plots.curve(
        {"old": cards.SURFACES, "new": cr.Scorecard.blend({"half": cards.SURFACES})}, "态度与还款计划"
    ),
    "curves-fitted": lambda: plots.curves(fitted(), data=table()),
    "curves-of-a-field": lambda: plots.curves(
        {"rules": cr.RuleScorer(), "bolder": cr.RuleScorer(repayment_plan=1)}, ["attitude", "repayment_plan"]
    ),
    "reliability": lambda: plots.reliability(comparison()),
    "gains": lambda: plots.gains(comparison().evaluations["rules"]),
    "gains-two": lambda: plots.gains(comparison()),
    "roc": lambda: plots.roc(comparison()),
    "forecast": lambda: plots.forecast(forecast_visits(cr.RuleScorer(base=-3), accounts())),
    "forecast-zh": lambda: plots.forecast(forecast_visits([0.01] * 90_000, None), language="zh"),
    "timeline": lambda: plots.timeline(history()),
    "timeline-zh": lambda: plots.timeline(history(), language="zh"),
    "timeline-none": lambda: plots.timeline(history("B")),
    "frontier": lambda: plots.frontier(plan(), "phone_call"),
    "portfolio": lambda: plots.portfolio(cr.RuleScorer(), accounts()),
    "portfolio-zh": lambda: plots.portfolio(cr.RuleScorer(), accounts(), language="zh"),
}


def description(name: str) -> str:
    """Draw a plot and return its description."""
    axes = CASES[name]()
    return describe(axes if isinstance(axes, tuple) else [axes])


def main() -> None:
    BASELINES.mkdir(exist_ok=True)
    for name in CASES:
        (BASELINES / f"{name}.txt").write_text(description(name), encoding="utf-8")
        plt.close("all")


if __name__ == "__main__":
    main()
