"""The fields of a query: how each is read from its column, validated, and replaced where it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs

from collectrisk._fields import ChoiceValidator
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.names import ColumnNames
from collectrisk._namespaces.sql import Sql
from collectrisk._namespaces.sql_dialect import require_text
from collectrisk.errors import ArgumentError
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collectrisk._fields import FieldSpec, NumberValidator, TextValidator
    from collectrisk._formula import Formula
    from collectrisk._namespaces.sql import SqlNamespace
    from collectrisk.mapping._convert import Converter
    from collectrisk.mapping._mapping import Columns


WITHOUT_EFFECT = {
    "number": {"columns", "zone", "true", "false"},
    "flag": {"columns", "zone", "decimal", "thousands", "units"},
    "choice": {"columns", "zone", "decimal", "thousands", "units", "true", "false"},
    "text": {"columns", "zone", "decimal", "thousands", "units", "true", "false"},
}
"""What a rule may declare for a kind of field without a change of its values; a zone changes only dates."""

FLAGS = {"1": True, "0": False}
"""The spellings of a flag that a query reads without a declaration."""


def _declared(converter: Converter) -> list[str]:
    """Return what a rule declares that may change a value, so that a query would have to convert it."""
    rule = converter.rule
    harmless = WITHOUT_EFFECT[converter.spec.validator.kind]
    if converter.flags == FLAGS:
        harmless = harmless | {"true", "false"}
    several = [f"{len(rule.columns)} columns"] if len(rule.columns) > 1 else []
    dates = ["as_of"] if converter.may_be_date else []
    changed = [each.name for each in attrs.fields(type(rule)) if getattr(rule, each.name) != each.default]
    return [*several, *(name for name in changed if name not in harmless), *dates]


def names_of(formula: Formula, columns: Columns | None) -> ColumnNames:
    """Return the columns that a query reads, which are assumed to exist.

    Raises
    ------
    ArgumentError
        If rows are to be skipped, a value would have to be converted, or a field that must be known is
        absent.
    CollectRiskError
        If the mapping is not valid, or a field is unknown.
    """
    mapping = Mapping.of(formula.columns if columns is None else columns)
    if mapping.skip:
        raise ArgumentError("columns", "must not skip rows; leave them out in a view of the table")
    read = dict.fromkeys([*(formula.fields or ()), *mapping.fields, *mapping.require])
    available = [column for field in read for column in mapping.columns_of(field) or ()]
    names = ColumnNames.of(formula, FrameNames(available), mapping)
    names.refuse()
    _refuse_absent(names)
    _refuse_conversions(names)
    return names


def _refuse_absent(names: ColumnNames) -> None:
    mapping = names.mapping
    absent = [field for field in names.to_read() if mapping.columns_of(field) is None]
    if needed := [repr(field) for field in absent if names.needs_column(field)]:
        raise ArgumentError("columns", f"must name a column for {', '.join(needed)}, which must be known")


def _refuse_conversions(names: ColumnNames) -> None:
    present = [field for field in names.to_read() if names.mapping.columns_of(field) is not None]
    declared = {field: _declared(names.converter(field, "number")) for field in present}
    listed = [f"{field!r} ({', '.join(keys)})" for field, keys in declared.items() if keys]
    if listed:
        raise ArgumentError(
            "columns",
            "must name, for each field, one column whose values are used as they are, and a query does "
            f"not convert {', '.join(listed)}; convert them in a view of the table, and pass its columns",
        )


@attrs.define
class Fields:
    """Reads and validates the fields of a scorecard.

    Attributes
    ----------
    names : ColumnNames
        Finds the column of each field.
    xp : SqlNamespace
        The namespace.
    needs_value : set of str
        The fields that must be known, whatever their default, because a characteristic has no points
        for a missing value.
    boolean_levels : set of str
        The fields that have the levels true and false.
    read, valid : dict of str to str
        The columns of the two stages: the values as numbers and texts, and the valid ones.
    problems : list of str
        The text of each field's problem, empty for a valid value.
    flags : bool
        Whether any field is a flag.
    """

    names: ColumnNames
    xp: SqlNamespace
    needs_value: set[str]
    boolean_levels: set[str]
    read: dict[str, str] = attrs.field(init=False, factory=dict)
    valid: dict[str, str] = attrs.field(init=False, factory=dict)
    problems: list[str] = attrs.field(init=False, factory=list)
    flags: bool = attrs.field(init=False, default=False)

    @classmethod
    def of(cls, formula: Formula, names: ColumnNames, xp: SqlNamespace) -> Fields:
        """Return the fields of a formula."""
        curves = formula.card.characteristics
        needs_value = {
            name for each in curves for name in each.fields if getattr(each, "if_missing", None) is None
        }
        booleans = {
            field
            for each in curves
            for field, levels in each.levels_by_field.items()
            if {"true", "false"} & {*levels}
        }
        return cls(names, xp, needs_value, booleans)

    def value(self, field: str) -> Any:
        """Return a field as the formula reads it: a column, or the default of an absent field."""
        found = self.names.find(field)
        if found is None:
            return self.names.specs[field].default
        spec, column = self._spec(field), found[0]
        source = self.xp.dialect.identifier(require_text("columns", column))
        raw, name = self.xp.name(f"{field} read"), self.xp.name(field)
        kind = spec.validator.kind
        readers: Any = {"number": self._number, "flag": self._flag, "choice": self._text, "text": self._text}
        valid, value = readers[kind](spec, source, raw, name)
        branches: list[tuple[str, Any]] = [(valid, Sql(raw, self.xp))]
        invalid = f"{name} IS NULL"
        if spec.nullable:
            invalid += f" AND {raw} IS NOT NULL"
        elif not spec.required:
            branches.insert(0, (f"{raw} IS NULL", self._default(spec)))
        self.valid[name] = self.xp.case(branches, None).text
        self._add_problem(invalid, f"{column} must be {spec.requirement}")
        return value

    def how_read(self) -> str:
        """Return a comment on the stage that reads the columns."""
        text, dialect = "the columns as numbers and texts", self.xp.dialect
        if any(dialect.wrong_number in each for each in self.read.values()):
            text += f"; {dialect.wrong_number} is not a number"
        if self.flags:
            text += f"; flags as 1 and 0, and {dialect.WRONG_FLAG} for any other value"
        return text

    def _spec(self, field: str) -> FieldSpec:
        spec = self.names.converter(field, "number").spec
        if spec.own is not None:
            raise ArgumentError(
                "borrower_type",
                f"must not have a validator of its own for SQL text, and it has one for {field!r}",
            )
        if spec.nullable and field in self.needs_value:
            return spec._replace(default=attrs.NOTHING)
        return spec

    def _default(self, spec: FieldSpec) -> Any:
        return int(spec.default) if spec.validator.kind == "flag" else spec.default

    def _number(self, spec: FieldSpec, source: str, raw: str, name: str) -> tuple[str, Sql]:
        validator, dialect = cast("NumberValidator", spec.validator), self.xp.dialect
        low, high = max(validator.minimum, dialect.lowest), validator.limit
        self.read[raw] = dialect.read_number(source)
        valid = f"{raw} BETWEEN {dialect.number(low)} AND {dialect.number(high)}"
        if validator.integer:
            valid += f" AND FLOOR({raw}) = {raw}"
        return valid, Sql(name, self.xp, low, high, validator.integer, spec.nullable)

    def _flag(self, _: FieldSpec, source: str, raw: str, name: str) -> tuple[str, Sql]:
        self.flags = True
        self.read[raw] = self.xp.dialect.read_flag(source)
        return f"{raw} IN (0, 1)", Sql(f"{name} = 1", self.xp, kind="flag")

    def _text(self, spec: FieldSpec, source: str, raw: str, name: str) -> tuple[str, Sql]:
        validator, dialect, field = spec.validator, self.xp.dialect, spec.name
        self.read[raw] = dialect.read_text(source)
        if isinstance(validator, ChoiceValidator):
            valid = f"{raw} IN ({', '.join(map(dialect.text, validator.values))})"
        else:
            known, codes = self.xp.name(f"{field} known"), cast("TextValidator", validator).codes
            # Where booleans are the numbers 1 and 0, these are not the codes "true" and "false".
            codes = codes and (dialect.has_booleans or field not in self.boolean_levels)
            self.read[known] = f"CASE WHEN {dialect.is_text(source, codes=codes)} THEN 1 ELSE 0 END"
            valid = f"{known} = 1"
        return valid, Sql(name, self.xp, nullable=spec.nullable, kind="text")

    def _add_problem(self, invalid: str, why: str) -> None:
        text = self.xp.dialect.text
        self.problems.append(f"CASE WHEN {invalid} THEN {text(f'; {why}')} ELSE '' END")
