"""Formats and their options, and files that cannot be opened."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from shell import HEADER, contents, done, refusal, refused, scored, write

from collectrisk._cli.tabular import Reading
from collectrisk.errors import ArgumentError

ACCOUNTS = pl.DataFrame({"amount_overdue": [3_000.0, 250.0], "days_past_due": [10, 400]})


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_an_empty_file_is_refused(name: str) -> None:
    assert refusal(name, "") == f"collectrisk: {name}: is empty; it does not even contain column names\n"


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_missing_file_is_refused(name: str) -> None:
    assert refused("score", name) == f"collectrisk: {name}: cannot be read: No such file or directory\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_a_file_whose_name_is_not_utf_8_is_refused(suffix: str) -> None:
    name = f"\udcff.{suffix}"
    assert refused("score", name) == (
        f"collectrisk: \\xff.{suffix}: has a name that is not UTF-8; rename the file\n"
    )


def test_an_excel_file_is_read_whatever_its_name() -> None:
    rows = [["amount_overdue", "days_past_due"], [3_000, 10]]
    write("in.xlsx", rows).rename("\udcff\x1b.xlsx")
    assert done("score", "\udcff\x1b.xlsx").startswith(r"\xff\x1b.xlsx")


@pytest.mark.parametrize("name", ["in.doc", "in", "in.xls", "in.parquet.gz"])
def test_an_unsupported_suffix_is_refused(name: str) -> None:
    why = "the name must end in .csv, .csv.gz, .tsv, .tsv.gz, .txt, .txt.gz, .parquet or .xlsx"
    assert refusal(name, HEADER) == f"collectrisk: {name}: {why}\n"


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


@pytest.mark.parametrize("name", ["in.tsv", "in.TSV", "in.txt"])
def test_other_text_files_are_read_like_csv(name: str) -> None:
    text = f"{HEADER};x\n3000;10;;y\n".replace(",", "\t").replace(";", "\t")
    assert done("score", write(name, text.encode()), "-q", "-o", "out.csv") == ""
    assert contents()["out.csv"].startswith(HEADER.replace(",", "\t").encode())


def test_a_tsv_file_has_tabs_whatever_its_header_contains() -> None:
    text = "amount_overdue\tdays_past_due\ta;b;c;d;e\n1\t2\t3\n"
    assert "expected visits" in done("score", write("in.tsv", text))


@pytest.mark.parametrize("name", ["in.tsv", "in.txt", "in.csv.gz"])
def test_every_text_file_has_a_delimiter(name: str) -> None:
    text = f"{HEADER}\n3000,10,\n".replace(",", "^").encode()
    path = write(name, gzip.compress(text) if name.endswith(".gz") else text)
    assert "expected visits" in done("score", path, "--delimiter", "^")


def test_a_csv_file_may_be_compressed() -> None:
    write("in.csv", f"{HEADER}\n3000,10,\n")
    assert done("score", "in.csv", "-q", "-o", "out.csv") == ""
    assert done("score", "in.csv", "-q", "-o", "out.CSV.gz") == ""
    assert gzip.decompress(contents()["out.CSV.gz"]) == contents()["out.csv"]


@pytest.mark.parametrize(
    ("name", "option", "value", "why"),
    [
        ("in.parquet", "delimiter", ";", "a Parquet file"),
        ("in.parquet", "encoding", "cp1252", "a Parquet file"),
        ("in.parquet", "skip_lines", 1, "a Parquet file"),
        ("in.parquet", "sheet", "A", "a Parquet file"),
        ("in.xlsx", "delimiter", ";", "an Excel file"),
        ("in.xlsx", "encoding", "cp1252", "an Excel file"),
        ("in.csv", "sheet", "A", "a text file"),
        ("-", "sheet", "A", "a text file"),
    ],
)
def test_an_option_without_a_meaning_for_a_file_is_refused(
    name: str, option: str, value: object, why: str
) -> None:
    reading = Reading(**{option: value})  # type: ignore[arg-type]  # one option of any type
    with pytest.raises(ArgumentError, match=rf"has no meaning for .*, {why}$") as error:
        reading.refuse_unused(Path(name))
    assert error.value.argument == option
    shell_option = f"--{option.replace('_', '-')}"
    assert shell_option in refused("score", name, shell_option, value, code=2)


@pytest.mark.parametrize("count", [-1, True, 1.0, "1"])
def test_skip_lines_is_a_count(count: object) -> None:
    with pytest.raises(ArgumentError, match=r"^skip_lines must be a whole number, 0 or more"):
        Reading(skip_lines=count)  # type: ignore[arg-type]  # wrong on purpose
