"""What the rules say of a contact: permission, who forbids it, what is not known, and what must be done."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import ExplainedDocument
from collectrisk.contact._contact import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._display.document import Block
    from collectrisk._typing import Language
    from collectrisk.contact._contact import Contact
    from collectrisk.contact._findings import Blocker, Duty, Missing, NotEnforced
    from collectrisk.contact._source import RuleFile
    from collectrisk.contact._vocabulary import Fact


@attrs.frozen(kw_only=True, slots=False)
class Decision(ExplainedDocument):
    """What the encoded rules say of a contact. This is not legal advice.

    ALLOWED means that no encoded rule forbids the contact, and not that it is lawful.

    Attributes
    ----------
    permission : Permission
        ALLOWED, FORBIDDEN or UNKNOWN.
    contact : Contact
        The contact.
    blocked_by : tuple of Blocker
        Every rule that forbids it.
    missing : tuple of Missing
        The facts that would settle an UNKNOWN, with the rules that ask for them.
    obligations : tuple of Duty
        What must be done, or may be offered, if contact is made.
    downgraded : tuple of Blocker
        The rules that would forbid it, and that the user downgraded.
    not_in_force : tuple of NotEnforced
        The rules that would concern it, if they were in force.
    passed : tuple of str
        The rules that were evaluated and do not forbid it.
    next_allowed : datetime or None
        The first time from that of the contact on at which it is ALLOWED if all facts stay and nothing else
        happens; None where no passage of time permits it. In the first zone of the contact, or, for a local
        time in several zones, a local time.
    ignored_events : int
        The events in the log that are later than the contact, and do not count.
    files : tuple of RuleFile
        The rule files, with their dates and hashes.
    facts : mapping of str to Fact
        The facts that the rules know, by name.
    """

    permission: Permission
    contact: Contact
    blocked_by: tuple[Blocker, ...]
    missing: tuple[Missing, ...]
    obligations: tuple[Duty, ...] = attrs.field(repr=False)
    downgraded: tuple[Blocker, ...]
    not_in_force: tuple[NotEnforced, ...] = attrs.field(repr=False)
    passed: tuple[str, ...] = attrs.field(repr=False)
    next_allowed: dt.datetime | None
    ignored_events: int
    files: tuple[RuleFile, ...] = attrs.field(repr=False)
    facts: Mapping[str, Fact] = attrs.field(repr=False, eq=False)

    @property
    def rules_hash(self) -> str:
        """A hash of the content of all rule files."""
        return hashlib.sha256("".join(file.sha256 for file in self.files).encode()).hexdigest()

    @property
    def rules_date(self) -> dt.date | None:
        """The earliest day up to which the content of a rule file was researched; None if none says."""
        return min((file.as_of for file in self.files if file.as_of is not None), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain data: dictionaries, lists, text, numbers, booleans and None."""
        names = (each.name for each in attrs.fields(type(self)) if each.name not in {"contact", "facts"})
        contact = self.contact
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "contact": {
                **{name: plain(value) for name, value in attrs.asdict(contact, recurse=False).items()},
                "zones": [zone.key for zone in contact.zones],
            },
            "rules_hash": self.rules_hash,
            "rules_date": plain(self.rules_date),
        }

    def _blocks(self, language: Language) -> Iterable[Block]:
        # Neither is needed to decide.
        from collectrisk._display.words import words_in  # noqa: PLC0415
        from collectrisk.contact._report import Report, moment  # noqa: PLC0415

        words = words_in(language)
        report, texts = Report(words, language, self.facts), words.contact
        yield report.paragraph(report.verdict(self.permission, self.contact), bold=True)
        yield report.paragraph(report.warning(self.files))
        yield from report.listed(texts.blocked_by, map(report.blocker, self.blocked_by))
        heading = texts.would_settle if self.blocked_by else texts.missing_facts
        yield from report.listed(heading, map(report.missing, self.missing))
        yield from report.listed(texts.downgraded, map(report.blocker, self.downgraded))
        if self.next_allowed is None:
            yield report.paragraph(texts.never)
        elif self.permission is not Permission.ALLOWED:
            yield report.paragraph(texts.next_allowed.format(at=moment(self.next_allowed)))
        yield from report.listed(texts.duties, map(report.duty, self.obligations))
        yield from report.listed(texts.not_in_force, map(report.not_enforced, self.not_in_force))
        if self.ignored_events:
            yield report.paragraph(texts.ignored.format(n=self.ignored_events))


def plain(value: Any) -> Any:
    """Return a value of a decision as plain data."""
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    if attrs.has(type(value)):
        return {each.name: plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    return getattr(value, "value", value)
