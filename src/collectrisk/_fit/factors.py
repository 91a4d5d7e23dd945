"""Factors that all curves of a prior card have in common.

Rules may be right about which accounts differ, and wrong about how much, all by the same factor. Each prior
curve has a factor of its own; a common one is a single coefficient, so that few labels say much about it.
See `collectrisk._fit.averaging` for its prior scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk._fit.build import occupancy
from collectrisk._fit.groups import COMMON, PRIOR_FACTOR
from collectrisk._fit.posterior import Z_90

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._display.words import Words
    from collectrisk._fit.bases import Basis, Group
    from collectrisk._fit.design import Design
    from collectrisk._fit.posterior import Posterior
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._typing import Array


def common_factors(bases: Sequence[Basis], data: TrainingRows) -> list[tuple[Group, Array]]:
    """Return the group of each common factor, and what a unit of it adds to the base and the points.

    It is centred on the data, so that it leaves the mean to the base. A single curve needs none.
    """
    found = []
    for own, common in COMMON.items():
        masks = [np.array([group == own for group in basis.groups], dtype=np.bool_) for basis in bases]
        if sum(mask.any() for mask in masks) < 2:
            continue
        parts = [basis.transform[:, mask].sum(axis=1) for basis, mask in zip(bases, masks, strict=True)]
        found.append((common, np.concatenate([[-_mean(bases, parts, data.sample)], *parts])))
    return found


def _mean(bases: Sequence[Basis], parts: Sequence[Array], data: TrainingRows) -> float:
    """Return the weighted mean of the sum of some curves over the rows; 0 if there are none."""
    total = data.weights.sum()
    if not total:
        return 0.0
    sums = (
        part @ occupancy(basis, data.record, data.weights)
        for basis, part in zip(bases, parts, strict=True)
        if part.any()
    )
    return float(sum(sums) / total)


def note_of_factor(design: Design, posterior: Posterior, words: Words, *, has_interval: bool) -> str:
    """Return by how much a fit multiplied the points set by hand, with a 90 % interval; nothing if none were.

    The factor of each curve is the common one and its own. The note has their mean over the curves.
    """
    names = [design.groups[index].name for index in design.group_index]
    own, common = (np.array(names) == each for each in (PRIOR_FACTOR.name, COMMON[PRIOR_FACTOR].name))
    if not common.any():
        return ""
    combination = common + own / own.sum()
    factor = 1.0 + combination @ posterior.coefficients
    half_width = Z_90 * np.linalg.norm(combination @ posterior.factor)
    text = f"{factor:.2f}"
    if has_interval:
        ends = (f"{end:.2f}" for end in (factor - half_width, factor + half_width))
        text = words.summary.factor_interval.format(text, *ends)
    return str(words.summary.factor.format(text))
