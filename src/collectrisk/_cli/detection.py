"""Detecting how to read a file: its encoding, delimiter and sheet, and the lines above the header."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import unicodedata
import zlib
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from collectrisk._cli.excel import first_rows, sheet_names
from collectrisk._cli.tabular import DELIMITERS, TEXTS, Reading
from collectrisk._cli.transcode import LIKELY, MARKS, is_standard_input
from collectrisk.errors import FileError
from collectrisk.mapping._candidates import candidate_of
from collectrisk.mapping._draft import Setting
from collectrisk.mapping._toml import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from collectrisk._fields import FieldSpec

SAMPLE = 1 << 20
"""How many bytes of a file are read to detect its encoding."""

ROWS_ABOVE = 20
"""In how many rows the header is looked for."""

_MONEY = re.compile(r"[£€¥]\s?\d|\d\s?[£€¥]")
_NOT_ASCII = re.compile(r"[\w£€¥]*[^\x00-\x7f\s][\w.]*")


@attrs.frozen(order=True)
class Header:
    """Where the header of a table may be; the larger one is more likely.

    Attributes
    ----------
    known : int
        The number of its names that are known.
    filled : int
        The number of its cells that are not empty.
    earlier : int
        Minus the number of lines above it.
    """

    known: int
    filled: int
    earlier: int

    @property
    def skip_lines(self) -> int:
        """The number of lines above it."""
        return -self.earlier


def detect(
    path: Path, reading: Reading, specs: Mapping[str, FieldSpec]
) -> tuple[Reading, dict[str, Setting]]:
    """Return how to read a file, and the settings for its mapping.

    Parameters
    ----------
    path : Path
        The file; nothing is detected from standard input, which can be read only once.
    reading : Reading
        What the user declared.
    specs : mapping of str to FieldSpec
        The fields, whose names show which line is the header.
    """
    name = path.name.lower()
    if is_standard_input(path) or not path.is_file():
        return reading, {}
    if name.endswith(TEXTS):
        return _detect_text(path, reading, specs)
    return _detect_sheet(path, reading, specs) if name.endswith(".xlsx") else (reading, {})


def _known(cells: Sequence[object], specs: Mapping[str, FieldSpec]) -> int:
    return sum(isinstance(cell, str) and candidate_of(cell, specs) is not None for cell in cells)


def _header(rows: Sequence[tuple[int, Sequence[object]]], specs: Mapping[str, FieldSpec]) -> Header:
    """Return the header among numbered rows: the one with most known names, or the first wide one."""
    found = [
        Header(_known(cells, specs), sum(cell not in {None, ""} for cell in cells), -lines)
        for lines, cells in rows
    ]
    best = max(found, default=Header(0, 0, 0))
    if best.known:
        return best
    # Titles have fewer cells than a header, and rows may have fewer than a header.
    return next((each for each in found if each.filled >= max(2, 0.6 * best.filled)), Header(0, 0, 0))


def _detect_sheet(
    path: Path, reading: Reading, specs: Mapping[str, FieldSpec]
) -> tuple[Reading, dict[str, Setting]]:
    names = sheet_names(path)
    considered = [reading.sheet] if reading.sheet is not None else names
    headers = {}
    for name in considered:
        rows = first_rows(path, name, ROWS_ABOVE)
        headers[name] = _header(list(enumerate(rows)), specs)
    sheet = max(headers, key=lambda name: headers[name].known)
    settings = {}
    if len(names) > 1 and (headers[sheet].known or reading.sheet is not None):
        alike = [name for name in headers if headers[name].known == headers[sheet].known]
        listed = ", ".join(map(value_text, names))
        settings["sheet"] = (
            Setting(sheet, f"the sheets are {listed}")
            if len(alike) == 1
            else Setting("", f"to be filled in: the sheet, one of {', '.join(map(value_text, alike))}")
        )
    chosen = sheet if settings else reading.sheet
    skip_lines = reading.skip_lines or (headers[sheet].skip_lines if chosen or len(names) == 1 else 0)
    if skip_lines:
        settings["skip_lines"] = Setting(skip_lines, "the rows above the column names")
    return attrs.evolve(reading, sheet=chosen, skip_lines=skip_lines), settings


def _detect_text(
    path: Path, reading: Reading, specs: Mapping[str, FieldSpec]
) -> tuple[Reading, dict[str, Setting]]:
    sample = _start_of(path)
    settings: dict[str, Setting] = {}
    encoding = reading.encoding
    if encoding is None:
        encoding, setting = _encoding(sample, reading, specs)
        if setting is not None:
            settings["encoding"] = setting
    elif encoding != "utf-8":
        settings["encoding"] = Setting(encoding)
    text = _decoded(sample, encoding or "utf-8")
    if text is None:  # the error of reading the file says what is wrong
        return reading, {}
    delimiter, header = _layout(text, _delimiters(path, reading), specs, skip_lines=reading.skip_lines)
    settings["delimiter"] = Setting(delimiter)
    skip_lines = reading.skip_lines or header.skip_lines
    if skip_lines:
        settings["skip_lines"] = Setting(skip_lines, "the lines above the column names")
    return attrs.evolve(reading, encoding=encoding, delimiter=delimiter, skip_lines=skip_lines), settings


def _start_of(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            return file.read(SAMPLE)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _decoded(sample: bytes, encoding: str) -> str | None:
    """Return the text of a sample, whose last character may be cut off, or None."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff")


def _delimiters(path: Path, reading: Reading) -> Sequence[str]:
    if reading.delimiter is not None:
        return (reading.delimiter,)
    return ("\t",) if path.name.lower().endswith((".tsv", ".tsv.gz")) else DELIMITERS


def _layout(
    text: str, delimiters: Sequence[str], specs: Mapping[str, FieldSpec], *, skip_lines: int = 0
) -> tuple[str, Header]:
    """Return the delimiter and the header of a text; the header is the first line after skipped ones."""
    first = list(islice(io.StringIO(text, newline="\n"), skip_lines, skip_lines + 2 * ROWS_ABOVE))
    count = 1 if skip_lines else ROWS_ABOVE
    headers = {each: _header(_numbered_rows(first, each, count), specs) for each in delimiters}
    delimiter = max(headers, key=lambda each: headers[each])
    return delimiter, headers[delimiter]


def _numbered_rows(lines: Sequence[str], delimiter: str, count: int) -> list[tuple[int, list[str]]]:
    """Return the first rows, each with the number of lines above it, up to one that is malformed."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows = []
    above = 0
    with suppress(csv.Error):
        for cells in islice(reader, count):
            rows.append((above, cells))
            above = reader.line_num
    return rows


def _encoding(
    sample: bytes, reading: Reading, specs: Mapping[str, FieldSpec]
) -> tuple[str | None, Setting | None]:
    """Return the encoding of a file that has no declared one, and what its mapping says about it."""
    marked = next((codec for mark, codec in MARKS.items() if sample.startswith(mark)), None)
    if marked is not None:
        return (None, None) if marked == "utf-8" else (marked, Setting(marked))
    if _decoded(sample, "utf-8") is not None:
        return None, None
    decoded = {name: _decoded(sample, name) for name in LIKELY}
    texts = {name: text for name, text in decoded.items() if text is not None and "\0" not in text}
    if not texts:
        return None, None
    scores = {name: _plausibility(text, reading, specs) for name, text in texts.items()}
    best = max(scores, key=lambda name: scores[name])
    others = [name for name in texts if texts[name] != texts[best]]
    rivals = [name for name in others if scores[name] == scores[best]]
    if rivals:
        shown = ", ".join(f"{name} reads {_word(texts[name])}" for name in [best, *rivals])
        return best, Setting("", f"to be filled in: the encoding; {shown}")
    return best, Setting(best, f"check: the file is not UTF-8; {best} reads {_word(texts[best])}")


def _plausibility(text: str, reading: Reading, specs: Mapping[str, FieldSpec]) -> tuple[int, int, int]:
    """Return how plausible a decoded text is: known names, currency signs, no mixed scripts."""
    delimiters = DELIMITERS if reading.delimiter is None else (reading.delimiter,)
    _, header = _layout(text, delimiters, specs, skip_lines=reading.skip_lines)
    start = text[: 1 << 16]
    mixed = sum(_mixes_scripts(word) for word in set(re.findall(r"\w+", start)))
    return header.known, len(_MONEY.findall(start)), -mixed


def _mixes_scripts(word: str) -> bool:
    latin = {unicodedata.name(each, "").startswith("LATIN") for each in word if each.isalpha()}
    return len(latin) > 1


def _word(text: str) -> str:
    found = _NOT_ASCII.search(text)
    return value_text(found[0] if found else text[:20])
