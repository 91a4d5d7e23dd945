"""The format of numbers, and words in each language."""

from __future__ import annotations

from collectrisk._channel import Channel
from collectrisk.evaluation import CalibrationTest
from collectrisk.evaluation._wording import Wording, count, decimal, p_value, percent, shift, signed

ENGLISH, CHINESE = Wording("en"), Wording("zh")


def test_numbers_have_the_same_format_in_all_tables() -> None:
    assert (count(12_345), decimal(0.12345), signed(0.5), shift(-0.5)) == (
        "12,345",
        "0.1235",
        "+0.5000",
        "-0.500",
    )
    assert [percent(value) for value in (0.0, 1e-30, 1.26e-7, 0.00004, 0.0005, 0.123)] == [
        "0.00%",
        "<0.0000001%",
        "0.000013%",
        "0.004%",
        "0.05%",
        "12.30%",
    ]
    assert (decimal(None), signed(None), percent(None)) == ("-", "-", "-")


def test_what_rounds_to_zero_has_no_minus() -> None:
    assert (signed(-1e-6), shift(-1e-6)) == ("+0.0000", "+0.000")
    assert ENGLISH.z_and_p(CalibrationTest(z=-1e-6, p_value=1.0)) == "z +0.00, p 1.0000"


def test_an_interval_follows_its_number() -> None:
    assert ENGLISH.with_interval(0.5, (0.4, 0.6), percent) == "50.00% (40.00% to 60.00%)"
    assert ENGLISH.with_interval(0.5, None) == "0.5000"
    assert ENGLISH.with_interval(None, None) == "-"


def test_a_test_is_shown_with_its_p_value() -> None:
    found = [CalibrationTest(z=2.345, p_value=0.019), CalibrationTest(z=-9.0, p_value=1e-19), None]
    assert [p_value(each) for each in found] == ["0.0190", "<0.0001", "-"]
    assert [ENGLISH.z_and_p(each) for each in found] == ["z +2.35, p 0.0190", "z -9.00, p <0.0001", "-"]


def test_channels_and_periods_are_in_words() -> None:
    assert [each.channel(Channel.FIELD_VISIT) for each in (ENGLISH, CHINESE)] == ["field_visit", "上门拜访"]
    assert [CHINESE.group(by) for by in ("month", "group", "branch")] == ["月", "组", "branch"]
