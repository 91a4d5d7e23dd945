"""Scorecards of every kind, borrowers, and the contents of card files."""

from __future__ import annotations

import functools
import json
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._files.card_data import digest
from collectrisk._files.card_format import file_from_card
from collectrisk.mapping import FieldMapping
from collectrisk.mapping._numbers import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable

HAND_MADE = cr.Scorecard(
    base=-1.5,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount", field="amount_overdue", knots=[(0.1, -1), (1e4, 1 / 3), (3e9, 2)], scale="log"
        ),
        cr.PiecewiseLinear(
            label="delay", source="A4.2", field="days_past_due", knots=[(-3, -0.1), (90, 0.7)]
        ),
        cr.Bands(label="promises", field="broken_promises", bands=[(0, 0), (1, 0.1), (4, 0.2)]),
        cr.Levels(label="态度", field="attitude", levels={"hostile": 1e-300, "evasive": 0.3}, otherwise=-0.0),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2.2),
        cr.Gate(
            label="tried enough",
            conditions=[
                cr.AtLeast(["failed_messages", "failed_calls"], 5),
                cr.AtLeast("amount_overdue", 0.3),
            ],
            if_shut=-4.7,
        ),
    ],
    ladder=cr.Ladder([(0, "email"), (0.1, "letter"), (1 / 3, "agency")]),
)
SURFACES = cr.Scorecard(
    base=-0.5,
    characteristics=[
        cr.Surface(
            label="amount and delay",
            source="fitted",
            x=cr.NumberAxis("amount_overdue", [0.1, 1_000, 3e6], scale="log"),
            y=cr.NumberAxis("days_past_due", [0, 30, 90, 365.5]),
            grid=[[0, 0.1, -0.2, 1 / 3], [0.5, -0.7, 1e-300, 1], [-1, 0.25, 0.75, -0.1]],
        ),
        cr.Surface(
            label="态度与还款计划",
            x=cr.LevelAxis("attitude", ["hostile", "evasive"]),
            y=cr.LevelAxis("repayment_plan", ["true", "false"]),
            grid=[[-0.5, 1], [0.25, 0.75]],
            otherwise=0.125,
        ),
        cr.Surface(
            label="product and calls",
            x=cr.LevelAxis("product", ["credit_card", "online_loan"]),
            y=cr.NumberAxis("failed_calls", [0, 5, 20]),
            grid=[[0, 0.5, -0.5], [1, 0, 0.25]],
            if_missing=-0.75,
        ),
    ],
)
"""A surface of two numbers, one of two texts, and one of a text and a number."""

CENTS = {"amount_overdue": {"column": "amount_overdue", "factor": 0.01}}
RULES = cr.RuleScorer(days_past_due=((0, -0.1), (7, 0.2), (700, 0.30000000000000004)), currency_scale=7.3)
EDITED = RULES.without("failed calls").with_characteristic(HAND_MADE.characteristics[2]).with_base(-3.7)
BLENDED = cr.Scorecard.blend(
    {"rules": RULES, "mine": HAND_MADE}, {"rules": 0.7, "mine": 0.1}, ladder=HAND_MADE.ladder
)


@functools.cache
def fitted(portfolio: str | None) -> cr.LogisticScorer:
    """Return a fitted scorer; with portfolios, its prior is the rules."""
    accounts = cr.simulate_portfolio(300, seed=3)[["amount_overdue", "days_past_due", "attitude", "product"]]
    chance = cr.RuleScorer(base=-1.0).visit_probabilities(accounts)
    visited = np.random.default_rng(3).random(len(chance)) < chance
    prior = cr.RuleScorer() if portfolio else None
    return cr.LogisticScorer(prior=prior, portfolio=portfolio, knots=8).fit(accounts, visited)


SCORERS: dict[str, Callable[[], cr.Scorer]] = {
    "rule": lambda: RULES,
    "edited": lambda: EDITED,
    "blended": lambda: BLENDED,
    "hand-made": lambda: HAND_MADE,
    "surfaces": lambda: SURFACES,
    "with a mapping": lambda: HAND_MADE.with_columns(CENTS),
    "fitted": lambda: fitted(None),
    "fitted from the rules": lambda: fitted("product"),
}
"""A scorer of each kind that is a scorecard and reads only fields of a borrower."""

WITH_MISSING = cr.Scorecard(
    base=0.25,
    characteristics=[
        cr.PiecewiseLinear(label="limit", field="limit", knots=[(0, 0), (10, 1)], if_missing=0.25),
        cr.Bands(label="months", field="months", bands=[(0, 0), (12, 0.5)], if_missing=-0.5),
        cr.Levels(label="branch", field="branch", levels={"north": 1}, otherwise=0.1, if_missing=-2),
        cr.Surface(
            label="limit and branch",
            x=cr.NumberAxis("limit", [0, 5, 10]),
            y=cr.LevelAxis("branch", ["north", "south"]),
            grid=[[0, 0.5], [1, -0.25], [0.125, 2]],
            otherwise=0.75,
            if_missing=-0.3,
        ),
        cr.Surface(
            label="limit and months",
            x=cr.NumberAxis("limit", [1, 100], scale="log"),
            y=cr.NumberAxis("months", [-3, 12, 60]),
            grid=[[0, 0.5, -1], [1, -0.25, 0.5]],
            if_missing=0.4,
        ),
    ],
)
"""A card that reads columns which may have missing values."""

MAPPED = WITH_MISSING.with_columns(
    cr.Mapping(
        {
            "limit": {"column": "Limit €", "factor": 0.01, "missing": [-99, "k.A."]},
            "months": ["home", "work"],
            "branch": {"column": 7, "values": {"A": "north", "true": "south"}},
            "amount_overdue": {"columns": ["a", "b"], "decimal": ".", "units": ["€"]},
            "days_past_due": {"column": "due", "date": "%d.%m.%Y"},
            "repayment_plan": None,
        },
        decimal=",",
        thousands="'",
        units=["EUR"],
        missing=[-999, "n/a"],
        true=["Y", "ja"],
        false="N",
        as_of="2026-11-30",
        skip={"account": ["TOTAL*", "*sum"]},
        require=["limit"],
        plausible={"limit": 1e9, "months": math.inf},
    )
)
"""A card with a mapping that uses every key except the time zone, which a schema cannot check."""

SURFACE: Any = WITH_MISSING.characteristics[3]
GOLDEN = attrs.evolve(HAND_MADE.with_characteristic(WITH_MISSING.characteristics[0]), base_spread=0.4)
"""The card in ``data/card-v1.json``, which the first version wrote; it uses everything in that format."""

GOLDEN_2 = SURFACES.with_characteristic(SURFACE)
"""The card in ``data/card-v2.json``, which the second version wrote; it has what that version added."""

numbers = st.floats(-1e300, 1e300)
points = st.floats(-1_000, 1_000)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = texts.filter(  # of columns of any type
    lambda text: text not in attrs.fields_dict(cr.Borrower) and not text.startswith("_")
)
pairs = st.dictionaries(numbers, points, min_size=1, max_size=5).map(lambda found: sorted(found.items()))


def can_be_drawn(knots: list[tuple[float, float]], scale: Callable[[float], float] = float) -> bool:
    """Return whether the slope between all knots is finite."""
    at = [scale(place) for place, _ in knots]
    return all(
        left < right and math.isfinite((end - start) / (right - left))
        for (left, right), ((_, start), (_, end)) in zip(pairwise(at), pairwise(knots), strict=True)
    )


lines = pairs.filter(can_be_drawn)
log_lines = pairs.filter(lambda knots: knots[0][0] > 0 and can_be_drawn(knots, math.log))
sources = {"label": texts, "source": texts}
missing = st.none() | points
conditions = st.builds(cr.AtLeast, st.lists(names, min_size=1, max_size=3), numbers)


def can_be_axis(knots: list[float]) -> bool:
    """Return whether the knots are far enough from each other, also on a log scale."""
    logs = [math.log(knot) if knot > 0 else math.nan for knot in knots]
    widths = [right - left for on_scale in (knots, logs) for left, right in pairwise(on_scale)]
    return all(width != width or (width and math.isfinite(1 / width)) for width in widths)


axes = st.one_of(
    st.builds(
        cr.NumberAxis,
        names,
        st.lists(numbers, min_size=1, max_size=3, unique=True).map(sorted).filter(can_be_axis),
    ),
    st.builds(
        cr.NumberAxis,
        names,
        st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=3, unique=True).map(sorted).filter(can_be_axis),
        st.just("log"),
    ),
    st.builds(cr.LevelAxis, names, st.lists(texts, min_size=1, max_size=3, unique=True)),
)


@st.composite
def surfaces(draw: st.DrawFn) -> cr.Surface:
    """Draw any surface."""
    x, y = draw(st.lists(axes, min_size=2, max_size=2, unique_by=lambda axis: axis.field))
    row = st.lists(points, min_size=y.size, max_size=y.size)
    return cr.Surface(
        label=draw(texts),
        source=draw(texts),
        x=x,
        y=y,
        grid=draw(st.lists(row, min_size=x.size, max_size=x.size)),
        otherwise=draw(points),
        if_missing=draw(missing),
    )


curves: st.SearchStrategy[cr.Characteristic] = st.one_of(
    st.builds(cr.PiecewiseLinear, **sources, field=names, knots=lines, if_missing=missing),
    st.builds(cr.PiecewiseLinear, **sources, field=names, knots=log_lines, scale=st.just("log")),
    st.builds(cr.Bands, **sources, field=names, bands=pairs, if_missing=missing),
    st.builds(
        cr.Levels,
        **sources,
        field=names,
        levels=st.dictionaries(texts, points, max_size=4),
        otherwise=points,
        if_missing=missing,
    ),
    surfaces(),
    st.builds(cr.Flag, **sources, field=names, if_true=points),
    st.builds(cr.Gate, **sources, conditions=st.lists(conditions, min_size=1, max_size=3), if_shut=points),
)


@st.composite
def ladders(draw: st.DrawFn) -> cr.Ladder:
    """Draw any ladder."""
    channels = sorted(draw(st.sets(st.sampled_from(cr.Channel), min_size=1)))
    cuts = draw(
        st.sets(st.floats(0, 1, exclude_min=True), min_size=len(channels) - 1, max_size=len(channels) - 1)
    )
    return cr.Ladder(zip([0.0, *sorted(cuts)], channels, strict=True))


@st.composite
def mappings(draw: st.DrawFn) -> cr.Mapping:
    """Draw a mapping of any fields, with codes, factors, limits and rows to skip."""
    columns = st.text(min_size=1, max_size=8).filter(str.isprintable) | st.integers(1 - 2**53, 2**53 - 1)
    codes = st.lists(texts | st.integers(-(2**60), 2**60).map(float) | numbers, max_size=3)
    factors = numbers.filter(bool)
    values = st.dictionaries(texts, numbers, min_size=1).filter(distinct)
    fields = st.dictionaries(
        texts.filter(bool),
        st.none()
        | columns
        | st.builds(FieldMapping, columns, factor=factors, missing=codes)
        | st.lists(columns, min_size=2, max_size=3, unique=True)
        | st.builds(FieldMapping, columns, values=values),
        max_size=3,
    )
    limits = st.dictionaries(texts.filter(bool), numbers | st.just(math.inf), max_size=2)
    skip = st.dictionaries(texts.filter(bool), st.lists(texts, max_size=2), max_size=2)
    return cr.Mapping(
        draw(fields),
        as_of=draw(st.none() | st.dates()),
        skip=draw(skip),
        plausible=draw(limits),
        decimal=draw(st.sampled_from([None, ".", ","])),
        encoding=draw(st.sampled_from([None, "utf-8"])),
        skip_lines=draw(st.integers(0, 2)),
    )


def distinct(values: dict[str, float]) -> bool:
    """Return whether codes differ without the blanks around them."""
    return len({key.strip(BLANKS) for key in values}) == len(values)


@st.composite
def scorecards(draw: st.DrawFn) -> cr.Scorecard:
    """Draw any scorecard that can be saved."""
    characteristics = draw(st.lists(curves, max_size=5, unique_by=lambda curve: curve.label))
    labels = [each.label for each in characteristics]
    own = st.lists(st.sampled_from(labels), max_size=2, unique=True) if labels else st.just([])
    spread = st.floats(0, 1_000)
    return cr.Scorecard(
        base=draw(points),
        characteristics=characteristics,
        ladder=draw(ladders()),
        base_spread=draw(st.just(0.0) | st.floats(0, 10)),
        slope_spreads=[cr.SlopeSpread(each, draw(spread), draw(points)) for each in draw(own)],
        portfolio_labels=draw(own),
        columns=draw(st.none() | mappings()),
    )


def borrower_columns(rows: int) -> dict[str, npt.NDArray[Any]]:
    """Return random borrowers as columns; half of them have extreme values."""
    rng = np.random.default_rng(7)
    portfolio = cr.simulate_portfolio(rows, seed=7).drop(columns=["borrower_id"])
    columns = {name: portfolio[name].to_numpy().copy() for name in portfolio}
    extreme = rng.random(rows) < 0.5
    columns["amount_overdue"][extreme] = 10.0 ** rng.uniform(-300, 10, extreme.sum())
    for count in ("days_past_due", "failed_messages", "failed_calls", "broken_promises"):
        exponent = rng.uniform(0, np.log2(cr.Borrower.plausible[count]), extreme.sum())
        columns[count][extreme] = (2.0**exponent).astype(np.int64) - 1
    return columns


def borrowers_in(columns: dict[str, npt.NDArray[Any]], rows: int) -> list[cr.Borrower]:
    """Return the first rows as borrowers."""
    return [cr.Borrower(**{name: column[row] for name, column in columns.items()}) for row in range(rows)]


def document(card: cr.Scorecard = HAND_MADE) -> dict[str, Any]:
    """Return the contents of a card file after a round trip through JSON."""
    parsed: dict[str, Any] = json.loads(json.dumps(file_from_card(card)))
    return parsed


def hashed(data: Any) -> dict[str, Any]:
    """Return the contents of a card file with any data and the correct hash."""
    data = json.loads(json.dumps(data), parse_int=float)
    return {**document(), "sha256": digest(data), "scorecard": data}


def changed(*path: Any, to: Any) -> Any:
    """Return the data of a card with one value changed."""
    data: Any = document()["scorecard"]
    *steps, last = path
    inner = data
    for step in steps:
        inner = inner[step]
    inner[last] = to
    return data
