"""The channel that is recommended, or the heaviest lighter one, as far as contact rules permit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._assessment import Assessment
from collectrisk._channel import Channel
from collectrisk._display.document import ExplainedDocument
from collectrisk._errors import ArgumentError, type_name, with_article
from collectrisk.contact._contact import Contact, Permission, channels_in_use, checked_places, places_of
from collectrisk.contact._decision import plain
from collectrisk.contact._rules import ContactRules

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from collectrisk._display.document import Block
    from collectrisk._typing import Language
    from collectrisk.contact._decision import Decision
    from collectrisk.contact._source import RuleFile
    from collectrisk.history import AccountHistory


@attrs.frozen(kw_only=True, slots=False)
class Recommendation(ExplainedDocument):
    """The heaviest channel that is permitted and not heavier than recommended. This is not legal advice.

    Attributes
    ----------
    channel : Channel or None
        The channel; None if there is to be no contact now.
    recommended : Channel
        The channel that the assessment recommends, whether or not it is permitted.
    visit_probability : float
        The visit probability of the assessment. Contact rules do not change it.
    next_allowed : datetime or None
        The first time from that of the contact on at which one of the channels is permitted if all facts
        stay and nothing else happens; None where no passage of time permits one.
    next_channel : Channel or None
        The heaviest channel that is permitted then.
    decisions : mapping of Channel to Decision
        What the rules say of each channel that is in use and not heavier than recommended, from heavy to
        light.
    contact : Contact
        The contact on the recommended channel.
    files : tuple of RuleFile
        The rule files, with their dates and hashes.
    """

    channel: Channel | None
    recommended: Channel
    visit_probability: float
    next_allowed: dt.datetime | None
    next_channel: Channel | None
    decisions: Mapping[Channel, Decision] = attrs.field(repr=False)
    contact: Contact = attrs.field(repr=False)
    files: tuple[RuleFile, ...] = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the recommendation as plain data: dictionaries, lists, text, numbers and None."""
        names = ("channel", "recommended", "visit_probability", "next_allowed", "next_channel", "files")
        decisions = {channel.value: decision.to_dict() for channel, decision in self.decisions.items()}
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "at": plain(self.contact.at),
            "decisions": decisions,
        }

    def _blocks(self, language: Language) -> Iterable[Block]:
        # Neither is needed to decide.
        from collectrisk._display.words import words_in  # noqa: PLC0415
        from collectrisk.contact._report import Report, moment  # noqa: PLC0415

        words = words_in(language)
        facts = next((each.facts for each in self.decisions.values()), {})
        report, texts = Report(words, language, facts), words.contact
        named = {"recommended": report.channel(self.recommended), "at": report.time(self.contact)}
        if self.channel is None:
            verdict = texts.no_contact
        else:
            verdict = texts.as_recommended if self.channel is self.recommended else texts.lighter
            named["channel"] = report.channel(self.channel)
        yield report.paragraph(verdict.format(**named), bold=True)
        yield report.paragraph(report.warning(self.files))
        yield report.paragraph(texts.same_probability.format(words.probability(self.visit_probability)))
        if self.next_channel is None or self.next_allowed is None:
            yield report.paragraph(texts.no_channel_ever)
        elif self.channel is None:
            then = {"at": moment(self.next_allowed), "channel": report.channel(self.next_channel)}
            yield report.paragraph(texts.next_channel.format(**then))
        if self.recommended not in self.decisions:
            yield report.paragraph(texts.not_in_use.format(report.channel(self.recommended)))
        for channel, decision in self.decisions.items():
            if channel is self.channel:
                yield from report.listed(texts.duties, map(report.duty, decision.obligations))
                return
            reasons = [*map(report.blocker, decision.blocked_by)]
            reasons += [texts.not_known_fact.format(report.missing(each)) for each in decision.missing]
            yield from report.listed(report.verdict(decision.permission, decision.contact), reasons)


def recommend(
    assessment: Assessment,
    rules: ContactRules,
    contact: Contact,
    *,
    log: AccountHistory | Mapping[str, AccountHistory] | None = None,
    facts: Mapping[str, Any] | None = None,
    channels: Iterable[str] = tuple(Channel),
    places: Mapping[str, str] | None = None,
) -> Recommendation:
    """Return the heaviest permitted channel that is not heavier than an assessment recommends.

    A rule changes the recommendation and never the probability, and never makes it heavier. This is not
    legal advice.

    Parameters
    ----------
    assessment : Assessment
        The assessment. Its borrower supplies facts as in `ContactRules.decide`.
    rules : ContactRules
        The rules.
    contact : Contact
        When, where and with whom contact would be made; its channel is replaced by each in turn.
    log : AccountHistory or mapping of str to AccountHistory, optional
        The history of the account, or those of all accounts of the debtor; see `ContactRules.decide`.
    facts : mapping of str to bool, int or date, optional
        The facts that are recorded; see `ContactRules.decide`.
    channels : sequence of str, optional
        The channels in use; by default, all of `Channel`.
    places : mapping of str to str, optional
        The place at which a channel reaches the person, such as ``{"field_visit": "home"}``, where it is
        not that of `contact`.

    Raises
    ------
    ArgumentError
        If an argument is not valid.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.contact import Contact, ContactRules, recommend
    >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
    >>> rules = ContactRules.load("CN", actor="third_party", product="credit_card")
    >>> night = Contact("sms", at="2026-11-03T22:30", zones="Asia/Shanghai")
    >>> recommendation = recommend(
    ...     assessment, rules, night, facts={"repayment_plan_performing": False, "agreed_hours": False}
    ... )
    >>> recommendation.channel is None, str(recommendation.next_allowed)
    (True, '2026-11-04 08:00:00+08:00')
    """
    for name, value, kind in (
        ("assessment", assessment, Assessment),
        ("rules", rules, ContactRules),
        ("contact", contact, Contact),
    ):
        if not isinstance(value, kind):
            raise ArgumentError(name, f"must be {with_article(kind.__name__)}, not {type_name(value)}")
    reached = checked_places(places)
    used = channels_in_use(channels)
    decisions = {
        channel: rules.decide(
            _on(contact, channel, reached),
            log=log,
            facts=facts,
            borrower=assessment.borrower,
        )
        for channel in reversed(Channel)
        if channel in used and channel <= assessment.channel
    }
    allowed = (channel for channel, each in decisions.items() if each.permission is Permission.ALLOWED)
    later = {channel: each.next_allowed for channel, each in decisions.items() if each.next_allowed}
    soonest = min(later, key=later.__getitem__, default=None)  # the heaviest of those with the same time
    return Recommendation(
        channel=next(allowed, None),
        recommended=assessment.channel,
        visit_probability=assessment.visit_probability,
        next_allowed=None if soonest is None else later[soonest],
        next_channel=soonest,
        decisions=decisions,
        contact=_on(contact, assessment.channel, {}),
        files=rules.files,
    )


def _on(contact: Contact, channel: Channel, places: Mapping[str, str]) -> Contact:
    """Return a contact on another channel; where that cannot reach the contact's place, it is not known."""
    place = places.get(channel, contact.place)
    return attrs.evolve(contact, channel=channel, place=place if place in places_of(channel) else None)
