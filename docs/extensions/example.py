"""The directive ``{example} name.py``, which runs a program of ``examples/`` when the pages are built.

It shows the program's docstring, the figure that it saves (if it is a ``plot_*.py``), its output, and
its code in a collapsed block. A program that ends with an error stops the build.

Options: ``:arguments:`` for the command line, ``:data:`` for a program that needs public data and is
therefore not run.
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
FIGURES = Path("_build", "figures")
"""The folder of the figures, relative to the pages; Sphinx copies those that a page shows."""
TIMEOUT_SECONDS = 120
PLAIN_USAGE = re.compile(r"^ *python examples/[^\n[]*\n", re.MULTILINE)
"""A usage line without options, which would only repeat the command that was run."""
NEEDS_DATA = (
    "This program was not run here, because it needs a file of public data that is not part of the "
    "project. If the file is absent, the program names its source."
)
EXECUTOR = ThreadPoolExecutor(max_workers=2)


class PendingOutput(nodes.Element):
    """The place of an example's output while the example is still running."""


def run(name: str, arguments: tuple[str, ...]) -> str:
    """Run an example in a process of its own, in an empty folder, and return its output."""
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
    if done.returncode:
        raise ExtensionError(f"examples/{name} ended with an error:\n{done.stderr}")
    return done.stdout.strip()


@cache
def started(name: str, *arguments: str) -> Future[str]:
    """Start an example, once even if several pages show it, and return the future of its output."""
    return EXECUTOR.submit(run, name, arguments)


def docstring_of(path: Path) -> str:
    """Return the docstring of a program."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")), clean=False) or ""


def literal(text: str, language: str) -> nodes.literal_block:
    """Return a block of text whose lines are not wrapped."""
    return nodes.literal_block(text, text, language=language, classes=["unbroken"])


def collapsed(summary: str, content: nodes.Node) -> list[nodes.Node]:
    """Return content that is shown when its summary is clicked."""
    start = f"<details><summary>{summary}</summary>"
    return [nodes.raw("", start, format="html"), content, nodes.raw("", "</details>", format="html")]


class Example(SphinxDirective):
    """The directive."""

    required_arguments = 1
    option_spec = {"arguments": directives.unchanged, "data": directives.flag}  # noqa: RUF012  # docutils' own form

    def run(self) -> list[nodes.Node]:
        """Start the example; return its docstring, the places of its results, and its code."""
        name = self.arguments[0]
        path = EXAMPLES / name
        self.env.note_dependency(str(path))
        command = " ".join(["python", f"examples/{name}", self.options.get("arguments", "")]).strip()
        docstring = PLAIN_USAGE.sub("", docstring_of(path))
        result = (
            [nodes.paragraph("", NEEDS_DATA)] if "data" in self.options else [*self._started(name, command)]
        )
        code = literal(path.read_text(encoding="utf-8"), "python")
        return [*self.parse_text_to_nodes(docstring), *result, *collapsed(f"examples/{name}", code)]

    def _started(self, name: str, command: str) -> Iterator[nodes.Node]:
        """Start the example, and yield the places of its figure and of its output."""
        arguments = shlex.split(self.options.get("arguments", ""))
        if name.startswith("plot_"):
            figure = FIGURES / f"{Path(name).stem}.svg"
            file = Path(self.env.srcdir) / figure
            file.parent.mkdir(parents=True, exist_ok=True)
            arguments.insert(0, str(file))
            title = docstring_of(EXAMPLES / name).partition("\n")[0]
            image = nodes.image(uri=f"/{figure.as_posix()}", alt=title)
            yield nodes.container("", image, classes=["example-figure"])
        yield PendingOutput(output=started(name, *arguments), command=command)


def finish(_app: Sphinx, page: nodes.document) -> None:
    """Insert the output of the page's examples."""
    for place in list(page.findall(PendingOutput)):
        output = place["output"].result()
        place.replace_self(literal(f"$ {place['command']}\n{output}", "text") if output else [])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive; figures must exist before Sphinx collects images, hence the priority."""
    app.add_directive("example", Example)
    app.connect("doctree-read", finish, priority=400)
    return {"parallel_read_safe": True}
