"""Threads for the blocks of rows, and a limit for those of the linear algebra library (BLAS)."""

from __future__ import annotations

import functools
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from threadpoolctl import ThreadpoolController  # a dependency of scikit-learn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
    """A function like `map`, which gives the results in order."""

MAX_THREADS = 4
"""More threads wait for memory or for the interpreter lock most of the time."""


@contextmanager
def mapper(tasks: int) -> Iterator[Map]:
    """Give a function like `map` for some tasks; it uses threads if there are several.

    NumPy and SciPy release the interpreter lock while they work on a block of rows.
    """
    threads = min(MAX_THREADS, tasks, os.cpu_count() or 1)
    if threads < 2:
        yield map
        return
    with ThreadPoolExecutor(threads) as pool:
        yield pool.map


@functools.cache
def _controller() -> Any:
    """Return the controller of the loaded libraries, whose search takes some 20 ms."""
    return ThreadpoolController()


class SingleThread:
    """A context manager: BLAS uses one thread while any thread of the process is in it.

    In small matrices, threads cost more than they save, and on busy cores they wait for each other
    ten times as long as one of them calculates.

    The number of threads belongs to the process. So the first user stores it, and the last one
    restores it: otherwise two overlapping fits could leave the limit behind.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limit: Any = None

    def __enter__(self) -> Self:
        """Limit the threads."""
        with self._lock:
            if not self._users:
                self._limit = _controller().limit(limits=1, user_api="blas")
            self._users += 1
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the number of threads."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._limit.restore_original_limits()


SINGLE_THREAD = SingleThread()
"""The limit of the process."""
