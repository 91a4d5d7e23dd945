"""The curves of a card, or of several cards laid over one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk._curves import Bands, Flag, Gate, Levels, PiecewiseLinear
from collectrisk.errors import ArgumentError, nearest
from collectrisk.plots._accounts import read_accounts
from collectrisk.plots._canvas import axes_for, heading, in_legend, legend, pyplot, ready
from collectrisk.plots._levels import MOST_ROWS, draw_levels, values_of
from collectrisk.plots._numbers import draw_numbers
from collectrisk.plots._parts import cards_of, labels_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from collectrisk._scorers.scorecard import CardScorer
    from collectrisk._typing import ColumnMapping, Language
    from collectrisk.plots._accounts import Accounts
    from collectrisk.plots._parts import Part
    from collectrisk.plots._words import PlotWords

NUMBERS = (PiecewiseLinear, Bands)
KINDS: tuple[Any, ...] = (NUMBERS, Levels, Flag, Gate)
"""Kinds of curves that have a picture; those of one entry fit into one picture."""

COLUMNS = 2
"""So many pictures stand side by side."""


def curve(
    scorer: CardScorer | Mapping[str, CardScorer] | Sequence[CardScorer],
    label: str,
    data: Any = None,
    ax: Axes | None = None,
    *,
    columns: ColumnMapping | None = None,
    language: Language = "en",
) -> Axes:
    """Draw the points of one characteristic: what each value of its field adds to the log-odds.

    Several cards are laid over one another, each with a mark of its own. Where a card was fitted,
    its 90 % intervals are drawn; where there are points for a missing value, these stand apart. Of
    hundreds of levels only those with the most and the fewest points have a row of their own.

    Parameters
    ----------
    scorer : scorecard, mapping of str to scorecard, or sequence of scorecards
        One card, or several by name: a `RuleScorer`, a `Scorecard`, a fitted `LogisticScorer`.
    label : str
        The characteristic's label.
    data : eager frame, or mapping of str to array, optional
        Accounts; how they are spread over the values is drawn beneath.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, as in `Scorer.assess_frame`.
    language : {"en", "zh"}, default "en"
        English or Chinese (which needs a font that has it).

    Returns
    -------
    matplotlib Axes
        The picture.

    Raises
    ------
    ArgumentError
        If a scorer is no scorecard, no card has the label, or the cards' curves under it are of
        kinds that do not fit into one picture.
    CollectRiskError
        As in `Scorer.assess_frame`, for accounts that cannot be.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> ax = cr.plots.curve(cr.RuleScorer(), "delay", cr.simulate_portfolio(1_000))
    >>> ax.get_xlabel()
    'days past due'
    """
    words = ready(language)
    cards = cards_of(scorer)
    parts = parts_of(cards, label)
    ax = axes_for(ax, 7, height_of(parts, words))
    _draw(ax, cards, parts, _read(cards, parts, data, columns), words)
    return ax


def curves(
    scorer: CardScorer | Mapping[str, CardScorer] | Sequence[CardScorer],
    fields: str | Iterable[str] | None = None,
    data: Any = None,
    ax: Sequence[Axes] | None = None,
    *,
    columns: ColumnMapping | None = None,
    language: Language = "en",
) -> tuple[Axes, ...]:
    """Draw every curve of a card, or of several cards, each as `curve` does.

    Parameters
    ----------
    scorer
        As in `curve`.
    fields : str or iterable of str, optional
        Draw only the characteristics that read one of these fields.
    data
        As in `curve`.
    ax : sequence of matplotlib Axes, optional
        Where to draw, one for each characteristic; a new figure by default.
    columns, language
        As in `curve`.

    Returns
    -------
    tuple of matplotlib Axes
        The pictures, in the card's order.

    Raises
    ------
    ArgumentError
        If no card reads a field, there are not as many Axes as characteristics, or as in `curve`.
    CollectRiskError, MissingExtraError
        As in `curve`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> this_year = cr.RuleScorer(base=-3.5)
    >>> pictures = cr.plots.curves({"last year": cr.RuleScorer(), "this year": this_year}, "attitude")
    >>> len(pictures)
    1
    """
    words = ready(language)
    cards = cards_of(scorer)
    every = [parts_of(cards, label) for label in labels_of(cards)]
    drawn = [parts for parts in every if fields is None or _reads(parts, _wanted(fields, every))]
    accounts = _read(cards, [part for parts in drawn for part in parts], data, columns)
    axes = _grid([height_of(parts, words) for parts in drawn]) if ax is None else tuple(ax)
    if len(axes) != len(drawn):
        raise ArgumentError("ax", f"must be {len(drawn)} Axes, one for each characteristic, not {len(axes)}")
    for each, parts in zip(axes, drawn, strict=True):
        _draw(axes_for(each, 0, 0), cards, parts, accounts, words)
    return axes


def _wanted(fields: str | Iterable[str], every: list[list[Part]]) -> set[str]:
    wanted = {fields} if isinstance(fields, str) else set(fields)
    known = dict.fromkeys(field for parts in every for part in parts for field in part.curve.fields)
    for field in sorted(wanted - set(known)):
        guess = nearest(field, known)
        meant = f"did you mean {guess!r}? " if guess else ""
        raise ArgumentError("fields", f"{field!r} is read by no card; {meant}they read {', '.join(known)}")
    return wanted


def _reads(parts: list[Part], wanted: set[str]) -> bool:
    return any(field in wanted for part in parts for field in part.curve.fields)


def _read(
    cards: Mapping[str, CardScorer],
    parts: list[Part],
    data: Any,
    columns: ColumnMapping | None,
) -> Accounts | None:
    borrower_type = next(iter(cards.values())).borrower_type
    return read_accounts([part.curve for part in parts], data, borrower_type, columns)


def kind_of(parts: list[Part]) -> Any:
    """Return the one kind that all curves are of."""
    kinds = [next((kind for kind in KINDS if isinstance(part.curve, kind)), None) for part in parts]
    if None in kinds or len(set(kinds)) > 1:
        label, told = parts[0].curve.label, ", ".join(type(part.curve).__name__ for part in parts)
        raise ArgumentError("label", f"{label!r} stands for curves that have no picture together: {told}")
    return kinds[0]


def height_of(parts: list[Part], words: PlotWords) -> float:
    """Return how many inches high a picture is."""
    if kind_of(parts) is NUMBERS:
        return 3.6
    return 1.9 + 0.22 * min(len(values_of(parts, words).names), MOST_ROWS)


def _grid(heights: list[float]) -> tuple[Axes, ...]:
    rows = [max(heights[first : first + COLUMNS]) for first in range(0, len(heights), COLUMNS)]
    across = min(COLUMNS, len(heights))
    figure = pyplot().figure(figsize=(6.4 * across, sum(rows)), layout="constrained")
    grid = figure.add_gridspec(len(rows), across, height_ratios=rows)
    return tuple(figure.add_subplot(grid[place // COLUMNS, place % COLUMNS]) for place in range(len(heights)))


def _draw(
    ax: Axes,
    cards: Mapping[str, CardScorer],
    parts: list[Part],
    accounts: Accounts | None,
    words: PlotWords,
) -> None:
    if kind_of(parts) is NUMBERS:
        draw_numbers(ax, parts, accounts, words)
    else:
        draw_levels(ax, parts, values_of(parts, words), accounts, words)
    for name in cards.keys() - {part.name for part in parts}:
        ax.plot([], [], linestyle="none", label=in_legend(words.not_on_card.format(name)))
    heading(ax, words.curve.format(parts[0].curve.label), ax.get_xlabel(), ax.get_ylabel())
    if ax.get_legend_handles_labels()[1]:
        legend(ax)
