"""Which column holds which field: mapping, misspellings, and names that would clash."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

import attrs

from collectrisk.errors import ColumnNameError, MissingColumnError, nearest
from collectrisk.fields import FieldSpec, FlagRule, NumberRule, Rule, TextRule, specs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk.borrower import Borrower

__all__ = ["ColumnNames", "refuse_duplicates"]

OWN_KIND: dict[str, Rule] = {"flag": FlagRule(), "text": TextRule(), "object": TextRule()}
"""The rule of a column by its kind; every other kind is held to be a number."""

LOOKS_LIKE = 0.9
"""From this likeness on, a column is taken for a misspelling of a field that is absent."""


def spec_for_kind(name: str, kind: str) -> FieldSpec:
    """Return the spec of a column of which only its kind is known: always known."""
    return FieldSpec(name, OWN_KIND.get(kind, NumberRule()))


def refuse_duplicates(names: Iterable[str]) -> None:
    """Raise `ColumnNameError` if two columns share a name."""
    repeated = tuple(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise ColumnNameError(repeated, "the frame has more than one column of this name; rename or drop one")


def _folded(name: str) -> str:
    return str(name).strip().casefold().replace(" ", "_").replace("-", "_")


@attrs.frozen
class ColumnNames:
    """Finds the column that holds a field.

    Attributes
    ----------
    available : tuple of str
        The frame's columns.
    borrower_type : type
        The class whose fields are looked for.
    needed : tuple of str or None
        The fields that the scorer reads; None where only running its formula can tell.
    mapping : mapping of str to (str or None)
        The columns that the user named for fields; None says that a field is absent.
    columns : mapping of str to FieldSpec
        What columns that are no fields of the borrower must hold, as far as the scorer knows.
    """

    available: tuple[str, ...]
    borrower_type: type[Borrower]
    needed: tuple[str, ...] | None = None
    mapping: Mapping[str, str | None] = attrs.Factory(dict)
    columns: Mapping[str, FieldSpec] = attrs.Factory(dict)

    def __attrs_post_init__(self) -> None:
        """Check the mapping, then look for misspelt columns."""
        known = dict.fromkeys([*self.specs, *(self.needed or ())])
        for field, column in self.mapping.items():
            if field not in known and self.needed is not None:
                guess = nearest(field, known)
                meant = f"did you mean {guess!r}? " if guess else ""
                raise ColumnNameError((field,), f"no such field; {meant}the fields are {', '.join(known)}")
            if column is not None and column not in self.available:
                raise MissingColumnError(column, self.available, field)
        for spec in self.specs.values():
            self._refuse_misspelling(spec)

    @property
    def specs(self) -> dict[str, FieldSpec]:
        """The fields of the borrower class that formulas may read."""
        return {name: spec for name, spec in specs(self.borrower_type).items() if not spec.private}

    def find(self, field: str) -> str | None:
        """Return the column of a field, or None where a field with a default is absent."""
        column = self.mapping.get(field, field)
        if column is not None and column in self.available:
            return column
        spec = self.specs.get(field)
        if spec is None or spec.required:
            raise MissingColumnError(field, self.available)
        return None

    def spec(self, field: str, kind: str) -> FieldSpec:
        """Return what a field must hold; a column unknown to all is held to its own kind."""
        return self.specs.get(field) or self.columns.get(field) or spec_for_kind(field, kind)

    def to_read(self) -> list[str]:
        """Return the fields to read: what the scorer needs, and every other field that is there."""
        needed = self.needed
        if needed is None:
            needed = tuple(name for name, spec in self.specs.items() if spec.required)
        present = (name for name in self.specs if self.mapping.get(name, name) in self.available)
        return list(dict.fromkeys([*needed, *present]))

    def refuse_clash(self, outputs: Iterable[str]) -> None:
        """Raise `ColumnNameError` if the frame already has a column called like an output."""
        taken = tuple(name for name in outputs if name in self.available)
        if taken:
            raise ColumnNameError(
                taken, "the result would have two columns of this name; rename or drop yours"
            )

    def _refuse_misspelling(self, spec: FieldSpec) -> None:
        if spec.name in self.mapping or spec.name in self.available or spec.required:
            return
        others = {_folded(name): name for name in self.available if name not in self.specs}
        close = difflib.get_close_matches(_folded(spec.name), others, n=1, cutoff=LOOKS_LIKE)
        if close:
            column = others[close[0]]
            raise ColumnNameError(
                (column,),
                f"this looks like the field {spec.name!r}, which is absent; rename the column, or pass "
                f'columns={{"{spec.name}": "{column}"}}, or columns={{"{spec.name}": None}} if it is '
                "something else",
            )
