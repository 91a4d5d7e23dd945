"""The validation report: the figures are those of the library, as HTML, Markdown and plain data."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from html_reading import harmless, seen

import collectrisk as cr
from collectrisk.errors import ArgumentError, FileError, InvalidRowsError, MissingColumnError
from collectrisk.validation import Baseline, characteristic_table, validation_report

if TYPE_CHECKING:
    from pathlib import Path

CARD = cr.RuleScorer(base=-1.0)
ALL = cr.simulate_portfolio(1_500, seed=5, backend="polars")
ALL = ALL.with_columns(
    visited=pl.Series(np.random.default_rng(5).random(1_500) < CARD.visit_probabilities(ALL))
)
DEVELOPMENT, HOLDOUT, LATER = ALL[:800], ALL[800:1_200], ALL[1_200:]
REPORT = validation_report(CARD, DEVELOPMENT, HOLDOUT, LATER, portfolio="product", name="Rules 2026")


def test_the_figures_are_those_of_evaluate_and_of_the_characteristics() -> None:
    assert list(REPORT.samples) == list(REPORT.characteristics) == ["development", "holdout", "later"]
    for name, frame in (("development", DEVELOPMENT), ("holdout", HOLDOUT), ("later", LATER)):
        expected = cr.evaluate(CARD, frame, "visited", portfolio="product")
        assert REPORT.samples[name].to_dict() == expected.to_dict()
        assert REPORT.characteristics[name] == characteristic_table(CARD, frame, "visited")
    baseline = Baseline.of(CARD, DEVELOPMENT)
    assert REPORT.stability == {"holdout": baseline.compare(HOLDOUT), "later": baseline.compare(LATER)}
    assert REPORT.scaled is not None
    assert REPORT.scaled.rounding == CARD.scaled_points(accounts=HOLDOUT).rounding


@pytest.mark.exhaustive
def test_months_and_clusters_are_those_of_evaluate() -> None:
    dates = pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 3, 31), eager=True)
    names = {"snapshot": dates.sample(400, with_replacement=True, seed=1), "debtor": pl.int_range(400) // 2}
    frames = [frame[:400].with_columns(**names) for frame in (DEVELOPMENT, HOLDOUT)]
    report = validation_report(CARD, *frames, by="snapshot", cluster="debtor")
    expected = cr.evaluate(CARD, frames[1], "visited", by="snapshot", cluster="debtor")
    assert report.samples["holdout"].to_dict() == expected.to_dict()
    table = characteristic_table(CARD, frames[1], "visited", cluster="debtor")
    assert report.characteristics["holdout"] == table
    assert limits(report)[-1] == "clusters"
    assert "By month\n=" in str(report)
    assert "2026-02" in str(report)
    assert "按月划分\n=" in report.explain("zh")


def test_every_section_is_there_in_both_languages() -> None:
    english, chinese = str(REPORT), REPORT.explain("zh")
    for title in ("Discrimination and calibration", "By product", "Channels", "The card", "Scaled points"):
        assert f"{title}\n=" in english
    for title in ("区分度与校准", "按product划分", "联系方式", "评分卡", "标准化分值", "信息值", "已知局限"):
        assert f"{title}\n=" in chinese
    auc = REPORT.samples["holdout"].pooled.auc
    assert f"{auc:.4f}" in english
    assert f"{auc:.4f}" in chinese
    assert "by chance alone" not in chinese


def test_the_page_is_complete_and_harmless(tmp_path: Path) -> None:
    path = tmp_path / "report.HTML"
    REPORT.save(path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>Validation of Rules 2026</title>" in text
    assert '<meta name="viewport"' in text
    assert harmless(REPORT.to_html())
    assert "Known limits" in seen(REPORT.to_html())
    for place in range(1, 12):
        assert f'href="#section-{place}"' in text
        assert f'<section id="section-{place}"><h2>' in text


def test_a_title_is_escaped(tmp_path: Path) -> None:
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, name="<script>x</script>", notes="A *note*.")
    report.save(tmp_path / "report.html", "zh")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<title>&lt;script&gt;x&lt;/script&gt;的验证报告</title>" in text
    assert "<script" not in text
    report.save(tmp_path / "report.md", "zh")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# \\<script\\>x\\</script\\>的验证报告\n")
    assert "## 已知局限" in text
    assert "- A \\*note\\*." in text


def test_the_report_is_plain_data() -> None:
    data = json.loads(json.dumps(REPORT.to_dict(), allow_nan=False))
    assert data["name"] == "Rules 2026"
    assert data["samples"]["holdout"]["pooled"]["accounts"] == 400
    assert data["characteristics"]["later"]["accounts"] == 300
    assert data["scaled"]["pdo"] == 20
    assert data["limits"][-1].startswith("Intervals assume")


def limits(report: Any) -> list[str]:
    return [each.kind for each in report.limits]


def test_limits_say_what_was_assumed_and_where_there_are_few_visits() -> None:
    assert limits(REPORT) == ["judged", *["few"] * 3, *["misfit"] * 3, "independent"]
    frame = HOLDOUT.drop("attitude").with_columns(
        failed_calls=pl.when(pl.col("failed_calls") > 0).then("failed_calls")
    )
    report = validation_report(CARD, DEVELOPMENT, frame, notes=["Only one bank."])
    assert limits(report)[1:3] == ["absent", "missing"]
    text = str(report)
    assert "- holdout: Not in the data, so that every account has the default: attitude = unknown." in text
    assert "failed_calls: " in text
    assert "No later accounts were passed" in text
    assert "- Only one bank.\n" in text
    assert text.startswith("Known limits\n=")


def test_limits_name_the_fields_with_values_that_the_card_does_not_list() -> None:
    team = cr.Levels(label="team", field="team", levels={"north": 0.5})
    first = DEVELOPMENT.with_columns(team=pl.lit("north"))
    other = HOLDOUT.with_columns(team=pl.Series(["N"] * 40 + ["north"] * 360))
    report = validation_report(CARD.with_characteristic(team), first, other)
    assert "- holdout: Values that the card does not list, which count as any other: team: 10%.\n" in str(
        report
    )
    assert limits(report).count("unlisted") == 1


def test_a_sample_with_enough_visits_has_no_limit_of_few() -> None:
    many = pl.concat([ALL, ALL])
    report = validation_report(CARD, many, HOLDOUT)
    assert [each.sample for each in report.limits if each.kind == "few"] == ["holdout"]


def test_what_changed_since_the_development_is_a_limit() -> None:
    late = HOLDOUT.filter(pl.col("days_past_due") > 20)
    report = validation_report(CARD, DEVELOPMENT, late)
    (limit,) = (each for each in report.limits if each.kind == "changed")
    assert (limit.sample, limit.facts[0]) == ("holdout", ", ".join(report.stability["holdout"].changed))
    assert "days_past_due" in limit.facts[0]
    assert report.to_dict()["stability"]["holdout"]["changes"]["days_past_due"]["changed"] is True


def test_with_clusters_nothing_is_compared_with_chance() -> None:
    """Each account is there four times, so that chance alone gives more than for independent accounts."""
    frames = [pl.concat([frame.with_row_index("row")] * 4) for frame in (DEVELOPMENT[:250], HOLDOUT[:250])]
    assert Baseline.of(CARD, frames[0]).compare(frames[1]).changed
    report = validation_report(CARD, *frames, cluster="row")
    stability = report.stability["holdout"]
    assert not stability.independent
    assert stability.changed == []
    assert {each.changed for each in stability.changes.values()} == {None}
    assert "changed" not in limits(report)
    assert limits(report)[-1] == "clusters"
    assert report.characteristics["holdout"]["delay"].iv_by_chance is None
    for text in (str(report), str(report.stability["holdout"]["days_past_due"])):
        assert "by chance alone;" not in text
        assert "95% limit" not in text
        assert "(p 0" not in text
    assert "there is no verdict" in str(stability)
    assert "没有结论" in stability.explain("zh")
    json.dumps(report.to_dict(), allow_nan=False)


def test_with_different_weights_there_is_no_stability() -> None:
    """Accounts without a visit are one in five, with a weight of 5."""
    kept = DEVELOPMENT.filter(pl.col("visited") | (pl.int_range(pl.len()) % 5 == 0))
    kept = kept.with_columns(w=pl.when("visited").then(1.0).otherwise(5.0))
    report = validation_report(CARD, kept, HOLDOUT.with_columns(w=1.0), sample_weight="w")
    assert report.stability == {}
    assert "weighted" in limits(report)
    assert "Stability since" not in str(report)
    same = validation_report(
        CARD, DEVELOPMENT.with_columns(w=1.0), HOLDOUT.with_columns(w=2.0), sample_weight="w"
    )
    assert same.stability == {"holdout": Baseline.of(CARD, DEVELOPMENT).compare(HOLDOUT)}
    assert "weighted" not in limits(same)


def test_bins_whose_points_do_not_fit_are_counted() -> None:
    shifted = CARD.with_base(1.0)
    table = characteristic_table(shifted, ALL, "visited")
    outside, filled = table.misfits()
    assert filled == sum(each.accounts > 0 for part in table.characteristics for each in part.bins)
    assert outside > filled / 3
    fits, _ = characteristic_table(CARD, ALL, "visited").misfits()
    assert fits < filled / 6


def test_a_fitted_card_has_no_limit_of_judgement() -> None:
    fitted = cr.LogisticScorer(characteristics=["days_past_due"]).fit(DEVELOPMENT, DEVELOPMENT["visited"])
    report = validation_report(fitted, DEVELOPMENT, HOLDOUT)
    assert "judged" not in limits(report)
    assert report.name == "LogisticScorer"


def test_rows_that_the_mapping_skips_are_a_limit() -> None:
    columns = cr.Mapping(skip={"borrower_id": [HOLDOUT["borrower_id"][0]]})
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, columns=columns)
    assert "skipped" in limits(report)
    assert report.samples["holdout"].skipped == 1


def test_a_scorer_without_a_card_has_no_card_and_no_bins() -> None:
    blend = cr.BlendScorer(parts={"a": CARD, "b": CARD.with_base(-2)})
    report = validation_report(blend, DEVELOPMENT, HOLDOUT)
    assert report.scaled is None
    assert report.sha256 is None
    assert "sha256" not in str(report)
    assert report.characteristics == {}
    assert "Scaled points" not in str(report)
    assert report.to_dict()["scaled"] is None


@pytest.mark.exhaustive
def test_later_accounts_may_have_no_labels_yet() -> None:
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, LATER.drop("visited"))
    assert list(report.samples) == ["development", "holdout"]
    assert "not_later" not in limits(report)


@pytest.mark.exhaustive
def test_the_scale_the_confidence_and_the_ladder_can_be_chosen() -> None:
    ladder = cr.Ladder([(0, "sms"), (0.5, "agency")])
    report = validation_report(
        CARD, DEVELOPMENT, HOLDOUT, ladder=ladder, confidence=0.9, bins=4, pdo=40, score=500, odds=20
    )
    assert report.scaled is not None
    assert (report.scaled.pdo, report.scaled.score, report.scaled.odds) == (40, 500, 20)
    assert len(report.samples["holdout"].pooled.channels) == 2
    assert len(report.samples["holdout"].pooled.bins) == 4
    assert report.characteristics["holdout"].confidence == 0.9
    assert "All intervals are 90% intervals." in str(report)


def test_a_sample_without_visits_has_no_information_value() -> None:
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT.with_columns(visited=False))
    start = str(report).index("information value of each characteristic")
    row = next(line for line in str(report)[start:].splitlines() if line.startswith("delay  "))
    assert row.split()[-1] == "-"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scorer": "card"}, "scorer must be a Scorer, not a str"),
        ({"scorer": cr.LogisticScorer()}, "scorer must be fitted"),
        ({"notes": [1]}, "notes must be texts, not a list"),
        ({"notes": 1}, "notes must be texts, not an int"),
        ({"visited": "label"}, "label"),
        ({"development": None}, "development must be an eager frame: a NoneType is not a data frame"),
        ({"holdout": HOLDOUT.lazy()}, "holdout must be an eager frame: .*lazy"),
        ({"later": {"visited": np.ones(3)}}, "later must be an eager frame: a dict is not"),
        ({"visited": 1}, "visited must be the name of a column, not 1"),
        ({"portfolio": [1]}, r"portfolio must be the name of a column, not \[1\]"),
        ({"sample_weight": 1.0}, "sample_weight must be the name of a column, not 1.0"),
        ({"name": 1}, "name must be a text, not 1"),
        ({"files": "a.csv"}, "files must be a mapping from samples to names of files"),
        ({"files": {"holdout": 1}}, "files must be a mapping from samples to names of files"),
        ({"files": {"test": "a.csv"}}, "files must be one of development, holdout, later, not 'test'"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"scorer": CARD, "development": DEVELOPMENT, "holdout": HOLDOUT, **arguments}
    with pytest.raises(ArgumentError, match=message):
        validation_report(**given)


def test_an_error_says_which_sample_it_is_about() -> None:
    with pytest.raises(InvalidRowsError) as caught:
        validation_report(CARD, DEVELOPMENT, HOLDOUT, LATER.with_columns(days_past_due=-1))
    assert str(caught.value).startswith("later: some rows contain invalid values")
    missing = HOLDOUT.with_columns(visited=pl.when(pl.int_range(pl.len()) != 3).then("visited"))
    with pytest.raises(ArgumentError, match=r"^holdout: visited must be known .* \(rows from 0: 3\)"):
        validation_report(CARD, DEVELOPMENT, missing)
    with pytest.raises(
        MissingColumnError, match=r"development: the column 'days_past_due' is missing"
    ) as lost:
        validation_report(CARD, DEVELOPMENT.drop("days_past_due"), HOLDOUT)
    assert lost.value.message(for_shell=True).startswith("development: the column")
    copied = pickle.loads(pickle.dumps(lost.value))  # noqa: S301  # made here
    assert str(copied) == str(lost.value)


@pytest.mark.parametrize("arguments", [{"confidence": 95}, {"pdo": 0}, {"period": "months"}, {"bins": 0}])
def test_an_error_in_a_setting_is_not_about_a_sample(arguments: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=rf"^{next(iter(arguments))} must be"):
        validation_report(CARD, DEVELOPMENT, HOLDOUT, by="product", **arguments)


def overlaps(report: Any) -> list[tuple[str, tuple[Any, ...]]]:
    return [(each.sample, each.facts) for each in report.limits if each.kind == "overlap"]


def test_debtors_that_are_in_two_samples_are_a_limit() -> None:
    assert overlaps(REPORT) == []
    later = pl.concat([LATER, DEVELOPMENT[:7], DEVELOPMENT[:7]])
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, later)
    assert overlaps(report) == [("later", ("7", "307", "borrower_id"))]
    assert "- later: 7 of 307 debtors are in the development sample too (same borrower_id)." in str(report)
    skipped = cr.Mapping(skip={"borrower_id": DEVELOPMENT["borrower_id"][:5].to_list()})
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, later, columns=skipped)
    assert overlaps(report) == [("later", ("2", "302", "borrower_id"))]
    first, second = (
        frame.drop("borrower_id").with_columns(debtor=pl.int_range(start, start + len(frame)))
        for frame, start in ((DEVELOPMENT, 0), (HOLDOUT, 790))
    )
    report = validation_report(CARD, first, second, cluster="debtor")
    assert overlaps(report) == [("holdout", ("10", "400", "debtor"))]
    assert overlaps(validation_report(CARD, first, second)) == []


def test_later_accounts_whose_labels_are_all_missing_have_none() -> None:
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, LATER.with_columns(visited=None))
    assert list(report.samples) == ["development", "holdout"]
    assert "later" in report.stability
    assert "no_labels" in limits(report)
    assert "- later: There are no labels" in str(report)
    assert "no_labels" not in limits(REPORT)


def test_a_report_says_what_it_was_made_of(tmp_path: Path) -> None:
    cr.save(CARD, tmp_path / "card.json")
    written = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))["sha256"]
    report = validation_report(CARD, DEVELOPMENT, HOLDOUT, files={"holdout": "b.csv"})
    assert report.sha256 == written
    end = ["", f"- collectrisk {cr.__version__}", f"- Card with the sha256 {written}"]
    end += ["- development: 800 rows", "- holdout: 400 rows, from b.csv"]
    assert str(report).rstrip().splitlines()[-len(end) :][1:] == end[1:]
    assert "留出样本：400行，文件：b.csv" in report.explain("zh")
    data = report.to_dict()
    assert (data["sha256"], data["version"]) == (written, cr.__version__)
    assert (data["rows"], data["files"]) == ({"development": 800, "holdout": 400}, {"holdout": "b.csv"})


def test_a_card_with_a_curve_of_a_class_of_its_own_has_no_hash() -> None:
    class Mine(cr.PiecewiseLinear):
        """Has no JSON form."""

    curve = Mine(label="delay", field="days_past_due", knots=[(0, -1), (90, 1)])
    report = validation_report(cr.Scorecard(base=-1, characteristics=[curve]), DEVELOPMENT, HOLDOUT)
    assert report.sha256 is None
    assert "sha256" not in str(report)


@pytest.mark.parametrize("path", ["report.pdf", 1])
def test_a_report_is_html_or_markdown(path: Any) -> None:
    with pytest.raises(ArgumentError, match=r"ends in \.html or \.md, not"):
        REPORT.save(path)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        REPORT.save(tmp_path / "nowhere" / "report.md")


def test_the_repr_is_short() -> None:
    assert len(repr(REPORT)) < 200
