"""The directive ``{example} name.py``: a program of ``examples/``, run as these pages are built.

It shows what the program is, the picture that it saves where it is one of ``plot_*.py``, what it
prints, and its code, folded. A program that ends with an error fails the build.

Options: ``:arguments:`` for the command line, ``:data:`` for a program that needs public data and is
therefore shown and not run.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PICTURES = Path("_build", "pictures")
"""Where pictures are kept, below the pages' folder; Sphinx copies those that a page shows."""
SECONDS = 120
WITHOUT_CHOICE = re.compile(r"^ *python examples/[^\n[]*\n", re.MULTILINE)
"""A line of usage that says no more than the command that was run."""
NEEDS_DATA = (
    "It needs a file of public data that is no part of the project, and says where to get it; "
    "so it is shown here, and not run."
)
AT_ONCE = ThreadPoolExecutor(max_workers=2)


class Printed(nodes.Element):
    """The place of what an example prints, while it is still running."""


def run(name: str, arguments: tuple[str, ...]) -> str:
    """Run an example as a program of its own, in an empty folder, and return what it prints."""
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    if done.returncode:
        raise ExtensionError(f"examples/{name} ended with an error:\n{done.stderr}")
    return done.stdout.strip()


@cache
def started(name: str, *arguments: str) -> Future[str]:
    """Start an example, once however many pages show it, and return what will hold its output."""
    return AT_ONCE.submit(run, name, arguments)


def docstring_of(path: Path) -> str:
    """Return what a program says of itself."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")), clean=False) or ""


def literal(text: str, language: str) -> nodes.literal_block:
    """Return text as it stands, none of its lines broken."""
    return nodes.literal_block(text, text, language=language, classes=["unbroken"])


def folded(summary: str, inside: nodes.Node) -> list[nodes.Node]:
    """Return something that shows only when its summary is clicked."""
    opening = f"<details><summary>{summary}</summary>"
    return [nodes.raw("", opening, format="html"), inside, nodes.raw("", "</details>", format="html")]


class Example(SphinxDirective):
    """Shows one example."""

    required_arguments = 1
    option_spec = {"arguments": directives.unchanged, "data": directives.flag}  # noqa: RUF012  # docutils' own form

    def run(self) -> list[nodes.Node]:
        """Start the example; return what it is, shows and looks like."""
        name = self.arguments[0]
        path = EXAMPLES / name
        self.env.note_dependency(str(path))
        command = " ".join(["python", f"examples/{name}", self.options.get("arguments", "")]).strip()
        docstring = WITHOUT_CHOICE.sub("", docstring_of(path))
        result = (
            [nodes.paragraph("", NEEDS_DATA)] if "data" in self.options else [*self._started(name, command)]
        )
        code = literal(path.read_text(encoding="utf-8"), "python")
        return [*self.parse_text_to_nodes(docstring), *result, *folded(f"examples/{name}", code)]

    def _started(self, name: str, command: str) -> Iterator[nodes.Node]:
        """Start the example, and yield the places of its picture and of what it prints."""
        arguments = shlex.split(self.options.get("arguments", ""))
        if name.startswith("plot_"):
            picture = PICTURES / f"{Path(name).stem}.svg"
            drawn = Path(self.env.srcdir) / picture
            drawn.parent.mkdir(parents=True, exist_ok=True)
            arguments.insert(0, str(drawn))
            title = docstring_of(EXAMPLES / name).partition("\n")[0]
            image = nodes.image(uri=f"/{picture.as_posix()}", alt=title)
            yield nodes.container("", image, classes=["picture"])
        yield Printed(output=started(name, *arguments), command=command)


def finish(_app: Sphinx, page: nodes.document) -> None:
    """Put what the page's examples printed in its place."""
    for place in list(page.findall(Printed)):
        printed = place["output"].result()
        place.replace_self(literal(f"$ {place['command']}\n{printed}", "text") if printed else [])


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive; pictures have to be there before it looks for them."""
    app.add_directive("example", Example)
    app.connect("doctree-read", finish, priority=400)
    return {"parallel_read_safe": True}
