"""Tables of points: those of flags, levels and counts are not computed again for each borrower."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from collectrisk._curves import Bands, Flag, Levels, PiecewiseLinear
from collectrisk._namespaces import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk._curves import Characteristic
    from collectrisk._fields import FieldSpec

    Table = tuple[Callable[..., Any], Callable[[Any], Any] | None, type, dict[Any, Any]]
    """How the points of a characteristic are computed; how its field is read, or None if it has no table;
    and the points of the values of one type that have been met."""

MOST_VALUES = 1_000
"""A table does not grow beyond this, so that its memory is limited."""


def tables_of(characteristics: Iterable[Characteristic], specs: Mapping[str, FieldSpec]) -> list[Table]:
    """Return an empty table for each characteristic of a card, for a class of borrowers with these fields."""
    return [_table_of(each, specs) for each in characteristics]


def _table_of(characteristic: Characteristic, specs: Mapping[str, FieldSpec]) -> Table:
    # The points of a class of your own may depend on more than its fields.
    if type(characteristic) in {PiecewiseLinear, Bands, Levels, Flag}:
        field = characteristic.fields[0]
        kind = specs[field].validator.kept[0] if field in specs else float
        if kind not in {float, str}:  # amounts and texts rarely repeat
            return characteristic.points, attrgetter(field), kind, {}
    return characteristic.points, None, object, {}


def points_of(borrower: Any, tables: Iterable[Table]) -> list[Any]:
    """Return the points of each characteristic for one borrower."""
    found = []
    for compute, read, kind, known in tables:
        if read is None or type(value := read(borrower)) is not kind:
            found.append(compute(borrower, SCALAR))
            continue
        points = known.get(value)
        if points is None:
            points = compute(borrower, SCALAR)
            if len(known) < MOST_VALUES:
                known[value] = points
        found.append(points)
    return found
