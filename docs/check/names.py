"""Find public names and methods that the built reference does not document."""

from __future__ import annotations

import importlib
import inspect
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER_LINES = 4


def public_modules() -> list[str]:
    """Return the package and each module without an underscore, so that a new one is checked too."""
    package = Path(cr.__file__).parent
    modules = ["collectrisk"]
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        names = parts[:-1] if parts[-1] == "__init__" else parts
        if len(names) > 1 and not any(name.startswith("_") for name in names):
            modules.append(".".join(names))
    return modules


def public_names() -> dict[str, Any]:
    """Return each name in the `__all__` of a public module, with what it names."""
    modules = {name: importlib.import_module(name) for name in public_modules()}
    return {
        f"{where}.{name}": getattr(module, name)
        for where, module in modules.items()
        for name in module.__all__
    }


def documented(site: Path) -> set[str]:
    """Return the full names that the pages document, from the inventory that Sphinx writes."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", HEADER_LINES)[HEADER_LINES]
    return {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}


def _methods(public: type) -> Iterator[tuple[str, type]]:
    """Yield the public methods and properties of a class, each with the class that defines it."""
    for base in public.__mro__:
        for name, member in vars(base).items():
            described = inspect.isfunction(member) or isinstance(member, (property, classmethod))
            if base.__module__.startswith("collectrisk") and described and not name.startswith("_"):
                yield name, base


def undocumented(site: Path) -> Iterator[str]:
    """Yield a line for each public name, and each method of a public class, without an entry.

    A name of the package itself needs an entry as such. One that several other modules offer needs
    one entry. A method may be documented with a base class, or with another class that inherits it.
    """
    entries = documented(site)
    names = public_names()
    for full, public in names.items():
        same = [other for other, value in names.items() if value is public]
        accepted = [full] if full.count(".") == 1 else same
        if entries.isdisjoint(accepted):
            yield f"{full} is not documented"
    classes = {full: public for full, public in names.items() if inspect.isclass(public)}
    for full, public in classes.items():
        for method, origin in _methods(public):
            related = (
                other
                for other, value in classes.items()
                if value in public.__mro__ or origin in value.__mro__
            )
            if not any(f"{other}.{method}" in entries for other in related):
                yield f"{full}.{method} is not documented"
