"""What changes from one plan to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import Document, paragraph, table
from collectrisk._display.words import words_in
from collectrisk.planning._value_text import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._typing import Language


@attrs.frozen(kw_only=True)
class PlanComparison(Document):
    """What changes from one plan to another one, as `Plan.compare` returns it.

    Attributes
    ----------
    value_before, value_after : float or None
        The sums of values of the plans; None without values.
    moves : dict of (str or None, str or None) to int
        The number of accounts that change from one channel to another; None is no channel.
    """

    value_before: float | None
    value_after: float | None
    moves: dict[tuple[str | None, str | None], int]

    @property
    def value(self) -> float | None:
        """The change of the sum of values; None if a plan has no values."""
        if self.value_before is None or self.value_after is None:
            return None
        return self.value_after - self.value_before

    @property
    def changed(self) -> int:
        """The number of accounts whose channel changes."""
        return sum(self.moves.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, which JSON can represent."""
        moves = [{"from": old, "to": new, "accounts": number} for (old, new), number in self.moves.items()]
        return {"value": self.value, "changed": self.changed, "moves": moves}

    def _blocks(self, language: Language) -> Iterator[Block]:
        every = words_in(language)
        words = every.plan
        names: dict[str | None, str] = dict(every.channels.items())
        names[None] = words.nothing
        ordered = sorted(self.moves.items(), key=lambda move: -move[1])
        rows = [(names[old], names[new], f"{number:,}") for (old, new), number in ordered]
        if rows:
            yield table(words.moves, (words.old, words.new, words.accounts), rows, text_columns=2)
        else:
            yield paragraph(words.no_moves)
        if self.value is not None:
            yield paragraph(
                words.difference.format(value_text(self.value, "+"), value_text(self.value_after or 0.0))
            )
