"""The Chinese README matches the English one in structure, code, links and figures.

A test cannot compare sentences. Instead, the Chinese README contains a hash of the English text that
it translates, and the test fails when the English text changes.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
ENGLISH = (PROJECT / "README.md").read_text(encoding="utf-8")
CHINESE = (PROJECT / "README.zh-CN.md").read_text(encoding="utf-8")
DIFFERENCES = {
    "[中文](README.zh-CN.md)": "[English](README.md)",
    "docs/_static/idea.svg": "docs/_static/idea.zh-CN.svg",
    ".explain()": '.explain("zh")',
}
"""Parts of the English README, and what the Chinese one has instead."""
TRANSLATED = re.compile(r"<!-- a translation of README\.md (\w+) -->\n\n")
BLOCK = re.compile(r"^```(?:.|\n)*?^```|(?:.+\n?)+", re.MULTILINE)
"""A code block, or lines up to an empty line."""


def blocks(text: str) -> list[str]:
    return BLOCK.findall(text)


def in_chinese(english: str) -> str:
    """Return a block of the English README with the differences of the Chinese one."""
    for part, replacement in DIFFERENCES.items():
        english = english.replace(part, replacement)
    return english


def kind(block: str) -> str:
    """Return the kind of a block: heading, list, code, figure, comment or sentences."""
    mark = re.match(r"#+ |- |```\w*|!|<!--.*|\*|\[", block)
    return mark[0] if mark else "sentences"


def links(block: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", block)


def facts(block: str) -> list[str]:
    """Return the figures, names and emphasis marks of a block, sorted: word order differs."""
    text = re.sub(r"\]\([^)]+\)", "", block)
    names = re.findall(r"`[^`]+`", text)
    return sorted(
        [*names, *re.findall(r"\d[\d.,]*\d|\d", re.sub(r"`[^`]+`", "", text)), *["*"] * text.count("*")]
    )


def code_and_output(block: str) -> str:
    """Return a code block without the output of `explain`."""
    return re.sub(r"(\.explain\(.*\n)(?:(?!>>> ).*\n)+", r"\1", block)


def is_code(block: str) -> bool:
    return block.startswith("```")


PAIRS = list(zip(map(in_chinese, blocks(ENGLISH)), blocks(TRANSLATED.sub("", CHINESE)), strict=False))


def test_the_blocks_are_of_the_same_kinds() -> None:
    english = [kind(in_chinese(block)) for block in blocks(ENGLISH)]
    assert [kind(block) for block in blocks(TRANSLATED.sub("", CHINESE))] == english


def test_the_code_is_the_same_except_for_the_language_of_explanations() -> None:
    """test_docs.py runs the code of both."""
    for english, chinese in PAIRS:
        if is_code(english):
            assert code_and_output(chinese) == code_and_output(english)


def test_the_links_are_the_same_in_the_same_order() -> None:
    assert [links(chinese) for _, chinese in PAIRS] == [links(english) for english, _ in PAIRS]


def test_the_list_items_and_figures_are_the_same() -> None:
    for english, chinese in PAIRS:
        if not is_code(english):
            assert len(re.findall("^- ", chinese, re.MULTILINE)) == len(
                re.findall("^- ", english, re.MULTILINE)
            )
            assert facts(chinese) == facts(english)


def test_the_translation_is_of_the_current_english_text() -> None:
    """If not, update README.zh-CN.md sentence by sentence, and then the hash in its comment."""
    translated = TRANSLATED.search(CHINESE)
    assert translated is not None
    text = " ".join(ENGLISH.split())
    assert translated[1] == hashlib.sha256(text.encode()).hexdigest()[:12]
