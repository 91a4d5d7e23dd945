"""Time and memory of forecasts and plans of many accounts.

Run ``python benchmarks/planning.py [accounts]``; a million by default. Each case runs in a process of
its own, whose peak of resident memory is compared with that before the call.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit

from collectrisk.planning import allocate, forecast_visits

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS = 1_000_000

FORECASTS: dict[str, Callable[[Any], Any]] = {
    "shared level": lambda p: forecast_visits(p, None, spread=0.5),
    "level known": lambda p: forecast_visits(p, None, spread=0),
    "20 portfolios": lambda p: forecast_visits(
        p, None, spread=0, portfolio=np.arange(len(p)) % 20, portfolio_spread=0.5
    ),
    "20 portfolios, shared level": lambda p: forecast_visits(
        p, None, spread=0.2, portfolio=np.arange(len(p)) % 20, portfolio_spread=0.5
    ),
}


CAPACITY = {"phone_call": 0.1, "field_visit": 0.01}
"""The capacities, as shares of the accounts."""


def planned(probability: Any, *, by_value: bool) -> Any:
    """Return a plan for accounts whose values are random."""
    rng, accounts = np.random.default_rng(1), len(probability)
    worth = {
        channel: rng.gamma(1.0, size, accounts) for channel, size in (("phone_call", 1), ("field_visit", 9))
    }
    scored = pl.DataFrame(
        {"borrower_id": np.arange(accounts), "visit_probability": probability, "channel": "field_visit"}
    )
    values = {**worth, "sms": rng.gamma(1.0, 0.1, accounts)}
    capacity = {channel: int(share * accounts) for channel, share in CAPACITY.items()}
    return allocate(scored, {**capacity, "sms": accounts // 2}, values=values if by_value else None)


PLANS: dict[str, Callable[[Any], Any]] = {
    "plan by value": lambda p: planned(p, by_value=True),
    "plan by probability": lambda p: planned(p, by_value=False),
}


def peak() -> float:
    """Return the peak of resident memory in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, accounts: int) -> None:
    """Print a line for one case."""
    probability = expit(np.random.default_rng(0).normal(-4.0, 2.0, accounts))
    before, start = peak(), time.perf_counter()
    result = {**FORECASTS, **PLANS}[name](probability)
    seconds, memory = time.perf_counter() - start, peak() - before
    shown = result.counts if name in PLANS else "{:,} to {:,}".format(*result.interval(0.9))
    sys.stdout.write(f"{name:28} {seconds:7.1f} s {memory:7.0f} MB   {shown}\n")


def main(accounts: int) -> None:
    """Measure every case in a process of its own."""
    sys.stdout.write(f"{accounts:,} accounts: time, memory beyond the probabilities, result\n")
    sys.stdout.flush()
    for name in (*FORECASTS, *PLANS):
        subprocess.run([sys.executable, __file__, str(accounts), name], check=True)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS
    measure(sys.argv[2], count) if len(sys.argv) > 2 else main(count)
