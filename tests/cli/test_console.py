"""The summary, the messages and the progress bar."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import polars as pl
import pytest
from shell import done, refused, run, write

import collectrisk as cr

PORTFOLIO: pl.DataFrame = cr.simulate_portfolio(2_000, seed=8, backend="polars")
SOME_INVALID = PORTFOLIO.with_columns(
    failed_calls=pl.when(pl.int_range(2_000) < 40).then(-1).otherwise("failed_calls")
)


def cells(table: str) -> dict[str, tuple[str, ...]]:
    """Return the cells of a summary, by the first one."""
    rows = (re.split(r" {2,}", line.strip()) for line in table.splitlines())
    return {name: tuple(rest) for name, *rest in rows if name}


def test_the_summary_adds_up() -> None:
    scored = cr.RuleScorer().assess_frame(PORTFOLIO)
    table = cells(done("score", write("in.parquet", PORTFOLIO)))
    counts = {name: int(table[name][0].replace(",", "")) for name in cr.DEFAULT_LADDER.channels}
    expected = dict(scored["channel"].value_counts().iter_rows())
    assert counts == expected
    assert table["remote"] == (
        f"{2_000 - counts[cr.Channel.FIELD_VISIT]:,}",
        f"{1 - expected['field_visit'] / 2_000:.2%}",
    )
    visits = scored["visit_probability"].sum()
    assert table["expected visits"] == (f"{visits:,.1f}", f"{visits / 2_000:.2%}")
    assert table["invalid rows"] == ("0", "0.00%")
    assert "blank rows left out" not in table
    assert next(iter(table)) == "in.parquet"


def test_shares_refer_to_the_scored_accounts_and_the_invalid_share_to_all_accounts() -> None:
    result = run("score", write("in.parquet", SOME_INVALID), "--invalid", "null", "-o", "out.parquet")
    expected = cr.RuleScorer().assess_frame(SOME_INVALID, invalid="null")["channel"].value_counts()
    table = cells(result.stdout)
    assert table["sms"][1] == f"{dict(expected.iter_rows())['sms'] / 1_960:.2%}"
    assert table["invalid rows"] == ("40", "2.00%")
    assert "in.parquet: some rows contain invalid values:\n- column 'failed_calls'" in result.stderr
    assert "Wrote 2,000 rows to out.parquet.\n" in result.stderr


def test_the_summary_of_an_empty_file_has_no_shares() -> None:
    table = cells(done("score", write("in.parquet", PORTFOLIO.clear())))
    assert table["remote"] == ("0", "-")
    assert table["expected visits"] == ("0.0", "-")


def test_one_row_is_reported_in_the_singular() -> None:
    assert (
        "Wrote 1 row to out.csv.\n"
        in run("score", write("in.parquet", PORTFOLIO.head(1)), "-o", "out.csv").stderr
    )


def test_without_a_terminal_there_is_no_bar_no_colour_and_no_line_wrap() -> None:
    write("in.parquet", SOME_INVALID)
    why = refused("score", "in.parquet")
    assert "\x1b" not in why
    assert max(map(len, why.splitlines())) > 120


def test_no_text_of_a_file_reaches_the_terminal_as_a_control_character() -> None:
    write("\x1b[2J.csv", "amount_overdue,days_past_due,\x1b[31mred,attitude\n1,1,1,\x1b]0;x\n")
    invalid = run("score", "\x1b[2J.csv", "--invalid", "null", "--max-invalid", "1")
    why = refused("score", write("\x9b.csv", "\x1b[31mred,\u202edays\n1,1\n"))
    option = refused("score", "\x1b[2J.csv", "--sheet", "x", code=2)
    for text in (invalid.stdout, invalid.stderr, why, option):
        assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text) == []
    assert invalid.stdout.startswith(r"\x1b[2J.csv")
    assert "'\\x1b]0;x'" in invalid.stderr
    assert r"The file's columns are: \x1b[31mred, \u202edays." in why
    assert r"collectrisk map $'\u009b.csv' -o $'\u009b.toml'" in why


def test_a_terminal_gets_a_bar_that_ends_full_and_errors_in_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    result = run("score", write("in.parquet", PORTFOLIO))
    assert "scoring" in result.stderr
    assert "100%" in result.stderr
    assert "\x1b" in run("score", write("in.parquet", SOME_INVALID)).stderr


@pytest.mark.parametrize("width", ["10", "30", "200"])
def test_no_digit_is_cut_off_however_narrow_the_terminal(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert "…" not in done("score", write("in.parquet", PORTFOLIO))


def on_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    """Return what a program writes to a terminal of its own."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment):
        os.close(its)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux reports that the other side was closed
        return b""


@pytest.mark.exhaustive
@pytest.mark.parametrize(("environment", "colours"), [({}, 1), ({"NO_COLOR": "1"}, 0)])
def test_a_real_terminal_gets_a_bar_that_is_removed_at_the_end(
    environment: dict[str, str], colours: int
) -> None:
    write("in.parquet", PORTFOLIO)
    code = "import sys; sys.argv[1:] = ['score', 'in.parquet']; from collectrisk._cli import main; main()"
    written = on_a_terminal([sys.executable, "-c", code], environment)
    assert "scoring" in written
    assert "\x1b[2K" in written.rpartition("scoring")[2]
    assert "expected visits" in written
    assert len(re.findall(r"\x1b\[3\d", written)[:1]) == colours
