"""The texts of all languages: the same keys and placeholders, all of them used."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import collectrisk as cr
from collectrisk._display.words import (
    LANGUAGES,
    format_number,
    format_points,
    format_value,
    rounds_to_zero,
    words_in,
)
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = files("collectrisk._display").joinpath("languages")
TABLES: dict[str, dict[str, Any]] = {
    language: tomllib.loads(FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
OPTIONAL = {"facts_one", "nouns", "quantities"}
"""Tables in which a language may leave out an entry that it does not need."""

PACKAGE = Path(cr.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))


def texts(table: dict[str, Any], *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the path and the text of each entry, optional ones left out."""
    for key, value in table.items():
        if isinstance(value, dict):
            if key not in OPTIONAL:
                yield from texts(value, *path, key)
        else:
            yield (*path, key), value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_one_file_for_each_language() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{language}.toml" for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_entries_in_the_same_order(language: str) -> None:
    assert [path for path, _ in texts(TABLES[language])] == [path for path, _ in texts(TABLES["en"])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_the_same_placeholders_in_every_language(language: str) -> None:
    english = dict(texts(TABLES["en"]))
    assert {
        path: text
        for path, text in texts(TABLES[language])
        if placeholders(text) != placeholders(english[path])
    } == {}


@pytest.mark.parametrize(
    "table", [name for name in TABLES["en"] if name not in {"channels", "sources", "values"}]
)
def test_every_text_is_used(table: str) -> None:
    """Texts by field or value are looked up in tables; all others are attributes in the source."""
    keys = [key for key, value in TABLES["en"][table].items() if isinstance(value, str)]
    fields = {field.alias for field in cr.Borrower.__attrs_attrs__}
    assert [key for key in keys if key not in fields and not re.search(rf"\.{key}\b", SOURCE)] == []


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        words_in("fr")


@pytest.mark.parametrize(
    ("value", "text"), [(1_234, "1,234"), (1_234.5, "1,234.50"), (True, "True"), ("evasive", "evasive")]
)
def test_a_number_has_thousands_separators(value: Any, text: str) -> None:
    assert format_value(value) == text


def test_points_have_a_sign_and_zero_is_not_negative() -> None:
    numbers = (0.5, -1, -1_000, 0.005, 0.0049, -0.0, -0.004, -0.0051)
    texts = ["+0.50", "-1.00", "-1000.00", "+0.01", "+0.00", "+0.00", "+0.00", "-0.01"]
    assert [format_points(points) for points in numbers] == texts
    assert [rounds_to_zero(points) for points in numbers] == [text == "+0.00" for text in texts]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (-3, "-3"),
        (0.000_012_3, "1.23e-05"),
        (23_356.315_18, "23,356.32"),
        (999_999.96, "1,000,000"),
        (15_392_071.7, "15,392,072"),
        (-2e9, "-2,000,000,000"),
        (1e16, "1e+16"),
    ],
)
def test_a_knot_has_seven_digits_and_a_large_one_no_exponent(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "0.00%"),
        (0.000_099, "below 0.01%"),
        (0.5, "50.00%"),
        (0.9999, "99.99%"),
        (0.999_96, "above 99.99%"),
        (1.0, "above 99.99%"),
    ],
)
def test_a_probability_is_not_rounded_to_zero_or_one(probability: float, text: str) -> None:
    assert words_in("en").probability(probability) == text
