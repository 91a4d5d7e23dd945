"""`docs/check` finds the problems of built pages and names them."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from public_names import PUBLIC_MODULES, PUBLIC_NAMES

CHECK = Path(__file__).parents[1] / "docs" / "check"


def module(name: str) -> Any:
    """Import a module of `docs/check`."""
    sys.path.insert(0, str(CHECK))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CHECK))


def check(site: Path) -> list[str]:
    """Return the problems of a site, without the site's path."""
    problems = [*module("names").undocumented(site), *module("links").link_problems(site)]
    return [line.replace(f"{site}/", "") for line in problems]


def every_name() -> list[str]:
    """Return each public name and each of its methods and properties, as a complete reference has them."""
    members = {
        f"{full}.{member}"
        for full, public in PUBLIC_NAMES.items()
        for base in getattr(public, "__mro__", ())
        for member in vars(base)
    }
    return [*PUBLIC_NAMES, *members]


def inventory(names: list[str]) -> bytes:
    """Return the names in the format of Sphinx's inventory."""
    lines = "".join(f"{name} py:method 1 api.html#$ -\n" for name in names)
    return b"# Sphinx\n# Project\n# Version\n# zlib\n" + zlib.compress(lines.encode())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a built site without problems."""
    (tmp_path / "objects.inv").write_bytes(inventory(every_name()))
    (tmp_path / "it.png").touch()
    (tmp_path / "style.css").write_text('body { background: url("it.png") }', encoding="utf-8")
    (tmp_path / "other.html").write_text('<p id="here">', encoding="utf-8")
    return tmp_path


def test_every_public_module_is_found() -> None:
    assert module("names").public_modules() == PUBLIC_MODULES


def page(site: Path, body: str) -> Path:
    (site / "index.html").write_text(body, encoding="utf-8")
    return site


def test_good_pages_have_no_problems(site: Path) -> None:
    body = """
    <link href="style.css"> <img src="it.png"> <img src="data:image/png;base64,AA==">
    <a id="top" href="other.html#here">there</a> <a href="#top">up</a> <a href="https://example.org">away</a>
    """
    assert check(page(site, body)) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('<a href="gone.html">', "index.html: the link gone.html is broken"),
        ('<a href="other.html#gone">', "index.html: the link other.html#gone is broken"),
        ('<a href="#gone">', "index.html: the link #gone is broken"),
        ('<img src="gone.png">', "index.html: the file gone.png is missing"),
        ('<img srcset="it.png 1x, gone.png 2x">', "index.html: the file gone.png is missing"),
        (
            '<link href="https://example.org/a.css">',
            "index.html: https://example.org/a.css is loaded from another site",
        ),
        ('<script src="//example.org/a.js">', "index.html: //example.org/a.js is loaded from another site"),
        ('<p style="background: url(gone.png)">', "index.html: the file gone.png is missing"),
    ],
)
def test_a_broken_link_and_a_file_from_another_site_are_named(site: Path, body: str, line: str) -> None:
    assert check(page(site, body)) == [line]


def test_style_sheets_are_checked_too(site: Path) -> None:
    (site / "style.css").write_text('@import "https://example.org/a.css";', encoding="utf-8")
    assert check(site) == ["style.css: https://example.org/a.css is loaded from another site"]


@pytest.mark.parametrize(
    "name", ["collectrisk.evaluate", "collectrisk.what_if.Way", "collectrisk.Scorer.assess_frame"]
)
def test_a_public_name_without_an_entry_is_named(site: Path, name: str) -> None:
    """An entry of the same method with a subclass, or of the same name in another module, does not count."""
    rest = [other for other in every_name() if other.split(".")[2:] != name.split(".")[2:] and other != name]
    (site / "objects.inv").write_bytes(inventory(rest))
    assert f"{name} is not documented" in check(site)


@pytest.mark.exhaustive
def test_the_command_prints_the_number_of_problems(site: Path) -> None:
    command = [sys.executable, str(CHECK), str(page(site, '<a href="#gone">'))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1:] == [f"{site}: 1 problem"]
