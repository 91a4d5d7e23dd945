"""Write the generated parts of the pages: tables and error messages.

    python docs/generate            updates every page
    python docs/generate --check    names the pages that are out of date, and fails if there are any

The figure of the README has a command of its own, ``python docs/generate/readme_figure.py``.

A page marks each place with ``<!-- generated: name -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import contact_rules
import reference_tables
from anchor_cases import anchor_cases, typical_accounts
from bad_input import bad_files, bad_input, messages
from parameters import effect

DOCS = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
PARAMETERS = {
    "size_threshold": (0.5, 1.0, 2.0),
    "min_failed_attempts": (0.6, 1.0, 2.0),
    "gate_ceiling": (0.25, 1.0, 4.0),
    "base": (1.25, 1.0, 0.75),
    "amount_per_decade": (0.5, 1.0, 2.0),
    "days_past_due": (0.5, 1.0, 2.0),
    "attitude": (0.5, 1.0, 2.0),
    "failed_messages": (0.5, 1.0, 2.0),
    "failed_calls": (0.5, 1.0, 2.0),
    "broken_promises": (0.5, 1.0, 2.0),
    "placed_with_agency": (0.5, 1.0, 2.0),
    "repayment_plan": (0.5, 1.0, 2.0),
}
"""The parameters of the rule scorer, and the factors that the page of the rules shows for each."""

GENERATORS = {
    "anchor_cases": anchor_cases,
    "typical_accounts": typical_accounts,
    "bad_input": bad_input,
    "every_message": messages,
    "bad_files": bad_files,
    "fields": reference_tables.fields,
    "xp": reference_tables.xp,
    "checks": reference_tables.checks,
    "event_kinds": reference_tables.event_kinds,
    "layers": reference_tables.layers,
    "contact_summary": contact_rules.summary,
    "contact_facts": contact_rules.facts,
    "contact_products": contact_rules.products,
    **contact_rules.pages(),
    **{name: effect(name, factors) for name, factors in PARAMETERS.items()},
}


def filled(page: str) -> str:
    """Return a page with all its marked places filled."""
    return MARKED.sub(lambda mark: f"{mark[1]}\n{GENERATORS[mark[2]]()}\n\n{mark[3]}", page)


def expected_pages() -> dict[Path, str]:
    """Return every page with generated parts, with the text that it should have."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    return {path: filled(text) for path, text in pages.items() if "<!-- generated:" in text}


def main(*, check: bool) -> int:
    """Write the pages that differ, or only name them; return how many they are."""
    changed = 0
    for path, text in expected_pages().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        changed += 1
        print(f"{path.relative_to(DOCS.parent)} {'is out of date' if check else 'updated'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return changed


if __name__ == "__main__":
    checking = "--check" in sys.argv
    sys.exit(bool(main(check=checking)) and checking)
