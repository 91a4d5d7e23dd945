"""What every picture is drawn with: Axes, ink, and marks that differ in more than their colour."""

from __future__ import annotations

import importlib
import textwrap
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.errors import ArgumentError, MissingExtraError
from collectrisk.plots._words import plot_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from collectrisk._typing import Language
    from collectrisk.plots._words import PlotWords

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
"""Colours of Okabe and Ito (2008) that stand out, by 3 to 1, from white and from black alike."""

MORE, LESS = VERMILLION, BLUE
"""What makes a visit more likely, and what makes it less likely."""

LETTERS_PER_INCH = 10
"""So many letters of a title stand in an inch."""

FEWEST = 16
"""No line of a text is broken before so many letters."""


@attrs.frozen
class Mark:
    """How one of several cards or reports is told from the others, in colour and without."""

    colour: str
    marker: str
    line: str


MARKS = (
    Mark(BLUE, "o", "-"),
    Mark(VERMILLION, "s", "--"),
    Mark(GREEN, "^", "-."),
    Mark(PURPLE, "D", ":"),
)


def mark(place: int) -> Mark:
    """Return the mark of the first, second, ... of several; a fifth has a used colour and another line."""
    colour = MARKS[place % len(MARKS)]
    shape = MARKS[(place + place // len(MARKS)) % len(MARKS)]
    return Mark(colour.colour, shape.marker, shape.line)


def pyplot() -> Any:
    """Return matplotlib's pyplot, or say how to install it."""
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise MissingExtraError("plots") from None


def ready(language: Language) -> PlotWords:
    """Return the words of a language; that matplotlib is there is seen now, before any long work."""
    pyplot()
    return plot_words(language)


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the Axes to draw on: the user's, or those of a new figure of a size in inches."""
    plt = pyplot()
    if ax is None:
        found: Axes = plt.subplots(figsize=(width, height), layout="constrained")[1]
        return found
    if not isinstance(ax, plt.Axes):
        raise ArgumentError("ax", f"must be a matplotlib Axes, such as plt.gca(), not a {type(ax).__name__}")
    given: Axes = ax
    return given


def ink() -> str:
    """Return the colour of text in the style that is in use, dark on light or light on dark."""
    colour: str = pyplot().rcParams["text.color"]
    return colour


def paper(ax: Axes) -> dict[str, Any]:
    """Return the box that keeps a text readable where it crosses a line."""
    return {"facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.8, "pad": 1}


def size_of(ax: Axes, which: str) -> float:
    """Return how many inches long the x or the y axis is."""
    pixels = ax.bbox.width if which == "x" else ax.bbox.height
    return float(pixels / ax.figure.dpi)


def wrapped(text: str, letters: float) -> str:
    """Return a text in lines of so many letters, its own lines kept."""
    return "\n".join(textwrap.fill(line, max(FEWEST, int(letters))) for line in text.split("\n"))


def heading(ax: Axes, title: str, x: str, y: str) -> None:
    """Say what the picture shows, and what its axes are."""
    told = wrapped(title, size_of(ax, "x") * LETTERS_PER_INCH)
    _as_written(
        [ax.set_title(told, loc="left", fontsize="large"), ax.set_xlabel(x), ax.set_ylabel(y)],
    )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def rows_called(ax: Axes, names: Sequence[str], fontsize: str = "medium") -> None:
    """Say what each row is."""
    ax.set_yticks(range(len(names)), names, fontsize=fontsize)
    _as_written(ax.get_yticklabels())


def in_legend(name: str) -> str:
    """Return a name as a legend shows it: matplotlib leaves out those that begin with an underscore."""
    return f" {name}" if name.startswith("_") else name


def legend(ax: Axes, **placed: Any) -> None:
    """Say which mark stands for what."""
    _as_written(ax.legend(fontsize="small", framealpha=0.85, **placed).get_texts())


def _as_written(texts: Iterable[Text]) -> None:
    """Show dollar signs in users' names as such, and not as the marks of a formula."""
    for text in texts:
        text.set_parse_math(False)
