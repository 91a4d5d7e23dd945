"""`docs/checked` finds what is wrong with built pages, and says so."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import collectrisk as cr
from collectrisk import plots, testing

CHECKED = Path(__file__).parents[1] / "docs" / "checked"


def check(site: Path) -> list[str]:
    """Return a line for each thing that is wrong with a site, the site's path left out."""
    sys.path.insert(0, str(CHECKED))
    try:
        links, names = importlib.import_module("links"), importlib.import_module("names")
    finally:
        sys.path.remove(str(CHECKED))
    wrong = [*names.undocumented(site), *links.dead_or_foreign(site)]
    return [line.replace(f"{site}/", "") for line in wrong]


def every_name() -> list[str]:
    """Return each public name and each of its methods and properties, as a full reference has them."""
    doors = {"collectrisk": cr, "collectrisk.plots": plots, "collectrisk.testing": testing}
    publics = {
        f"{where}.{name}": getattr(door, name) for where, door in doors.items() for name in door.__all__
    }
    inside = {
        f"{full}.{own}"
        for full, public in publics.items()
        for base in getattr(public, "__mro__", ())
        for own in vars(base)
    }
    return [*publics, *inside]


def inventory(names: list[str]) -> bytes:
    """Return the names as Sphinx's inventory holds them."""
    lines = "".join(f"{name} py:method 1 api.html#$ -\n" for name in names)
    return b"# Sphinx\n# Project\n# Version\n# zlib\n" + zlib.compress(lines.encode())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a built site with nothing wrong."""
    (tmp_path / "objects.inv").write_bytes(inventory(every_name()))
    (tmp_path / "it.png").touch()
    (tmp_path / "style.css").write_text('body { background: url("it.png") }', encoding="utf-8")
    (tmp_path / "other.html").write_text('<p id="here">', encoding="utf-8")
    return tmp_path


def page(site: Path, body: str) -> Path:
    (site / "index.html").write_text(body, encoding="utf-8")
    return site


def test_nothing_is_wrong_with_good_pages(site: Path) -> None:
    body = """
    <link href="style.css"> <img src="it.png"> <img src="data:image/png;base64,AA==">
    <a id="top" href="other.html#here">there</a> <a href="#top">up</a> <a href="https://example.org">away</a>
    """
    assert check(page(site, body)) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('<a href="gone.html">', "index.html: gone.html leads nowhere"),
        ('<a href="other.html#gone">', "index.html: other.html#gone leads nowhere"),
        ('<a href="#gone">', "index.html: #gone leads nowhere"),
        ('<img src="gone.png">', "index.html: gone.png is not there"),
        ('<img srcset="it.png 1x, gone.png 2x">', "index.html: gone.png is not there"),
        (
            '<link href="https://example.org/a.css">',
            "index.html: https://example.org/a.css comes from elsewhere",
        ),
        ('<script src="//example.org/a.js">', "index.html: //example.org/a.js comes from elsewhere"),
        ('<p style="background: url(gone.png)">', "index.html: gone.png is not there"),
    ],
)
def test_a_dead_link_and_what_comes_from_elsewhere_are_named(site: Path, body: str, line: str) -> None:
    assert check(page(site, body)) == [line]


def test_style_sheets_are_read_too(site: Path) -> None:
    (site / "style.css").write_text('@import "https://example.org/a.css";', encoding="utf-8")
    assert check(site) == ["style.css: https://example.org/a.css comes from elsewhere"]


@pytest.mark.parametrize("name", ["collectrisk.evaluate", "collectrisk.Scorer.assess_frame"])
def test_a_public_name_that_is_on_no_page_is_named(site: Path, name: str) -> None:
    """A subclass that has the method from there is not enough to describe it."""
    rest = [other for other in every_name() if other.split(".")[2:] != name.split(".")[2:] and other != name]
    (site / "objects.inv").write_bytes(inventory(rest))
    assert f"{name} is on no page" in check(site)


def test_the_command_says_how_many_things_are_wrong(site: Path) -> None:
    command = [sys.executable, str(CHECKED), str(page(site, '<a href="#gone">'))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1:] == [f"1 things are wrong with {site}"]
