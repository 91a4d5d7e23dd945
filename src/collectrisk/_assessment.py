"""The result of assessing one borrower: visit probability, channel and reasons."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from collectrisk._borrower import Borrower
from collectrisk._channel import channel_of
from collectrisk._display.document import Document
from collectrisk._errors import ArgumentError, shown
from collectrisk._namespaces import SCALAR
from collectrisk._parameters import LARGEST_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._channel import Channel, Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._display.document import Block
    from collectrisk._reason import Reason
    from collectrisk._typing import Direction, Interval, Language


@attrs.frozen(kw_only=True, slots=False)  # made faster without slots
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
    borrower : Borrower or record of columns
        The borrower, or the fields of the card in the row that was assessed.
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
        from collectrisk._curves import rounded  # noqa: PLC0415  # loaded by what has points
        from collectrisk._reason import Reason  # noqa: PLC0415  # not needed for scoring

        pairs = zip(self.characteristics, self.points, strict=True)
        reasons = (Reason.of(characteristic, points, self.borrower) for characteristic, points in pairs)
        return tuple(sorted(reasons, key=lambda reason: -abs(rounded(reason.points))))

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
        from collectrisk._curves import rounded, sign_of  # noqa: PLC0415  # loaded by what has points

        sign = sign_of(direction)
        sizes = ((reason, rounded(reason.points)) for reason in self.reasons)
        chosen = [reason for reason, points in sizes if (points * sign > 0 if sign else points)]
        return tuple(chosen[:count])

    def explain(self, language: Language = "en") -> str:
        """Return the assessment as text: the verdict, the base, and each reason with an effect.

        Reasons whose points are written as ``+0.00`` are left out, unless the card does not list the value;
        they are among the `reasons`.

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

    def to_dict(self) -> dict[str, Any]:
        """Return the assessment as plain data: dictionaries, lists, text, numbers, booleans and None.

        Returns
        -------
        dict
            The parameters by name: ``visit_probability``, ``channel``, ``log_odds``, ``base``,
            ``interval``, ``borrower`` (see `Borrower.to_dict`; it has the borrower's id),
            ``characteristics`` and ``ladder`` (as in a card file), and ``points``.

        Raises
        ------
        ArgumentError
            If a characteristic is of a class of your own, which has no JSON form.

        Examples
        --------
        >>> import json
        >>> import collectrisk as cr
        >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
        >>> text = json.dumps(assessment.to_dict())
        >>> cr.Assessment.from_dict(json.loads(text)) == assessment
        True
        """
        from collectrisk._plain import data_from_curve, data_from_ladder  # noqa: PLC0415  # not for scoring

        return {
            "visit_probability": self.visit_probability,
            "channel": self.channel.value,
            "log_odds": self.log_odds,
            "base": self.base,
            "interval": None if self.interval is None else list(map(float, self.interval)),
            "borrower": self.borrower.to_dict(),
            "characteristics": [data_from_curve(each, "assessment") for each in self.characteristics],
            "points": list(self.points),
            "ladder": data_from_ladder(self.ladder),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], *, borrower_type: type[Borrower] = Borrower) -> Assessment:
        """Return the assessment in plain data.

        Parameters
        ----------
        data : dict
            What `to_dict` returned.
        borrower_type : type, optional
            The class of the borrower.

        Raises
        ------
        ArgumentError
            If a key is missing or unknown, or a value is of the wrong type; the error names the key.
        InvalidBorrowerError
            If the borrower is not valid; the error names the field.
        """
        from collectrisk._plain import (  # noqa: PLC0415  # not for scoring
            arguments,
            curves_in,
            ladder_in,
            list_in,
            number_in,
            number_pairs_in,
            object_in,
        )

        def number(name: str) -> float | None:
            return None if data[name] is None else number_in(data[name], name)

        given: object = borrower_type
        if not (isinstance(given, type) and issubclass(given, Borrower)):
            raise ArgumentError("borrower_type", f"must be Borrower or a subclass, not {shown(given)}")
        with arguments():
            object_in(data, "data", set(attrs.fields_dict(cls)))
        with arguments("borrower."):
            borrower = borrower_type.from_dict(data["borrower"])
        with arguments():
            intervals = [] if data["interval"] is None else number_pairs_in([data["interval"]], "interval")
            found = cls(
                visit_probability=number_in(data["visit_probability"], "visit_probability"),
                channel=channel_of(data["channel"], "channel"),
                ladder=ladder_in(data["ladder"], "ladder"),
                log_odds=number("log_odds"),
                base=number("base"),
                characteristics=curves_in(data["characteristics"], "characteristics"),
                points=tuple(number_in(each, "points") for each in list_in(data["points"], "points")),
                interval=next(iter(intervals), None),
                borrower=borrower,
            )
            found._check_numbers()  # the same class
        return found

    def _check_numbers(self) -> None:
        """Check what was read from plain data: each number by itself, and that they agree."""
        if not 0 <= self.visit_probability <= 1:
            raise ArgumentError("visit_probability", f"must be from 0 to 1, not {self.visit_probability}")
        if len(self.points) != len(self.characteristics):
            raise ArgumentError("points", "must be as many numbers as there are characteristics")
        labels = [each.label for each in self.characteristics]
        if len(set(labels)) != len(labels):
            raise ArgumentError("characteristics", f"must have labels of their own, not {shown(labels)}")
        if (self.base is None) != (self.log_odds is None) or (self.base is None and self.points):
            raise ArgumentError("base", "and log_odds must both be numbers, or both None and without points")
        if self.base is not None and self.log_odds is not None:
            self._check_sum(self.base, self.log_odds)
        self._check_interval()
        if self.channel is not self.ladder.channel(self.visit_probability):
            why = f"must be that of the ladder for the visit probability, not {self.channel.value!r}"
            raise ArgumentError("channel", why)

    def _check_interval(self) -> None:
        low, high = self.interval or (0.0, 1.0)
        if not 0 <= low <= high <= 1:
            raise ArgumentError("interval", f"must be two probabilities in order, not {self.interval}")
        if not low - 1e-12 <= self.visit_probability <= high + 1e-12:
            why = f"must contain the visit probability, {self.visit_probability}, and is {self.interval}"
            raise ArgumentError("interval", why)

    def _check_sum(self, base: float, log_odds: float) -> None:
        for name, each in (("base", base), *(("points", each) for each in self.points)):
            if not abs(each) <= LARGEST_POINTS:  # as on a card, so that the sum is finite
                limit = f"{LARGEST_POINTS:,g}"
                raise ArgumentError(name, f"must be from -{limit} to {limit}, not {each}")
        total = math.fsum((base, *self.points))
        if not math.isclose(total, log_odds, rel_tol=1e-9, abs_tol=1e-9):
            raise ArgumentError("points", f"and base must add up to log_odds, {log_odds}, not {total}")
        if not math.isclose(SCALAR.logistic(total), self.visit_probability, rel_tol=1e-9, abs_tol=1e-12):
            why = f"must follow from log_odds, {log_odds}, and is {self.visit_probability}"
            raise ArgumentError("visit_probability", why)

    def _blocks(self, language: Language) -> Iterator[Block]:
        from collectrisk._explanation import assessment_blocks  # noqa: PLC0415  # not needed for scoring

        return assessment_blocks(
            probability=self.visit_probability,
            channel=self.channel,
            ladder=self.ladder,
            interval=self.interval,
            log_odds=self.log_odds,
            base=self.base,
            reasons=self.reasons,
            language=language,
        )
