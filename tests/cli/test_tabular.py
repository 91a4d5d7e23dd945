"""Files that cannot be opened, and unsupported file names."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from shell import HEADER, refusal, refused, scored, write

ACCOUNTS = pl.DataFrame({"amount_overdue": [3_000.0, 250.0], "days_past_due": [10, 400]})


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_an_empty_file_is_refused(name: str) -> None:
    assert refusal(name, "") == f"collectrisk: {name}: is empty; it does not even contain column names\n"


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_missing_file_is_refused(name: str) -> None:
    assert refused("score", name) == f"collectrisk: {name}: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("name", ["in.txt", "in", "in.csv.gz"])
def test_an_unsupported_suffix_is_refused(name: str) -> None:
    assert refusal(name, HEADER) == f"collectrisk: {name}: the name must end in .csv or .parquet\n"


def test_a_directory_is_refused() -> None:
    Path("in.csv").mkdir()
    assert refused("score", "in.csv") == "collectrisk: in.csv: is a directory; name a file in it\n"


@pytest.mark.parametrize("content", [b"hello", b"PAR1" + bytes(100) + b"PAR1", HEADER])
def test_content_that_is_not_parquet_is_refused(content: bytes | str) -> None:
    assert refusal("in.parquet", content).startswith("collectrisk: in.parquet: cannot be read as Parquet: ")


def test_a_truncated_parquet_file_is_refused() -> None:
    complete = write("complete.parquet", ACCOUNTS).read_bytes()
    assert "cannot be read as Parquet" in refusal("in.parquet", complete[:-20])


def test_a_corrupt_parquet_file_is_refused() -> None:
    complete = write("complete.parquet", ACCOUNTS).read_bytes()
    corrupt = complete[:10] + bytes(30) + complete[40:]
    assert refusal("in.parquet", corrupt).startswith("collectrisk: in.parquet: cannot be read: ")


def test_duplicate_column_names_are_refused_in_parquet_too() -> None:
    columns = [pa.array([1.0]), pa.array([1]), pa.array([2])]
    table = pa.Table.from_arrays(columns, names=["amount_overdue", "days_past_due", "days_past_due"])
    assert "'days_past_due'" in refusal("in.parquet", table)


@pytest.mark.parametrize("name", ["a[1]*?.csv", "überfällig 逾期.csv", "IN.CSV", "a.b.Parquet"])
def test_special_characters_in_a_file_name_have_no_meaning(name: str) -> None:
    content = ACCOUNTS if name.endswith("Parquet") else f"{HEADER}\n3000,10,\n250,400,\n"
    assert scored(name, content)["channel"].to_list() == ["sms", "sms"]
