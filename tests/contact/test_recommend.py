"""The heaviest permitted channel that is not heavier than recommended."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import attrs
import polars as pl
import pytest
from contact_cases import HOUSE, LAW, NEW_YORK, SHANGHAI, history, parsed, rule

import collectrisk as cr
from collectrisk.contact import Contact, ContactRules, Permission, Recommendation, recommend
from collectrisk.errors import ArgumentError

AT = "2026-11-03T20:30"
KNOWN = {"dispute_open": False}
CONTACT = Contact("sms", at=AT, zones=NEW_YORK)
NO_VISIT = rule("no-visit", "facts", 'require = ["visit_notice_given"]', channels='["field_visit"]')
NIGHT = rule("night", "hours", 'windows = [{ days = "all", start = "08:00", end = "20:00" }]')


def assessed(channel: str = "field_visit") -> cr.Assessment:
    """Return an assessment that recommends a channel whatever the account is."""
    borrower = cr.Borrower(amount_overdue=300_000, days_past_due=200, failed_calls=20)
    return attrs.evolve(cr.RuleScorer().assess(borrower), channel=cr.Channel(channel))


def test_a_permitted_channel_is_recommended_as_it_is() -> None:
    found = recommend(assessed(), parsed(LAW), CONTACT, facts=KNOWN)
    assert (found.channel, found.recommended) == (cr.Channel.FIELD_VISIT, cr.Channel.FIELD_VISIT)
    assert found.next_allowed == CONTACT.at
    assert found.next_channel is cr.Channel.FIELD_VISIT
    assert found.explain().startswith(
        "field visit, 2026-11-03 20:30-05:00 (America/New_York): recommended, and permitted (no encoded"
    )
    assert "FORBIDDEN" not in found.explain()
    assert "next time" not in found.explain()


def test_a_forbidden_visit_changes_the_channel_and_not_the_probability() -> None:
    assessment = assessed()
    rules = parsed(LAW, HOUSE, NO_VISIT)
    found = recommend(assessment, rules, CONTACT, facts={**KNOWN, "visit_notice_given": False})
    assert found.channel is cr.Channel.AGENCY
    assert found.visit_probability == assessment.visit_probability
    assert [*found.decisions] == [*reversed(cr.Channel)]
    assert [each.rule for each in found.decisions[cr.Channel.FIELD_VISIT].blocked_by] == ["no-visit"]
    text = found.explain()
    assert "the heaviest permitted channel that is not heavier than the recommended one (field visit)" in text
    assert "FORBIDDEN: field visit, 2026-11-03 20:30-05:00 (America/New_York).\n- no-visit (House" in text
    assert f"Visit probability: {assessment.visit_probability:.2%}. Contact rules do not change it." in text
    assert "This is not legal advice" in text


def test_a_channel_of_which_it_is_not_known_whether_it_is_permitted_is_not_recommended() -> None:
    found = recommend(assessed(), parsed(LAW, HOUSE, NO_VISIT), CONTACT, facts=KNOWN)
    assert found.channel is cr.Channel.AGENCY
    assert found.decisions[cr.Channel.FIELD_VISIT].permission is Permission.UNKNOWN
    assert "UNKNOWN: field visit" in found.explain()
    assert "- Not known: visit_notice_given (" in found.explain()


@pytest.mark.parametrize("channel", list(cr.Channel))
def test_no_channel_heavier_than_the_recommended_one_is_considered(channel: cr.Channel) -> None:
    found = recommend(assessed(channel), parsed(LAW), CONTACT, facts=KNOWN)
    assert found.channel is channel
    assert max(found.decisions) is channel


def test_if_no_channel_is_permitted_now_the_time_from_which_one_is_comes_from_the_soonest() -> None:
    hours = NIGHT.replace('"night"', '"visits"').replace("08:00", "10:00").replace('["any"]', '["agency"]')
    found = recommend(assessed("agency"), parsed(LAW, HOUSE, NIGHT, hours), CONTACT, facts=KNOWN)
    assert found.channel is None
    assert str(found.next_allowed) == "2026-11-04 08:00:00-05:00"
    assert found.next_channel is cr.Channel.LETTER
    assert str(found.decisions[cr.Channel.AGENCY].next_allowed) == "2026-11-04 10:00:00-05:00"
    assert found.explain().startswith(
        "No contact, 2026-11-03 20:30-05:00 (America/New_York): neither the recommended channel (outside"
    )
    assert "nothing else happens: 2026-11-04 08:00-05:00 (letter)." in found.explain()


def test_where_no_passage_of_time_permits_a_channel_there_is_no_next_time() -> None:
    found = recommend(assessed(), parsed(LAW), CONTACT, facts={"dispute_open": True})
    assert (found.channel, found.next_allowed, found.next_channel) == (None, None, None)
    assert "No passage of time alone permits a channel." in found.explain()


def test_only_channels_in_use_are_recommended() -> None:
    in_use = ["sms", "phone_call"]
    found = recommend(assessed(), parsed(LAW), CONTACT, facts=KNOWN, channels=in_use)
    assert found.channel is cr.Channel.PHONE_CALL
    assert [*found.decisions] == [cr.Channel.PHONE_CALL, cr.Channel.SMS]
    assert "The recommended channel (field visit) is not in use." in found.explain()


def test_without_a_channel_in_use_that_is_light_enough_there_is_no_contact() -> None:
    rules = parsed(LAW)
    found = recommend(assessed("sms"), rules, CONTACT, facts=KNOWN, channels=["field_visit", "legal_action"])
    assert (found.channel, found.next_allowed) == (None, None)
    assert found.decisions == {}
    assert "The recommended channel (text message (SMS)) is not in use." in found.explain()
    assert f"own.toml (no date, sha256 {rules.files[0].sha256[:12]})" in found.explain()


def test_each_channel_reaches_the_person_at_its_own_place() -> None:
    contact = attrs.evolve(CONTACT, place="mobile", person="P")
    found = recommend(assessed(), parsed(LAW), contact, facts=KNOWN, places={"field_visit": "home"})
    contacts = {channel: each.contact for channel, each in found.decisions.items()}
    assert contacts[cr.Channel.FIELD_VISIT].place == "home"
    assert contacts[cr.Channel.PHONE_CALL].place == "mobile"
    assert {each.person for each in contacts.values()} == {"P"}


def test_where_a_visit_would_be_is_not_known_of_a_contact_by_mobile_telephone() -> None:
    at_work = rule("work", "facts", 'places = ["work"]\nforbid = true', channels='["field_visit"]')
    contact = attrs.evolve(CONTACT, place="mobile")
    found = recommend(assessed(), parsed(LAW, HOUSE, at_work), contact, facts=KNOWN)
    visit = found.decisions[cr.Channel.FIELD_VISIT]
    assert (visit.contact.place, visit.permission) == (None, Permission.UNKNOWN)
    assert found.channel is not cr.Channel.FIELD_VISIT


def test_the_borrower_of_the_assessment_and_the_log_are_known_to_the_rules() -> None:
    rules = ContactRules.load("US", actor="third_party", product="credit_card")
    contact = attrs.evolve(CONTACT, place="mobile")
    found = recommend(assessed("phone_call"), rules, contact, log=history())
    assert "log" not in {each.fact for each in found.decisions[cr.Channel.PHONE_CALL].missing}
    late = rule("late", "facts", "at_least = { days_past_due = 201 }")
    found = recommend(assessed(), parsed(LAW, HOUSE, late), CONTACT, facts=KNOWN)
    assert found.channel is None
    assert found.decisions[cr.Channel.SMS].blocked_by[0].observed == "days_past_due = 200"


def test_the_channel_is_that_of_the_frame_at_every_hour() -> None:
    rules = ContactRules.load("CN", actor="third_party", product="credit_card")
    facts = {"repayment_plan_performing": False}
    scored = pl.DataFrame({"channel": [*map(str, cr.Channel)]})
    for hour in ("07:59", "08:00", "21:59", "22:00"):
        at = f"2026-11-03T{hour}"
        decided = rules.decide_frame(scored, at=at, zones=SHANGHAI, facts=facts)
        own = [
            recommend(assessed(each), rules, Contact("sms", at=at, zones=SHANGHAI), facts=facts).channel
            for each in cr.Channel
        ]
        assert decided["permitted_channel"].to_list() == own


def test_a_recommendation_is_explained_in_chinese_and_shown_in_a_notebook() -> None:
    found = recommend(assessed(), parsed(LAW, HOUSE, NO_VISIT), CONTACT, facts=KNOWN)
    assert found.explain("zh").startswith(
        "外部机构远程处理，2026-11-03 20:30-05:00（America/New_York）：不重于"
    )
    assert "未知：上门拜访" in found.explain("zh")
    assert str(found) == found.explain()
    assert "<b>outside agency, working remotely, 2026-11-03" in found._repr_html_()
    with pytest.raises(ArgumentError, match="language must be one of en, zh"):
        found.explain("fr")  # type: ignore[arg-type]


def test_what_must_be_done_is_listed_for_the_recommended_channel_only() -> None:
    duty = rule("tell", "obligation", 'effect = "duty"')
    found = recommend(assessed("email"), parsed(LAW, HOUSE, duty), CONTACT, facts=KNOWN)
    assert found.explain().count("duty: tell (House policy") == 1


def test_a_recommendation_is_plain_data_and_can_be_copied() -> None:
    found = recommend(assessed(), parsed(LAW, HOUSE, NO_VISIT), CONTACT, facts=KNOWN)
    data = json.loads(json.dumps(found.to_dict()))
    assert (data["channel"], data["recommended"]) == ("agency", "field_visit")
    assert (data["at"], data["next_allowed"]) == ("2026-11-03T20:30:00-05:00",) * 2
    assert data["decisions"]["field_visit"]["missing"] == [
        {"fact": "visit_notice_given", "rules": ["no-visit"]}
    ]
    assert data["files"][0]["name"] == "own.toml"
    assert copy.deepcopy(found) == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  # made here


def test_a_recommendation_does_not_change() -> None:
    found = recommend(assessed(), parsed(LAW), CONTACT, facts=KNOWN)
    assert isinstance(found, Recommendation)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.channel = None  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"assessment": 0.5}, "assessment must be an Assessment, not a float"),
        ({"rules": None}, "rules must be a ContactRules, not a NoneType"),
        ({"contact": "sms"}, "contact must be a Contact, not a str"),
        ({"channels": "sms"}, "channels must be channels, not 'sms'"),
        ({"channels": ["smss"]}, "channels must be one of .* did you mean 'sms'"),
        ({"places": ["home"]}, "places must be a mapping of channels to places"),
        ({"places": {"sms": "hom"}}, r"places\['sms'\] must be one of .* did you mean 'home'"),
        ({"facts": {"disputed_open": True}}, "facts must name facts that a rule file defines"),
    ],
)
def test_arguments_that_are_not_valid_are_refused(arguments: dict[str, Any], says: str) -> None:
    valid: dict[str, Any] = {"assessment": assessed(), "rules": parsed(LAW), "contact": CONTACT}
    with pytest.raises(ArgumentError, match=says):
        recommend(**{**valid, **arguments})
