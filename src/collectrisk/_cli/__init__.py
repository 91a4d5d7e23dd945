"""Commands: ``score``, ``explain``, ``history``, ``map``, ``sql``, ``plan``, ``validate`` and others."""

from __future__ import annotations

import importlib
import sys
from io import TextIOWrapper

from collectrisk.errors import MissingExtraError

LIBRARIES = {"polars", "rich", "typer"}
"""The packages of the extra ``cli``; no other part of collectrisk imports them."""


def main() -> None:
    """Run the command line, or explain how to install the packages that it needs.

    Raises
    ------
    SystemExit
        With code 0 on success, 1 if the data or a file is invalid (or the extra ``cli`` is not
        installed), 2 if the command or an option is invalid.

    Examples
    --------
    >>> import sys
    >>> from collectrisk._cli import main
    >>> sys.argv = ["collectrisk", "--version"]
    >>> main()
    Traceback (most recent call last):
        ...
    SystemExit: 0
    """
    try:
        app = importlib.import_module("collectrisk._cli.app").app
    except ModuleNotFoundError as error:
        if error.name not in LIBRARIES:
            raise
        sys.exit(f"collectrisk: {MissingExtraError('cli')}")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A name may contain characters that the encoding of the terminal lacks.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except OSError as error:
        # Those of files are errors of collectrisk, and typer ends the program quietly if a pipe is closed.
        sys.exit(f"collectrisk: {error.filename or 'the output'} cannot be written: {error.strerror}")
