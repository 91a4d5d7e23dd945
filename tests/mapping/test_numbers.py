"""Numbers as text: read exactly under their convention, and never as another number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._fields import InvalidValueError
from collectrisk.mapping._numbers import GROUPED, NumberFormat, changes_numbers, fitting, formats

VARIANTS = {" ": " \u00a0\u2009\u202f", "'": "'\u2019", ",": ",", ".": "."}
BLANKS = st.text(" \u00a0\u2009\u202f", max_size=2)
UNITS = ("€", "EUR", "Fr.", "US $", ",-", "e€")


def grouped(digits: str, separator: str, size: int) -> str:
    """Return digits in groups: three at the end, and `size` before."""
    parts = [digits[-3:]]
    rest = digits[:-3]
    while rest:
        parts.insert(0, rest[-size:])
        rest = rest[:-size]
    return separator.join(parts)


@st.composite
def written_numbers(draw: Any) -> tuple[NumberFormat, str, Decimal]:
    """Draw a convention, a number written in it, and the number."""
    convention = draw(st.sampled_from(formats(UNITS)))
    whole = str(draw(st.one_of(st.integers(0, 9_999), st.integers(0, 10**15))))
    fraction = draw(st.one_of(st.just(""), st.text("0123456789", max_size=6)))
    integer = whole
    if convention.thousands and draw(st.booleans()):
        separator = draw(st.sampled_from(VARIANTS[convention.thousands]))
        integer = grouped(whole, separator, draw(st.sampled_from([2, 3])))
    sign = draw(st.sampled_from(["", "-", "+", "\u2212"]))
    point = convention.decimal if fraction or draw(st.booleans()) else ""
    exponent = draw(st.sampled_from(["", "", "", "e3", "E-2", "e+1"]))
    before, after = draw(st.sampled_from([("", ""), *((u, "") for u in UNITS), *(("", u) for u in UNITS)]))
    blank = [draw(BLANKS) for _ in range(5)]
    digits = f"{integer}{point}{fraction}{exponent}"
    text = f"{blank[0]}{sign}{blank[1]}{before}{blank[2]}{digits}{blank[3]}{after}{blank[4]}"
    value = Decimal(f"{whole}.{fraction or '0'}{exponent}")
    return convention, text, -value if sign in {"-", "\u2212"} else value


@given(written_numbers())
def test_a_number_is_read_exactly_under_its_own_convention(case: tuple[NumberFormat, str, Decimal]) -> None:
    convention, text, value = case
    assert convention.parse(text) == float(value)


def meaning(convention: NumberFormat, text: str) -> Decimal:
    """Return the number that a text means by the rules of a convention, found without regular expressions."""
    kept = text.replace("\u2212", "-")
    for unit in sorted(convention.units, key=len, reverse=True):
        kept = kept.replace(unit, "")
    for variants in VARIANTS[convention.thousands] if convention.thousands else "":
        kept = kept.replace(variants, "")
    return Decimal("".join(kept.replace(convention.decimal, ".").split()))


@given(written_numbers(), st.sampled_from(formats(UNITS)))
def test_under_another_convention_it_is_an_error_or_what_that_convention_says(
    case: tuple[NumberFormat, str, Decimal], other: NumberFormat
) -> None:
    """The same text may be another number in another convention, but only the one that it spells there."""
    _, text, _ = case
    try:
        found = other.parse(text)
    except InvalidValueError:
        return
    assert found == float(meaning(other, text))


@given(st.text("0123456789.,' -+eE\u2212\u2019\u00a0\uff11_infaNx", max_size=12), st.sampled_from(formats()))
def test_any_other_text_is_an_error_or_what_the_convention_says(text: str, convention: NumberFormat) -> None:
    try:
        found = convention.parse(text)
    except InvalidValueError:
        return
    assert found == float(meaning(convention, text))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "+", ".", "e5", "1e", "1_000", "NaN", "nan", "inf", "-Infinity", "0x10", "1 2"),
        *("\uff11\uff12", "\u0661", "1\u0000", "12.5.5", "--5", "5-", "1,000", "1.000,00", "1'000", "1/2"),
        *("12\u2028", "1\n2", "1\u3000000", "Rs 5", "(5)", "5%"),
    ],
)
def test_texts_that_are_no_plain_numbers_are_errors(text: str) -> None:
    with pytest.raises(InvalidValueError):
        NumberFormat().parse(text)


@pytest.mark.parametrize(
    "text", ["1.00", "1.0000", "1234.567", ".123", "1..000", "1.000.", "0.123.45", "1.000 000", "1.234.56"]
)
def test_irregular_groups_are_errors(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a number with a decimal comma and points between"):
        NumberFormat(",", ".").parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234.567", 1_234_567), ("12.34.567", 1_234_567), ("1.234,5", 1_234.5), ("1234,5", 1_234.5)],
)
def test_groups_are_those_of_three_digits_or_those_of_india(text: str, value: float) -> None:
    assert NumberFormat(",", ".").parse(text) == value


def test_the_error_names_the_conventions_that_the_text_follows() -> None:
    with pytest.raises(InvalidValueError) as error:
        NumberFormat(units=("€",)).parse("1.234,50 €")
    assert error.value.hint == "; if '1.234,50 €' is 1,234.5, declare decimal=',' and thousands='.'"


def test_one_convention_is_proposed_for_each_reading() -> None:
    assert [str(each) for each in fitting(["12.500", "1.200"])] == [
        "with a decimal point and no thousands separator",
        "with a decimal comma and points between thousands",
    ]
    assert [str(each) for each in fitting(["12.500", "1.20"])] == [
        "with a decimal point and no thousands separator"
    ]
    assert fitting(["none"]) == []


@pytest.mark.parametrize("unit", ["-", ".", ",", "'", "e", "E", "e-", "-.", ".e", "\u2212", " + ", "\u2019"])
def test_a_unit_that_may_be_a_part_of_a_number_is_recognized(unit: str) -> None:
    assert changes_numbers(unit)


@pytest.mark.parametrize("unit", ["€", "EUR", "e€", ",-", ".-", "--", "Rs.", "$"])
def test_other_units_are_not_parts_of_numbers(unit: str) -> None:
    assert not changes_numbers(unit)
    assert NumberFormat(units=(unit,)).parse(f"-12.5 {unit}") == -12.5


@pytest.mark.parametrize(
    ("text", "may"),
    [("12.500", True), ("1.200.000", True), ("0.500", False), ("12.50", False), ("1234.500", False)],
)
def test_points_that_may_separate_thousands_are_recognized(text: str, *, may: bool) -> None:
    assert bool(re.search(GROUPED, text)) is may
