"""The groups of coefficients: those that several characteristics share, and that of each one."""

from __future__ import annotations

from collectrisk._fit.bases import Group

BASE = Group("base", 0.4)

# Each curve also has a group of its own. Points set by hand are known to be off by some 30 %: with a vague
# hyperprior, thirty labels would already claim to know it better, and the intervals would be too narrow.
PRIOR_FACTOR = Group("prior factor", 0.3, shape=4.0)
FITTED_PRIOR_FACTOR = Group("fitted prior factor", 0.1)
# A gate's points are so many that a common factor of all curves would be that of the gate.
FITTED_GATES = Group("fitted gates", 0.1)
FLAGS = Group("flags", 1.0)
MISSING = Group("missing", 1.0)

SCALE_WITH_PRIOR, SCALE_WITHOUT_PRIOR = 0.1, 1.0
"""The expected prior scale of a curve's own coefficients, with and without a prior curve."""
FITTED_RISE = 0.45
"""The expected prior scale of how the increments change a fitted line from its first knot to its last.

It does not depend on their number: the knots of the fitted card and of new rows add up.
"""

TREND, TREND_WITHOUT_PRIOR = (
    Group("trend", SCALE_WITH_PRIOR),
    Group("trend of new columns", SCALE_WITHOUT_PRIOR),
)

COMMON = {
    PRIOR_FACTOR: Group("common prior factor", 0.1),
    FITTED_PRIOR_FACTOR: Group("common fitted prior factor", 0.1),
}
"""The group of the factor that all prior curves have in common, for that of the factor of each curve."""

SHARED = (
    BASE,
    PRIOR_FACTOR,
    FITTED_PRIOR_FACTOR,
    FITTED_GATES,
    FLAGS,
    MISSING,
    TREND,
    TREND_WITHOUT_PRIOR,
    *COMMON.values(),
)
_SHARED_NAMES = frozenset(group.name for group in SHARED)

SLOPE = " slope"
"""What follows the label of a curve in the name of the group of its slope."""
OWN = " (points)"
"""What follows a label in the name of a group, if the label is the name of another group."""


def own_group(label: str, expected_scale: float, shape: float = 0.5) -> Group:
    """Return the group of the coefficients of one characteristic, which has its label as its name.

    Examples
    --------
    >>> own_group("amount", 1.0).name, own_group("base", 1.0).name
    ('amount', 'base (points)')
    """
    stem = label
    while stem.endswith(OWN):  # so that different labels have different names
        stem = stem.removesuffix(OWN)
    is_taken = stem in _SHARED_NAMES or stem.endswith(SLOPE)
    return Group(label + OWN if is_taken else label, expected_scale, shape)
