"""The pages: every public name is there, every example runs, no link is dead, nothing made is stale."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import collectrisk as cr
from collectrisk import plots, testing

PROJECT = Path(__file__).parents[1]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
REFERENCE = "\n".join(page.read_text(encoding="utf-8") for page in PROJECT.glob("docs/api/*.md"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))


def python_lines(page: Path) -> str:
    """Return a page with all but its python blocks blanked, so that line numbers stay."""
    lines, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        inside = inside and line != "```"
        lines.append(line if inside else "")
        inside = inside or line == "```python"
    return "\n".join(lines)


@pytest.mark.parametrize("name", cr.__all__)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    assert re.search(rf"^\.\. auto\w+:: (?:collectrisk\.)?{name}$", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("name", [*testing.__all__, *plots.__all__])
def test_every_name_for_testing_and_drawing_is_in_the_reference(name: str) -> None:
    assert re.search(rf"^\.\. auto\w+:: {name}$", REFERENCE, re.MULTILINE)


@each_page
def test_every_example_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One session a page: a later block goes on where an earlier one ended, as in a module."""
    monkeypatch.chdir(tmp_path)
    session = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", session)
    example = doctest.DocTestParser().get_doctest(python_lines(page), {}, page.name, str(page), 0)
    example.globs = vars(session)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(example, out=report.append)
    assert "".join(report) == ""


@each_page
def test_every_python_block_is_an_example(page: Path) -> None:
    """So that none goes untested."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert [block for block in blocks if not block.startswith(">>> ")] == []


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings get, made as GitHub and MyST make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@each_page
def test_no_link_is_dead(page: Path) -> None:
    """Neither the page nor the heading that it leads to is missing; other sites are not asked."""
    links = re.findall(r"\]\((?!https?:)([^)\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not leads_somewhere(page, link)] == []


CELL = re.compile(r"^```{code-cell}[^\n]*\n(?::[^\n]*\n)*(.*?)^```$", re.DOTALL | re.MULTILINE)
NOTEBOOKS = sorted(PROJECT.glob("docs/notebooks/*.md"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_every_cell_of_a_notebook_runs(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a cell ends with shows itself; the docs run the same cells in a real notebook."""
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {"__name__": "notebook"}
    for cell in CELL.findall(notebook.read_text(encoding="utf-8")):
        *steps, last = ast.parse(cell).body
        exec(compile(ast.Module(steps, []), notebook.name, "exec"), session)  # noqa: S102  # our own pages
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), notebook.name, "eval"), session)  # noqa: S307  # as above
            getattr(value, "_repr_html_", value.__repr__)()
        else:
            exec(compile(ast.Module([last], []), notebook.name, "exec"), session)  # noqa: S102  # as above


def test_the_gallery_has_every_example() -> None:
    """A new one goes into docs/gallery.md, under a heading of its own."""
    gallery = (PROJECT / "docs" / "gallery.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```{example} (.+)$", gallery, re.MULTILINE)
    assert sorted(shown) == sorted(path.name for path in PROJECT.glob("examples/*.py"))


def test_tables_messages_and_the_picture_are_what_the_code_says_today() -> None:
    """If not, run `python docs/made` and read the diff."""
    made = [sys.executable, str(PROJECT / "docs" / "made"), "--check"]
    done = subprocess.run(made, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
