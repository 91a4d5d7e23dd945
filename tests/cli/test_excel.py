"""Excel files: each cell keeps its type, and nothing is misread."""

from __future__ import annotations

import datetime as dt
import re
import sys
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import openpyxl
import polars as pl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from shell import done, refusal, refused, scored, workbook, write

import collectrisk as cr
from collectrisk._cli import excel
from collectrisk._cli.excel import kind_of, without_marks
from collectrisk._cli.tabular import Reading, Source, open_source
from collectrisk.errors import FileError, MissingExtraError

HEADER = ["amount_overdue", "days_past_due", "attitude"]
NAME = "in.xlsx"


def opened(content: Any, reading: Reading | None = None) -> tuple[Source, pl.DataFrame]:
    """Return the source for rows of cells, and its rows."""
    with open_source(write(NAME, content), reading) as source:
        return source, source.scan.collect()


def column(*cells: object) -> tuple[Source, pl.Series]:
    """Return the source for a sheet with one column, and the column."""
    source, frame = opened([["x", "y"], *([cell, "y"] for cell in cells)])
    return source, frame["x"]


def with_xml(before: str, after: str) -> Path:
    """Replace text in the XML of the sheet that was written last."""
    path, parts = Path(NAME), {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert before.encode() in parts[sheet]
    parts[sheet] = parts[sheet].replace(before.encode(), after.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_serial_dates_that_count_from_1904_are_refused() -> None:
    """They are 1,462 days later than those of other workbooks; typed dates are right."""
    workbook([["amount_overdue", "days_past_due", "due"], [3000, 43850, dt.date(2024, 1, 21)]]).save(NAME)
    book = openpyxl.load_workbook(NAME)
    book.epoch = CALENDAR_MAC_1904
    book.save(NAME)
    options = ("--as-of", "2024-01-31", "--date-format", "excel")
    why = refused("score", NAME, *options)
    assert "in.xlsx: counts serial dates from 1904; format the column as dates in the workbook" in why
    cr.Mapping({"days_past_due": "due"}, as_of="2024-01-31").write("m.toml")
    done("score", NAME, "--mapping", "m.toml", "-o", "out.csv")
    assert pl.read_csv("out.csv")["visit_probability"].to_list() == pytest.approx(
        [cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10)).visit_probability]
    )


def test_a_sheet_gets_the_scores_of_its_frame() -> None:
    portfolio: pl.DataFrame = cr.simulate_portfolio(200, seed=8, backend="polars")
    rows = [portfolio.columns, *map(list, portfolio.rows())]
    result = scored(NAME, rows, "--reasons", 2, output="out.parquet")
    expected = cr.RuleScorer().assess_frame(portfolio, reasons=2)
    assert result["visit_probability"].to_list() == expected["visit_probability"].to_list()
    assert result["amount_overdue"].to_list() == portfolio["amount_overdue"].to_list()


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ((1, 2, None), pl.Int64, [1, 2, None]),
        ((1, 2.5), pl.Float64, [1.0, 2.5]),
        ((0.1, 1e-7, 1e20), pl.Float64, [0.1, 1e-7, 1e20]),
        ((True, None, False), pl.Boolean, [True, None, False]),
        ((dt.date(2026, 1, 2), dt.datetime(2026, 1, 3)), pl.Date, [dt.date(2026, 1, 2), dt.date(2026, 1, 3)]),  # noqa: DTZ001
        (
            (dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 3, 4, 5, 6, 250_000)),  # noqa: DTZ001
            pl.Datetime("us"),
            [dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 3, 4, 5, 6, 250_000)],  # noqa: DTZ001
        ),
        (("007", "1.234"), pl.String, ["007", "1.234"]),
        ((None, None), pl.String, [None, None]),
    ],
)
def test_a_column_of_one_kind_gets_its_type(
    cells: tuple[object, ...], kind: pl.DataType, values: list[object]
) -> None:
    source, series = column(*cells)
    assert (series.dtype, series.to_list()) == (kind, values)
    assert source.texts == (("x", "y") if kind == pl.String else ("y",))
    assert source.mixed == ()


def test_numbers_are_told_from_text_in_a_column_of_both() -> None:
    """Otherwise the number 1.234 would be 1234 where a point separates thousands in text."""
    source, series = column(1.234, "1.234", None, 8, "007")
    assert source.mixed == ("x",)
    frame = series.to_frame()
    assert frame.select(kind_of("x"))["x"].to_list() == ["n", "s", None, "n", "s"]
    assert frame.select(without_marks("x"))["x"].to_list() == ["1.234", "1.234", None, "8", "007"]


def test_every_kind_of_cell_is_marked_in_a_column_of_several() -> None:
    stamp = dt.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
    _, series = column(dt.date(2026, 1, 2), stamp, dt.time(1, 2), dt.timedelta(hours=30), True, "#N/A", "x")
    frame = series.to_frame()
    assert frame.select(kind_of("x"))["x"].to_list() == ["d", "d", "t", "t", "b", "e", "s"]
    assert frame.select(without_marks("x"))["x"].to_list() == [
        "2026-01-02",
        "2026-01-02 03:04:00",
        "01:02:00",
        "1 day, 6:00:00",
        "true",
        "#N/A",
        "x",
    ]


def test_text_that_starts_with_a_mark_is_text() -> None:
    _, series = column(f"{excel.MARK}n5", "x")
    frame = series.to_frame()
    assert frame.select(kind_of("x"))["x"].to_list() == ["s", "s"]
    assert frame.select(without_marks("x"))["x"].to_list() == [f"{excel.MARK}n5", "x"]


@pytest.mark.parametrize("digits", [str(2**53 + 1), str(2**63 - 1), "123456789012345678901234567890"])
def test_large_integers_keep_their_digits(digits: str) -> None:
    write(NAME, [["x", "y"], [111, "y"], [222, "y"]])
    with open_source(with_xml("<v>111</v>", f"<v>{digits}</v>")) as source:
        texts = source.scan.select(without_marks("x").cast(pl.String)) if source.mixed else source.scan
        assert str(texts.collect()["x"][0]) == digits
    with_xml("<v>222</v>", "<v>0.5</v>")
    with open_source(Path(NAME)) as source:
        assert source.mixed == ("x",)
        assert source.scan.select(without_marks("x")).collect()["x"].to_list() == [digits, "0.5"]


def test_numbers_and_texts_of_a_field_are_parsed() -> None:
    rows = [HEADER, [3000, "10", "passive"], ["250.5", 400, None], [7.25, 3, "evasive"]]
    result = scored(NAME, rows, output="out.parquet")
    assert result["amount_overdue"].to_list() == [3000, 250.5, 7.25]
    assert result["days_past_due"].to_list() == [10, 400, 3]


def test_a_number_does_not_decide_what_the_points_in_texts_mean() -> None:
    why = refusal(NAME, [HEADER, [1.25, 1, None], ["12.500", 2, None]])
    assert "every point may be a decimal point or separate thousands, as in row 3: '12.500'" in why
    rows = [HEADER, [1.234, 1, None], ["12.500", 2, None]]
    result = scored(NAME, rows, "--decimal", ",", "--thousands", ".", output="out.parquet")
    assert result["amount_overdue"].to_list() == [1.234, 12_500.0]


def test_cells_of_the_wrong_kind_are_invalid() -> None:
    rows = [HEADER, [3000, 10, "passive"], [True, dt.date(2026, 1, 2), "#N/A"], ["#REF!", "=1+1", None]]
    why = refusal(NAME, rows)
    assert "2 invalid rows (row 3: True, row 4: '#REF!')" in why
    assert "2 invalid rows (row 3: '2026-01-02', row 4: 'formula that was never calculated')" in why
    assert "1 invalid row (row 3: '#N/A')" in why


def test_an_error_is_not_the_text_of_a_card() -> None:
    levels = cr.Levels(label="region", field="place", levels={"north": 2.0})
    cr.save(cr.RuleScorer().with_characteristic(levels), "card.json")
    rows = [["amount_overdue", "days_past_due", "place"], [1, 2, "north"], [1, 2, "#N/A"], [1, 2, 7]]
    why = refusal(NAME, rows, "--scorer", "card.json")
    assert "column 'place' must be known, and text; 1 invalid row (row 3: '#N/A')" in why


def test_a_column_of_dates_is_not_a_number() -> None:
    rows = [HEADER[:2], [1, dt.date(2026, 1, 2)]]
    assert "in.xlsx: column 'days_past_due' must be known, and a whole number" in refusal(NAME, rows)


def test_other_columns_are_copied_to_csv_as_plain_text() -> None:
    rows = [[*HEADER, "id"], [1, 2, None, "007"], [1, "x", None, 8], [1, 2, None, "#N/A"]]
    result = scored(NAME, rows, "--invalid", "null")
    assert result["id"].to_list() == ["007", "8", "#N/A"]
    assert result["days_past_due"].to_list() == ["2", "x", "2"]


def test_a_formula_that_gave_an_empty_text_is_an_empty_cell() -> None:
    write(NAME, [HEADER, [1, 2, "=LOWER(A1)"]])
    path = with_xml('<c r="C2"><f>', '<c r="C2" t="str"><f>')
    assert "expected visits" in done("score", path)


def test_the_value_of_a_formula_is_read() -> None:
    write(NAME, [HEADER, ["=1+1", 2, None]])
    content = with_xml("<v />", "<v>2</v>")
    with open_source(content) as source:
        assert source.scan.collect()["amount_overdue"].to_list() == [2]


def test_a_formula_is_found_in_a_sheet_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "CHUNK", 7)
    assert "never calculated" in refusal(NAME, [HEADER, ["=1+1", 2, None]])


def test_rows_have_the_numbers_of_the_sheet_and_blank_ones_are_counted() -> None:
    rows = [["Report"], [], HEADER, [1, 2, None], [], [-1, 2, None], [], []]
    why = refusal(NAME, rows, "--skip-lines", 2)
    assert "(row 6: -1)" in why
    assert "the header is row 3, as in a spreadsheet" in why
    rows[5] = [1, 2, None]
    assert "blank rows left out          1" in done("score", write(NAME, rows), "--skip-lines", 2)


def test_cells_with_line_breaks_and_quotes_are_kept() -> None:
    note = 'he said "no",\r\nthen; hung up\r'
    _, frame = opened([["x", "y"], [f"a{note}", note], ["b", "c"]])
    # XML turns each kind of line break into LF.
    assert frame["y"].to_list() == [note.replace("\r\n", "\n").replace("\r", "\n"), "c"]


def test_margins_are_left_out() -> None:
    book = workbook([[None, "x", None, "y"], [None, 1, None, 2], [None, 3, None, 4]])
    for margin in ("E1", "E2", "A3"):
        book.active[margin].number_format = "0.00"
    book.save(NAME)
    with open_source(Path(NAME)) as source:
        assert source.scan.collect().rows(named=True) == [{"x": 1, "y": 2}, {"x": 3, "y": 4}]


def test_one_column_may_have_no_name_and_names_may_be_numbers() -> None:
    _, frame = opened([[None, 2026], ["a", 1]])
    assert frame.rows(named=True) == [{"": "a", "2026": 1}]


def test_duplicate_names_are_refused() -> None:
    assert "'attitude': there is more than one column of this name" in refusal(
        NAME, [[*HEADER, "attitude"], [1, 2, None, None]]
    )


def test_a_cell_without_a_column_name_is_refused() -> None:
    why = refusal(NAME, [["Report 2026"], HEADER, [1, 2, None]])
    assert "the cell B2 has a value, but row 1 has no name for its column" in why


@pytest.mark.parametrize("rows", [[], [[], HEADER, [1, 2, None]]])
def test_a_blank_header_is_refused(rows: list[list[object]]) -> None:
    assert "row 1 is blank; it must contain the column names" in refusal(NAME, rows)


def test_a_sheet_may_have_no_accounts() -> None:
    assert scored(NAME, [HEADER]).height == 0


def test_one_of_several_sheets_must_be_chosen() -> None:
    book = workbook([HEADER, [1, 2, None]])
    book.create_sheet("Notes")
    book.save(NAME)
    assert refused("score", NAME) == (
        "collectrisk: in.xlsx: has the sheets 'Accounts', 'Notes'; choose one with --sheet NAME\n"
        "Or draft a mapping and correct it: collectrisk map in.xlsx -o in.toml\n"
    )
    assert "but not 'Acounts'; did you mean 'Accounts'?" in refused("score", NAME, "--sheet", "Acounts")
    assert "expected visits" in done("score", NAME, "--sheet", "Accounts")


def test_the_size_that_a_file_declares_may_be_wrong() -> None:
    write(NAME, [HEADER, [1, 2, None], [3, 4, None]])
    with open_source(with_xml('<dimension ref="A1:C3" />', '<dimension ref="A1" />')) as source:
        assert source.scan.collect().shape == (2, 3)


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04" + bytes(50)])
def test_content_that_is_not_excel_is_refused(content: bytes) -> None:
    assert refusal(NAME, content).startswith("collectrisk: in.xlsx: cannot be read as Excel: ")


def test_a_damaged_sheet_is_refused() -> None:
    write(NAME, [HEADER, [1, 2, None]])
    with_xml("</sheetData>", "")
    assert refused("score", NAME).startswith("collectrisk: in.xlsx: cannot be read as Excel: ")


def test_an_encrypted_file_is_refused() -> None:
    why = "is encrypted, or in an older format; save it as .xlsx without a password"
    assert refusal(NAME, excel.OLD_FORMAT + bytes(600)) == f"collectrisk: in.xlsx: {why}\n"


def test_the_warnings_of_openpyxl_are_not_shown() -> None:
    write(NAME, [HEADER, [1, 2, None], [1, dt.date(2026, 1, 2), None]])
    with zipfile.ZipFile(NAME) as archive:
        serial = re.search(r"<v>(46\d+)</v>", archive.read("xl/worksheets/sheet1.xml").decode())
    assert serial
    with_xml(serial[0], "<v>99999999</v>")
    assert "(row 3: '#VALUE!')" in refused("score", NAME)


def test_without_openpyxl_it_explains_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write(NAME, [HEADER])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"\.\[excel\]"), open_source(Path(NAME)):
        pass
    assert refused("score", NAME) == f"collectrisk: {MissingExtraError('excel')}\n"


def test_a_full_disk_names_the_temporary_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(excel, "_write_rows", full)
    path = write(NAME, [HEADER])
    with pytest.raises(FileError, match="the temporary copy cannot be written"), open_source(path):
        pass


def test_an_excel_file_is_not_an_output() -> None:
    why = "the name must end in .csv, .csv.gz or .parquet"
    assert refused("score", NAME, "-o", "out.xlsx") == f"collectrisk: out.xlsx: {why}\n"
