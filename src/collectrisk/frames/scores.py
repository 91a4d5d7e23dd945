"""What scoring an eager frame found: probabilities, rungs, reasons, and what was invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.frames.door import problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.errors import ColumnProblem
    from collectrisk.frames.door import Gatekeeper

__all__ = ["Scores", "blocks"]

Array = npt.NDArray[Any]

ROWS_ON_THE_LADDER = 65_536
"""So many rows stand on the ladder at a time, for its intermediate results to stay small."""


def blocks(rows: int, size: int) -> list[tuple[int, int]]:
    """Return where the blocks of some rows start and stop."""
    return [(start, min(start + size, rows)) for start in range(0, rows, size)]


@attrs.frozen(eq=False)
class Scores:
    """What scoring found, a row a borrower.

    Attributes
    ----------
    probability : array of float
        Visit probability; NaN for an invalid row.
    reasons : array of int, one row a rank
        Place of the reason among the characteristics; -1 where nothing more speaks.
    keepers : mapping of str to Gatekeeper
        What read the columns, by field, and knows which rows were invalid.
    """

    probability: Array
    reasons: Array
    keepers: Mapping[str, Gatekeeper]

    @property
    def problems(self) -> tuple[ColumnProblem, ...]:
        """What was invalid, column by column."""
        return problems_of(self.keepers.values())

    def rungs(self, cuts: tuple[float, ...]) -> Array:
        """Return each probability's place on the ladder, from light to heavy; -1 for NaN."""
        places = np.empty(self.probability.shape, dtype=np.int8)
        for start, stop in blocks(len(places), ROWS_ON_THE_LADDER):
            probability = self.probability[start:stop]
            reached = [(probability >= cut).view(np.int8) for cut in cuts[1:]]
            places[start:stop] = sum(reached) - np.isnan(probability)
        return places

    def row_problems(self) -> tuple[Array, list[str]]:
        """Return each row's place among the texts of what is wrong, -1 for a valid row, and those texts."""
        broken = [keeper for keeper in self.keepers.values() if keeper.broken]
        places = np.full(self.probability.shape, -1, dtype=np.int32)
        if not broken:
            return places, []
        rows = [np.concatenate(keeper.broken) for keeper in broken]
        affected = np.unique(np.concatenate(rows))
        which = sum(np.isin(affected, each) * (1 << bit) for bit, each in enumerate(rows))
        kinds, places[affected] = np.unique(which, return_inverse=True)
        return places, [_what_is_wrong(broken, kind) for kind in kinds.tolist()]


def _what_is_wrong(broken: list[Gatekeeper], kind: int) -> str:
    """Return the text of a set of broken rules; each bit of `kind` is one of them."""
    found = (keeper for bit, keeper in enumerate(broken) if kind >> bit & 1)
    return "; ".join(f"{keeper.column.name} must be {keeper.spec.words}" for keeper in found)
