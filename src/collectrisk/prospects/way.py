"""The smallest single changes that lead to a lighter channel, and that a person can make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.borrower import Attitude
from collectrisk.channel import Channel, no_channel
from collectrisk.errors import ArgumentError
from collectrisk.prospects.payment import Debt, smallest_payment
from collectrisk.prospects.words import WayWords, way_words_in
from collectrisk.words import Language, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk.assessment import Assessment

__all__ = ["Way", "ways_down"]

ADVICE = {
    "attitude": ("A5.2", "A3.3"),
    "repayment_plan": ("A3.3", "A5.2", "A5.3"),
    "amount_overdue": ("A5.3", "A5.2"),
}
"""Where the article says what helps with a change, by field: A5 speaks to borrowers, A3.3 to collectors."""

OF_ONES_OWN_WILL = {"attitude": Attitude.COOPERATIVE, "repayment_plan": True}
"""What a person can change without paying at once, the lighter effort first."""


@attrs.frozen(kw_only=True)
class Way:
    """A single change that a person can make, and that leads to a lighter channel.

    `Assessment.ways_down` finds them.

    Parameters
    ----------
    changes : mapping of str to object
        The field that changes, and its new value.
    payment : int or None
        The part payment, in whole units of the house's currency; None for other changes.
    before, assessment : Assessment
        The assessment before the change, and after it.
    advice : tuple of str
        Keys of the article's statements that help: A5.2 and A5.3 are its advice to the borrower,
        A3.3 names the offers that a collector may make.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(
    ...     amount_overdue=12_000, days_past_due=400, attitude="evasive",
    ...     failed_calls=6, placed_with_agency=True,
    ... )
    >>> talk, plan, pay = cr.RuleScorer().assess(borrower).ways_down()
    >>> talk.changes, talk.channel
    ({'attitude': <Attitude.COOPERATIVE: 'cooperative'>}, <Channel.PHONE_CALL: 'phone_call'>)
    >>> pay.payment, pay.changes
    (2001, {'amount_overdue': 9999.0})
    """

    changes: Mapping[str, Any]
    payment: int | None = None
    before: Assessment = attrs.field(repr=False)
    assessment: Assessment = attrs.field(repr=False)
    advice: tuple[str, ...] = ()

    @property
    def channel(self) -> Channel:
        """The channel that is enough after the change."""
        return self.assessment.channel

    @property
    def visit_probability(self) -> float:
        """The visit probability after the change."""
        return self.assessment.visit_probability

    def sentence(self, language: Language = "en") -> str:
        """Return the way in words: what would change, what comes of it, and what helps.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.
        """
        words = way_words_in(language)
        outcome = words.outcome.format(
            self._opening(words),
            words.spoken.probability(self.before.visit_probability),
            self._probability(words),
            words.spoken.channels[self.channel],
        )
        return words.between.join([outcome, *(words.advice[key] for key in self.advice)])

    def _opening(self, words: WayWords) -> str:
        (field, value), *_ = self.changes.items()
        before = getattr(self.before.borrower, field)
        return words.changes[field].format(
            payment=number(self.payment), before=number(before), after=number(value)
        )

    def _probability(self, words: WayWords) -> str:
        """Return the probability; one that would be rounded up to the heavier channel's is just under it."""
        told = words.spoken.probability(self.visit_probability)
        ladder = self.assessment.ladder
        heavier = ladder.cuts[ladder.channels.index(self.channel) + 1]
        rounded_up = told == words.spoken.probability(heavier) != words.spoken.tiny
        return words.just_under.format(100 * heavier) if rounded_up else told

    def __str__(self) -> str:
        return self.sentence()


def ways_down(assessment: Assessment, to: Channel | str | None) -> tuple[Way, ...]:
    """Return the ways from an assessment down to a lighter channel."""
    if assessment.scorer is None:
        raise ArgumentError("assessment", "must come from a scorer's assess, which can be asked again")
    wanted = _wanted(assessment, to)
    if wanted is None:
        return ()
    return tuple(way for way in _candidates(assessment, wanted) if way.channel <= wanted)


def _wanted(assessment: Assessment, to: Channel | str | None) -> Channel | None:
    """Return the heaviest channel of the ladder that will do, or None where there is none to reach."""
    here = assessment.channel
    most = None if to is None else _channel(to)
    if most is not None and here <= most:
        return None
    lighter = [each for each in assessment.ladder.channels if each < here and (most is None or each <= most)]
    return max(lighter, default=None)


def _channel(to: Channel | str) -> Channel:
    try:
        return Channel(to)
    except ValueError:
        raise ArgumentError("to", f"must be {no_channel(to)}") from None


def _candidates(assessment: Assessment, to: Channel) -> Iterator[Way]:
    """Yield one way for each change that a person can make, whether or not it leads far enough."""
    for field, value in OF_ONES_OWN_WILL.items():
        if getattr(assessment.borrower, field) != value:
            yield _way(assessment, field, value)
    payment = smallest_payment(assessment, to)
    if payment is not None:
        rest = Debt.of(assessment.borrower.amount_overdue).after(payment)
        yield _way(assessment, "amount_overdue", rest, payment)


def _way(assessment: Assessment, field: str, value: Any, payment: int | None = None) -> Way:
    changed = attrs.evolve(assessment.borrower, **{field: value})
    return Way(
        changes={field: value},
        payment=payment,
        before=assessment,
        assessment=assessment.scorer.assess(changed),
        advice=ADVICE[field],
    )
