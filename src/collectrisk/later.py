"""Opening a room when something in it is first asked for, so that the door stays light."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["on_first_use"]


def on_first_use(module: str, rooms: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module's ``__getattr__``, which imports each name from its room when it is needed.

    Parameters
    ----------
    module : str
        The module whose names they are.
    rooms : mapping of str to str
        The full name of each name's room, or of the room that is called so.
    """

    def get(name: str) -> Any:
        if name not in rooms:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        room = importlib.import_module(rooms[name])
        return room if rooms[name] == f"{module}.{name}" else getattr(room, name)

    return get
