"""The command line as ``python -m collectrisk``, where the command is not on the path."""

from __future__ import annotations

from collectrisk._cli import main

main()
