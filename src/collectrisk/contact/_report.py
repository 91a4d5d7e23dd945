"""A decision as text and HTML, in English and Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from collectrisk._display.document import Block, html_paragraph
from collectrisk._display.html import element

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from collectrisk._display.html import Markup
    from collectrisk._typing import Language
    from collectrisk.contact._contact import Contact, Permission
    from collectrisk.contact._findings import Blocker, Duty, Missing, NotEnforced
    from collectrisk.contact._source import RuleFile

HASH_SHOWN = 12


def moment(time: dt.datetime) -> str:
    """Return a time to the minute, or more exactly if it is not one, with its offset."""
    return time.isoformat(" ", "auto" if time.second or time.microsecond else "minutes")


class Report:
    """The parts of a report in one language."""

    def __init__(self, words: Any, language: Language, facts: Any) -> None:
        self.texts, self.language, self.facts = words.contact, language, facts
        self.channels = words.channels

    def paragraph(self, text: str, *, bold: bool = False) -> Block:
        """Return a sentence as a block."""
        return Block(text, lambda: html_paragraph(element("b", text) if bold else text))

    def listed(self, heading: str, lines: Iterable[str]) -> Iterator[Block]:
        """Yield a heading with a list below it, unless the list is empty."""
        found = list(lines)

        def html() -> Markup:
            return element(
                "div", html_paragraph(heading), element("ul", *(element("li", line) for line in found))
            )

        if found:
            yield Block("\n".join([heading, *(f"- {line}" for line in found)]), html)

    def channel(self, name: str) -> str:
        """Return a channel's name in the language."""
        return str(self.channels.get(name, name.replace("_", " ")))

    def time(self, contact: Contact) -> str:
        """Return the time of a contact, and the zones in which the debtor may be."""
        at = moment(contact.at)
        if not contact.zones:
            return at
        return str(self.texts.in_zones.format(at=at, zones=", ".join(zone.key for zone in contact.zones)))

    def verdict(self, permission: Permission, contact: Contact) -> str:
        """Return whether a contact is permitted, as a sentence."""
        return str(
            self.texts.verdict.format(
                permission=self.texts.permissions[permission.value],
                channel=self.channel(contact.channel),
                at=self.time(contact),
            )
        )

    def warning(self, files: tuple[RuleFile, ...]) -> str:
        """Return the warning that this is not legal advice, with the files."""
        named = (
            self.texts.file.format(
                name=file.name,
                date=self.texts.no_date if file.as_of is None else self.texts.as_of.format(date=file.as_of),
                hash=file.sha256[:HASH_SHOWN],
            )
            for file in files
        )
        return str(self.texts.warning.format(files=", ".join(named)))

    def fact(self, name: str) -> str:
        """Return a fact's name and what it says."""
        if name in self.texts.inputs:
            return str(self.texts.inputs[name])
        return str(self.texts.fact.format(name=name, text=self.said(self.facts[name].text)))

    def missing(self, each: Missing) -> str:
        """Return a fact that is missing, and which rules ask for it."""
        if not each.rules:
            return self.fact(each.fact)
        return str(self.texts.asked_by.format(fact=self.fact(each.fact), rules=", ".join(each.rules)))

    def said(self, text: Any) -> str:
        """Return a text in the language of the report, or in English if there is no other."""
        return str(text.get(self.language, text["en"]))

    def _facts(self, names: Iterable[str]) -> str:
        return str(self.texts.separator.join(map(self.fact, names)))

    def _rule(self, each: Blocker | Duty) -> str:
        citation = self.texts.citation.format(
            rule=each.rule,
            title=each.title,
            section=each.section or self.texts.no_section,
            force=self.texts.forces[each.force],
            modality=self.texts.modalities[each.modality],
            confidence=self.texts.confidences[each.confidence],
        )
        return str(self.texts.rule.format(citation=citation, text=self.said(each.text)))

    def _translated(self, value: int | str) -> str:
        """Return what was observed, or a limit, in the words of the language; facts keep their names."""
        return re.sub("[a-z_]+", lambda word: str(self.texts.tokens.get(word[0], word[0])), str(value))

    def blocker(self, each: Blocker) -> str:
        """Return what a rule that forbids says, and why."""
        texts, parts = self.texts, [self._rule(each)]
        if each.observed is not None:
            parts.append(texts.observed.format(observed=self._translated(each.observed)))
        if each.limit is not None:
            parts.append(texts.limit.format(limit=self._translated(each.limit)))
        parts.append(
            texts.lifts_never if each.lifts_at is None else texts.lifts_at.format(at=moment(each.lifts_at))
        )
        if each.would_lift:
            parts.append(texts.would_lift.format(facts=self._facts(each.would_lift)))
        if each.is_house:
            parts.append(texts.is_house)
        return str(texts.sentence.join(parts))

    def duty(self, each: Duty) -> str:
        """Return what must be done, or may be offered."""
        parts = [f"{self.texts.effects[each.effect]}: {self._rule(each)}"]
        if each.if_facts:
            parts.append(self.texts.depends.format(facts=self._facts(each.if_facts)))
        return str(self.texts.sentence.join(parts))

    def not_enforced(self, each: NotEnforced) -> str:
        """Return a rule that is not in force."""
        status = self.texts.statuses[each.status]
        if each.effective_from is not None:
            status = self.texts.since.format(status=status, date=each.effective_from)
        return str(
            self.texts.would_say.format(
                rule=each.rule,
                title=each.title,
                status=status,
                text=self.said(each.text),
                state=self.texts.states[each.state],
            )
        )
