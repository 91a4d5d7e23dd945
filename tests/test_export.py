"""Results as data frames of every type, and as Excel files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from cards import HAND_MADE, SURFACES

import collectrisk as cr
from collectrisk._export import Tabular
from collectrisk.errors import ArgumentError, FileError, MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path


class Fruit(Tabular):
    """A table with columns of every type."""

    def _columns(self) -> dict[str, list[Any]]:
        return {
            "name": ["=1+1", "fig\x07"],
            "count": [1, None],
            "weight": [1, 2.5],
            "ripe": [True, False],
            "unknown": [None, None],
        }


def test_columns_have_one_type_each() -> None:
    assert Fruit().to_frame("polars").schema == pl.Schema(
        {"name": pl.String, "count": pl.Int64, "weight": pl.Float64, "ripe": pl.Boolean, "unknown": pl.String}
    )


@pytest.mark.parametrize(
    ("backend", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)]
)
def test_a_frame_is_of_the_type_that_is_asked_for(backend: Any, kind: type) -> None:
    frame: Any = HAND_MADE.to_frame(backend)
    assert (type(frame), frame.shape) == (kind, (16, 6))


def test_the_frame_of_a_card_has_a_row_for_each_value() -> None:
    frame = HAND_MADE.to_frame("polars")
    rows = frame.filter(pl.col("characteristic") == "promises").drop("characteristic", "odds_ratio").rows()
    assert rows == [
        ("broken_promises", "from 0", 0.0, "house"),
        ("broken_promises", "from 1", 0.1, "house"),
        ("broken_promises", "from 4", 0.2, "house"),
    ]
    assert frame.row(0) == ("base", "", "", -1.5, "", pytest.approx(0.2231301601))
    assert frame.filter(pl.col("value") == "from then on")["points"].to_list() == [0.0]
    assert SURFACES.to_frame("polars")["value"].to_list()[1:3] == ["0.1 × 0", "0.1 × 30"]


def test_an_odds_ratio_that_no_float_holds_is_unknown() -> None:
    card = cr.Scorecard(base=1_000, characteristics=[])
    assert card.to_frame("polars")["odds_ratio"].to_list() == [None]


def test_a_backend_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ArgumentError, match=r"backend 'pandas' is not installed: pip install pandas"):
        HAND_MADE.to_frame()


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ArgumentError, match="backend must be one of pandas, polars, pyarrow, not 'arrow'"):
        HAND_MADE.to_frame("arrow")  # type: ignore[arg-type]


def test_a_sheet_has_the_table_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "fruit.XLSX"
    Fruit().to_excel(path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["name", "count", "weight", "ripe", "unknown"],
        ["=1+1", 1, 1, True, None],
        ["fig\\x07", None, 2.5, False, None],
    ]
    assert sheet.cell(2, 1).data_type == "s"


@pytest.mark.parametrize("path", ["card.csv", 3])
def test_the_file_must_be_an_excel_file(path: Any) -> None:
    with pytest.raises(ArgumentError, match=r"path must be the path of a file that ends in \.xlsx, not"):
        HAND_MADE.to_excel(path)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        HAND_MADE.to_excel(tmp_path / "missing" / "card.xlsx")


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match="excel"):
        HAND_MADE.to_excel(tmp_path / "card.xlsx")


def test_a_table_must_define_its_columns() -> None:
    with pytest.raises(NotImplementedError):
        Tabular().to_frame()
