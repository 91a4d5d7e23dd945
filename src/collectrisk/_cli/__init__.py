"""The command line: ``collectrisk score`` and ``collectrisk explain``."""

from __future__ import annotations

import importlib
import sys

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
    app()
