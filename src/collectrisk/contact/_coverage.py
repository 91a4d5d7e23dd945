"""What is encoded for a jurisdiction, actor and product, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk._display.document import ExplainedDocument
from collectrisk._display.words import words_in
from collectrisk.contact._conditions import Hours
from collectrisk.contact._contact import CONTACT_CHANNELS
from collectrisk.contact._counting import Attempts
from collectrisk.contact._report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._display.document import Block
    from collectrisk._typing import Language
    from collectrisk.contact._rule import Instrument, Rule
    from collectrisk.contact._ruleset import RuleSet


@attrs.frozen(kw_only=True, slots=False)
class Coverage(ExplainedDocument):
    """What is encoded for a jurisdiction, actor and product, and what is not.

    Attributes
    ----------
    rules : ContactRules
        The rules.
    encoded : tuple of str
        The jurisdictions for which the package has rules.

    Examples
    --------
    >>> from collectrisk.contact import ContactRules
    >>> coverage = ContactRules.load("IN", actor="third_party", product="credit_card").coverage()
    >>> coverage.channels
    ('phone_call',)
    """

    rules: RuleSet = attrs.field(repr=False)
    encoded: tuple[str, ...] = attrs.field(repr=False)

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The instruments, in the order of the files."""
        return tuple({rule.instrument.id: rule.instrument for rule in self.rules.rules}.values())

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels about which a covering instrument on contacts has a rule that is evaluated."""
        found = {
            channel
            for rule in self.rules.rules
            if rule.is_evaluated and rule.instrument.on_contact and rule.instrument.status == "in_force"
            if self.rules.covers(rule) == (True, ())
            for channel in rule.channels
        }
        return tuple(channel for channel in CONTACT_CHANNELS if channel in found)

    @property
    def open_numbers(self) -> tuple[str, ...]:
        """The rules with a number that the instrument leaves open and the user did not supply."""
        return tuple(rule.id for rule in self.rules.rules if _is_open(rule))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the jurisdiction that have rules of their own, which are not loaded."""
        where = self.rules.jurisdiction
        return tuple(part for part in self.encoded if where and part.startswith(f"{where}-"))

    def _blocks(self, language: Language) -> Iterable[Block]:
        words = words_in(language)
        texts, rules = words.contact, self.rules
        report = Report(words, language, rules.words.facts)
        where = texts.everywhere
        if rules.jurisdiction is not None:
            where = report.said(rules.words.jurisdictions[rules.jurisdiction].name)
        heading = texts.coverage.format(
            jurisdiction=where, actor=rules.actor or texts.not_known, product=rules.product or texts.not_known
        )
        yield from report.listed(heading, (self._line(each, report) for each in self.instruments))
        yield report.paragraph(texts.channel_rules.format(channels=", ".join(self.channels) or texts.none))
        for template, names in (
            (texts.open_numbers, self.open_numbers),
            (texts.downgrades, tuple(sorted(rules.downgrade))),
        ):
            if names:
                yield report.paragraph(template.format(rules=", ".join(names)))
        if self.parts:
            yield report.paragraph(texts.parts.format(parts=", ".join(self.parts)))
        yield report.paragraph(report.warning(rules.files))

    def _line(self, instrument: Instrument, report: Report) -> str:
        texts = report.texts
        own = [rule for rule in self.rules.rules if rule.instrument.id == instrument.id]
        may, unsure = self.rules.covers(own[0])
        status = texts.statuses[instrument.status]
        if instrument.effective_from is not None:
            status = texts.since.format(status=status, date=instrument.effective_from)
        return str(
            texts.instrument.format(
                id=instrument.id,
                title=instrument.title,
                issuer=instrument.issuer,
                force=texts.forces[instrument.force],
                status=status,
                covers=texts.not_covered if not may else texts.perhaps_covered if unsure else texts.covered,
                n=len(own),
                primary=sum(rule.confidence == "primary" for rule in own),
                duties=sum(not rule.is_evaluated for rule in own),
            )
        )


def _is_open(rule: Rule) -> bool:
    condition = rule.condition
    if isinstance(condition, Hours):
        return condition.windows is None or bool(condition.not_stated)
    return isinstance(condition, Attempts) and condition.least is None
