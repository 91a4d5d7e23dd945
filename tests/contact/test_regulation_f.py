"""The cases of the official commentary on 12 CFR 1006.14(b), each with the days around its limit."""

from __future__ import annotations

from typing import Any

import pytest
from contact_cases import INBOUND, call, calls, event, history

from collectrisk.contact import ContactRules, Decision, Permission

RULES = ContactRules.load("US", actor="third_party", product="credit_card", as_of="2026-03-01")
CAP, PAUSE = "US-1006.14b-7in7", "US-1006.14b-after-conversation"
NOTHING = dict.fromkeys(
    (
        "medium_optout",
        "dispute_written_unverified",
        "attorney_represented",
        "cease_request_written",
        "bankruptcy_open",
    ),
    False,
)
"""The facts that a call to the debtor's own number needs, all of them false."""

SEVEN = [f"2026-03-0{day} 10:00" for day in range(1, 8)]


def decided(at: str, *events: Any, facts: dict[str, Any] | None = None, **values: Any) -> Decision:
    contact = call(at, place="mobile", **values)
    return RULES.decide(contact, log=history(*events, as_of=at[:16]), facts={**NOTHING, **(facts or {})})


def blockers(decision: Decision) -> dict[str, Any]:
    return {each.rule: each.observed for each in decision.blocked_by}


def test_seven_calls_about_one_debt_within_seven_days_are_permitted_and_an_eighth_is_not() -> None:
    assert decided("2026-03-07 11:00", *calls(SEVEN[:6])).permission is Permission.ALLOWED
    eighth = decided("2026-03-07 11:00", *calls(SEVEN))
    assert eighth.permission is Permission.FORBIDDEN
    assert blockers(eighth) == {CAP: 7}
    assert eighth.blocked_by[0].limit == "7 in 7 days"


def test_three_debts_of_one_person_may_have_seven_calls_each() -> None:
    """Comment 14(b)(4)-2.i: 21 calls in all."""
    minutes = ("00", "01", "02")
    log = {
        debt: history(*calls(f"2026-03-0{day} 10:{minute}" for day in range(1, 7)), as_of="2026-03-07 09:00")
        for debt, minute in zip("ABC", minutes, strict=True)
    }
    for debt in "ABC":
        contact = call("2026-03-07 11:00", place="mobile", debts=debt)
        assert RULES.decide(contact, log=log, facts=NOTHING).permission is Permission.ALLOWED
    full = {**log, "B": history(*calls(SEVEN), as_of="2026-03-07 11:00")}
    for debt, permission in (("A", Permission.ALLOWED), ("B", Permission.FORBIDDEN)):
        contact = call("2026-03-07 11:00", place="mobile", debts=debt)
        assert RULES.decide(contact, log=full, facts=NOTHING).permission is permission


def test_a_call_about_two_debts_counts_for_both() -> None:
    """Comment 14(b)(4)-1.i."""
    about_both = "2026-03-01 10:00"
    six = [f"2026-03-0{day} 10:30" for day in range(2, 8)]
    log = {
        "A": history(*calls([about_both, *six]), as_of="2026-03-07 12:00"),
        "B": history(*calls([about_both]), as_of="2026-03-07 12:00"),
    }
    for debts, permission in (
        (("A",), Permission.FORBIDDEN),
        (("B",), Permission.ALLOWED),
        (("A", "B"), Permission.FORBIDDEN),
    ):
        decision = RULES.decide(call("2026-03-07 12:00", place="mobile", debts=debts), log=log, facts=NOTHING)
        assert decision.permission is permission


def test_a_conversation_about_several_debts_starts_the_pause_of_each() -> None:
    """Comment 14(b)(4)-1.ii."""
    talked = event("2026-03-02 10:00", "conversation")
    log = {debt: history(talked, as_of="2026-03-05 12:00") for debt in "AB"}
    log["C"] = history(as_of="2026-03-05 12:00")
    for debt, permission in zip("ABC", ("FORBIDDEN", "FORBIDDEN", "ALLOWED"), strict=True):
        decision = RULES.decide(call("2026-03-05 12:00", place="mobile", debts=debt), log=log, facts=NOTHING)
        assert decision.permission.name == permission


@pytest.mark.parametrize("kind", ["conversation", "refusal", "promise", INBOUND])
def test_a_conversation_that_either_side_began_starts_a_pause_whose_first_day_is_its_own(kind: Any) -> None:
    """Comment 14(b)(2)(i)-1.ii: a conversation on 2 March ends the pause with 8 March."""
    talked = event("2026-03-02 20:30", kind)
    for at, permission in (
        ("2026-03-02 20:45", Permission.FORBIDDEN),
        ("2026-03-08 20:59", Permission.FORBIDDEN),
        ("2026-03-09 08:00", Permission.ALLOWED),
    ):
        assert decided(at, talked).permission is permission
    paused = decided("2026-03-05 12:00", talked)
    assert blockers(paused) == {PAUSE: 1}
    assert str(paused.blocked_by[0].lifts_at) == "2026-03-09 00:00:00-04:00"
    assert str(paused.next_allowed) == "2026-03-09 08:00:00-04:00"


def test_a_message_or_somebody_else_starts_no_pause() -> None:
    others = [
        event(f"2026-03-0{day} 10:00", kind)
        for day, kind in ((1, "message_left"), (2, "third_party_reached"))
    ]
    assert decided("2026-03-02 12:00", *others).permission is Permission.ALLOWED


def test_calls_that_did_not_connect_to_the_number_are_not_counted() -> None:
    """Comment 14(b)(3)(ii)-1."""
    attempts = [*calls(SEVEN[:6]), *calls(SEVEN, "not_connected")]
    assert decided("2026-03-07 11:00", *attempts).permission is Permission.ALLOWED


def test_consent_lifts_the_caps_for_seven_days_of_which_the_first_is_that_of_its_receipt() -> None:
    """12 CFR 1006.14(b)(3)(i): consent on 7 March lifts the caps up to 13 March."""
    seven = calls(f"2026-03-13 {hour}:00" for hour in range(10, 17))
    for consent, at, permission in (
        (None, "2026-03-13 20:00", Permission.FORBIDDEN),
        ("2026-03-06", "2026-03-13 20:00", Permission.FORBIDDEN),
        ("2026-03-07", "2026-03-13 20:00", Permission.ALLOWED),
        ("2026-03-13", "2026-03-13 20:00", Permission.ALLOWED),
    ):
        facts = {"consent_to_calls_on": consent}
        assert decided(at, *seven, facts=facts).permission is permission
    # Calls within the seven days do not count afterwards either.
    after = decided("2026-03-14 09:00", *seven, facts={"consent_to_calls_on": ["2026-03-07"]})
    assert after.permission is Permission.ALLOWED
    assert decided("2026-03-14 09:00", *seven).permission is Permission.FORBIDDEN


def test_consent_lifts_the_pause_and_is_said_to_do_so() -> None:
    talked = event("2026-03-02 10:00", "conversation")
    paused = decided("2026-03-05 12:00", talked)
    assert paused.blocked_by[0].would_lift == ("consent_to_calls_on",)
    facts = {"consent_to_calls_on": "2026-03-05"}
    assert decided("2026-03-05 12:00", talked, facts=facts).permission is Permission.ALLOWED


def test_calls_to_another_person_do_not_count() -> None:
    others = calls(SEVEN, person="spouse")
    assert decided("2026-03-07 11:00", *others, person="debtor").permission is Permission.ALLOWED
    assert decided("2026-03-07 11:00", *others, person="spouse").permission is Permission.FORBIDDEN
    # Who was called, or is to be, may not be known: every call counts then.
    assert decided("2026-03-07 11:00", *others).permission is Permission.FORBIDDEN
    assert decided("2026-03-07 11:00", *calls(SEVEN), person="debtor").permission is Permission.FORBIDDEN


def test_seven_local_days_are_not_168_hours_when_clocks_change() -> None:
    """From 7 March 2026, 20:30, in New York they end on 14 March at 20:30, and not at 21:30."""
    seven = calls([f"2026-03-07 20:3{minute}" for minute in range(7)])
    before = decided("2026-03-14 20:29", *seven)
    assert blockers(before) == {CAP: 7}
    assert str(before.next_allowed) == "2026-03-14 20:30:00-04:00"
    assert decided("2026-03-14 20:30", *seven).permission is Permission.ALLOWED


def test_seven_local_days_are_not_168_hours_when_clocks_are_set_back() -> None:
    seven = calls([f"2026-10-31 20:3{minute}" for minute in range(7)])
    assert str(decided("2026-11-02 12:00", *seven).next_allowed) == "2026-11-07 20:30:00-05:00"


@pytest.mark.parametrize(
    ("at", "permission"),
    [
        ("2026-03-03 07:59", Permission.FORBIDDEN),
        ("2026-03-03 08:00", Permission.ALLOWED),
        ("2026-03-03 20:59:59", Permission.ALLOWED),
        ("2026-03-03 21:00", Permission.FORBIDDEN),
    ],
)
def test_hours_are_half_open_in_the_local_time_of_the_consumer(at: str, permission: Permission) -> None:
    assert decided(at).permission is permission
