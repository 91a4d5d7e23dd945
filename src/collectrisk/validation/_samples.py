"""The samples of a validation report: which errors are about which, their labels, weights and debtors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import is_missing
from collectrisk._frames import account_rows, open_frame, open_table
from collectrisk.errors import ArgumentError, CollectRiskError, NotAFrameError
from collectrisk.evaluation._groups import encode, group_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.mapping._mapping import Columns

KEY = "borrower_id"
"""The column with the debtor, if no other one is named."""

SETTINGS = frozenset({"bins", "columns", "confidence", "ladder", "odds", "pdo", "period", "score"})
"""Arguments that are the same for all samples: an error in one of these is not about a sample."""


@contextmanager
def named(sample: str) -> Iterator[None]:
    """Say which sample an error is about."""
    try:
        yield
    except NotAFrameError as error:
        raise ArgumentError(sample, f"must be an eager frame: {error}") from error
    except CollectRiskError as error:
        if not (isinstance(error, ArgumentError) and error.argument in SETTINGS):
            error.about = sample
        raise


@attrs.frozen
class SampleFacts:
    """What a report must know of a sample, apart from its quality.

    Attributes
    ----------
    labelled : bool
        Whether there is a column with labels, and any of them is known.
    weighted : bool
        Whether accounts have different weights.
    key : str
        The column with the debtors.
    keys : frozenset of str
        The debtors; empty if there is no such column.
    """

    labelled: bool
    weighted: bool
    key: str
    keys: frozenset[str]

    @classmethod
    def of(
        cls, frame: Any, columns: Columns | None, visited: str, weight: str | None, cluster: str | None
    ) -> SampleFacts:
        """Return the facts of an eager frame, without the rows that a mapping skips."""
        names = open_frame(frame).columns
        rows, accounts = open_table(frame).rows, account_rows(frame, columns)

        def known(argument: str, column: str | None) -> set[str]:
            """Return the names of the different values, without missing ones; none without the column."""
            if column not in names:
                return set()
            _, values = encode(argument, column, frame, rows, accounts)
            return {group_name(value) for value in values if not is_missing(value)}

        key = KEY if cluster is None else cluster
        return cls(
            labelled=bool(known("visited", visited)),
            weighted=len(known("sample_weight", weight)) > 1,
            key=key,
            keys=frozenset(known("cluster", key)),
        )
