"""What each field of a borrower may hold: one rule a field, used for one value and for columns.

A rule knows three things: the words for what it allows, how to read one Python value, and (for
numbers) the interval that lets a whole column be checked at once.
"""

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

from collectrisk.errors import InvalidBorrowerError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ChoiceRule", "FieldSpec", "FlagRule", "NumberRule", "Rule", "TextRule", "specs", "strictest"]

LARGEST = sys.float_info.max
EXACT_WHOLE_NUMBERS = 2.0**53
"""From here on a float no longer tells neighbouring whole numbers apart."""

RULE = "collectrisk_rule"
"""Key under which a field's rule stands in its attrs metadata."""


class RefusedError(Exception):
    """A value breaks its rule; `hint` says what to write instead."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(hint)
        self.hint = hint


def is_missing(value: object) -> bool:
    """Tell whether a value stands for "not known": None, NaN, or a frame's own null."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()  # a signaling NaN cannot be compared, not even with itself
    return isinstance(value, numbers.Complex) and bool(value != value)


def is_boolean(value: object) -> bool:
    """Tell whether a value is Python's or NumPy's true or false."""
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


@attrs.frozen
class NumberRule:
    """A number in an interval: an amount or a count.

    Attributes
    ----------
    least : float
        The smallest number allowed.
    most : float
        The largest number allowed.
    whole : bool
        Whether fractions are refused.
    """

    kind: ClassVar[str] = "number"
    least: float = -LARGEST
    most: float = LARGEST
    whole: bool = False

    @property
    def words(self) -> str:
        """The rule in words."""
        sort = "a whole number" if self.whole else "a finite number"
        return f"{sort}, {self.least:g} or more" if self.least > -LARGEST else sort

    def read(self, value: object) -> float | int:
        """Return `value` as a plain number, or raise `RefusedError`."""
        if is_boolean(value):
            raise RefusedError("; true and false are no numbers")
        if isinstance(value, str):
            raise RefusedError("; text is never read as a number, so convert it first")
        if not isinstance(value, (numbers.Real, Decimal)):
            raise RefusedError
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        except ValueError:  # a Decimal's signaling NaN
            raise RefusedError from None
        if not self.least <= number <= self.most:
            too_large = "; counts from 2**53 on are not exact" if self.whole else ""
            raise RefusedError(too_large if number > self.most and math.isfinite(number) else "")
        if self.whole and not number.is_integer():
            raise RefusedError
        return int(number) if self.whole else number


@attrs.frozen
class FlagRule:
    """True or false."""

    kind: ClassVar[str] = "flag"
    words: ClassVar[str] = "true or false"

    def read(self, value: object) -> bool:
        """Return `value` as a bool, or raise `RefusedError`."""
        if not is_boolean(value):
            raise RefusedError("; write True or False")
        return bool(value)


@attrs.frozen
class ChoiceRule:
    """One of a few spellings, given by an enum of strings."""

    kind: ClassVar[str] = "choice"
    choices: type[enum.StrEnum]

    @functools.cached_property
    def spellings(self) -> tuple[str, ...]:
        """The spellings allowed, in the enum's order."""
        return tuple(choice.value for choice in self.choices)

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"one of {', '.join(self.spellings)}"

    def read(self, value: object) -> enum.StrEnum:
        """Return `value` as a member of the enum, or raise `RefusedError`."""
        if not isinstance(value, str):
            raise RefusedError
        try:
            return self.choices(value)
        except ValueError:
            guess = nearest(value, self.spellings)
            raise RefusedError(f"; did you mean {guess!r}?" if guess else "") from None


@attrs.frozen
class TextRule:
    """Any text."""

    kind: ClassVar[str] = "text"
    words: ClassVar[str] = "text"

    def read(self, value: object) -> str:
        """Return `value` as text, or raise `RefusedError`."""
        if not isinstance(value, str):
            raise RefusedError
        return str(value)


Rule = NumberRule | FlagRule | ChoiceRule | TextRule

AMOUNT = NumberRule(least=0.0)
COUNT = NumberRule(least=0.0, most=EXACT_WHOLE_NUMBERS - 1, whole=True)
FLAG = FlagRule()
TEXT = TextRule()

_BY_ANNOTATION: dict[object, Rule] = {
    float: NumberRule(),
    int: NumberRule(-EXACT_WHOLE_NUMBERS + 1, EXACT_WHOLE_NUMBERS - 1, whole=True),
    bool: FLAG,
    str: TEXT,
}
_BY_ANNOTATION |= {kind.__name__: rule for kind, rule in _BY_ANNOTATION.items() if isinstance(kind, type)}


@attrs.frozen
class FieldSpec:
    """A borrower's field as scorers and frames see it.

    Attributes
    ----------
    name : str
        The field's name.
    rule : Rule
        What it may hold.
    default : object
        What an absent value counts as, or `attrs.NOTHING` where it must be known.
    private : bool
        Whether its value is kept out of error texts.
    """

    name: str
    rule: Rule
    default: Any = attrs.field(factory=lambda: attrs.NOTHING)
    private: bool = False

    @property
    def required(self) -> bool:
        """Whether the value must be known."""
        return self.default is attrs.NOTHING

    @property
    def may_stay_missing(self) -> bool:
        """Whether an absent value stays absent, for the formula to deal with."""
        return not self.required and is_missing(self.default)

    @property
    def words(self) -> str:
        """What the field must be, in words."""
        return f"known, and {self.rule.words}" if self.required else self.rule.words

    def read(self, value: object) -> Any:
        """Return `value` as the field holds it, or raise `InvalidBorrowerError`."""
        if is_missing(value) and not self.required:
            return self.default
        try:
            return self.rule.read(value)
        except RefusedError as refused:
            seen = f"<a private {type(value).__name__}>" if self.private else value
            raise InvalidBorrowerError(self.name, self.words, seen, refused.hint) from None


def _known(annotation: object) -> object:
    """Return an annotation without its "or None"."""
    if isinstance(annotation, str):
        return annotation.removesuffix(" | None")
    known = [kind for kind in get_args(annotation) if kind is not type(None)]
    return known[0] if len(known) == 1 else annotation


def _rule_of(attribute: attrs.Attribute[Any], annotation: object) -> Rule | None:
    """Return the rule that a field states, or the one that its annotation implies."""
    stated: Rule | None = attribute.metadata.get(RULE)
    if stated is not None:
        return stated
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return ChoiceRule(annotation)
    return _BY_ANNOTATION.get(annotation)


def _spec_of(attribute: attrs.Attribute[Any], annotation: object) -> FieldSpec | None:
    """Return the spec of an attrs field, or None where its type or default is not a plain one."""
    rule = _rule_of(attribute, _known(annotation))
    default = attribute.default
    if rule is None or hasattr(default, "factory") or (default is None and rule is FLAG):
        return None
    if default is None and isinstance(rule, NumberRule):
        default = math.nan  # as a column holds it, so that formulas need to know one sort of absence
    return FieldSpec(attribute.name, rule, default, private=not attribute.repr)


def specs(borrower_type: type) -> dict[str, FieldSpec]:
    """Return the specs of a borrower class, by field name, in the order of its fields."""
    return _specs(borrower_type)


@functools.cache
def _specs(borrower_type: type) -> dict[str, FieldSpec]:
    annotations: dict[str, Any] = {}
    # Classes made inside a function may name types that cannot be found from outside it.
    with contextlib.suppress(NameError):
        annotations = get_type_hints(borrower_type)
    found = (_spec_of(each, annotations.get(each.name, each.type)) for each in attrs.fields(borrower_type))
    return {spec.name: spec for spec in found if spec is not None}


def strictest(found: Iterable[Mapping[str, FieldSpec]]) -> dict[str, FieldSpec]:
    """Return one spec a column: it must be known unless all its readers can do without."""
    merged: dict[str, FieldSpec] = {}
    for each in found:
        merged |= {name: spec for name, spec in each.items() if name not in merged or spec.required}
    return merged
