"""Every picture that is held to a description, and a few that are held to their pixels.

python tests/pictures.py    writes descriptions and pixels anew; read the diff
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from describing import describe
from labelled import accounts, labels, table, visited
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CASES", "PIXELS", "STORED", "blank", "described", "pixels", "plots"]

plots: Any = cr.plots
"""As matplotlib is typed, hardly anything that the tests look at is known to be there."""

STORED = Path(__file__).parent / "data" / "pictures"

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
    """Return a card fitted to columns that no borrower has, with gaps."""
    return cr.LogisticScorer(knots=4).fit(table(), labels())


@functools.cache
def comparison() -> cr.Comparison:
    """Return the rules beside the truth, on a few accounts."""
    truth = cr.RuleScorer(base=-1.5).visit_probabilities(accounts())
    return cr.compare({"rules": cr.RuleScorer(), "truth": truth}, accounts(), visited())


def many_levels(count: int = 200) -> cr.Scorecard:
    """Return a card with points for many towns."""
    towns = {f"town {place}": ((place * 37) % count) / count for place in range(count)}
    curve = cr.Levels(label="town", field="town", levels=towns, otherwise=-0.1, if_missing=0.3)
    return cr.Scorecard(base=0, characteristics=[curve])


def towns(rows: int = 150) -> pl.DataFrame:
    """Return accounts in every third town, some where nobody knows."""
    named: list[str | None] = [f"town {3 * place}" for place in range(rows)]
    return pl.DataFrame({"town": [*named, "elsewhere", None]})


def lines(base: float = -3, last: float = 1.5, **curve: Any) -> cr.Scorecard:
    """Return a card of one curve over the days past due."""
    knots = [(1, 0), (30, 0.5), (300, last)]
    part = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=knots, **curve)
    return cr.Scorecard(base=base, characteristics=[part])


def bands() -> cr.Scorecard:
    """Return a card of bands over the days past due."""
    part = cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (90, 1)])
    return cr.Scorecard(base=-3, characteristics=[part])


def two_years() -> dict[str, cr.Scorecard]:
    """Return the cards of two years, and one that knows nothing of the delay."""
    return {"last year": lines(), "this year": bands(), "before": cr.Scorecard(base=0, characteristics=[])}


def blank() -> Any:
    """Return Axes that pyplot does not remember."""
    return Figure().subplots()


def rules(label: str, **settings: Any) -> Any:
    """Draw a curve of the rules over some accounts."""
    return plots.curve(cr.RuleScorer(), label, accounts(), **settings)


CASES: dict[str, Callable[[], Any]] = {
    "reasons": lambda: plots.reasons(cr.RuleScorer().assess(CASE)),
    "reasons-against": lambda: plots.reasons(cr.RuleScorer().assess(SMALL)),
    "reasons-zh": lambda: plots.reasons(cr.RuleScorer().assess(CASE), language="zh"),
    "reasons-fitted": lambda: plots.reasons(
        cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited()).assess(CASE)
    ),
    "curve-log-scale": lambda: rules("amount"),
    "curve-linear": lambda: rules("delay"),
    "curve-square-root": lambda: plots.curve(lines(), "delay", accounts()),
    "curve-counts": lambda: rules("broken promises"),
    "curve-counts-square-root": lambda: rules("failed messages"),
    "curve-log-on-linear": lambda: plots.curve([lines(scale="log"), lines(last=1)], "delay"),
    "curve-levels": lambda: rules("attitude"),
    "curve-flag": lambda: rules("repayment plan"),
    "curve-gate": lambda: rules("visit gate"),
    "curve-gate-zh": lambda: rules("visit gate", language="zh"),
    "curve-many-levels": lambda: plots.curve(many_levels(), "town", towns()),
    "curve-two-years": lambda: plots.curve(two_years(), "delay"),
    "curves-fitted": lambda: plots.curves(fitted(), data=table()),
    "curves-of-a-field": lambda: plots.curves(
        {"rules": cr.RuleScorer(), "bolder": cr.RuleScorer(plan=1)}, ["attitude", "repayment_plan"]
    ),
    "reliability": lambda: plots.reliability(comparison()),
    "gains": lambda: plots.gains(comparison().evaluations["rules"]),
    "gains-two": lambda: plots.gains(comparison()),
    "roc": lambda: plots.roc(comparison()),
    "portfolio": lambda: plots.portfolio(cr.RuleScorer(), accounts()),
    "portfolio-zh": lambda: plots.portfolio(cr.RuleScorer(), accounts(), language="zh"),
}

PIXELS: dict[str, Callable[[Any], Any]] = {
    "reasons": lambda ax: plots.reasons(cr.RuleScorer().assess(CASE), ax),
    "portfolio": lambda ax: plots.portfolio(cr.RuleScorer(), accounts(), ax),
}
"""Pictures that are compared as they are seen, but for their texts."""


def described(name: str) -> str:
    """Return a picture in words."""
    axes = CASES[name]()
    return describe(axes if isinstance(axes, tuple) else [axes])


def pixels(draw: Callable[[Any], Any]) -> Any:
    """Return a picture without its texts as an array of colours."""
    figure = plt.figure(figsize=(4, 3), dpi=50)
    ax: Any = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    draw(ax)
    if ax.get_legend():
        ax.get_legend().remove()
    for each in ax.texts:
        each.set_visible(False)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]  # Agg has it


def main() -> None:
    STORED.mkdir(exist_ok=True)
    for name in CASES:
        (STORED / f"{name}.txt").write_text(described(name), encoding="utf-8")
        plt.close("all")
    for name, draw in PIXELS.items():
        plt.imsave(STORED / f"{name}.png", pixels(draw))


if __name__ == "__main__":
    main()
