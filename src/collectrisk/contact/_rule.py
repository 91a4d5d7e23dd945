"""Instruments and their rules: whom and what they cover, and what a rule says of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.contact._case import PASSED, Outcome
from collectrisk.contact._conditions import Facts, Obligation
from collectrisk.contact._counting import Cap

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from collectrisk.contact._case import Case
    from collectrisk.contact._conditions import Condition
    from collectrisk.contact._contact import Contact

ANY = "any"
ACTORS = ("first_party", "third_party", "debt_buyer")
FORCES = (
    "statute",
    "regulation",
    "regulator_rule",
    "regulator_guidance",
    "national_standard_voluntary",
    "industry_code",
    "house",
)
STATUSES = ("in_force", "draft", "date_disputed")
MODALITIES = ("must_not", "should_not", "presumed_violation", "must", "should")
ADVISORY = ("should_not", "presumed_violation", "should")
"""The modalities that a user may downgrade."""

IS_ALSO = dict.fromkeys(("contact_person", "employer", "unrelated_third_party"), ("third_party",))
"""What each recipient certainly is, besides its own name."""

MAY_BE = {
    "third_party": ("contact_person", "employer", "unrelated_third_party"),
    "contact_person": ("unrelated_third_party",),
    "employer": ("unrelated_third_party",),
}
"""What each recipient may be: whether a person is unrelated to the debt is not known from the role."""


@attrs.frozen(kw_only=True)
class Instrument:
    """A law, regulation, standard, code or house policy that rules belong to.

    Attributes
    ----------
    id : str
        Its id.
    jurisdiction : str
        Where it applies, such as ``"US-MA"``; ``"any"`` everywhere.
    title, issuer : str
        Its title and who issued it.
    force : str
        What it is: one of ``statute``, ``regulation``, ``regulator_rule``, ``regulator_guidance``,
        ``national_standard_voluntary``, ``industry_code`` and ``house``.
    status : {"in_force", "draft", "date_disputed"}
        Only those in force are enforced; the others are reported.
    effective_from, effective_to : date or None
        The first and the last day on which it is in force, where they are known.
    actors : tuple of str
        Whom it binds: ``first_party``, ``third_party``, ``debt_buyer``, or ``any``.
    scope : tuple of str
        The products in the instrument's own words.
    products, products_unknown, not_products : tuple of str
        The products that it covers, may cover, and does not cover.
    on_contact : bool
        Whether it regulates how contact is made. Where none does, a contact is never ALLOWED.
    note : str
        What else must be known.
    """

    id: str
    jurisdiction: str
    title: str
    issuer: str
    force: str
    status: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    actors: tuple[str, ...]
    scope: tuple[str, ...]
    products: tuple[str, ...]
    products_unknown: tuple[str, ...]
    not_products: tuple[str, ...]
    on_contact: bool
    note: str

    def is_in_force(self, days: Iterable[dt.date]) -> bool:
        """Return whether it is in force on any of some days."""
        return self.status == "in_force" and any(
            (self.effective_from is None or self.effective_from <= day)
            and (self.effective_to is None or day <= self.effective_to)
            for day in days
        )

    def applies_in(self, jurisdiction: str) -> bool:
        """Return whether it applies in a jurisdiction: in its own, and in every part of it."""
        return self.jurisdiction == ANY or f"{jurisdiction}-".startswith(f"{self.jurisdiction}-")

    def covers_actor(self, actor: str | None) -> bool | None:
        """Return whether it binds an actor; None if that is not known."""
        if ANY in self.actors or set(self.actors) == set(ACTORS):
            return True
        return None if actor is None else actor in self.actors

    def covers_product(self, product: str | None, part_of: Mapping[str, str | None]) -> bool | None:
        """Return whether it covers a product; None if that is not known."""
        if ANY in self.products:
            return True
        if product is None:
            return None
        # A product that the instrument does not name is covered as the one that it is part of.
        name: str | None = product
        while name is not None:
            for answer, names in ((True, self.products), (False, self.not_products)):
                if name in names:
                    return answer
            if name in self.products_unknown:
                return None
            name = part_of[name]
        return False


@attrs.frozen(kw_only=True)
class Rule:
    """One rule: to which contacts it applies, what it requires of them, and where that is written.

    Attributes
    ----------
    id : str
        Its id.
    instrument : Instrument
        The instrument.
    section : str
        Where in the instrument, and whether the number was read or inferred.
    kind : {"hours", "cap", "pause", "facts", "attempts", "obligation"}
        The kind of its condition.
    modality : str
        ``must_not``, ``should_not``, ``presumed_violation``, ``must`` or ``should``.
    channels, places, recipients : tuple of str
        The contacts to which it applies; empty for all places and recipients.
    other_purposes : tuple of str
        The purposes of contact to which it does not apply.
    unless : tuple of str
        Facts that exempt a contact. One that is not known does not.
    unless_above : mapping of str to int
        Numbers that exempt a contact if they are larger.
    condition : Hours, Cap, Facts, Attempts or Obligation
        What it requires.
    is_house : bool
        Whether the user supplied a number that the instrument leaves open.
    text : mapping of str to str
        A paraphrase in each language, never the legal text.
    confidence : {"primary", "secondary"}
        Whether the primary text, or a faithful copy, was read, or a summary of it.
    sources : tuple of str
        What was read.
    note : str
        What else must be known.
    """

    id: str
    instrument: Instrument
    section: str
    kind: str
    modality: str
    channels: tuple[str, ...]
    places: tuple[str, ...]
    recipients: tuple[str, ...]
    other_purposes: tuple[str, ...]
    unless: tuple[str, ...]
    unless_above: Mapping[str, int] = attrs.field(factory=dict)
    condition: Condition
    is_house: bool = False
    text: Mapping[str, str] = attrs.field(factory=dict)
    confidence: str
    sources: tuple[str, ...]
    note: str

    @property
    def exemptions(self) -> tuple[str, ...]:
        """The facts that exempt a contact, or may."""
        consent = self.condition.consent if isinstance(self.condition, Cap) else None
        return (*self.unless, *self.unless_above, *(() if consent is None else (consent.fact,)))

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asks for: those of its condition, then its exemptions."""
        names = self.condition.facts if isinstance(self.condition, (Facts, Obligation)) else ()
        return (*names, *self.exemptions)

    @property
    def is_evaluated(self) -> bool:
        """Whether data can show that a contact breaks it; otherwise it is an obligation."""
        return not isinstance(self.condition, Obligation)

    def concerns(self, contact: Contact) -> tuple[bool, tuple[str, ...]]:
        """Return whether it may apply to a contact, and what of the contact must be known to be sure."""
        if contact.channel not in self.channels or contact.purpose in self.other_purposes:
            return False, ()
        unsure = []
        if self.places:
            if contact.place is None:
                unsure.append("place")
            elif contact.place not in self.places:
                return False, ()
        if self.recipients:
            own = contact.recipient
            if not {own, *IS_ALSO.get(own, ())} & set(self.recipients):
                if not set(MAY_BE.get(own, ())) & set(self.recipients):
                    return False, ()
                unsure.append("recipient")
        return True, tuple(unsure)

    def exempts(self, facts: Mapping[str, object]) -> bool:
        """Return whether a fact exempts a contact."""
        if any(facts.get(name) is True for name in self.unless):
            return True
        numbers = ((facts.get(name), least) for name, least in self.unless_above.items())
        return any(isinstance(number, int) and number > least for number, least in numbers)

    def check(self, case: Case) -> Outcome:
        """Return what the rule says of a case to whose contact it may apply."""
        assert not isinstance(self.condition, Obligation), "an obligation is not evaluated"  # noqa: S101  # for mypy
        if self.exempts(case.facts):
            return PASSED
        outcome = self.condition.check(case)
        _, unsure = self.concerns(case.contact)
        if outcome.passed:
            return outcome
        if unsure or outcome.state == "missing":
            return attrs.evolve(outcome, state="missing", missing=(*outcome.missing, *unsure))
        unknown = (name for name in self.exemptions if case.facts.get(name) is None)
        return attrs.evolve(outcome, missing=tuple(unknown))

    def opens(self, case: Case) -> dt.datetime | None:
        """Return the first instant from that of a case on at which it passes; None if there is none."""
        assert not isinstance(self.condition, Obligation), "an obligation is not evaluated"  # noqa: S101  # for mypy
        return case.instant if self.exempts(case.facts) else self.condition.opens(case)
