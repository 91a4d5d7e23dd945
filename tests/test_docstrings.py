"""Every public name, method and attribute says what it is, and of its parameters what is true."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

import collectrisk as cr
from collectrisk import plots, testing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOORS = {"collectrisk": cr, "collectrisk.plots": plots, "collectrisk.testing": testing}
SECTION = re.compile(r"^(Parameters|Attributes)\n-+\n(.*?)(?=^[A-Z][^\n]*\n---|\Z)", re.DOTALL | re.MULTILINE)
ENTRY = re.compile(r"^([*\w]+(?:, [*\w]+)*)(?: : .+)?$", re.MULTILINE)
NAMES = {
    f"{where}.{name}": getattr(door, name)
    for where, door in DOORS.items()
    for name in door.__all__
    if inspect.isclass(getattr(door, name)) or inspect.isfunction(getattr(door, name))
}
CLASSES = {name: public for name, public in NAMES.items() if inspect.isclass(public)}
# Nobody calls an enum, a protocol, or the root of all errors.
CALLED = {
    name: public
    for name, public in NAMES.items()
    if not issubclass(type(public), type(cr.Channel)) and public not in {cr.Namespace, cr.CollectRiskError}
}


def each(publics: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("public", publics.values(), ids=publics)


def listed(documented: Any, *titles: str) -> list[str]:
    """Return the names under some titles of a docstring, in order."""
    sections = dict(SECTION.findall(inspect.getdoc(documented) or ""))
    entries = [names for title in titles for names in ENTRY.findall(sections.get(title, ""))]
    return [name.lstrip("*") for names in entries for name in names.split(", ")]


def ours(public: type) -> Iterator[type]:
    """Yield a class and those of its bases that are part of the package."""
    return (base for base in public.__mro__ if base.__module__.startswith("collectrisk"))


def members(public: type) -> Iterator[tuple[str, Any]]:
    """Yield each public method and attribute that the package gives a class."""
    names = dict.fromkeys(name for base in ours(public) for name in vars(base) if not name.startswith("_"))
    found = ((name, inspect.getattr_static(public, name)) for name in names)
    return ((name, member) for name, member in found if not type(member).__module__.startswith("sklearn"))


def parameters(called: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return what a function, or a class, may be given."""
    every = inspect.signature(called).parameters
    return {name: parameter for name, parameter in every.items() if name not in {"self", "cls"}}


def says_of_itself(member: Any) -> bool:
    """Tell whether a method or property has a docstring; that of a value is its type's."""
    described = inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod))
    return (described or inspect.isdatadescriptor(member)) and bool(inspect.getdoc(member))


@each(NAMES)
def test_it_says_in_one_line_what_it_is(public: Any) -> None:
    summary, *rest = (inspect.getdoc(public) or "").splitlines()
    assert re.fullmatch(r"[A-Z`].*[.:]", summary)
    assert rest[:1] in ([], [""])


@each(CLASSES)
def test_every_method_and_attribute_is_described(public: type) -> None:
    """By a docstring of its own, or in that of its class."""
    told = {name for base in ours(public) for name in listed(base, "Parameters", "Attributes")}
    assert [name for name, member in members(public) if name not in told and not says_of_itself(member)] == []


@each(CALLED)
def test_every_parameter_is_described(public: Any) -> None:
    """Those of a class, as what it remembers, too; an error or a curve may leave that to its base."""
    bases = ours(public) if inspect.isclass(public) else [public]
    told = {name for base in bases for name in listed(base, "Parameters", "Attributes")}
    assert set(parameters(public)) - told == set()


@each(CALLED)
def test_every_parameter_that_is_described_can_be_given(public: Any) -> None:
    """Those that need no name, in the order in which they are given."""
    methods = [member for _, member in members(public)] if inspect.isclass(public) else []
    for function in [public, *filter(inspect.isfunction, methods)]:
        described, given = listed(function, "Parameters"), parameters(function)
        in_order = [name for name in given if given[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
        assert set(described) - set(given) == set()
        assert [name for name in described if name in in_order] == [
            name for name in in_order if name in described
        ]
