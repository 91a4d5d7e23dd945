"""The fitted points as a table."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from labelled import labels, table
from scipy.special import expit

import collectrisk as cr
from collectrisk._fit.bases import corners
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError
from collectrisk.summary import PortfolioSlope, Summary, SummaryRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCORER = cr.LogisticScorer(
    knots=3,
    characteristics=[
        cr.Bands(label="age", field="age", bands=[(0, 0), (45, 0)], if_missing=0),
        "owner",
        "region",
    ],
).fit(table(), labels())


def test_every_value_has_its_points() -> None:
    found = [(row.label, row.value) for row in SCORER.summary().rows]
    assert found == [
        ("base", "all"),
        ("age", "from 0"),
        ("age", "from 45"),
        ("age", "missing"),
        ("owner", "yes"),
        ("owner", "no"),
        ("region", "east"),
        ("region", "north"),
        ("region", "west"),
        ("region", "any other"),
        ("region", "missing"),
    ]


def test_points_are_the_cards_and_lie_within_the_intervals() -> None:
    by_value = {(row.label, row.value): row for row in SCORER.summary().rows}
    assert by_value["base", "all"].points == SCORER.card.base
    owner = by_value["owner", "yes"]
    flag = SCORER.scorecard_.characteristics[1]
    assert owner.points == getattr(flag, "if_true", None)
    assert owner.lower < owner.points < owner.upper
    assert owner.odds_ratio == math.exp(owner.points)
    constant = by_value["owner", "no"]
    assert (constant.points, constant.lower, constant.upper) == (0.0, 0.0, 0.0)


def test_the_interval_is_the_posteriors_ninety_percent() -> None:
    row = SCORER.summary().rows[1]
    error = np.linalg.norm(SCORER.fit_.posterior.covariance_factor[1])
    assert (row.upper - row.points) / error == pytest.approx(1.6448536)


def test_a_summary_converts_to_dictionaries_and_to_a_table() -> None:
    summary = Summary((SummaryRow("base", "all", -1.0, -1.5, -0.5), SummaryRow("a", "1", 0.0, -2.0, 2.0)))
    assert summary.to_dict()[1] == {
        "label": "a",
        "value": "1",
        "points": 0.0,
        "lower": -2.0,
        "upper": 2.0,
        "odds_ratio": 1.0,
    }
    assert str(summary).splitlines() == [
        "what each value adds to the log-odds of a visit",
        "-----------------------------------------------------------",
        "characteristic  value  points      90% interval  odds ratio",
        "-----------------------------------------------------------",
        "base            all    -1.000  -1.500 to -0.500       0.368",
        "a               1      +0.000  -2.000 to +2.000           1",
    ]


def test_an_odds_ratio_that_no_float_holds_is_none() -> None:
    prior = cr.Scorecard(base=800, characteristics=[])
    summary = cr.LogisticScorer(prior=prior).fit(table()[:0], []).summary()
    assert [(row["points"], row["odds_ratio"]) for row in summary.to_dict()] == [(800.0, None)]
    assert str(summary).splitlines()[-1].endswith("  > 1e+304")


def test_a_notebook_shows_it_as_a_table() -> None:
    shown = SCORER.summary()._repr_html_()
    assert shown.count("<table") == 1
    assert shown.count("<tr") == 1 + len(SCORER.summary().rows)


def portfolios() -> tuple[pl.DataFrame, npt.NDArray[np.bool_]]:
    """Return accounts of four portfolios, which differ in the slope of x, and their labels."""
    rng = np.random.default_rng(1)
    house, x = np.repeat(list("abcd"), 300), rng.normal(size=1_200)
    slope = np.repeat([0.2, 1.8, 0.9, 1.1], 300)
    return pl.DataFrame({"x": x, "house": house}), rng.random(1_200) < expit(slope * x - 0.5)


def test_the_slopes_by_portfolio_are_a_table_of_their_own() -> None:
    scorer = cr.LogisticScorer(portfolio="house", knots=5).fit(*portfolios())
    summary, fit = scorer.summary(), scorer.fit_
    assert {row.label for row in summary.rows} == {"base", "x", "portfolio"}
    assert [each.portfolio for each in summary.slopes] == [*"abcd", "any other", "missing"]
    basis: Any = fit.design.bases[-1]
    factor = fit.posterior.covariance_factor[fit.design.slices[-1]]
    added = scorer.scorecard_.characteristics[-1]
    for each in summary.slopes:
        account = SimpleNamespace(x=2.0, house=None if each.portfolio == "missing" else each.portfolio)
        curve = basis.unit.points(account)
        assert each.label == added.label == "x by portfolio"
        assert each.slope * curve == pytest.approx(added.points(account))
        shares = sum(value * factor[index] for index, value in corners(basis.cell(account)))
        error = np.linalg.norm(shares) / abs(curve)
        assert (each.upper - each.slope) / error == pytest.approx(1.6448536)
        assert each.slope - each.lower == pytest.approx(each.upper - each.slope)
    slope = summary.slopes[1]
    text = str(summary).split("\n\n")[1]
    assert f"x by portfolio  b          {slope.slope:+.3f}  {slope.lower:+.3f} to {slope.upper:+.3f}" in text
    assert summary.to_html().count("<table") == 2


def test_the_rows_of_some_characteristics_can_be_selected() -> None:
    summary = SCORER.summary()
    selected = summary.only("region", "base")
    assert [row.label for row in selected.rows] == ["base", *["region"] * 5]
    assert (selected.note, selected.slopes) == (summary.note, summary.slopes)
    slopes = (PortfolioSlope("x by portfolio", "a", 0.5, 0.25, 0.75),)
    both = Summary(summary.rows, "a note", slopes)
    assert both.only("region").slopes == ()
    assert str(both.only("x by portfolio")).splitlines() == [
        "slopes: the multiple of a curve that a portfolio adds to it",
        "---------------------------------------------------",
        "characteristic  portfolio   slope      90% interval",
        "---------------------------------------------------",
        "x by portfolio  a          +0.500  +0.250 to +0.750",
        "",
        "a note",
    ]
    with pytest.raises(ArgumentError, match=r"labels must be .*, not 'regoin'; did you mean 'region'"):
        summary.only("region", "regoin")


def test_a_summary_is_in_chinese_on_request() -> None:
    summary = fit_of(None, pairs=[("region", "owner")]).summary().only("base", "region", "region and owner")
    lines = summary.explain("zh").splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [
        ["特征", "取值"],
        [lines[1]],
        ["基准值", "全部"],
        ["region", "east"],
        ["region", "north"],
        ["region", "west"],
        ["region", "其他"],
        ["region", "缺失"],
        *([["region", "and"]] * 8),
    ]
    assert "| region and owner | 缺失 | +0.000 | +0.000至+0.000 | 1 |" in summary.to_markdown("zh")
    assert "any other" in str(summary)


# The points and the intervals are those of an account with the value, whatever the characteristic.


@attrs.frozen(kw_only=True)
class Ramp(cr.Characteristic):
    """A characteristic of a class that the package does not know."""

    height: float
    fields = ("size",)

    @property
    def range(self) -> tuple[float, float]:
        ends = sorted((-self.height, 2.0 * self.height))
        return ends[0], ends[1]

    def points(self, record: Any, xp: Any = SCALAR) -> Any:
        return self.height * (xp.clip(record.size, 0.0, 3.0) - 1.0)

    def with_points(self, change: Callable[[float], float]) -> Ramp:
        return attrs.evolve(self, height=change(self.height))


def prior_of_every_kind(sign: float) -> cr.Scorecard:
    """Return a card that no data agree with, so that some factors of its points are below zero."""
    size, age = cr.NumberAxis("size", [0.5, 2, 9]), cr.NumberAxis("age", [20, 60])
    region = cr.LevelAxis("region", ["west", "east"])
    owner = cr.LevelAxis("owner", ["true", "false"])
    characteristics: list[cr.Characteristic] = [
        cr.PiecewiseLinear(label="size", field="size", knots=[(1, -0.5), (4, 0.5)], scale="log"),
        cr.Bands(label="age", field="age", bands=[(0, -0.2), (45, 0.1)], if_missing=0.3),
        cr.Levels(label="region", field="region", levels={"west": 0.4}, otherwise=-0.1, if_missing=0.2),
        cr.Flag(label="owner", field="owner", if_true=-4.0),
        cr.Flag(label="new flag", field="owner", if_true=0.0),
        cr.Gate(label="gate", conditions=[cr.AtLeast("size", 2)], if_shut=-3.0),
        cr.Surface(label="two numbers", x=size, y=age, grid=[[0, 1], [2, -3], [1, 1]], if_missing=0.5),
        cr.Surface(label="two texts", x=region, y=owner, grid=[[1, -1], [0, 2]], otherwise=1, if_missing=2),
        Ramp(label="own class", height=0.5),
    ]
    return cr.Scorecard(base=-0.5, characteristics=[each.scaled(sign) for each in characteristics])


def fit_of(prior: Any, rows: int = 400, **parameters: Any) -> cr.LogisticScorer:
    return cr.LogisticScorer(prior=prior, knots=3, **parameters).fit(table()[:rows], labels()[:rows])


FITS: dict[str, Callable[[], cr.LogisticScorer]] = {
    "no prior": lambda: fit_of(None),
    "a prior of every kind": lambda: fit_of(prior_of_every_kind(1.0)),
    "a prior of every kind that is wrong": lambda: fit_of(
        prior_of_every_kind(-1.0), prior_scale={"prior factor": 3.0}
    ),
    "no labels": lambda: fit_of(prior_of_every_kind(1.0), 0),
    "a fitted prior": lambda: fit_of(fit_of(prior_of_every_kind(1.0), 200, pairs=[("size", "region")])),
    "pairs": lambda: fit_of(None, pairs=[("size", "age"), ("region", "owner"), ("owner", "size")]),
    "portfolios": lambda: fit_of(None, portfolio="region"),
}


def examples(curve: Any) -> Iterator[dict[str, Any]]:
    """Yield the fields of an account for each value of a characteristic."""
    match curve:
        case cr.PiecewiseLinear() | cr.Bands():
            pairs = curve.knots if isinstance(curve, cr.PiecewiseLinear) else curve.bands
            yield from ({curve.field: value} for value, _ in pairs)
        case cr.Levels():
            yield from ({curve.field: value} for value in [*dict(curve.levels), "no such level"])
        case cr.Flag():
            yield from ({curve.field: value} for value in (True, False))
        case cr.Gate():
            yield from ({"size": value} for value in (0.0, 1e9))
        case cr.Surface():
            x, y = (axis.levels or getattr(axis, "knots", ()) for axis in curve.axes)
            yield from ({curve.x.field: first, curve.y.field: second} for first in x for second in y)
            if curve.levels_by_field:
                yield {axis.field: "no such level" if axis.levels else axis.grid[0] for axis in curve.axes}
        case Ramp():
            yield from ({"size": value} for value in ((0.0, 3.0) if curve.height > 0 else (3.0, 0.0)))
    if getattr(curve, "if_missing", None) is not None:
        yield dict.fromkeys(curve.fields)


@pytest.mark.parametrize("name", FITS)
def test_the_points_and_the_interval_of_a_value_are_those_of_an_account_with_it(name: str) -> None:
    scorer = FITS[name]()
    rows = iter(scorer.summary().rows[1:])
    fit = scorer.fit_
    curves = {each.label: each for each in scorer.scorecard_.characteristics}
    for basis, part in zip(fit.design.bases, fit.design.slices, strict=True):
        factor = fit.posterior.covariance_factor[part]
        for fields in examples(basis.curve(fit.posterior.points[part])):
            row, account = next(rows), SimpleNamespace(**fields)
            assert row.label == basis.origin.label
            assert row.points == pytest.approx(curves[row.label].points(account), abs=1e-12)
            shares = sum(
                value * factor[min(index, len(factor) - 1)] for index, value in corners(basis.cell(account))
            )
            half_width = 1.6448536269514722 * np.linalg.norm(shares)
            assert (row.lower, row.upper) == pytest.approx((row.points - half_width, row.points + half_width))
    assert next(rows, None) is None


def test_points_of_a_prior_have_its_units_and_not_those_of_their_factor() -> None:
    scorer = FITS["no labels"]()
    by_value = {(row.label, row.value): row for row in scorer.summary().rows}
    owner, gate = by_value["owner", "yes"], by_value["gate", 'until "size" reaches 2']
    assert (owner.points, gate.points) == (-4.0, -3.0)
    own, common = (scorer.prior_scales_[name] for name in ("prior factor", "common prior factor"))
    assert owner.upper - owner.points == pytest.approx(4.0 * 1.6448536 * math.hypot(own, common), rel=1e-6)
    assert by_value["gate", "from then on"].points == 0.0
    assert by_value["two numbers", "2 × 60"].points == -3.0
    assert by_value["two texts", "any other"].points == 1.0
    assert (by_value["own class", "lowest"].points, by_value["own class", "highest"].points) == (-0.5, 1.0)


def test_the_lowest_points_stay_the_lowest_if_a_factor_is_below_zero() -> None:
    scorer = FITS["a prior of every kind that is wrong"]()
    by_value = {(row.label, row.value): row for row in scorer.summary().rows}
    lowest, highest = by_value["own class", "lowest"], by_value["own class", "highest"]
    fitted = {each.label: each for each in scorer.scorecard_.characteristics}["own class"]
    assert (lowest.points, highest.points) == pytest.approx(fitted.range)
    assert getattr(fitted, "height", 0.0) > 0.0  # the prior's is below
    assert (highest.upper - highest.lower) / (lowest.upper - lowest.lower) == pytest.approx(2.0)
