"""The weighted mean of several scorers' log-odds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._channel import DEFAULT_LADDER, IS_LADDER, Ladder
from collectrisk._fields import field_specs, merge_specs, required_fields
from collectrisk._formula import Formula, shared_columns
from collectrisk._scorers.scorer import Scorer, formula_of
from collectrisk._scorers.weights import normalized_weights
from collectrisk.errors import ArgumentError, type_name

if TYPE_CHECKING:
    from collectrisk._borrower import Borrower
    from collectrisk._namespaces.protocol import Namespace

EPSILON = 2.0**-53
"""The distance from 1 to the next smaller float."""

MAX_DEPTH = 16
"""The largest number of blends inside each other."""


def _to_dict(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return dict(mapping) if isinstance(mapping, Mapping) else mapping  # what else it is, the checks say


@attrs.frozen(kw_only=True)
class BlendScorer(Scorer):
    """The weighted mean of several scorers' log-odds, whatever kind of scorers they are.

    If every part is a scorecard, prefer `Scorecard.blend`: the blend is then a scorecard too, with
    reasons and a JSON form. The probability of a part that is not a scorecard is limited to
    [2**-53, 1 - 2**-53], log-odds of about 36.7, so that no single part makes the blend certain.

    Parameters
    ----------
    parts : mapping of str to Scorer
        The scorers by name.
    weights : mapping of str to float, optional
        The weight of each part, 0 or more; equal by default. They are normalised to a sum of 1.
    ladder : Ladder, optional
        Chooses the channel for a visit probability; the default ladder by default.

    Raises
    ------
    ArgumentError
        If there are no parts, a part is not a scorer, or the weights do not match the parts.

    See Also
    --------
    Scorecard.blend : A blend of scorecards, which is a scorecard.

    Examples
    --------
    >>> import collectrisk as cr
    >>> strict, mild = cr.RuleScorer(base=-3), cr.RuleScorer(base=-5)
    >>> blend = cr.BlendScorer(parts={"strict": strict, "mild": mild}, weights={"strict": 3, "mild": 1})
    >>> blend.weights
    {'strict': 0.75, 'mild': 0.25}
    """

    parts: Mapping[str, Scorer] = attrs.field(converter=_to_dict)
    weights: Mapping[str, float] = attrs.field(factory=dict, converter=_to_dict)
    ladder: Ladder = attrs.field(default=DEFAULT_LADDER, validator=IS_LADDER)

    def __attrs_post_init__(self) -> None:
        """Check the parts and normalise the weights."""
        if not isinstance(self.parts, dict):
            raise ArgumentError("parts", f"must be scorers by name, not {type_name(self.parts)}")
        others = [name for name, part in self.parts.items() if not isinstance(part, Scorer)]
        if others:
            raise ArgumentError("parts", f"must be scorers by name, and {others[0]!r} is not a scorer")
        if _depth(self) > MAX_DEPTH:
            raise ArgumentError(
                "parts",
                f"must not have more than {MAX_DEPTH} blends inside each other; pass the scorers in them to "
                "one blend, with their weights",
            )
        object.__setattr__(self, "weights", normalized_weights(self.parts, self.weights))

    @property
    def borrower_type(self) -> type[Borrower]:  # type: ignore[override]  # derived from the parts
        """The class of borrowers that every part can read."""
        types = {part.borrower_type for part in self.parts.values()}
        for each in types:
            if all(issubclass(each, other) for other in types):
                return each
        names = ", ".join(sorted(each.__name__ for each in types))
        raise ArgumentError("parts", f"must share one class of borrowers, and they read {names}")

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The fields that the parts read, or None if that is not known of any part."""
        return _fields_of_all([formula_of(part) for part in self.parts.values()])

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the logistic of the weighted mean of the parts' log-odds."""
        terms = [
            self.weights[name] * _log_odds(formula_of(part), borrower, xp)
            for name, part in self.parts.items()
        ]
        return xp.logistic(xp.total(terms))

    def _formula(self) -> Formula:
        formulas = [formula_of(part) for part in self.parts.values()]
        keeps_missing, requires = _missing_values(formulas)
        return Formula(
            scorer=type(self).__name__,
            borrower_type=self.borrower_type,
            ladder=self.ladder,
            probability=self._probability,
            fields=_fields_of_all(formulas),
            column_specs=merge_specs(each.column_specs for each in formulas),
            columns=shared_columns(formulas, "parts"),
            keeps_missing=keeps_missing,
            requires=requires,
            by_row=any(each.by_row for each in formulas),
            makes_borrowers=all(each.makes_borrowers for each in formulas),
            threads=all(each.threads for each in formulas),
            block_rows=min(each.block_rows for each in formulas),
            n_jobs=next((each.n_jobs for each in formulas if each.n_jobs != 1), 1),
            progress=any(each.progress for each in formulas),
        )


def _depth(scorer: Scorer) -> int:
    """Return the number of blends inside each other."""
    parts = scorer.parts.values() if isinstance(scorer, BlendScorer) else ()
    return 1 + max(map(_depth, parts)) if parts else 0


def _fields_of_all(formulas: list[Formula]) -> tuple[str, ...] | None:
    if all(each.fields is None for each in formulas):
        return None
    return tuple(dict.fromkeys(name for each in formulas for name in _fields_of(each)))


def _fields_of(formula: Formula) -> tuple[str, ...]:
    """Return the fields that a part reads; if that is not known, those that a borrower requires."""
    return required_fields(formula.borrower_type) if formula.fields is None else formula.fields


def _missing_values(formulas: list[Formula]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which fields may be missing, and which must be known because the parts disagree."""
    kept = dict.fromkeys(name for each in formulas for name in each.keeps_missing)
    required = {name for each in formulas for name in each.requires}
    for each in formulas:
        reads = field_specs(each.borrower_type) if each.fields is None else each.fields
        required |= {name for name in kept if name in reads and name not in each.keeps_missing}
    return tuple(name for name in kept if name not in required), tuple(sorted(required))


def _log_odds(formula: Formula, record: Any, xp: Namespace) -> Any:
    """Return a part's log-odds, computed from its probability if it is not a scorecard."""
    if formula.points is not None:
        return xp.total([formula.base, *formula.points(record, xp)])
    probability = formula.probability(record, xp)
    inside = xp.clip(probability, EPSILON, 1.0 - EPSILON)
    # A part that returns no probability makes the result invalid too, instead of being clipped.
    valid = (probability >= 0.0) & (probability <= 1.0)
    return xp.where(valid, xp.log(inside / (1.0 - inside)), math.nan)
