"""The plot of a frontier: the value of a plan for each capacity of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.errors import ArgumentError, type_name
from collectrisk.planning import Plan
from collectrisk.planning._value_text import value_text
from collectrisk.plots._scales import set_round_ticks
from collectrisk.plots._style import BLUE, VERMILLION, add_legend, axes_or_new, plot_words, set_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from collectrisk._typing import Language


def frontier(
    plan: Plan,
    channel: str,
    capacities: Iterable[int] | None = None,
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the value of a plan for each capacity of a channel.

    Parameters
    ----------
    plan : Plan
        The result of `allocate`, with values.
    channel : str
        A channel that has one capacity for all accounts.
    capacities : iterable of int, optional
        The capacities; by default 21 from 0 to twice that of the plan.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot. A marker is at the capacity and the value of the plan. The slope at a capacity is the
        price of one unit.

    Raises
    ------
    ArgumentError
        If `plan` is not a plan, has no values, or no such capacity.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.planning import allocate
    >>> accounts = cr.simulate_portfolio(1_000, seed=1)
    >>> scored = cr.RuleScorer(base=-3.5).assess_frame(accounts)
    >>> values = {"phone_call": scored["visit_probability"].to_numpy()}
    >>> plan = allocate(scored, {"phone_call": 20}, values=values)
    >>> ax = cr.plots.frontier(plan, "phone_call", [0, 10, 20, 30])
    >>> ax.lines[0].get_xdata().tolist()
    [0, 10, 20, 30]
    """
    words = plot_words(language)
    text = words.plan
    if not isinstance(plan, Plan):
        raise ArgumentError("plan", f"must be the result of allocate, not {type_name(plan)}")
    amounts, values = zip(*plan.frontier(channel, capacities), strict=True)
    present = plan.frontier(channel, [plan.capacity_of(channel)])[0]
    ax = axes_or_new(ax, 6.5, 4.5)
    name = words.plots.channels[channel]
    ax.plot(amounts, values, color=BLUE, marker=".")
    for axis in ("x", "y"):
        set_round_ticks(ax, axis)
    label = text.present.format(value_text(present[1]), f"{present[0]:,}")
    ax.plot(*present, color=VERMILLION, marker="D", linestyle="", label=label)
    set_texts(ax, text.frontier.format(name), text.capacity_of.format(name), text.sum_of_values)
    add_legend(ax, loc="lower right")
    return ax
