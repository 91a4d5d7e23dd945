"""Who gets the calls and visits that are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk.planning._assignment import assign
from collectrisk.planning._plan import Plan
from collectrisk.planning._request import read_request

if TYPE_CHECKING:
    from collections.abc import Mapping


def allocate(
    scored: Any,
    capacity: Mapping[str, Any],
    *,
    values: Mapping[str, Any] | None = None,
    permitted: Any = None,
    ties: str = "borrower_id",
    by: str | None = None,
    probability: str = "visit_probability",
) -> Plan:
    """Choose which accounts get the calls and visits that are possible.

    No account gets a channel that is heavier than recommended, or one that is not permitted. An account
    for which a channel has no capacity gets a lighter one that has.

    Parameters
    ----------
    scored : eager frame
        One row per account, with the recommended ``channel`` and, without `values`, the visit
        probability, as `Scorer.assess_frame` returns them. Accounts whose channel is missing get none.
    capacity : mapping of str to (int, None, or mapping of str to int)
        The capacity of each channel, or of each group of `by`. The channels of the plan are those
        named here or in `values`, and those recommended to any account; a channel without a capacity,
        or with None, has no limit. Every group of `by` needs a capacity, and a group that no account
        has can only have 0 or None.
    values : mapping of str to (str or array of float), optional
        The value of each channel for each account: a column, or an array of shape (n_rows,). The plan has
        the largest possible sum. A channel without a capacity may be left out and has the value 0, as
        has no contact; the plan names it. Without `values`, each channel goes to the accounts with the
        highest visit probability, the heaviest channel first, which is a ranking and not an optimum.
    permitted : frame, mapping of str to (str, array or bool), or str, optional
        Which channels are permitted: a mapping by channel to a column of the frame, an array, or one
        truth value; a frame with a column for each channel, such as
        `collectrisk.contact.ContactRules.decide_frame` returns ``by_channel``, or with
        ``permitted_channel`` and the ``permission`` of the ``channel``, whose rows are found by key; or
        the name of a column with the permitted channel, so that the other channels count as unknown. Values
        are true, false or missing, or ``"allowed"``, ``"forbidden"`` and ``"unknown"``. What is missing
        or unknown counts as not permitted. By default all channels are permitted.
    ties : str, default "borrower_id"
        The column with the key of each account, text or whole numbers without repetition. Of equal
        accounts, the first by key gets the heavier channel, whatever the order of the rows.
    by : str, optional
        The column that names the groups, such as teams or regions, of capacities by group.
    probability : str, default "visit_probability"
        The column with the visit probabilities.

    Returns
    -------
    Plan
        The channel of each account, the prices of the capacities, and what is unused.

    Raises
    ------
    ArgumentError
        If capacities are negative or fractional, a channel is unknown, values are missing or infinite
        for an account that may get the channel, probabilities lie outside 0 to 1, or keys are missing
        or repeated.
    NotAFrameError
        If a frame is lazy; collect it first.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.planning import allocate
    >>> accounts = cr.simulate_portfolio(2_000, seed=1, backend="polars")
    >>> scored = cr.RuleScorer(base=-3.5).assess_frame(accounts)
    >>> plan = allocate(scored, {"phone_call": 100, "field_visit": 20})
    >>> plan.counts, plan.unused
    ({'sms': 1823, 'phone_call': 100, 'agency': 57, 'field_visit': 20}, {'phone_call': 0, 'field_visit': 0})
    """
    request = read_request(
        scored, capacity, values=values, permitted=permitted, ties=ties, by=by, probability=probability
    )
    return Plan(request, assign(request))
