"""Promises to pay: kept, broken or pending, by the payments that were made after them.

A payment serves the promise that was made first of those that are open, then the next one. A promise
is open from the moment it was made until it is fulfilled, or until its own deadline and those of all
promises before it are over. A reversal takes back the latest payments before it. So, in units of the
currency, with the promises of an account in the order in which they were made:

    a, d, c     paid before promise i was made, by its deadline, and by the day on which it closes
    start(i)    max(end(i - 1), a(i))                  what the promises before it have used
    end(i)      min(start(i) + amount(i), c(i))
    kept        d(i) - start(i) >= the part of the amount that must be paid

Both lines of the recursion are limits from below or above, less the amounts promised before i: a floor
under what is used, and a roof over what each promise leaves used. So promise i is kept unless the floor
of a promise j up to it exceeds its limit, d(i) less that part, and no promise k from j on and before i
has a roof within the limit. Only the last such j and the last such k matter: pairs of promises, and
therefore joins and groups, suffice on every engine.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from collectrisk.history._engines import shared

MOMENT = ["made", "due"]
PROMISE = [*MOMENT, "end", "amount", "need", "promises", "shows"]
STATE = [*MOMENT, "end", "promises", "shows"]


def _whole(*names: str) -> list[nw.Expr]:
    """Return columns as whole numbers: DuckDB widens sums, and pandas may return floats."""
    return [nw.col(name).cast(nw.Int64) for name in names]


def _same(names: list[str]) -> list[nw.Expr]:
    """Return aggregations of columns that have one value in each group."""
    return [nw.col(name).max() for name in names]


def _where(condition: nw.Expr, name: str) -> Any:
    return nw.when(condition).then(nw.col(name))


def promise_states(promises: Any, payments: Any, by: list[str]) -> Any:
    """Return one row for each promise, with ``kept`` as 1 or 0.

    Parameters
    ----------
    promises : narwhals frame
        The columns `by`, ``made``, ``due`` (a midnight), ``end`` (the midnight from which it is too
        late), ``amount`` and ``need`` (in units), ``promises`` (how many were made at the same time)
        and ``shows``.
    payments : narwhals frame
        The columns `by`, ``at`` and ``paid`` (in units).
    by : list of str
        The columns that identify the account.
    """
    paid = _paid(_places(shared(promises), by), shared(payments), by)
    known = shared(
        paid.select(
            *by,
            *STATE,
            "place",
            floor=nw.col("paid_before") - nw.col("amounts_before"),
            roof=nw.col("paid_by_close") - nw.col("amounts_before") - nw.col("amount"),
            limit=nw.col("paid_by_deadline") - nw.col("amounts_before") - nw.col("need"),
        )
    )
    names = ("place", "floor", "roof")
    up_to = known.select(*by, *(nw.col(name).alias(f"{name}_j") for name in names))
    pairs = known.join(up_to, on=by, how="inner").filter(nw.col("place_j") <= nw.col("place"))
    is_freed = (nw.col("place_j") < nw.col("place")) & (nw.col("roof_j") <= nw.col("limit"))
    pairs = pairs.with_columns(
        exceeded=_where(nw.col("floor_j") > nw.col("limit"), "place_j"), freed=_where(is_freed, "place_j")
    )
    states = pairs.group_by([*by, "place"]).agg(*_same([*STATE, "exceeded", "freed"]))
    exceeded, freed = nw.col("exceeded"), nw.col("freed")
    kept = exceeded.is_null() | (freed >= exceeded).fill_null(value=False)
    return states.select(*by, *STATE, kept=kept.cast(nw.Int64))


def _places(promises: Any, by: list[str]) -> Any:
    """Return promises with their place, what was promised before it, and the midnight at which it closes."""
    names = [*MOMENT, "end", "amount"]
    up_to = promises.select(*by, *(nw.col(name).alias(f"{name}_j") for name in names))
    made, due = nw.col("made"), nw.col("due")
    is_before = (nw.col("made_j") < made) | ((nw.col("made_j") == made) & (nw.col("due_j") <= due))
    pairs = promises.join(up_to, on=by, how="inner").filter(is_before)
    places = pairs.group_by([*by, *MOMENT]).agg(
        nw.len().alias("place"),
        nw.col("amount_j").sum().alias("amounts_before"),
        nw.col("end_j").max().alias("close"),
        *_same([name for name in PROMISE if name not in MOMENT]),
    )
    return places.with_columns(
        *_whole("place"), amounts_before=nw.col("amounts_before").cast(nw.Int64) - nw.col("amount")
    )


def _paid(places: Any, payments: Any, by: list[str]) -> Any:
    """Return promises with what was paid and not taken back until three moments of each."""
    carried = [*PROMISE, "close", "amounts_before"]
    ends = ["paid_before", "paid_by_deadline", "paid_by_close"]
    at, at_r = nw.col("at"), nw.col("at_r")
    sums = places.join(payments, on=by, how="left").with_columns(
        paid_before=_where(at < nw.col("made"), "paid").otherwise(0),
        paid_by_deadline=_where(at < nw.col("end"), "paid").otherwise(0),
        paid_by_close=_where(at < nw.col("close"), "paid").otherwise(0),
    )
    sums = sums.group_by([*by, "place"]).agg(*_same(carried), *(nw.col(name).sum() for name in ends))
    # What survives later reversals is the least balance after any of them.
    reversals = payments.filter(nw.col("paid") < 0).select(*by, at_r="at")
    balances = reversals.join(payments, on=by, how="inner").filter(at <= at_r)
    balances = balances.group_by([*by, "at_r"]).agg(nw.col("paid").sum().alias("balance"))
    left = sums.join(balances, on=by, how="left").with_columns(
        left_before=_where(at_r >= nw.col("made"), "balance"),
        left_by_deadline=_where(at_r >= nw.col("end"), "balance"),
        left_by_close=_where(at_r >= nw.col("close"), "balance"),
    )
    rest = {name: name.replace("paid", "left") for name in ends}
    left = left.group_by([*by, "place"]).agg(
        *_same([*carried, *ends]), *(nw.col(name).min() for name in rest.values())
    )
    return left.with_columns(
        nw.min_horizontal(name, nw.col(other).fill_null(nw.col(name))).cast(nw.Int64).alias(name)
        for name, other in rest.items()
    )
