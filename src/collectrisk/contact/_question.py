"""A contact put to rules: its cases, one for each zone, and what each rule says of the worst of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Borrower
from collectrisk._errors import ArgumentError, shown, type_name
from collectrisk.contact._case import Case, Outcome
from collectrisk.contact._clock import UTC, instants, local_time
from collectrisk.contact._contact import Contact
from collectrisk.contact._counting import Attempts, Cap

if TYPE_CHECKING:
    import datetime as dt

    from collectrisk.contact._rule import Rule
    from collectrisk.contact._ruleset import RuleSet
    from collectrisk.history import AccountHistory

WORST = ("passed", "missing", "blocked")


@attrs.frozen
class Finding:
    """What a rule says in the zone where it says the worst, and whether it is enforced."""

    rule: Rule
    outcome: Outcome


@attrs.frozen(kw_only=True)
class Question:
    """A contact with everything that is known, put to some rules.

    Attributes
    ----------
    rules : RuleSet
        The rules.
    contact : Contact
        The contact.
    concerned : tuple of Rule
        The rules that may apply to it, obligations and rules that are not in force included.
    case : Case
        The contact without a zone.
    """

    rules: RuleSet
    contact: Contact
    concerned: tuple[Rule, ...]
    case: Case

    @classmethod
    def of(cls, rules: RuleSet, contact: Any, log: Any, facts: Any, borrower: Any) -> Question:
        """Return a question, or raise `ArgumentError`."""
        if not isinstance(contact, Contact):
            raise ArgumentError("contact", f"must be a Contact, not {type_name(contact)}")
        histories = _histories(log, contact)
        known = {**_of_borrower(borrower, rules), **rules.words.checked_facts(facts)}
        _refuse_later_dates(known, contact)
        # Of a local time in several zones, any instant will do here: each case has its own.
        asked = (
            contact.at.astimezone(UTC)
            if contact.at.utcoffset() is not None
            else contact.at.replace(tzinfo=UTC)
        )
        case = Case(
            contact=contact,
            zone=None,
            instant=asked,
            asked_at=asked,
            facts=known,
            histories=histories,
            debts=contact.debts or tuple(histories or ()),
            is_holiday=rules.is_holiday,
        )
        concerned = tuple(rule for rule in rules.rules if rules.covers(rule)[0] and rule.concerns(contact)[0])
        return cls(rules=rules, contact=contact, concerned=concerned, case=case)

    @property
    def is_local(self) -> bool:
        """Whether times are local times in each of several zones."""
        return self.contact.at.utcoffset() is None

    def cases(self, time: dt.datetime) -> list[Case]:
        """Return the cases at a time, one for each zone."""
        found = []
        for zone in self.contact.zones or (None,):
            instant, asked = (
                instants(each, zone)[0] if self.is_local and zone is not None else each.astimezone(UTC)
                for each in (time, self.contact.at)
            )
            found.append(attrs.evolve(self.case, zone=zone, instant=instant, asked_at=asked))
        return found

    def days(self, time: dt.datetime) -> set[dt.date]:
        """Return the days whose law applies at a time."""
        locals_ = (case.local or time for case in self.cases(time))
        own = set() if self.rules.as_of is None else {self.rules.as_of}
        return own | {local.date() for local in locals_}

    def shown(self, instant: dt.datetime) -> dt.datetime:
        """Return an instant as it is reported: in the first zone, or with the offset of the contact."""
        return instant.astimezone(self.contact.zones[0] if self.contact.zones else self.contact.at.tzinfo)

    def finding(self, rule: Rule, time: dt.datetime) -> Finding:
        """Return what a rule says at a time, in the zone where it says the worst."""
        outcomes = [rule.check(case) for case in self.cases(time)]
        outcome = max(outcomes, key=lambda each: WORST.index(each.state))
        _, unsure = self.rules.covers(rule)
        if outcome.state == "blocked" and unsure:
            outcome = Outcome("missing", outcome.observed, outcome.limit, unsure)
        return Finding(rule, outcome)

    def enforced(self, time: dt.datetime) -> list[Rule]:
        """Return the rules that are evaluated and in force at a time."""
        days = self.days(time)
        return [rule for rule in self.concerned if rule.is_evaluated and rule.instrument.is_in_force(days)]

    def is_covered(self, time: dt.datetime) -> bool:
        """Return whether an instrument on contacts covers the contact for certain.

        One of its rules must be about the channel and place, and such that data show whether it is met.
        """
        return any(
            rule.instrument.on_contact
            and not self.rules.covers(rule)[1]
            and "place" not in rule.concerns(self.contact)[1]
            for rule in self.enforced(time)
        )

    def permits(self, time: dt.datetime, *, counting: bool = True) -> bool:
        """Return whether the rules that are not downgraded permit the contact at a time.

        Parameters
        ----------
        time : datetime
            The time.
        counting : bool
            Whether rules that count events are among them.
        """
        rules = (rule for rule in self.enforced(time) if not self.rules.is_downgraded(rule))
        asked = (rule for rule in rules if counting or not isinstance(rule.condition, (Cap, Attempts)))
        return self.is_covered(time) and all(self.finding(rule, time).outcome.passed for rule in asked)


def _histories(log: Any, contact: Contact) -> dict[str, AccountHistory] | None:
    """Return the histories by account, or raise `ArgumentError`."""
    from collectrisk.history import AccountHistory  # noqa: PLC0415  # loads NumPy

    if log is None:
        return None
    if isinstance(log, AccountHistory):
        if len(contact.debts) > 1:
            why = "must be a mapping of accounts to histories for a contact about several debts"
            raise ArgumentError("log", why)
        return {contact.debts[0] if contact.debts else "": log}
    if not (
        isinstance(log, Mapping) and log and all(isinstance(each, AccountHistory) for each in log.values())
    ):
        why = "must be what ContactLog.of returns, or a mapping of accounts to that"
        raise ArgumentError("log", f"{why}, not {shown(log)}")
    for debt in contact.debts:
        if debt not in log:
            raise ArgumentError(
                "log", f"must have the history of every debt of the contact, and lacks {debt!r}"
            )
    return dict(log)


def _of_borrower(borrower: Any, rules: RuleSet) -> dict[str, Any]:
    if borrower is None:
        return {}
    if not isinstance(borrower, Borrower):
        raise ArgumentError("borrower", f"must be a Borrower, not {type_name(borrower)}")
    if not rules.may_be_about(borrower.product):
        why = f"must have the product of the rules, {rules.product!r}, and has {borrower.product.value!r}"
        raise ArgumentError("borrower", f"{why}; load the rules of its product")
    # False is the default of the field, so it says nothing.
    plan = {"repayment_plan_performing": True} if borrower.repayment_plan else {}
    return {"days_past_due": borrower.days_past_due, **plan}


def _refuse_later_dates(facts: Mapping[str, Any], contact: Contact) -> None:
    latest = max(
        (local_time(contact.at, zone).date() for zone in contact.zones if contact.at.utcoffset() is not None),
        default=contact.at.date(),
    )
    for name, value in facts.items():
        late = max((day for day in value if day > latest), default=None) if isinstance(value, tuple) else None
        if late is not None:
            raise ArgumentError(
                f"facts[{name!r}]", f"must not be after the contact, on {latest}, and has {late}"
            )
