"""A card is the same after conversion to plain data and back; errors name the place in the file."""

from __future__ import annotations

import json
import math
from typing import Any

import attrs
import pytest
from cards import GOLDEN, HAND_MADE, WITH_MISSING, changed, document, hashed, scorecards
from hypothesis import given

import collectrisk as cr
from collectrisk import _plain
from collectrisk._files import card_format
from collectrisk._files.card_data import data_from_card
from collectrisk._files.card_format import card_from_data, card_from_file, file_from_card
from collectrisk.errors import ArgumentError, InvalidCardError

HEAD = ["format", "format_version", "package_version", "sha256", "scorecard"]


def refusal(data: Any) -> str:
    with pytest.raises(InvalidCardError) as caught:
        card_from_file(hashed(data))
    return str(caught.value)


@given(scorecards())
def test_any_card_is_unchanged_by_json(card: cr.Scorecard) -> None:
    back = card_from_file(json.loads(json.dumps(file_from_card(card))))
    assert back == card
    # The numbers of a mapping may be integers or floats; they mean the same.
    assert repr(back.with_columns(None)) == repr(card.with_columns(None))


@given(scorecards())
def test_the_hash_does_not_depend_on_layout_or_on_the_order_of_keys(card: cr.Scorecard) -> None:
    text = json.dumps(file_from_card(card), sort_keys=True, indent=7)
    assert card_from_file(json.loads(text, parse_int=float)).base == card.base


def test_the_spreads_of_slopes_follow_that_of_the_base() -> None:
    card = attrs.evolve(GOLDEN, slope_spreads=[cr.SlopeSpread(label="amount", spread=0.2, centre=-0.3)])
    found = file_from_card(card)
    assert list(found["scorecard"])[:3] == ["base", "base_spread", "slope_spreads"]
    assert found["scorecard"]["slope_spreads"] == [{"label": "amount", "spread": 0.2, "centre": -0.3}]
    assert card_from_file(found) == card


def test_a_spread_of_a_characteristic_that_a_file_does_not_have_is_left_out() -> None:
    """The first files kept the spread of a characteristic that was removed."""
    data = file_from_card(GOLDEN)["scorecard"]
    assert card_from_data({**data, "slope_spreads": [{"label": "x", "spread": 0.2, "centre": 0.0}]}) == GOLDEN


def of_portfolios(source: str = "fitted", **changes: Any) -> cr.Scorecard:
    """Return a card like that of a fit with portfolios."""
    axes: dict[str, Any] = {"x": cr.NumberAxis("days_past_due", [0, 90]), "grid": [[0], [1]]}
    curves: list[Any] = [
        cr.PiecewiseLinear(label="x", field="days_past_due", knots=[(0, 0), (90, 1)]),
        cr.Levels(label="portfolio", field="state", levels={"a": 1.0}),
        cr.Surface(label="x by portfolio", y=cr.LevelAxis("state", ["a"]), **axes),
        cr.Surface(label="x and portfolio", y=cr.LevelAxis("state", ["a"]), **axes),
        cr.Surface(label="x and region", y=cr.LevelAxis("region", ["a"]), **axes),
    ]
    return cr.Scorecard(
        base=-1.0,
        characteristics=[attrs.evolve(each, source=source) for each in curves],
        slope_spreads=[cr.SlopeSpread("x", 0.3, 0.1)],
        **{"base_spread": 0.5, **changes},
    )


USUAL = ("portfolio", "x by portfolio", "x and portfolio")


def test_a_file_without_the_labels_of_portfolios_has_those_of_a_fit() -> None:
    card = of_portfolios(portfolio_labels=USUAL)
    data = file_from_card(card)["scorecard"]
    assert "portfolio_labels" not in data
    assert card_from_data(data) == card


@pytest.mark.parametrize(
    ("card", "written"),
    [
        (of_portfolios(), []),
        (of_portfolios(portfolio_labels=["portfolio"]), ["portfolio"]),
        (of_portfolios("house", portfolio_labels=USUAL), list(USUAL)),
        (of_portfolios(portfolio_labels=USUAL, base_spread=0.0), list(USUAL)),
        (of_portfolios("house"), None),
        (of_portfolios(base_spread=0.0), None),
    ],
)
def test_other_labels_of_portfolios_are_in_the_file(card: cr.Scorecard, written: list[str] | None) -> None:
    data = file_from_card(card)["scorecard"]
    assert data.get("portfolio_labels") == written
    assert card_from_data(data) == card


def test_the_order_of_keys_is_fixed() -> None:
    found = file_from_card(GOLDEN)
    assert list(found) == HEAD
    assert list(found["scorecard"]) == ["base", "base_spread", "characteristics", "ladder"]
    assert [list(part) for part in found["scorecard"]["characteristics"]] == [
        ["kind", "label", "source", "field", "knots", "scale"],
        ["kind", "label", "source", "field", "knots", "scale"],
        ["kind", "label", "source", "field", "bands"],
        ["kind", "label", "source", "field", "levels", "otherwise"],
        ["kind", "label", "source", "field", "if_true"],
        ["kind", "label", "source", "conditions", "if_shut"],
        ["kind", "label", "source", "field", "if_missing", "knots", "scale"],
    ]


def test_every_attribute_of_every_curve_can_be_read() -> None:
    names = {attribute.name for kind in _plain.CURVES.values() for attribute in attrs.fields(kind)}
    assert names == set(_plain.READERS)


def test_a_custom_curve_has_no_json_form() -> None:
    class Mine(cr.Flag):
        """A flag that does something else."""

    card = cr.Scorecard(base=0, characteristics=[Mine(label="x", field="x", if_true=1)])
    with pytest.raises(ArgumentError, match="has a Mine, which has no JSON form \\(only PiecewiseLinear"):
        data_from_card(card)


def test_a_card_that_would_change_is_refused() -> None:
    class Mine(cr.Scorecard):
        """A card that does something else."""

    with pytest.raises(ArgumentError, match="is a Mine that would change when it is read back"):
        file_from_card(Mine(base=0, characteristics=[]))


def test_a_level_that_is_not_valid_text_is_refused() -> None:
    levels = cr.Levels(label="group", field="x", levels={"\ud800": 1})
    card = cr.Scorecard(base=0, characteristics=[levels])
    with pytest.raises(InvalidCardError) as caught:
        file_from_card(card)
    why = "must be valid text, and contains half a surrogate pair"
    assert str(caught.value) == f"characteristics[0].levels: {why}"


@pytest.mark.parametrize("key", HEAD)
def test_every_key_of_a_file_is_required(key: str) -> None:
    head = document()
    del head[key]
    with pytest.raises(InvalidCardError, match="file: must have exactly format, format_version, package"):
        card_from_file(head)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("more", 1, "file: must have exactly"),
        ("format", "scorecard", "format: must be 'collectrisk scorecard'"),
        ("format", ["x"], "format: must be 'collectrisk scorecard'"),
        ("format_version", 3.0, "format_version: 3 is unknown to .*; collectrisk .* wrote the file, so use"),
        ("format_version", 0, "format_version: 0 is unknown"),
        ("format_version", 1.5, "format_version: 1.5 is unknown"),
        ("format_version", "1", "format_version: must be a number, not a str"),
        ("format_version", True, "format_version: must be a number, not a bool"),
        ("format_version", [1], "format_version: must be a number, not a list"),
        ("format_version", None, "format_version: must be a number, not a NoneType"),
        ("package_version", 1, "package_version: must be text, not an int"),
        ("sha256", "0" * 64, "sha256: the card was changed after it was written; change it in Python"),
        ("sha256", None, "sha256: the card was changed"),
        ("scorecard", {}, "sha256: the card was changed"),
    ],
)
def test_the_values_of_a_file_are_checked(key: str, value: Any, why: str) -> None:
    with pytest.raises(InvalidCardError, match=why):
        card_from_file({**document(), key: value})


@pytest.mark.parametrize("data", [[], 5.0, "card", None])
def test_a_file_must_be_an_object(data: Any) -> None:
    with pytest.raises(InvalidCardError, match=f"file: must have .*, not a {type(data).__name__}$"):
        card_from_file(data)


@pytest.mark.parametrize("number", range(len(HAND_MADE.characteristics)))
@pytest.mark.parametrize("points", [0.123, -1e300])
def test_any_changed_number_changes_the_hash(number: int, points: float) -> None:
    """The points of each kind of curve in turn."""
    file = document(HAND_MADE)
    part = file["scorecard"]["characteristics"][number]
    part[next(key for key in ("knots", "bands", "levels", "if_true", "if_shut") if key in part)] = points
    with pytest.raises(InvalidCardError, match="sha256"):
        card_from_file(file)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (["base"], "0", "base: must be a number, not a str"),
        (["base"], True, "base: must be a number, not a bool"),
        (["base"], None, "base: must be a number, not a NoneType"),
        (["base"], 1e4, "base: must be a number from -1,000 to 1,000, not 10000.0"),
        (["characteristics", 3, "levels"], {"hostil": 1}, "态度: levels must be among cooperative, unknown,"),
        (
            ["characteristics", 4, "field"],
            "attitude",
            "plan: must read a flag field, and 'attitude' of Borrower",
        ),
        (
            ["characteristics", 5, "conditions", 0, "least"],
            1.7e308,
            "characteristics[5].conditions: least must be a number from -1e+300 to 1e+300, not 1.7e+308",
        ),
        (["base_spread"], "1", "base_spread: must be a number, not a str"),
        (["base_spread"], -1, "base_spread: must be a number from 0 to 1,000, not -1.0"),
        (["slope_spreads"], {}, "slope_spreads: must be a list, not a dict"),
        (["slope_spreads"], ["1"], "slope_spreads[0]: must have exactly centre, label, spread, not a str"),
        (
            ["slope_spreads"],
            [{"label": "delay", "spread": -1, "centre": 0}],
            "delay: spread must be a number from 0 to 1,000, not -1.0",
        ),
        (["portfolio_labels"], "delay", "portfolio_labels: must be a list, not a str"),
        (["portfolio_labels"], [1.0], "portfolio_labels[0]: must be text, not a float"),
        (["portfolio_labels"], ["x"], "portfolio_labels: no characteristic has the label 'x'"),
        (["characteristics"], {}, "characteristics: must be a list, not a dict"),
        (["characteristics", 0], 7.0, "characteristics[0]: needs a kind, one of piecewise_linear, bands, "),
        (["characteristics", 0], {}, "characteristics[0]: needs a kind, one of "),
        (["characteristics", 0, "kind"], "spline", "characteristics[0]: needs a kind, one of "),
        (["characteristics", 0, "kind"], ["flag"], "characteristics[0]: needs a kind, one of "),
        (
            ["characteristics", 0, "kind"],
            "flag",
            "characteristics[0]: must have exactly field, if_true, kind, ",
        ),
        (["characteristics", 0, "more"], 1, "characteristics[0]: must have exactly field, kind, knots, "),
        (["characteristics", 0, "label"], None, "characteristics[0].label: must be text, not a NoneType"),
        (["characteristics", 0, "label"], "delay", "delay: the labels of a scorecard must be unique"),
        (["characteristics", 0, "field"], ["x"], "characteristics[0].field: must be text, not a list"),
        (
            ["characteristics", 0, "field"],
            "\udfff",
            "characteristics[0].field: must be valid text, and contains half",
        ),
        (
            ["characteristics", 0, "if_missing"],
            None,
            "characteristics[0].if_missing: must be a number, not a ",
        ),
        (["characteristics", 0, "scale"], "cubic", "amount: scale must be 'linear' or 'log', not 'cubic'"),
        (["characteristics", 0, "knots"], [], "amount: knots must be one or more pairs of a value and its"),
        (["characteristics", 0, "knots"], [[1]], "characteristics[0].knots: must be a list of pairs"),
        (["characteristics", 0, "knots"], ["ab"], "characteristics[0].knots: must be a list of pairs"),
        (["characteristics", 0, "knots"], {}, "characteristics[0].knots: must be a list, not a dict"),
        (["characteristics", 0, "knots"], [[0, 1]], "amount: knots on a log scale must be above 0"),
        (
            ["characteristics", 0, "knots"],
            [[2, 1], [1, 2]],
            "amount: knots must have increasing values, and 1 follows 2",
        ),
        (
            ["characteristics", 0, "knots"],
            [[1, 1], [1, 2]],
            "amount: knots must have increasing values, and 1 follows 1",
        ),
        (
            ["characteristics", 0, "knots"],
            [[1, "2"]],
            "characteristics[0].knots: must be a number, not a str",
        ),
        (
            ["characteristics", 2, "bands"],
            [[2, 1], [1, 2]],
            "promises: bands must have increasing values, and 1 follows 2",
        ),
        (["characteristics", 3, "levels"], [], "characteristics[3].levels: must be an object of points by"),
        (
            ["characteristics", 3, "levels"],
            {"a": "b"},
            "characteristics[3].levels.a: must be a number, not a ",
        ),
        (
            ["characteristics", 3, "levels"],
            {"\ud83d": 0},
            "characteristics[3].levels: must be valid text, and",
        ),
        (["characteristics", 4, "if_true"], [], "characteristics[4].if_true: must be a number, not a list"),
        (
            ["characteristics", 5, "conditions"],
            [],
            "tried enough: conditions must be AtLeast conditions, 1 or ",
        ),
        (
            ["characteristics", 5, "conditions"],
            [3],
            "characteristics[5].conditions: must have exactly fields, ",
        ),
        (
            ["characteristics", 5, "conditions", 0, "fields"],
            [],
            "characteristics[5].conditions: fields must be the names of fields, 1 or more",
        ),
        (
            ["characteristics", 5, "conditions", 0, "fields"],
            "ab",
            "characteristics[5].conditions: must be a ",
        ),
        (
            ["characteristics", 5, "conditions", 0, "least"],
            "5",
            "characteristics[5].conditions: must be a num",
        ),
        (["ladder"], [], "ladder: the first rung must start at probability 0"),
        (["ladder"], [[0, "sms"], [2, "agency"]], "ladder: least must be a number from 0 to 1, not 2.0"),
        (["ladder"], [[0, "agency"], [0.5, "sms"]], "ladder: each rung must start higher and be heavier"),
        (["ladder"], [[0, "telegraph"]], "ladder: a channel must be one of sms, email, "),
        (["ladder"], [["0", "sms"]], "ladder: must be a number, not a str"),
        (["ladder"], [[0, 5]], "ladder: must be text, not a float"),
        (["ladder"], "sms", "ladder: must be a list, not a str"),
    ],
)
def test_an_error_names_the_place(path: list[Any], value: Any, why: str) -> None:
    assert refusal(changed(*path, to=value))[: len(why)] == why


@pytest.mark.parametrize("data", [5.0, [], "card", None, {}, {"base": 0}])
def test_every_part_of_a_scorecard_is_required(data: Any) -> None:
    assert refusal(data).startswith("scorecard: must have exactly base, characteristics, ladder, not ")


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(
        InvalidCardError, match="plan: if_true must be a number from -1,000 to 1,000, not inf"
    ):
        card_from_data(changed("characteristics", 4, "if_true", to=math.inf))


def test_points_for_a_missing_value_are_optional() -> None:
    data = data_from_card(WITH_MISSING)
    del data["characteristics"][0]["if_missing"]
    first = card_from_data(data).characteristics[0]
    assert isinstance(first, cr.PiecewiseLinear)
    assert first.if_missing is None


def test_an_older_file_is_migrated_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 3 renames the key of the base, version 4 halves it; the hash is that of the old data."""

    def renamed(data: Any) -> Any:
        return {"origin": data["base"], **{key: data[key] for key in data if key != "base"}}

    def halved(data: Any) -> Any:
        return {"base": data.pop("origin") / 2, **data}

    old = document()
    monkeypatch.setattr(card_format, "FORMAT_VERSION", 4)
    monkeypatch.setattr(card_format, "MIGRATIONS", {2: renamed, 3: halved})
    assert card_from_file(old) == HAND_MADE.with_base(HAND_MADE.base / 2)
    assert file_from_card(HAND_MADE)["format_version"] == 4
    with pytest.raises(InvalidCardError, match="format_version: 5 is unknown"):
        card_from_file({**old, "format_version": 5.0})
