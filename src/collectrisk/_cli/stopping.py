"""Being told to stop: a polite kill cleans up like Ctrl-C does."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""By default these end the process on the spot; SIGHUP is not known to Windows."""


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn a polite kill into `SystemExit`, with the exit code that shells expect."""
    taken = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
