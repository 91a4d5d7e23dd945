"""The Chinese README says what the English one says: what is changed in one is changed in both.

Headings, blocks, code, links and figures are compared. Of sentences only a reader can tell; so the
Chinese README names the English text that it is a translation of, and any other fails.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
ENGLISH = (PROJECT / "README.md").read_text(encoding="utf-8")
CHINESE = (PROJECT / "README.zh-CN.md").read_text(encoding="utf-8")
OTHERWISE = {
    "[中文](README.zh-CN.md)": "[English](README.md)",
    "docs/_static/idea.svg": "docs/_static/idea.zh-CN.svg",
    ".explain()": '.explain("zh")',
}
"""What the Chinese README writes otherwise than the English one."""
TRANSLATED = re.compile(r"<!-- a translation of README\.md (\w+) -->\n\n")
BLOCK = re.compile(r"^```(?:.|\n)*?^```|(?:.+\n?)+", re.MULTILINE)
"""A block of code, or lines up to an empty one."""


def blocks(text: str) -> list[str]:
    return BLOCK.findall(text)


def in_chinese(english: str) -> str:
    """Return a block of the English README with what the Chinese one writes otherwise."""
    for written, otherwise in OTHERWISE.items():
        english = english.replace(written, otherwise)
    return english


def kind(block: str) -> str:
    """Return how a block begins: as a heading, a list, code, a picture, a comment, or anything else."""
    mark = re.match(r"#+ |- |```\w*|!|<!--.*|\*|\[", block)
    return mark[0] if mark else "sentences"


def links(block: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", block)


def facts(block: str) -> list[str]:
    """Return the figures, names and emphasised parts of a block; a language may order them its own way."""
    text = re.sub(r"\]\([^)]+\)", "", block)
    names = re.findall(r"`[^`]+`", text)
    return sorted(
        [*names, *re.findall(r"\d[\d.,]*\d|\d", re.sub(r"`[^`]+`", "", text)), *["*"] * text.count("*")]
    )


def code_and_output(block: str) -> str:
    """Return a block of code without the sentences that an explanation prints."""
    return re.sub(r"(\.explain\(.*\n)(?:(?!>>> ).*\n)+", r"\1", block)


def is_code(block: str) -> bool:
    return block.startswith("```")


PAIRS = list(zip(map(in_chinese, blocks(ENGLISH)), blocks(TRANSLATED.sub("", CHINESE)), strict=False))


def test_they_are_made_of_the_same_blocks() -> None:
    english = [kind(in_chinese(block)) for block in blocks(ENGLISH)]
    assert [kind(block) for block in blocks(TRANSLATED.sub("", CHINESE))] == english


def test_their_code_is_the_same_but_for_the_language_of_an_explanation() -> None:
    """That both print what they say, the tests of the pages see to."""
    for english, chinese in PAIRS:
        if is_code(english):
            assert code_and_output(chinese) == code_and_output(english)


def test_their_links_lead_to_the_same_places_in_the_same_order() -> None:
    assert [links(chinese) for _, chinese in PAIRS] == [links(english) for english, _ in PAIRS]


def test_their_items_and_figures_are_the_same() -> None:
    for english, chinese in PAIRS:
        if not is_code(english):
            assert len(re.findall("^- ", chinese, re.MULTILINE)) == len(
                re.findall("^- ", english, re.MULTILINE)
            )
            assert facts(chinese) == facts(english)


def test_the_english_text_is_the_one_that_was_translated() -> None:
    """Bring README.zh-CN.md up to date, sentence by sentence; then let its comment name the new text."""
    translated = TRANSLATED.search(CHINESE)
    assert translated is not None
    words = " ".join(ENGLISH.split())
    assert translated[1] == hashlib.sha256(words.encode()).hexdigest()[:12]
