"""The distribution of the number of visits among independent accounts (Poisson-binomial).

References
----------
Y. Hong, "On computing the distribution function for the Poisson binomial distribution",
Computational Statistics and Data Analysis 59 (2013).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np
from scipy.fft import irfft, next_fast_len
from scipy.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._typing import Array

FEW_ACCOUNTS = 500
"""Up to this many accounts, the probabilities are sums of products, and have small relative errors."""

BATCH = 2**22
"""The number of elements of a matrix that is computed at a time, so that memory stays bounded."""

CELL, DEGREE = 0.5, 12
"""Accounts whose log-odds lie in a cell of this width are replaced by as many weighted points."""

NEAR, FAR_ENOUGH = 3.0, 100.0
"""Log-odds nearer to 0 than this are not replaced, unless the variance of the count is so large.

The logarithm of the characteristic function of one account is singular at log-odds 0 and frequency pi.
With a large variance, only frequencies below 1 matter.
"""

TAIL, SPECTRUM = 39.0, 40.0
"""Probabilities, and values of a characteristic function, below the exponentials of minus these are 0."""

Part = tuple[int, "Array"]
"""The first number of visits, and the probabilities of it and of the following numbers."""


class VisitSum(Protocol):
    """The number of visits among independent accounts, whose log-odds share a shift."""

    @property
    def accounts(self) -> int:
        """The number of accounts."""

    def variance(self, shifts: Array) -> Array:
        """Return the variance of the number of visits for each shift."""

    def parts(self, shifts: Array) -> Iterator[Part]:
        """Yield the distribution of the number of visits for each shift."""


def visit_sum(probability: Array) -> VisitSum:
    """Return the number of visits among accounts with some probabilities."""
    if len(probability) <= FEW_ACCOUNTS:
        return FewAccounts(probability)
    return ManyAccounts.of(probability)


@attrs.frozen(eq=False)
class FewAccounts:
    """Few accounts: the exact recursion over accounts, in which all terms are positive."""

    probability: Array

    @property
    def accounts(self) -> int:
        """The number of accounts."""
        return len(self.probability)

    def _shifted(self, shifts: Array) -> tuple[Array, Array]:
        """Return the probability of a visit and of no visit, with a row for each account."""
        log_odds = logit(self.probability)[:, None] + shifts
        visit, none = expit(log_odds), expit(-log_odds)
        visit[:, shifts == 0] = self.probability[:, None]  # without the rounding of the log-odds
        none[:, shifts == 0] = 1.0 - self.probability[:, None]
        return visit, none

    def variance(self, shifts: Array) -> Array:
        """Return the variance of the number of visits for each shift."""
        visit, none = self._shifted(shifts)
        variance: Array = (visit * none).sum(axis=0)
        return variance

    def parts(self, shifts: Array) -> Iterator[Part]:
        """Yield the distribution of the number of visits for each shift."""
        size = max(BATCH // (self.accounts + 1), 1)
        for start in range(0, len(shifts), size):
            some = shifts[start : start + size]
            counts = np.zeros((self.accounts + 1, len(some)))
            counts[0] = 1.0
            for seen, (visit, none) in enumerate(zip(*self._shifted(some), strict=True)):
                one_more = counts[: seen + 1] * visit
                counts[: seen + 1] *= none
                counts[1 : seen + 2] += one_more
            yield from ((0, each) for each in counts.T)


@attrs.frozen(eq=False)
class ManyAccounts:
    """Many accounts: the characteristic function, sampled where it is not negligible.

    Its logarithm is a sum over accounts of a smooth function of their log-odds. In each cell of
    log-odds, the sum is replaced by one over Chebyshev points, whose weights make it exact for
    polynomials. The absolute error of a probability is about 1e-15.

    Attributes
    ----------
    log_odds : array of float
        The log-odds of the accounts, sorted; without those of probability 0 and 1.
    certain : int
        The number of accounts with probability 1.
    accounts : int
        The number of accounts.
    starts : array of int, shape (n_cells + 1,)
        Where the accounts of each cell begin.
    points, weights : array of float, shape (n_cells, n_points)
        The points of each cell, and their weights.
    """

    log_odds: Array
    certain: int
    accounts: int
    starts: Array
    points: Array
    weights: Array

    @classmethod
    def of(cls, probability: Array) -> ManyAccounts:
        """Return the sum of accounts with some probabilities."""
        log_odds = np.sort(logit(probability[(probability > 0) & (probability < 1)]))
        cells, first = np.unique(np.floor(log_odds / CELL), return_index=True)
        starts = np.append(first, len(log_odds))
        centers = (cells + 0.5) * CELL
        nodes = np.cos((2 * np.arange(DEGREE) + 1) * np.pi / (2 * DEGREE))
        place = (log_odds - np.repeat(centers, np.diff(starts))) * (2 / CELL)
        # The polynomials of Chebyshev, by their recursion: at the nodes, and summed over the accounts.
        previous, present = np.ones_like(place), place
        weights = np.diff(starts)[:, None] * np.ones(DEGREE)
        for degree in range(1, DEGREE):
            sums = np.add.reduceat(present, first) if len(first) else np.zeros(0)
            weights += 2 * sums[:, None] * np.cos(degree * np.arccos(nodes))
            previous, present = present, 2 * place * present - previous
        return cls(
            log_odds=log_odds,
            certain=int((probability == 1).sum()),
            accounts=len(probability),
            starts=starts,
            points=centers[:, None] + nodes * (CELL / 2),
            weights=weights / DEGREE,
        )

    def variance(self, shifts: Array) -> Array:
        """Return the variance of the number of visits for each shift."""
        return np.array([self._moments(shift)[1] for shift in shifts.tolist()])

    def _moments(self, shift: float) -> tuple[float, float]:
        visit, none = expit(self.points + shift), expit(-(self.points + shift))
        return float((self.weights * visit).sum()), float((self.weights * visit * none).sum())

    def parts(self, shifts: Array) -> Iterator[Part]:
        """Yield the distribution of the number of visits for each shift."""
        for shift in shifts.tolist():
            yield self._part(shift)

    def _part(self, shift: float) -> Part:
        mean, variance = self._moments(shift)
        # Bernstein's inequality bounds the probability of a count further from the mean than this.
        reach = TAIL / 3 + math.sqrt((TAIL / 3) ** 2 + 2 * TAIL * variance)
        first = max(math.floor(mean - reach), 0)
        last = min(math.ceil(mean + reach), len(self.log_odds))
        size = next_fast_len(last - first + 1, real=True)
        frequencies = 2 * np.pi / size * np.arange(size // 2 + 1)
        used = frequencies[variance * (1 - np.cos(frequencies)) <= SPECTRUM]
        log_size, phase = self._log_characteristic(used, shift, variance)
        spectrum = np.zeros(size // 2 + 1, dtype=np.complex128)
        spectrum[: len(used)] = np.exp(log_size - 1j * (phase - first * used))
        probabilities = irfft(spectrum, size)[: last - first + 1]
        return first + self.certain, np.maximum(probabilities, 0.0)

    def _log_characteristic(self, frequencies: Array, shift: float, variance: float) -> tuple[Array, Array]:
        """Return the real and the imaginary part of the logarithm of the characteristic function."""
        if variance >= FAR_ENOUGH:
            return _log_sum(self.points.ravel() + shift, self.weights.ravel(), frequencies)
        near = np.flatnonzero(np.abs(self.points.mean(axis=1) + shift) < NEAR)
        begin, end = (near[0], near[-1] + 1) if len(near) else (0, 0)
        exact = self.log_odds[self.starts[begin] : self.starts[end]]
        points = [self.points[:begin].ravel(), self.points[end:].ravel(), exact]
        weights = [self.weights[:begin].ravel(), self.weights[end:].ravel(), np.ones(len(exact))]
        return _log_sum(np.concatenate(points) + shift, np.concatenate(weights), frequencies)


def _log_sum(log_odds: Array, weights: Array, frequencies: Array) -> tuple[Array, Array]:
    """Return the weighted sum of ``log(1 - p + p exp(i t))`` for each frequency t."""
    visit, none = expit(log_odds), expit(-log_odds)
    log_size, phase = np.empty(len(frequencies)), np.empty(len(frequencies))
    step = max(BATCH // max(len(log_odds), 1), 1)
    for start in range(0, len(frequencies), step):
        some = slice(start, start + step)
        half = np.sin(frequencies[some, None] / 2)
        with np.errstate(divide="ignore"):  # it is 0 at frequency pi if there is an account with p = 1/2
            log_size[some] = 0.5 * np.log1p(-4 * half**2 * (visit * none)) @ weights
        real = 1 - 2 * half**2 * visit
        phase[some] = np.arctan2(np.sin(frequencies[some, None]) * visit, real) @ weights
    return log_size, phase
