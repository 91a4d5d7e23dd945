"""Attaching the fields of a log to a frame of accounts, as of one moment or of one in each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._frames import open_frame, quoted
from collectrisk._frames.engines import FrameNames
from collectrisk.errors import ArgumentError, ColumnNameError, MissingColumnError, did_you_mean, shown
from collectrisk.history._events import Known
from collectrisk.history._fields import FIELDS
from collectrisk.history._reading import checked_name, read_table, with_same_keys
from collectrisk.history._tables import ColumnSpec, Table, constant, refuse
from collectrisk.history._times import floored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from collectrisk.history._events import Events

ACCOUNT, AS_OF = "__collectrisk_account_id", "__collectrisk_as_of"
FOUND, ROW = "__collectrisk_found", "__collectrisk_row"


def requests(
    accounts: Any,
    table: Table,
    as_of_column: str | None,
    zone: ZoneInfo | None,
    *,
    added: Iterable[str] = FIELDS,
    argument: str = "as_of_column",
) -> Table:
    """Return the accounts, with their ids and moments in columns of their own.

    Parameters
    ----------
    accounts : frame
        The accounts.
    table : Table
        The log.
    as_of_column : str or None
        The column with the moments.
    zone : ZoneInfo or None
        The zone of the moments.
    added : iterable of str
        The columns that the accounts will get.
    argument : str
        The argument that names the column with the moments, for messages.
    """
    names = FrameNames.of(open_frame(accounts))
    clashing = tuple(name for name in (*added, ACCOUNT, AS_OF, FOUND, ROW) if name in names)
    if clashing:
        raise ColumnNameError(clashing, "the accounts already have this column; drop or rename it")
    account = table.names["account_id"]
    if account not in names.names:
        hint = "; the accounts need the column of the account's id under its name in the log"
        raise MissingColumnError(account, names.names, "skip", hint=hint)
    specs = [ColumnSpec(ACCOUNT, "key")]
    columns = {ACCOUNT: account}
    if as_of_column is not None:
        checked_name(argument, as_of_column)
        if as_of_column not in names.names:
            guess = did_you_mean(as_of_column, names)
            raise ArgumentError(
                argument, f"must be a column of the accounts, not {shown(as_of_column)}{guess}"
            )
        specs.append(ColumnSpec(AS_OF, "stamp"))
        columns[AS_OF] = as_of_column
    wanted = read_table(accounts, "accounts", specs, columns, zone, keep=True)
    refuse("accounts", wanted.problems())
    if zone is not None and as_of_column is not None and AS_OF not in wanted.dates:
        wanted = attrs.evolve(wanted, frame=floored(wanted.frame, AS_OF, zone))
    if isinstance(wanted.frame, nw.DataFrame):
        wanted = attrs.evolve(wanted, frame=wanted.frame.with_row_index(ROW))
    return with_same_keys(table, wanted, key=ACCOUNT)


def refuse_unknown(table: Table, wanted: Table) -> None:
    """Raise `InvalidHistoryError` if events belong to none of the accounts.

    Raises
    ------
    ArgumentError
        If the log is lazy, so that its events are not known.
    """
    if not (isinstance(table.frame, nw.DataFrame) and isinstance(wanted.frame, nw.DataFrame)):
        why = 'must be "ignore" for a lazy log; check(accounts=...) counts these accounts'
        raise ArgumentError("unknown_accounts", why)
    # As a list, because newer versions of polars announce a change for a column of the same type.
    unknown = ~table.frame["account_id"].is_in(wanted.frame[ACCOUNT].unique().to_list())
    if len(unknown) and unknown.any():
        hint = '; pass unknown_accounts="ignore" to leave these events out'
        refuse("events", [table.problem("account_id", unknown, "one of the accounts", hint)])


def known_at_each(wanted: Table, events: Events) -> Known:
    """Return the events that are known at the moment of each account, once for each moment."""
    table, midnight = events.table, nw.col(AS_OF).dt.truncate("1d")
    moments = wanted.frame.select(ACCOUNT, AS_OF).group_by(ACCOUNT, AS_OF).agg(nw.len().alias(FOUND))
    rows: Any = table.frame
    if isinstance(rows, nw.LazyFrame):
        moments = moments.lazy()
    rows = rows.join(moments.drop(FOUND), left_on="account_id", right_on=ACCOUNT, how="inner")
    for name in ("happened_at", "recorded_at"):
        if name in table:
            before = nw.col(name) < (midnight if name in table.dates else nw.col(AS_OF))
            rows = rows.filter(before | nw.col(name).is_null())
    return Known.of(events, rows, ["account_id", AS_OF], midnight)


def with_fields(accounts: Any, wanted: Table, fields: Any, by: list[str], added: Mapping[str, Any]) -> Any:
    """Return the accounts with columns, given their defaults, in their order and with their index."""
    frame: Any = wanted.frame
    # pandas joins booleans as Python objects.
    flags = [nw.col(name).cast(nw.Int64) for name, default in added.items() if isinstance(default, bool)]
    fields = fields.with_columns(constant(1, "attitude").alias(FOUND), *flags).rename({"account_id": ACCOUNT})
    keys = [ACCOUNT, *by[1:]]
    joined = frame.join(fields, on=keys, how="left")
    is_lazy = isinstance(joined, nw.LazyFrame)
    values = {name: _value(name, default, is_lazy=is_lazy) for name, default in added.items()}
    if is_lazy:
        valid = nw.all_horizontal(*(~nw.col(key).is_null() for key in keys), ignore_nulls=False)
        values = {name: nw.when(valid).then(value) for name, value in values.items()}
    joined = joined.with_columns(value.alias(name) for name, value in values.items())
    return as_given(accounts, joined, map(nw.col, added))


def as_given(accounts: Any, joined: Any, added: Iterable[nw.Expr]) -> Any:
    """Return the accounts with columns that were joined to them, in their order and with their index."""
    own = open_frame(accounts)
    names = own.collect_schema().names()
    columns = [*(nw.col(quoted(name, own.implementation)).alias(name) for name in names), *added]
    if not isinstance(joined, nw.DataFrame):
        return joined.select(*columns).to_native()
    result = joined.sort(ROW).select(*columns).to_native()
    if own.implementation.is_pandas_like():
        result.index = accounts.index
    return result


def _value(name: str, default: Any, *, is_lazy: bool) -> Any:
    """Return a column that was joined, or its default for an account without events."""
    if default is None:
        return nw.col(name)
    plain = int(default) if isinstance(default, bool) else default
    if is_lazy:
        # An account with an invalid event was found, and has a null.
        value = nw.when(nw.col(FOUND).is_null()).then(nw.lit(plain)).otherwise(nw.col(name))
    else:
        value = nw.col(name).fill_null(plain)
    if isinstance(default, bool):
        return value == 1
    return value if isinstance(default, str) else value.cast(nw.Int64)
