"""What a scorer says of one borrower, and why."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk import pages, prospects
from collectrisk.curves import DECIMALS_THAT_COUNT, Gate
from collectrisk.namespace import SCALAR
from collectrisk.words import Condition, Language, words_in

if TYPE_CHECKING:
    from collectrisk.channel import Channel, Ladder
    from collectrisk.curves import Characteristic
    from collectrisk.prospects import Way

__all__ = ["Assessment", "Reason"]

NINETY_PERCENT = 1.6448536269514722
"""How many standard deviations to either side hold ninety in a hundred."""


@attrs.frozen(kw_only=True)
class Reason:
    """What one characteristic adds to the log-odds, and the sentence that says so.

    Parameters
    ----------
    label : str
        The characteristic's label; the reason code in a frame.
    points : float
        What it adds to the log-odds.
    source : str
        An article key, ``"house"`` or ``"fitted"``.
    values : tuple
        The values seen, one for each of the characteristic's fields.
    fields : tuple of str
        The fields that the characteristic reads.
    conditions : tuple of Condition, optional
        What a gate's conditions found; empty for every other characteristic.

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

    @classmethod
    def of(cls, characteristic: Characteristic, points: float, borrower: Any) -> Reason:
        """Return the reason that a characteristic gives for a borrower."""
        return cls(
            label=characteristic.label,
            points=points,
            source=characteristic.source,
            fields=characteristic.fields,
            values=tuple(getattr(borrower, field) for field in characteristic.fields),
            conditions=_conditions(characteristic, borrower),
        )

    def sentence(self, language: Language = "en") -> str:
        """Return the reason as a complete sentence, in English or Chinese."""
        return words_in(language).reason(self.opening(language), self.points, self.source)

    def opening(self, language: Language = "en") -> str:
        """Return what was seen, as the opening of the sentence."""
        words = words_in(language)
        if self.conditions:
            return words.conditions(self.conditions)
        facts = zip(self.fields, self.values, strict=True)
        return words.between.join(words.fact(field, value) for field, value in facts)

    def __str__(self) -> str:
        return self.sentence()


def _conditions(characteristic: Characteristic, borrower: Any) -> tuple[Condition, ...]:
    if not isinstance(characteristic, Gate):
        return ()
    return tuple(
        Condition(condition.fields, condition.total(borrower), condition.least)
        for condition in characteristic.conditions
    )


@attrs.frozen(kw_only=True)
class Assessment:
    """The visit probability of one borrower, the channel it justifies, and the reasons.

    Parameters
    ----------
    visit_probability : float
        Probability, 0 to 1, that the account goes on to an in-person visit.
    channel : Channel
        The lightest channel that the probability justifies.
    ladder : Ladder
        The ladder that chose the channel.
    log_odds : float or None
        The log-odds of a visit; None for a scorer that is no scorecard.
    base : float or None
        The log-odds before any reason; None for a scorer that is no scorecard.
    borrower : Borrower
        Who was assessed.
    characteristics : tuple of Characteristic
        Those of the card, in its order; empty for a scorer that is no scorecard.
    points : tuple of float
        What each of them adds to the log-odds.
    posterior : Posterior or None
        What a fitted scorer knows of its own uncertainty.
    scorer : Scorer or None
        Who assessed, so that `ways_down` can ask again.

    Attributes
    ----------
    reasons : tuple of Reason
        Every characteristic's reason, largest effect first; empty without a scorecard.
    interval : (float, float) or None
        The range that holds the visit probability with a chance of 90 %, given labels and prior;
        None for a scorer that was not fitted.

    Notes
    -----
    ``math.fsum([base, *(reason.points for reason in reasons)])`` *is* `log_odds`, to the last
    bit and in any order, and its logistic is `visit_probability`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
    >>> assessment.channel
    <Channel.SMS: 'sms'>
    >>> assessment.reasons[0].label
    'visit gate'
    """

    visit_probability: float
    channel: Channel
    ladder: Ladder = attrs.field(repr=False)
    log_odds: float | None = None
    base: float | None = None
    borrower: Any = attrs.field(default=None, repr=False)
    characteristics: tuple[Characteristic, ...] = attrs.field(default=(), repr=False)
    points: tuple[float, ...] = attrs.field(default=(), repr=False)
    posterior: Any = attrs.field(default=None, repr=False)
    scorer: Any = attrs.field(default=None, repr=False, eq=False)

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The range that holds the visit probability with a chance of 90 %, given labels and prior.

        None for a scorer that was not fitted.
        """
        if self.posterior is None or self.log_odds is None:
            return None
        reach = NINETY_PERCENT * self.posterior.spread(self.borrower)
        return SCALAR.logistic(self.log_odds - reach), SCALAR.logistic(self.log_odds + reach)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Every characteristic's reason, largest effect first; empty without a scorecard.

        Equally large ones stay in the card's order.
        """
        pairs = zip(self.characteristics, self.points, strict=True)
        reasons = (Reason.of(characteristic, points, self.borrower) for characteristic, points in pairs)
        return tuple(sorted(reasons, key=lambda reason: -abs(round(reason.points, DECIMALS_THAT_COUNT))))

    def explain(self, language: Language = "en") -> str:
        """Return the assessment in words: verdict, base, and each reason that changes something.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.
        """
        words = words_in(language)
        lines = [
            words.verdict.format(words.probability(self.visit_probability), words.channels[self.channel])
        ]
        if self.base is None:
            return "\n".join([*lines, words.no_reasons])
        lines.append(words.base.format(self.log_odds, self.base))
        lines += [f"- {reason.sentence(language)}" for reason in self.reasons if reason.points]
        return "\n".join(lines)

    def ways_down(self, to: Channel | str | None = None) -> tuple[Way, ...]:
        """Return the smallest single changes that lead to a lighter channel, and that a person can make.

        There are three: contact resumed (`attitude` becomes cooperative), a repayment plan kept, and
        the part payment that is just enough. Each is there only if it leads to such a channel;
        lighter effort comes first: a word, then a promise kept, then money.

        Parameters
        ----------
        to : Channel or str, optional
            The heaviest channel that will do. By default any that is lighter than now.

        Returns
        -------
        tuple of Way
            The ways; none where the channel is light enough already, or no such change is enough.

        Raises
        ------
        ArgumentError
            If `to` is no channel, or the assessment was not made by a scorer.

        Notes
        -----
        The payment is a whole number of currency units, one less is not enough, and on a scorecard
        no smaller one is, be the card's curves as they may. On a scorer that is no scorecard, and
        on characteristics of a class of your own, a smaller payment may be enough too, if the visit
        probability does not rise with the amount throughout.

        Source: article A5.2, A5.3 (advice to the borrower), A3.3 (offers of the collector).

        Examples
        --------
        >>> import collectrisk as cr
        >>> borrower = cr.Borrower(
        ...     amount_overdue=30_000, days_past_due=540, attitude="evasive", failed_calls=20
        ... )
        >>> assessment = cr.RuleScorer().assess(borrower)
        >>> for way in assessment.ways_down():
        ...     print(way.changes, way.channel.value)
        {'attitude': <Attitude.COOPERATIVE: 'cooperative'>} phone_call
        {'repayment_plan': True} phone_call
        {'amount_overdue': 10452.0} phone_call
        >>> [way.payment for way in assessment.ways_down(to="sms")]
        [29063]
        """
        return prospects.ways_down(self, to)

    def to_html(self, language: Language = "en") -> str:
        """Return the assessment in HTML, as a notebook shows it.

        Probability, channel, where the probability stands on the ladder, and a bar and a sentence
        for each reason that changes something. Nothing in it runs or is fetched, every text is
        escaped, and it reads on a light and on a dark page.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.

        Examples
        --------
        >>> import collectrisk as cr
        >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
        >>> "The account is 10 days past due" in assessment.to_html()
        True
        """
        return pages.assessment_page(self, language)

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        return self.to_html()
