"""What several scorers are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVEN = "probabilities"


def default_name(scorer: Any) -> str:
    """Return what a report calls a scorer that was given no name."""
    if isinstance(scorer, str):
        return scorer
    return type(scorer).__name__ if isinstance(scorer, Scorer) else GIVEN


def named(scorers: Any, argument: str = "scorers") -> dict[str, Any]:
    """Return scorers by name; those of a list are named by their class, and counted if need be."""
    if isinstance(scorers, Mapping):
        return {str(name): scorer for name, scorer in scorers.items()}
    if isinstance(scorers, Sequence) and not isinstance(scorers, str):
        return dict(_counted(scorers))
    raise ArgumentError(argument, f"must be a mapping or a list, not a {type(scorers).__name__}")


def _counted(scorers: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    times: Counter[str] = Counter()
    for scorer in scorers:
        name = default_name(scorer)
        times[name] += 1
        yield (name if times[name] == 1 else f"{name} {times[name]}"), scorer
