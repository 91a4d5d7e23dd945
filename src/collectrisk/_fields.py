"""Validation of a borrower's fields: one validator per field, used for single values and for columns."""

from __future__ import annotations

import contextlib
import enum
import functools
import math
import numbers
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_type_hints

import attrs

from collectrisk.errors import InvalidBorrowerError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST_FLOAT = sys.float_info.max
LARGEST_EXACT_INTEGER = 2.0**53 - 1
"""Above this, a float cannot represent every integer."""

VALIDATOR = "collectrisk_validator"
"""The key of a field's validator in its attrs metadata."""

DESCRIPTION = "collectrisk_description"
"""The key of a field's description in its attrs metadata."""


def described(validator: Validator, description: str) -> dict[str, Any]:
    """Return the attrs metadata of a borrower's field."""
    return {VALIDATOR: validator, DESCRIPTION: description}


class InvalidValueError(Exception):
    """A value that a validator rejects; `hint` suggests a correction."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(hint)
        self.hint = hint


def is_missing(value: object) -> bool:
    """Return whether a value means "not known": None, NaN, or a data frame's null."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()  # comparing a signaling NaN raises
    return isinstance(value, numbers.Complex) and bool(value != value)


def is_boolean(value: object) -> bool:
    """Return whether a value is a Python or NumPy boolean."""
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


@attrs.frozen
class NumberValidator:
    """Validates a number: an amount or a count.

    Attributes
    ----------
    minimum, maximum : float
        The interval of valid numbers, ends included.
    integer : bool
        Whether fractions are rejected.
    """

    kind: ClassVar[str] = "number"
    minimum: float = -LARGEST_FLOAT
    maximum: float = LARGEST_FLOAT
    integer: bool = False

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        noun = "a whole number" if self.integer else "a finite number"
        return f"{noun}, {self.minimum:g} or more" if self.minimum > -LARGEST_EXACT_INTEGER else noun

    def validate(self, value: object) -> float | int:
        """Return `value` as a float or int, or raise `InvalidValueError`."""
        if is_boolean(value):
            raise InvalidValueError("; a boolean is not a number")
        if isinstance(value, str):
            raise InvalidValueError("; text is never read as a number, so convert it first")
        if not isinstance(value, (numbers.Real, Decimal)):
            raise InvalidValueError
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        except ValueError:  # a signaling NaN
            raise InvalidValueError from None
        if not self.minimum <= number <= self.maximum:
            too_large = self.integer and self.maximum < number < math.inf
            raise InvalidValueError("; counts of 2**53 and more are not exact" if too_large else "")
        if self.integer and not number.is_integer():
            raise InvalidValueError
        return int(number) if self.integer else number


@attrs.frozen
class FlagValidator:
    """Validates a boolean."""

    kind: ClassVar[str] = "flag"
    requirement: ClassVar[str] = "true or false"

    def validate(self, value: object) -> bool:
        """Return `value` as a bool, or raise `InvalidValueError`."""
        if not is_boolean(value):
            raise InvalidValueError("; write True or False")
        return bool(value)


@attrs.frozen
class ChoiceValidator:
    """Validates one of a few strings, the values of an enum."""

    kind: ClassVar[str] = "choice"
    choices: type[enum.StrEnum]

    @functools.cached_property
    def values(self) -> tuple[str, ...]:
        """The valid strings, in the enum's order."""
        return tuple(choice.value for choice in self.choices)

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        return f"one of {', '.join(self.values)}"

    def validate(self, value: object) -> enum.StrEnum:
        """Return `value` as a member of the enum, or raise `InvalidValueError`."""
        if not isinstance(value, str):
            raise InvalidValueError
        try:
            return self.choices(value)
        except ValueError:
            raise InvalidValueError(did_you_mean(value, self.values)) from None


@attrs.frozen
class TextValidator:
    """Validates text."""

    kind: ClassVar[str] = "text"
    requirement: ClassVar[str] = "text"

    def validate(self, value: object) -> str:
        """Return `value` as a str, or raise `InvalidValueError`."""
        if not isinstance(value, str):
            raise InvalidValueError
        return str(value)


Validator = NumberValidator | FlagValidator | ChoiceValidator | TextValidator

AMOUNT = NumberValidator(minimum=0.0)
COUNT = NumberValidator(minimum=0.0, maximum=LARGEST_EXACT_INTEGER, integer=True)
FLAG = FlagValidator()
TEXT = TextValidator()

_BY_ANNOTATION: dict[object, Validator] = {
    float: NumberValidator(),
    int: NumberValidator(-LARGEST_EXACT_INTEGER, LARGEST_EXACT_INTEGER, integer=True),
    bool: FLAG,
    str: TEXT,
}
# An annotation that cannot be resolved is a string.
_BY_ANNOTATION |= {kind.__name__: each for kind, each in _BY_ANNOTATION.items() if isinstance(kind, type)}


@attrs.frozen
class FieldSpec:
    """A field of a borrower class, or a column that a scorer reads.

    Attributes
    ----------
    name : str
        The field's name.
    validator : Validator
        Validates its values.
    default : object
        What a missing value is replaced by, or `attrs.NOTHING` if the value is required.
    private : bool
        Whether its values are left out of error messages.
    description : str
        What the field means, in one sentence, for the help text of the command line.
    """

    name: str
    validator: Validator
    default: Any = attrs.field(factory=lambda: attrs.NOTHING)
    private: bool = False
    description: str = ""

    @property
    def required(self) -> bool:
        """Whether the value must be known."""
        return self.default is attrs.NOTHING

    @property
    def nullable(self) -> bool:
        """Whether a missing value stays missing, for the formula to handle."""
        return not self.required and is_missing(self.default)

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        requirement = self.validator.requirement
        return f"known, and {requirement}" if self.required else requirement

    def validate(self, value: object) -> Any:
        """Return `value` as the field holds it, or raise `InvalidBorrowerError`."""
        if is_missing(value) and not self.required:
            return self.default
        try:
            return self.validator.validate(value)
        except InvalidValueError as error:
            seen = f"<a private {type(value).__name__}>" if self.private else value
            raise InvalidBorrowerError(self.name, self.requirement, seen, error.hint) from None


def _without_none(annotation: object) -> object:
    if isinstance(annotation, str):
        return annotation.removesuffix(" | None")
    types = [each for each in get_args(annotation) if each is not type(None)]
    return types[0] if len(types) == 1 else annotation


def _spec_of(attribute: attrs.Attribute[Any], annotation: object) -> FieldSpec | None:
    """Return the spec of an attrs field, or None if its type or default is not supported."""
    annotation, default = _without_none(annotation), attribute.default
    validator: Validator | None = attribute.metadata.get(VALIDATOR) or _BY_ANNOTATION.get(annotation)
    if validator is None and isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        validator = ChoiceValidator(annotation)
    if validator is None or hasattr(default, "factory") or (default is None and validator is FLAG):
        return None
    if default is None and isinstance(validator, NumberValidator):
        default = math.nan  # as in a column, so that a formula meets one kind of missing number
    description = attribute.metadata.get(DESCRIPTION, "")
    return FieldSpec(attribute.name, validator, default, not attribute.repr, description)


def field_specs(borrower_type: type) -> dict[str, FieldSpec]:
    """Return the spec of each field of a borrower class, in the order of the fields."""
    return _field_specs(borrower_type)


@functools.cache  # not on the public function: type checkers take an attrs class for unhashable
def _field_specs(borrower_type: type) -> dict[str, FieldSpec]:
    annotations: dict[str, Any] = {}
    # A class defined inside a function may refer to names that are not visible here.
    with contextlib.suppress(NameError):
        annotations = get_type_hints(borrower_type)
    specs = (_spec_of(each, annotations.get(each.name, each.type)) for each in attrs.fields(borrower_type))
    return {spec.name: spec for spec in specs if spec is not None}


def merge_specs(several: Iterable[Mapping[str, FieldSpec]]) -> dict[str, FieldSpec]:
    """Return one spec per name; a value is required if any of the specs requires it."""
    merged: dict[str, FieldSpec] = {}
    for specs in several:
        merged |= {name: spec for name, spec in specs.items() if name not in merged or spec.required}
    return merged
