"""What all plots share: Axes, texts, and the colours and markers of several scorers."""

from __future__ import annotations

import importlib
import re
import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import attrs

from collectrisk._display.text_table import display_width
from collectrisk._display.words import words_in
from collectrisk.errors import ArgumentError, MissingExtraError, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from collectrisk._display.words import Words
    from collectrisk._typing import Language

# From the palette of Okabe and Ito (2008), which colour-blind readers can distinguish. Only these four
# have a contrast of 3 to 1 to a white and to a black background.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"

INCREASE, DECREASE = VERMILLION, BLUE
"""The colours of points that make a visit more likely, and less likely."""

LETTERS_PER_INCH = 10
MIN_LETTERS = 16
"""Lines are never wrapped at fewer letters than this."""

UNBROKEN = r"[（“]?(?:[^ \u2e80-\uffff]+|.)[^\w（“]*"
"""A Chinese letter, or several others, with the punctuation that stays with it, in a text of one line."""

TITLE_LINE = 17
"""The height of a line of a title, in points."""


@attrs.frozen
class Mark:
    """The colour, marker and line style of one of several scorers."""

    color: str
    marker: str
    line: str


MARKS = (
    Mark(BLUE, "o", "-"),
    Mark(VERMILLION, "s", "--"),
    Mark(GREEN, "^", "-."),
    Mark(PURPLE, "D", ":"),
)


def mark(index: int) -> Mark:
    """Return the mark of one of several scorers; after four, colours repeat with other markers and lines."""
    shape = MARKS[(index + index // len(MARKS)) % len(MARKS)]
    return attrs.evolve(shape, color=MARKS[index % len(MARKS)].color)


def pyplot() -> Any:
    """Return `matplotlib.pyplot`, or raise `MissingExtraError`."""
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise MissingExtraError("plots") from None


def plot_words(language: Language) -> Words:
    """Return the words of a language; raise at once, before any long work, if matplotlib is missing."""
    pyplot()
    return words_in(language)


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the Axes that were passed, or those of a new figure, whose size is in inches."""
    plt = pyplot()
    if ax is None:
        ax = plt.subplots(figsize=(width, height), layout="constrained")[1]
    elif not isinstance(ax, plt.Axes):
        raise ArgumentError("ax", f"must be a matplotlib Axes, such as plt.gca(), not {type_name(ax)}")
    return cast("Axes", ax)


def text_color() -> str:
    """Return the colour of text in the current style, dark on light or light on dark."""
    return str(pyplot().rcParams["text.color"])


def inches(ax: Axes, axis: str) -> float:
    """Return the length of the x or the y axis in inches."""
    pixels = ax.bbox.width if axis == "x" else ax.bbox.height
    return float(pixels / ax.figure.dpi)


def keep_apart(places: Iterable[tuple[float, float]]) -> list[int]:
    """Return which of several intervals, centre and width, overlap with none that was kept before."""
    kept: dict[int, tuple[float, float]] = {}
    for index, (at, width) in enumerate(places):
        if all(2 * abs(at - other) >= width + other_width for other, other_width in kept.values()):
            kept[index] = (at, width)
    return list(kept)


def wrap(text: str, letters: float) -> str:
    """Wrap each line of a text at a number of letters, of which a Chinese one takes two."""
    width = max(MIN_LETTERS, int(letters))
    return "\n".join((textwrap.fill if line.isascii() else _fill)(line, width) for line in text.split("\n"))


def _fill(text: str, width: int) -> str:
    """Wrap a text with Chinese letters, between any two of which there may be a new line."""
    lines = [""]
    for part in re.findall(UNBROKEN, text):
        if lines[-1] and display_width((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def percent(share: float) -> str:
    """Return a share as a percentage of three significant digits, never in scientific notation."""
    return f"{Decimal(f'{100 * share:.3g}'):f}%"


def number(value: float) -> str:
    """Return a number as plots write it, with thousands separators."""
    return f"{value:,.15g}"


def quantity(field: str, words: Words) -> str:
    """Return the name of a field on an axis, with its unit."""
    return str(words.plots.quantities.get(field, field))


def set_texts(ax: Axes, title: str, x: str, y: str, lines_below: int = 0) -> None:
    """Set the title and the labels of the axes, and remove the frame at the top and the right.

    Below the title there is space for some other lines.
    """
    title = wrap(title, inches(ax, "x") * LETTERS_PER_INCH)
    pad = pyplot().rcParams["axes.titlepad"] + lines_below * TITLE_LINE
    texts = ax.set_title(title, loc="left", fontsize="large", pad=pad), ax.set_xlabel(x), ax.set_ylabel(y)
    without_math(texts)
    ax.spines[["top", "right"]].set_visible(False)


def set_row_names(ax: Axes, names: Sequence[str], fontsize: str = "medium") -> None:
    """Name the rows of a plot whose y axis counts rows from the top."""
    ax.set_yticks(range(len(names)), names, fontsize=fontsize)
    ax.set_ylim(len(names) - 0.5, -0.5)
    without_math(ax.get_yticklabels())


def legend_label(name: str) -> str:
    """Return a name as a legend needs it: matplotlib omits names that start with an underscore."""
    return f" {name}" if name.startswith("_") else name


def add_legend(ax: Axes, **settings: Any) -> None:
    """Add a legend of everything that has a label."""
    without_math(ax.legend(fontsize="small", framealpha=0.85, **settings).get_texts())


def without_math(texts: Iterable[Text]) -> None:
    """Show dollar signs in users' names as they are, not as delimiters of a formula."""
    for text in texts:
        text.set_parse_math(False)
