"""Promises to pay: kept, broken or pending, by the payments that were made after them.

A payment serves the promise that was made first of those that are open, then the next one. A promise
is open from the moment it was made until it is fulfilled, or until its own deadline and those of all
promises before it are over. A reversal takes back the latest payments before it. So, in units of the
currency, with the promises of an account in the order in which they were made:

    a, d, c     paid before promise i was made, by its deadline, and by the day on which it closes
    start(i)    max(end(i - 1), a(i))                  what the promises before it have used
    end(i)      min(start(i) + amount(i), c(i))
    kept        d(i) - start(i) >= the part of the amount that must be paid

Both lines of the recursion are limits from above or below, and the result of a chain of limits is a
maximum of minimums over pairs of promises. Therefore joins and groups suffice, on every engine.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

MOMENT = ["made", "deadline"]
PROMISE = [*MOMENT, "amount", "need", "promises", "shows", "as_of_day"]


def _total(frame: Any, by: list[str], *names: str) -> Any:
    """Return sums of whole numbers by group; DuckDB widens their type, and pandas may return floats."""
    totals = frame.group_by(by).agg(nw.col(name).sum() for name in names)
    return totals.with_columns(nw.col(name).cast(nw.Int64) for name in names)


def _renamed(frame: Any, by: list[str], suffix: str, *names: str) -> Any:
    return frame.select(*by, *(nw.col(name).alias(f"{name}_{suffix}") for name in names))


def _not_after(first: str, other: str) -> nw.Expr:
    """Return where one promise was made before another, or is the same."""
    made, same = nw.col(f"made{first}"), nw.col(f"made{other}")
    before = nw.col(f"deadline{first}") <= nw.col(f"deadline{other}")
    return (made < same) | ((made == same) & before)


def _same(first: str, other: str) -> nw.Expr:
    return (nw.col(f"made{first}") == nw.col(f"made{other}")) & (
        nw.col(f"deadline{first}") == nw.col(f"deadline{other}")
    )


def _where(condition: nw.Expr, name: str) -> Any:
    return nw.when(condition).then(nw.col(name)).otherwise(0)


def promise_states(promises: Any, payments: Any, by: list[str]) -> Any:
    """Return one row for each promise, with ``kept`` and ``broken`` as 1 or 0.

    Parameters
    ----------
    promises : narwhals frame
        The columns `by`, ``made``, ``deadline`` (a day), ``amount`` and ``need`` (in units),
        ``promises`` (how many were made at the same time) and ``as_of_day``.
    payments : narwhals frame
        The columns `by`, ``at``, ``day`` and ``paid`` (in units).
    by : list of str
        The columns that identify the account.
    """
    known = _payments_until(_places(promises, by), payments, by)
    known = known.with_columns(
        floor=nw.col("paid_before") - nw.col("amounts_before"),
        roof=nw.col("paid_by_close") - nw.col("amounts_before") - nw.col("amount"),
    )
    # For each promise, the promises j before it or itself, and the promises k from j to the one before it.
    chains = known.join(_renamed(known, by, "j", *MOMENT, "floor"), on=by, how="inner")
    chains = chains.filter(_not_after("_j", "")).join(
        _renamed(known, by, "k", *MOMENT, "roof"), on=by, how="inner"
    )
    between = _not_after("_j", "_k") & _not_after("_k", "") & ~_same("_k", "")
    chains = chains.with_columns(roof_k=nw.when(between).then(nw.col("roof_k")))
    promise = [*by, *PROMISE, "paid_by_deadline", "amounts_before"]
    chains = chains.group_by([*promise, "made_j", "deadline_j", "floor_j"]).agg(nw.col("roof_k").min())
    used = nw.min_horizontal("floor_j", nw.col("roof_k").fill_null(nw.col("floor_j")))
    states = chains.with_columns(used=used).group_by(promise).agg(nw.col("used").max())
    received = nw.col("paid_by_deadline") - nw.col("amounts_before") - nw.col("used")
    kept = received >= nw.col("need")
    over = nw.col("as_of_day") > nw.col("deadline")
    return states.select(*by, *PROMISE, kept=kept.cast(nw.Int64), broken=(over & ~kept).cast(nw.Int64))


def _places(promises: Any, by: list[str]) -> Any:
    """Return promises with the amounts promised before each, and the day on which it closes."""
    promises = promises.select(*by, *PROMISE)
    pairs = promises.join(_renamed(promises, by, "j", *MOMENT, "amount"), on=by, how="inner")
    pairs = pairs.filter(_not_after("_j", "")).with_columns(
        amounts_before=nw.when(_same("_j", "")).then(0).otherwise(nw.col("amount_j"))
    )
    places = pairs.group_by([*by, *PROMISE]).agg(
        nw.col("amounts_before").sum(), nw.col("deadline_j").max().alias("close")
    )
    return places.with_columns(nw.col("amounts_before").cast(nw.Int64))


def _payments_until(places: Any, payments: Any, by: list[str]) -> Any:
    """Return promises with what was paid and not taken back until three moments of each."""
    ends = {"paid_before": "made", "paid_by_deadline": "deadline", "paid_by_close": "close"}
    columns = places.collect_schema().names()
    until = places.join(payments, on=by, how="left").with_columns(
        paid_before=_where(nw.col("at") < nw.col("made"), "paid"),
        paid_by_deadline=_where(nw.col("day") <= nw.col("deadline"), "paid"),
        paid_by_close=_where(nw.col("day") <= nw.col("close"), "paid"),
    )
    until = _total(until, columns, *ends)
    # What survives later reversals is the least balance after any of them.
    reversals = _renamed(payments.filter(nw.col("paid") < 0), by, "r", "at", "day")
    reversals = reversals.join(payments, on=by, how="inner").filter(nw.col("at") <= nw.col("at_r"))
    balances = _total(reversals.rename({"paid": "balance"}), [*by, "at_r", "day_r"], "balance")
    later = until.join(balances, on=by, how="left").with_columns(
        left_before=nw.when(nw.col("at_r") >= nw.col("made")).then(nw.col("balance")),
        left_by_deadline=nw.when(nw.col("day_r") > nw.col("deadline")).then(nw.col("balance")),
        left_by_close=nw.when(nw.col("day_r") > nw.col("close")).then(nw.col("balance")),
    )
    left = {name: name.replace("paid", "left") for name in ends}
    later = later.group_by([*columns, *ends]).agg(nw.col(name).min() for name in left.values())
    return later.with_columns(
        nw.min_horizontal(name, nw.col(rest).fill_null(nw.col(name))).cast(nw.Int64).alias(name)
        for name, rest in left.items()
    )
