"""What would be said of a borrower of whom something else was known."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk import pages
from collectrisk.curves import DECIMALS_THAT_COUNT
from collectrisk.errors import ArgumentError, nearest
from collectrisk.fields import specs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.assessment import Assessment
    from collectrisk.borrower import Borrower
    from collectrisk.words import Language

__all__ = ["ReasonChange", "WhatIf", "asked_what_if"]


@attrs.frozen(kw_only=True)
class ReasonChange:
    """What one reason adds to the log-odds before a change and after it.

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
        """The points after the change less those before it."""
        return self.after - self.before


@attrs.frozen(kw_only=True)
class WhatIf:
    """Two assessments of a borrower: as it is, and as it would be. `Scorer.what_if` makes it.

    ``print(what_if)`` tells it in words, and a notebook shows it.

    Parameters
    ----------
    before, after : Assessment
        The assessment of the borrower, and of the changed one.

    Attributes
    ----------
    changes : mapping of str to (object, object)
        Each field that differs, with its value before and after.
    differences : tuple of ReasonChange
        Every reason's points before and after, the largest change first; empty without a scorecard.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, failed_calls=5)
    >>> print(cr.RuleScorer().what_if(borrower, amount_overdue=9_999))
    Suppose that this were different:
    - The overdue amount is 30,000 → The overdue amount is 9,999
    The visit probability goes from 3.74% to below 0.01%, and the recommended channel from phone call
    to text message (SMS).
    The points, largest change first:
    - visit gate: +0.00 → -5.98 (-5.98)
    - amount: +0.24 → -0.00 (-0.24)
    """

    before: Assessment
    after: Assessment

    @cached_property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """Each field that differs, with its value before and after; what is private is left out."""
        one, other = self.before.borrower, self.after.borrower
        public = [name for name, spec in specs(type(one)).items() if not spec.private]
        pairs = {name: (getattr(one, name), getattr(other, name)) for name in public}
        return {name: pair for name, pair in pairs.items() if not _alike(*pair)}

    @cached_property
    def differences(self) -> tuple[ReasonChange, ...]:
        """Every reason's points before and after, the largest change first; empty without a scorecard.

        Equally large ones stay in the card's order.
        """
        labels = [part.label for part in self.before.characteristics]
        found = [
            ReasonChange(label=label, before=before, after=after)
            for label, before, after in zip(labels, self.before.points, self.after.points, strict=True)
        ]
        return tuple(sorted(found, key=lambda each: -abs(round(each.difference, DECIMALS_THAT_COUNT))))

    def explain(self, language: Language = "en") -> str:
        """Return in words what would be different, and what would come of it.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.
        """
        return pages.what_if_text(self, language)

    def to_html(self, language: Language = "en") -> str:
        """Return the same in HTML, as a notebook shows it; see `Assessment.to_html`.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.
        """
        return pages.what_if_page(self, language)

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        return self.to_html()


def _alike(one: Any, other: Any) -> bool:
    """Tell whether two values are the same, or both not known."""
    return bool(one == other or (one != one and other != other))


def asked_what_if(scorer: Any, borrower: Borrower, changes: Mapping[str, Any]) -> WhatIf:
    """Return what a scorer says of a borrower, and what it would say after some changes."""
    before = scorer.assess(borrower)
    return WhatIf(before=before, after=scorer.assess(_changed(borrower, changes)))


def _changed(borrower: Borrower, changes: Mapping[str, Any]) -> Borrower:
    """Return a borrower with some fields changed, and checked; an unknown field is an error."""
    known = [each.alias for each in attrs.fields(type(borrower)) if each.init]
    for name in changes:
        if name not in known:
            guess = nearest(name, known)
            meant = f"; did you mean {guess!r}?" if guess else ""
            there = f"The fields are {', '.join(map(str, known))}"
            why = f"must name fields of the borrower, and {name!r} is none{meant or '.'} {there}"
            raise ArgumentError("changes", why)
    return attrs.evolve(borrower, **changes)
