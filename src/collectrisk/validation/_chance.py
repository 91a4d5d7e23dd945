"""The population stability index of two samples, and what chance alone gives for it.

References
----------
B. Yurdakul and J. Naranjo, "Statistical properties of the population stability index", Journal of Risk
Model Validation 14 (2020): the distribution for large samples, a scaled chi-square distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.stats import chi2

if TYPE_CHECKING:
    from collectrisk._typing import Array

HALF = 0.5
"""Added to the count of each bin in both samples, so that an empty bin gives no infinite index."""

RARE = 0.01
"""Levels with a smaller share of the baseline are put together in one bin."""

LEVEL = 0.05
"""The probability with which chance alone exceeds the limit."""

LARGE = 20.0
"""With this many expected accounts in each bin of each sample, the law for large samples is used."""

DRAWS, FEWEST_DRAWS = 1_999, 199
"""The numbers of simulated samples, for few and for very many levels."""

ELEMENTS = 2**21
"""The number of simulated counts, so that memory and time stay bounded."""

MOST_ROWS = 10**9
"""NumPy draws no samples from more accounts than these."""


@attrs.frozen
class Bins:
    """The counts of two samples by bin.

    Attributes
    ----------
    before, now : array of int, shape (..., n_bins)
        The numbers of accounts in the baseline and in the new sample.
    """

    before: Array
    now: Array

    @property
    def used(self) -> Array:
        """Which bins contain an account of either sample."""
        used: Array = self.before + self.now > 0
        return used

    @property
    def parts(self) -> Array:
        """What each bin adds to the index."""
        used = self.used
        number = used.sum(axis=-1, keepdims=True)
        before, now = (
            np.where(used, counts + HALF, 1.0) / (counts.sum(axis=-1, keepdims=True) + HALF * number)
            for counts in (self.before, self.now)
        )
        parts: Array = np.where(used, (now - before) * np.log(now / before), 0.0)
        return parts

    def pooled(self, levels: Array) -> Bins:
        """Return the bins with two more: rare levels together, and levels that the baseline does not have.

        Parameters
        ----------
        levels : array of bool, shape (n_bins,)
            Which bins are levels; others stay as they are.
        """
        rows = self.before.sum(axis=-1, keepdims=True)
        unseen = levels & (self.before == 0)
        rare = levels & ~unseen & (self.before < RARE * rows)

        def pool(counts: Array) -> Array:
            own = np.where(unseen | rare, 0, counts)
            others = (np.where(each, counts, 0).sum(axis=-1, keepdims=True) for each in (rare, unseen))
            return np.concatenate([own, *others], axis=-1)

        return Bins(pool(self.before), pool(self.now))


@attrs.frozen
class Judgement:
    """A population stability index, and what chance alone gives for it.

    Attributes
    ----------
    psi : float
        The index.
    expected : float
        Its mean, if both samples are from the same accounts.
    limit : float
        What it then exceeds with a probability of 5 %.
    p_value : float
        The probability with which it is then at least as large.
    """

    psi: float
    expected: float
    limit: float
    p_value: float


def judge(before: Array, now: Array, levels: Array) -> Judgement:
    """Return the index of two samples, and what chance alone gives for these numbers of accounts.

    Without a change, all ways to divide the accounts into two samples of these sizes are equally likely.
    In large samples, the index then has a scaled chi-square distribution. In small bins it does not: it
    is computed for random divisions. The bins of levels are made of each division anew, because which
    levels are rare or unseen is chance too.

    Parameters
    ----------
    before, now : array of int, shape (n_bins,)
        The numbers of accounts in the baseline and in the new sample; there are some in both.
    levels : array of bool, shape (n_bins,)
        Which bins are levels, of which rare ones are put together.
    """
    bins = Bins(before, now).pooled(levels)
    psi = float(bins.parts.sum())
    rows, new_rows = int(before.sum()), int(now.sum())
    scale = 1 / rows + 1 / new_rows
    used = (bins.before + bins.now)[bins.used]
    degrees = len(used) - 1
    if degrees == 0:
        return Judgement(0.0, 0.0, 0.0, 1.0)
    rarest = used.min() * min(rows, new_rows) / (rows + new_rows)
    is_pooled = bins.used[len(before) :].any()
    if (rarest >= LARGE and not is_pooled) or rows + new_rows >= MOST_ROWS:
        limit = float(chi2.isf(LEVEL, degrees)) * scale
        return Judgement(psi, degrees * scale, limit, float(chi2.sf(psi / scale, degrees)))
    simulated = _simulated(before + now, new_rows, levels)
    # Divisions with the same counts have the same index, up to rounding.
    as_large = int((simulated >= psi * (1 - 1e-9)).sum())
    limit = float(np.quantile(simulated, 1 - LEVEL, method="higher"))
    return Judgement(psi, float(simulated.mean()), limit, (1 + as_large) / (1 + len(simulated)))


def _simulated(total: Array, new_rows: int, levels: Array) -> Array:
    """Return the index of random divisions of accounts into two samples; always the same ones."""
    used = np.flatnonzero(total)
    total, levels = total[used], levels[used]
    draws = min(max(ELEMENTS // len(used), FEWEST_DRAWS), DRAWS)
    random = np.random.default_rng(0)
    now = random.multivariate_hypergeometric(total, new_rows, size=draws, method="marginals")
    index: Array = Bins(total - now, now).pooled(levels).parts.sum(axis=-1)
    return index
