"""Write into the pages whatever running code can say: tables, messages and the pictures.

    python docs/made            brings every page up to date
    python docs/made --check    says which pages are not, and fails if any

A page marks the place with ``<!-- made: name -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import vocabulary
from anchors import anchors, typical
from bad_input import bad_input, messages
from picture import picture
from picture_words import CHINESE
from weights import change

DOCS = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
MAKERS = {
    "anchors": anchors,
    "typical": typical,
    "bad_input": bad_input,
    "every_message": messages,
    "fields": vocabulary.fields,
    "xp": vocabulary.xp,
    "checks": vocabulary.checks,
    "floors": vocabulary.floors,
    "size_threshold": change("size_threshold"),
    "min_failed_attempts": change("min_failed_attempts", (0.6, 1.0, 2.0)),
    "shut_ceiling": change("shut_ceiling", (0.25, 1.0, 4.0)),
    "base": change("base", (1.25, 1.0, 0.75)),
    **{
        name: change(name)
        for name in (
            "amount_per_decade",
            "delay",
            "attitudes",
            "messages",
            "calls",
            "promises",
            "agency",
            "plan",
        )
    },
}


def made(page: str) -> str:
    """Return a page with all its marked places filled."""
    return MARKED.sub(lambda mark: f"{mark[1]}\n{MAKERS[mark[2]]()}\n\n{mark[3]}", page)


def wanted() -> dict[Path, str]:
    """Return every file with something made in it, as it should be."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    marked = {path: made(text) for path, text in pages.items() if "<!-- made:" in text}
    pictures = {"idea.svg": picture(), "idea.zh-CN.svg": picture(CHINESE)}
    return marked | {DOCS / "_static" / name: drawn for name, drawn in pictures.items()}


def main(*, check: bool) -> int:
    """Write the files that differ, or only name them; return how many they were."""
    stale = 0
    for path, text in wanted().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{path.relative_to(DOCS.parent)} is {'out of date' if check else 'new'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    checking = "--check" in sys.argv
    sys.exit(bool(main(check=checking)) and checking)
