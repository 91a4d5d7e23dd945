"""Text files in other encodings than UTF-8, compressed files, standard input, and lines above the header."""

from __future__ import annotations

import codecs
import gzip
import io
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest
from shell import HEADER, contents, done, refusal, refused, scored, write

from collectrisk._cli import transcode
from collectrisk._cli.tabular import Reading, open_source
from collectrisk.errors import FileError

ROW = "3000,10,passive"
NAMED = f"{HEADER},name\n{ROW},Müller & Söhne\n{ROW},x\n"


@pytest.fixture(autouse=True)
def temporary(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create temporary copies in the test's directory, and check that they are removed."""
    path = directory / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


@pytest.fixture(autouse=True)
def _no_copy_is_left(temporary: Path) -> object:
    yield
    assert [*temporary.iterdir()] == []


@pytest.mark.parametrize("encoding", ["cp1252", "Latin-1", "cp1250", "utf_8", "gb18030", "utf-16-le"])
def test_a_text_file_in_any_encoding_becomes_utf_8(encoding: str) -> None:
    result = scored("in.csv", NAMED.encode(encoding), "--encoding", encoding)
    assert result["name"].to_list() == ["Müller & Söhne", "x"]
    assert contents()["out.csv"].startswith(b"amount_overdue,")


@pytest.mark.parametrize("options", [(), ("--encoding", "utf-16"), ("--encoding", "utf-16-le")])
def test_utf_16_is_recognised_by_its_byte_order_mark(options: tuple[str, ...]) -> None:
    content = codecs.BOM_UTF16_LE + NAMED.encode("utf-16-le")
    assert scored("in.csv", content, *options)["name"].to_list() == ["Müller & Söhne", "x"]
    assert contents()["out.csv"].startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_BE])
def test_other_byte_order_marks_are_recognised_too(mark: bytes) -> None:
    names = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
    assert scored("in.csv", mark + NAMED.encode(names.get(mark, "utf-16-be"))).height == 2


def test_a_byte_order_mark_of_utf_8_may_be_declared() -> None:
    assert scored("in.csv", f"\ufeff{NAMED}", "--encoding", "utf-8-sig").height == 2


def test_a_byte_order_mark_that_contradicts_the_encoding_is_refused() -> None:
    why = refusal("in.csv", f"\ufeff{NAMED}", "--encoding", "cp1252")
    assert "starts with the byte-order mark of utf-8, so it is not cp1252 text; leave out --encoding" in why


def test_utf_16_without_a_byte_order_mark_needs_its_byte_order() -> None:
    content = NAMED.encode("utf-16-le")
    assert "pass --encoding utf-16-le or utf-16-be" in refusal("in.csv", content)
    assert "pass --encoding utf-16-le or utf-16-be" in refusal("in.csv", content, "--encoding", "utf-16")


def test_the_error_for_other_text_than_utf_8_names_the_encodings_that_fit() -> None:
    why = refusal("in.csv", NAMED.replace("&", "und").encode("cp1252"))
    assert why == (
        "collectrisk: in.csv: line 2 is not UTF-8 text; it decodes as cp1252 (Western Europe): 'Müller', "
        "cp1250 (Central Europe): 'Müller', cp1251 (Cyrillic): 'Mьller', gb18030 (Chinese): 'M黮ler'; "
        "pass the encoding that reads right, such as --encoding cp1252\n"
        "Or draft a mapping and correct it: collectrisk map in.csv -o in.toml\n"
    )


def test_the_line_number_is_that_of_the_file_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcode, "CHUNK", 50)
    content = f"{HEADER}\n{ROW}\n{ROW}\n{ROW}\n{ROW},".encode() + b"\xff\xff\xff\n"
    assert "in.csv: line 5 is not UTF-8 text" in refusal("in.csv", content)
    assert "in.csv: line 5 is not gb18030 text" in refusal("in.csv", content, "--encoding", "gb18030")


def test_a_cell_that_is_only_a_symbol_is_shown() -> None:
    assert "cp1252 (Western Europe): '£'" in refusal("in.csv", f"{HEADER}\n1,2,£\n".encode("cp1252"))


def test_an_encoding_that_does_not_fit_is_refused() -> None:
    content = f"{HEADER}\n{ROW}\n1,2,\x81\n".encode("latin-1")
    why = refusal("in.csv", content, "--encoding", "cp1252")
    assert "line 3 is not cp1252 text; it decodes as cp1251 (Cyrillic)" in why


def test_damaged_text_fits_no_encoding() -> None:
    content = f"{HEADER}\n{ROW}\n".encode() + b"\x81\x90\x98\xff\xff"
    assert "line 3 is not UTF-8 text, nor text in another usual encoding" in refusal("in.csv", content)


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("cp125", "'cp1252'?"),
        ("latin_one", "'latin"),
        ("rot13", "'rot13'"),
        ("utf-7", "'utf-7'"),
        ("no\0name", "encoding"),
    ],
)
def test_an_unknown_encoding_is_refused_with_the_nearest(name: str, guess: str) -> None:
    why = refused("score", write("in.csv", NAMED), "--encoding", name, code=2)
    assert "must be an encoding of text files" in " ".join(why.replace("│", "").split())
    assert guess in why


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_compressed_files_are_read(suffix: str) -> None:
    delimiter = "\t" if suffix == ".tsv" else ";"
    content = gzip.compress(NAMED.replace(",", delimiter).encode("cp1252"))
    assert done("score", write(f"in{suffix}.GZ", content), "--encoding", "cp1252", "-o", "out.parquet")


@pytest.mark.parametrize(
    "content",
    [gzip.compress(NAMED.encode(), mtime=0)[:-20], b"\x1f\x8b\x08" + bytes(30), b"text"],
    ids=["cut off", "corrupt", "text"],
)
def test_a_damaged_compressed_file_is_refused(content: bytes) -> None:
    assert "in.csv.gz: cannot be read: " in refusal("in.csv.gz", content)


def test_an_empty_compressed_file_is_refused() -> None:
    assert "in.csv.gz: is empty" in refusal("in.csv.gz", gzip.compress(b""))


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, NAMED.encode())
    with open_source(Path("-")) as source:
        assert (source.name, source.rows, source.scan.collect().height) == ("standard input", 2, 2)


def test_errors_name_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, b"")
    with pytest.raises(FileError, match=r"^standard input: is empty"), open_source(Path("-")):
        pass


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("chunk", [3, 1000])
def test_lines_above_the_header_can_be_skipped(
    monkeypatch: pytest.MonkeyPatch, chunk: int, ending: str, mark: str
) -> None:
    monkeypatch.setattr(transcode, "CHUNK", chunk)
    text = f"{mark}Report; 2026, of\n\n{HEADER}\n-1,10,\n".replace("\n", ending)
    why = refusal("in.csv", text, "--skip-lines", 2)
    assert "1 invalid row (row 4: '-1')" in why
    assert "the header is row 3, as in a spreadsheet" in why


def test_messages_about_malformed_text_count_the_skipped_lines() -> None:
    assert "row 4 has 2 cells" in refusal("in.csv", f"T\n{HEADER}\n{ROW}\n1,2\n", "--skip-lines", 1)
    assert "near line 3" in refusal("in.csv", f'T\n{HEADER}\n1,2,"x\n', "--skip-lines", 1)
    assert "line 2 is blank" in refusal("in.csv", f"T\n\n{HEADER}\n", "--skip-lines", 1)


def test_fewer_lines_than_are_skipped_are_refused() -> None:
    assert "has only 2 lines, but --skip-lines is 3" in refusal(
        "in.csv", f"{HEADER}\n{ROW}\n", "--skip-lines", 3
    )


def test_a_full_disk_names_the_temporary_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transcode, "_after_lines", full)
    reading, path = Reading(skip_lines=1), write("in.csv", NAMED)
    why = r"copy\.csv: the temporary copy cannot be written: No space left on device"
    with pytest.raises(FileError, match=why), open_source(path, reading):
        pass
