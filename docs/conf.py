"""The configuration of Sphinx, which builds the pages offline."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import collectrisk as cr

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "collectrisk"
author = "The collectrisk developers"
project_copyright = author
version = release = version_of("collectrisk")

sys.path.insert(0, str(Path(__file__).parent / "extensions"))
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "example",
    "line_wrapping",
]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
nb_execution_mode = "auto"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"
autosummary_generate = False
numpydoc_show_class_members = False
default_role = "py:obj"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "collectrisk"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sphinx = False


def short_signature(*event: Any) -> tuple[str, str] | None:
    """Show the default ladder and enum members in a signature by their names."""
    signature, returned = event[-2:]
    if not signature:
        return None
    names = signature.replace(repr(cr.DEFAULT_LADDER), "DEFAULT_LADDER")
    return re.sub(r"<(\w+\.\w+): '[^']*'>", r"\1", names), returned


def setup(app: Sphinx) -> None:
    """Register the change of signatures."""
    app.connect("autodoc-process-signature", short_signature)
