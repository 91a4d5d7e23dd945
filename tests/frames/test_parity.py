"""Every kind of frame gets the probabilities, channels and reasons of its single borrowers."""

from __future__ import annotations

import functools
import math
import sys
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from frame_kinds import KINDS, Columns, FrameKind, arrays
from own_borrower import AnyNumber

import collectrisk as cr
from collectrisk._frames import eager
from collectrisk._frames.blocks import block_ranges

ROWS = 70_000
BLOCK_ROWS = 30_000
"""There are several blocks, as there are by default for more rows than a test should have."""

TOLERANCE = 1e-12
REASONS = 3
EXPLAINED = 10_000

Array = npt.NDArray[Any]

REGIONS = ["O'Brien", 'the "old" town', "北京", "Ärzte; DROP TABLE", "a\\b", "%_", "null"]

KNOTS = [0.0, 100.0, 999.99, 1_000.0, 9_999.99, 10_000.0, 1e6]
AMOUNTS = [*KNOTS, math.nextafter(10_000.0, 0.0), 5e-324, 1e-300, 1e300, sys.float_info.max]
COUNTS = [0, 1, 2, 3, 4, 5, 10, 29, 30, 40, 89, 90, 180, 365, 730, 2**31, 2**53 - 1]


@pytest.fixture(autouse=True)
def _several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eager, "block_ranges", lambda rows, _: block_ranges(rows, BLOCK_ROWS))


def mixed(rng: np.random.Generator, *parts: Array) -> list[Any]:
    """Return a value of a random part for each row."""
    values: list[Any] = np.choose(rng.integers(len(parts), size=ROWS), parts).tolist()
    return values


def with_gaps(rng: np.random.Generator, values: list[Any]) -> list[Any]:
    """Replace a tenth of the values by None."""
    return [None if missing else value for missing, value in zip(rng.random(ROWS) < 0.1, values, strict=True)]


def amounts(rng: np.random.Generator) -> list[float]:
    """Return amounts: plausible ones, every order of magnitude, and the edges."""
    return mixed(
        rng,
        rng.lognormal(9, 2, ROWS),
        10.0 ** rng.uniform(-300, 300, ROWS),
        rng.choice(AMOUNTS, ROWS),
    )


def counts(rng: np.random.Generator) -> list[int]:
    """Return counts: small ones, every order of magnitude, and the edges."""
    return mixed(
        rng,
        rng.geometric(0.05, ROWS) - 1,
        (10.0 ** rng.uniform(0, 15.9, ROWS)).astype(np.int64),
        rng.choice(COUNTS, ROWS),
    )


@functools.cache
def portfolio() -> Columns:
    """Return rows from the full valid domain, with missing values in every optional field."""
    rng = np.random.default_rng(20_240_229)
    optional = {
        "attitude": rng.choice([attitude.value for attitude in cr.Attitude], ROWS).tolist(),
        "failed_messages": counts(rng),
        "failed_calls": counts(rng),
        "broken_promises": counts(rng),
        "placed_with_agency": (rng.random(ROWS) < 0.3).tolist(),
        "repayment_plan": (rng.random(ROWS) < 0.2).tolist(),
        "product": rng.choice([product.value for product in cr.Product], ROWS).tolist(),
        "income": mixed(rng, rng.normal(2_000, 3_000, ROWS), 10.0 ** rng.uniform(-300, 300, ROWS)),
        "region": rng.choice([*REGIONS, "elsewhere", ""], ROWS).tolist(),
    }
    return {
        "row": list(range(ROWS)),
        "amount_overdue": amounts(rng),
        "days_past_due": counts(rng),
        **{name: with_gaps(rng, values) for name, values in optional.items()},
    }


@functools.cache
def borrowers() -> list[cr.Borrower]:
    """Return the rows one by one."""
    fields = [name for name in portfolio() if name != "row"]
    rows = zip(*(portfolio()[name] for name in fields), strict=True)
    return [Account(**dict(zip(fields, row, strict=True))) for row in rows]


@attrs.frozen(kw_only=True)
class Account(AnyNumber):
    """A borrower with fields of which the value may be missing."""

    income: float | None = None
    region: str | None = None


class EveryFunction(cr.Scorer):
    """A formula that uses every function of the namespace and every operator."""

    borrower_type = AnyNumber

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        days, amount = borrower.days_past_due, borrower.amount_overdue
        tries = borrower.failed_calls + borrower.failed_messages
        size = xp.log(xp.maximum(amount, 1.0)) - xp.log1p(xp.abs(1_000.0 - xp.minimum(amount, 1e6)))
        delay = xp.interp(xp.sqrt(days), (0.0, 5.0, 20.0), (-1.0, 0.25, 1.0))
        share = xp.divide(borrower.failed_calls, tries)
        nobody = xp.is_missing(share)
        kept = xp.logical_not(borrower.placed_with_agency) & (borrower.repayment_plan == True)  # noqa: E712  # a column
        heavy = (days > 90) | (tries >= 5) & xp.logical_not(amount < 10_000.0)
        parts = [
            0.1 * size,
            delay * 1.5,
            xp.where(nobody, -0.5, xp.clip(share, 0.25, 0.75)),
            xp.exp(-(tries / 10.0)),
            xp.step(borrower.broken_promises, (0.0, 1.0, 3.0), (0.0, 0.4, 0.9)),
            xp.lookup(borrower.attitude, {"hostile": 1.0, "evasive": 0.6}, -0.3),
            xp.where(borrower.product == "credit_card", 0.2, 0.0),
            xp.where(borrower.product != "other", -0.1, 0.0),
            xp.where(kept, -2.0, 0.0) + xp.where(heavy, 0.5, -0.5),
            xp.where(days <= 30, -1.0, 0.0),
        ]
        return xp.logistic(xp.total(parts))


class Rules(cr.RuleScorer):
    """The rules, without plausible limits."""

    borrower_type = AnyNumber


class Card(cr.Scorecard):
    """A card without plausible limits."""

    borrower_type = AnyNumber


CARD = Card(
    base=-1.25,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount", field="amount_overdue", knots=[(100, -1), (1e4, 0), (1e6, 1.5)], scale="log"
        ),
        cr.PiecewiseLinear(
            label="delay",
            field="days_past_due",
            knots=[
                (at, 0.1 * place**0.5) for place, at in enumerate((0, 5, 10, 15, 30, 45, 60, 90, 120, 365))
            ],
        ),
        cr.PiecewiseLinear(label="messages", field="failed_messages", knots=[(0, 0), (5, 0.2), (40, 0.5)]),
        cr.Bands(label="promises", field="broken_promises", bands=[(0, 0.0), (1, 0.3), (3, 0.9)]),
        cr.Levels(
            label="attitude", field="attitude", levels={"hostile": 1.0, "passive": 0.3}, otherwise=-0.2
        ),
        cr.Levels(label="product", field="product", levels={"credit_card": 0.1}),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2.0),
        cr.Surface(
            label="amount and delay",
            x=cr.NumberAxis("amount_overdue", [100, 1e4, 1e6], scale="log"),
            y=cr.NumberAxis("days_past_due", [0, 30, 90]),
            grid=[[0.00171, 0.11317, -0.30719], [0.41123, -0.20329, 0.61131], [-0.50737, 0.71341, 0.30143]],
        ),
        cr.Surface(
            label="attitude and plan",
            x=cr.LevelAxis("attitude", ["hostile", "evasive"]),
            y=cr.LevelAxis("repayment_plan", ["true"]),
            grid=[[0.91147], [-0.40753]],
            otherwise=0.05359,
        ),
        cr.Gate(
            label="gate",
            conditions=[
                cr.AtLeast("amount_overdue", 1_000),
                cr.AtLeast(["failed_messages", "failed_calls"], 3),
            ],
            if_shut=-1.5,
        ),
    ],
)

BENT = np.random.default_rng(32)
DETAILED = Card(
    base=-0.5,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount",
            field="amount_overdue",
            knots=[(10.0**power, BENT.normal()) for power in np.linspace(-2, 9, 32)],
            scale="log",
        ),
        cr.PiecewiseLinear(
            label="delay",
            field="days_past_due",
            knots=[(day**1.7, BENT.normal()) for day in range(32)],
        ),
        cr.PiecewiseLinear(
            label="income",
            field="income",
            knots=[(value * 311.7 - 4_000, BENT.normal()) for value in range(32)],
            if_missing=-0.4,
        ),
        cr.Bands(
            label="calls", field="failed_calls", bands=[(value * 3, BENT.normal()) for value in range(32)]
        ),
        cr.Levels(
            label="region",
            field="region",
            levels={region: 0.1 * (place + 1) for place, region in enumerate(REGIONS)},
            otherwise=-0.3,
            if_missing=0.25,
        ),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 0.25, "evasive": -0.3}),
        cr.Surface(
            label="income and region",
            x=cr.NumberAxis("income", [value * 1_000 - 4_000 for value in range(8)]),
            y=cr.LevelAxis("region", REGIONS),
            grid=BENT.normal(size=(8, len(REGIONS))),
            otherwise=0.15,
            if_missing=-0.2,
        ),
        cr.Surface(
            label="amount and calls",
            x=cr.NumberAxis("amount_overdue", [10.0**power for power in range(-1, 7)], scale="log"),
            y=cr.NumberAxis("failed_calls", [0, 1, 2, 4, 8, 16, 32, 64]),
            grid=BENT.normal(size=(8, 8)),
        ),
        cr.Flag(label="agency", field="placed_with_agency", if_true=0.25),
        cr.Flag(label="plan", field="repayment_plan", if_true=-0.3),
    ],
)
"""A card as a fit makes it; several of its points tie."""

SCORERS = {"rules": Rules(), "formula": EveryFunction(), "card": CARD, "detailed card": DETAILED}


CARDS = ["rules", "card", "detailed card"]

Scores = tuple[Array, list[str]]


@functools.cache
def one_by_one(scorer: str) -> Scores:
    """Return each borrower's probability and channel, computed once for all kinds of frames."""
    assessed = [SCORERS[scorer].assess(borrower) for borrower in borrowers()]
    probability = np.array([assessment.visit_probability for assessment in assessed])
    return probability, [assessment.channel.value for assessment in assessed]


def codes(borrower: cr.Borrower, scorer: str) -> list[str | None]:
    """Return the codes of a borrower's largest reasons."""
    reasons = SCORERS[scorer].assess(borrower).reasons[:REASONS]
    return [reason.label if abs(reason.points) > 1e-9 else None for reason in reasons]


@functools.cache
def codes_one_by_one(scorer: str) -> list[list[str | None]]:
    """Return each borrower's reason codes, for the first borrowers."""
    return [codes(borrower, scorer) for borrower in borrowers()[:EXPLAINED]]


def skip_slow(kind: FrameKind, scorer: str) -> None:
    """Skip a card of hundreds of conditions on Dask, which takes seconds to prepare each of them."""
    if kind.name == "Dask" and scorer == "detailed card":
        pytest.skip("the functions that this card uses are tested on Dask in tests/namespaces")


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> FrameKind:
    found: FrameKind = request.param
    return found


@pytest.fixture(scope="module")
def frame(kind: FrameKind) -> Any:
    return kind.make(portfolio())


@pytest.mark.parametrize("scorer", SCORERS)
def test_a_frame_agrees_with_single_borrowers(kind: FrameKind, frame: Any, scorer: str) -> None:
    skip_slow(kind, scorer)
    probability, channel = one_by_one(scorer)
    table = kind.table(SCORERS[scorer].assess_frame(frame), order_by="row")
    assert table["row"].to_pylist() == portfolio()["row"]
    np.testing.assert_allclose(table["visit_probability"].to_numpy(), probability, rtol=0, atol=TOLERANCE)
    assert table["channel"].to_pylist() == channel


@pytest.mark.parametrize("scorer", CARDS)
def test_the_reasons_of_a_frame_agree_with_single_borrowers(kind: FrameKind, scorer: str) -> None:
    skip_slow(kind, scorer)
    frame = kind.make({name: values[:EXPLAINED] for name, values in portfolio().items()})
    table = kind.table(SCORERS[scorer].assess_frame(frame, reasons=REASONS), order_by="row")
    found = zip(*(table[f"reason_{rank + 1}"].to_pylist() for rank in range(REASONS)), strict=True)
    assert list(map(list, found)) == codes_one_by_one(scorer)


@pytest.mark.parametrize("direction", ["up", "down", None])
@pytest.mark.parametrize("lazy", [False, True], ids=["eager", "lazy"])
@pytest.mark.parametrize("scorer", CARDS)
def test_the_reasons_of_one_direction_agree_with_single_borrowers(
    scorer: Any, direction: Literal["up", "down"] | None, *, lazy: bool
) -> None:
    columns = {name: values[:300] for name, values in portfolio().items()}
    frame: Any = pl.LazyFrame(columns) if lazy else pl.DataFrame(columns)
    scored = SCORERS[scorer].assess_frame(frame, reasons=3, direction=direction).lazy().collect()
    found = scored.select("reason_1", "reason_2", "reason_3").rows()
    assert len({tuple(row) for row in found}) > 5
    for row, borrower in zip(found, borrowers()[:300], strict=True):
        reasons = SCORERS[scorer].assess(borrower).top_reasons(3, direction=direction)
        assert [label for label in row if label is not None] == [reason.label for reason in reasons]
        if direction is not None:
            assert all((reason.points > 0) is (direction == "up") for reason in reasons)


@pytest.mark.parametrize("scorer", SCORERS)
def test_arrays_agree_with_single_borrowers(scorer: str) -> None:
    probability, _ = one_by_one(scorer)
    found = SCORERS[scorer].visit_probabilities(arrays(portfolio()))
    np.testing.assert_allclose(found, probability, rtol=0, atol=TOLERANCE)


def test_equally_large_reasons_are_in_the_order_of_the_card(kind: FrameKind) -> None:
    """The sum of four segments and one segment of equal size differ by rounding error."""
    row: dict[str, Any] = {"amount_overdue": 1e6, "days_past_due": 30, "failed_calls": 5}
    assessed = cr.RuleScorer().assess(cr.Borrower(**row))
    scored = cr.RuleScorer().assess_frame(kind.make({name: [row[name]] for name in row}), reasons=2)
    assert [reason.label for reason in assessed.reasons[:2]] == ["amount", "delay"]
    assert [kind.plain(scored)[f"reason_{rank}"] for rank in (1, 2)] == [["amount"], ["delay"]]


def test_points_between_two_roundings_are_ranked_as_for_single_borrowers(kind: FrameKind) -> None:
    """Half a unit of the last decimal has no effect, and 1.5 units are the same as 2, on every path."""
    points = {"half": 0.5e-9, "rounded up": 1.5e-9, "two": 2e-9, "rounded down": -2.5e-9}
    flags = [cr.Flag(label=label, field="repayment_plan", if_true=each) for label, each in points.items()]
    card = cr.Scorecard(base=0, characteristics=flags)
    assessed = card.assess(cr.Borrower(amount_overdue=0, days_past_due=0, repayment_plan=True))
    assert [reason.label for reason in assessed.top_reasons()] == ["rounded up", "two", "rounded down"]
    scored = kind.plain(card.assess_frame(kind.make({"repayment_plan": [True]}), reasons=4))
    found = [scored[f"reason_{rank}"] for rank in (1, 2, 3, 4)]
    assert found == [["rounded up"], ["two"], ["rounded down"], [None]]
