"""Baselines: counts of the accounts, in every kind of frame, before and after saving."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
import polars as pl
import pytest
from frame_kinds import KINDS, FrameKind
from sklearn.dummy import DummyClassifier

import collectrisk as cr
from collectrisk._fields import NumberValidator
from collectrisk._files.json_file import wrapped
from collectrisk.errors import (
    ArgumentError,
    ColumnNameError,
    FileError,
    InvalidRowsError,
    MissingColumnError,
    NotAFrameError,
)
from collectrisk.validation import Baseline, Split
from collectrisk.validation._distribution import LevelCounts, NumberCounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RULES = cr.RuleScorer()
FRAME = cr.simulate_portfolio(400, seed=1, backend="polars")
LATER = cr.simulate_portfolio(300, seed=2, backend="polars")
BASELINE = Baseline.of(RULES, FRAME)
CARD = cr.Scorecard(
    base=-3,
    characteristics=[
        cr.Bands(label="limit", field="limit", bands=[(0, 0.0), (100, 1.0)], if_missing=0.5),
        cr.Levels(label="region", field="region", levels={"north": 1.0}, otherwise=0.0, if_missing=-1.0),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2),
    ],
)


def regions(counts: dict[str | None, int], **columns: Any) -> pl.DataFrame:
    """Return accounts with some numbers of regions."""
    listed = [region for region, count in counts.items() for _ in range(count)]
    rows = len(listed)
    whole = {"limit": [float(place % 7) for place in range(rows)], "region": listed}
    return pl.DataFrame({**whole, **{name: [value] * rows for name, value in columns.items()}})


def test_a_baseline_has_the_counts_of_the_accounts() -> None:
    counts = BASELINE.counts
    probability = RULES.visit_probabilities(FRAME)
    assert counts.rows == BASELINE.accounts == 400
    assert counts.expected == pytest.approx(probability.sum())
    assert counts.squares == pytest.approx((probability**2).sum())
    assert counts.channels.levels == dict(
        RULES.assess_frame(FRAME)["channel"].cast(pl.String).value_counts(sort=True).rows()
    )
    attitudes = dict(FRAME["attitude"].value_counts().rows())
    assert counts.fields["attitude"] == LevelCounts(attitudes, 0)
    assert set(counts.fields) == set(RULES.fields or ())
    for each in (counts.score, counts.fields["amount_overdue"]):
        assert isinstance(each, NumberCounts)
        assert max(abs(count - 40) for count in each.counts) <= 4
    assert repr(BASELINE) == "Baseline(400 accounts, 8 fields)"


def test_the_bins_are_those_of_the_baseline() -> None:
    for first, other in ((FRAME, LATER), (LATER, FRAME)):
        baseline = Baseline.of(RULES, first)
        edges = baseline.counts.score.edges
        now = RULES.visit_probabilities(other)
        counted = [
            int(((now > low) & (now <= high)).sum())
            for low, high in zip((-1, *edges), (*edges, 2), strict=True)
        ]
        assert [each.now for each in baseline.compare(other)["visit_probability"].bins] == counted


QUICK = {"pandas objects", "polars categories", "pyarrow", "polars lazy", "DuckDB"}


@pytest.mark.parametrize(
    "kind",
    [pytest.param(each, marks=[pytest.mark.exhaustive] * (each.name not in QUICK)) for each in KINDS],
    ids=lambda kind: kind.name,
)
def test_every_kind_of_frame_has_the_same_counts(kind: FrameKind) -> None:
    columns = LATER.drop("borrower_id").head(60).to_dict(as_series=False)
    columns["failed_calls"][3] = columns["product"][5] = None
    expected = BASELINE.compare(pl.DataFrame(columns)).to_dict()
    found = BASELINE.compare(kind.make(columns)).to_dict()
    assert found.pop("expected_visits_now") == pytest.approx(expected.pop("expected_visits_now"))
    assert found.pop("rate_now") == pytest.approx(expected.pop("rate_now"))
    assert found.pop("rate_difference_interval") == pytest.approx(expected.pop("rate_difference_interval"))
    assert found == expected


def test_a_mapping_of_arrays_has_the_same_counts() -> None:
    arrays = {name: FRAME[name].to_numpy() for name in FRAME.columns if name != "borrower_id"}
    assert Baseline.of(RULES, arrays).counts == BASELINE.counts


@pytest.mark.parametrize("lazy", [False, True])
def test_missing_unseen_and_rare_values_have_bins_of_their_own(*, lazy: bool) -> None:
    baseline = Baseline.of(
        CARD, regions({"north": 190, "south": 100, "isle": 2, None: 8}, repayment_plan=False)
    )
    later = regions({"north": 150, "east": 5, "west": 5, "isle": 1, None: 9}, repayment_plan=False)
    later = later.with_columns(limit=pl.when(pl.int_range(170) < 20).then(None).otherwise("limit"))
    stability = baseline.compare(later.lazy() if lazy else later)
    assert [(each.value, each.before, each.now) for each in stability["region"].bins] == [
        ("north", 190, 150),
        ("south", 100, 0),
        ("missing", 8, 9),
        ("rare levels", 2, 1),
        ("levels not in the baseline", 0, 10),
    ]
    assert stability["limit"].bins[-1].value == "missing"
    assert (stability["limit"].bins[-1].before, stability["limit"].bins[-1].now) == (0, 20)
    assert stability["repayment_plan"].psi == 0


@pytest.mark.parametrize("lazy", [False, True])
def test_a_field_that_is_absent_is_missing_in_every_row(*, lazy: bool) -> None:
    later = LATER.drop("failed_calls", "attitude", "repayment_plan")
    stability = BASELINE.compare(later.lazy() if lazy else later)
    for name in ("failed_calls", "attitude", "repayment_plan"):
        assert {each.value: each.now for each in stability[name].bins}["missing"] == 300
        assert stability[name].changed
    without = Baseline.of(RULES, later)
    assert without.counts.fields["attitude"] == LevelCounts({}, 300)
    assert without.counts.fields["failed_calls"] == NumberCounts((), (0,), 300, integer=True)
    again = without.compare(FRAME)["failed_calls"]
    assert [(each.value, each.before, each.now) for each in again.bins] == [
        ("any value", 0, 400),
        ("missing", 300, 0),
    ]


def test_a_scorer_with_flags_that_may_be_missing_is_counted_the_same_way_lazily() -> None:
    visited = np.arange(400) % 4 == 0
    frame = FRAME.with_columns(repayment_plan=pl.when(pl.int_range(400) % 9 > 0).then("repayment_plan"))
    model = cr.LogisticScorer().fit(frame, visited)
    baseline = Baseline.of(model, frame)
    assert baseline.counts.fields["repayment_plan"].missing == 45
    eager, lazy = (baseline.compare(each).to_dict() for each in (frame, frame.lazy()))
    assert eager["changes"] == lazy["changes"]


def test_rows_that_the_mapping_skips_are_left_out() -> None:
    columns = cr.Mapping(skip={"borrower_id": ["B000000*"]})
    kept = FRAME.filter(~pl.col("borrower_id").str.starts_with("B000000"))
    baseline = Baseline.of(RULES, FRAME, columns=columns)
    assert baseline.counts == Baseline.of(RULES, kept).counts
    for frame in (FRAME, FRAME.lazy()):
        stability = baseline.compare(frame, columns=columns)
        assert (stability.accounts_now, stability.invalid) == (len(kept), 0)
        assert stability["amount_overdue"].psi == 0


def test_invalid_rows_are_an_error_and_are_counted_in_a_lazy_frame() -> None:
    later = LATER.with_columns(
        days_past_due=pl.when(pl.int_range(300) < 7).then(-1).otherwise("days_past_due")
    )
    for compare in (lambda frame: Baseline.of(RULES, frame), BASELINE.compare):
        with pytest.raises(InvalidRowsError, match="days_past_due"):
            compare(later)
    stability = BASELINE.compare(later.lazy())
    assert (stability.invalid, stability.accounts_now) == (7, 293)
    assert sum(each.now for each in stability["amount_overdue"].bins) == 293
    assert "Accounts with invalid values, which are left out: 7." in str(stability)


def test_a_scorer_of_any_class_has_a_baseline(tmp_path: Path) -> None:
    dummy = DummyClassifier().fit(FRAME.select("days_past_due").to_numpy(), np.arange(400) % 2)
    scorer = cr.EstimatorScorer(estimator=dummy, features=["days_past_due"])
    baseline = Baseline.of(scorer, FRAME)
    assert list(baseline.counts.fields) == ["days_past_due"]
    assert baseline.compare(LATER)["visit_probability"].psi == 0
    baseline.save(tmp_path / "baseline.json")
    loaded = Baseline.load(tmp_path / "baseline.json")
    assert (loaded.counts, loaded.scorer) == (baseline.counts, None)
    with pytest.raises(
        ArgumentError, match="scorer is required: the scorer of the baseline is not in its file"
    ):
        loaded.compare(LATER)
    assert loaded.compare(LATER, scorer=scorer).to_dict() == baseline.compare(LATER).to_dict()
    with pytest.raises(ArgumentError, match="scorer must be left out: the baseline has a scorer of its own"):
        baseline.compare(LATER, scorer=scorer)


class Late(cr.Scorer):
    """A scorer of which it is not known which fields it reads."""

    def visit_probability(self, borrower: Any, xp: Any) -> Any:
        return xp.logistic(-4.0 + 0.02 * borrower.days_past_due)


def test_a_scorer_that_does_not_say_what_it_reads_has_a_baseline_of_all_fields() -> None:
    baseline = Baseline.of(Late(), FRAME)
    assert set(baseline.counts.fields) == {*(RULES.fields or ()), "product"}
    eager, lazy = (baseline.compare(each).to_dict()["changes"] for each in (LATER, LATER.lazy()))
    assert eager == lazy


@attrs.frozen(kw_only=True)
class Contacted(cr.Borrower):
    """A borrower with a field of the name of a result."""

    channel: str = ""


class ByChannel(Late):
    """A scorer that reads it."""

    borrower_type = Contacted


def test_a_field_of_the_name_of_a_result_is_refused_because_it_would_replace_the_result() -> None:
    with pytest.raises(ArgumentError, match="scorer must have no field 'channel', which is the name of a"):
        Baseline.of(ByChannel(), FRAME.with_columns(channel=pl.lit("sms")))


class ByRow(cr.RowScorer):
    """A scorer in plain Python."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # without a namespace
        return float(1 / (1 + borrower.days_past_due))


def test_a_row_scorer_has_a_baseline_and_needs_eager_frames() -> None:
    baseline = Baseline.of(ByRow(), FRAME)
    assert baseline.compare(FRAME)["visit_probability"].psi == 0
    with pytest.raises(ArgumentError, match="frame must not be lazy, because ByRow scores row by row"):
        baseline.compare(LATER.lazy())


class Regional(cr.Scorer):
    """A scorer that reads a column of any type."""

    fields = ("amount_overdue", "days_past_due", "code")

    def visit_probability(self, borrower: Any, xp: Any) -> Any:
        _ = borrower.code
        return xp.logistic(-4.0 + 0.02 * borrower.days_past_due)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_field_that_changed_its_type_is_an_error(*, lazy: bool) -> None:
    numbers, texts = (FRAME.with_columns(code=pl.lit(code)) for code in (1.0, "a"))
    for first, other, message in (
        (
            numbers,
            texts,
            "accounts must have numbers in 'code', as in the baseline, and it has text or booleans",
        ),
        (
            texts,
            numbers,
            "accounts must have text or booleans in 'code', as in the baseline, and it has numbers",
        ),
    ):
        baseline = Baseline.of(Regional(), first)
        with pytest.raises(ArgumentError, match=message):
            baseline.compare(other.lazy() if lazy else other)


def test_a_lazy_frame_with_a_column_of_a_result_is_refused() -> None:
    with pytest.raises(ColumnNameError, match="'channel'"):
        BASELINE.compare(LATER.lazy().with_columns(channel=pl.lit("sms")))


def test_a_column_to_skip_that_a_lazy_frame_does_not_have_is_an_error() -> None:
    with pytest.raises(MissingColumnError, match="'konto'"):
        BASELINE.compare(LATER.lazy(), columns=cr.Mapping(skip={"konto": ["x"]}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scorer": 3}, "scorer must be a Scorer, not an int"),
        ({"scorer": cr.LogisticScorer()}, "scorer must be fitted"),
        ({"bins": 1}, "bins must be a whole number from 2 to 100, not 1"),
        ({"bins": True}, "bins must be a whole number from 2 to 100, not True"),
        ({"bins": 2.5}, "bins must be a whole number from 2 to 100, not 2.5"),
        ({"accounts": FRAME.head(0)}, "accounts must contain at least one account"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Baseline.of(**{"scorer": RULES, "accounts": FRAME, **arguments})


def test_a_lazy_frame_has_no_baseline_and_no_account_no_comparison() -> None:
    with pytest.raises(NotAFrameError, match="the bins of a baseline are made from all values: collect"):
        Baseline.of(RULES, FRAME.lazy())
    for frame in (LATER.head(0), LATER.head(0).lazy()):
        with pytest.raises(
            ArgumentError, match="accounts must contain at least one account with a visit prob"
        ):
            BASELINE.compare(frame)


def test_a_baseline_of_one_account_can_be_compared() -> None:
    stability = Baseline.of(RULES, FRAME.head(1)).compare(FRAME.head(1))
    assert stability.changed == []
    assert stability.rate_difference_interval == (0, 0)


def number_counts(values: list[float], *, integer: bool = False, minimum: float = -math.inf) -> NumberCounts:
    return NumberCounts.of(np.array(values, dtype=float), 0, 4, NumberValidator(minimum, integer=integer))


def test_bins_have_rounded_ends_and_about_the_same_number_of_values() -> None:
    found = number_counts([float(each) + 0.123456 for each in range(100)])
    assert found == NumberCounts((25.0, 50.0, 75.0), (25, 25, 25, 25), 0, integer=False)
    large = number_counts([each * 1000.0 + 123 for each in range(100)], integer=True)
    assert large.edges == (25_000.0, 50_000.0, 75_000.0)


def test_a_value_that_many_accounts_have_is_never_split_from_its_bin() -> None:
    assert number_counts([0.1043] * 30 + [0.1155] * 40 + [0.3] * 30).edges[1:] == (0.105, 0.116, 0.3)
    assert number_counts([0.0] * 70 + [1.0, 2.0, 50.0], minimum=0.0).counts == (70, 3)


def test_values_below_a_lowest_value_that_many_accounts_have_get_a_bin() -> None:
    constant = number_counts([30.0] * 9, integer=True)
    assert constant == NumberCounts((29.0, 30.0), (0, 9, 0), 0, integer=True)
    assert constant.within_bins(np.array([5.0, 30.0, 31.0]), 2).counts == (1, 1, 1)
    real = number_counts([0.5] * 9)
    assert real.within_bins(np.array([0.499999, 0.5, 0.500001]), 0).counts == (1, 1, 1)
    assert number_counts([0.0] * 9, integer=True, minimum=0.0).edges == (0.0,)


def test_a_baseline_is_the_same_after_saving(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    for scorer in (RULES, CARD.with_ladder(cr.Ladder([(0, "sms"), (0.04, "agency")]))):
        frame = FRAME.with_columns(limit=pl.col("amount_overdue") / 7, region=pl.col("attitude"))
        baseline = Baseline.of(scorer, frame)
        baseline.save(path)
        loaded = Baseline.load(path)
        assert loaded == baseline
        assert loaded.compare(frame).to_dict() == baseline.compare(frame).to_dict()


def test_the_file_has_no_value_of_an_account(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    BASELINE.save(path)
    text = path.read_text()
    assert "B0000" not in text
    edges = json.loads(text)["baseline"]["counts"]["fields"]["amount_overdue"]["edges"]
    assert not set(edges) & set(FRAME["amount_overdue"])


def test_a_scorer_that_was_fitted_is_kept_as_its_card() -> None:
    model = cr.LogisticScorer(prior=RULES).fit(FRAME, np.arange(400) % 4 == 0)
    baseline = Baseline.of(model, FRAME)
    assert baseline.scorer == model.card
    assert baseline.compare(FRAME)["visit_probability"].psi == 0


class Ancient(cr.Borrower):
    """A borrower whose debt may be of any age."""

    plausible: ClassVar[Mapping[str, float]] = {"days_past_due": math.inf}


def test_a_scorer_with_a_class_of_borrowers_reads_accounts_by_it(tmp_path: Path) -> None:
    frame = FRAME.with_columns(days_past_due=FRAME["days_past_due"] + 50_000)
    model = cr.LogisticScorer(characteristics=["days_past_due"], borrower_type=Ancient)
    baseline = Baseline.of(model.fit(frame, np.arange(400) % 4 == 0), frame)
    assert baseline.compare(frame)["days_past_due"].psi == 0
    baseline.save(tmp_path / "baseline.json")
    assert Baseline.load(tmp_path / "baseline.json").scorer == model.card


def changed_file(path: Path, change: Any) -> None:
    BASELINE.save(path)
    data = json.loads(path.read_text())["baseline"]
    change(data)
    path.write_text(json.dumps(wrapped(data, "baseline", 1)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.pop("card"), "baseline: must have exactly card, counts"),
        (
            lambda data: data["counts"].update(accounts=399),
            "counts.score: must have counts that add up to 399",
        ),
        (
            lambda data: data["counts"].update(accounts=True),
            "counts.accounts: must be whole numbers, 0 or more",
        ),
        (lambda data: data["counts"].update(accounts=-1), "counts.accounts: must be whole numbers"),
        (lambda data: data["counts"].update(squares="x"), "counts.squares: must be a number"),
        (
            lambda data: data["counts"].update(fields=[]),
            "counts.fields: must be an object of counts by field",
        ),
        (
            lambda data: data["counts"].update(channels=[]),
            "counts.channels.levels: must be an object of counts",
        ),
        (lambda data: data["counts"].update(channels={"fax": 400}), "counts.channels: must be channels"),
        (
            lambda data: data["counts"].update(score={"levels": {"a": 400}, "missing": 0}),
            "counts: must have accounts and bins of the score",
        ),
        (
            lambda data: data["counts"]["score"].update(edges=[0.5, 0.1]),
            "counts.score: must have increasing edges, and one count more",
        ),
        (
            lambda data: data["counts"]["score"].update(integer=3),
            "counts.score.integer: must be true or false",
        ),
        (lambda data: data["counts"]["fields"].update(product=3), "counts.fields.product: must have exactly"),
    ],
)
def test_a_file_that_is_not_valid_is_refused(tmp_path: Path, change: Any, message: str) -> None:
    path = tmp_path / "baseline.json"
    changed_file(path, change)
    with pytest.raises(FileError, match=message):
        Baseline.load(path)


def test_a_file_with_the_card_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    changed_file(path, lambda data: data["card"].update(format_version=99))
    with pytest.raises(FileError, match="format_version: 99 is unknown"):
        Baseline.load(path)


def test_the_counts_are_plain_data() -> None:
    data = json.loads(json.dumps(BASELINE.to_dict()))
    assert data["accounts"] == 400
    assert data["fields"]["attitude"]["levels"] == attrs.asdict(BASELINE.counts.fields["attitude"])["levels"]


def test_independent_is_true_or_false() -> None:
    accounts = cr.simulate_portfolio(20, seed=1, backend="polars")
    with pytest.raises(ArgumentError, match="independent must be True or False, not 'no'"):
        Baseline.of(cr.RuleScorer(), accounts).compare(accounts, independent="no")  # type: ignore[arg-type]


def test_a_file_of_another_kind_is_named_with_what_reads_it(tmp_path: Path) -> None:
    accounts = cr.simulate_portfolio(20, seed=1, backend="polars")
    cr.save(cr.RuleScorer(), tmp_path / "card.json")
    Baseline.of(cr.RuleScorer(), accounts).save(tmp_path / "baseline.json")
    card, baseline = (
        rf"must be 'collectrisk {wanted}', not 'collectrisk {seen}', which {reader} reads"
        for wanted, seen, reader in (
            ("baseline", "scorecard", r"collectrisk\.load"),
            ("scorecard", "baseline", r"Baseline\.load"),
        )
    )
    with pytest.raises(FileError, match=card):
        Baseline.load(tmp_path / "card.json")
    with pytest.raises(FileError, match=card.replace("'collectrisk baseline'", "'collectrisk split'")):
        Split.load(tmp_path / "card.json")
    with pytest.raises(FileError, match=baseline):
        cr.load(tmp_path / "baseline.json")
