"""Interleaved timing: every repetition runs each side once, so that noise affects all sides."""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Side = Callable[[], float]
    """Runs once and returns the seconds that it took."""

__all__ = ["Line", "Times", "interleaved", "seconds", "timed"]


def timed(work: Callable[[], object], calls: int = 1) -> Side:
    """Return a side that runs a piece of work some times and gives the seconds of one."""

    def side() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - start) / calls

    return side


def seconds(value: float) -> str:
    """Return a time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} µs"


@attrs.frozen
class Times:
    """The seconds of each repetition of each side, by its name."""

    of: dict[str, list[float]]

    def best(self, side: str) -> float:
        """Return the shortest time of a side, the one least disturbed by other work on the machine."""
        return min(self.of[side])

    def ratios(self, slow: str, fast: str) -> tuple[float, float]:
        """Return how many times as fast one side is: by the best times, and the median over repetitions."""
        pairs = zip(self.of[slow], self.of[fast], strict=True)
        return self.best(slow) / self.best(fast), statistics.median(a / b for a, b in pairs)


def interleaved(sides: Mapping[str, Side], repeats: int) -> Times:
    """Run A B C, A B C, ...: once to warm up, then for each repetition."""
    for side in sides.values():
        side()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, side in sides.items():
            times[name].append(side())
    return Times(times)


@attrs.frozen(kw_only=True)
class Line:
    """One line of the table."""

    measured: str
    ours: str
    against: str
    its: str
    best: str
    median: str
    target: str
    met: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the table, the verdict left out."""
        return (self.measured, self.ours, self.against, self.its, self.best, self.median, self.target)

    @classmethod
    def of_speed(cls, measured: str, times: Times, ours: str, other: str, least: float) -> Line:
        """Return the line of two sides, met where ours is at least this many times as fast as the other."""
        ratios = times.ratios(other, ours)
        return cls._of_ratio(measured, times, (ours, other), ratios=ratios, limit="least", target=least)

    @classmethod
    def of_time(cls, measured: str, times: Times, ours: str, other: str, most: float) -> Line:
        """Return the line of two sides, met where ours takes at most this many times as long as the other."""
        ratios = times.ratios(ours, other)
        return cls._of_ratio(measured, times, (ours, other), ratios=ratios, limit="most", target=most)

    @classmethod
    def _of_ratio(
        cls,
        measured: str,
        times: Times,
        sides: tuple[str, str],
        *,
        ratios: tuple[float, float],
        limit: str,
        target: float,
    ) -> Line:
        best, median = ratios
        return cls(
            measured=measured,
            ours=seconds(times.best(sides[0])),
            against=sides[1],
            its=seconds(times.best(sides[1])),
            best=f"{best:.2f} x",
            median=f"{median:.2f} x",
            target=f"at {limit} {target:g} x",
            met=best >= target if limit == "least" else best <= target,
        )
