"""A scorer made of others: their weighted mean on the log-odds."""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.channel import DEFAULT_LADDER, Ladder
from collectrisk.errors import ArgumentError
from collectrisk.fields import specs, strictest
from collectrisk.plan import RunPlan
from collectrisk.scorecard import CardScorer, Scorecard
from collectrisk.scorer import Scorer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.assessment import Assessment
    from collectrisk.borrower import Borrower
    from collectrisk.fields import FieldSpec
    from collectrisk.namespace import Namespace

__all__ = ["BlendScorer", "scorecard_of"]

NEARLY = 2.0**-53
"""The smallest distance from 1 that a float can tell."""


def _parts(parts: Mapping[str, Scorer]) -> dict[str, Scorer]:
    return dict(parts)


def _weights(weights: Mapping[str, float]) -> dict[str, float]:
    return dict(weights)


@attrs.frozen(kw_only=True)
class BlendScorer(Scorer):
    """The weighted mean of several scorers' log-odds.

    When every part is a scorecard, so is the blend: it has a `card`, gives reasons, and is
    saved as JSON. With other parts it is a scorer like any other, and what such a part is all
    but sure of (a probability within 2**-53 of 0 or 1) counts as log-odds of 36.7, so that no
    part by itself makes the blend certain.

    Parameters
    ----------
    parts : mapping of str to Scorer
        The scorers, by a name of your own.
    weights : mapping of str to float, optional
        Each part's weight, 0 or more; equal weights by default. Only their ratios count.
    ladder : Ladder, optional
        Which visit probability justifies which channel; the house ladder by default.

    Attributes
    ----------
    card : Scorecard or None
        The scorecard that the blend is; None where a part is no scorecard.

    Raises
    ------
    ArgumentError
        If there is no part, or weights and parts do not match.

    Examples
    --------
    >>> import collectrisk as cr
    >>> strict, mild = cr.RuleScorer(base=-3), cr.RuleScorer(base=-5)
    >>> blend = cr.BlendScorer(parts={"strict": strict, "mild": mild}, weights={"strict": 3, "mild": 1})
    >>> blend.card.base
    -3.5
    """

    parts: Mapping[str, Scorer] = attrs.field(converter=_parts)
    weights: Mapping[str, float] = attrs.field(factory=dict, converter=_weights)
    ladder: Ladder = DEFAULT_LADDER

    def __attrs_post_init__(self) -> None:
        """Check the parts, and bring the weights to a sum of one."""
        strangers = [name for name, part in self.parts.items() if not isinstance(part, Scorer)]
        if not self.parts or strangers:
            raise ArgumentError("parts", f"must be scorers by name, and {strangers or 'there are none'}")
        weights = self.weights or dict.fromkeys(self.parts, 1.0)
        usable = all(0 <= weight < math.inf for weight in weights.values()) and sum(weights.values()) > 0
        if set(weights) != set(self.parts) or not usable:
            raise ArgumentError(
                "weights", f"must be 0 or more, one for each of {', '.join(self.parts)}, not {weights}"
            )
        total = math.fsum(weights.values())
        object.__setattr__(self, "weights", {name: weights[name] / total for name in self.parts})

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame: as the most demanding part wants it."""
        plans = [part.run_plan for part in self.parts.values()]
        return RunPlan(
            in_columns=all(plan.in_columns for plan in plans),
            in_threads=all(plan.in_threads for plan in plans),
            rows_in_block=min(plan.rows_in_block for plan in plans),
            n_jobs=next((plan.n_jobs for plan in plans if plan.n_jobs != 1), 1),
            progress=any(plan.progress for plan in plans),
        )

    @property
    def borrower_type(self) -> type[Borrower]:  # type: ignore[override]
        """The class of borrowers that every part can read."""
        types = {part.borrower_type for part in self.parts.values()}
        widest = [each for each in types if all(issubclass(each, other) for other in types)]
        if not widest:
            raise ArgumentError(
                "parts", f"read different borrowers: {', '.join(sorted(t.__name__ for t in types))}"
            )
        return widest[0]

    @cached_property
    def card(self) -> Scorecard | None:
        """The scorecard that the blend is, or None where a part is no scorecard."""
        cards: dict[str, Scorecard] = {}
        for name, part in self.parts.items():
            card = scorecard_of(part)
            if card is None:
                return None
            cards[name] = card
        shared = Counter(label for card in cards.values() for label in card.labels)
        return Scorecard(
            base=math.fsum(self.weights[name] * card.base for name, card in cards.items()),
            characteristics=[
                attrs.evolve(
                    part.scaled(self.weights[name]),
                    label=part.label if shared[part.label] == 1 else f"{part.label} ({name})",
                )
                for name, card in cards.items()
                for part in card.characteristics
            ],
            ladder=self.ladder,
        )

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The fields that the parts read; None where no part can tell."""
        if all(part.fields is None for part in self.parts.values()):
            return None
        return tuple(dict.fromkeys(name for part in self.parts.values() for name in _fields(part)))

    @property
    def column_specs(self) -> Mapping[str, FieldSpec]:
        """What columns that are no fields of the borrower must hold, as far as that is known."""
        return strictest(part.column_specs for part in self.parts.values())

    @property
    def base(self) -> float:
        """The base of the blended card."""
        return self.card.base if self.card else super().base

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the blended card; empty where a part is no scorecard."""
        return self.card.labels if self.card else ()

    def terms(self, borrower: Any, xp: Namespace) -> list[Any]:
        """Return the points of the blended card."""
        return self.card.terms(borrower, xp) if self.card else super().terms(borrower, xp)

    def assess(self, borrower: Borrower) -> Assessment:
        """Assess one borrower, with reasons where every part is a scorecard."""
        return self.card.assess(borrower) if self.card else super().assess(borrower)

    def evaluate(self, record: Any, xp: Namespace) -> Any:
        """Return the logistic of the weighted mean of the parts' log-odds."""
        if self.card:
            return self.card.evaluate(record, xp)
        return xp.logistic(
            xp.total([self.weights[name] * _log_odds(part, record, xp) for name, part in self.parts.items()])
        )

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the logistic of the weighted mean of the parts' log-odds."""
        return self.evaluate(borrower, xp)


def scorecard_of(scorer: Scorer) -> Scorecard | None:
    """Return the scorecard that a scorer is at heart, or None where it is none."""
    return scorer.card if isinstance(scorer, (CardScorer, BlendScorer)) else None


def _fields(part: Scorer) -> tuple[str, ...]:
    """Return the fields that a part reads: if it cannot tell, those that every borrower has."""
    if part.fields is not None:
        return part.fields
    return tuple(name for name, spec in specs(part.borrower_type).items() if spec.required)


def _log_odds(part: Scorer, record: Any, xp: Namespace) -> Any:
    """Return a part's log-odds: a card's as they are, another's from its probability."""
    if part.labels:
        return xp.total([part.base, *part.terms(record, xp)])
    held = xp.clip(part.evaluate(record, xp), NEARLY, 1.0 - NEARLY)
    return xp.log(held / (1.0 - held))
