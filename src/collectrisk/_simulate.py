"""A synthetic portfolio, for use where real accounts are not available."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.special import expit, log_ndtr, ndtr, ndtri

from collectrisk._borrower import Attitude, Product
from collectrisk._export import check_backend
from collectrisk._fields import is_number
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._export import Backend
    from collectrisk._typing import Array

SCHEMA = {
    "borrower_id": nw.String(),
    "amount_overdue": nw.Float64(),
    "days_past_due": nw.Int64(),
    "attitude": nw.String(),
    "failed_messages": nw.Int64(),
    "failed_calls": nw.Int64(),
    "broken_promises": nw.Int64(),
    "placed_with_agency": nw.Boolean(),
    "repayment_plan": nw.Boolean(),
    "product": nw.String(),
}

# One number for each attitude, from cooperative to hostile; see the Notes of `simulate_portfolio`.
EFFORT = np.array([0.4, 1.0, 1.0, 1.5, 1.5])
PROMISES = np.array([0.45, 0.15, 1.5, 2.25, 0.75])
PLANS = np.array([0.25, 0.01, 0.04, 0.01, 0.003])


def simulate_portfolio(n: int = 10_000, *, seed: int = 0, backend: Backend = "pandas") -> Any:
    """Return a realistic synthetic portfolio of accounts in arrears.

    Parameters
    ----------
    n : int, default 10,000
        The number of accounts, 0 or more.
    seed : int, default 0
        The seed of the random numbers. The accounts are the same on every backend.
    backend : {"pandas", "polars", "pyarrow"}, default "pandas"
        The type of frame to return.

    Returns
    -------
    frame, shape (n, 10)
        One row per account and one column per field of `Borrower`. Every row is a valid borrower.

    Raises
    ------
    ArgumentError
        If an argument is invalid, or the backend's library is not installed.

    Notes
    -----
    All numbers are defaults of this library. They follow what the article says about the usual course
    of collection (A2.2, A2.7, A3.1, A3.2) and the general shape of such portfolios; they do not come
    from a scorer. Below, `d` is days past due.

    Every account has a latent distress with a standard normal distribution. Days past due, amount and
    conduct depend on it through a Gaussian copula with loadings 0.7, 0.4 and 0.7, so the correlation of
    any two of them is the product of their loadings.

    - `days_past_due`: one plus a Weibull variable with shape 0.6 and scale 50 days, rounded down. Most
      arrears are short, and the longer they last, the lower the rate at which they are cured.
    - `product`: credit card 45 %, online loan 45 %, other 10 %.
    - `amount_overdue`: lognormal with median 4,000 yuan and sigma 1.2, and above its 95 % quantile a
      Pareto tail with index 2.5. Multiplied by 1.5 for credit cards and 0.75 for online loans, and
      rounded to cents.
    - `attitude`: unknown with probability 30 / (30 + d), because nobody has reached the borrower yet.
      Otherwise by conduct, which is standard normal: cooperative below 0.25, passive below 1.0,
      evasive below 1.9, hostile above.
    - `repayment_plan`: probability 0.25, 0.01, 0.04, 0.01, 0.003 by attitude, from cooperative
      to hostile, times 1 - exp(-d / 30).
    - `failed_messages`, `failed_calls`: negative binomial with shape 3 and mean
      60 (1 - exp(-d / 400)) and 8 (1 - exp(-d / 300)), times 0.4 for cooperative borrowers, 1.5 for
      evasive and hostile ones, and 0.3 with a repayment plan.
    - `broken_promises`: Poisson with mean 0.45, 0.15, 1.5, 2.25, 0.75 by attitude, times
      1 - exp(-d / 180).
    - `placed_with_agency`: logistic(-7 + 2 log(1 + d / 45) + 0.15 failed calls - 1.5 with a plan).

    Examples
    --------
    >>> import collectrisk as cr
    >>> portfolio = cr.simulate_portfolio(1_000, seed=7, backend="polars")
    >>> portfolio.shape
    (1000, 10)
    >>> portfolio["borrower_id"][0]
    'B0000001'
    """
    _check_count("n", n, MOST_ACCOUNTS)
    _check_count("seed", seed, LARGEST_SEED)
    check_backend(backend)
    columns = _draw(n, np.random.default_rng(seed))
    return nw.from_dict(columns, schema=SCHEMA, backend=backend).to_native()


MOST_ACCOUNTS = 100_000_000
LARGEST_SEED = 2**64 - 1


def _check_count(argument: str, value: object, limit: int) -> None:
    if not isinstance(value, numbers.Integral) or not is_number(value) or not 0 <= int(value) <= limit:
        raise ArgumentError(argument, f"must be a whole number from 0 to {limit:,}, not {shown(value)}")


def _draw(n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return the columns, each drawn conditionally on those that it depends on."""
    distress = rng.standard_normal(n)
    days = _days(_correlated(rng, distress, 0.7))
    product = rng.choice(3, n, p=[0.45, 0.45, 0.10])
    amount = _amounts(_correlated(rng, distress, 0.4), product)
    attitude = _attitudes(rng, _correlated(rng, distress, 0.7), days)
    plan = rng.random(n) < PLANS[attitude] * -np.expm1(-days / 30)
    effort = EFFORT[attitude] * np.where(plan, 0.3, 1.0)
    messages = _failures(rng, -60 * np.expm1(-days / 400) * effort)
    calls = _failures(rng, -8 * np.expm1(-days / 300) * effort)
    agency = expit(-7 + 2 * np.log1p(days / 45) + 0.15 * calls - 1.5 * plan)
    return {
        "borrower_id": [f"B{number:07d}" for number in range(1, n + 1)],
        "amount_overdue": amount,
        "days_past_due": days,
        "attitude": _values(Attitude)[attitude],
        "failed_messages": messages,
        "failed_calls": calls,
        "broken_promises": rng.poisson(PROMISES[attitude] * -np.expm1(-days / 180)),
        "placed_with_agency": rng.random(n) < agency,
        "repayment_plan": plan,
        "product": _values(Product)[product],
    }


def _correlated(rng: np.random.Generator, distress: Array, loading: float) -> Array:
    """Return standard normal numbers whose correlation with the distress is `loading`."""
    independent = rng.standard_normal(len(distress))
    correlated: Array = loading * distress + np.sqrt(1 - loading**2) * independent
    return correlated


def _days(normal: Array) -> Array:
    # log_ndtr is accurate in the upper tail, where log(1 - ndtr(x)) is -inf.
    weibull: Array = 50 * (-log_ndtr(-normal)) ** (1 / 0.6)
    return weibull.astype(np.int64) + 1


def _amounts(normal: Array, product: Array) -> Array:
    tail_start = ndtri(0.95)
    tail = np.exp(1.2 * tail_start) * (0.05 / ndtr(-normal)) ** (1 / 2.5)
    scale = np.array([1.5, 0.75, 1.0])[product]
    yuan: Array = 4_000 * scale * np.where(normal < tail_start, np.exp(1.2 * normal), tail)
    return yuan.round(2)


def _attitudes(rng: np.random.Generator, conduct: Array, days: Array) -> Array:
    """Return the index of each account's attitude in `Attitude`."""
    known = np.array([0, 2, 3, 4])[np.digitize(conduct, [0.25, 1.0, 1.9])]
    unknown = rng.random(len(days)) < 30 / (30 + days)
    return np.where(unknown, 1, known)


def _failures(rng: np.random.Generator, mean: Array) -> Array:
    """Return negative binomial counts: Poisson, with a gamma-distributed mean."""
    return rng.poisson(mean * rng.standard_gamma(3.0, len(mean)) / 3)


def _values(choices: type[Attitude | Product]) -> Array:
    return np.array([choice.value for choice in choices], dtype=object)
