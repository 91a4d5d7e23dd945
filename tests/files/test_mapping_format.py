"""The mapping in a card file: the keys of its TOML file, read back the same, with errors that say where."""

from __future__ import annotations

import json
import math
import tomllib
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from cards import GOLDEN, MAPPED, document, hashed

import collectrisk as cr
from collectrisk._files.card_data import data_from_card, digest
from collectrisk._files.card_format import card_from_file, file_from_card
from collectrisk.errors import CardFileError, InvalidCardError

if TYPE_CHECKING:
    from pathlib import Path


def read(columns: Any) -> cr.Mapping | None:
    return card_from_file(hashed({**document()["scorecard"], "columns": columns})).columns


def refusal(columns: Any) -> str:
    with pytest.raises(InvalidCardError) as caught:
        read(columns)
    return str(caught.value)


def test_the_keys_are_those_of_the_toml_file() -> None:
    assert MAPPED.columns is not None
    found = data_from_card(MAPPED)["columns"]
    toml: Any = tomllib.loads(MAPPED.columns.to_toml())
    toml["as_of"] = "2026-11-30"
    toml["plausible"]["months"] = "inf"
    assert found == toml
    assert list(data_from_card(MAPPED)) == ["base", "characteristics", "ladder", "columns"]


def test_a_card_without_a_mapping_has_no_such_key_and_the_hash_that_it_had() -> None:
    assert "columns" not in data_from_card(GOLDEN)
    assert digest(data_from_card(GOLDEN)) == digest(data_from_card(GOLDEN.with_columns({})))


def test_the_keys_that_belong_to_one_file_are_left_out() -> None:
    mapping = cr.Mapping(
        {"amount_overdue": "Saldo"}, encoding="cp1252", delimiter=";", skip_lines=3, sheet="Accounts"
    )
    card = GOLDEN.with_columns(mapping)
    assert card.columns == cr.Mapping({"amount_overdue": "Saldo"})
    assert data_from_card(card)["columns"] == {"fields": {"amount_overdue": "Saldo"}}
    only_file = cr.Mapping(encoding="cp1252")
    assert GOLDEN.with_columns(only_file) == GOLDEN


def test_every_value_is_read_back_with_its_type() -> None:
    contents = json.loads(json.dumps(file_from_card(MAPPED)), parse_int=float)
    mapping = card_from_file(contents).columns
    assert mapping == MAPPED.columns
    assert mapping is not None
    assert [type(code) for code in mapping.missing] == [int, str]
    assert data_from_card(MAPPED.with_columns(mapping)) == data_from_card(MAPPED)
    assert repr(mapping.columns_of("branch")) == "(7,)"
    assert mapping.plausible["months"] == math.inf
    zoned = cr.Mapping(zone="Europe/Berlin")
    assert card_from_file(document(GOLDEN.with_columns(zoned))).columns == zoned


def test_a_loaded_card_reads_a_frame_of_the_same_export(tmp_path: Path) -> None:
    cents = pl.DataFrame({"amount_overdue": [3_000_000], "days_past_due": [540], "failed_calls": [9]})
    card = cr.RuleScorer().with_columns({"amount_overdue": {"column": "amount_overdue", "factor": 0.01}})
    cr.save(card, tmp_path / "card.json")
    loaded = cr.load(tmp_path / "card.json")
    expected = cr.RuleScorer().assess(cr.Borrower(amount_overdue=30_000, days_past_due=540, failed_calls=9))
    lazily = loaded.assess_frame(cents.lazy()).collect()
    for scored in (lazily, loaded.assess_frame(cents), loaded.assess_frame(cents.to_pandas())):
        assert scored["visit_probability"][0] == pytest.approx(expected.visit_probability, abs=1e-12)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ([], "columns: must have some of the keys decimal, thousands, units, missing, true, false, zone, "),
        (None, "columns: must have some of the keys"),
        ({}, "columns: must have some of the keys"),
        ({"encoding": "utf-8"}, "columns: must have some of the keys"),
        ({"fields": {"x": "y"}, "sheet": "Accounts"}, "columns: must have some of the keys"),
        ({"decimal": ";"}, "columns.decimal: must be one of '.', ',', not ';'"),
        ({"decimal": None}, "columns.decimal: must be text, not a NoneType"),
        ({"zone": "Europe/Nowhere"}, "columns.zone: must be the name of a time zone"),
        ({"zone": "../../etc/passwd"}, "columns.zone: must be the name of a time zone"),
        ({"as_of": "30.11.2026"}, "columns.as_of: must be a date"),
        ({"as_of": "20261130"}, "columns.as_of: must be as collectrisk writes it, not '20261130'"),
        ({"missing": -999}, "columns.missing: must be as collectrisk writes it, not -999.0"),
        ({"missing": []}, "columns.missing: must be as collectrisk writes it, not []"),
        ({"missing": ["\udfff"]}, "columns.missing: must be valid text, and contains half a surrogate pair"),
        ({"skip": {"\ud800": ["x"]}}, "columns.skip: must be valid text, and contains half a surrogate pair"),
        ({"plausible": {"x": "infinite"}}, "columns.plausible: must be the largest plausible number"),
        ({"plausible": "inf"}, "columns.plausible: must be the largest plausible number"),
        ({"fields": {"x": {"column": "y", "factor": 0}}}, "columns.x.factor: must be a finite number other"),
        ({"fields": {"x": {"colum": "y"}}}, "columns.x.colum: is not a key of a field; did you mean"),
        ({"fields": {"x": {"column": "y", "date": "%"}}}, "columns.x.date: must be "),
        ({"fields": {"x": True}}, "columns.x.columns: must be a list of names"),
        ({"fields": {"x": ["y"]}}, "columns.fields: must be as collectrisk writes it"),
        ({"fields": {"x": {"column": "y", "values": {"a": None}}}}, "columns.fields: must be text, not a "),
        ({"true": ["a"], "false": ["A"]}, "columns.true: and false must differ"),
    ],
)
def test_an_invalid_mapping_is_an_error_that_names_the_part(columns: Any, why: str) -> None:
    assert refusal(columns)[: len(why)] == why


def test_a_file_with_an_invalid_mapping_is_an_error_that_names_file_and_part(tmp_path: Path) -> None:
    data = {**document()["scorecard"], "columns": {"decimal": ";"}}
    (tmp_path / "card.json").write_text(json.dumps(hashed(data)), encoding="utf-8")
    why = r"card.json: does not contain a valid card: columns.decimal: must be one of"
    with pytest.raises(CardFileError, match=why):
        cr.load(tmp_path / "card.json")


def test_a_mapping_that_is_not_valid_text_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(InvalidCardError, match=r"columns.fields: must be valid text"):
        cr.save(GOLDEN.with_columns({"amount_overdue": "\ud800"}), tmp_path / "card.json")
