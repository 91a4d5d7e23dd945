"""The reasons of an assessment: the points of each characteristic, and a sentence that explains them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._curves import AtLeast, Gate, Levels
from collectrisk._display.words import format_points, format_value, rounds_to_zero, words_in
from collectrisk._errors import printable

if TYPE_CHECKING:
    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._typing import Language


@attrs.frozen
class Condition:
    """The state of a gate's condition for one borrower.

    Attributes
    ----------
    fields : tuple of str
        The fields that are added.
    observed : float
        Their sum.
    least : float
        The condition holds from this value on.
    """

    fields: tuple[str, ...]
    observed: float
    least: float

    @property
    def holds(self) -> bool:
        """Whether the condition is met."""
        return self.observed >= self.least

    @classmethod
    def of(cls, condition: AtLeast, borrower: Any) -> Condition:
        """Return the state of a condition for a borrower."""
        return cls(condition.fields, condition.total(borrower), condition.least)

    def _clause(self, words: Words) -> str:
        template = words.gate.reached if self.holds else words.gate.not_reached
        noun = words.gate.plus.join(map(words.noun, self.fields))
        return str(template.format(noun=noun, n=format_value(self.observed), least=format_value(self.least)))


@attrs.frozen(kw_only=True)
class Reason:
    """The points of one characteristic for one borrower, and a sentence that explains them.

    Parameters
    ----------
    label : str
        The characteristic's label; the reason code in a frame.
    points : float
        The points added to the log-odds.
    source : str
        An article key, ``"house"`` or ``"fitted"``.
    values : tuple
        The values of the characteristic's fields.
    fields : tuple of str
        The fields that the characteristic reads.
    conditions : tuple of Condition, optional
        The conditions of a gate; empty for other characteristics.
    unlisted : bool, default False
        Whether the value is a text that the characteristic does not list, so that it counts as any other.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(amount_overdue=3_000, days_past_due=10)
    >>> reasons = {reason.label: reason for reason in cr.RuleScorer().assess(borrower).reasons}
    >>> print(reasons["delay"])
    The account is 10 days past due; this makes a visit less likely (-1.33, article A4.2).
    """

    label: str
    points: float
    source: str
    values: tuple[Any, ...]
    fields: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    unlisted: bool = False

    @classmethod
    def of(cls, characteristic: Characteristic, points: float, borrower: Any) -> Reason:
        """Return the reason of a characteristic for a borrower."""
        fields = characteristic.fields
        conditions = characteristic.conditions if isinstance(characteristic, Gate) else ()
        # Lists are faster than iterators here.
        return cls(
            label=characteristic.label,
            points=points,
            source=characteristic.source,
            fields=fields,
            values=tuple([getattr(borrower, field) for field in fields]),
            conditions=tuple([Condition.of(condition, borrower) for condition in conditions]),
            unlisted=isinstance(characteristic, Levels) and _is_unlisted(characteristic, borrower),
        )

    def sentence(self, language: Language = "en") -> str:
        """Return the reason as a complete sentence, in English or Chinese."""
        words = words_in(language)
        reason = words.reason
        more, less, same, almost = (
            (reason.more_together, reason.less_together, reason.same_together, reason.almost_together)
            if len(self.fields) > 1 and not self.conditions
            else (reason.more, reason.less, reason.same, reason.almost)
        )
        if rounds_to_zero(self.points):
            effect = almost if self.points else same
        else:
            effect = more if self.points > 0 else less
        points, source = format_points(self.points), words.source(self.source)
        fact = self._fact(words)
        if self.unlisted:
            fact = reason.unlisted.format(fact)
        return printable(reason.sentence.format(fact, effect, points, source))

    def fact(self, language: Language = "en") -> str:
        """Return the first clause of the sentence, which states the values."""
        return self._fact(words_in(language))

    def _fact(self, words: Words) -> str:
        if not self.conditions:
            facts = [*map(words.fact, self.fields, self.values)]
            # Only the first one begins a sentence.
            return str(
                words.reason.separator.join([*facts[:1], *(each[0].lower() + each[1:] for each in facts[1:])])
            )
        unmet = [condition for condition in self.conditions if not condition.holds]
        clauses = (condition._clause(words) for condition in unmet or self.conditions)  # noqa: SLF001  # same module
        template = words.gate.unmet if unmet else words.gate.met
        return str(template.format(words.reason.separator.join(clauses)))

    def __str__(self) -> str:
        return self.sentence()


def _is_unlisted(characteristic: Levels, borrower: Any) -> bool:
    """Return whether the value is a text of any kind, as a member of an enum is not, and not listed."""
    value = getattr(borrower, characteristic.field)
    is_text = isinstance(value, str) and not isinstance(value, enum.Enum)
    return is_text and all(level != value for level, _ in characteristic.levels)
