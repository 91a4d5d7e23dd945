"""The curves of a scorecard, or of several scorecards in the same plot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from collectrisk._curves import Bands, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._surface import Surface
from collectrisk.errors import ArgumentError, refuse_other, type_name
from collectrisk.plots._card_curves import all_labels, card_curves, cards_by_name, read_accounts
from collectrisk.plots._levels import MAX_ROWS, draw_levels, values_of
from collectrisk.plots._numbers import draw_numbers
from collectrisk.plots._style import add_legend, axes_or_new, legend_label, plot_words, pyplot, set_texts
from collectrisk.plots._surfaces import draw_surfaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._scorers.scorecard import CardScorer
    from collectrisk._typing import Language
    from collectrisk.mapping._mapping import Columns
    from collectrisk.plots._card_curves import Accounts, CardCurve

NUMBER_CURVES = (PiecewiseLinear, Bands)
KINDS: tuple[Any, ...] = (NUMBER_CURVES, Levels, Flag, Gate, Surface)
"""The curves that can be drawn; those of one entry can share a plot."""

GRID_COLUMNS = 2

MAX_SURFACE_ROWS = 50
"""A surface of more levels than this is not drawn higher."""


def curve(
    scorer: CardScorer | Mapping[str, CardScorer] | Sequence[CardScorer],
    label: str,
    data: Any = None,
    ax: Axes | None = None,
    *,
    columns: Columns | None = None,
    language: Language = "en",
) -> Axes:
    """Draw the points of one characteristic: what each value of its field adds to the log-odds.

    Several scorecards are drawn in the same plot, each with its own colour and marker. A fitted
    scorecard has 90 % intervals. The points of a missing value are drawn apart from the others. If
    there are many levels, only those with the most and the fewest points have a row of their own.

    A surface is drawn as a heat map without intervals; those of several scorecards are side by side.
    The larger a dot, the more accounts are there; what has no accounts near it is hatched.

    Parameters
    ----------
    scorer : scorecard, mapping of str to scorecard, or sequence of scorecards
        One or more scorecards: a `RuleScorer`, a `Scorecard`, a fitted `LogisticScorer`.
    label : str
        The characteristic's label, or a field that only one characteristic reads by itself, such as the
        column of the portfolios.
    data : eager frame, or mapping of str to array, optional
        Accounts; their distribution over the values is drawn too.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, as in `Scorer.assess_frame`. By default the mapping of the
        fitted scorers.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot.

    Raises
    ------
    ArgumentError
        If a scorer is not a scorecard, no scorecard has the label, or the scorecards' curves under
        the label are of different kinds.
    CollectRiskError
        As in `Scorer.assess_frame`, if the accounts are invalid.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> ax = cr.plots.curve(cr.RuleScorer(), "delay", cr.simulate_portfolio(1_000))
    >>> ax.get_xlabel()
    'days past due'
    """
    words = plot_words(language)
    cards = cards_by_name(scorer)
    drawn = card_curves(cards, label)
    # Surfaces are side by side.
    width = 1.5 + 3.3 * len(drawn) if _kind(drawn) is Surface and len(drawn) > 1 else 7
    ax = axes_or_new(ax, width, _height(drawn, words))
    _draw(ax, cards, drawn, read_accounts(cards, drawn, data, columns), words)
    return ax


def curves(
    scorer: CardScorer | Mapping[str, CardScorer] | Sequence[CardScorer],
    fields: str | Iterable[str] | None = None,
    data: Any = None,
    ax: Sequence[Axes] | None = None,
    *,
    columns: Columns | None = None,
    language: Language = "en",
) -> tuple[Axes, ...]:
    """Draw all curves of one scorecard, or of several, each as `curve` does.

    Parameters
    ----------
    scorer
        As in `curve`.
    fields : str or iterable of str, optional
        Draw only the characteristics that read at least one of these fields.
    data
        As in `curve`.
    ax : sequence of matplotlib Axes, optional
        Where to draw, one for each characteristic; a new figure by default.
    columns, language
        As in `curve`.

    Returns
    -------
    tuple of matplotlib Axes
        The plots, in the order of the scorecard.

    Raises
    ------
    ArgumentError
        If no scorecard reads a field, if the number of Axes is not that of the characteristics, or
        as in `curve`.
    CollectRiskError, MissingExtraError
        As in `curve`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> this_year = cr.RuleScorer(base=-3.5)
    >>> axes = cr.plots.curves({"last year": cr.RuleScorer(), "this year": this_year}, "attitude")
    >>> len(axes)
    1
    """
    words = plot_words(language)
    cards = cards_by_name(scorer)
    by_label = [card_curves(cards, label) for label in all_labels(cards)]
    if fields is not None:
        wanted = _wanted(fields, by_label)
        by_label = [drawn for drawn in by_label if wanted.intersection(_fields(drawn))]
    if ax is not None and not isinstance(ax, Iterable):
        raise ArgumentError("ax", f"must be a list of matplotlib Axes, not {type_name(ax)}")
    accounts = read_accounts(cards, [each for drawn in by_label for each in drawn], data, columns)
    axes = _new_grid([_height(drawn, words) for drawn in by_label]) if ax is None else tuple(ax)
    if len(axes) != len(by_label):
        raise ArgumentError(
            "ax", f"must be {len(by_label)} Axes, one for each characteristic, not {len(axes)}"
        )
    for each, drawn in zip(axes, by_label, strict=True):
        _draw(axes_or_new(each, 0, 0), cards, drawn, accounts, words)
    return axes


def _fields(drawn: list[CardCurve]) -> list[str]:
    return [field for each in drawn for field in each.characteristic.fields]


def _wanted(fields: Any, by_label: list[list[CardCurve]]) -> set[str]:
    known = dict.fromkeys(field for drawn in by_label for field in _fields(drawn))
    wanted = [fields] if isinstance(fields, str) or not isinstance(fields, Iterable) else list(fields)
    for field in wanted or [fields]:
        refuse_other("fields", field, known)
    return set(wanted)


def _kind(drawn: list[CardCurve]) -> Any:
    """Return the entry of `KINDS` that all curves belong to."""
    kinds = {next((kind for kind in KINDS if isinstance(each.characteristic, kind)), None) for each in drawn}
    axes = {
        tuple((axis.field, type(axis)) for axis in getattr(each.characteristic, "axes", ())) for each in drawn
    }
    if None in kinds or len(kinds) > 1 or len(axes) > 1:
        names = ", ".join(_name(each.characteristic) for each in drawn)
        label = drawn[0].characteristic.label
        raise ArgumentError("label", f"{label!r} has curves that cannot be drawn in the same plot: {names}")
    return kinds.pop()


def _name(characteristic: Characteristic) -> str:
    """Return the class of a characteristic, and for a surface its axes."""
    axes = [f"{type(axis).__name__} {axis.field}" for axis in getattr(characteristic, "axes", ())]
    return type(characteristic).__name__ + (f" of {' and '.join(axes)}" if axes else "")


def _height(drawn: list[CardCurve], words: Words) -> float:
    """Return the height of a plot in inches."""
    kind = _kind(drawn)
    if kind is NUMBER_CURVES:
        return 3.6
    if kind is Surface:
        rows: int = max(each.characteristic.y.size for each in drawn)
        return max(4.0, 2.2 + 0.2 * min(rows, MAX_SURFACE_ROWS))
    return 1.9 + 0.22 * min(len(values_of(drawn, words).names), MAX_ROWS)


def _new_grid(heights: list[float]) -> tuple[Axes, ...]:
    """Return the Axes of a new figure, in rows as high as their highest plot."""
    rows = [max(heights[start : start + GRID_COLUMNS]) for start in range(0, len(heights), GRID_COLUMNS)]
    n_columns = min(GRID_COLUMNS, len(heights))
    figure = pyplot().figure(figsize=(6.4 * n_columns, sum(rows)), layout="constrained")
    grid = figure.add_gridspec(len(rows), n_columns, height_ratios=rows)
    return tuple(figure.add_subplot(grid[divmod(index, GRID_COLUMNS)]) for index in range(len(heights)))


def _draw(
    ax: Axes,
    cards: Mapping[str, CardScorer],
    drawn: list[CardCurve],
    accounts: Accounts | None,
    words: Words,
) -> None:
    kind, lines_above = _kind(drawn), 0
    if kind is NUMBER_CURVES:
        draw_numbers(ax, drawn, accounts, words)
    elif kind is Surface:
        lines_above = draw_surfaces(ax, drawn, accounts, words)
    else:
        draw_levels(ax, drawn, values_of(drawn, words), accounts, words)
    for name in cards.keys() - {each.name for each in drawn}:
        ax.plot([], [], linestyle="none", label=legend_label(words.plots.not_on_card.format(name)))
    title = words.plots.curve.format(drawn[0].characteristic.label)
    set_texts(ax, title, ax.get_xlabel(), ax.get_ylabel(), lines_above)
    if ax.get_legend_handles_labels()[1]:
        add_legend(ax)
