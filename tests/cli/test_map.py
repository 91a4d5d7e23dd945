"""``collectrisk map`` drafts the mapping of a file, and errors of ``score`` lead to it."""

from __future__ import annotations

import datetime as dt
import gzip
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from shell import HEADER, contents, done, hidden_files, refusal, refused, run, write
from typer.testing import CliRunner

from collectrisk._cli.app import app

GERMAN = "Konto;Rückstand;Verzugstage\nA;12.500,00 €;400\nB;0,05 €;3\n"
CZECH = "Číslo;Dlužná částka;Dny po splatnosti\nA;12 500,00 Kč;400\n"
ROWS: list[list[Any]] = [["Account", "Arrears", "dpd"], ["A", 12.5, 3], ["B", 7, 400]]


def drafted(name: str, content: Any, *options: object) -> dict[str, Any]:
    """Return the keys of the draft for a file."""
    return tomllib.loads(done("map", write(name, content), *options))


def rewritten(name: str, sheets: dict[str, list[list[Any]]]) -> Path:
    """Write a workbook with several sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(name)
    return Path(name)


def test_a_draft_is_printed() -> None:
    text = done("map", write("accounts.csv", GERMAN))
    assert "#   collectrisk score accounts.csv --mapping accounts.toml\n" in text
    assert 'delimiter = ";"\n' in text
    assert 'amount_overdue = "Rückstand"\n' in text


def test_a_draft_is_written() -> None:
    write("accounts.csv", GERMAN)
    printed = done("map", "accounts.csv").replace("accounts.toml", "my.toml")
    result = run("map", "accounts.csv", "-o", "my.toml")
    assert (result.exit_code, result.stdout, hidden_files()) == (0, "", [])
    assert "Wrote my.toml. Check every line." in result.stderr
    assert Path("my.toml").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        ("amount_overdue,x", 'fill in the 1 entry with "".'),
        ("x,y", 'fill in the 2 entries with "".'),
    ],
)
def test_the_message_says_how_much_is_to_be_filled_in(header: str, advice: str) -> None:
    write("accounts.csv", f"{header}\n1,2\n")
    assert advice in " ".join(run("map", "accounts.csv", "-o", "my.toml").stderr.split())


def test_an_existing_mapping_is_replaced_only_by_force() -> None:
    write("accounts.csv", GERMAN)
    write("my.toml", "# mine\n")
    assert "my.toml: exists; pass --force to replace it" in refused("map", "accounts.csv", "-o", "my.toml")
    done("map", "accounts.csv", "-o", "my.toml", "--force")
    assert "Rückstand" in Path("my.toml").read_text(encoding="utf-8")


def test_a_mapping_that_cannot_be_written_is_refused_at_first() -> None:
    why = refused("map", "missing.csv", "-o", "nowhere/my.toml")
    assert "the directory nowhere does not exist" in why


def test_the_as_of_date_is_passed_on() -> None:
    content = "arrears,due date\n1,2026-10-31\n"
    assert drafted("in.csv", content, "--as-of", "2026-11-01")["as_of"] == dt.date(2026, 11, 1)
    assert "'11/1/2026' does not match" in refused("map", "in.csv", "--as-of", "11/1/2026", code=2)


def test_the_command_is_quoted() -> None:
    assert "score 'my accounts.csv' --mapping 'my accounts.toml'\n" in done(
        "map", write("my accounts.csv", GERMAN)
    )


# Encodings


def test_a_file_in_utf_8_needs_no_encoding() -> None:
    assert "encoding" not in drafted("in.csv", GERMAN)
    assert "encoding" not in drafted("marked.csv", GERMAN.encode("utf-8-sig"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (CZECH, "cp1250"),
        ("合同;逾期金额;逾期天数\nA;12元;4\n", "gb18030"),
        ("arrears;dpd\n£12.50;4\n", "cp1252"),
        ("arrears;dpd;name\n12.50;4;Müller\n", "cp1252"),
    ],
)
def test_the_most_plausible_encoding_is_written(text: str, encoding: str) -> None:
    keys = drafted("in.csv", text.encode(encoding))
    assert (keys["encoding"], keys["delimiter"]) == (encoding, ";")
    assert keys["fields"]["amount_overdue"] in text


def test_an_encoding_that_only_a_reader_can_choose_is_to_be_filled_in() -> None:
    content = "arrears;dpd;name\n12.50;4;Łódź\n".encode("cp1250")
    text = done("map", write("in.csv", content))
    assert "# to be filled in: the encoding; " in text
    assert 'cp1250 reads "Łódź"' in text
    assert tomllib.loads(text)["encoding"] == ""


def test_a_byte_order_mark_decides_on_the_encoding() -> None:
    keys = drafted("in.tsv", GERMAN.replace(";", "\t").encode("utf-16"))
    assert (keys["encoding"], keys["delimiter"]) == ("utf-16", "\t")


def test_a_declared_encoding_is_kept() -> None:
    keys = drafted("in.csv", CZECH.encode("iso8859-2"), "--encoding", "iso8859-2", "--delimiter", ";")
    assert (keys["encoding"], keys["fields"]["amount_overdue"]) == ("iso8859-2", "Dlužná částka")
    assert "encoding" not in drafted("in.csv", GERMAN, "--encoding", "utf-8")


@pytest.mark.parametrize(
    ("content", "options", "why"),
    [
        (b"arrears,dpd\n\xff\x81\x00,1\n", [], "is not UTF-8 text"),
        (b"arrears,dpd\n\xff,1\n", ["--encoding", "utf-8"], "is not UTF-8 text"),
        (b"", [], "is empty"),
        (b"arrears,dpd\r1,2\r", [], "its lines end in CR alone"),
    ],
)
def test_text_that_cannot_be_read_is_refused(content: bytes, options: list[str], why: str) -> None:
    assert why in refused("map", write("in.csv", content), *options)


def test_a_damaged_compressed_file_is_refused() -> None:
    content = gzip.compress(GERMAN.encode())
    assert "in.csv.gz: cannot be read" in refused("map", write("in.csv.gz", content[:30]))


def test_a_compressed_file_is_read() -> None:
    assert drafted("in.csv.gz", gzip.compress(GERMAN.encode()))["delimiter"] == ";"


def test_standard_input_is_read_once() -> None:
    result = CliRunner().invoke(app, ["map", "-"], input=GERMAN.encode())
    assert result.exit_code == 0
    assert 'amount_overdue = "Rückstand"' in result.stdout
    assert "--mapping mapping.toml" in result.stdout


# Lines above the header


@pytest.mark.parametrize(
    ("above", "count"),
    [
        ("Forderungen\nStand:;1.11.2026;Währung:;EUR\n", 2),
        ("Forderungen;;\n\n", 2),
        ('"a title\nin two lines"\n', 2),
        ("Form\x0bfeed\u2028\n", 1),
    ],
)
def test_lines_above_the_header_are_skipped(above: str, count: int) -> None:
    keys = drafted("in.csv", above + GERMAN)
    assert (keys["skip_lines"], keys["delimiter"]) == (count, ";")


def test_a_header_of_unknown_names_is_the_first_wide_row() -> None:
    assert drafted("in.csv", "Report\n\na,b,c,d\n1,2,3,4\n")["skip_lines"] == 2
    assert "skip_lines" not in drafted("in.csv", "a,b,c,d\n1,2,3,4\n")


def test_a_declared_number_of_lines_is_kept() -> None:
    assert drafted("in.csv", "arrears,dpd\nx,y\n1,2\n", "--skip-lines", 1)["skip_lines"] == 1


# Excel and Parquet


def test_a_sheet_is_read_with_its_types() -> None:
    rows = [*ROWS, ["C", "n/a", None], ["D", True, dt.datetime(2026, 5, 1)], ["E", dt.time(12), 1]]  # noqa: DTZ001
    text = done("map", write("in.xlsx", rows))
    assert tomllib.loads(text)["missing"] == ["n/a"]
    assert 'amount_overdue = "Arrears"' in text
    assert "sheet" not in tomllib.loads(text)


def test_the_sheet_with_accounts_is_chosen() -> None:
    sheets = {"Notes": [["Read me"]], "Arrears": [["Overdue accounts"], *ROWS]}
    keys = tomllib.loads(done("map", rewritten("in.xlsx", sheets)))
    assert (keys["sheet"], keys["skip_lines"], keys["fields"]["days_past_due"]) == ("Arrears", 1, "dpd")


def test_one_of_several_sheets_with_accounts_is_to_be_chosen() -> None:
    path = rewritten("in.xlsx", {"October": ROWS, "November": ROWS})
    text = done("map", path)
    assert '# to be filled in: the sheet, one of "October", "November"\nsheet = ""\n' in text
    assert tomllib.loads(done("map", path, "--sheet", "November"))["sheet"] == "November"


def test_sheets_without_known_names_are_refused() -> None:
    path = rewritten("in.xlsx", {"One": [["a", "b"]], "Two": [["a", "b"]]})
    assert "has the sheets 'One', 'Two'; choose one with --sheet NAME" in refused("map", path)


def test_a_sheet_that_is_missing_is_refused() -> None:
    assert "but not 'Nov'" in refused("map", write("in.xlsx", ROWS), "--sheet", "Nov")


def test_a_sheet_without_known_names_is_drafted() -> None:
    assert drafted("in.xlsx", [["Report"], ["a", "b"], [1, 2]])["skip_lines"] == 1
    assert "is blank" in refused("map", write("blank.xlsx", []))


def test_a_damaged_workbook_is_refused() -> None:
    assert "cannot be read as Excel" in refused("map", write("in.xlsx", b"PK"))


def test_a_parquet_file_is_drafted() -> None:
    frame = pl.DataFrame({"arrears": [12.5], "due date": [dt.date(2026, 5, 1)]})
    keys = drafted("in.parquet", frame)
    assert keys == {
        "as_of": "",
        "fields": {"amount_overdue": "arrears", "days_past_due": "due date"},
    }


def test_a_damaged_parquet_file_is_refused() -> None:
    frame = pl.DataFrame({"arrears": [float(number) for number in range(1_000)]})
    path = write("in.parquet", frame)
    content = bytearray(path.read_bytes())
    content[4:1_000] = bytes(996)
    assert "in.parquet: cannot be read" in refused("map", write("in.parquet", bytes(content)))


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("in.json", [], "the name must end in"),
        ("missing.csv", [], "cannot be read: No such file"),
        ("in.parquet", ["--delimiter", ";"], "has no meaning"),
    ],
)
def test_a_file_of_another_kind_is_refused(name: str, options: list[str], why: str) -> None:
    result = run("map", name, *options)
    assert result.exit_code != 0
    assert why in " ".join(result.stderr.replace("│", " ").split())


def test_the_last_rows_of_a_large_file_are_read() -> None:
    rows = [f"A{number},1.5,2\n" for number in range(20_000)]
    keys = drafted("in.csv", "".join(["account,arrears,dpd\n", *rows, "Total,30000.0,\n"]))
    assert keys["skip"] == {"account": ["Total"]}


# Errors that lead to a draft


ADVICE = "Or draft a mapping and correct it: collectrisk map in.csv -o in.toml"


@pytest.mark.parametrize(
    "content",
    [
        "BILL,late\n1,2\n",
        f"{HEADER}\n12 days,2,passive\n",
        f"{HEADER}\n1,2,koop\n",
        GERMAN.encode("cp1252"),
        f"Report\n{HEADER}\n1,2,passive\n",
    ],
)
def test_an_error_in_columns_or_cells_leads_to_a_draft(content: Any) -> None:
    assert refusal("in.csv", content).strip().endswith(ADVICE)


def test_a_sheet_that_must_be_chosen_leads_to_a_draft() -> None:
    path = rewritten("in.xlsx", {"One": ROWS, "Two": ROWS})
    assert "collectrisk map in.xlsx -o in.toml" in refused("score", path)


def test_standard_input_cannot_lead_to_a_draft() -> None:
    result = CliRunner().invoke(app, ["score", "-"], input=b"BILL,late\n1,2\n")
    assert result.exit_code == 1
    assert "collectrisk map" not in result.stderr


def test_other_errors_do_not_lead_to_a_draft() -> None:
    assert "collectrisk map" not in refused("score", "missing.csv")
    assert "collectrisk map" not in refused("score", write("in.csv", ""))
    assert "collectrisk map" not in refused("score", write("in.parquet", b"PAR1"))
    assert "collectrisk map" not in refused("score", write("in.doc", "1"))
    write("in.csv", f"{HEADER}\n1,2,passive\n")
    assert "collectrisk map" not in refused("score", "in.csv", "-o", "nowhere/out.csv")
    assert "collectrisk map" not in refused("score", "in.csv", "--scorer", "missing.json")
    assert set(contents()) == {"in.csv", "in.doc", "in.parquet"}
