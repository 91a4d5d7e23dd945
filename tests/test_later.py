"""A room is opened when something in it is first asked for."""

from __future__ import annotations

import email.message
import math

import pytest

from collectrisk.later import on_first_use


def test_a_name_comes_from_its_room() -> None:
    assert on_first_use("here", {"floor": "math"})("floor") is math.floor


def test_a_room_may_be_asked_for_as_a_whole() -> None:
    assert on_first_use("email", {"message": "email.message"})("message") is email.message


def test_any_other_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'here' has no attribute 'ceil'"):
        on_first_use("here", {"floor": "math"})("ceil")
