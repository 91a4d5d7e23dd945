"""Finding columns of text that contain numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError, shown
from collectrisk.mapping import Mapping
from collectrisk.mapping._numbers import fitting, formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk.mapping._mapping import Columns

MIN_SHARE = 0.9
"""If at least this share of the known values are numbers, the others probably mean "not known"."""

MIN_NUMBERS = 3
"""Two numbers are probably codes of yes and no, which have the same points as text and as numbers."""

LEVELS_READ = 1_000
"""More levels are an error anyway."""


def refuse_numbers(names: Iterable[str], record: Any, columns: Columns | None) -> None:
    """Raise `ArgumentError` if most values of a column of text are numbers.

    Each number would be a level of its own. A text such as 007 is a code, and not a number.

    Parameters
    ----------
    names : iterable of str
        The columns to check.
    record : Record
        The columns.
    columns : Mapping, or mapping of str to (str or None), optional
        How they are read.
    """
    mapping = Mapping.of(columns)
    for name in names:
        values = getattr(record, name)
        texts = _numbers_in(values, mapping.units) if isinstance(values, TextArray) else []
        if len(texts) < MIN_NUMBERS:
            continue
        convention = next(iter(fitting(texts, mapping.units)), None)
        rule: dict[str, Any] = {"column": mapping.columns_of(name)[0]}  # type: ignore[index]  # it was read
        rule["decimal"] = convention.decimal if convention else "."
        if convention and convention.thousands:
            rule["thousands"] = convention.thousands
        examples = ", ".join(map(shown, sorted(texts)[:3]))
        raise ArgumentError(
            "X",
            f"must not contain numbers as text, and most values of {name!r} are numbers, such as {examples}; "
            "convert the column, or declare how they are written, as in "
            f"columns=Mapping({{{name!r}: {rule}}}). If they are codes, pass a curve for them in "
            f"characteristics=, such as Levels(label={name!r}, field={name!r}, levels={{}}, if_missing=0)",
        )


def _numbers_in(values: TextArray, units: tuple[str, ...]) -> list[str]:
    """Return the levels that are numbers, if most known values are; none if there are codes."""
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.levels))
    used = np.flatnonzero(counts)[:LEVELS_READ].tolist()
    if any(re.fullmatch("0[0-9]+", values.levels[each]) for each in used):
        return []
    conventions = formats(units)
    found = [each for each in used if any(form.plain(values.levels[each]) for form in conventions)]
    is_most = counts[found].sum() >= MIN_SHARE * counts[used].sum()
    return [values.levels[each] for each in found] if is_most else []
