"""What rules find about a contact, as plain data: the parts of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


@attrs.frozen(kw_only=True)
class Blocker:
    """A rule that forbids a contact.

    Attributes
    ----------
    rule, instrument, title, section, force, modality, confidence : str
        The rule and where it is written: see `Rule` and `Instrument`.
    observed : int, str or None
        What was found: a number of events, a local time, or facts.
    limit : int, str or None
        What the rule permits.
    lifts_at : datetime or None
        The first time at which this rule does not forbid the contact; None where no passage of time
        lifts it.
    state : {"blocked", "missing"}
        "missing" only among the downgraded rules, where a fact is missing.
    is_house : bool
        Whether the number is the user's, or the rule is.
    would_lift : tuple of str
        Facts that are not known and would exempt the contact if they were true.
    text : mapping of str to str
        A paraphrase of the rule in each language.
    """

    rule: str
    instrument: str
    title: str
    section: str
    force: str
    modality: str
    confidence: str
    observed: int | str | None
    limit: int | str | None
    lifts_at: dt.datetime | None
    state: str = "blocked"
    is_house: bool = False
    would_lift: tuple[str, ...] = ()
    text: Mapping[str, str] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Missing:
    """A fact that is not known and would settle the decision.

    Attributes
    ----------
    fact : str
        The fact; or ``zones``, ``place``, ``recipient``, ``log`` (there is none, or it ends before the
        rule's window begins), ``holidays``, ``actor``, ``product``, ``house_hours`` and
        ``house_attempts`` (a number that the instrument leaves open), or ``coverage`` (no encoded
        instrument on contacts covers the case).
    rules : tuple of str
        The rules that ask for it.
    """

    fact: str
    rules: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Duty:
    """What must be done, or may be offered, if contact is made. No data show whether it was done.

    Attributes
    ----------
    rule, instrument, title, section, force, modality, confidence : str
        The rule and where it is written: see `Rule` and `Instrument`.
    effect : {"duty", "offer", "human_review"}
        What it is.
    if_facts : tuple of str
        Facts that are not known, on which it depends.
    text : mapping of str to str
        A paraphrase of the rule in each language.
    """

    rule: str
    instrument: str
    title: str
    section: str
    force: str
    modality: str
    confidence: str
    effect: str
    if_facts: tuple[str, ...]
    text: Mapping[str, str] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class NotEnforced:
    """A rule that concerns the contact and is not in force: a draft, or one whose date is disputed or other.

    Attributes
    ----------
    rule, instrument, title : str
        The rule and where it is written.
    status : {"in_force", "draft", "date_disputed"}
        The status of the instrument; "in_force" if the day is outside its dates.
    effective_from : date or None
        The first day on which it is in force, or would be.
    state : {"passed", "blocked", "missing", "obligation"}
        What it would say if it were in force.
    text : mapping of str to str
        A paraphrase of the rule in each language.
    """

    rule: str
    instrument: str
    title: str
    status: str
    effective_from: dt.date | None
    state: str
    text: Mapping[str, str] = attrs.field(repr=False)
