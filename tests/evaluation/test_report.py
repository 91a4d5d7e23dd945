"""The base class of reports, and the format of their numbers."""

from __future__ import annotations

import pytest

from collectrisk.evaluation._report import Report, count, decimal, percent, signed, with_interval


def test_a_subclass_must_define_the_tables() -> None:
    with pytest.raises(NotImplementedError):
        Report().to_html()


def test_numbers_have_the_same_format_in_all_tables() -> None:
    assert (count(12_345), decimal(0.12345), signed(0.5)) == ("12,345", "0.1235", "+0.5000")
    assert [percent(value) for value in (0.0, 1e-30, 1.26e-7, 0.00004, 0.0005, 0.123)] == [
        "0.00%",
        "<0.0000001%",
        "0.000013%",
        "0.004%",
        "0.05%",
        "12.30%",
    ]
    assert (decimal(None), signed(None), percent(None)) == ("-", "-", "-")


def test_an_interval_follows_its_number() -> None:
    assert with_interval(0.5, (0.4, 0.6), percent) == "50.00% (40.00% to 60.00%)"
    assert with_interval(0.5, None) == "0.5000"
    assert with_interval(None, None) == "-"
