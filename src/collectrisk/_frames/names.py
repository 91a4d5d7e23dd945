"""Which column contains which field: mapping, likely misspellings, and duplicate names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

import attrs

from collectrisk._fields import FieldSpec, FlagValidator, NumberValidator, TextValidator, field_specs
from collectrisk.errors import ColumnNameError, MissingColumnError, did_you_mean, nearest
from collectrisk.mapping import Mapping
from collectrisk.mapping._convert import Converter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as AnyMapping

    from collectrisk._borrower import Borrower
    from collectrisk._fields import Validator
    from collectrisk._formula import Formula
    from collectrisk.mapping import FieldMapping
    from collectrisk.mapping._mapping import Columns

VALIDATORS: dict[str, Validator] = {
    "flag": FlagValidator(),
    "text": TextValidator(),
    "object": TextValidator(),
}
"""The validator of a column of which only the kind is known; by default a number is required."""

MISSPELLING = 0.9
"""A column at least this similar to an absent field is considered a misspelling of it."""


def spec_for_kind(name: str, kind: str) -> FieldSpec:
    """Return the spec of a column of which only the kind is known; its values are required."""
    return FieldSpec(name, VALIDATORS.get(kind, NumberValidator()))


def refuse_duplicates(names: Iterable[str]) -> None:
    """Raise `ColumnNameError` if two columns have the same name."""
    duplicates = tuple(name for name, count in Counter(names).items() if count > 1)
    if duplicates:
        raise ColumnNameError(duplicates, "there is more than one column of this name; rename or drop one")


@attrs.frozen
class ColumnNames:
    """Finds the column of each field.

    Attributes
    ----------
    available : tuple of str
        The frame's columns.
    borrower_type : type
        The class of borrowers.
    needed : tuple of str or None
        The fields that the scorer reads; None if that is not known.
    mapping : Mapping
        How each field is read.
    column_specs : mapping of str to FieldSpec
        The specs of columns that are not fields of the borrower class, as far as they are known.
    """

    available: tuple[str, ...]
    borrower_type: type[Borrower]
    needed: tuple[str, ...] | None = None
    mapping: Mapping = attrs.Factory(Mapping)
    column_specs: AnyMapping[str, FieldSpec] = attrs.Factory(dict)

    @classmethod
    def of(cls, formula: Formula, available: Iterable[str], columns: Columns | None) -> ColumnNames:
        """Return the columns that a formula reads."""
        mapping = Mapping.of(formula.columns if columns is None else columns)
        return cls(tuple(available), formula.borrower_type, formula.fields, mapping, formula.column_specs)

    def __attrs_post_init__(self) -> None:
        """Check the mapping, then look for misspelt columns."""
        known = dict.fromkeys([*self.specs, *(self.needed or ())])
        for field in [*self.mapping.fields, *self.mapping.require, *self.mapping.plausible]:
            if field not in known and self.needed is not None:
                hint = did_you_mean(field, known)
                raise ColumnNameError((field,), f"no such field{hint} (the fields are {', '.join(known)})")
        for field, rule in self.mapping.fields.items():
            for column in rule.columns if rule else ():
                if column not in self.available:
                    raise MissingColumnError(column, self.available, field)
        for column in self.mapping.skip:
            if column not in self.available:
                raise MissingColumnError(column, self.available, "skip")
        for spec in self.specs.values():
            self._refuse_misspelling(spec)

    @property
    def specs(self) -> dict[str, FieldSpec]:
        """The specs of the borrower class's public fields."""
        return {name: spec for name, spec in field_specs(self.borrower_type).items() if not spec.private}

    def find(self, field: str) -> tuple[str, ...] | None:
        """Return the columns that a field is read from, or None if a field with a default is absent."""
        rule = self.mapping.rule(field)
        if rule is not None and self._is_present(field):
            return rule.columns
        spec = self.specs.get(field)
        if spec is None or spec.required or field in self.mapping.require:
            raise MissingColumnError(field, self.available)
        return None

    def converter(self, field: str, kind: str) -> Converter:
        """Return how a field is read whose first column is of a kind."""
        spec = self.known_spec(field) or spec_for_kind(field, kind)
        if field in self.mapping.plausible:
            spec = spec.with_plausible(self.mapping.plausible[field])
        rule = cast("FieldMapping", self.mapping.rule(field))  # its columns were found
        return Converter(spec, rule, self.mapping.as_of, self.mapping.from_text_file)

    def to_read(self) -> list[str]:
        """Return the fields to validate: those that the scorer needs, and all others that are present."""
        needed = self.needed
        if needed is None:
            needed = tuple(name for name, spec in self.specs.items() if spec.required)
        present = (name for name in self.specs if self._is_present(name))
        return list(dict.fromkeys([*needed, *self.mapping.require, *present]))

    def _is_present(self, field: str) -> bool:
        rule = self.mapping.rule(field)
        return rule is not None and set(rule.columns) <= set(self.available)

    def known_spec(self, field: str) -> FieldSpec | None:
        """Return the spec of a field, as far as it is known without its column."""
        spec = self.specs.get(field) or self.column_specs.get(field)
        if spec is not None and field in self.mapping.require:
            spec = attrs.evolve(spec, default=attrs.NOTHING)
        return spec

    def fields(self) -> list[str]:
        """Return the fields that are read, and those that the scorer may read and that are absent."""
        absent = [] if self.needed is not None else self.specs
        read = self.to_read()
        return [
            *(name for name in self.specs if name in read or name in absent),
            *(name for name in read if name not in self.specs),
        ]

    def unused(self) -> tuple[str, ...]:
        """Return the columns that contain no field."""
        used = {column for field in self.to_read() for column in self.find(field) or ()}
        private = {name for name, spec in field_specs(self.borrower_type).items() if spec.private}
        used |= private | set(self.mapping.skip)
        return tuple(name for name in self.available if name not in used)

    def refuse_clash(self, outputs: Iterable[str]) -> None:
        """Raise `ColumnNameError` if the frame already has a column with the name of a result."""
        clashing = tuple(name for name in outputs if name in self.available)
        if clashing:
            raise ColumnNameError(
                clashing, "the result would have two columns of this name; rename or drop yours"
            )

    def _refuse_misspelling(self, spec: FieldSpec) -> None:
        if spec.name in self.mapping.fields or spec.name in self.available or spec.required:
            return
        others = [name for name in self.available if name not in self.specs]
        column = nearest(spec.name, others, cutoff=MISSPELLING)
        if column is not None:
            raise ColumnNameError(
                (column,), f"looks like the field {spec.name!r}, which is absent", spec.name
            )
