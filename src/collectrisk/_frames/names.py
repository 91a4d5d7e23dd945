"""Which column contains which field: mapping, likely misspellings, and clashing names."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import attrs

from collectrisk._borrower import Borrower
from collectrisk._fields import FieldSpec, FlagValidator, NumberValidator, TextValidator, field_specs
from collectrisk._frames.engines import CASE_IGNORED, FrameNames
from collectrisk.errors import (
    PLACEHOLDER,
    ColumnNameError,
    ColumnsError,
    ColumnTypeError,
    MissingColumnError,
    nearest,
)
from collectrisk.mapping import FieldMapping, Mapping
from collectrisk.mapping._candidates import Candidate, candidate_of
from collectrisk.mapping._convert import Converter
from collectrisk.mapping._mapping import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as AnyMapping

    from collectrisk._fields import Validator
    from collectrisk._formula import Formula
    from collectrisk.errors import CollectRiskError
    from collectrisk.mapping._mapping import Columns

VALIDATORS: dict[str, Validator] = {
    "flag": FlagValidator(),
    "text": TextValidator(),
    "object": TextValidator(),
}
"""The validator of a column of which only the kind is known; by default a number is required."""

MISSPELLING = 0.9
"""A column at least this similar to an absent field is considered a misspelling of it."""

SKIP = "skip"
"""Stands for a field in the error for a column by which the mapping skips rows."""

SPELLING = 0.8
"""A column at least this similar to a missing one is proposed."""


def spec_for_kind(name: str, kind: str) -> FieldSpec:
    """Return the spec of a column of which only the kind is known; its values are required."""
    return FieldSpec(name, VALIDATORS.get(kind, NumberValidator()))


def refuse_columns(
    errors: Iterable[CollectRiskError], columns: AnyMapping[str, Any], *, extends: bool = False
) -> None:
    """Raise the only problem of the columns, or one error with all of them, if there are any.

    Parameters
    ----------
    errors : iterable of CollectRiskError
        The problems.
    columns : mapping of str to object
        The fields of the user's mapping, corrected as far as possible.
    extends : bool, default False
        Whether the user's mapping contains more than names of columns.
    """
    errors = sorted(errors, key=lambda error: not isinstance(error, MissingColumnError))
    distinct = [error for error in errors if not isinstance(error, ColumnTypeError)]
    ill_typed = [each for error in errors if isinstance(error, ColumnTypeError) for each in error.problems]
    if ill_typed:
        distinct.append(ColumnTypeError(tuple(ill_typed)))
    if len(distinct) > 1:
        raise ColumnsError(tuple(distinct), columns, extends)
    for error in distinct:
        if isinstance(error, (MissingColumnError, ColumnNameError)):
            error.columns, error.extends = columns, extends
        raise error


def missing_column(
    column: str, available: Iterable[str], unused: Iterable[str], specs: AnyMapping[str, FieldSpec]
) -> MissingColumnError:
    """Return the error for a missing column.

    An unused column that means the same field is proposed, or else one that is spelled similarly
    and does not mean another field.
    """
    found = {name: candidate_of(str(name), specs) for name in unused}
    meant = {name: each for name, each in found.items() if each is not None and each.field == column}
    proposals = tuple(name for name, each in meant.items() if not each.is_date)
    dates = tuple(name for name, each in meant.items() if each.is_date)
    if not proposals:
        similar = nearest(column, (name for name in found if found[name] is None), cutoff=SPELLING)
        proposals = () if similar is None else (similar,)
    if dates and not proposals:
        hint = " It seems to contain dates; the days since then are counted if as_of is given"
        return MissingColumnError(column, tuple(available), proposals=dates, hint=hint)
    hint, rule = _read_by_name(proposals, meant)
    return MissingColumnError(column, tuple(available), proposals=proposals, hint=hint, rule=rule)


def _read_by_name(names: tuple[str, ...], meant: AnyMapping[str, Candidate]) -> tuple[str, Any]:
    """Return what the name of the only column says about its values, and the rule that follows."""
    only = meant.get(names[0]) if len(names) == 1 else None
    if only is None:
        return "", None
    return only.hint, {"column": names[0], **only.keys} if only.keys else None


@attrs.frozen
class ColumnNames:
    """Finds the column of each field, and collects the problems of the columns.

    Attributes
    ----------
    available : FrameNames
        The frame's columns.
    borrower_type : type
        The class of borrowers.
    needed : tuple of str or None
        The fields that the scorer reads; None if that is not known.
    mapping : Mapping
        How each field is read.
    column_specs : mapping of str to FieldSpec
        The specs of columns that are not fields of the borrower class, as far as they are known.
    keeps_missing : tuple of str
        The fields whose missing values stay missing, whatever the default of the borrower class.
    makes_borrowers : bool
        Whether a borrower is made of each row, with the validators of its class.
    requires : tuple of str
        The fields that the scorer needs although they have a default, besides those of the mapping.
    errors : list of CollectRiskError
        The problems that were found.
    """

    available: FrameNames
    borrower_type: type[Borrower]
    needed: tuple[str, ...] | None = None
    mapping: Mapping = attrs.Factory(Mapping)
    column_specs: AnyMapping[str, FieldSpec] = attrs.Factory(dict)
    keeps_missing: tuple[str, ...] = ()
    makes_borrowers: bool = False
    requires: tuple[str, ...] = ()
    errors: list[CollectRiskError] = attrs.field(init=False, factory=list)

    @classmethod
    def of(cls, formula: Formula, available: FrameNames, columns: Columns | None) -> ColumnNames:
        """Return the columns that a formula reads."""
        formula.require_columns()
        mapping = Mapping.of(formula.columns if columns is None else columns)
        return cls(
            available,
            formula.borrower_type,
            formula.fields,
            mapping,
            formula.column_specs,
            formula.keeps_missing,
            formula.makes_borrowers,
            formula.requires,
        )

    def __attrs_post_init__(self) -> None:
        """Check the mapping, then look for columns that were probably meant for absent fields."""
        mapping = self.mapping
        for field in dict.fromkeys([*mapping.fields, *self._required, *mapping.plausible]):
            if self.needed is not None and field not in self._known:
                self.errors.append(self._unknown(field))
        self.errors.extend(self._missing(column, field) for field, column in self._absent_columns())
        if absent := [spec for spec in self.specs.values() if self._may_be_elsewhere(spec)]:
            found = {name: candidate_of(str(name), self.candidate_specs) for name in self._candidates()}
            for spec in absent:
                with self.collecting():
                    self._refuse_meant(spec, found)

    def _absent_columns(self) -> Iterator[tuple[str, str]]:
        """Yield each column that the mapping names and the frame does not have, with its field."""
        for field, rule in self.mapping.fields.items():
            if rule is not None and (self.needed is None or field in self._known):
                yield from ((field, name) for name in rule.columns if name not in self.available)
        yield from ((SKIP, name) for name in self.mapping.skip if name not in self.available)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Collect a problem of a column instead of raising it."""
        try:
            yield
        except (MissingColumnError, ColumnNameError, ColumnTypeError) as error:
            self.errors.append(error)

    def refuse_missing(self) -> None:
        """Raise the problems of the columns that do not depend on their types."""
        for field in self.to_read():
            with self.collecting():
                self.find(field)
        self.refuse()

    def refuse(self) -> None:
        """Raise the problems that were collected, if there are any."""
        if not self.errors:
            return
        columns = {}
        for field, rule in self.mapping.fields.items():
            known = field if self.needed is None or field in self._known else self._guess(field)
            if known is not None and (rule or not self.needs_column(known)):
                columns[known] = self._corrected(known, rule) if rule else None
        plain = attrs.evolve(self.mapping, fields={}) == EMPTY
        refuse_columns(self.errors, columns, extends=not plain)

    @property
    def _required(self) -> tuple[str, ...]:
        """The fields that must be known although they have a default."""
        return (*self.mapping.require, *self.requires)

    @property
    def specs(self) -> dict[str, FieldSpec]:
        """The specs of the borrower class's public fields."""
        specs = {name: spec for name, spec in field_specs(self.borrower_type).items() if not spec.private}
        if self.makes_borrowers:  # attrs runs the validators of the class
            specs = {name: spec._replace(own=None) for name, spec in specs.items()}
        return specs

    def find(self, field: str) -> tuple[str, ...] | None:
        """Return the columns that a field is read from, or None if a field with a default is absent."""
        columns = self._columns(field)
        if columns is not None:
            return columns
        if self.needs_column(field):
            raise missing_column(field, self.available, self._candidates(), self.candidate_specs)
        return None

    def converter(self, field: str, kind: str) -> Converter:
        """Return how a field is read whose first column is of a kind."""
        spec = self.known_spec(field) or self._as_read(spec_for_kind(field, kind))
        if field in self.mapping.plausible:
            spec = spec.with_plausible(self.mapping.plausible[field])
        rule = cast("FieldMapping", self.mapping.rule(field))  # its columns were found
        return Converter(spec, rule, self.mapping.as_of, self.mapping.from_text_file)

    def to_read(self) -> list[str]:
        """Return the fields to validate: those that the scorer needs, and all others that are present."""
        needed = self.needed
        if needed is None:
            needed = tuple(name for name, spec in self.specs.items() if spec.required)
        present = (name for name in self.specs if self._columns(name) is not None)
        # A column of the mapping that is missing was reported already.
        broken = {field for field, _ in self._absent_columns()}
        fields = dict.fromkeys([*needed, *self._required, *present])
        return [field for field in fields if field not in broken]

    def _columns(self, field: str) -> tuple[str, ...] | None:
        """Return the columns of a field as the frame spells them, or None if one is absent."""
        columns = self.mapping.columns_of(field)
        if columns is None or not all(column in self.available for column in columns):
            return None
        return tuple(map(self.available.spelled, columns))

    def known_spec(self, field: str) -> FieldSpec | None:
        """Return the spec of a field, as far as it is known without its column."""
        spec = self.specs.get(field) or self.column_specs.get(field)
        return None if spec is None else self._as_read(spec)

    def _as_read(self, spec: FieldSpec) -> FieldSpec:
        """Return a spec with the default that a missing value has here."""
        if spec.name in self._required:
            return spec._replace(default=attrs.NOTHING)
        if spec.name in self.keeps_missing:
            is_text = spec.validator.kind in {"text", "choice"}
            return spec._replace(default=None if is_text else math.nan)
        return spec

    def fields(self) -> list[str]:
        """Return the fields that are read, and those that the scorer may read and that are absent."""
        absent = [] if self.needed is not None else self.specs
        read = self.to_read()
        return [
            *(name for name in self.specs if name in read or name in absent),
            *(name for name in read if name not in self.specs),
        ]

    @property
    def scored_fields(self) -> tuple[str, ...]:
        """The fields that the scorer reads, or may read if that is not known."""
        return tuple(self.fields()) if self.needed is None else self.needed

    def unused(self) -> tuple[str, ...]:
        """Return the columns that contain no field."""
        used = {column for field in self.to_read() for column in self.find(field) or ()}
        private = {name for name, spec in field_specs(self.borrower_type).items() if spec.private}
        return tuple(self.available.without([*used, *private, *self.mapping.skip]))

    def check_clash(self, outputs: Iterable[str]) -> None:
        """Check that the frame has no column with the name of a result."""
        outputs = list(outputs)
        counts = Counter(map(self.available.key, outputs))
        if alike := tuple(name for name in outputs if counts[self.available.key(name)] > 1):
            why = f"the results would have the same name{CASE_IGNORED}; rename a characteristic"
            self.errors.append(ColumnNameError(alike, why))
        names = [name for name in outputs if name in self.available]
        clashing = tuple(map(self.available.spelled, names))
        if clashing:
            case = "" if list(clashing) == names else CASE_IGNORED
            why = f"the result would have two columns of this name{case}; rename or drop yours"
            self.errors.append(ColumnNameError(clashing, why))

    def needs_column(self, field: str) -> bool:
        """Return whether a field that is absent from the frame is an error."""
        spec = self.specs.get(field)
        if spec is None or spec.required or field in self._required:
            return True
        # None in the mapping asks for the default.
        return field in self.keeps_missing and not spec.nullable and self.mapping.rule(field) is not None

    @property
    def candidate_specs(self) -> dict[str, FieldSpec]:
        """The specs of the fields that a column may mean by its name."""
        return {**field_specs(Borrower), **field_specs(self.borrower_type)}

    @property
    def _known(self) -> list[str]:
        """The fields of a borrower, and those that the scorer reads."""
        return list(dict.fromkeys([*self.specs, *(self.needed or ()), *self.column_specs]))

    def _guess(self, unknown: str) -> str | None:
        """Return the field that was probably meant by an unknown one."""
        meant = candidate_of(str(unknown), self.candidate_specs)
        return meant.field if meant and not meant.is_date else nearest(unknown, self._known)

    def _unknown(self, field: str) -> ColumnNameError:
        guess = self._guess(field)
        hint = "" if guess is None else f"; did you mean {guess!r}?"
        known = ", ".join(map(str, self._known))
        return ColumnNameError((field,), f"no such field{hint} (the fields are {known})")

    def _candidates(self) -> list[str]:
        """Return the columns that may be proposed: not a field's, and not read by the scorer or a rule."""
        rules = filter(None, self.mapping.fields.values())
        used = {*field_specs(self.borrower_type), *(self.needed or ()), *self.column_specs}
        used |= {*self.mapping.skip, *(name for rule in rules for name in rule.columns)}
        return self.available.without(used)

    def _proposals(self, column: str, field: str) -> tuple[str, ...]:
        """Return what a column of the mapping may be: a similar name, or one that means the field."""
        unused = self._candidates()
        specs = self.candidate_specs
        similar = missing_column(column, self.available, unused, specs).proposals
        return similar or missing_column(field, self.available, unused, specs).proposals

    def _missing(self, column: str, field: str) -> MissingColumnError:
        """Return the error for a column that the mapping names."""
        rule = None if field == SKIP else self.mapping.fields[field]
        own = None if rule is None or rule == FieldMapping(column) else self._corrected(field, rule)
        proposals = self._proposals(column, field)
        return MissingColumnError(column, tuple(self.available), field, proposals, rule=own)

    def _corrected(self, field: str, rule: FieldMapping) -> Any:
        """Return a rule as it can be passed, with a proposal for each column that is missing."""
        columns = []
        for name in rule.columns:
            found = (name,) if name in self.available else self._proposals(name, field)
            columns.append(found[0] if len(found) == 1 else PLACEHOLDER)
        passed = columns[0] if len(columns) == 1 else columns
        others = {
            each.name: getattr(rule, each.name)
            for each in attrs.fields(FieldMapping)
            if each.name != "columns" and getattr(rule, each.name) != each.default
        }
        return {"columns": passed, **others} if others else passed

    def _may_be_elsewhere(self, spec: FieldSpec) -> bool:
        given = spec.name in self.mapping.fields or spec.name in self.available
        return not (given or self.needs_column(spec.name))

    def _refuse_meant(self, spec: FieldSpec, found: AnyMapping[str, Candidate | None]) -> None:
        """Raise `ColumnNameError` if an unused column was probably meant for an absent field."""
        meant = {
            name: each
            for name, each in found.items()
            if each and each.field == spec.name and not each.is_date
        }
        similar = (name for name in found if found[name] is None or name in meant)
        column = nearest(spec.name, similar, cutoff=MISSPELLING)
        if column is not None:
            names: tuple[str, ...] = (column,)
            why = f"looks like the field {spec.name!r}, which is absent"
        elif meant and (self.needed is None or spec.name in self.needed):
            names, why = tuple(meant), f"may be the field {spec.name!r}, which is absent"
        else:
            return
        hint, rule = _read_by_name(names, meant)
        raise ColumnNameError(names, why + hint, spec.name, rule)
