"""The pairs of fields whose surfaces a fit may add to the curves."""

from __future__ import annotations

import warnings
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import attrs

from collectrisk._fit.groups import own_group
from collectrisk._fit.surfaces import EXPECTED_SCALE, OTHER, SurfaceBasis, axis_of, surface_basis
from collectrisk._surface import Surface
from collectrisk.errors import ArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from collectrisk._display.words import Words
    from collectrisk._fit.bases import Basis
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._surface import Axis

Pair = tuple[str, str]


@attrs.frozen(eq=False, slots=False)
class Candidates:
    """The pairs of fields that have curves of their own, and no surface on the prior card.

    Attributes
    ----------
    bases : sequence of Basis
        The bases of the card without further surfaces.
    data : TrainingRows
        The rows that determine the axes.
    monotone : frozenset of str
        The fields whose curves must be monotone: a surface could rise and fall with them.
    """

    bases: Sequence[Basis]
    data: TrainingRows
    monotone: frozenset[str] = frozenset()

    @cached_property
    def by_field(self) -> dict[str, Basis]:
        """The first curve of each field."""
        found: dict[str, Basis] = {}
        for each in self.bases:
            if len(each.origin.fields) == 1:
                found.setdefault(each.origin.fields[0], each)
        return found

    @cached_property
    def _taken(self) -> set[frozenset[str]]:
        return {frozenset(each.origin.fields) for each in self.bases if isinstance(each.origin, Surface)}

    @cached_property
    def axes(self) -> dict[str, Axis]:
        """The axis of each field that varies."""
        found = {field: axis_of(basis, self.data) for field, basis in self.by_field.items()}
        return {field: axis for field, axis in found.items() if axis is not None}

    @cached_property
    def all(self) -> list[Pair]:
        """All pairs that a fit may choose."""
        labels = {each.origin.label for each in self.bases}
        free = [field for field in self.axes if field not in self.monotone]
        pairs = [pair for pair in combinations(free, 2) if frozenset(pair) not in self._taken]
        return [pair for pair in pairs if self.label(pair) not in labels]

    def label(self, pair: Pair) -> str:
        """Return the label of the surface of two fields."""
        return " and ".join(self.by_field[field].origin.label for field in pair)

    def group_name(self, pair: Pair) -> str:
        """Return the name of the group of the surface of two fields."""
        return own_group(self.label(pair), EXPECTED_SCALE).name

    def basis(self, pair: Pair) -> SurfaceBasis:
        """Return the basis of the surface of two fields that vary."""
        x, y = (self.axes[field] for field in pair)
        return surface_basis(self.label(pair), x, y, self.data)

    def named(self, pairs: Iterable[Sequence[str]]) -> list[SurfaceBasis]:
        """Return the surfaces of given pairs; warn of those that have none because a field does not vary."""
        wanted: dict[frozenset[str], Pair] = {}
        for first, second in pairs:
            for field in (first, second):
                if field not in self.by_field:
                    names = ", ".join(self.by_field)
                    guess = did_you_mean(field, self.by_field)
                    raise ArgumentError(
                        "pairs", f"must name fields with a curve of their own ({names}), not {field!r}{guess}"
                    )
            fields = frozenset([first, second])
            if constant := [field for field in (first, second) if field not in self.axes]:
                warnings.warn(
                    f"pairs: {(first, second)!r} is left out, because {constant[0]!r} has fewer than two "
                    "different values in the rows of the fit",
                    stacklevel=6,  # the line that calls `LogisticScorer.fit`
                )
            elif fields not in self._taken:
                wanted.setdefault(fields, (first, second))
        labels = {each.origin.label for each in self.bases}
        if clashes := [label for label in map(self.label, wanted.values()) if label in labels]:
            raise ArgumentError(
                "pairs",
                f"must not add the surface {clashes[0]!r}, because another characteristic of the card has "
                "this label, and labels must be unique; rename one of them",
            )
        return [self.basis(pair) for pair in wanted.values()]


def note_of_portfolio(bases: Iterable[Basis], portfolio: str | None, words: Words) -> str:
    """Return which pairs leave out some portfolios; nothing if there are none.

    Parameters
    ----------
    bases : iterable of Basis
        The bases of a fit.
    portfolio : str or None
        The field that names the portfolio.
    words : Words
        The language.
    """
    pairs = (each for each in bases if isinstance(each, SurfaceBasis) and portfolio in each.origin.fields)
    # Without a coefficient of another level, rows of the fit have one.
    labels = [each.origin.label for each in pairs if not each.transform[each.names.index(OTHER)].any()]
    if not labels:
        return ""
    return str(words.summary.portfolio_pairs.format(", ".join(labels)))
