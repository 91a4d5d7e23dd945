"""Public names and methods: whether the built reference has them all."""

from __future__ import annotations

import inspect
import zlib
from typing import TYPE_CHECKING

import collectrisk as cr
from collectrisk import plots, testing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER_LINES = 4
DOORS = {"collectrisk": cr, "collectrisk.plots": plots, "collectrisk.testing": testing}
PUBLIC = {f"{where}.{name}": getattr(door, name) for where, door in DOORS.items() for name in door.__all__}
CLASSES = {full: public for full, public in PUBLIC.items() if inspect.isclass(public)}


def shown(site: Path) -> set[str]:
    """Return the full names that the pages describe, from the inventory that Sphinx writes."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", HEADER_LINES)[HEADER_LINES]
    return {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}


def methods(public: type) -> Iterator[tuple[str, type]]:
    """Yield the public methods and properties that the package gives a class, each with its origin."""
    for base in public.__mro__:
        for name, member in vars(base).items():
            described = inspect.isfunction(member) or isinstance(member, (property, classmethod))
            if base.__module__.startswith("collectrisk") and described and not name.startswith("_"):
                yield name, base


def _related(public: type, origin: type) -> Iterator[str]:
    """Yield the names of a class's public bases, and of the classes of the same origin."""
    return (full for full, other in CLASSES.items() if other in public.__mro__ or origin in other.__mro__)


def undocumented(site: Path) -> Iterator[str]:
    """Yield a line for each public name that no page describes, and for each method that none does.

    A method may be described with a base of its class, or with another class that has it from the
    same base.
    """
    names = shown(site)
    for full, public in PUBLIC.items():
        if full not in names and f"collectrisk.{getattr(public, '__name__', '')}" not in names:
            yield f"{full} is on no page"
    for full, public in CLASSES.items():
        for method, origin in methods(public):
            if not any(f"{other}.{method}" in names for other in _related(public, origin)):
                yield f"{full}.{method} is on no page"
