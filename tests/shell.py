"""Run the command line in this process, in an empty directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import polars as pl
import pyarrow as pa
from pyarrow import parquet
from typer.testing import CliRunner

from collectrisk._cli.app import app

if TYPE_CHECKING:
    from typer.testing import Result

HEADER = "amount_overdue,days_past_due,attitude"


def write(name: str, content: Any) -> Path:
    """Write a file: text and bytes unchanged, frames and rows of cells depending on the suffix."""
    path = Path(name)
    if isinstance(content, str):
        path.write_bytes(content.encode())
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif path.suffix == ".xlsx":
        workbook(content).save(path)
    elif isinstance(content, pa.Table):
        parquet.write_table(content, path)
    elif path.suffix == ".csv":
        content.write_csv(path)
    else:
        content.write_parquet(path, row_group_size=5_000)
    return path


def workbook(rows: list[list[Any]], sheet: str = "Accounts") -> openpyxl.Workbook:
    """Return an Excel workbook with one sheet; texts that look like errors and formulas become such."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    return book


def read(name: str) -> pl.DataFrame:
    """Read a result; all columns of a CSV file except the probability are text."""
    if name.endswith(".csv"):
        return pl.read_csv(name, infer_schema=False).with_columns(
            pl.col("visit_probability").cast(pl.Float64)
        )
    return pl.read_parquet(name)


def run(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="collectrisk")


def done(*arguments: object) -> str:
    """Run a command that succeeds, and return its standard output."""
    result = run(*arguments)
    assert (result.exit_code, hidden_files()) == (0, []), result.stderr
    return result.stdout


def refused(*arguments: object, code: int = 1) -> str:
    """Run a command that fails, check that no file was changed, and return its standard error."""
    before = contents()
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert contents() == before
    return result.stderr


def scored(name: str, content: Any, *options: object, output: str = "out.csv") -> pl.DataFrame:
    """Write a file, score it, and return the result."""
    assert done("score", write(name, content), "--quiet", "-o", output, *options) == ""
    return read(output)


def refusal(name: str, content: Any, *options: object) -> str:
    """Write a file that cannot be scored, and return the error message."""
    return refused("score", write(name, content), "-o", "out.csv", *options)


def contents() -> dict[str, bytes]:
    """Return the contents of every file in the directory."""
    return {path.name: path.read_bytes() for path in Path.cwd().iterdir() if path.is_file()}


def hidden_files() -> list[str]:
    """Return the temporary files that were not removed."""
    return [path.name for path in Path.cwd().iterdir() if path.name.startswith(".")]
