"""The mapping that a scorer keeps for later frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.mapping._mapping import EMPTY, Mapping

if TYPE_CHECKING:
    from collections.abc import Collection

    from collectrisk.mapping._mapping import Columns

FILE_KEYS: dict[str, Any] = {"encoding": None, "delimiter": None, "skip_lines": 0, "sheet": None}
"""The keys that say how one file is read, with their defaults; a scorer does not keep them."""


def kept(columns: Columns | None) -> Mapping | None:
    """Return what a scorer keeps of a mapping; None if it reads each field from the column of its name."""
    if columns is None:
        return None
    mapping = attrs.evolve(Mapping.of(columns), **FILE_KEYS)
    return None if mapping == EMPTY else mapping


def without_fields(mapping: Mapping, fields: Collection[str]) -> Mapping:
    """Return a mapping without some fields, which a scorer does not read."""
    return attrs.evolve(
        mapping,
        fields={name: rule for name, rule in mapping.fields.items() if name not in fields},
        require=[name for name in mapping.require if name not in fields],
        plausible={name: limit for name, limit in mapping.plausible.items() if name not in fields},
    )


def reads_alike(one: Mapping, other: Mapping) -> bool:
    """Return whether two mappings read a frame in the same way, however they are written."""
    conventions, others = (attrs.evolve(each, fields={}, **FILE_KEYS) for each in (one, other))
    return conventions == others and all(
        one.rule(field) == other.rule(field) for field in {*one.fields, *other.fields}
    )
