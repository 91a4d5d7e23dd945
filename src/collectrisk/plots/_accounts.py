"""The accounts beneath a curve: how many there are at each of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import merge_specs
from collectrisk._frames import read_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._borrower import Borrower
    from collectrisk._curves import Characteristic
    from collectrisk._typing import ColumnMapping


@attrs.frozen(eq=False)
class Accounts:
    """The columns that some curves read, and how many rows there are."""

    record: Any
    rows: int


def read_accounts(
    curves: Iterable[Characteristic],
    data: Any,
    borrower_type: type[Borrower],
    columns: ColumnMapping | None,
) -> Accounts | None:
    """Return the accounts of a frame, or None without any."""
    if data is None:
        return None
    needed = merge_specs(curve.column_specs for curve in curves)
    record, rows = read_columns(data, borrower_type, needed, columns or {})
    return Accounts(record, rows) if rows else None
