"""Random formulas over every operator and every function of xp, as Python source.

The source is run on one borrower, on an eager frame and on a lazy frame. It is also run with *nudged*
functions, which return other last digits. A formula whose result depends on those digits, such as one
that subtracts two almost equal numbers, cannot be expected to agree.
"""

from __future__ import annotations

import math
import re
from types import SimpleNamespace
from typing import Any

import attrs
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import FormulaError

__all__ = ["ROWS", "Account", "Random", "formulas", "plain_formulas", "probability_of", "run"]


@attrs.frozen(kw_only=True)
class Account(cr.Borrower):
    """A borrower with fields of every type, some of which may be missing."""

    margin: float = 0.0
    rating: float | None = None
    insured: bool = False
    region: str | None = None


ROWS: list[dict[str, Any]] = [
    {},
    {"margin": -2.5, "rating": 0.0, "region": "north", "insured": True},
    {"margin": 1e-10, "rating": 1.0, "region": "south", "failed_calls": 3, "repayment_plan": True},
    {"margin": -1e-300, "rating": -1.0, "region": "", "failed_calls": 10_000, "attitude": "hostile"},
    {"margin": 1e300, "rating": 2.5, "region": "North", "failed_calls": 1, "attitude": "evasive"},
    {"margin": -1e300, "rating": 700.0, "failed_calls": 2, "insured": True, "repayment_plan": True},
    {"margin": 3.0, "rating": 1e-5, "region": "5", "amount_overdue": 12_345.67, "days_past_due": 14_610},
]
"""The borrowers on which the formulas are compared: what they have that the others do not."""

TEMPLATES = {
    "number": """
        (n + n)  (n - n)  (n * n)  (n / n)  (-n)  (+n)  abs(n)  (n ** 2)  (n ** -1)  (abs(n) ** 1.5)
        (c + c)  sum([c, c, c])  (-c)  (n * c)  (c - n)  (n / c)  (2 * c)  (3 - n)  (0.5 / n)  (n / 4)
        xp.where(c, n, n)  xp.where(c, c, n)  xp.where(c, 10**10, 1)  xp.exp(n)  xp.log(n)  xp.log1p(n)
        xp.sqrt(n)  xp.abs(n)  xp.abs(c)  xp.clip(n, -1, 7.0)  xp.clip(n, 0.5, 30)  xp.clip(n, n, n)
        xp.minimum(n, n)  xp.maximum(n, n)  xp.minimum(c, n)  xp.divide(n, n)  xp.divide(c, n)
        xp.logistic(n)  xp.logistic(c)  xp.interp(n, KNOTS, POINTS)  xp.interp(n, [1], [0.5])
        xp.surface(n, n, KNOTS, KNOTS, GRID)  xp.surface(n, t, KNOTS, ("north", "5"), GRID)
        xp.step(n, KNOTS, POINTS)  xp.step(n, KNOTS, [n, c, 0.5])  xp.lookup(t, TABLE, 9)
        xp.lookup(borrower.failed_calls, TABLE, 9)
        xp.lookup(borrower.rating, TABLE, 9)  xp.lookup(borrower.insured, TABLE, 9)
        xp.total([n, c, 0.1])
    """,
    "condition": """
        (n < n)  (n <= n)  (n > n)  (n >= n)  (n == n)  (n != n)  (n > 3)  (0 <= n)  (n != 1.0)
        (c == c)  (c > n)  (t == "north")  (t != "north")  (t == t)  (t != t)  (t == None)  (None != t)
        (c & c)  (c | c)  (c ^ c)
        xp.logical_not(c)  xp.is_missing(n)  xp.is_missing(t)  xp.where(c, c, c)
    """,
    "text": """
        xp.step(n, KNOTS, [t, "5", None])  xp.where(c, t, t)  xp.where(c, t, None)  xp.where(c, "north", "5")
        xp.step(n, KNOTS, TEXTS)
    """,
}
"""What a formula may do: n stands for a number, c for a condition and t for a text."""

LEAVES = {
    "number": "amount_overdue days_past_due failed_calls margin rating",
    "condition": "insured repayment_plan",
    "text": "attitude region",
}
CONSTANTS = {
    "number": "-2.0 -1 0 0.0 0.25 1 3 1e-9 30.0 800.0 1e200",
    "condition": "True False",
    "text": "'north' 'hostile' ''",
}
NAMES = {
    "KNOTS": (-1.0, 0.5, 30.0),
    "POINTS": (0.25, -1.0, 2.0),
    "GRID": ((0.5, -1.0, 2.0), (0.0, 0.25, 1.0), (-0.5, 3.0, 0.125)),
    "TEXTS": ("south", "north", "5"),
    "TABLE": {"north": 1.5, "hostile": -0.5, "5": 2.0, "3": 4.0, "true": 1.0},
}
OPERAND = re.compile(r"\b[nct]\b")
KINDS = {kind[0]: kind for kind in TEMPLATES}
CHOICES = {kind: re.split(r"\s{2,}", text.strip()) for kind, text in TEMPLATES.items()}


@st.composite
def formulas(draw: st.DrawFn, kind: str = "number", depth: int = 4) -> str:
    """Draw the source of a formula of a kind; most of its leaves are fields."""
    if depth == 0 or not draw(st.integers(0, 5)):
        fields = [f"borrower.{name}" for name in LEAVES[kind].split()]
        return draw(st.sampled_from([*fields * 3, *CONSTANTS[kind].split()]))
    template = draw(st.sampled_from(CHOICES[kind]))
    return OPERAND.sub(lambda found: draw(formulas(KINDS[found[0]], depth - 1)), template)


def plain_formulas() -> list[str]:
    """Return the source of each step, applied to fields that no step refuses."""
    fields = {"n": "borrower.amount_overdue", "c": "borrower.insured", "t": "borrower.attitude"}
    steps = [each for choices in CHOICES.values() for each in choices]
    return [OPERAND.sub(lambda found: fields[found[0]], each) for each in steps]


@attrs.frozen
class Random(cr.Scorer):
    """The scorer of a random formula."""

    formula: str
    borrower_type = Account

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(xp.clip(run(self.formula, borrower, xp), -700, 30))


def run(formula: str, borrower: Any, xp: Any) -> Any:
    """Return the value of a formula."""
    return eval(formula, {"borrower": borrower, "xp": xp, **NAMES})  # noqa: S307  # made here


@attrs.frozen
class Nudged:
    """The functions for one borrower, with results that differ in their last digits."""

    factor: float

    def __getattr__(self, name: str) -> Any:
        function = getattr(SCALAR, name)
        if name not in {"exp", "log", "log1p", "sqrt", "logistic", "interp", "total"}:
            return function
        return lambda *values: function(*values) * self.factor


def probability_of(formula: str, row: dict[str, Any]) -> tuple[float | None, bool]:
    """Return the probability of a borrower, None if it is refused, and whether it is stable."""
    account = Account(**row)
    found = _probability(formula, account, SCALAR)
    # Without Python's integers, which are exact beyond 2**53.
    fields = {each.name: getattr(account, each.name) for each in attrs.fields(Account)}
    floats = SimpleNamespace(
        **{name: float(value) if type(value) is int else value for name, value in fields.items()}
    )
    for factor in (1.0, 1.0 + 2.0**-49, 1.0 - 2.0**-49):
        source = re.sub(r"(\*\* -?[\d.]+)", rf"\1 * {factor!r}", formula)
        other = _probability(source, floats, Nudged(factor))
        if (found is None) != (other is None):
            return found, False
        if found is not None and other is not None and not math.isclose(found, other, rel_tol=2e-13):
            return found, False
    return found, True


def _probability(formula: str, borrower: Any, xp: Any) -> float | None:
    scorer = Random(formula)
    try:
        if isinstance(borrower, Account):
            return scorer.assess(borrower).visit_probability
        found = float(scorer.visit_probability(borrower, xp))
    except (FormulaError, ArithmeticError, TypeError, ValueError):
        return None
    return found if 0 <= found <= 1 else None
