"""The JSON Schema in the package agrees with the reader, as far as a schema can."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from cards import HAND_MADE, MAPPED, SCORERS, document, scorecards
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import collectrisk as cr
from collectrisk._files.card_data import digest
from collectrisk._files.card_format import FORMAT_VERSION, MIGRATIONS, card_from_file
from collectrisk._plain import CURVES
from collectrisk.errors import InvalidCardError
from collectrisk.mapping import FieldMapping
from collectrisk.mapping._numbers import DECIMALS, THOUSANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: dict[str, Any] = json.loads(
    resources.files("collectrisk").joinpath("_files", "card.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)
DEFINITIONS = SCHEMA["$defs"]
ODD: list[Any] = [None, True, -1, 0.5, "", "odd", [], [1], [[1]], [[1, 2, 3]], {}, {"odd": 1}, {"odd": "odd"}]


def is_card(file: Any) -> bool:
    """Return whether the reader accepts a file."""
    try:
        card_from_file(file)
    except InvalidCardError:
        return False
    return True


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object or list in a file, with each of its keys or positions."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def hashed(file: dict[str, Any]) -> dict[str, Any]:
    """Return the file with the correct hash."""
    return {**file, "sha256": digest(file["scorecard"])} if {"sha256", "scorecard"} <= set(file) else file


def changed_once(file: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the file with each value removed, with a key added, and with each value replaced."""
    for number, (_, key) in enumerate(places(file)):
        for odd in (*ODD, places):
            other = copy.deepcopy(file)
            owner, _ = list(places(other))[number]
            if odd is places:
                del owner[key]
            else:
                owner[key] = odd
            yield hashed(other)
        if isinstance(key, str):
            other = copy.deepcopy(file)
            owner, _ = list(places(other))[number]
            owner["more"] = 1
            yield hashed(other)


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert VALIDATOR.is_valid(document())


@pytest.mark.parametrize("kind", SCORERS)
def test_every_kind_of_card_validates(kind: str, tmp_path: Any) -> None:
    cr.save(SCORERS[kind](), tmp_path / "card.json")
    VALIDATOR.validate(json.loads((tmp_path / "card.json").read_text(encoding="utf-8")))


@settings(max_examples=50)
@given(scorecards())
def test_any_card_validates(card: cr.Scorecard) -> None:
    VALIDATOR.validate(document(card))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of the schema that describes an object."""
    if isinstance(schema, dict):
        if "type" in schema and schema["type"] == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)


def test_every_property_is_described() -> None:
    described = [each for part in objects(SCHEMA) for each in part.get("properties", {}).values()]
    assert len(described) > 30
    assert [each for each in (*described, *DEFINITIONS.values()) if not each.get("description")] == []


def test_every_attribute_is_in_the_schema_and_nothing_else() -> None:
    for kind, curve in CURVES.items():
        attributes = attrs.fields(curve)
        optional = {attribute.name for attribute in attributes if attribute.default is None}
        found = DEFINITIONS[kind]
        assert set(found["properties"]) == {"kind", *(attribute.name for attribute in attributes)}
        assert set(found["properties"]) - set(found["required"]) == optional
    assert set(DEFINITIONS["scorecard"]["properties"]) == {each.name for each in attrs.fields(cr.Scorecard)}
    file_keys = {"encoding", "delimiter", "skip_lines", "sheet"}
    keys = {each.name for each in attrs.fields(cr.Mapping)}
    assert set(DEFINITIONS["mapping"]["properties"]) == keys - file_keys
    rules = {each.name for each in attrs.fields(FieldMapping)}
    assert set(DEFINITIONS["field_mapping"]["properties"]) == {"column", *rules}
    assert DEFINITIONS["decimal"]["enum"] == list(DECIMALS)
    assert DEFINITIONS["thousands"]["enum"] == list(THOUSANDS)
    number_axis, level_axis = (set(DEFINITIONS[axis]["properties"]) for axis in ("number_axis", "level_axis"))
    assert number_axis == {each.name for each in attrs.fields(cr.NumberAxis)}
    assert level_axis == {each.name for each in attrs.fields(cr.LevelAxis)}
    assert set(DEFINITIONS["slope_spread"]["properties"]) == {
        each.name for each in attrs.fields(cr.SlopeSpread)
    }
    assert set(DEFINITIONS["condition"]["properties"]) == {each.name for each in attrs.fields(cr.AtLeast)}


def test_kinds_channels_and_version_agree_with_the_code() -> None:
    assert [each["$ref"] for each in DEFINITIONS["characteristic"]["oneOf"]] == [
        f"#/$defs/{kind}" for kind in CURVES
    ]
    assert DEFINITIONS["channel"]["enum"] == [channel.value for channel in cr.Channel]
    assert SCHEMA["properties"]["format_version"]["enum"] == [*MIGRATIONS, FORMAT_VERSION]


SHORT = cr.Scorecard(
    base=0.5,
    base_spread=0.1,
    slope_spreads=[cr.SlopeSpread(label="delay", spread=0.2, centre=-0.3)],
    portfolio_labels=["region"],
    characteristics=[
        cr.PiecewiseLinear(label="amount", field="amount_overdue", knots=[(1, 2)], scale="log", if_missing=1),
        cr.Bands(label="delay", field="days_past_due", bands=[(0, 1)]),
        cr.Levels(label="region", field="region", levels={"north": 1.0}),
        *HAND_MADE.characteristics[4:],
        cr.Surface(
            label="both",
            x=cr.NumberAxis("limit", [1], scale="log"),
            y=cr.LevelAxis("branch", ["north"]),
            grid=[[1]],
            if_missing=1,
        ),
    ],
    ladder=cr.Ladder([(0, "sms"), (0.5, "agency")]),
)
"""Every kind of curve; only the ladder has an order that a schema cannot check."""


MAPPING = cr.Scorecard(base=0.5, characteristics=[], ladder=SHORT.ladder, columns=MAPPED.columns)


def names_another_characteristic(file: Any) -> bool:
    """Return whether portfolio_labels has a text that no characteristic has as its label."""
    try:
        card = file["scorecard"]
        labels = [each["label"] for each in card["characteristics"]]
        return any(isinstance(each, str) and each not in labels for each in card["portfolio_labels"])
    except (KeyError, TypeError):  # of another form
        return False


@pytest.mark.exhaustive
@pytest.mark.parametrize("card", [SHORT, MAPPING], ids=["curves", "mapping"])
def test_the_schema_accepts_and_refuses_the_same_files_as_the_reader(card: cr.Scorecard) -> None:
    """Each value of a card is removed or replaced in turn."""
    files = list(changed_once(document(card)))
    known = [file for file in files if not names_another_characteristic(file)]
    results = [(VALIDATOR.is_valid(file), is_card(file), json.dumps(file)) for file in known]
    results = [each for each in results if '"grid": [[1, 2, 3]]' not in each[2]]  # not the size of the axes
    assert [text for valid, card, text in results if valid != card] == []
    assert sum(card for _, card, _ in results) > 20
    assert len(results) > 500
