"""Hours by weekday and public holiday, in every zone in which the debtor may be."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from contact_cases import HOUSE, LAW, parsed, rule

from collectrisk.contact import Contact, ContactRules, Decision, Permission
from collectrisk.contact._holidays import calendar_of
from collectrisk.errors import ArgumentError

KNOWN = {"dispute_open": False}
SYDNEY = "Australia/Sydney"


def hours(body: str, **options: Any) -> ContactRules:
    return parsed(LAW, HOUSE, rule("hours", "hours", body), **options)


def decided(rules: ContactRules, at: str, zones: Any = SYDNEY) -> Decision:
    return rules.decide(Contact("phone_call", at=at, zones=zones), facts=KNOWN)


EIGHT_TO_NINE = 'windows = [{ days = "all", start = "08:00", end = "21:00" }]'


def test_a_contact_must_be_permitted_in_every_zone() -> None:
    rules = hours(EIGHT_TO_NINE)
    zones = ("America/New_York", "America/Los_Angeles")
    for at, permission, then in (
        ("2026-11-03T10:59-05:00", Permission.FORBIDDEN, "2026-11-03 11:00:00-05:00"),
        ("2026-11-03T11:00-05:00", Permission.ALLOWED, "2026-11-03 11:00:00-05:00"),
        ("2026-11-03T21:00-05:00", Permission.FORBIDDEN, "2026-11-04 11:00:00-05:00"),
    ):
        decision = decided(rules, at, zones)
        assert (decision.permission, str(decision.next_allowed)) == (permission, then)


def test_a_local_time_in_several_zones_is_that_of_each() -> None:
    rules = hours(EIGHT_TO_NINE)
    zones = ("America/New_York", "America/Los_Angeles")
    assert decided(rules, "2026-11-03T08:00", zones).permission is Permission.ALLOWED
    assert str(decided(rules, "2026-11-03T07:59", zones).next_allowed) == "2026-11-03 08:00:00"


def test_the_next_local_time_exists_once_in_every_zone() -> None:
    rules = hours('windows = [{ days = "all", start = "01:16", end = "04:00" }]')
    zones = ("America/New_York", "America/Phoenix")
    assert str(decided(rules, "2026-11-01T00:30", zones).next_allowed) == "2026-11-01 02:00:00"


def test_without_a_zone_hours_are_not_known() -> None:
    decision = decided(hours(EIGHT_TO_NINE), "2026-11-03T10:00-05:00", ())
    assert decision.permission is Permission.UNKNOWN
    assert [(each.fact, each.rules) for each in decision.missing] == [("zones", ("hours",))]
    assert decision.next_allowed is None


AU = ContactRules.load("AU", actor="first_party", product="credit_card")


def blocked_by(decision: Decision) -> set[str]:
    return {each.rule for each in decision.blocked_by}


@pytest.mark.parametrize(
    ("at", "blocked"),
    [
        ("2026-11-02T07:29", True),
        ("2026-11-02T07:30", False),
        ("2026-11-07T08:59", True),  # a Saturday
        ("2026-11-07T09:00", False),
        ("2026-12-25T12:00", True),
        ("2026-01-26T12:00", True),
    ],
)
def test_weekdays_and_national_holidays_have_their_own_hours(at: str, blocked: bool) -> None:  # noqa: FBT001
    decision = AU.decide(Contact("phone_call", at=at, zones=SYDNEY, place="mobile"))
    assert ("AU-RG96-4-phone-hours" in blocked_by(decision)) is blocked


def test_the_next_permitted_time_is_after_the_holidays() -> None:
    decision = AU.decide(Contact("phone_call", at="2026-12-24T21:00", zones=SYDNEY, place="mobile"))
    lifts = {each.rule: str(each.lifts_at) for each in decision.blocked_by}
    # Friday and Saturday are holidays, and Sunday begins at nine.
    assert lifts == {"AU-RG96-4-phone-hours": "2026-12-27 09:00:00+11:00"}


def test_a_holiday_that_depends_on_the_moon_is_not_known_and_neither_are_the_days_beside_it() -> None:
    rules = ContactRules.load("ID", actor="first_party", product="credit_card")
    found = {}
    for day in range(5, 18):
        at = f"2027-03-{day:02}T10:00"
        decision = rules.decide(Contact("phone_call", at=at, zones="Asia/Jakarta"))
        found[day] = decision.permission.name
        if day == 9:
            assert [each.fact for each in decision.missing] == ["holidays"]
            assert str(decision.next_allowed) == "2027-03-13 08:00:00+07:00"
        if day == 10:
            night = decided(rules, f"2027-03-{day}T23:00", "Asia/Jakarta")
            assert night.permission is Permission.FORBIDDEN
    unknown = {day for day, name in found.items() if name == "UNKNOWN"}
    assert unknown == {9, 10, 11, 12}
    assert {day for day, name in found.items() if name == "FORBIDDEN"} == {7, 8, 14}  # Sundays, and Nyepi


def test_weekends_whose_hours_were_not_seen_are_not_known_unless_the_user_states_them() -> None:
    where: dict[str, Any] = {"actor": "third_party", "product": "other", "holidays": {2026: ["2026-12-07"]}}
    house = {"TH-hours": {"windows": [{"days": "sat", "start": "08:00", "end": "18:00"}]}}
    rules, own = ContactRules.load("TH", **where), ContactRules.load("TH", **where, house=house)
    for at, state in (
        ("2026-12-05T10:00", "missing"),
        ("2026-12-07T17:59", "passed"),  # a Monday that is a holiday
        ("2026-12-07T18:00", "blocked"),
        ("2026-12-08T18:00", "passed"),
    ):
        decision = rules.decide(Contact("sms", at=at, zones="Asia/Bangkok"))
        missing = {each.fact for each in decision.missing if "TH-hours" in each.rules}
        found = "passed" if "TH-hours" in decision.passed else "missing" if missing else "blocked"
        assert (found, missing) == (state, {"house_hours"} if state == "missing" else set())
    saturday = own.decide(Contact("sms", at="2026-12-05T10:00", zones="Asia/Bangkok"))
    assert "TH-hours" in saturday.passed
    late = own.decide(Contact("sms", at="2026-12-05T18:00", zones="Asia/Bangkok"))
    assert [(each.rule, each.is_house) for each in late.blocked_by] == [("TH-hours", True)]


def test_hours_that_are_open_on_no_day_never_lift() -> None:
    rules = hours(
        'windows = [{ days = "public_holiday", start = "08:00", end = "18:00" }]', holidays={2026: []}
    )
    decision = decided(rules, "2026-11-03T10:00")
    assert (decision.permission, decision.next_allowed) == (Permission.FORBIDDEN, None)


def test_without_the_package_or_a_country_holidays_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    body = f'{EIGHT_TO_NINE}\nholidays = "closed"'
    for options in ({}, {"jurisdiction": "TH"}):
        decision = decided(hours(body, **options), "1977-11-03T10:00")
        assert decision.permission is Permission.UNKNOWN
        assert [each.fact for each in decision.missing] == ["holidays"]


def test_the_holidays_of_a_code_that_the_package_does_not_know_are_not_known() -> None:
    place = '[jurisdiction.ZZ]\nname = "Zedland"\nholidays = "Zed"'
    closed = rule("hours", "hours", f'{EIGHT_TO_NINE}\nholidays = "closed"')
    rules = parsed(place, LAW, HOUSE, closed, jurisdiction="ZZ")
    decision = decided(rules, "2026-11-04T12:00")
    assert decision.permission is Permission.UNKNOWN
    assert [each.fact for each in decision.missing] == ["holidays"]


def test_years_that_the_package_does_not_know_are_not_known() -> None:
    is_holiday = calendar_of("AU", None)
    contact = Contact("sms", at="2150-01-01T10:00+00:00")
    assert is_holiday(contact.at.date()) is None


def test_the_users_holidays_replace_those_of_the_package_in_the_years_that_they_have() -> None:
    rules = ContactRules.load(
        "AU", actor="first_party", product="credit_card", holidays={2026: ["2026-11-03"]}
    )
    contacts = [
        Contact("phone_call", at=at, zones=SYDNEY, place="mobile")
        for at in ("2026-11-03T12:00", "2026-12-25T12:00", "2027-12-24T12:00")
    ]
    cup, christmas, later = map(rules.decide, contacts)
    assert blocked_by(cup) == {"AU-RG96-4-phone-hours"}
    assert blocked_by(christmas) == set()
    assert "holidays" in {each.fact for each in later.missing}


@pytest.mark.parametrize(
    ("holidays", "says"),
    [
        (["2026-01-01"], "must be a mapping of years to all their dates"),
        ({"2026": []}, "must map years to dates"),
        ({2026: "2026-01-01"}, "must map years to dates"),
        ({2026: 5}, "must map years to dates"),
        ({2026: ["soon"]}, r"holidays\[2026\] must be a date, such as"),
        ({2026: ["2027-01-01"]}, r"holidays\[2026\] must have dates of that year, not 2027-01-01"),
    ],
)
def test_bad_holidays_are_named(holidays: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        ContactRules.load("AU", holidays=holidays)


def test_a_visit_elsewhere_than_at_home_or_work_keeps_the_hours_of_visits() -> None:
    rules = ContactRules.load(
        "AU", actor="third_party", product="credit_card", house={"AU-RG96-7-last-resort": {"least": 1}}
    )
    night = Contact("field_visit", at="2026-11-04T03:00", zones=SYDNEY, place="other")
    assert "AU-RG96-4-visit-hours" in [each.rule for each in rules.decide(night).blocked_by]
