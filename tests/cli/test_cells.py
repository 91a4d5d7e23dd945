"""How the cells of a CSV file are parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shell import HEADER, refusal, scored, write

if TYPE_CHECKING:
    import polars as pl


def parquet_of(csv: str) -> pl.DataFrame:
    return scored("in.csv", csv, output="out.parquet")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1200.50", 1200.5),
        (" 1200 ", 1200.0),
        ("1.2e3", 1200.0),
        ("+3", 3.0),
        ("0", 0.0),
        ('"7"', 7.0),
        ("007", 7.0),
    ],
)
def test_a_number_is_parsed(cell: str, amount: float) -> None:
    assert parquet_of(f"{HEADER}\n{cell},10,\n")["amount_overdue"].to_list() == [amount]


@pytest.mark.parametrize("cell", ["1_200", "0x10", "€12", "12.5.0", "true", "inf", "-inf", "1-", "１２"])
def test_text_that_is_not_a_number_is_refused_with_a_hint(cell: str) -> None:
    why = refusal("in.csv", f"{HEADER}\n1,10,\n{cell},10,\n")
    assert (
        f"must be known, and a finite number from 0 to 10,000,000,000; 1 invalid row (row 3: {cell!r})" in why
    )
    assert "write the digits alone, without blanks, units or thousands separators" in why


def test_the_hint_says_how_to_read_a_number_that_follows_other_conventions() -> None:
    why = refusal("in.csv", f'{HEADER}\n1,10,\n"1,200",10,\n')
    assert "if '1,200' is 1,200, declare decimal='.' and thousands=','; if '1,200' is 1.2" in why


@pytest.mark.parametrize("cell", ["-5", "1e400"])
def test_the_error_for_a_number_out_of_range_shows_it_as_written(cell: str) -> None:
    assert f"(row 2: {cell!r})\n" in refusal("in.csv", f"{HEADER}\n{cell},10,\n")


def test_a_count_may_be_written_with_a_point_but_not_have_a_fraction() -> None:
    assert parquet_of(f"{HEADER}\n1,3.0,\n")["days_past_due"].to_list() == [3]
    why = refusal("in.csv", f"{HEADER}\n1,2.5,\n")
    assert (
        "column 'days_past_due' must be known, and a whole number from 0 to 14,610; "
        "1 invalid row (row 2: '2.5')" in why
    )


def test_a_count_is_read_up_to_its_plausible_limit() -> None:
    assert parquet_of(f"{HEADER}\n1,14610,\n")["days_past_due"].to_list() == [14_610]
    for count in (14_611, 2**53 + 1):
        why = refusal("in.csv", f"{HEADER}\n1,{count},\n")
        assert f"(row 2: '{count}'); the plausible limit is 14,610 days (40 years)" in why
        assert (
            "\nIf numbers above the plausible limit are correct, pass --plausible days_past_due=NUMBER.\n"
            in why
        )
    assert f"(row 2: '{10**30}')" in refusal("in.csv", f"{HEADER}\n1,{10**30},\n")


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2024-01-21", ""),
        ("2024-01-21T10:00:00", ""),
        ("21.1.2024", " --date-format FORMAT, such as %d.%m.%Y"),
        ("1/21/24", " --date-format FORMAT, such as %d.%m.%Y"),
        ("20240121", " --date-format %Y%m%d"),
        ("45678", " --date-format excel"),
    ],
)
def test_for_a_date_instead_of_a_number_of_days_it_names_the_options(cell: str, form: str) -> None:
    why = refusal("in.csv", f"{HEADER}\n1,{cell},\n")
    option = f'pass --as-of DATE --map days_past_due="days_past_due"{form}.\n'
    assert f"\nTo count the days from these dates, {option}" in why


def test_for_a_date_instead_of_an_amount_there_is_no_option() -> None:
    why = refusal("in.csv", f"{HEADER}\n2024-01-21,10,\n")
    assert "(row 2: '2024-01-21'); a date is not a number\n" in why
    assert "--as-of" not in why


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("true", True), ("YES", True), ("1", True), ("False", False), ("no", False), ("0", False)],
)
def test_a_flag_is_parsed_in_any_case(cell: str, flag: bool) -> None:  # noqa: FBT001  # the expected value
    result = parquet_of(f"amount_overdue,days_past_due,placed_with_agency\n1,10,{cell}\n")
    assert result["placed_with_agency"].to_list() == [flag]


def test_text_that_is_not_a_flag_is_refused() -> None:
    why = refusal("in.csv", "amount_overdue,days_past_due,placed_with_agency\n1,10,maybe\n")
    assert "column 'placed_with_agency' must be true or false; 1 invalid row (row 2: 'maybe')" in why


@pytest.mark.parametrize("cell", ["Passive", "PASSIVE "])
def test_the_error_for_an_unknown_attitude_lists_all_values(cell: str) -> None:
    why = refusal("in.csv", f"{HEADER}\n1,10,{cell}\n")
    assert "must be one of cooperative, unknown, passive, evasive, hostile" in why
    assert f"(row 2: {cell!r}); did you mean 'passive'?" in why


@pytest.mark.parametrize("cell", ["", '""'])
def test_an_empty_cell_is_missing_quoted_or_not(cell: str) -> None:
    result = scored("in.csv", f"{HEADER}\n1,10,{cell}\n{cell},10,passive\n", "--invalid", "null")
    assert result["problem"].to_list() == [
        None,
        "amount_overdue must be known, and a finite number from 0 to 10,000,000,000",
    ]


def test_nan_is_a_missing_number() -> None:
    csv = "amount_overdue,days_past_due,failed_calls\n1,10,NaN\n1,nan,3\n"
    result = scored("in.csv", csv, "--invalid", "null")
    assert result["problem"].to_list() == [
        None,
        "days_past_due must be known, and a whole number from 0 to 14,610",
    ]


def test_from_csv_to_csv_every_cell_is_kept_as_written() -> None:
    cells = "410.50,007,passive,,NaN,a b\n"
    header = f"{HEADER},note,failed_calls,more"
    result = scored("in.csv", f"{header}\n{cells}")
    assert result.select(header.split(",")).rows() == [("410.50", "007", "passive", None, "NaN", "a b")]


def test_a_column_that_is_not_a_field_stays_text_in_parquet() -> None:
    assert parquet_of(f"{HEADER},note\n1,10,,007\n")["note"].to_list() == ["007"]


@pytest.mark.parametrize(
    ("toml", "content"),
    [
        ('units = ["Rs."]', f"{HEADER}\nRs. 12.500,10,\nRs. 500,10,\n"),
        ('missing = ["-9.99"]', f"{HEADER},failed_calls\n12,10,,1.200\n12,10,,-9.99\n"),
    ],
)
def test_a_point_in_a_unit_or_a_missing_code_does_not_show_that_points_are_decimal(
    toml: str, content: str
) -> None:
    why = refusal("in.csv", content, "--mapping", write("in.toml", toml))
    assert "every point may be a decimal point or separate thousands" in why
