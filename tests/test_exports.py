"""Exports as systems write them are scored through one mapping each, and every value is right.

Each export in `data/exports` has a mapping (TOML) and a truth: the values that must be read.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import runpy
import tomllib
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl
import pytest
from shell import done, refused, run

import collectrisk as cr
from collectrisk._fields import FlagValidator, NumberValidator, field_specs

if TYPE_CHECKING:
    from collections.abc import Callable

DIRECTORY = Path(__file__).parent / "data" / "exports"
SUFFIXES = (".csv", ".tsv", ".csv.gz", ".xlsx")
RESULTS = ("visit_probability", "channel")
TOLERANCE = 1e-12
UNICODE = {"utf-8", "utf-8-sig", "utf-16"}

FRAMES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "pandas": lambda frame: frame.to_pandas(),
    "pyarrow": lambda frame: frame.to_arrow(),
}


@attrs.frozen
class Export:
    """An export of the corpus."""

    name: str

    @property
    def path(self) -> Path:
        return DIRECTORY / self.name

    @property
    def stem(self) -> str:
        return self.name.partition(".")[0]

    @property
    def toml(self) -> Path:
        return DIRECTORY / f"{self.stem}.toml"

    @property
    def settings(self) -> dict[str, Any]:
        """The keys of the mapping, as they are written."""
        return tomllib.loads(self.toml.read_text(encoding="utf-8"))

    @property
    def is_workbook(self) -> bool:
        return self.name.endswith(".xlsx")

    @property
    def content(self) -> bytes:
        """The bytes of a text file, decompressed."""
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.name.endswith(".gz") else content

    def text(self, encoding: str) -> str:
        """Decode a file that is not a workbook."""
        return self.content.decode(encoding).removeprefix("\ufeff")

    def rows(self) -> int:
        """Return the number of rows below the header, blank rows and totals included."""
        if self.is_workbook:
            return self.frame().height
        settings = self.settings
        text = io.StringIO(self.text(settings.get("encoding", "utf-8")), newline="")
        rows = list(csv.reader(text, delimiter=settings.get("delimiter", ",")))
        above: int = settings.get("skip_lines", 0)
        return len(rows) - above - 1

    def truth(self) -> tuple[list[str], list[cr.Borrower]]:
        """Return the account numbers, and the borrowers that must be read."""
        with (DIRECTORY / f"{self.stem}.truth.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        numbers = [row.pop("borrower_id") for row in rows]
        return numbers, [
            cr.Borrower(**{name: value_of(name, cell) for name, cell in row.items()}) for row in rows
        ]

    def frame(self) -> pl.DataFrame:
        """Read the export as a user of polars would: text cells are kept as text."""
        settings = self.settings
        if self.is_workbook:
            pytest.importorskip("fastexcel")
            header = {"header_row": settings.get("skip_lines", 0)}
            return pl.read_excel(self.path, sheet_name=settings.get("sheet"), read_options=header)
        frame = pl.read_csv(
            io.BytesIO(self.text(settings.get("encoding", "utf-8")).encode()),
            separator=settings.get("delimiter", ","),
            skip_rows=settings.get("skip_lines", 0),
            infer_schema=False,
        )
        return frame.filter(pl.any_horizontal(pl.all().is_not_null()))


class Recorder(cr.RowScorer):
    """Keeps the borrowers that it scores."""

    def __init__(self) -> None:
        self.borrowers: list[cr.Borrower] = []

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        self.borrowers.append(borrower)
        return 0.5


EXPORTS = [Export(path.name) for path in sorted(DIRECTORY.iterdir()) if path.name.endswith(SUFFIXES)]
EXPORTS = [each for each in EXPORTS if not each.name.endswith(".truth.csv")]

every_export = pytest.mark.parametrize("export", EXPORTS, ids=[each.name for each in EXPORTS])


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to an empty directory."""
    monkeypatch.chdir(tmp_path)


def value_of(field: str, cell: str) -> Any:
    """Return a value of the truth; None where a cell is empty."""
    validator = field_specs(cr.Borrower)[field].validator
    if not cell:
        return None
    if isinstance(validator, NumberValidator):
        return int(cell) if validator.integer else float(cell)
    return cell == "true" if isinstance(validator, FlagValidator) else cell


def expected(borrowers: list[cr.Borrower]) -> tuple[list[Any], list[str]]:
    """Return the probabilities, approximately, and the channels of single borrowers."""
    found = [cr.RuleScorer().assess(each) for each in borrowers]
    probabilities = [pytest.approx(each.visit_probability, abs=TOLERANCE, rel=0) for each in found]
    return probabilities, [each.channel.value for each in found]


def results(table: list[dict[str, Any]]) -> tuple[list[float], list[str]]:
    """Return the probabilities and channels of rows."""
    return [float(row["visit_probability"]) for row in table], [row["channel"] for row in table]


def summary_counts(summary: str) -> dict[str, int]:
    """Return the counts of a summary by the name of their line."""
    found = re.findall(r"^ *(\S.*?) {2,}(\d+)(?: |$)", summary, re.MULTILINE)
    return {name: int(count) for name, count in found}


def written_rows(name: str, delimiter: str, encoding: str) -> list[list[str]]:
    """Return the header and the rows of a result, which may keep the encoding of its export."""
    content = Path(name).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(encoding)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def column_of(settings: dict[str, Any], field: str) -> Any:
    """Return the column or columns from which a mapping reads a field."""
    rule = settings.get("fields", {}).get(field, field)
    return rule.get("column", rule.get("columns")) if isinstance(rule, dict) else rule


def spelt(value: Any) -> Any:
    """Return a setting in the one of its spellings that the mappings use."""
    return {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "’": "'"}.get(value, value)


def test_the_corpus_is_complete_and_small() -> None:
    stems = {each.stem for each in EXPORTS}
    assert len(stems) == len(EXPORTS) >= 12
    assert {path.stem for path in DIRECTORY.glob("*.toml")} == stems
    assert {path.name.removesuffix(".truth.csv") for path in DIRECTORY.glob("*.truth.csv")} == stems
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir() if path.is_file()) < 150_000


def test_every_export_is_described() -> None:
    text = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in EXPORTS if f"**`{each.name}`**" not in text] == []


def test_the_script_writes_the_corpus(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    runpy.run_path(str(DIRECTORY / "make.py"))["make"](tmp_path)
    made = {path.name: plain_content(path) for path in tmp_path.iterdir()}
    assert {name: plain_content(DIRECTORY / name) for name in made} == made


def plain_content(path: Path) -> list[bytes]:
    """Return what does not depend on the versions of the libraries that compress and write a file."""
    if path.suffix == ".gz":
        return [gzip.decompress(path.read_bytes())]
    if path.suffix != ".xlsx":
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as file:
        names = sorted(name for name in file.namelist() if name.startswith(("xl/worksheets/", "xl/shared")))
        return [file.read(name) for name in names]


@every_export
def test_an_export_is_scored_through_its_mapping(export: Export) -> None:
    """The file's rows have the results of the single borrowers, in the order of the file."""
    numbers, borrowers = export.truth()
    result = run("score", export.path, "--mapping", export.toml, "-o", "out.csv")
    assert result.exit_code == 0, result.stderr
    settings = export.settings
    delimiter = settings.get("delimiter", ",")
    header, *rows = written_rows("out.csv", delimiter, settings.get("encoding", "utf-8"))
    assert header[-2:] == list(RESULTS)
    assert [row[0] for row in rows] == numbers
    assert results([dict(zip(header, row, strict=True)) for row in rows]) == expected(borrowers)
    assert f"Wrote {len(numbers)} rows to out.csv." in result.stderr
    counts = summary_counts(result.stdout)
    channels = Counter(expected(borrowers)[1])
    assert {name: counts[name] for name in channels} == channels
    assert counts["invalid rows"] == 0
    left_out = sum(count for name, count in counts.items() if "left out" in name)
    assert left_out == export.rows() - len(numbers)


@every_export
def test_a_parquet_result_is_the_same(export: Export) -> None:
    done("score", export.path, "--mapping", export.toml, "--quiet", "-o", "out.parquet")
    _, borrowers = export.truth()
    assert results(pl.read_parquet("out.parquet").to_dicts()) == expected(borrowers)


@every_export
@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_of_an_export_is_assessed_through_its_mapping(export: Export, kind: str) -> None:
    """Rows of totals stay in the frame without a score; all others have that of the single borrower."""
    numbers, borrowers = export.truth()
    frame = export.frame()
    mapping = cr.Mapping.read(export.toml)
    found = cr.RuleScorer().assess_frame(FRAMES[kind](frame), columns=mapping)
    table = pl.DataFrame(found).to_dicts() if kind != "pyarrow" else found.to_pylist()
    scored = [row for row in table if row["channel"] is not None]
    assert [str(row[frame.columns[0]]) for row in scored] == numbers
    assert results(scored) == expected(borrowers)
    assert len(table) == frame.height


@every_export
def test_every_value_is_right(export: Export) -> None:
    """Values count even where the rules give them the same points; amounts may differ by rounding."""
    recorder = Recorder()
    recorder.assess_frame(export.frame(), columns=cr.Mapping.read(export.toml))
    found = [attrs.asdict(each) for each in recorder.borrowers]
    amount = "amount_overdue"
    wanted = [attrs.asdict(each) for each in export.truth()[1]]
    approximate = [{**each, amount: pytest.approx(each[amount], rel=1e-12)} for each in wanted]
    assert found == approximate


@every_export
def test_without_a_mapping_an_export_ends_in_an_error_that_leads_to_one(export: Export) -> None:
    why = " ".join(refused("score", export.path, "-o", "out.csv").split())
    assert f"collectrisk map {export.path.name}" in why.replace(str(export.path), export.path.name)


@every_export
def test_a_drafted_mapping_agrees_with_the_one_written_by_hand(export: Export) -> None:
    """What a draft states must be right; what it cannot know it may leave out."""
    done("map", export.path, "-o", "draft.toml")
    draft, settings = tomllib.loads(Path("draft.toml").read_text(encoding="utf-8")), export.settings
    for key in {"decimal", "thousands", "delimiter", "skip_lines"} & draft.keys() & settings.keys():
        assert (key, spelt(draft[key])) == (key, spelt(settings[key]))
    if not export.is_workbook and not decoded_as_by_hand(export, draft):
        return
    names = export.frame().columns
    for field in ("amount_overdue", "days_past_due"):
        drafted = column_of(draft, field)
        assert drafted == column_of(settings, field) or drafted not in names


@every_export
def test_a_drafted_mapping_never_gives_a_wrong_score(export: Export) -> None:
    """It ends in an error, or in the results of the fields that it maps; the others are absent."""
    done("map", export.path, "-o", "draft.toml")
    if run("score", export.path, "--mapping", "draft.toml", "-o", "out.parquet").exit_code:
        return
    names = export.frame().columns
    settings = tomllib.loads(Path("draft.toml").read_text(encoding="utf-8"))
    fields = [name for name in field_specs(cr.Borrower) if is_read(column_of(settings, name), names)]
    _, borrowers = export.truth()
    known = [cr.Borrower(**{name: getattr(each, name) for name in fields}) for each in borrowers]
    assert results(pl.read_parquet("out.parquet").to_dicts()) == expected(known)


@every_export
def test_a_drafted_mapping_is_right_when_it_is_filled_in(export: Export) -> None:
    """Everything that the draft leaves open is taken from the mapping that was written by hand."""
    done("map", export.path, "-o", "draft.toml")
    draft, by_hand = tomllib.loads(Path("draft.toml").read_text(encoding="utf-8")), export.settings
    fields = {field: each for field, each in draft.get("fields", {}).items() if not is_open(each)}
    lists = {
        key: [*dict.fromkeys([*by_hand.get(key, ()), *draft.get(key, ())])]
        for key in ("true", "false", "missing", "units")
    }
    known = {key: each for key, each in draft.items() if not is_open(each)}
    keys = {**by_hand, **known, **lists, "fields": {**by_hand.get("fields", {}), **fields}}
    mapping = cr.Mapping(**keys)
    mapping.write("filled.toml")
    done("score", export.path, "--mapping", "filled.toml", "-o", "out.parquet")
    _, borrowers = export.truth()
    assert results(pl.read_parquet("out.parquet").to_dicts()) == expected(borrowers)


def is_open(entry: Any) -> bool:
    """Return whether an entry of a draft has to be filled in."""
    if isinstance(entry, dict):
        return any(map(is_open, entry.values()))
    return bool(entry == "")


def is_read(columns: Any, names: list[str]) -> bool:
    """Return whether a mapping reads a field from columns that the export has."""
    listed = [columns] if isinstance(columns, str) else columns or []
    return bool(listed) and set(listed) <= set(names)


def decoded_as_by_hand(export: Export, draft: dict[str, Any]) -> bool:
    """Return whether a draft's encoding gives the right text; it must do so for Unicode."""
    encoding = export.settings.get("encoding", "utf-8")
    drafted = draft.get("encoding", "utf-8")
    right = export.text(drafted) == export.text(encoding)
    assert right or codecs.lookup(encoding).name not in UNICODE
    return right
