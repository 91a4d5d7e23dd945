"""How a scorer wants a frame to be gone through."""

from __future__ import annotations

import attrs

from collectrisk.errors import ArgumentError

__all__ = ["IN_COLUMNS", "IN_THREADS", "RunPlan"]


@attrs.frozen(kw_only=True)
class RunPlan:
    """How a scorer runs over a frame.

    Attributes
    ----------
    in_columns : bool
        Whether the formula is written with ``xp``, so that it runs on any kind of column; else
        it needs the rows of an eager frame.
    in_threads : bool
        Whether several threads may score blocks of columns at once: where the formula is data it
        is sure to bear that.
    rows_in_block : int
        How many rows are scored at a time.
    n_jobs : int
        How many processes share the blocks, in joblib's way.
    progress : bool
        Whether a progress bar is shown.
    """

    in_columns: bool = True
    in_threads: bool = False
    rows_in_block: int = 65_536
    n_jobs: int = 1
    progress: bool = False

    def __attrs_post_init__(self) -> None:
        """Check what the author of a scorer may have set."""
        if type(self.rows_in_block) is not int or self.rows_in_block < 1:
            raise ArgumentError(
                "rows_in_block", f"must be a whole number, 1 or more, not {self.rows_in_block!r}"
            )
        if type(self.n_jobs) is not int or self.n_jobs == 0:
            raise ArgumentError(
                "n_jobs", f"must be a number of processes, or -1 for one a core, not {self.n_jobs!r}"
            )


IN_COLUMNS = RunPlan()
"""Blocks of 65,536 rows: a column of 512 KiB costs more to work on than to call for, and fits the cache."""

IN_THREADS = RunPlan(in_threads=True)
"""The same blocks, several at a time."""
