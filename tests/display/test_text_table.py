"""Tables in plain text: aligned in a terminal, and no wider than it if that is possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._display.text_table import LINE_WIDTH, NO_BREAK, display_width, text_table


@pytest.mark.parametrize(
    ("text", "width"),
    [("fig", 3), ("产品类型", 8), ("상품", 4), ("Ａ", 2), ("e\u0301", 1), ("4 × 5…", 6), ("", 0)],
)
def test_the_width_of_a_text_is_that_in_a_terminal(text: str, width: int) -> None:
    assert display_width(text) == width


def test_columns_with_wide_characters_are_aligned() -> None:
    lines = text_table("", ("产品", "number"), [("信用卡", "1"), ("fig", "1,000")], 1).splitlines()
    assert lines[1:] == ["-" * 14, "产品    number", "-" * 14, "信用卡       1", "fig      1,000"]


def test_a_text_without_spaces_is_broken_between_wide_characters_but_not_before_punctuation() -> None:
    sentence = "无结果的信息数加无结果的电话数达到5，且逾期金额达到0.3之前（见第二条）：-4.70；"
    lines = text_table("", ("a", "b"), [("x" * 50, sentence)], 2).splitlines()[4:]
    assert max(map(display_width, lines)) == LINE_WIDTH
    parts = [line[52:] for line in lines]
    assert "".join(parts) == sentence
    assert not any(part.startswith(("，", "）", "：", "；", ":")) or part.endswith("（") for part in parts)


def test_a_line_does_not_end_at_a_no_break_space_which_is_shown_as_a_space() -> None:
    cell = "; ".join(f"level{NO_BREAK}{place}:{NO_BREAK}+0.10" for place in range(8))
    lines = text_table("", ("points",), [(cell,)], 1).splitlines()[4:]
    assert lines == [
        "level 0: +0.10; level 1: +0.10; level 2: +0.10; level 3: +0.10; level 4: +0.10;",
        "level 5: +0.10; level 6: +0.10; level 7: +0.10",
    ]
    assert text_table("", ("points",), [(f"a{NO_BREAK}b",)], 1).splitlines()[-1] == "a b"


def test_numbers_are_broken_before_brackets_if_texts_are_not_enough() -> None:
    numbers = [("12.34% (10.00% to 14.00%)",) * 4]
    lines = text_table("", ("a rate",) * 4, numbers, 0).splitlines()[4:]
    assert [part.strip() for part in lines[1].split("  ")] == ["(10.00% to 14.00%)"] * 4
    assert lines[0].split() == ["12.34%"] * 4


def test_a_table_without_rows_has_its_names_of_columns() -> None:
    lines = text_table("none", ("the name of a column",) * 5, [], 0).splitlines()
    assert [line.split() for line in lines[2:4]] == [["the", "name", "of", "a"] * 5, ["column"] * 5]


def test_a_column_of_few_characters_is_not_broken() -> None:
    header = ("账户数", "取值" * 30)
    lines = text_table("", header, [("1", "value")], 0).splitlines()
    assert lines[2].split() == ["取值" * 18]
    assert lines[3].split() == ["账户数", "取值" * 12]


def test_names_are_broken_after_underscores_only_if_nothing_else_is_enough() -> None:
    name = "months_since_the_last_delinquency"
    assert name in text_table("", ("label", "value"), [(name, "word " * 20)], 2)
    lines = text_table("", ("label", "value"), [(name, "1" * 60)], 1).splitlines()
    assert [line.split()[0] for line in lines[4:]] == ["months_since_the_", "last_delinquency"]
    assert max(map(len, lines)) <= LINE_WIDTH


@given(
    st.lists(st.lists(st.text("ab信用_/ ，(", max_size=40), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_no_character_is_lost_and_every_column_keeps_its_place(
    rows: list[list[str]], text_columns: int
) -> None:
    lines = text_table("", ("first", "second", "third"), rows, text_columns).splitlines()
    shown = sorted("".join(lines[4:]).replace(" ", ""))
    assert shown == sorted("".join(cell for row in rows for cell in row).replace(" ", ""))


def test_the_card_of_the_rules_fits_a_terminal() -> None:
    table = str(cr.RuleScorer()).split("\n\n")[0].splitlines()[1:]
    assert max(map(len, table)) == LINE_WIDTH
