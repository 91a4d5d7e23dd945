"""A scorecard as HTML and as plain text: base, range, characteristics with their points, and ladder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from collectrisk._curves import Bands, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._display.document import Block, html_table
from collectrisk._display.html import Markup, bar, element, shortened
from collectrisk._display.ladder import ladder_html, ladder_text
from collectrisk._display.markdown import markdown_table
from collectrisk._display.text_table import NO_BREAK, text_table
from collectrisk._display.words import format_number, format_points, words_in
from collectrisk._namespaces import SCALAR
from collectrisk._surface import NumberAxis, Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from collectrisk._channel import Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._surface import LevelAxis
    from collectrisk._typing import Language

VALUES_SHOWN = 8
"""More values of a characteristic are collapsed in HTML, and abridged in plain text."""

MAX_UNBROKEN = 24
"""In a table of plain text, a value with more letters may be broken."""

LARGEST_EXPONENT = 700.0

_SMALL = "font-size: 0.9em; font-weight: normal; opacity: 0.8"

Value = tuple[str, float]


def card_blocks(
    base: float, characteristics: Sequence[Characteristic], ladder: Ladder, name: str, language: Language
) -> Iterator[Block]:
    """Yield the table of a scorecard's characteristics, then its ladder."""
    words = words_in(language)
    ranges = [each.range for each in characteristics]
    low, high = (
        math.fsum([base, *ends]) for ends in ([low for low, _ in ranges], [high for _, high in ranges])
    )
    caption = words.card.summary.format(
        name,
        format_points(base),
        len(characteristics),
        format_points(low),
        format_points(high),
        *(words.probability(SCALAR.logistic(end)) for end in (low, high)),
    )
    header = (words.assessment.characteristic, words.card.fields, words.card.source, words.card.points)
    limit = max((abs(end) for ends in ranges for end in ends), default=0.0)

    def html() -> Markup:
        rows = [_html_row(each, limit, words) for each in characteristics]
        return html_table(caption, (header[0], header[-1]), rows)

    def markdown() -> str:
        rows = [_text_row(each, words, shown=None) for each in characteristics]
        return markdown_table(caption, header, rows, len(header))

    rows = [_text_row(each, words, value_text=_unbroken) for each in characteristics]
    yield Block(text_table(caption, header, rows, len(header)), html, markdown)
    yield Block(html=lambda: element("p", words.ladder.title, style="margin: 0"))
    yield Block(ladder_text(ladder, words), lambda: ladder_html(ladder, words))


def _range(characteristic: Characteristic, words: Words) -> str:
    return str(words.card.range.format(*map(format_points, characteristic.range)))


def _text_row(
    characteristic: Characteristic,
    words: Words,
    *,
    shown: int | None = VALUES_SHOWN,
    value_text: Callable[[str], str] = str,
) -> tuple[str, ...]:
    values = [
        f"{value_text(f'{value}: ')}{format_points(points)}"
        for value, points in _values(characteristic, words)
    ]
    if shown is not None and len(values) > shown:
        values = [*values[: shown // 2], "...", *values[-shown // 2 :]]
    return (
        shortened(characteristic.label),
        shortened(", ".join(characteristic.fields)),
        shortened(words.source(characteristic.source)),
        "; ".join(values) or _range(characteristic, words),
    )


def _unbroken(value: str) -> str:
    """Return a value that stays on one line with its points; a long one may be broken between words."""
    kept = value if len(value) <= MAX_UNBROKEN else value[-1:]
    return value[: -len(kept)] + kept.replace(" ", NO_BREAK)


def _html_row(characteristic: Characteristic, limit: float, words: Words) -> tuple[Markup, Markup]:
    label, fields, source, _ = _text_row(characteristic, words)
    head = (
        element("div", label),
        element("div", f"{fields}{words.ladder.separator}{source}", style=_SMALL),
        bar(*characteristic.range, limit),
        element("div", _range(characteristic, words), style=_SMALL),
    )
    # A value may be written from right to left; its points are not.
    values = [
        f"{element('bdi', value)}: {format_points(points)}"
        for value, points in _values(characteristic, words)
    ]
    listed = element("div", Markup("; ".join(values)), style=_SMALL)
    if len(values) > VALUES_SHOWN:
        summary = element("summary", words.card.values.format(len(values)), style=_SMALL)
        scrolled = element("div", listed, style="max-height: 16em; overflow-y: auto")
        listed = element("details", summary, scrolled)
    return Markup("".join(head)), listed


def _values(characteristic: Characteristic, words: Words) -> list[Value]:
    """Return the points of each value; nothing for a class of characteristic that is not known here."""
    values = list(_known_values(characteristic, words))
    if_missing = getattr(characteristic, "if_missing", None)
    return values if if_missing is None else [*values, (words.card.missing, if_missing)]


def every_value(characteristic: Characteristic, words: Words) -> list[Value]:
    """Return the points of each value, those of 0 that are not stored included.

    A class of characteristic that is not known here has its lowest and its highest points instead.
    """
    values = _values(characteristic, words)
    match characteristic:
        case Flag():
            return [*values, (words.card.no, 0.0)]
        case Gate():
            return [*values, (words.card.from_then_on, 0.0)]
    ends = zip((words.card.lowest, words.card.highest), characteristic.range, strict=True)
    return values or list(ends)


def card_columns(base: float, characteristics: Sequence[Characteristic]) -> dict[str, list[Any]]:
    """Return a scorecard as the columns of a table: a row for the base, and for each value."""
    words = words_in("en")
    parts = [
        (each.label, ", ".join(each.fields), value, points, each.source)
        for each in characteristics
        for value, points in every_value(each, words)
    ]
    names = ("characteristic", "fields", "value", "points", "source")
    rows = [(words.card.base, "", "", base, ""), *parts]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return columns | {"odds_ratio": list(map(odds_ratio, columns["points"]))}


def odds_ratio(points: float) -> float | None:
    """Return the factor by which points multiply the odds of a visit; None if no float holds it."""
    return math.exp(points) if points < LARGEST_EXPONENT else None


def _known_values(characteristic: Characteristic, words: Words) -> Iterator[Value]:
    match characteristic:
        case PiecewiseLinear():
            yield from ((format_number(value), points) for value, points in characteristic.knots)
        case Bands():
            for edge, points in characteristic.bands:
                yield words.card.from_value.format(format_number(edge)), points
        case Levels():
            yield from ((shortened(level), points) for level, points in characteristic.levels)
            yield words.card.any_other, characteristic.otherwise
        case Flag():
            yield words.card.yes, characteristic.if_true
        case Gate():
            yield _gate_value(characteristic, words)
        case Surface():
            yield from _surface_values(characteristic, words)


def _gate_value(gate: Gate, words: Words) -> Value:
    conditions = (
        words.card.reaches.format(
            noun=words.gate.plus.join(shortened(words.noun(field)) for field in condition.fields),
            least=format_number(condition.least),
        )
        for condition in gate.conditions
    )
    return words.card.until.format(words.card.also.join(conditions)), gate.if_shut


def _surface_values(surface: Surface, words: Words) -> Iterator[Value]:
    names = [_axis_values(axis, words) for axis in surface.axes]
    for x, row in zip(names[0], surface.grid, strict=True):
        for y, points in zip(names[1], row, strict=True):
            yield words.card.pair.format(x, y), points
    if surface.levels_by_field:
        yield words.card.any_other, surface.otherwise


def _axis_values(axis: NumberAxis | LevelAxis, words: Words) -> list[str]:
    """Return the knots or levels of an axis."""
    if isinstance(axis, NumberAxis):
        return [format_number(value) for value in axis.knots]
    return level_names(axis, words)


def level_names(axis: LevelAxis, words: Words) -> list[str]:
    """Return the levels of an axis; those of a flag are "yes" and "no", as if it had points by itself."""
    if {*axis.levels} <= {"true", "false"}:
        return [str(words.card.yes if level == "true" else words.card.no) for level in axis.levels]
    return list(map(shortened, axis.levels))
