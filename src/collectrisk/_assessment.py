"""The result of assessing one borrower: visit probability, channel and reasons."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from collectrisk._curves import POINTS_DECIMALS, AtLeast, Gate, sign_of
from collectrisk._display.document import Block, Document, html_table
from collectrisk._display.html import Markup, element, shortened, signed_bar
from collectrisk._display.ladder import interval_line, ladder_html, mark
from collectrisk._display.words import format_points, format_value, rounds_to_zero, words_in
from collectrisk.errors import ArgumentError, printable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectrisk._borrower import Borrower
    from collectrisk._channel import Channel, Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._typing import Direction, Interval, Language

MAX_SENTENCE = 600
"""Longer sentences are truncated in HTML; only a text field of your own makes one this long."""


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
        """Return the reason of a characteristic for a borrower."""
        conditions = characteristic.conditions if isinstance(characteristic, Gate) else ()
        return cls(
            label=characteristic.label,
            points=points,
            source=characteristic.source,
            fields=characteristic.fields,
            values=tuple(getattr(borrower, field) for field in characteristic.fields),
            conditions=tuple(Condition.of(condition, borrower) for condition in conditions),
        )

    def sentence(self, language: Language = "en") -> str:
        """Return the reason as a complete sentence, in English or Chinese."""
        words = words_in(language)
        reason = words.reason
        if rounds_to_zero(self.points):
            effect = reason.almost if self.points else reason.same
        else:
            effect = reason.more if self.points > 0 else reason.less
        points, source = format_points(self.points), words.source(self.source)
        return printable(reason.sentence.format(self.fact(language), effect, points, source))

    def fact(self, language: Language = "en") -> str:
        """Return the first clause of the sentence, which states the values."""
        words = words_in(language)
        if not self.conditions:
            pairs = zip(self.fields, self.values, strict=True)
            return str(words.reason.separator.join(words.fact(field, value) for field, value in pairs))
        unmet = [condition for condition in self.conditions if not condition.holds]
        clauses = (condition._clause(words) for condition in unmet or self.conditions)  # noqa: SLF001  # same module
        template = words.gate.unmet if unmet else words.gate.met
        return str(template.format(words.reason.separator.join(clauses)))

    def __str__(self) -> str:
        return self.sentence()


@attrs.frozen(kw_only=True)
class Assessment(Document):
    """The visit probability of one borrower, the recommended channel, and the reasons.

    Parameters
    ----------
    visit_probability : float
        The probability, 0 to 1, that the account goes on to an in-person visit.
    channel : Channel
        The recommended channel.
    ladder : Ladder
        The ladder that chose the channel.
    log_odds : float or None
        The log-odds of a visit; None if the scorer is not a scorecard.
    base : float or None
        The base of the scorecard; None if the scorer is not one.
    borrower : Borrower
        The borrower.
    characteristics : tuple of Characteristic
        The characteristics of the scorecard; empty if the scorer is not one.
    points : tuple of float
        The points of each characteristic.
    interval : (float, float) or None
        The 90 % credible interval of the visit probability; None if the scorer was not fitted.

    Attributes
    ----------
    reasons : tuple of Reason
        The reason of each characteristic, largest effect first.

    Notes
    -----
    ``math.fsum([base, *(reason.points for reason in reasons)])`` equals `log_odds` exactly, in any
    order, and its logistic is `visit_probability`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
    >>> assessment.channel
    <Channel.SMS: 'sms'>
    >>> assessment.reasons[0].label
    'visit gate'
    """

    _separator: ClassVar[str] = "\n"

    visit_probability: float
    channel: Channel
    ladder: Ladder = attrs.field(repr=False)
    log_odds: float | None = None
    base: float | None = None
    borrower: Borrower = attrs.field(repr=False)
    characteristics: tuple[Characteristic, ...] = attrs.field(default=(), repr=False)
    points: tuple[float, ...] = attrs.field(default=(), repr=False)
    interval: Interval | None = None

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The reason of each characteristic, largest effect first; ties are in the card's order."""
        pairs = zip(self.characteristics, self.points, strict=True)
        reasons = (Reason.of(characteristic, points, self.borrower) for characteristic, points in pairs)
        return tuple(sorted(reasons, key=lambda reason: -abs(round(reason.points, POINTS_DECIMALS))))

    def top_reasons(
        self, count: int | None = None, *, direction: Direction | None = None
    ) -> tuple[Reason, ...]:
        """Return the reasons with an effect, largest first, as `assess_frame` ranks them.

        Parameters
        ----------
        count : int, optional
            The largest number of reasons; by default all that have an effect.
        direction : {"up", "down"}, optional
            Only the reasons that raise the probability of a visit, as an adverse-action letter states
            them, or only those that lower it. By default both.

        Raises
        ------
        ArgumentError
            If `count` is not a whole number, 0 or more, or the direction is unknown.

        Examples
        --------
        >>> import collectrisk as cr
        >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=10, failed_calls=8)
        >>> for reason in cr.RuleScorer().assess(borrower).top_reasons(2, direction="up"):
        ...     print(reason)
        8 calls brought no result; this makes a visit more likely (+0.69, article A2.4).
        The overdue amount is 30,000; this makes a visit more likely (+0.24, article A4.1).
        """
        if count is not None and (type(count) is not int or count < 0):
            raise ArgumentError("count", f"must be a whole number, 0 or more, not {shown(count)}")
        sign = sign_of(direction)
        rounded = ((reason, round(reason.points, POINTS_DECIMALS)) for reason in self.reasons)
        chosen = [reason for reason, points in rounded if (points * sign > 0 if sign else points)]
        return tuple(chosen[:count])

    def explain(self, language: Language = "en") -> str:
        """Return the assessment as text: the verdict, the base, and each reason with an effect.

        Reasons whose points are written as ``+0.00`` are left out; they are among the `reasons`.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.
        """
        return self._text(language)

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language)
        probability, channel = words.probability(self.visit_probability), words.channels[self.channel]
        yield Block(words.assessment.verdict.format(probability, channel), lambda: self._headline(words))
        yield Block(html=lambda: self._ladder(words))
        if self.base is None or self.log_odds is None:
            message = words.assessment.no_reasons
            yield Block(message, lambda: element("p", message))
            return
        caption = words.assessment.base.format(format_points(self.log_odds), format_points(self.base))
        effective = [reason for reason in self.reasons if not rounds_to_zero(reason.points)]
        reasons = [(reason, reason.sentence(language)) for reason in effective]
        yield Block(
            "\n".join([caption, *(f"- {sentence}" for _, sentence in reasons)]),
            lambda: _reasons_table(caption, reasons, words),
        )

    def _ladder(self, words: Words) -> Markup:
        interval = [interval_line(self.ladder, *self.interval)] if self.interval else []
        marks = [*interval, mark(self.ladder, self.visit_probability)]
        return ladder_html(self.ladder, words, *marks, current=self.visit_probability)

    def _headline(self, words: Words) -> Markup:
        figure = element(
            "span", words.probability(self.visit_probability), style="font-size: 1.7em; font-weight: bold"
        )
        label = f" {words.assessment.visit_probability}"
        if self.interval:
            label += f" ({words.assessment.interval.format(*map(words.probability, self.interval))})"
        channel = element("strong", words.channels[self.channel])
        return element(
            "div",
            element("div", figure, label),
            element("div", words.assessment.recommended, channel),
            style="margin: 0.4em 0",
        )


def _reasons_table(caption: str, reasons: Sequence[tuple[Reason, str]], words: Words) -> Markup:
    limit = max((abs(reason.points) for reason, _ in reasons), default=1.0)
    rows = [
        (
            Markup(element("div", shortened(reason.label)) + signed_bar(reason.points, limit)),
            shortened(sentence, MAX_SENTENCE),
        )
        for reason, sentence in reasons
    ]
    return html_table(caption, (words.assessment.characteristic, words.assessment.reason), rows)
