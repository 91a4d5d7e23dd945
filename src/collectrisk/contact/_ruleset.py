"""Rules as data: which apply, whom they cover, and which were downgraded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.contact._holidays import calendar_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from collectrisk.contact._rule import Rule
    from collectrisk.contact._source import RuleFile
    from collectrisk.contact._vocabulary import Vocabulary


@attrs.frozen(kw_only=True, slots=False, eq=False)
class RuleSet:
    """The attributes of `ContactRules`, which are documented there."""

    rules: tuple[Rule, ...] = attrs.field(repr=False)
    jurisdiction: str | None = None
    actor: str | None = None
    product: str | None = None
    as_of: dt.date | None = None
    words: Vocabulary = attrs.field(repr=False)
    files: tuple[RuleFile, ...]
    downgrade: frozenset[str] = frozenset()
    own_holidays: Mapping[int, frozenset[dt.date]] | None = attrs.field(default=None, repr=False)

    @property
    def is_holiday(self) -> Callable[[dt.date], bool | None]:
        """What says of a day whether it is a public holiday: True, False, or None if it is not known."""
        code = None if self.jurisdiction is None else self.words.holidays_of(self.jurisdiction)
        return calendar_of(code, self.own_holidays)

    def covers(self, rule: Rule) -> tuple[bool, tuple[str, ...]]:
        """Return whether a rule may bind the actor and cover the product, and what is not known of them."""
        answers = {
            "actor": rule.instrument.covers_actor(self.actor),
            "product": rule.instrument.covers_product(self.product, self.words.part_of),
        }
        return False not in answers.values(), tuple(name for name, each in answers.items() if each is None)

    def may_be_about(self, product: str) -> bool:
        """Return whether a debt may have the product of the rules.

        "other" is the default of the field `Borrower.product`, so it says nothing.
        """
        if self.product is None or product == "other":
            return True
        return product in self._with_parents(self.product) or self.product in self._with_parents(product)

    def _with_parents(self, product: str) -> list[str]:
        """Return a product and those that it is part of."""
        names = [product]
        while (parent := self.words.part_of[names[-1]]) is not None:
            names.append(parent)
        return names

    def is_downgraded(self, rule: Rule) -> bool:
        """Return whether a rule is reported but does not forbid."""
        return rule.id in self.downgrade
