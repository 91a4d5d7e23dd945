"""Markdown: escaped text, tables, and documents of every kind."""

from __future__ import annotations

import pytest
from cards import HAND_MADE

import collectrisk as cr
from collectrisk._display.document import paragraph, table
from collectrisk._display.markdown import escaped, markdown_text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("days_past_due", "days_past_due"),
        ("_emphasis_", r"\_emphasis\_"),
        ("a*b|c<script>", r"a\*b\|c\<script\>"),
        ("[link](x) `code` \\", r"\[link\](x) \`code\` \\"),
        ("a & b ~~ $x$", r"a \& b \~\~ \$x\$"),
        ("two\nlines", r"two\\nlines"),
    ],
)
def test_text_is_escaped(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("# title", r"\# title"),
        ("+ item", r"\+ item"),
        ("1. item", r"1\. item"),
        ("12) item", r"12\) item"),
        ("---", r"\---"),
        ("- item", "- item"),
        ("- # item", r"- \# item"),
        ("-3 and +4.5", "-3 and +4.5"),
        ("2.5 points", "2.5 points"),
        ("one\ntwo\n- three\n- four\nfive", "one  \ntwo\n- three\n- four\n\nfive"),
        ("", ""),
    ],
)
def test_only_a_hyphen_starts_a_list_and_no_text_a_heading(text: str, markdown: str) -> None:
    assert markdown_text(text) == markdown


def test_a_table_has_a_rule_and_aligned_numbers() -> None:
    block = table("fruit", ("name", "number"), [("a|b", "1")])
    assert block.to_markdown() == "fruit\n\n| name | number |\n| --- | ---: |\n| a\\|b | 1 |"


def test_a_paragraph_is_text_and_html() -> None:
    block = paragraph("a < b")
    assert block.html is not None
    assert (block.text, block.to_markdown()) == ("a < b", r"a \< b")
    assert block.html() == '<p style="margin: 0.5em 0">a &lt; b</p>'


def test_a_card_shows_every_value_and_its_ladder() -> None:
    levels = {f"level {place}": place / 100 for place in range(30)}
    card = HAND_MADE.with_characteristic(cr.Levels(label="many", field="attitude_code", levels=levels))
    text = card.to_markdown()
    assert all(level in text for level in levels)
    assert "..." not in text
    assert "| 态度 | attitude |" in text
    assert "outside agency" in text


def test_an_assessment_is_a_list_of_reasons_in_both_languages() -> None:
    assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
    english, chinese = assessment.to_markdown(), assessment.to_markdown("zh")
    assert "\n- The account is 10 days past due" in english
    assert "逾期" in chinese
    assert english.count("\n\n") == 1
