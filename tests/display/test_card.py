"""The text and HTML of a scorecard: base, range, characteristics with their points, and ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import polars as pl
import pytest
import sklearn
from cards import EDITED, HAND_MADE, RULES, SURFACES, WITH_MISSING, fitted, scorecards
from html_reading import HOSTILE, elements, harmless, seen, tags
from hypothesis import given
from labelled import labels, table

import collectrisk as cr
from collectrisk._display.words import LANGUAGES
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._typing import Language


def small(card: cr.Scorecard) -> cr.Scorecard:
    """Return a card whose points can be added without overflow."""
    return attrs.evolve(
        card, base=card.base / 1e10, characteristics=[part.scaled(1e-10) for part in card.characteristics]
    )


@given(scorecards())
def test_any_scorecard_can_be_shown(card: cr.Scorecard) -> None:
    card = small(card)
    for language in LANGUAGES:
        html = card.to_html(language)  # type: ignore[arg-type]  # a key of LANGUAGES
        assert harmless(html)
        assert "nan" not in str([attributes for _, attributes in elements(html)])
    assert str(card).startswith("Scorecard: a base of ")


def test_every_label_field_source_and_range_is_shown() -> None:
    for scorer in (RULES, EDITED, HAND_MADE, WITH_MISSING, fitted("product")):
        html, text = seen(scorer.to_html()), str(scorer)
        for part in scorer.card.characteristics:
            low, high = part.range
            assert part.label in html
            assert f"{', '.join(part.fields)}, " in html
            assert {*part.label.split(), *part.fields} <= {word.strip(",") for word in text.split()}
            assert part.source in html
            assert f"{low:+z.2f} to {high:+z.2f}" in html


def test_the_summary_has_base_and_range() -> None:
    html = seen(cr.RuleScorer().to_html())
    assert html.startswith(
        "RuleScorer: a base of -4.00 and 9 characteristics, whose points add up to the log-odds of a visit. "
        "These range from -18.48 to +2.80, a visit probability of below 0.01% to 94.27%."
    )
    assert "field visitfrom 50%" in html


def test_every_kind_of_characteristic_shows_its_values() -> None:
    html = seen(HAND_MADE.to_html()) + seen(WITH_MISSING.to_html())
    for text in (
        "0.1: -1.00; 10,000: +0.33; 3,000,000,000: +2.00",
        "from 0: +0.00; from 1: +0.10; from 4: +0.20",
        "hostile: +0.00; evasive: +0.30; any other: +0.00",
        "yes: -2.20",
        "until failed messages plus failed calls reaches 5 and the overdue amount reaches 0.3: -4.70",
        "0: +0.00; 10: +1.00; missing: +0.25",
    ):
        assert text in html


def test_a_surface_shows_pairs_of_values_and_a_flag_on_it_as_a_flag() -> None:
    text = str(SURFACES)
    for value in ("0.1 × 30: +0.10;", "hostile × yes: -0.50;", "hostile × no: +1.00;", "any other: +0.12"):
        assert value in text
    assert "hostile × 是: -0.50; hostile × 否: +1.00;" in seen(SURFACES.to_html("zh"))
    values = SURFACES.to_frame()["value"].tolist()
    assert values[13:18] == ["hostile × yes", "hostile × no", "evasive × yes", "evasive × no", "any other"]
    assert values[-2:] == ["any other", "missing"]


def test_a_value_written_from_right_to_left_does_not_affect_its_points() -> None:
    levels = cr.Levels(label="town", field="town", levels={"שלום": 1})
    assert "<bdi>שלום</bdi>: +1.00; " in cr.Scorecard(base=0, characteristics=[levels]).to_html()


def test_everything_is_in_chinese_on_request() -> None:
    html = seen(HAND_MADE.to_html("zh"))
    assert html.startswith("Scorecard：基准值-1.50，另有6个特征")
    assert "无结果的信息数加无结果的电话数达到5且逾期金额达到0.3之前: -4.70" in html


def test_the_text_form_is_a_table() -> None:
    lines = str(HAND_MADE.without("amount").without("tried enough")).splitlines()
    assert lines[1:] == [
        "-" * 78,
        "characteristic  reads            source        points",
        "-" * 78,
        "delay           days_past_due    article A4.2  -3: -0.10; 90: +0.70",
        "promises        broken_promises  house         from 0: +0.00; from 1: +0.10;",
        "                                               from 4: +0.20",
        "态度            attitude         house         hostile: +0.00; evasive: +0.30;",
        "                                               any other: +0.00",
        "plan            repayment_plan   house         yes: -2.20",
        "",
        "The ladder, by visit probability: e-mail from 0%, letter from 10%, "
        "outside agency, working remotely from 33.3333%",
    ]


def test_many_values_are_collapsed() -> None:
    rng = np.random.default_rng(0)
    towns = [f"town {i}" for i in rng.integers(0, 400, 3_000)]
    frame = pl.DataFrame({"size": rng.lognormal(8, 1, 3_000), "town": towns})
    scorer = cr.LogisticScorer().fit(frame, rng.random(3_000) < 0.3)
    html = scorer.to_html()
    assert [tag for tag, _ in elements(html)].count("details") == 2
    assert "town 399: " in seen(html)
    assert max(map(len, str(scorer).splitlines())) < 300


def test_a_characteristic_of_another_class_shows_its_range() -> None:
    @attrs.frozen(kw_only=True)
    class Days(cr.Characteristic):
        fields = ("days_past_due",)
        range = (0.0, 1.0)

    card = cr.Scorecard(base=0, characteristics=[Days(label="days")])
    assert "+0.00 to +1.00" in seen(card.to_html())
    assert str(card).splitlines()[4].endswith("+0.00 to +1.00")


def test_a_card_without_characteristics_is_a_base() -> None:
    assert "a base of +1.00 and 0 characteristics" in seen(cr.Scorecard(base=1, characteristics=[]).to_html())


def noted(text: str) -> cr.Scorecard:
    """Return a card with a text in every place that accepts one."""
    return cr.Scorecard(
        base=0,
        characteristics=[
            cr.PiecewiseLinear(label=text, field=text, knots=[(0, 1)], source=text),
            cr.Levels(label=f"{text}2", field=text, levels={text: 1, f"{text}2": 2}, source=text),
            cr.Levels(label=f"{text}3", field=text, levels={f"{text}{n}": 1 for n in range(9)}),
            cr.Gate(label=f"{text}4", conditions=[cr.AtLeast(text, 1)], if_shut=1, source=text),
            cr.Flag(label=f"{text}5", field=text, if_true=1, source=text),
        ],
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_cannot_escape_in_the_html(text: str, language: Language) -> None:
    html = noted(text).to_html(language)
    assert elements(html) == elements(noted("a note").to_html(language))
    assert harmless(html)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        RULES.to_html("fr")  # type: ignore[arg-type]


# A fitted scorer is a scikit-learn estimator too


def shown(scorer: Any) -> dict[str, str]:
    """Return what a notebook shows: the MIME bundle, and HTML if the bundle has none."""
    bundle: dict[str, str] = scorer._repr_mimebundle_(include=None, exclude=None)
    html = getattr(scorer, "_repr_html_", None)
    return {**({"text/html": html()} if html else {}), **bundle}


def test_a_notebook_shows_the_html_of_a_scorecard() -> None:
    for scorer in (RULES, HAND_MADE):
        assert scorer._repr_html_() == scorer.to_html()


@pytest.mark.parametrize("display", ["diagram", "text"])
def test_a_fitted_scorer_is_shown_as_its_card(display: str) -> None:
    scorer = fitted("product")
    with sklearn.config_context(display=display):
        assert shown(scorer) == {"text/plain": repr(scorer), "text/html": scorer.to_html()}
        assert scorer._repr_html_() == scorer.to_html()
    assert seen(scorer.to_html()).startswith("LogisticScorer: a base of ")
    assert str(scorer).startswith("LogisticScorer: a base of ")
    assert repr(scorer).startswith("LogisticScorer(")


def test_an_unfitted_scorer_is_shown_by_scikit_learn() -> None:
    scorer = cr.LogisticScorer(knots=8)
    assert str(scorer) == repr(scorer) == "LogisticScorer(knots=8)"
    assert "sk-estimator" in shown(scorer)["text/html"]
    with sklearn.config_context(display="text"):
        assert shown(scorer) == {"text/plain": "LogisticScorer(knots=8)"}


def test_a_fit_changes_what_is_shown() -> None:
    scorer = cr.LogisticScorer()
    before = shown(scorer)["text/html"]
    assert shown(scorer.fit(table(), labels()))["text/html"] == scorer.to_html() != before
    assert "table" in tags(scorer.to_html())
