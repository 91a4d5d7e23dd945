"""The pages: all public names are in the reference, examples run, links work, generated parts are current."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import pytest
from public_names import PUBLIC_NAMES

PROJECT = Path(__file__).parents[1]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
DIRECTIVE = re.compile(r"^\.\. (currentmodule|auto(?:class|data|exception|function)):: (\S+)$", re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

LIBRARY = re.compile(r"^(?:>>>|\.\.\.) +(?:import|from) (\w+)|backend=\"(\w+)\"", re.MULTILINE)
OPTIONAL = {"fastapi"}
"""Libraries that only a page needs; it is skipped where they are not installed."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))


def python_lines(page: Path) -> str:
    """Return the Python blocks of a page; other lines are blank, so that line numbers stay the same."""
    lines, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        inside = inside and line != "```"
        lines.append(line if inside else "")
        inside = inside or line == "```python"
    return "\n".join(lines)


def reference_entries() -> set[str]:
    """Return the full names that the pages of the reference document."""
    entries = set()
    for page in sorted(PROJECT.glob("docs/api/*.md")):
        module = ""
        for directive, name in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            if directive == "currentmodule":
                module = name
            else:
                entries.add(name if name.startswith("collectrisk.") else f"{module}.{name}")
    return entries


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    """A name of the package itself has an entry as such; one that several modules offer has one entry."""
    same = [other for other, value in PUBLIC_NAMES.items() if value is PUBLIC_NAMES[name]]
    accepted = [name] if name.count(".") == 1 else same
    assert reference_entries() & set(accepted) != set()


def test_nothing_private_is_in_the_reference() -> None:
    assert [name for name in reference_entries() if name not in PUBLIC_NAMES] == []


@each_page
def test_every_example_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All blocks of a page run in one session, as in a module."""
    for library in OPTIONAL & {found[1] for found in LIBRARY.finditer(page.read_text(encoding="utf-8"))}:
        pytest.importorskip(library)
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
    """A block without prompts would not be tested."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert [block for block in blocks if not block.startswith(">>> ")] == []


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, in the form that GitHub and MyST give them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def link_works(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@each_page
def test_every_link_works(page: Path) -> None:
    """The page and the heading exist; links to other sites are not tested."""
    links = re.findall(r"\]\((?!https?:)([^)\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not link_works(page, link)] == []


EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
INSTALLED = re.compile(r"python -m pip install (.+?)(?:`|$)", re.MULTILINE)


def libraries_of(requirement: str) -> set[str]:
    """Return the libraries that a requirement in a command or in an extra installs."""
    name = requirement.partition(">=")[0]
    if "[" not in name:
        return {name}
    extras = name.partition("[")[2].rstrip('"]').split(",")
    return {name for each in extras for part in EXTRAS.get(each, []) for name in libraries_of(part)}


@pytest.mark.parametrize("page", sorted(PROJECT.glob("docs/how-to/*.md")), ids=lambda page: page.stem)
def test_a_guide_says_what_to_install_before_it_uses_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = {each for extra in EXTRAS for each in libraries_of(f"[{extra}]")}
    uses: dict[str, int] = {}
    for found in LIBRARY.finditer(text):
        uses.setdefault(found[1] or found[2], found.start())
    if portfolio := re.search(r"simulate_portfolio\([^)\"]*\)", text):
        uses.setdefault("pandas", portfolio.start())
    for library in known & set(uses):
        commands = INSTALLED.findall(text[: uses[library]])
        installed = {name for command in commands for part in command.split() for name in libraries_of(part)}
        assert library in installed, f"{library} is needed, and {commands} do not install it"


CELL = re.compile(r"^```{code-cell}[^\n]*\n(?::[^\n]*\n)*(.*?)^```$", re.DOTALL | re.MULTILINE)
NOTEBOOKS = sorted(PROJECT.glob("docs/notebooks/*.md"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_every_cell_of_a_notebook_runs(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The value of a cell is shown as in a notebook; building the docs runs the cells in a real one."""
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
    """Add a new example to docs/gallery.md, under a heading of its own."""
    gallery = (PROJECT / "docs" / "gallery.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```{example} (.+)$", gallery, re.MULTILINE)
    assert sorted(shown) == sorted(path.name for path in PROJECT.glob("examples/*.py"))


@pytest.mark.exhaustive
def test_the_generated_parts_are_up_to_date() -> None:
    """If not, run `python docs/generate` and read the diff."""
    command = [sys.executable, str(PROJECT / "docs" / "generate"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
