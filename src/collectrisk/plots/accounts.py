"""The accounts beneath a curve: how many there are at each of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.fields import strictest
from collectrisk.frames.training import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk.borrower import Borrower
    from collectrisk.curves import Characteristic

__all__ = ["Accounts", "read_accounts"]


@attrs.frozen(eq=False)
class Accounts:
    """The columns that some curves read, and how many rows there are."""

    record: Any
    rows: int


def read_accounts(
    curves: Iterable[Characteristic],
    data: Any,
    borrower_type: type[Borrower],
    columns: Mapping[str, str | None] | None,
) -> Accounts | None:
    """Return the accounts of a frame, or None without any."""
    if data is None:
        return None
    needed = strictest(curve.column_specs for curve in curves)
    record, rows = read_whole(data, borrower_type, needed, columns or {})
    return Accounts(record, rows) if rows else None
