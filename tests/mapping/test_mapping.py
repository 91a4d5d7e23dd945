"""Mappings as data: what they accept, what they refuse, and how a field's rule is put together."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import math
import pickle
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk.errors import CollectRiskError, InvalidMappingError
from collectrisk.mapping import FieldMapping, Mapping
from collectrisk.mapping._mapping import key_of

NESTED: list[Any] = [
    None,
    5,
    2.5,
    True,
    "",
    "x",
    b"x",
    [],
    {},
    [None],
    [[1]],
    {"a": None},
    {1: 2},
    {"a": [1]},
]
NESTED += [{"a": {"b": 1}}, object(), math.nan, math.inf, 10**400, Decimal(1), dt.date(2026, 1, 1), pd.NaT]
NESTED += [
    np.array([[1]]),
    np.array(["a"]),
    {"a": np.array([1, 2])},
    {("a",): "b"},
    "\0",
    "\ud800",
    {"column": 1},
]
KEYS = ["decimal", "thousands", "units", "missing", "true", "false", "zone"]
MAPPING_KEYS = [
    *KEYS,
    "fields",
    "as_of",
    "skip",
    "require",
    "plausible",
    "encoding",
    "delimiter",
    "skip_lines",
    "sheet",
]
FIELD_KEYS = [*KEYS, "columns", "values", "factor", "date"]


@pytest.mark.parametrize("key", MAPPING_KEYS)
@pytest.mark.parametrize("value", NESTED, ids=lambda value: str(value)[:20])
def test_a_wrong_value_of_a_mapping_is_an_error_that_names_the_key(key: str, value: Any) -> None:
    try:
        mapping = Mapping(**{key: value})
    except InvalidMappingError as error:
        assert error.part.startswith((key, "a.", "column."))  # noqa: PT017  # what is accepted is written below
    else:
        mapping.to_toml()


@pytest.mark.parametrize("key", FIELD_KEYS)
@pytest.mark.parametrize("value", NESTED, ids=lambda value: str(value)[:20])
def test_a_wrong_value_of_a_field_is_an_error_that_names_field_and_key(key: str, value: Any) -> None:
    try:
        mapping = Mapping({"failed_calls": {"columns": "calls", key: value}})
    except InvalidMappingError as error:
        assert error.part == f"failed_calls.{key}"  # noqa: PT017  # what is accepted is written below
    else:
        mapping.to_toml()


@pytest.mark.parametrize("given_columns", NESTED, ids=lambda value: str(value)[:20])
def test_columns_of_any_type_are_a_mapping_or_an_error(given_columns: Any) -> None:
    with contextlib.suppress(InvalidMappingError):
        assert isinstance(Mapping.of(given_columns), Mapping)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"decimal": ";"}, "decimal must be one of '.', ',', not ';'"),
        ({"thousands": "_"}, "thousands must be one of "),
        ({"thousands": "."}, "thousands must differ from the decimal separator, '.'; give `decimal` too"),
        ({"decimal": ",", "thousands": ","}, "thousands must differ from the decimal separator, ','"),
        ({"units": [" "]}, r"units must be a list of texts, not \(' ',\)"),
        ({"units": ["5er"]}, r"units must not contain digits, as \['5er'\] does"),
        ({"units": ["e", "€"]}, r"units must not be parts of numbers, as \['e'\] is"),
        ({"missing": {"n/a": 1}}, "missing must be a list of texts or finite numbers"),
        ({"missing": math.nan}, r"missing must be .*, not \(nan,\); booleans and NaN need no code"),
        ({"missing": True}, r"missing must be .*; booleans and NaN need no code"),
        ({"true": True}, "true must be a list of texts or finite numbers"),
        ({"true": "Y", "false": ["y", "n"]}, r"true and false must differ, and both contain \['y'\]"),
        ({"true": [1], "false": ["1 "]}, r"true and false must differ, and both contain \['1'\]"),
        ({"false": 0, "missing": ["0"]}, r"missing and true or false must differ, and both contain \['0'\]"),
        ({"zone": "Berlin"}, "zone must be the name of a time zone"),
        ({"zone": "../Berlin"}, "zone must be the name of a time zone"),
        ({"as_of": "30.11.2026"}, "as_of must be a date such as"),
        ({"as_of": pd.NaT}, "as_of must be a date such as"),
        ({"as_of": 20_261_130}, "as_of must be a date such as"),
        ({"skip": ["Konto"]}, "skip must list patterns by column"),
        ({"skip": {"Konto": [5]}}, "skip must list patterns by column"),
        ({"skip": {"": "x"}}, "skip must list patterns by column"),
        ({"require": [""]}, "require must be a list of names"),
        ({"plausible": {"days_past_due": True}}, "plausible must be the largest plausible number by field"),
        ({"plausible": {"days_past_due": math.nan}}, "plausible must be"),
        ({"plausible": 5}, "plausible must be"),
        ({"encoding": "utf-9"}, "encoding must be an encoding of text"),
        ({"encoding": "base64"}, "encoding must be an encoding of text"),
        ({"encoding": "a\0"}, "encoding must be an encoding of text"),
        ({"delimiter": ";;"}, "delimiter must be one character"),
        ({"delimiter": '"'}, "delimiter must be one character"),
        ({"skip_lines": -1}, "skip_lines must be a whole number, 0 or more, not -1"),
        ({"skip_lines": True}, "skip_lines must be a whole number"),
        ({"sheet": 1}, "sheet must be a text, not 1"),
        ({"fields": "x"}, "fields must map each field to its column, not 'x'"),
        ({"fields": {1: "x"}}, "fields must be names, not 1"),
        ({"fields": {"product": 1.5}}, r"product.columns must be a list of names, not \(1.5,\)"),
        ({"fields": {"product": True}}, r"product.columns must be a list of names, not \(True,\)"),
        ({"fields": {"product": [("a", 1)]}}, r"product.columns must be a list of names, not"),
        ({"fields": {"product": [1, "x", 1]}}, r"product.columns must name each column once; \[1\] is"),
        ({"fields": {"product": []}}, "product.columns must name at least one column"),
        (
            {"fields": {"product": ["x", "x"]}},
            r"product.columns must name each column once; \['x'\] is repeated",
        ),
        ({"fields": {"product": {}}}, "product.column is missing: name the column of the field"),
        (
            {"fields": {"product": {"column": "a", "columns": "b"}}},
            "product.column and columns cannot be combined",
        ),
        (
            {"fields": {"product": {"colum": "a"}}},
            "product.colum is not a key of a field; did you mean 'column'?",
        ),
        ({"fields": {"product": {1: "a"}}}, "product.1 is not a key of a field"),
    ],
)
def test_an_inconsistent_mapping_is_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidMappingError, match=f"^{says}"):
        Mapping(**keys)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"values": {}}, "values must say what each code means, not {}"),
        ({"values": ["a"]}, r"values must say what each code means, not \['a'\]"),
        (
            {"values": {"a": None, "b": "x"}},
            "values must say what 'a' means: a text, a number or a boolean; list",
        ),
        ({"values": {"a": ""}}, "values must say what 'a' means"),
        ({"values": {"a": math.nan}}, "values must say what 'a' means"),
        ({"values": {"a": ["x"]}}, "values must say what 'a' means"),
        ({"values": {1: "x", "1.0": "y", 1.5: "z"}, "missing": "1.50"}, ""),
        ({"values": {1: "x", "1": "y"}}, r"values must list each code once; \['1'\] is repeated"),
        ({"values": {" a": "x", "a ": "x"}}, r"values must list each code once; \['a'\] is repeated"),
        ({"values": {None: "x"}}, r"values must have texts, numbers or booleans as codes, not \[None\]"),
        (
            {"values": {2**53: "x", 5e16: "y", "9007199254740993": "z"}},
            r"values must have texts as codes of 2\*\*53 and more, not \[9007199254740992, 5e\+16\]",
        ),
        ({"values": {math.nan: "x"}}, "values must have texts, numbers or booleans as codes"),
        (
            {"values": {"NA": "x"}, "missing": "na"},
            r"values and missing must differ, and both contain \['NA'\]",
        ),
        ({"factor": 0}, "factor must be a finite number other than 0, not 0"),
        ({"factor": math.inf}, "factor must be a finite number other than 0, not inf"),
        ({"factor": "2"}, "factor must be a finite number other than 0, not '2'"),
        ({"date": "dd.mm.yyyy"}, 'date must be "iso", "excel" or a format with year, month and day'),
        ({"date": dt.date(2026, 1, 1)}, 'date must be "iso", "excel" or a format'),
    ],
)
def test_an_inconsistent_field_is_refused(keys: dict[str, Any], says: str) -> None:
    if not says:
        assert attrs.asdict(FieldMapping("x", **keys))["values"] == {"1": "x", "1.0": "y", "1.5": "z"}
        return
    with pytest.raises(InvalidMappingError, match=f"^{says}"):
        FieldMapping("x", **keys)


@pytest.mark.parametrize(
    ("shared", "own", "says"),
    [
        ({"decimal": "."}, {"thousands": "."}, "x.thousands must differ from the decimal separator"),
        ({"false": "n"}, {"true": "N"}, "x.true and false must differ"),
        (
            {"missing": 9},
            {"values": {"9": "hostile"}},
            r"x.values and missing must differ, and both contain \['9'\]",
        ),
        ({"missing": 0}, {"true": 1, "false": 0}, "x.missing and true or false must differ"),
    ],
)
def test_the_conventions_of_a_field_must_agree_with_those_of_the_mapping(
    shared: dict[str, Any], own: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidMappingError, match=f"^{says}"):
        Mapping({"x": {"column": "x", **own}}, **shared)


def test_a_rule_has_the_conventions_of_the_mapping_where_it_has_none() -> None:
    mapping = Mapping(
        {"a": {"column": "A", "decimal": ".", "missing": "?", "units": "$"}, "b": ["B", "C"], "c": None},
        decimal=",",
        thousands=".",
        missing=-9,
        units="€",
        true="ja",
        false="nein",
        zone="Europe/Berlin",
    )
    a, b = mapping.rule("a"), mapping.rule("b")
    assert a is not None
    assert b is not None
    assert (a.decimal, a.thousands, a.missing, a.units) == (".", None, ("?", -9), ("$", "€"))
    assert (b.columns, b.decimal, b.thousands, b.missing) == (("B", "C"), ",", ".", (-9,))
    assert (b.true, b.false, b.zone) == (("ja",), ("nein",), "Europe/Berlin")
    assert mapping.rule("c") is None
    other = mapping.rule("other")
    assert other is not None
    assert other.columns == ("other",)


def test_a_mapping_lists_the_columns_that_it_names() -> None:
    mapping = Mapping({"x": ["b", "a"], "y": "a", "z": None}, skip={"k": "*", "b": "?"})
    assert mapping.columns == ("b", "a", "k")


def test_a_field_is_given_in_any_form() -> None:
    forms: list[Any] = ["x", ["x"], {"column": "x"}, {"columns": ["x"]}, FieldMapping("x"), ("x",)]
    assert {repr(FieldMapping.of(each)) for each in forms} == {repr(FieldMapping("x"))}
    assert FieldMapping.of(None) is None
    assert FieldMapping.of(False) is None  # as TOML writes an absent field


def test_values_of_numpy_and_of_enums_become_plain() -> None:
    field = FieldMapping(
        np.array(["a", "b"]),
        values={np.int64(1): cr.Attitude.HOSTILE},
        factor=np.float32(2),
        missing=np.array([-1, -9]),
    )
    assert repr(field.columns) == "('a', 'b')"
    assert repr(field.values) == "{'1': 'hostile'}"
    assert (type(field.factor), repr(field.missing)) == (float, "(-1, -9)")
    assert repr(Mapping(plausible={"x": np.float64(3)}).plausible) == "{'x': 3.0}"


@pytest.mark.parametrize(
    "as_of",
    [
        "2026-11-30",
        dt.date(2026, 11, 30),
        dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC),
        pd.Timestamp("2026-11-30 08:00"),
    ],
)
def test_the_day_is_given_as_text_or_typed(as_of: Any) -> None:
    assert Mapping(as_of=as_of).as_of == dt.date(2026, 11, 30)
    assert type(Mapping(as_of=as_of).as_of) is dt.date


@pytest.mark.parametrize(
    ("value", "key"),
    [
        *((1, "1"), (1.0, "1"), ("1", "1"), (" 1\u00a0", "1"), (np.int8(1), "1"), (np.float32(1), "1")),
        *((Decimal("1.00"), "1"), (1.5, "1.5"), (Decimal("1.50"), "1.5"), (-0.0, "0"), ("1.0", "1.0")),
        *((True, "true"), (np.True_, "true"), ("True", "True"), (2**53 + 1, "9007199254740993")),
        *((10**400, str(10**400)), (math.inf, "inf"), (None, "None"), (1e-7, "1e-07")),
        (Decimal(9007199254740993), "9007199254740993"),
    ],
)
def test_codes_that_are_equal_have_the_same_text(value: Any, key: str) -> None:
    assert key_of(value) == key


def test_mappings_are_compared_shown_copied_and_not_hashed() -> None:
    mapping = Mapping({"x": {"column": "X", "values": {"a": 1}}}, missing=[-9], as_of="2026-11-30")
    same = eval(repr(mapping), {"Mapping": Mapping, "FieldMapping": FieldMapping, "datetime": dt})  # noqa: S307
    for each in (same, copy.copy(mapping), copy.deepcopy(mapping), pickle.loads(pickle.dumps(mapping))):  # noqa: S301
        assert each == mapping
    assert mapping != Mapping({"x": "X"})
    with pytest.raises(TypeError, match="unhashable"):
        hash(mapping)


def test_a_mapping_does_not_change_with_what_it_was_made_from() -> None:
    values, plausible, skip, missing = {"a": 1}, {"x": 3.0}, {"k": ["a"]}, [-9]
    fields = {"x": {"column": "X", "values": values}}
    mapping = Mapping(fields, plausible=plausible, skip=skip, missing=missing)
    for each in (values, plausible, skip, fields):
        each.clear()
    missing.clear()
    assert mapping == Mapping(
        {"x": FieldMapping("X", values={"a": 1})}, plausible={"x": 3}, skip={"k": "a"}, missing=-9
    )
    with pytest.raises(AttributeError):
        mapping.decimal = ","  # type: ignore[misc]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists) | st.binary())
def test_any_value_under_any_key_is_accepted_or_an_error_of_the_package(value: Any) -> None:
    for key in MAPPING_KEYS:
        try:
            Mapping(**{key: value})
        except CollectRiskError as error:
            assert isinstance(error, InvalidMappingError)  # noqa: PT017
