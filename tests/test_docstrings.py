"""Every public name, method, attribute and parameter is documented, and every documented one exists."""

from __future__ import annotations

import inspect
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from public_names import PUBLIC_MODULES, PUBLIC_NAMES

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(cr.__file__).parent
SECTION = re.compile(r"^(Parameters|Attributes)\n-+\n(.*?)(?=^[A-Z][^\n]*\n---|\Z)", re.DOTALL | re.MULTILINE)
ENTRY = re.compile(r"^([*\w]+(?:, [*\w]+)*)(?: : .+)?$", re.MULTILINE)
NAMES = {
    name: public
    for name, public in PUBLIC_NAMES.items()
    if inspect.isclass(public) or inspect.isfunction(public)
}
CLASSES = {name: public for name, public in NAMES.items() if inspect.isclass(public)}
# Users do not call an enum, a protocol, or the base class of all errors.
CALLED = {
    name: public
    for name, public in NAMES.items()
    if not issubclass(type(public), type(cr.Channel)) and public not in {cr.Namespace, cr.CollectRiskError}
}


def each(publics: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("public", publics.values(), ids=publics)


def listed(documented: Any, *titles: str) -> list[str]:
    """Return the names in some sections of a docstring, in order."""
    sections = dict(SECTION.findall(inspect.getdoc(documented) or ""))
    entries = [names for title in titles for names in ENTRY.findall(sections.get(title, ""))]
    return [name.lstrip("*") for names in entries for name in names.split(", ")]


def ours(public: type) -> Iterator[type]:
    """Yield a class and its base classes in the package."""
    return (base for base in public.__mro__ if base.__module__.startswith("collectrisk"))


def members(public: type) -> Iterator[tuple[str, Any]]:
    """Yield each public method and attribute of a class that the package defines."""
    names = dict.fromkeys(name for base in ours(public) for name in vars(base) if not name.startswith("_"))
    found = ((name, inspect.getattr_static(public, name)) for name in names)
    return ((name, member) for name, member in found if not type(member).__module__.startswith("sklearn"))


def parameters(called: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function or class."""
    every = inspect.signature(called).parameters
    return {name: parameter for name, parameter in every.items() if name not in {"self", "cls"}}


def has_docstring(member: Any) -> bool:
    """Return whether a method or property has a docstring; a plain value has only that of its type."""
    described = inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod, cached_property))
    return (described or inspect.isdatadescriptor(member)) and bool(inspect.getdoc(member))


def is_public(path: Path) -> bool:
    """Return whether a file is a module without an underscore, in packages without one."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return not any(name.startswith("_") and name != "__init__" for name in parts)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_without_an_underscore_is_listed_as_public() -> None:
    """The other tests, and those of the reference, go through that list."""
    assert sorted(module_name(path) for path in PACKAGE.rglob("*.py") if is_public(path)) == PUBLIC_MODULES


@each(NAMES)
def test_the_docstring_begins_with_a_one_line_summary(public: Any) -> None:
    summary, *rest = (inspect.getdoc(public) or "").splitlines()
    assert re.fullmatch(r"[A-Z`].*[.:]", summary)
    assert rest[:1] in ([], [""])


@each(CLASSES)
def test_every_method_and_attribute_is_documented(public: type) -> None:
    """In its own docstring, or in that of its class."""
    documented = {name for base in ours(public) for name in listed(base, "Parameters", "Attributes")}
    assert [
        name for name, member in members(public) if name not in documented and not has_docstring(member)
    ] == []


@each(CALLED)
def test_every_parameter_is_documented(public: Any) -> None:
    """Those of a class also as attributes, and in the docstring of its base class if that has them."""
    bases = ours(public) if inspect.isclass(public) else [public]
    documented = {name for base in bases for name in listed(base, "Parameters", "Attributes")}
    assert set(parameters(public)) - documented == set()


@each(CALLED)
def test_every_documented_parameter_exists(public: Any) -> None:
    """Positional parameters are documented in the order of the signature."""
    methods = [member for _, member in members(public)] if inspect.isclass(public) else []
    for function in [public, *filter(inspect.isfunction, methods)]:
        described, given = listed(function, "Parameters"), parameters(function)
        in_order = [name for name in given if given[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
        assert set(described) - set(given) == set()
        assert [name for name in described if name in in_order] == [
            name for name in in_order if name in described
        ]
