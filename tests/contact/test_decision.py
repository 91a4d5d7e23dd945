"""What a decision says, in data and in text, and what its inputs may be."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import polars as pl
import pytest
from contact_cases import HOUSE, LAW, NEW_YORK, call, calls, event, history, local, parsed, rule

import collectrisk as cr
from collectrisk.contact import Contact, ContactRules, Permission, _case
from collectrisk.errors import ArgumentError
from collectrisk.history import ContactLog

US = ContactRules.load("US", actor="third_party", product="credit_card")
AT = "2026-11-03T20:30"
LOG = history(as_of=AT)
KNOWN = {"dispute_open": False}

ENGLISH = """\
FORBIDDEN: phone call, 2026-11-03 20:30-05:00 (America/New_York).

This is not legal advice. It says whether encoded rules forbid the contact, by paraphrases of own.toml \
(no date, sha256 {hash}); not that the contact is lawful.

Forbidden by:
- once (House policy, no section; house rule; must not; primary text read): A rule of a test. Observed: \
1. Limit: 1 in 1 day. Lifts at 2026-11-04 00:00-05:00. Would be lifted by: agreed_frequency (the debtor \
agreed to more frequent contact). The number, or the rule, is the user's own.

Not known, and would matter if nothing forbade the contact:
- dispute_open (the debt is reasonably queried or disputed): asked for by law

Would forbid it, but was downgraded by the user:
- soft (House policy, no section; house rule; should not; primary text read): A rule of a test. \
Observed: bankruptcy_open = yes. No passage of time lifts it. The number, or the rule, is the user's own.

No passage of time alone permits it.

If contact is made:
- offer: plan (House policy, no section; house rule; must not; primary text read): A rule of a test. \
Depends on: willing_to_repay (the debtor is willing to pay).

Not in force, and not enforced:
- later (Draft; draft, from 2027-01-01): A rule of a test. It would say: not known.

2 later events in the log do not count."""

CHINESE = """\
禁止：电话，2026-11-03 20:30-05:00（America/New_York）。

这不是法律意见。它只说明已编码的规则（转述自 own.toml（无日期，sha256 {hash}））\
是否禁止该联系，不表示该联系合法。

禁止的规则："""


def everything() -> ContactRules:
    draft = HOUSE.replace('"HOUSE"', '"DRAFT"').replace("House policy", "Draft")
    draft += 'status = "draft"\neffective_from = 2027-01-01\n'
    day = 'window = { n = 1, unit = "day", type = "calendar" }\ncount = "attempts"\nper = "debt"\nmost = 1'
    return parsed(
        LAW,
        HOUSE,
        draft,
        rule("once", "cap", f'{day}\nunless = ["agreed_frequency"]'),
        rule("soft", "facts", 'block_if = ["bankruptcy_open"]').replace("must_not", "should_not"),
        rule("plan", "obligation", 'effect = "offer"\nif = ["willing_to_repay"]'),
        rule("later", "facts", 'require = ["visit_notice_given"]', "DRAFT"),
        downgrade=["soft"],
    )


def test_a_decision_is_explained_in_english_and_chinese() -> None:
    log = history(*calls([f"{AT[:10]} 09:00", f"{AT[:10]} 21:00", "2026-11-05 10:00"]))
    decision = everything().decide(call(AT), log=log, facts={"bankruptcy_open": True})
    digest = decision.files[0].sha256[:12]
    assert decision.explain() == ENGLISH.format(hash=digest)
    assert str(decision) == decision.explain()
    chinese = decision.explain("zh")
    assert chinese.startswith(CHINESE.format(hash=digest))
    assert "取决于：willing_to_repay（债务人有还款意愿）。" in chinese
    with pytest.raises(ArgumentError, match="language must be one of en, zh"):
        decision.explain("fr")  # type: ignore[arg-type]


def test_a_decision_is_shown_in_a_notebook() -> None:
    html = US.decide(call("2026-11-03T22:00"))._repr_html_()
    assert "<b>FORBIDDEN: phone call" in html
    assert "<li>US-1006.6b1-hours (Regulation F" in html
    assert "This is not legal advice" in html


def test_nothing_says_that_a_contact_complies_with_the_law() -> None:
    decision = parsed(LAW).decide(call(AT), facts=KNOWN)
    assert decision.permission is Permission.ALLOWED
    assert decision.explain().startswith("ALLOWED (no encoded rule forbids this): phone call")
    assert "next permitted time" not in decision.explain()
    assert decision.next_allowed == decision.contact.at


def test_a_decision_is_plain_data() -> None:
    decision = US.decide(call("2026-11-03T22:00:30", debts="A"), facts={"attorney_represented": True})
    data = json.loads(json.dumps(decision.to_dict()))
    assert data["permission"] == "forbidden"
    assert data["contact"]["zones"] == [NEW_YORK]
    assert data["contact"]["at"] == "2026-11-03T22:00:30-05:00"
    assert data["blocked_by"][0]["observed"] == "tue 22:00"
    assert data["blocked_by"][1]["would_lift"] == ["attorney_unresponsive", "attorney_consents"]
    assert data["rules_date"] == "2026-11-23"
    assert data["rules_hash"] == decision.rules_hash
    assert [file["name"] for file in data["files"]] == ["us.toml"]
    assert parsed(LAW).decide(call(AT)).rules_date is None
    assert "2026-11-03 22:00:30-05:00" in str(decision)


def test_a_fact_that_is_none_is_not_known() -> None:
    rules = parsed(LAW)
    assert rules.decide(call(AT), facts={"dispute_open": None}) == rules.decide(call(AT))


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (5, "facts must be a mapping of facts to values, not 5"),
        (
            {"atorney_represented": True},
            "facts must name facts that a rule file defines, .* 'attorney_represented'",
        ),
        ({5: True}, "facts must name facts that a rule file defines, not 5"),
        ({"bankruptcy_open": "no"}, r"facts\['bankruptcy_open'\] must be True, False or None, not 'no'"),
        ({"planned_staff": 1.5}, r"facts\['planned_staff'\] must be a whole number, 0 or more, not 1.5"),
        ({"planned_staff": True}, "must be a whole number, 0 or more, not True"),
        ({"consent_to_calls_on": "today"}, r"facts\['consent_to_calls_on'\] must be a date"),
        ({"consent_to_calls_on": 5}, "must be a date"),
        (
            {"consent_to_calls_on": ["2026-11-04"]},
            "must not be after the contact, on 2026-11-03, and has 2026-11-04",
        ),
    ],
)
def test_a_bad_fact_is_named(facts: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        US.decide(call(AT), facts=facts)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"contact": "phone_call"}, "contact must be a Contact, not a str"),
        ({"log": []}, r"log must be what ContactLog.of returns, or a mapping of accounts to that, not \[\]"),
        ({"log": {}}, "log must be what ContactLog.of returns"),
        ({"log": {"A": 5}}, "log must be what ContactLog.of returns"),
        (
            {"log": {"A": LOG}, "contact": call(AT, debts="B")},
            "log must have the history of every debt .* lacks 'B'",
        ),
        (
            {"contact": call(AT, debts=("A", "B")), "log": LOG},
            "log must be a mapping of accounts to histories",
        ),
        ({"borrower": {"days_past_due": 5}}, "borrower must be a Borrower, not a dict"),
    ],
)
def test_a_bad_argument_is_named(values: dict[str, Any], says: str) -> None:
    arguments = {"contact": call(AT), **values}
    with pytest.raises(ArgumentError, match=says):
        US.decide(**arguments)


def test_a_borrower_with_another_product_than_that_of_the_rules_is_an_error() -> None:
    rules = ContactRules.load("US", actor="third_party", product="credit_card")
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1, product="online_loan")
    with pytest.raises(
        ArgumentError, match=r"borrower must have the product .* 'credit_card', and has 'online_loan'"
    ):
        rules.decide(Contact("sms", at="2026-11-03T10:00-05:00"), borrower=borrower)


def test_a_borrower_supplies_days_past_due_and_a_plan_that_is_kept() -> None:
    rules = ContactRules.load("PH", actor="first_party", product="lending_company_loan")
    night = Contact("sms", at="2026-11-03T23:00", zones="Asia/Manila")
    for days, permission in ((15, Permission.FORBIDDEN), (16, Permission.ALLOWED)):
        borrower = cr.Borrower(amount_overdue=100, days_past_due=days)
        assert rules.decide(night, borrower=borrower).permission is permission
    assert rules.decide(night).blocked_by[0].would_lift == ("agreed_hours", "days_past_due")
    cards = ContactRules.load("CN", actor="first_party", product="credit_card")
    kept = cr.Borrower(amount_overdue=100, days_past_due=20, repayment_plan=True)
    for borrower, blocked in ((kept, True), (attrs.evolve(kept, repayment_plan=False), False)):
        decision = cards.decide(
            Contact("sms", at="2026-11-03T10:00", zones="Asia/Shanghai"), borrower=borrower
        )
        assert ("CN-CC-plan-stop" in {each.rule for each in decision.blocked_by}) is blocked
        # That no plan is noted does not say that there is none.
        assert ("repayment_plan_performing" in {each.fact for each in decision.missing}) is not blocked


def test_downgraded_rules_are_reported_and_do_not_forbid() -> None:
    rules = ContactRules.load(
        "US", actor="third_party", product="credit_card", downgrade=["presumed_violation"]
    )
    decision = rules.decide(call("2026-11-03T22:00"))
    assert "US-1006.6b1-hours" not in {each.rule for each in decision.blocked_by}
    assert [(each.rule, each.state) for each in decision.downgraded] == [
        ("US-1006.6b1-hours", "blocked"),
        ("US-1006.14b-7in7", "missing"),
        ("US-1006.14b-after-conversation", "missing"),
    ]


def test_events_after_the_contact_do_not_count_and_are_reported() -> None:
    cap = rule(
        "c",
        "cap",
        'window = { n = 1, unit = "day", type = "calendar" }\ncount = "attempts"\nper = "debt"\nmost = 1',
    )
    rules = parsed(LAW, HOUSE, cap)
    log = history(*calls(["2026-11-03 20:31"]))
    decision = rules.decide(call(AT), log=log, facts=KNOWN)
    assert (decision.permission, decision.ignored_events) == (Permission.ALLOWED, 1)
    at_once = rules.decide(call(AT), log=history(*calls(["2026-11-03 20:30"])), facts=KNOWN)
    assert (at_once.permission, at_once.ignored_events) == (Permission.FORBIDDEN, 0)
    unplaced = Contact("sms", at="2026-11-03T20:30-05:00")
    assert (
        rules.decide(
            unplaced, log=history(*calls(["2026-11-04 20:30"]), zone=None), facts=KNOWN
        ).ignored_events
        == 0
    )


DAY = 'window = { n = 1, unit = "day", type = "calendar" }\ncount = "attempts"\nmost = 1\n'
WEEK = 'window = { n = 7, unit = "day", type = "rolling" }\ncount = "attempts"\nmost = 1\n'


@pytest.mark.parametrize(
    ("body", "as_of", "known"),
    [
        (DAY, "2026-11-02 23:59", False),
        (DAY, "2026-11-03", True),
        (WEEK, "2026-11-01 23:59", False),
        (WEEK, "2026-11-02", True),
    ],
)
def test_a_log_that_ends_before_yesterday_or_the_window_does_not_show_that_there_is_room(
    body: str,
    as_of: str,
    known: bool,  # noqa: FBT001
) -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", f'{body}per = "debt"'))
    decision = rules.decide(call(AT), log=history(as_of=as_of), facts=KNOWN)
    assert (decision.permission is Permission.ALLOWED) is known
    assert [each.fact for each in decision.missing] == ([] if known else ["log"])


def test_a_limit_that_known_events_reach_forbids_however_old_the_log_is() -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", f'{WEEK}per = "debt"'))
    old = history(event("2026-10-30 10:00"), as_of="2026-10-31")
    decision = rules.decide(call(AT), log=old, facts=KNOWN)
    assert (decision.permission, decision.next_allowed) == (Permission.FORBIDDEN, None)
    assert [each.observed for each in decision.blocked_by] == [1]


def test_events_of_all_accounts_count_per_debtor_and_a_call_about_two_of_them_once() -> None:
    two = parsed(LAW, HOUSE, rule("c", "cap", DAY.replace("most = 1", "most = 2") + 'per = "debtor"'))
    both = event("2026-11-03 10:00")
    for events, permission in (
        (((both,), (both,)), Permission.ALLOWED),
        (((both,), (event("2026-11-03 11:00"),)), Permission.FORBIDDEN),
        (((both, both), ()), Permission.FORBIDDEN),
    ):
        log = {name: history(*own) for name, own in zip("AB", events, strict=True)}
        assert two.decide(call(AT, debts="A"), log=log, facts=KNOWN).permission is permission


def test_calls_to_another_contact_point_do_not_count() -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", DAY + 'per = "contact_point"'))
    log = history(event("2026-11-03 10:00", contact_point="+1"))
    for point, permission in (("+1", "FORBIDDEN"), ("+2", "ALLOWED"), (None, "FORBIDDEN")):
        assert rules.decide(call(AT, contact_point=point), log=log, facts=KNOWN).permission.name == permission


def test_pooled_channels_count_together_and_others_alone() -> None:
    body = DAY + 'per = "debt"\npooled = '
    channels = '["phone_call", "sms"]'
    for pooled, permission in (("true", "FORBIDDEN"), ("false", "ALLOWED")):
        rules = parsed(LAW, HOUSE, rule("c", "cap", body + pooled, channels=channels))
        log = history(event("2026-11-03 10:00", "message_sent"))
        assert rules.decide(call(AT), log=log, facts=KNOWN).permission.name == permission
        visit = history(event("2026-11-03 10:00", "visit"))
        assert rules.decide(call(AT), log=visit, facts=KNOWN).permission is Permission.ALLOWED
        unnamed = history(event("2026-11-03 10:00", channel=None))
        assert rules.decide(call(AT), log=unnamed, facts=KNOWN).permission is Permission.FORBIDDEN


def test_elsewhere_another_window_applies_and_an_unknown_place_may_be_elsewhere() -> None:
    rules = ContactRules.load("US-MA", actor="third_party", product="credit_card")
    log = history(*calls(["2026-10-20 10:00", "2026-10-21 10:00"]))
    for place, blocked in (("home", False), ("mobile", False), ("work", True), (None, True)):
        decision = rules.decide(call(AT, place=place), log=log)
        assert ("US-MA-18.16-frequency" in {each.rule for each in decision.blocked_by}) is blocked


def test_a_log_of_days_without_times_counts_each_event_until_the_end_of_its_day() -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", WEEK + 'per = "debt"'))
    log = history(event("2026-11-03"), has_times=False)
    same_day = rules.decide(call("2026-11-03T09:00"), log=log, facts=KNOWN)
    assert same_day.permission is Permission.FORBIDDEN
    assert same_day.next_allowed == call("2026-11-10T23:59:59.999999").at


def test_the_times_of_a_log_are_in_its_own_zone_or_else_in_that_of_the_debtor() -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", DAY + 'per = "debt"'))
    late = event("2026-11-03 23:30")  # in Shanghai: half past ten in the morning in New York
    for zone, permission in (("Asia/Shanghai", "FORBIDDEN"), (None, "ALLOWED"), (NEW_YORK, "ALLOWED")):
        decision = rules.decide(call(AT), log=history(late, zone=zone), facts=KNOWN)
        assert decision.permission.name == permission


def test_a_place_that_is_not_known_may_be_the_workplace() -> None:
    facts = {"employer_prohibits": True}
    for place, expected in (("work", "blocked"), (None, "missing"), ("home", "")):
        decision = US.decide(call(AT, place=place), facts=facts)
        blocked = {each.rule for each in decision.blocked_by}
        missing = {each.fact for each in decision.missing if "US-1692c-workplace" in each.rules}
        found = "blocked" if "US-1692c-workplace" in blocked else "missing" if missing else ""
        assert found == expected
        assert missing == ({"place"} if expected == "missing" else set())


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("debtor", "allowed"),
        ("guarantor", "allowed"),
        ("unrelated_third_party", "forbidden"),
        ("third_party", "unknown"),
        ("contact_person", "unknown"),
        ("employer", "unknown"),
    ],
)
def test_whether_a_contact_person_is_unrelated_to_the_debt_is_not_known(
    recipient: str, expected: str
) -> None:
    body = 'recipients = ["unrelated_third_party"]\nforbid = true'
    decision = parsed(LAW, HOUSE, rule("r", "facts", body)).decide(call(AT, recipient=recipient), facts=KNOWN)
    assert decision.permission.value == expected
    assert [each.fact for each in decision.missing] == (["recipient"] if expected == "unknown" else [])


def test_a_rule_about_third_parties_is_about_each_kind_of_them() -> None:
    rules = parsed(LAW, HOUSE, rule("r", "facts", 'recipients = ["third_party"]\nforbid = true'))
    for recipient in ("contact_person", "employer", "unrelated_third_party", "third_party"):
        assert rules.decide(call(AT, recipient=recipient), facts=KNOWN).permission is Permission.FORBIDDEN


def test_attempts_count_since_the_last_result_and_more_of_them_permit_a_visit() -> None:
    rules = parsed(LAW, HOUSE, rule("r", "attempts", 'on = ["phone_call", "sms"]\nleast = 2'))
    visit = Contact("field_visit", at=AT, zones=NEW_YORK)
    attempts = [event("2026-11-01 10:00"), event("2026-11-02 10:00", "message_sent")]
    for events, permission in (
        (attempts, Permission.ALLOWED),
        ([*attempts, event("2026-11-03 10:00", "payment", amount=5.0)], Permission.FORBIDDEN),
        ([*attempts, event("2026-11-03 10:00", "payment", amount=-5.0)], Permission.ALLOWED),
        ([attempts[0], event("2026-11-02 10:00", "letter_sent")], Permission.FORBIDDEN),
    ):
        assert rules.decide(visit, log=history(*events), facts=KNOWN).permission is permission
    later = rules.decide(visit, log=history(attempts[0], event("2026-11-04 10:00")), facts=KNOWN)
    assert str(later.next_allowed) == "2026-11-04 10:00:00-05:00"
    for log, fact in ((None, "log"), (history(*attempts), "zones")):
        unknown = attrs.evolve(visit, zones=()) if log else visit
        decision = rules.decide(unknown, log=log, facts=KNOWN)
        assert [each.fact for each in decision.missing] == [fact]
        assert decision.next_allowed is None


def test_a_count_without_a_zone_is_not_known() -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", DAY + 'per = "debt"'))
    decision = rules.decide(Contact("sms", at="2026-11-03T10:00-05:00"), log=LOG, facts=KNOWN)
    assert [each.fact for each in decision.missing] == ["zones"]


def dated(first: str, last: str) -> str:
    return HOUSE + f"effective_from = {first}\neffective_to = {last}\n" + rule("r", "facts", "forbid = true")


def test_a_rule_is_enforced_on_the_days_on_which_it_is_in_force() -> None:
    rules = parsed(LAW, dated("2026-11-03", "2026-11-05"))
    for at, permission in (
        ("2026-11-02T23:59", Permission.ALLOWED),
        ("2026-11-03T00:00", Permission.FORBIDDEN),
        ("2026-11-05T23:59", Permission.FORBIDDEN),
        ("2026-11-06T00:00", Permission.ALLOWED),
    ):
        assert rules.decide(call(at), facts=KNOWN).permission is permission
    zones = (NEW_YORK, "Asia/Shanghai")
    for at, where in (("T10:00", NEW_YORK), ("T10:00", zones), ("T10:00-05:00", ())):
        contact = call(f"2026-11-04{at}", zones=where)
        decision = rules.decide(contact, facts=KNOWN)
        assert str(decision.next_allowed)[:16] == "2026-11-06 00:00"
    reported = rules.decide(call("2026-11-02T10:00"), facts=KNOWN).not_in_force
    assert [(each.rule, each.status, each.state) for each in reported] == [("r", "in_force", "blocked")]


def test_a_rule_that_ends_may_be_lifted_before() -> None:
    body = 'windows = [{ days = "all", start = "08:00", end = "20:00" }]'
    text = HOUSE + "effective_to = 2026-11-05\n" + rule("r", "hours", body)
    assert (
        str(parsed(LAW, text).decide(call("2026-11-04T21:00"), facts=KNOWN).next_allowed)
        == "2026-11-05 08:00:00-05:00"
    )
    assert (
        str(parsed(LAW, text).decide(call("2026-11-05T21:00"), facts=KNOWN).next_allowed)
        == "2026-11-06 00:00:00-05:00"
    )


def test_the_law_of_another_day_applies_too_if_the_user_asks_for_it() -> None:
    text = dated("2026-11-03", "2026-11-05")
    rules = parsed(LAW, text, as_of="2026-11-04")
    decision = rules.decide(call("2026-11-10T10:00"), facts=KNOWN)
    assert (decision.permission, decision.next_allowed) == (Permission.FORBIDDEN, None)


def test_a_contact_is_permitted_from_the_day_on_which_a_law_covers_it() -> None:
    text = LAW.replace("on_contact = true", "on_contact = true\neffective_from = 2026-11-10")
    for zones, then in ((NEW_YORK, "2026-11-10 00:00:00-05:00"), ((), "2026-11-10 00:00:00-05:00")):
        contact = Contact("sms", at="2026-11-03T10:00-05:00", zones=zones)
        decision = parsed(text).decide(contact, facts=KNOWN)
        assert [each.fact for each in decision.missing] == ["coverage"]
        assert str(decision.next_allowed) == then
    local_only = Contact("sms", at="2026-11-03T10:00", zones=(NEW_YORK, "Asia/Shanghai"))
    assert parsed(text).decide(local_only, facts=KNOWN).next_allowed == local("2026-11-10 00:00")


def test_without_an_instrument_on_contacts_nothing_is_permitted() -> None:
    """A bank that collects its own loans is outside Regulation F, whatever else covers it."""
    bank = ContactRules.load("US", actor="first_party", product="credit_card")
    decision = bank.decide(call(AT, place="mobile"), facts={"bankruptcy_open": False}, log=LOG)
    assert decision.permission is Permission.UNKNOWN
    assert [(each.fact, each.rules) for each in decision.missing] == [("coverage", ())]
    assert "no encoded instrument on contacts covers" in decision.explain()
    house = parsed(HOUSE, rule("r", "facts", 'block_if = ["dispute_open"]'))
    assert house.decide(call(AT), facts=KNOWN).permission is Permission.UNKNOWN


def test_an_instrument_that_may_not_cover_the_product_forbids_nothing_for_certain() -> None:
    rules = ContactRules.load("US", actor="third_party", product="other")
    decision = rules.decide(call("2026-11-03T22:00"))
    assert decision.permission is Permission.UNKNOWN
    assert "US-1006.6b1-hours" in {
        rule for each in decision.missing if each.fact == "product" for rule in each.rules
    }


def test_what_is_missing_keeps_its_time_open() -> None:
    """Without house hours, no later time is known to be permitted."""
    uk = ContactRules.load("UK", actor="first_party", product="credit_card")
    contact = Contact("sms", at="2026-11-03T10:00", zones="Europe/London")
    decision = uk.decide(contact, facts={"mental_capacity_concern": False, "dispute_open": False})
    assert [each.fact for each in decision.missing] == ["house_hours"]
    assert decision.next_allowed is None


def test_a_contact_without_zones_is_explained() -> None:
    decision = US.decide(Contact("sms", at="2026-11-03T10:00-05:00", zones=None))
    assert decision.explain().startswith("UNKNOWN: text message (SMS), 2026-11-03 10:00-05:00.\n")
    stopped = US.decide(Contact("sms", at="2026-11-03T10:00-05:00"), facts={"bankruptcy_open": True})
    assert "Observed: bankruptcy_open = yes. No passage of time lifts it." in stopped.explain()
    third = US.decide(Contact("sms", at="2026-11-03T10:00-05:00", recipient="employer"))
    assert [each.observed for each in third.blocked_by] == [None]
    assert "Observed" not in third.explain()


def test_days_of_consent_may_be_dates() -> None:
    log = history(*calls(f"2026-11-03 1{hour}:00" for hour in range(8)))
    for days in (local("2026-11-03").date(), [local("2026-11-03").date()]):
        decision = US.decide(call(AT), log=log, facts={"consent_to_calls_on": days})
        assert "US-1006.14b-7in7" in decision.passed


def test_the_pause_of_a_caller_who_consented_is_over_at_once() -> None:
    log = history(event("2026-11-03 10:00", "conversation"))
    facts = {"consent_to_calls_on": "2026-11-03", "bankruptcy_open": False}
    decision = US.decide(call("2026-11-03T22:00"), log=log, facts=facts)
    assert str(decision.blocked_by[0].lifts_at) == "2026-11-04 08:00:00-05:00"
    full = dict.fromkeys(
        (name for each in US.rules for name in each.facts if name != "consent_to_calls_on"), False
    )
    again = US.decide(call("2026-11-03T22:00", place="mobile"), log=log, facts={**full, **facts})
    assert str(again.next_allowed) == "2026-11-04 08:00:00-05:00"


def test_a_represented_debtors_attorney_may_be_contacted() -> None:
    facts = {"attorney_represented": True}
    for recipient, blocked in (("debtor", True), ("guarantor", True), ("attorney", False)):
        decision = US.decide(call(AT, recipient=recipient), facts=facts)
        assert ("US-1692c-attorney" in {each.rule for each in decision.blocked_by}) is blocked


def test_what_was_observed_is_said_in_words() -> None:
    late = US.decide(call("2026-11-03T22:00"))
    assert "Observed: Tuesday 22:00. Limit: every day 08:00-21:00." in late.explain()
    assert "观察到：周二 22:00。限制：每日 08:00-21:00。" in late.explain("zh")
    full = US.decide(call(AT), log=history(*calls(f"2026-11-03 1{hour}:00" for hour in range(7))))
    assert "观察到：7。限制：7 次 / 7 日。" in full.explain("zh")
    stopped = US.decide(call(AT), facts={"bankruptcy_open": True})
    assert "观察到：bankruptcy_open = 是。" in stopped.explain("zh")


def test_rules_are_short_in_a_console() -> None:
    assert repr(US).startswith("ContactRules(jurisdiction='US', actor='third_party', product='credit_card'")
    assert len(repr(US)) < 400


@pytest.mark.parametrize("staff", [2, np.int64(2)])
def test_a_number_may_be_any_integer(staff: Any) -> None:
    rules = ContactRules.load("CN", actor="first_party", product="credit_card")
    visit = Contact("field_visit", at="2026-11-03T10:00", zones="Asia/Shanghai", place="home")
    assert "CN-CBA2026-visit-two-staff" in rules.decide(visit, facts={"planned_staff": staff}).passed


def frames() -> list[Any]:
    times = ["2026-11-03T10:00:00-05:00", "2026-11-03T23:30:00-05:00"]
    polars = pl.DataFrame(
        {"account_id": ["A", "A"], "happened_at": times, "event": "no_answer"}
    ).with_columns(pl.col("happened_at").str.to_datetime(time_zone="UTC"))
    return [polars, polars.lazy(), polars.to_pandas(), polars.to_arrow(), polars.reverse()]


@pytest.mark.parametrize("frame", frames(), ids=["polars", "lazy", "pandas", "arrow", "reversed"])
@pytest.mark.parametrize("zone", [NEW_YORK, "Asia/Shanghai", "UTC"])
def test_the_kind_of_frame_and_the_zone_of_the_log_change_nothing(frame: Any, zone: str) -> None:
    rules = parsed(LAW, HOUSE, rule("c", "cap", DAY.replace("most = 1", "most = 2") + 'per = "debt"'))
    log = ContactLog(frame, zone=zone)
    for at, permission in (("2026-11-03T23:45", "FORBIDDEN"), ("2026-11-04T00:00", "ALLOWED")):
        contact = call(at)
        known = log.of("A", as_of=contact.at)
        assert rules.decide(contact, log=known, facts=KNOWN).permission.name == permission


def test_an_event_counts_until_the_second_of_two_times_that_are_written_alike() -> None:
    """One day after 31 October, 1:30, clocks show 1:30 twice in New York: the later one counts."""
    body = 'window = { n = 1, unit = "day", type = "rolling" }\ncount = "attempts"\nmost = 1\nper = "debt"'
    rules = parsed(LAW, HOUSE, rule("c", "cap", body))
    log = history(event("2026-10-31 01:30"))
    decision = rules.decide(call("2026-10-31 20:00"), log=log, facts=KNOWN)
    assert str(decision.next_allowed) == "2026-11-01 01:30:00-05:00"
    # An event at such a time may have been the later one, too.
    twice = history(event("2026-11-01 01:30"))
    after = rules.decide(call("2026-11-01T20:00"), log=twice, facts=KNOWN)
    assert str(after.next_allowed) == "2026-11-02 01:30:00-05:00"
    within = rules.decide(call("2026-11-01T01:40-04:00"), log=twice, facts=KNOWN)
    assert within.permission is Permission.FORBIDDEN
    # The next permitted time may be written like that of the contact, an hour later.
    hour = call("2026-11-01T01:30-04:00", zones=NEW_YORK)
    hour = attrs.evolve(hour, at=hour.at.astimezone(hour.zones[0]))
    then = rules.decide(hour, log=history(event("2026-10-31 01:30")), facts=KNOWN)
    assert str(then.next_allowed) == "2026-11-01 01:30:00-05:00"
    assert (
        "The next permitted time, if all facts stay and nothing else happens: 2026-11-01 01:30-05:00."
        in str(then)
    )


def counted_calls(monkeypatch: pytest.MonkeyPatch, name: str, where: Any) -> list[None]:
    """Return a list that grows with each call of a function."""
    calls: list[None] = []
    original = getattr(where, name)

    def counting(*args: Any) -> Any:
        calls.append(None)
        return original(*args)

    monkeypatch.setattr(where, name, counting)
    return calls


def test_the_next_time_below_a_cap_is_found_at_once_in_a_long_log(monkeypatch: pytest.MonkeyPatch) -> None:
    body = 'window = { n = 700, unit = "day", type = "rolling" }\ncount = "attempts"\nper = "debt"\nmost = 2'
    hourly = [event(local("2026-10-01 00:30") + number * dt.timedelta(hours=1)) for number in range(400)]
    calls = counted_calls(monkeypatch, "counts_at", _case.Counted)
    decision = parsed(LAW, HOUSE, rule("cap", "cap", body)).decide(
        call("2026-11-03T12:00"), log=history(*hourly), facts={"dispute_open": False}
    )
    assert decision.next_allowed == local("2028-09-16 14:30").replace(tzinfo=ZoneInfo(NEW_YORK))
    assert len(calls) < 20 * len(hourly)


def test_a_visit_after_many_later_attempts_is_found_with_one_look_at_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = 'on = ["phone_call"]\nleast = 200'
    hourly = [event(local("2026-11-04 00:30") + number * dt.timedelta(hours=1)) for number in range(200)]
    calls = counted_calls(monkeypatch, "span", _case)
    visit = Contact("field_visit", at="2026-11-03T12:00", zones=NEW_YORK)
    decision = parsed(LAW, HOUSE, rule("visits", "attempts", body, channels='["field_visit"]')).decide(
        visit, log=history(*hourly), facts={"dispute_open": False}
    )
    assert decision.next_allowed == hourly[-1].at.replace(tzinfo=ZoneInfo(NEW_YORK))
    assert len(calls) <= 2 * len(hourly)
