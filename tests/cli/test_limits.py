"""How many rows of a file may be invalid."""

from __future__ import annotations

import pytest
from shell import HEADER, refusal, refused, run, scored, write

from collectrisk._cli.limits import HALF, InvalidLimit
from collectrisk.errors import ArgumentError


def rows(valid: int, invalid: int) -> str:
    """Return a file with so many valid and invalid rows."""
    return f"{HEADER}\n" + "3000,10,passive\n" * valid + "-1,10,passive\n" * invalid


@pytest.mark.parametrize(
    ("text", "accepted", "exceeded"),
    [
        ("0", (0, 8), (1, 8)),
        ("1", (1, 1), (2, 800)),
        ("3", (3, 8), (4, 8)),
        ("12.5%", (1, 8), (2, 8)),
        ("0.125", (1, 8), (2, 8)),
        (".5", (4, 8), (5, 8)),
        ("29%", (29, 100), (30, 100)),
        ("0%", (0, 8), (1, 8)),
        ("50%", (0, 0), (1, 1)),
    ],
)
def test_a_limit_is_a_number_or_a_share_of_the_accounts(
    text: str, accepted: tuple[int, int], exceeded: tuple[int, int]
) -> None:
    limit = InvalidLimit.parse(text)
    assert not limit.is_exceeded(*accepted)
    assert limit.is_exceeded(*exceeded)


@pytest.mark.parametrize("text", ["100%", "1.0"])
def test_a_limit_may_allow_all_accounts(text: str) -> None:
    assert not InvalidLimit.parse(text).is_exceeded(8, 8)


@pytest.mark.parametrize(
    "text", ["", "-1", "101%", "1.5", "many", "%", ".", "5 %", "1e-1", "٣", "1,5%", "nan"]
)
def test_anything_else_is_not_a_limit(text: str) -> None:
    with pytest.raises(ArgumentError, match="must be a number of rows such as 20, or a share"):
        InvalidLimit.parse(text)
    assert "--max-invalid" in refused("score", "in.csv", "--invalid", "null", "--max-invalid", text, code=2)


def test_by_default_half_of_the_accounts_may_be_invalid() -> None:
    assert InvalidLimit.parse("50%") == HALF
    assert scored("in.csv", rows(2, 2), "--invalid", "null").height == 4
    why = refusal("in.csv", rows(2, 3), "--invalid", "null")
    assert why == (
        "collectrisk: in.csv: 3 of 5 rows are invalid, more than the limit of 50%:\n"
        "- column 'amount_overdue' must be known, and a finite number from 0 to 10,000,000,000; "
        "3 invalid rows (row 4: '-1', row 5: '-1', row 6: '-1')\n"
        "Row numbers are those of the file: the header is row 1, as in a spreadsheet.\n"
        "Nothing was written. Correct the rows, or allow more of them with --max-invalid.\n"
        "Or draft a mapping and correct it: collectrisk map in.csv -o in.toml\n"
    )


def test_blank_rows_are_not_accounts() -> None:
    text = rows(2, 3) + "\n" * 5
    assert "3 of 5 rows are invalid" in refusal("in.csv", text, "--invalid", "null")


def test_the_limit_holds_without_an_output_too() -> None:
    path = write("in.csv", rows(0, 502))
    assert "502 of 502 rows are invalid" in refused("score", path, "--invalid", "null")


def test_the_limit_can_be_changed() -> None:
    assert scored("in.csv", rows(0, 3), "--invalid", "null", "--max-invalid", "3").height == 3
    assert "more than the limit of 2:" in refusal(
        "in.csv", rows(9, 3), "--invalid", "null", "--max-invalid", "2"
    )


def test_a_limit_needs_a_policy_that_allows_invalid_rows() -> None:
    result = run("score", write("in.csv", rows(1, 0)), "--max-invalid", "1")
    assert result.exit_code == 2
    assert "only --invalid null allows invalid rows" in result.stderr
