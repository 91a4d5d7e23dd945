"""The weights of a blend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collectrisk._parameters import Number, to_number
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Collection

WEIGHT = Number(0.0, 1e300)
"""The validator of a weight; the sum of a few such weights is finite."""


def normalized_weights(parts: Collection[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return the weight of each part, scaled to a sum of 1; equal weights if none are given."""
    if not parts:
        raise ArgumentError("parts", "must be one scorer or more, by name")
    weights = (
        dict.fromkeys(parts, 1.0)
        if weights is None or (isinstance(weights, Mapping) and not weights)
        else weights
    )
    numbers = (
        {name: to_number(each) for name, each in weights.items()} if isinstance(weights, Mapping) else {}
    )
    valid = set(numbers) == set(parts) and all(map(WEIGHT.holds, numbers.values())) and any(numbers.values())
    if not valid:
        why = f"must be 0 or more, one for each of {', '.join(parts)}, not all 0, not {shown(weights)}"
        raise ArgumentError("weights", why)
    total = math.fsum(numbers.values())
    return {name: numbers[name] / total for name in parts}
