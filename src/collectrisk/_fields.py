"""Validation of a borrower's fields: one validator per field, used for single values and for columns."""

from __future__ import annotations

import contextlib
import enum
import functools
import inspect
import math
import numbers
import operator
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, cast, get_args, get_type_hints

import attrs

from collectrisk._errors import ArgumentError, InvalidBorrowerError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal
    from typing import TypeGuard

LARGEST_FLOAT = sys.float_info.max
LARGEST_EXACT_INTEGER = 2.0**53 - 1
"""Above this, a float cannot represent every integer."""

DAYS_PER_YEAR = 365.25

VALIDATOR = "collectrisk_validator"
"""The key of a field's validator in its attrs metadata."""

DESCRIPTION = "collectrisk_description"
"""The key of a field's description in its attrs metadata."""


def described(validator: Validator, description: str) -> dict[str, Any]:
    """Return the attrs metadata of a borrower's field."""
    return {VALIDATOR: validator, DESCRIPTION: description}


Advice = str
"""How a rejected value can be read nevertheless, as in `ColumnProblem.advice`."""


Kept = tuple[type, tuple[float, float] | None]
"""The type of the values that a validator returns as they are, and the interval in which they are, if any."""


class InvalidValueError(Exception):
    """A value that a validator rejects; `hint` suggests a correction."""

    def __init__(self, hint: str = "", advice: Advice = "") -> None:
        super().__init__(hint)
        self.hint = hint
        self.advice = advice


def _is_decimal(value: object) -> TypeGuard[Decimal]:
    """Return whether a value is a Decimal, without loading their module: until it is, there are none."""
    module = sys.modules.get("decimal")
    return module is not None and isinstance(value, module.Decimal)


PLAIN_TYPES = frozenset({bool, float, int, str})
"""The types of most values; a value of one of them needs no test for what other libraries have."""


def is_missing(value: object) -> bool:
    """Return whether a value means "not known": None, NaN, NaT, a frame's null or a masked element."""
    if type(value) in PLAIN_TYPES:  # the common case, kept fast
        return value != value
    kind = type(value).__name__
    if value is None or kind in {"NAType", "NaTType", "MaskedConstant"}:
        return True
    if _is_decimal(value):
        return bool(value.is_nan())  # comparing a signaling NaN raises
    return (isinstance(value, numbers.Complex) or kind == "datetime64") and bool(value != value)


def _written(number: float) -> str:
    """Return a number with thousands separators, without digits that are not needed."""
    return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:g}"


def _dtype_kind(value: object) -> str:
    """Return the kind of a NumPy value, such as "b" for a boolean, or an empty string."""
    return getattr(getattr(value, "dtype", None), "kind", "")


def is_boolean(value: object) -> bool:
    """Return whether a value is a Python or NumPy boolean; an array of booleans is not."""
    if type(value) in PLAIN_TYPES:
        return type(value) is bool
    return _dtype_kind(value) == "b" and getattr(value, "shape", None) == ()


def is_number(value: object) -> bool:
    """Return whether a value is a number; NumPy registers its durations as integers."""
    if type(value) in PLAIN_TYPES:
        return type(value) is float or type(value) is int
    return _is_decimal(value) or (isinstance(value, numbers.Real) and _dtype_kind(value) != "m")


def as_float(result: Any) -> float:
    """Return what a formula returned for one borrower as a float.

    Raises
    ------
    TypeError
        If it is not a number, such as None, text that Python would convert, or a list.
    """
    if type(result) is float:  # the common case, kept fast
        return result
    if isinstance(result, numbers.Real) or getattr(result, "shape", None) == ():  # a number of NumPy
        return float(result)
    raise TypeError(f"it returned {shown(result)}, which is not a number")


# Named tuples, because attrs takes several times as long to make a class.
class NumberValidator(NamedTuple):
    """Validates a number: an amount or a count.

    Attributes
    ----------
    minimum, maximum : float
        The interval of valid numbers, ends included.
    integer : bool
        Whether fractions are rejected.
    plausible : float
        The largest plausible number; a larger one is rejected as a probable mistake.
    unit : {"", "days", "money"}
        What the number measures, for the hints.
    """

    minimum: float = -LARGEST_FLOAT
    maximum: float = LARGEST_FLOAT
    integer: bool = False
    plausible: float = math.inf
    unit: Literal["", "days", "money"] = ""

    @property
    def kind(self) -> str:
        """The kind of validator."""
        return "number"

    @property
    def limit(self) -> float:
        """The smaller of `maximum` and `plausible`."""
        return min(self.maximum, self.plausible)

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        noun = "a whole number" if self.integer else "a finite number"
        bounded = self.minimum > -LARGEST_EXACT_INTEGER
        if self.plausible < self.maximum:
            limit = _written(self.plausible)
            return f"{noun} from {self.minimum:g} to {limit}" if bounded else f"{noun}, {limit} or less"
        return f"{noun}, {self.minimum:g} or more" if bounded else noun

    @property
    def kept(self) -> Kept:
        """The values that `validate` returns as they are."""
        if self.integer:
            return int, (math.ceil(self.minimum), math.floor(self.limit))
        return float, (self.minimum, self.limit)

    def validate(self, value: object) -> float | int:
        """Return `value` as a float or int, or raise `InvalidValueError`."""
        if not is_number(value):
            raise self._not_a_number(value)
        try:
            number = float(cast("float", value))
        except OverflowError:
            number = math.inf
        except ValueError:  # a signaling NaN
            raise InvalidValueError from None
        if not self.minimum <= number <= self.limit:
            raise self._outside(number)
        if self.integer and not number.is_integer():
            raise InvalidValueError
        return int(number) if self.integer else number

    def _not_a_number(self, value: object) -> InvalidValueError:
        import datetime as dt  # noqa: PLC0415  # only needed for an error message

        dtype_kind = _dtype_kind(value)
        if is_boolean(value):
            return InvalidValueError("; a boolean is not a number")
        if isinstance(value, str):
            return InvalidValueError("; text is never read as a number, so convert it first")
        if isinstance(value, dt.date) or dtype_kind == "M":
            return InvalidValueError("; a date is not a number", "date" if self.unit == "days" else "")
        if isinstance(value, dt.timedelta) or dtype_kind == "m":
            days = ", so pass its number of days" if self.unit == "days" else ""
            return InvalidValueError(f"; a duration is not a number{days}")
        return InvalidValueError()

    def _outside(self, number: float) -> InvalidValueError:
        if self.plausible < number < math.inf:
            from collectrisk._lookalikes import date_style, looks_like  # noqa: PLC0415  # only for an error message

            limit = _written(self.plausible)
            if self.unit == "days":
                limit += f" days ({self.plausible / DAYS_PER_YEAR:,.3g} years)"
            origin = looks_like(number, self.unit)
            style = date_style(number) if self.unit == "days" else ""
            return InvalidValueError(
                f"; the plausible limit is {limit}{origin and ', and ' + origin}",
                f"date:{style}" if style else "plausible",
            )
        too_large = self.integer and self.maximum < number < math.inf
        return InvalidValueError("; counts of 2**53 and more are not exact" if too_large else "")


class FlagValidator:
    """Validates a boolean."""

    kind: ClassVar[str] = "flag"
    requirement: ClassVar[str] = "true or false"
    kept: ClassVar[Kept] = (bool, None)

    def validate(self, value: object) -> bool:
        """Return `value` as a bool, or raise `InvalidValueError`."""
        if not is_boolean(value):
            raise InvalidValueError("; write True or False")
        return bool(value)


@functools.cache
def _members(choices: type[enum.StrEnum]) -> dict[str, enum.StrEnum]:
    return {choice.value: choice for choice in choices}


class ChoiceValidator(NamedTuple):
    """Validates one of a few strings, the values of an enum."""

    choices: type[enum.StrEnum]

    @property
    def kind(self) -> str:
        """The kind of validator."""
        return "choice"

    @property
    def values(self) -> tuple[str, ...]:
        """The valid strings, in the enum's order."""
        return tuple(_members(self.choices))

    @property
    def kept(self) -> Kept:
        """The values that `validate` returns as they are."""
        return self.choices, None

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        return f"one of {', '.join(self.values)}"

    def validate(self, value: object) -> enum.StrEnum:
        """Return `value` as a member of the enum, or raise `InvalidValueError`."""
        if not isinstance(value, str):
            raise InvalidValueError
        choice = _members(self.choices).get(value) if type(value) is str else None
        if choice is not None:  # several times faster than the enum
            return choice
        try:
            return self.choices(value)  # which may know other spellings
        except ValueError:
            raise InvalidValueError(did_you_mean(value, self.values), "values") from None


def code_of(value: Any) -> str:
    """Return a code as text: 5, 5.0 and "5" are the same code, and so are True and "true"."""
    if isinstance(value, str):
        return str(value)
    if is_boolean(value):
        return str(bool(value)).lower()
    if not isinstance(value, numbers.Integral):
        value = float(value)
        value = int(value) if value.is_integer() else value
    return str(value)


def is_code(text: str) -> bool:
    """Return whether a text is what `code_of` returns for a number or a boolean."""
    if text in {"true", "false"}:
        return True
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            if text == code_of(kind(text)) and math.isfinite(float(text)):
                return True
    return False


class TextValidator(NamedTuple):
    """Validates text.

    Attributes
    ----------
    codes : bool
        Whether numbers and booleans are valid too, as codes; see `code_of`.
    """

    codes: bool = False

    @property
    def kind(self) -> str:
        """The kind of validator."""
        return "text"

    @property
    def kept(self) -> Kept:
        """The values that `validate` returns as they are."""
        return str, None

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        return "text, a number, or true or false" if self.codes else "text"

    def validate(self, value: object) -> str:
        """Return `value` as a str, or raise `InvalidValueError`."""
        if isinstance(value, str):
            return str(value)
        if not self.codes or not (is_number(value) or is_boolean(value)):
            raise InvalidValueError
        exact = isinstance(value, numbers.Integral) or is_boolean(value)
        if not exact and not abs(float(cast("float", value))) <= LARGEST_EXACT_INTEGER:
            raise InvalidValueError("; codes of 2**53 and more are not exact as floats, so pass text")
        return code_of(value)


Validator = NumberValidator | FlagValidator | ChoiceValidator | TextValidator

COLUMN_KINDS = {"number": "number", "flag": "flag", "choice": "text", "text": "text"}
"""The kind of column that matches each kind of validator."""

AMOUNT = NumberValidator(minimum=0.0, unit="money")
COUNT = NumberValidator(minimum=0.0, maximum=LARGEST_EXACT_INTEGER, integer=True)
DAYS = COUNT._replace(unit="days")
FLAG = FlagValidator()
TEXT = TextValidator()

_BY_ANNOTATION: dict[object, Validator] = {
    float: NumberValidator(),
    int: NumberValidator(-LARGEST_EXACT_INTEGER, LARGEST_EXACT_INTEGER, integer=True),
    bool: FLAG,
    str: TEXT,
}
SUPPORTED = "float, int, bool, str or a StrEnum, with or without `| None`"
"""The annotations of fields for which there is a validator."""


ADVICE_ON_DATES = ", so pass the number of days from there to the day of the assessment"
"""The end of a message on one borrower."""


class _NoBorrower:
    """Stands for the borrower where there is only a column."""

    def __getattr__(self, name: str) -> Any:
        raise ArgumentError(
            "borrower_type",
            f"must not read {name!r} in the validator of another field to score a frame; derive the scorer "
            "from RowScorer, which makes a borrower of each row",
        )


class OwnValidator:
    """The validator that a class of borrowers has for a field, in addition to that of its type."""

    def __init__(self, attribute: attrs.Attribute[Any]) -> None:
        self.attribute = attribute

    def objection(self, value: Any) -> str:
        """Return what the validator says against a value, or an empty string."""
        try:
            cast("Any", self.attribute.validator)(_NoBorrower(), self.attribute, value)
        except ArgumentError:
            raise
        except Exception as error:  # noqa: BLE001  # a validator may raise anything
            return str(error.args[0] if error.args else type(error).__name__)
        return ""


class FieldSpec(NamedTuple):
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
    own : OwnValidator or None
        The validator that the class of borrowers has for it, which attrs runs for one borrower.
    """

    name: str
    validator: Validator
    default: Any = attrs.NOTHING
    private: bool = False
    description: str = ""
    own: OwnValidator | None = None

    @property
    def required(self) -> bool:
        """Whether the value must be known."""
        return self.default is attrs.NOTHING

    @property
    def nullable(self) -> bool:
        """Whether a missing value stays missing, for the formula to handle."""
        return not self.required and is_missing(self.default)

    @property
    def reads_codes(self) -> bool:
        """Whether a value may be of any type, because it is read as a code."""
        return isinstance(self.validator, TextValidator) and self.validator.codes

    @property
    def requirement(self) -> str:
        """What a valid value is."""
        requirement = self.validator.requirement
        if self.own is not None:
            requirement += " that the validator of the class accepts"
        return f"known, and {requirement}" if self.required else requirement

    def validate(self, value: object) -> Any:
        """Return `value` as the field holds it, or raise `InvalidBorrowerError`."""
        if is_missing(value) and not self.required:
            return self.default
        try:
            return self.validator.validate(value)
        except InvalidValueError as error:
            seen = f"<a private {type(value).__name__}>" if self.private else value
            # The hint on an implausible number repeats it.
            hint = "" if self.private and error.advice == "plausible" else error.hint
            hint += ADVICE_ON_DATES if error.advice.startswith("date") else ""
            advice = "plausible" if error.advice.startswith("plausible") else ""
            raise InvalidBorrowerError(self.name, self.requirement, seen, hint, advice) from None

    def with_plausible(self, limit: Any) -> FieldSpec:
        """Return the spec with another plausible limit.

        Raises
        ------
        ArgumentError
            If the field is not a number, or the limit is not a number or excludes every value.
        """
        validator = self.validator
        if not isinstance(validator, NumberValidator):
            raise ArgumentError("plausible", f"must name fields that contain numbers, not {self.name!r}")
        if not is_number(limit) or is_missing(limit) or limit < validator.minimum:
            least = f", {validator.minimum:g} or more" if validator.minimum > -LARGEST_EXACT_INTEGER else ""
            raise ArgumentError("plausible", f"must be a number{least} for {self.name!r}, not {shown(limit)}")
        return self._replace(validator=validator._replace(plausible=float(limit)))


def _without_none(annotation: object) -> object:
    types = [each for each in get_args(annotation) if each is not type(None)]
    return types[0] if len(types) == 1 and type(None) in get_args(annotation) else annotation


def _validator_of(annotation: object, default: object) -> Validator | None:
    """Return the validator for an annotation, or None if it is not supported."""
    if isinstance(annotation, str) and isinstance(default, enum.StrEnum):
        # The name of an enum that was defined in a function is visible there only.
        return ChoiceValidator(type(default))
    annotation = _without_none(annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return ChoiceValidator(annotation)
    return _BY_ANNOTATION.get(annotation) if isinstance(annotation, type) else None


def _holds_the_same(validator: Validator, other: Validator) -> bool:
    """Return whether two validators accept values of the same type."""
    types = (
        (each.kind, getattr(each, "integer", None), getattr(each, "choices", None))
        for each in (validator, other)
    )
    return len(set(types)) == 1


METHODS = frozenset({"to_dict", "from_dict", "plausible"})
"""The public names of `Borrower` that are not fields; a field would hide them."""


def _spec_of(attribute: attrs.Attribute[Any], annotation: object, base: FieldSpec | None) -> FieldSpec:
    """Return the spec of an attrs field; if a base class has the field, its requirements still apply.

    Raises
    ------
    ArgumentError
        If the field's annotation or options are not supported; `argument` is the field's name.
    """
    name, default = attribute.name, attribute.default
    own: Validator | None = attribute.metadata.get(VALIDATOR) or _validator_of(annotation, default)
    if own is None:
        seen = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        hint = (
            "; its name must be known where the class is defined, so import or define it at the module's top"
            if isinstance(annotation, str)
            else "; for a few texts, write a StrEnum"
        )
        raise ArgumentError(name, f"must be annotated {SUPPORTED}, not {seen}{hint}")
    if name in METHODS:
        raise ArgumentError(
            name, "must have another name, because Borrower has a method or a setting of this name"
        )
    if not attribute.init:
        raise ArgumentError(name, "must not have init=False; write a property for a value that is computed")
    if hasattr(default, "factory"):
        raise ArgumentError(name, "must have a value as its default, not a factory")
    private, description = not attribute.repr, attribute.metadata.get(DESCRIPTION, "")
    if base is not None:
        if not _holds_the_same(own, base.validator):
            raise ArgumentError(
                name, f"must keep the type that it has in the base class ({base.requirement})"
            )
        if base.private and not private:
            raise ArgumentError(name, "must have repr=False, as in the base class, so that it is not shown")
        own, description = base.validator, description or base.description
    extra = None if attribute.validator is None else OwnValidator(attribute)
    return FieldSpec(name, own, default, private, description, extra)


def converted_fields(borrower_type: type) -> list[str]:
    """Return the fields that a class of borrowers converts by code of its own, and not to their type."""
    types = {float, int, bool, str}
    return [
        each.name
        for each in attrs.fields(borrower_type)
        if not (each.converter is None or VALIDATOR in each.metadata or each.converter in types)
        and each.converter is not getattr(field_specs(borrower_type)[each.name].validator, "choices", None)
    ]


def _with_valid_default(spec: FieldSpec) -> FieldSpec:
    """Return a spec whose default is as a borrower holds it.

    Raises
    ------
    ArgumentError
        If the default is not valid; `argument` is the field's name.
    """
    if spec.required:
        return spec
    if is_missing(spec.default):
        if isinstance(spec.validator, FlagValidator):
            hint = "; if it may be unknown, use a StrEnum"
            raise ArgumentError(spec.name, f"must have True or False as its default, not None{hint}")
        # As in a column, so that a formula meets one kind of missing number.
        missing = math.nan if isinstance(spec.validator, NumberValidator) else None
        return spec._replace(default=missing)
    try:
        return spec._replace(default=spec.validator.validate(spec.default))
    except InvalidValueError as error:
        seen = "the one that it has" if spec.private else shown(spec.default)
        why = f"must have a default that is {spec.requirement}, not {seen}{error.hint}"
        raise ArgumentError(spec.name, why) from None


def required_fields(borrower_type: type) -> tuple[str, ...]:
    """Return the names of the fields of a borrower class that have no default."""
    return tuple(name for name, spec in field_specs(borrower_type).items() if spec.required)


def plain(value: Any) -> Any:
    """Return a field's value as JSON has it: an unknown number is None, and an enum's member its text."""
    if isinstance(value, enum.Enum):
        return value.value
    return None if is_missing(value) else value


def require_fields(argument: str, names: Iterable[object], fields: Iterable[str]) -> None:
    """Raise `ArgumentError` unless every name is a field."""
    fields = list(fields)
    for name in names:
        if name not in fields:
            raise ArgumentError(
                argument,
                f"must name fields of the borrower, not {shown(name)}{did_you_mean(name, fields)} "
                f"(the fields are {', '.join(fields)})",
            )


def field_specs(borrower_type: type) -> dict[str, FieldSpec]:
    """Return the spec of each field of a borrower class, in the order of the fields."""
    return _field_specs(borrower_type)


@functools.cache
def _kept_values(borrower_type: type) -> tuple[Callable[[Any], tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return a function that reads all fields of a borrower, and which values of each stay as they are."""
    specs = _field_specs(borrower_type)
    kept = [
        (spec, object() if spec.required else spec.default, *spec.validator.kept) for spec in specs.values()
    ]
    return operator.attrgetter(*specs), kept


def validate_fields(borrower: Any) -> None:
    """Replace the values of a borrower's fields by valid ones, or raise `InvalidBorrowerError`.

    Nearly all values are valid as they are: for them, one comparison replaces the rules of `FieldSpec`.
    """
    kind: type = type(borrower)
    read, kept = _kept_values(kind)
    for value, (spec, default, of_type, limits) in zip(read(borrower), kept, strict=True):
        if value is default:
            continue
        if type(value) is of_type and (limits is None or limits[0] <= value <= limits[1]):
            continue
        object.__setattr__(borrower, spec.name, spec.validate(value))


def _annotations(borrower_type: type) -> dict[str, Any]:
    """Return the annotation of each field, without those that cannot be resolved."""
    fields = {each.name for each in attrs.fields(borrower_type)}
    resolved: dict[str, Any] = {}
    for each in reversed(borrower_type.__mro__):
        module = getattr(sys.modules.get(each.__module__), "__dict__", {})
        annotations = inspect.get_annotations(each)
        for name in annotations.keys() & fields:
            # A class may refer to names that exist inside a function, or for type checkers only.
            with contextlib.suppress(NameError, AttributeError, SyntaxError, TypeError):
                one = SimpleNamespace(__annotations__={name: annotations[name]})
                resolved |= get_type_hints(one, module, vars(each))
    return resolved


@functools.cache  # not on the public function: type checkers take an attrs class for unhashable
def _field_specs(borrower_type: type) -> dict[str, FieldSpec]:
    try:
        _require_decorator(borrower_type)
        bases: dict[str, FieldSpec] = {}
        for each in reversed(borrower_type.__mro__[1:]):
            bases |= _field_specs(each) if attrs.has(each) else {}
        annotations = _annotations(borrower_type)
        found = (
            _spec_of(each, annotations.get(each.name, each.type), bases.get(each.name))
            for each in attrs.fields(borrower_type)
        )
        specs = _with_limits({spec.name: spec for spec in found}, _plausible_limits(borrower_type))
        return {name: _with_valid_default(spec) for name, spec in specs.items()}
    except ArgumentError as error:
        raise ArgumentError(f"{borrower_type.__name__}.{error.argument}", error.why) from None


def _require_decorator(borrower_type: type) -> None:
    """Refuse a class that attrs has not seen, and whose fields or method would therefore be ignored.

    Raises
    ------
    ArgumentError
        If a class without the decorator defines a field or ``__attrs_post_init__``.
    """
    content = vars(borrower_type)
    if "__attrs_attrs__" in content:
        return
    annotations = inspect.get_annotations(borrower_type).items()
    ignored = [name for name, annotation in annotations if "ClassVar" not in str(annotation)]
    ignored += [name for name in ("__attrs_post_init__",) if name in content]
    if ignored:
        raise ArgumentError(ignored[0], "needs @attrs.frozen(kw_only=True) before the class that defines it")


def _with_limits(specs: dict[str, FieldSpec], limits: Mapping[str, float]) -> dict[str, FieldSpec]:
    """Return the specs with the plausible limits of their fields."""
    for name in limits:
        if name not in specs:
            hint = f"{did_you_mean(name, specs)} (the fields are {', '.join(specs)})"
            raise ArgumentError("plausible", f"must name fields that contain numbers, not {name!r}{hint}")
    return {
        name: spec.with_plausible(limits[name]) if name in limits else spec for name, spec in specs.items()
    }


def _plausible_limits(borrower_type: type) -> dict[str, float]:
    """Return the limits of a class and its bases; those of a subclass take precedence."""
    limits: dict[str, float] = {}
    for each in reversed(borrower_type.__mro__):
        own = vars(each).get("plausible", {})
        if not isinstance(own, Mapping):
            raise ArgumentError(
                "plausible",
                "must be the largest plausible number by field, such as "
                f'{{"days_past_due": 30_000}}, not {shown(own)}',
            )
        limits |= own
    return limits


def merge_specs(several: Iterable[Mapping[str, FieldSpec]]) -> dict[str, FieldSpec]:
    """Return one spec per name; a value is required if any of the specs requires it.

    Codes may be of any type, so they are read as another spec of the same name says.
    """
    merged: dict[str, FieldSpec] = {}
    for specs in several:
        for name, spec in specs.items():
            merged[name] = _merged(merged[name], spec) if name in merged else spec
    return merged


def _merged(one: FieldSpec, other: FieldSpec) -> FieldSpec:
    if other.required and not one.required:
        one, other = other, one
    if not (one.reads_codes and not other.reads_codes):
        return one
    return other._replace(default=attrs.NOTHING) if one.required else other
