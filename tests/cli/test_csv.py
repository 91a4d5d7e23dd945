"""The dialects of CSV, and malformed files."""

from __future__ import annotations

import pytest
from shell import HEADER, contents, done, refusal, run, scored, write

ROW = "3000,10,passive"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected_and_kept(delimiter: str) -> None:
    result = run("score", write("in.csv", f"{HEADER}\n{ROW}\n".replace(",", delimiter)), "-o", "out.csv")
    assert result.exit_code == 0
    header = delimiter.join([*HEADER.split(","), "visit_probability", "channel"])
    assert contents()["out.csv"].decode().startswith(f"{header}\n")


def test_the_delimiter_is_the_one_that_gives_most_fields_not_most_columns() -> None:
    text = "amount_overdue;days_past_due;a,b,c,d,e\n1;2;3\n"
    assert run("score", write("in.csv", text), "-o", "out.csv").exit_code == 0
    assert contents()["out.csv"].startswith(b"amount_overdue;days_past_due;")


def test_mapped_columns_help_to_detect_the_delimiter() -> None:
    text = "AMT|LATE|a,b,c,d\n1|2|3\n"
    names = ("--map", "amount_overdue=AMT", "--map", "days_past_due=LATE")
    assert run("score", write("in.csv", text), *names, "-o", "out.csv").exit_code == 0
    assert contents()["out.csv"].startswith(b"AMT|LATE|")


@pytest.mark.parametrize(
    ("option", "delimiter"), [("^", "^"), (" ", " "), ("tab", "\t"), ("\\t", "\t"), (";", ";")]
)
def test_any_delimiter_can_be_given(option: str, delimiter: str) -> None:
    text = f"{HEADER}\n{ROW}\n".replace(",", delimiter)
    assert run("score", write("in.csv", text), "--delimiter", option, "-o", "out.csv").exit_code == 0
    assert contents()["out.csv"].startswith(HEADER.replace(",", delimiter).encode())


def test_a_wrong_delimiter_gives_one_column() -> None:
    why = refusal("in.csv", f"{HEADER}\n{ROW}\n", "--delimiter", ";")
    assert "the column 'amount_overdue' is missing\n" in why
    assert f"The file's columns are: {HEADER}." in why


def test_a_byte_order_mark_is_accepted_and_kept() -> None:
    assert scored("in.csv", f"\ufeff{HEADER}\n{ROW}\n").height == 1
    assert contents()["out.csv"].startswith(b"\xef\xbb\xbfamount_overdue,")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_both_line_ends_are_accepted_and_the_last_may_be_absent(ending: str, last: bool) -> None:  # noqa: FBT001
    text = f"{HEADER}{ending}{ROW}{ending}{ROW}" + ending * last
    assert scored("in.csv", text)["attitude"].to_list() == ["passive", "passive"]


def test_line_ends_of_cr_alone_are_refused() -> None:
    assert "its lines end in CR alone" in refusal("in.csv", f"{HEADER}\r{ROW}\r")


def test_quoted_cells_may_contain_delimiters_quotes_and_line_breaks() -> None:
    note = 'he said "no",\nthen; hung up'
    quoted = note.replace('"', '""')
    result = scored("in.csv", f'{HEADER},note\n{ROW},"{quoted}"\n{ROW},x\n')
    assert result["note"].to_list() == [note, "x"]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_every_cell_may_be_quoted(delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in line.split(",")) for line in (HEADER, ROW)]
    assert scored("in.csv", "\n".join(lines), output="out.parquet").columns[:3] == HEADER.split(",")


def test_a_column_name_may_contain_a_line_break() -> None:
    why = refusal("in.csv", f'{HEADER},"a\nb"\n-1,10,passive,x\n')
    assert "(row 2: '-1')" in why


def test_a_quote_left_open_is_refused() -> None:
    assert "is a quote left open?" in refusal("in.csv", f'{HEADER},note\n{ROW},"open\n{ROW},x\n')


def test_a_quote_in_the_middle_of_a_cell_is_refused() -> None:
    """Parsers disagree on its meaning."""
    why = refusal("in.csv", f'{HEADER},note\n{ROW},a"b\n{ROW},x"y\n')
    assert "is a quote not closed, or not doubled?" in why


@pytest.mark.parametrize(
    ("row", "cells"), [("3000,10", 2), ("3000,10,passive,", 4), ("3000,10,passive,4", 4), ("3000", 1)]
)
def test_the_error_for_a_row_of_another_width_has_its_number(row: str, cells: int) -> None:
    why = refusal("in.csv", f"{HEADER}\n{ROW}\n{row}\n{ROW}\n", "--invalid", "null")
    count = "1 cell" if cells == 1 else f"{cells} cells"
    assert f"in.csv: row 3 has {count} and the header has 3; is it cut off" in why


def test_blank_rows_are_left_out_and_counted() -> None:
    path = write("in.csv", f"{HEADER}\n{ROW}\n\n,,\n{ROW}\n")
    result = run("score", path, "-o", "out.csv")
    assert result.exit_code == 0
    assert "Wrote 2 rows to out.csv.\n" in result.stderr
    assert "blank rows left out          2" in result.stdout


def test_blank_rows_count_as_rows_of_the_file() -> None:
    assert "(row 5: '-1')" in refusal("in.csv", f"{HEADER}\n{ROW}\n\n,,\n-1,10,passive\n")


@pytest.mark.parametrize("text", ["\n", f"\n{HEADER}\n{ROW}\n", "\ufeff\n"])
def test_a_blank_first_line_is_refused(text: str) -> None:
    assert "the first line is blank; it must contain the column names" in refusal("in.csv", text)


def test_duplicate_column_names_are_refused() -> None:
    why = refusal("in.csv", f"{HEADER},attitude\n{ROW},x\n")
    assert "'attitude': there is more than one column of this name; rename or drop one" in why


def test_a_column_may_have_no_name() -> None:
    assert scored("in.csv", f"{HEADER},\n{ROW},x\n").columns[3] == ""


def test_a_very_long_cell_is_refused() -> None:
    assert "in.csv: is not well-formed CSV near line 2" in refusal(
        "in.csv", f"{HEADER}\n1,2,{'x' * 200_000}\n"
    )


AFFECTED = f"{HEADER}\n3000,10,passive\n250,40,unknown\n\n(2 rows affected)\n"
"""As SQL Server Management Studio writes a file."""


def test_a_short_line_that_the_mapping_skips_is_left_out() -> None:
    mapping = write("m.toml", '[skip]\namount_overdue = ["total*", "(* rows affected)"]\nabsent = ["x"]\n')
    assert "the column 'absent' is missing" in refusal("in.csv", AFFECTED, "--mapping", mapping)
    mapping.write_text('[skip]\nattitude = ["total"]\namount_overdue = ["(* rows affected)"]\n')
    assert scored("in.csv", AFFECTED, "--mapping", mapping)["amount_overdue"].to_list() == ["3000", "250"]
    assert "skipped rows left out" in done("score", "in.csv", "--mapping", mapping)


@pytest.mark.parametrize("last", ["(2 rows affected),,,", "(2 rows affected)x", "3,(2 rows affected)"])
def test_other_lines_with_too_few_or_too_many_cells_are_refused(last: str) -> None:
    mapping = write("m.toml", '[skip]\namount_overdue = ["(* rows affected)"]\n')
    csv = f"{AFFECTED.removesuffix('(2 rows affected)' + chr(10))}{last}\n"
    why = refusal("in.csv", csv, "--mapping", mapping)
    assert "in.csv: row 5 has" in why
    assert ("[skip] in a mapping leaves out" in why) == (last.count(",") < 2)


def test_the_draft_of_a_mapping_skips_the_short_last_line() -> None:
    text = done("map", write("in.csv", AFFECTED))
    assert '[skip]\namount_overdue = ["(* rows affected)"]\n' in text
    assert scored("in.csv", AFFECTED, "--mapping", write("m.toml", text)).height == 2
