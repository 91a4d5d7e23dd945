"""Collecting what is wrong with an argument, so that all of it is reported at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Problems:
    """What is wrong with an argument."""

    def __init__(self, argument: str) -> None:
        self._argument = argument
        self._found: list[str] = []

    def add(self, why: str) -> None:
        """Add a problem."""
        self._found.append(why)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Add the problem that is raised with a part of the argument, if any."""
        try:
            yield
        except ArgumentError as error:
            self.add(f"of {part!r} {error.why}")

    def refuse(self) -> None:
        """Raise `ArgumentError` if there is a problem."""
        if len(self._found) == 1:
            raise ArgumentError(self._argument, self._found[0])
        if self._found:
            lines = "".join(f"\n- {why}" for why in self._found)
            raise ArgumentError(self._argument, f"has {len(self._found)} problems:{lines}")
