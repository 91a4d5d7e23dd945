"""The misspellings of a word that a reader takes for it."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def slips(word: str) -> Iterator[str]:
    """Yield every word that differs in one letter, or in two neighbours that are swapped."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in string.ascii_lowercase + "_":
            yield before + letter + after
            yield before + letter + after[1:]
