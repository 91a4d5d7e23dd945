"""The weights of a blend."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def normalized_weights(parts: Collection[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return the weight of each part, scaled to a sum of 1; equal weights if none are given."""
    if not parts:
        raise ArgumentError("parts", "must be one scorer or more, by name")
    weights = weights or dict.fromkeys(parts, 1.0)
    valid = all(0 <= weight < math.inf for weight in weights.values()) and sum(weights.values()) > 0
    if set(weights) != set(parts) or not valid:
        raise ArgumentError(
            "weights", f"must be 0 or more, one for each of {', '.join(parts)}, not {dict(weights)}"
        )
    total = math.fsum(weights.values())
    return {name: weights[name] / total for name in parts}
