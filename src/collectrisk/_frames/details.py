"""The results that a frame can get besides visit probability and channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._fields import FieldSpec
    from collectrisk._formula import Formula

MOST_REASONS = 1_000
"""The number of columns with reasons; a larger number is a mistake."""

INTERVAL = ("visit_probability_low", "visit_probability_high")
"""The columns of the ends of the interval."""


@attrs.frozen(kw_only=True)
class Details:
    """The results to add.

    Attributes
    ----------
    reasons : int
        The number of reasons.
    sign : int
        The sign of the points that are reasons; 0 for both signs.
    points : bool
        Whether to add the points of each characteristic.
    interval : bool
        Whether to add the interval of the visit probability.
    problem : bool
        Whether to add the text of each row's problems.
    """

    reasons: int = attrs.field(default=0)
    sign: int = 0
    points: bool = attrs.field(default=False)
    interval: bool = attrs.field(default=False)
    problem: bool = attrs.field(default=False, eq=False)  # it needs no computation of its own

    @reasons.validator
    def _check_count(self, _attribute: object, value: object) -> None:
        if type(value) is not int or not 0 <= value <= MOST_REASONS:
            raise ArgumentError(
                "reasons", f"must be a whole number from 0 to {MOST_REASONS}, not {shown(value)}"
            )

    @points.validator
    @interval.validator
    def _check_flag(self, attribute: attrs.Attribute[bool], value: object) -> None:
        if not isinstance(value, bool):
            raise ArgumentError(attribute.name, f"must be True or False, not {shown(value)}")

    @property
    def reason_names(self) -> list[str]:
        """The columns of the reasons."""
        return [f"reason_{rank + 1}" for rank in range(self.reasons)]

    def point_names(self, formula: Formula) -> list[str]:
        """Return the columns of the points."""
        return [f"points_{label}" for label in formula.labels] if self.points else []

    def number_names(self, formula: Formula) -> list[str]:
        """Return the columns of numbers: those of the interval, then those of the points."""
        return [*(INTERVAL if self.interval else ()), *self.point_names(formula)]

    def require(self, formula: Formula, *, lazy: bool) -> None:
        """Raise `ArgumentError` if the scorer has no such results, or not on a lazy frame."""
        no_card = f"because {formula.scorer} is not a scorecard"
        if self.points and formula.points is None:
            raise ArgumentError("points", f"must be False, {no_card}")
        if self.interval and formula.half_widths is None:
            raise ArgumentError(
                "interval",
                f"must be False, because {formula.scorer} has no intervals; a LogisticScorer has them after "
                "its fit, not the card in its file, and after a fit with sample_weight only if "
                'weights="counts" or weights="importance" says what it means',
            )
        if lazy and self.interval:
            raise ArgumentError(
                "interval", "must be False on a lazy frame; collect the frame first to get intervals"
            )
        if self.reasons and formula.points is None:
            raise ArgumentError("reasons", f"must be 0, {no_card}")


def problem_text(column: object, spec: FieldSpec) -> str:
    """Return what is said of a row in which a column is not valid."""
    return f"{column} must be {spec.requirement}"


NONE = Details()
"""No additional results."""
