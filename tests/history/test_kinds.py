"""The kinds of events and the tables of codes are data that can be printed, extended and relied on."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.history import CODES, KINDS, EventKind

# fmt: off
VOCABULARY = [
    "message_sent", "message_answered", "letter_sent", "letter_delivered", "letter_returned",
    "no_answer", "not_connected", "message_left", "third_party_reached", "conversation", "refusal",
    "promise", "payment", "plan_started", "plan_ended", "agency_placed", "agency_recalled", "visit",
    "visit_met", "dispute", "complaint", "stop_request", "other",
]
# fmt: on


def test_the_vocabulary_is_closed() -> None:
    assert list(KINDS) == VOCABULARY
    with pytest.raises(TypeError):
        KINDS["other"] = KINDS["visit"]  # type: ignore[index]


def test_a_call_that_did_not_connect_failed_but_is_not_an_attempt_of_the_law() -> None:
    """12 CFR 1006.14(b)(3) excludes it; the other failed calls count under both."""
    failed_calls = [kind for kind in KINDS.values() if kind.failed and kind.channel == "phone_call"]
    assert [kind.name for kind in failed_calls if not kind.is_attempt] == ["not_connected"]
    assert len(failed_calls) > 1


def test_whoever_was_reached_by_a_call_is_connected() -> None:
    calls = [kind for kind in KINDS.values() if kind.channel is not None]
    assert [kind.name for kind in calls if kind.reached and not kind.connected] == []


def test_what_the_borrower_begins_is_not_an_attempt() -> None:
    for name in ("message_answered", "payment", "dispute", "complaint", "stop_request"):
        assert not KINDS[name].is_attempt
        assert KINDS[name].result


def test_silence_shows_no_attitude() -> None:
    silent = [kind for kind in KINDS.values() if not kind.reached and kind.effect is None]
    assert {kind.shows for kind in silent} == {None}


def test_a_refusal_is_an_answer_but_not_a_result() -> None:
    refusal = KINDS["refusal"]
    assert (refusal.reached, refusal.failed, refusal.result, refusal.shows) == (True, True, False, "hostile")


@pytest.mark.parametrize("topic", CODES)
def test_every_code_means_a_kind(topic: str) -> None:
    assert CODES[topic]
    assert set(CODES[topic].values()) <= set(KINDS)


def test_no_code_has_two_meanings() -> None:
    codes = [code for table in CODES.values() for code in table]
    assert len(codes) == len(set(codes))


def test_the_tables_of_codes_can_be_extended_but_not_changed() -> None:
    own = {**CODES["dialler"], "X9": "no_answer"}
    assert own["RPC"] == "conversation"
    with pytest.raises(TypeError):
        CODES["dialler"]["X9"] = "no_answer"  # type: ignore[index]


def test_a_kind_of_your_own_takes_names_of_channels_and_attitudes() -> None:
    kind = EventKind("hung_up", "Hung up.", channel="phone_call", shows="evasive")
    assert kind.channel is cr.Channel.PHONE_CALL
    assert kind.shows is cr.Attitude.EVASIVE
    assert attrs.evolve(KINDS["other"], name="note").name == "note"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"name": "Hung up"},
            'name must be lower-case words joined by "_", such as "hung_up", not \'Hung up\'',
        ),
        ({"name": None}, "name must be lower-case words"),
        ({"description": 3}, "description of hung_up must be text, not 3"),
        ({"channel": "phone"}, "channel of hung_up must be one of sms, .*not 'phone'; did you mean"),
        ({"shows": 1}, "shows of hung_up must be one of cooperative, .*not 1"),
        ({"effect": "paid"}, "effect of hung_up must be one of promise, payment, .*not 'paid'"),
        ({"failed": 1}, "failed of hung_up must be True or False, not 1"),
    ],
)
def test_a_wrong_value_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        EventKind(**{"name": "hung_up", "description": "Hung up.", **wrong})
