"""Channels are ordered, and a ladder chooses one for a probability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidCardError


def test_channels_sort_from_light_to_heavy() -> None:
    shuffled = [cr.Channel.AGENCY, cr.Channel.SMS, cr.Channel.FIELD_VISIT, cr.Channel.EMAIL]
    assert [channel.weight for channel in sorted(shuffled)] == [0, 1, 5, 6]


@pytest.mark.parametrize("other", [3, "sms", None])
def test_a_channel_is_compared_only_with_a_channel(other: Any) -> None:
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(cr.Channel.SMS, compare)(other) is NotImplemented


def test_channels_compare_by_weight_and_not_by_name() -> None:
    assert cr.Channel.SMS < cr.Channel.AGENCY
    assert cr.Channel.SMS <= cr.Channel.SMS
    assert cr.Channel.AGENCY > cr.Channel.PHONE_CALL
    assert cr.Channel.AGENCY >= cr.Channel.PHONE_CALL


def test_only_the_field_visit_is_on_site() -> None:
    assert [channel for channel in cr.Channel if not channel.is_remote] == [cr.Channel.FIELD_VISIT]


def test_messages_are_the_three_lightest_channels() -> None:
    assert [channel for channel in cr.Channel if channel.is_message] == list(cr.Channel)[:3]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_lower_probability_never_has_a_heavier_channel(one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert cr.DEFAULT_LADDER.channel(low) <= cr.DEFAULT_LADDER.channel(high)


def test_a_rung_starts_exactly_at_its_least_probability() -> None:
    ladder = cr.Ladder([(0, "sms"), (0.25, "agency")])
    assert ladder.channel(math.nextafter(0.25, 0)) is cr.Channel.SMS
    assert ladder.channel(0.25) is cr.Channel.AGENCY
    assert ladder.channel(1.0) is cr.Channel.AGENCY


def test_least_is_where_a_channel_starts_if_it_is_used() -> None:
    assert cr.DEFAULT_LADDER.least(cr.Channel.AGENCY) == 0.25
    assert cr.DEFAULT_LADDER.least(cr.Channel.LETTER) is None


@pytest.mark.parametrize(
    ("rungs", "says"),
    [
        ([], "must start at probability 0"),
        ([(0.1, "sms")], "must start at probability 0"),
        ([(0, "sms"), (1.5, "agency")], "ladder: least must be a number from 0 to 1, not 1.5"),
        ([(0, "sms"), (math.nan, "agency")], "ladder: least must be a number from 0 to 1, not nan"),
        ([("0", "sms")], "ladder: least must be a number from 0 to 1, not '0'"),
        ([(False, "sms")], "ladder: least must be a number from 0 to 1, not False"),
        (5, r"ladder: rungs must be pairs of the least probability and a channel, such as .*, not an int"),
        ([(0,)], "ladder: rungs must be pairs .*, and contains a tuple"),
        ([(0, "sms"), 3], "ladder: rungs must be pairs .*, and contains an int"),
        ([(0, ["sms"])], r"a channel must be one of sms, .*, not \['sms'\]"),
        ([(0, "sms"), (0.5, "agency"), (0.5, "field_visit")], "must start higher and be heavier"),
        ([(0, "agency"), (0.5, "sms")], "sms from 0.5 follows agency from 0"),
        ([(0, "sms"), (0.5, "sms")], "must start higher and be heavier"),
        ([(0, "fax")], "one of sms, email"),
        ([(0, "SMS")], "did you mean 'sms'"),
    ],
)
def test_an_inconsistent_ladder_is_an_error(rungs: Any, says: str) -> None:
    with pytest.raises(InvalidCardError, match=says):
        cr.Ladder(rungs)


def test_a_ladder_may_be_made_of_rungs() -> None:
    assert cr.Ladder([cr.Rung(0, cr.Channel.EMAIL)]).channels == (cr.Channel.EMAIL,)


def test_the_least_probability_of_a_rung_may_be_an_integer() -> None:
    """It becomes a float, so that a ladder loaded from a file equals the saved one."""
    assert [type(least) for least in cr.Ladder([(0, "sms"), (1, "letter")]).cuts] == [float, float]


def test_the_least_probability_of_a_channel_may_be_asked_for_by_name() -> None:
    ladder = cr.RuleScorer().ladder
    assert [ladder.least(name) for name in ("agency", cr.Channel.FIELD_VISIT, "letter")] == [0.25, 0.5, None]
    with pytest.raises(InvalidCardError, match=r"a channel must be one of .*; did you mean 'field_visit'"):
        ladder.least("field visit")


@pytest.mark.parametrize("value", [2, -1, True, None, "0.5", [0.5], np.array([0.5, 1.0]), 10**400])
def test_what_is_not_a_probability_has_no_channel(value: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^visit_probability must be a number from 0 to 1, not"):
        cr.DEFAULT_LADDER.channel(value)


def test_a_missing_probability_has_no_channel_and_a_whole_number_may_be_one() -> None:
    missing: Any = cr.DEFAULT_LADDER.channel(math.nan)
    assert missing is None
    assert cr.DEFAULT_LADDER.channel(1) is cr.Channel.FIELD_VISIT
