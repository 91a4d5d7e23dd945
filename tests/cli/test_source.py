"""Files that cannot be opened, and names that say nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from shell import HEADER, refusal, refused, scored, write

ACCOUNTS = pl.DataFrame({"amount_overdue": [3_000.0, 250.0], "days_past_due": [10, 400]})


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_an_empty_file_is_refused(name: str) -> None:
    assert refusal(name, "") == f"collectrisk: {name}: is empty; not even the columns are named\n"


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_file_that_is_not_there_is_refused(name: str) -> None:
    assert refused("score", name) == f"collectrisk: {name}: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("name", ["in.txt", "in", "in.csv.gz"])
def test_a_name_that_says_nothing_is_refused(name: str) -> None:
    assert refusal(name, HEADER) == f"collectrisk: {name}: the name must end in .csv or .parquet\n"


def test_a_directory_is_refused() -> None:
    Path("in.csv").mkdir()
    assert refused("score", "in.csv") == "collectrisk: in.csv: is a directory; name a file in it\n"


@pytest.mark.parametrize("content", [b"hello", b"PAR1" + bytes(100) + b"PAR1", HEADER])
def test_what_is_no_parquet_is_refused(content: bytes | str) -> None:
    assert refusal("in.parquet", content).startswith("collectrisk: in.parquet: cannot be read as Parquet: ")


def test_a_parquet_file_that_is_cut_off_is_refused() -> None:
    whole = write("whole.parquet", ACCOUNTS).read_bytes()
    assert "cannot be read as Parquet" in refusal("in.parquet", whole[:-20])


def test_a_parquet_file_that_is_spoilt_inside_is_refused() -> None:
    whole = write("whole.parquet", ACCOUNTS).read_bytes()
    spoilt = whole[:10] + bytes(30) + whole[40:]
    assert refusal("in.parquet", spoilt).startswith("collectrisk: in.parquet: cannot be read: ")


def test_two_columns_of_one_name_are_refused_in_parquet_too() -> None:
    columns = [pa.array([1.0]), pa.array([1]), pa.array([2])]
    table = pa.Table.from_arrays(columns, names=["amount_overdue", "days_past_due", "days_past_due"])
    assert "'days_past_due'" in refusal("in.parquet", table)


@pytest.mark.parametrize("name", ["a[1]*?.csv", "überfällig 逾期.csv", "IN.CSV", "a.b.Parquet"])
def test_a_name_means_one_file_whatever_is_in_it(name: str) -> None:
    content = ACCOUNTS if name.endswith("Parquet") else f"{HEADER}\n3000,10,\n250,400,\n"
    assert scored(name, content)["channel"].to_list() == ["sms", "sms"]
