"""Hypothetical questions about one borrower: other field values, and ways to a lighter channel.

`Scorer.what_if` and `Scorer.ways_down` return these results.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from collectrisk._assessment import Assessment
from collectrisk._borrower import Borrower
from collectrisk._curves import rounded
from collectrisk._display.document import Block, ExplainedDocument, html_table, paragraph
from collectrisk._display.html import Markup, element, shortened, signed_bar
from collectrisk._display.ladder import ladder_html, mark
from collectrisk._display.words import format_points, format_value, words_in
from collectrisk._explanation import MAX_SENTENCE
from collectrisk._fields import field_specs, plain, require_fields
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk._channel import Channel
    from collectrisk._display.words import Words
    from collectrisk._typing import Language

__all__ = ["ReasonChange", "Way", "WhatIf"]


@attrs.frozen(kw_only=True)
class ReasonChange:
    """The points of one characteristic before and after a change of the borrower's fields.

    Parameters
    ----------
    label : str
        The characteristic's label.
    before, after : float
        Its points.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, attitude="evasive")
    >>> cr.RuleScorer().what_if(borrower, attitude="cooperative").differences[0]
    ReasonChange(label='attitude', before=0.9, after=-2.0)
    """

    label: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        """The points after the change minus those before it."""
        return self.after - self.before


@attrs.frozen(kw_only=True)
class WhatIf(ExplainedDocument):
    """The assessment of a borrower, and one with hypothetical field values.

    ``print(what_if)`` states the differences, and a notebook shows them.

    Parameters
    ----------
    before, after : Assessment
        The assessment of the borrower, and of the hypothetical one.

    Attributes
    ----------
    changes : mapping of str to (object, object)
        Each field that differs, with its value before and after.
    differences : tuple of ReasonChange
        The points of each characteristic before and after, the largest change first; empty if the
        scorer is not a scorecard.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, failed_calls=5)
    >>> print(cr.RuleScorer().what_if(borrower, amount_overdue=9_999))
    Hypothetical changes:
    - The overdue amount is 30,000 → The overdue amount is 9,999
    The visit probability goes from 3.74% to below 0.01%, and the recommended channel from phone call
    to text message (SMS).
    The points, largest change first:
    - visit gate: +0.00 → -5.98 (-5.98)
    - amount: +0.24 → +0.00 (-0.24)
    """

    _separator: ClassVar[str] = "\n"

    before: Assessment
    after: Assessment

    @cached_property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """Each field that differs, with its value before and after; private fields are left out."""
        before, after = self.before.borrower, self.after.borrower
        public = [name for name, spec in field_specs(type(before)).items() if not spec.private]
        pairs = {name: (getattr(before, name), getattr(after, name)) for name in public}
        # Two missing numbers are NaN, which is not equal to itself.
        return {name: (a, b) for name, (a, b) in pairs.items() if a != b and (a == a or b == b)}

    @cached_property
    def differences(self) -> tuple[ReasonChange, ...]:
        """The points of each characteristic before and after, the largest change first."""
        triples = zip(self.before.characteristics, self.before.points, self.after.points, strict=True)
        changes = [ReasonChange(label=each.label, before=a, after=b) for each, a, b in triples]
        return tuple(sorted(changes, key=lambda each: -abs(rounded(each.difference))))

    def to_dict(self) -> dict[str, Any]:
        """Return both assessments as plain data, by the keys ``before`` and ``after``.

        See Also
        --------
        Assessment.to_dict : The keys of each.
        """
        return {"before": self.before.to_dict(), "after": self.after.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], *, borrower_type: type[Borrower] = Borrower) -> WhatIf:
        """Return the result in plain data, as `to_dict` returned it.

        Parameters
        ----------
        data : dict
            What `to_dict` returned.
        borrower_type : type, optional
            The class of the borrowers.

        Raises
        ------
        ArgumentError
            If a key is missing or unknown, or a value is of the wrong type; the error names the key.
        InvalidBorrowerError
            If a borrower is not valid; the error names the field.

        Examples
        --------
        >>> import collectrisk as cr
        >>> from collectrisk.what_if import WhatIf
        >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, failed_calls=5)
        >>> what_if = cr.RuleScorer().what_if(borrower, amount_overdue=9_999)
        >>> WhatIf.from_dict(what_if.to_dict()) == what_if
        True
        """
        return cls(**_before_and_after(data, {"before", "after"}, borrower_type))

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language)
        yield from self._changes_blocks(words)
        outcome = self._outcome(words)
        yield Block(outcome, lambda: element("strong", outcome))
        yield Block(html=lambda: self._ladder(words))
        yield Block(html=lambda: element("div", words.what_if.marks, style="font-size: 0.9em; opacity: 0.8"))
        yield self._points_block(words)

    def _ladder(self, words: Words) -> Markup:
        before, after = self.before.visit_probability, self.after.visit_probability
        ladder = self.after.ladder
        marks = mark(ladder, before, filled=False), mark(ladder, after)
        return ladder_html(ladder, words, *marks, current=after)

    def _changes_blocks(self, words: Words) -> Iterator[Block]:
        facts = [
            f"{words.fact(field, before)} → {words.fact(field, after)}"
            for field, (before, after) in self.changes.items()
        ]
        if facts:
            title = words.what_if.changes
            items = (element("li", shortened(fact, MAX_SENTENCE)) for fact in facts)
            yield Block(
                "\n".join([title, *(f"- {fact}" for fact in facts)]),
                lambda: element("div", title, element("ul", *items)),
            )

    def _outcome(self, words: Words) -> str:
        before, after = self.before, self.after
        if before.channel is not after.channel:
            template = words.what_if.outcome
        elif before.visit_probability != after.visit_probability:
            template = words.what_if.same_channel
        else:
            template = words.what_if.same
        return str(
            template.format(
                words.probability(before.visit_probability),
                words.probability(after.visit_probability),
                words.channels[before.channel],
                words.channels[after.channel],
            )
        )

    def _points_block(self, words: Words) -> Block:
        texts, changed = words.what_if, [each for each in self.differences if each.difference]
        if not changed:
            message = texts.unchanged if self.before.base is not None else words.assessment.no_reasons
            return paragraph(message)
        figures = [[format_points(x) for x in (each.before, each.after, each.difference)] for each in changed]

        def html() -> Markup:
            limit = max(abs(each.difference) for each in changed)
            labels = (
                Markup(element("div", shortened(each.label)) + signed_bar(each.difference, limit))
                for each in changed
            )
            header = (words.assessment.characteristic, texts.before, texts.after, texts.difference)
            rows = [(label, *row) for label, row in zip(labels, figures, strict=True)]
            return html_table(texts.points, header, rows, text_columns=1)

        lines = (texts.change.format(each.label, *row) for each, row in zip(changed, figures, strict=True))
        return Block("\n".join([texts.points, *lines]), html)


def _before_and_after(
    data: dict[str, Any], keys: set[str], borrower_type: type[Borrower]
) -> dict[str, Assessment]:
    """Return the two assessments in plain data with given keys."""
    from collectrisk._plain import arguments, object_in  # noqa: PLC0415  # not needed for a question

    with arguments():
        object_in(data, "data", keys)
    assessments = {}
    for name in ("before", "after"):
        with arguments(f"{name}."):
            assessments[name] = Assessment.from_dict(data[name], borrower_type=borrower_type)
    labels = [[each.label for each in found.characteristics] for found in assessments.values()]
    if labels[0] != labels[1]:
        raise ArgumentError("after", "must be an assessment by the same card as before")
    return assessments


def with_changes(borrower: Borrower, changes: Mapping[str, Any]) -> Borrower:
    """Return a validated copy of a borrower with some fields changed."""
    # The name of a field, as in `Borrower.to_dict`; attrs has another one for a private field.
    aliases = {each.name: each.alias or each.name for each in attrs.fields(type(borrower))}
    require_fields("changes", changes, aliases)
    return attrs.evolve(borrower, **{aliases[name]: value for name, value in changes.items()})


@attrs.frozen(kw_only=True)
class Way:
    """A single change by a person that leads to a lighter channel.

    Parameters
    ----------
    changes : mapping of str to object
        The field that changes, and its new value.
    payment : int or None
        The part payment, in whole currency units; None for other changes.
    before, after : Assessment
        The assessment before and after the change.
    advice : tuple of str
        Keys of the article's statements that apply: A5.2 and A5.3 advise the borrower, A3.3 names
        offers by the collector.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(
    ...     amount_overdue=12_000, days_past_due=400, attitude="evasive",
    ...     failed_calls=6, placed_with_agency=True,
    ... )
    >>> contact, plan, payment = cr.RuleScorer().ways_down(borrower)
    >>> contact.changes, contact.channel
    ({'attitude': <Attitude.COOPERATIVE: 'cooperative'>}, <Channel.PHONE_CALL: 'phone_call'>)
    >>> payment.payment, payment.changes
    (2001, {'amount_overdue': 9999.0})
    """

    changes: Mapping[str, Any]
    payment: int | None = None
    before: Assessment = attrs.field(repr=False)
    after: Assessment = attrs.field(repr=False)
    advice: tuple[str, ...] = ()

    @property
    def channel(self) -> Channel:
        """The channel after the change."""
        return self.after.channel

    @property
    def visit_probability(self) -> float:
        """The visit probability after the change."""
        return self.after.visit_probability

    def to_dict(self) -> dict[str, Any]:
        """Return the way as plain data: the parameters by name.

        See Also
        --------
        Assessment.to_dict : The keys of ``before`` and ``after``.
        """
        return {
            "changes": {field: plain(value) for field, value in self.changes.items()},
            "payment": self.payment,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "advice": list(self.advice),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], *, borrower_type: type[Borrower] = Borrower) -> Way:
        """Return the way in plain data, as `to_dict` returned it.

        Parameters
        ----------
        data : dict
            What `to_dict` returned.
        borrower_type : type, optional
            The class of the borrowers.

        Raises
        ------
        ArgumentError
            If a key is missing or unknown, or a value is of the wrong type; the error names the key.
        InvalidBorrowerError
            If a borrower or a changed value is not valid; the error names the field.

        Examples
        --------
        >>> import collectrisk as cr
        >>> from collectrisk.what_if import Way
        >>> borrower = cr.Borrower(amount_overdue=12_000, days_past_due=400, failed_calls=6)
        >>> ways = cr.RuleScorer().ways_down(borrower)
        >>> tuple(Way.from_dict(way.to_dict()) for way in ways) == ways
        True
        """
        from collectrisk._plain import arguments, list_in, text_in  # noqa: PLC0415  # as above

        assessments = _before_and_after(data, set(attrs.fields_dict(cls)), borrower_type)
        changes, payment, words = data["changes"], data["payment"], words_in("en").ways
        if not isinstance(changes, dict) or len(changes) != 1 or not set(changes) <= set(words.changes):
            fields = ", ".join(words.changes)
            raise ArgumentError("changes", f"must be the new value of one of {fields}, not {shown(changes)}")
        if payment is not None and (type(payment) is not int or payment < 0):
            seen = f"must be a whole number, 0 or more, or None, not {shown(payment)}"
            raise ArgumentError("payment", seen)
        pays = isinstance(changes.get("amount_overdue"), (int, float))
        left = assessments["before"].borrower.amount_overdue - (payment or 0)
        if (payment is not None) != pays or (pays and not math.isclose(changes["amount_overdue"], left)):
            why = f"must be the difference that changes amount_overdue, not {shown(payment)}"
            raise ArgumentError("payment", why)
        with arguments():
            advice = tuple(text_in(each, "advice") for each in list_in(data["advice"], "advice"))
        if not set(advice) <= set(words.advice):
            raise ArgumentError("advice", f"must be among {', '.join(words.advice)}, not {shown(advice)}")
        specs = field_specs(borrower_type)
        return cls(
            changes={name: specs[name].validate(value) for name, value in changes.items()},
            payment=payment,
            advice=advice,
            **assessments,
        )

    def sentence(self, language: Language = "en") -> str:
        """Return the change, its effect, and the article's advice as text.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.
        """
        words = words_in(language)
        (field, value), *_ = self.changes.items()
        change = words.ways.changes[field].format(
            payment=format_value(self.payment),
            before=format_value(getattr(self.before.borrower, field)),
            after=format_value(value),
        )
        before = words.probability(self.before.visit_probability)
        channel = words.channels[self.channel]
        outcome = words.ways.outcome.format(change, before, self._probability(words), channel)
        return str(words.ways.separator.join([outcome, *(words.ways.advice[key] for key in self.advice)]))

    def _probability(self, words: Words) -> str:
        """Return the probability; one that rounds to the heavier channel's threshold is "just under" it."""
        text, ladder = words.probability(self.visit_probability), self.after.ladder
        threshold = ladder.cuts[ladder.channels.index(self.channel) + 1]
        extremes = words.assessment.below_minimum, words.assessment.above_maximum
        rounded_up = text == words.probability(threshold) and text not in extremes
        return str(words.ways.just_under.format(100 * threshold)) if rounded_up else text

    def __str__(self) -> str:
        return self.sentence()
