"""Tables of results as data frames and as Excel files."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Literal, get_args

from collectrisk._errors import ArgumentError, printable, refuse_other, type_name

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

Backend = Literal["pandas", "polars", "pyarrow"]
"""The type of a data frame that is returned."""

LONGEST_CELL = 32_767
"""The maximum number of characters in a cell of Excel."""


def check_backend(backend: str) -> None:
    """Raise `ArgumentError` unless the library of a type of frames is known and installed."""
    known = ", ".join(get_args(Backend))
    refuse_other("backend", backend, get_args(Backend))
    if importlib.util.find_spec(backend) is None:
        raise ArgumentError(
            "backend", f"{backend!r} is not installed: pip install {backend}, or choose another of {known}"
        )


class Tabular:
    """The base class of results that are one table: a data frame, or a sheet of Excel."""

    def _columns(self) -> dict[str, list[Any]]:
        """Return the columns by name: texts, booleans, integers or floats, None where nothing is known."""
        raise NotImplementedError

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return the table as a data frame.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, default "pandas"
            The type of frame to return.

        Raises
        ------
        ArgumentError
            If the backend is not known, or its library is not installed.

        Examples
        --------
        >>> import collectrisk as cr
        >>> card = cr.Scorecard(
        ...     base=-3, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-2)]
        ... )
        >>> card.to_frame("polars").select("characteristic", "value", "points").rows()
        [('base', '', -3.0), ('plan', 'yes', -2.0), ('plan', 'no', 0.0)]
        """
        check_backend(backend)
        import narwhals.stable.v2 as nw  # noqa: PLC0415  # not needed for one borrower

        columns = {name: _one_type(values) for name, values in self._columns().items()}
        dtypes = {str: nw.String(), bool: nw.Boolean(), int: nw.Int64(), float: nw.Float64()}
        schema = {name: dtypes[kind] for name, (kind, _) in columns.items()}
        values = {name: listed for name, (_, listed) in columns.items()}
        return nw.from_dict(values, schema=schema, backend=backend).to_native()

    def to_excel(self, path: str | os.PathLike[str]) -> None:
        """Write the table to an Excel file, with the extra ``excel``.

        Parameters
        ----------
        path : str or path
            The file, whose name ends in ``.xlsx``. An existing file is replaced.

        Raises
        ------
        ArgumentError
            If the name of the file does not end in ``.xlsx``.
        FileError
            If the file cannot be written.
        MissingExtraError
            If openpyxl is not installed.
        """
        write_sheet(path, self._columns())


def _one_type(values: Sequence[Any]) -> tuple[type, list[Any]]:
    """Return the type of the values of a column, and the values as that type."""
    kinds = {type(value) for value in values if value is not None} or {str}
    if len(kinds) == 1:
        return kinds.pop(), list(values)
    return float, [None if value is None else float(value) for value in values]


def write_sheet(path: str | os.PathLike[str], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns to the one sheet of an Excel file; see `Tabular.to_excel`."""
    import os  # noqa: PLC0415  # not needed for one borrower

    from collectrisk._files.atomic import atomic_write  # noqa: PLC0415
    from collectrisk.errors import MissingExtraError  # noqa: PLC0415

    if not isinstance(path, (str, os.PathLike)) or not str(path).lower().endswith(".xlsx"):
        seen = repr(path) if isinstance(path, str) else type_name(path)
        raise ArgumentError("path", f"must be the path of a file that ends in .xlsx, not {seen}")
    try:
        from openpyxl import Workbook  # noqa: PLC0415  # an extra
        from openpyxl.styles import Font  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("excel") from None
    book = Workbook()
    sheet = book.active
    for place, (name, values) in enumerate(columns.items(), start=1):
        for row, value in enumerate([name, *values], start=1):
            cell = sheet.cell(row, place)
            cell.value = printable(value)[:LONGEST_CELL] if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that starts with "=" is not a formula
        sheet.cell(1, place).font = Font(bold=True)
        longest = max(len(str(value)) for value in (name, *values))
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = min(longest + 2, 60)
    sheet.freeze_panes = "A2"
    with atomic_write(path) as temporary:
        book.save(temporary)
