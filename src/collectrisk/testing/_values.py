"""The valid domain of a borrower's fields: its edges, and a sample of it."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import ChoiceValidator, FlagValidator, NumberValidator, Validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._fields import FieldSpec

Row = dict[str, Any]
"""A borrower as a value a field."""

PLAUSIBLE = (-2.0, 6.0)
"""Powers of ten between which most numbers of a borrower lie."""

NUMBERS = (0.0, 5e-324, 1.0, 10_000.0, 1e300, -5e-324, -1.0, -1e300)


def edges(rule: Validator) -> tuple[Any, ...]:
    """Return the values at the edge of what a field may hold; every one where they are few."""
    if isinstance(rule, FlagValidator):
        return (False, True)
    if isinstance(rule, ChoiceValidator):
        return tuple(rule.choices)
    if not isinstance(rule, NumberValidator):
        return ("", "text", "文字")
    inside = dict.fromkeys((rule.minimum, rule.maximum, *NUMBERS))
    allowed = [each for each in inside if rule.minimum <= each <= rule.maximum]
    if rule.integer:
        return tuple(int(each) for each in allowed if each.is_integer())
    return tuple(allowed)


@attrs.frozen(eq=False)
class Sample:
    """Some borrowers, as rows that a frame could have.

    Attributes
    ----------
    specs : mapping of str to FieldSpec
        The fields.
    rows : list of dict
        A value a field.
    """

    specs: Mapping[str, FieldSpec]
    rows: list[Row]


def of_fields(specs: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Return the fields that a sample fills: those that formulas read, and those that must be known."""
    return {name: spec for name, spec in specs.items() if spec.required or not spec.private}


def sampled(specs: Mapping[str, FieldSpec], count: int, seed: int) -> Sample:
    """Return borrowers: each edge of each field by itself, then random ones, edges among them."""
    rng = random.Random(seed)  # noqa: S311  # a sample, no secret
    found = [
        {**_row(specs, rng), name: edge}
        for name, spec in specs.items()
        for edge in (*edges(spec.validator), *_absent(spec))
    ]
    return Sample(specs, found + [_row(specs, rng, wild=True) for _ in range(count - len(found))])


def _absent(spec: FieldSpec) -> tuple[Any, ...]:
    """Return what stands for a value that may be absent, if it may."""
    return (spec.default,) if spec.nullable else ()


def _row(specs: Mapping[str, FieldSpec], rng: random.Random, *, wild: bool = False) -> Row:
    return {name: _value(spec, rng, wild=wild) for name, spec in specs.items()}


def _value(spec: FieldSpec, rng: random.Random, *, wild: bool) -> Any:
    chance = rng.random()
    if not isinstance(spec.validator, NumberValidator) or (wild and chance < 0.2):
        return rng.choice((*edges(spec.validator), *_absent(spec)))
    return _number(spec.validator, rng, PLAUSIBLE if chance < 0.8 else (-300.0, 300.0))


def _number(rule: NumberValidator, rng: random.Random, powers: tuple[float, float]) -> float | int:
    """Return a number of any order of magnitude between two powers of ten, held to the rule."""
    signs = (1.0, -1.0) if rule.minimum < 0 else (1.0,)
    number = rng.choice(signs) * math.pow(10.0, rng.uniform(*powers))
    held = min(max(number, rule.minimum), rule.maximum)
    return math.floor(held) if rule.integer else held
