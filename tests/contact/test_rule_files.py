"""A rule file that breaks the schema is an error that names the rule, the key and what it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from contact_cases import HOUSE, LAW, parsed, rule

from collectrisk.contact import ContactRules
from collectrisk.errors import ArgumentError, FileError, InvalidRuleError

if TYPE_CHECKING:
    from pathlib import Path

HOURS = 'windows = [{ days = "all", start = "08:00", end = "21:00" }]'
WEEK = 'window = { n = 1, unit = "week", type = "rolling" }'
CAP = f'{WEEK}\nmost = 3\ncount = "attempts"\nper = "debt"'


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("hours", "", "rule 'r', windows is missing; it must be a list of windows, such as"),
        ("hours", "windows = []", "rule 'r', windows must be a list of windows"),
        ("hours", "windows = [5]", r"rule 'r', windows\[0\] must be a table, not 5"),
        (
            "hours",
            changed(HOURS, "all", "weekdays"),
            r'windows\[0\], days must be "all", "public_holiday", a day such',
        ),
        (
            "hours",
            changed(HOURS, "08:00", "8:00"),
            r"windows\[0\], start must be a time such as \"08:00\", not '8:00'",
        ),
        (
            "hours",
            changed(HOURS, "21:00", "08:00"),
            r"windows\[0\], end must be after start, 08:00, not 08:00; write",
        ),
        ("hours", f'{HOURS}\nnot_stated = "weekend"', 'not_stated must be days, such as "sat-sun"'),
        ("hours", f'{HOURS}\nholidays = "open"', "holidays must be one of closed, ignored, not 'open'"),
        ("hours", 'windows_from = "me"', "windows_from must be one of house, not 'me'"),
        ("cap", changed(CAP, "most = 3", "most = 0"), "most must be a whole number from 1 to 10,000, not 0"),
        ("cap", changed(CAP, "most = 3", "most = true"), "most must be a whole number from 1"),
        ("cap", changed(CAP, "attempts", "calls"), "count must be one of attempts, answered, unanswered"),
        ("cap", changed(CAP, '"debt"', '"dept"'), "per must be one of .*, not 'dept'; did you mean 'debt'"),
        ("cap", changed(CAP, WEEK, ""), "window is missing; write, say"),
        (
            "cap",
            changed(CAP, "n = 1", "n = 2").replace("rolling", "calendar"),
            "window must have n = 1 for a calendar week",
        ),
        ("cap", changed(CAP, "week", "fortnight"), "rule 'r', window, unit must be one of day, week, month"),
        ("cap", f'{CAP}\nnear = ["home"]', "near and elsewhere must both be given, or neither"),
        *(
            ("cap", f'{CAP}\nnear = ["home"]\nelsewhere = {window}', "elsewhere must have the unit and type")
            for window in (
                '{ n = 1, unit = "day", type = "calendar" }',
                '{ n = 9, unit = "day", type = "rolling" }',
            )
        ),
        ("cap", f'{CAP}\npooled = "yes"', "pooled must be true or false, not 'yes'"),
        (
            "cap",
            f'{CAP}\nconsent = {{ fact = "dispute_open", days = 7 }}',
            "consent, fact must be one of consent_to_calls_on",
        ),
        ("cap", f'{CAP}\nafter = "conversation"', "rule 'r', after is not known; the keys are"),
        ("pause", f'{WEEK}\nper = "debt"', "after is missing; it must be one of conversation"),
        ("facts", "", "rule 'r' must have block_if, require, at_least or forbid = true"),
        ("facts", 'block_if = ["dispute_opened"]', "block_if must be one of .*; did you mean 'dispute_open'"),
        ("facts", 'block_if = ["days_past_due"]', "block_if must be one of"),
        ("facts", 'block_if = "dispute_open"', "block_if must be a list of one or more texts"),
        ("facts", 'block_if = ["dispute_open", "dispute_open"]', "block_if must have each text once"),
        (
            "facts",
            "at_least = { staff = 2 }",
            "at_least must be one of planned_staff, days_past_due, not 'staff'",
        ),
        (
            "facts",
            "at_least = { planned_staff = -2 }",
            "at_least, planned_staff must be a whole number from 0",
        ),
        ("attempts", 'on = ["phone"]\nleast = 3', "on must be one of .*; did you mean 'phone_call'"),
        ("attempts", 'on = ["sms"]', "least is missing; it must be a whole number"),
        ("obligation", 'effect = "advice"', "effect must be one of duty, offer, human_review"),
        ("obligation", "blocks = true", "rule 'r', blocks is not known; the keys are"),
        ("obligaton", "", "kind must be one of .*; did you mean 'obligation'"),
        ("obligation", 'places = ["office"]', "places must be one of home, work, mobile, other"),
        ("obligation", 'other_purposes = ["collect"]', "other_purposes must be one of answer_query"),
    ],
)
def test_a_rule_is_validated(kind: str, body: str, says: str) -> None:
    with pytest.raises(InvalidRuleError, match=f"own.toml: .*{says}"):
        parsed(HOUSE, rule("r", kind, body))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (changed(HOUSE, '"HOUSE"', '""'), "instrument 1, id must be text, not ''"),
        (
            changed(HOUSE, 'force = "house"', ""),
            "instrument 'HOUSE', force is missing; it must be one of statute",
        ),
        (
            changed(HOUSE, '"any"\ntitle', '"Atlantis"\ntitle'),
            "jurisdiction must be one of those that the files define",
        ),
        (changed(HOUSE, '["any"]\nproducts', '["bank"]\nproducts'), "actors must be one of first_party"),
        (changed(HOUSE, 'issuer = "us"', "issuer = 5"), "issuer must be text, not 5"),
        (f"{HOUSE}on_contact = true", "on_contact must be false for house rules: they permit nothing"),
        (f'{HOUSE}not_products = ["any"]', "products and the other lists of products must name 'any' once"),
        (
            f"{HOUSE}effective_from = 2026-11-02\neffective_to = 2026-11-01",
            "effective_to must not be before effective_from, 2026-11-02",
        ),
        (f'{HOUSE}effective_from = "2026-11-02"', "effective_from must be a date without quotes"),
        (f"{HOUSE}effective_from = 2026-11-02T10:00:00", "effective_from must be a date without quotes"),
        (f"{HOUSE}{HOUSE}", "instrument 'HOUSE', id is that of another instrument"),
        (
            f"{HOUSE}{rule('r', 'hours', HOURS)}{rule('r', 'hours', HOURS)}",
            "rule 'r', id is that of another rule",
        ),
        (rule("r", "hours", HOURS), "rule 'r', instrument must be one of"),
        (
            HOUSE + changed(rule("r", "hours", HOURS), 'text = "A rule of a test."', ""),
            "text is missing; it must be text, or a table",
        ),
        (
            HOUSE + changed(rule("r", "hours", HOURS), '"A rule of a test."', "{ zh = '规' }"),
            "rule 'r', text, en is missing",
        ),
        (
            HOUSE + changed(rule("r", "hours", HOURS), "must_not", "may_not"),
            "modality must be one of .* did you mean 'must_not'",
        ),
        (
            LAW + changed(rule("r", "hours", HOURS, "LAW"), 'confidence = "primary"', ""),
            "confidence is missing",
        ),
        (LAW + changed(rule("r", "hours", HOURS, "LAW"), 'sources = ["a test"]', ""), "sources is missing"),
        ("rule = 5", "own.toml: rule must be tables in double brackets"),
        ("[[fact]]", "own.toml: fact must be a table"),
        ("rules = []", "own.toml: rules is not known; the keys are .*; did you mean 'rule'"),
        ("as_of = ", "own.toml: +is not a TOML file"),
        (
            "[fact.dispute_open]\ntype = 'flag'\ntext = 'x'",
            "fact 'dispute_open' is defined by another file already",
        ),
        ("[fact.own]\ntype = 'text'\ntext = 'x'", "fact 'own', type must be one of flag, number, dates"),
        (
            "[product.a]\nname = 'x'\npart_of = 'b'\n[product.b]\nname = 'y'\npart_of = 'a'",
            "part_of must not lead back to it",
        ),
        ("[product.a]\nname = 'x'\npart_of = 'a'", "product 'a', part_of must be one of"),
        ("[jurisdiction.XX]\nname = 'x'\nparts = 'A'", "jurisdiction 'XX', parts must be a list"),
    ],
)
def test_a_file_is_validated(text: str, says: str) -> None:
    with pytest.raises(InvalidRuleError, match=says):
        parsed(text)


def test_a_file_may_define_jurisdictions_products_and_facts() -> None:
    text = """
[jurisdiction.XX]
name = { en = "Somewhere", zh = "某地" }
parts = ["A", "B"]

[product.boat_loan]
name = "loan for a boat"
part_of = "other"

[fact.at_sea]
type = "flag"
text = "the debtor is at sea"
"""
    rules = parsed(
        text, HOUSE, rule("r", "facts", 'block_if = ["at_sea"]'), jurisdiction="XX-A", product="boat_loan"
    )
    assert rules.words.part_of["boat_loan"] == "other"
    assert set(rules.words.jurisdictions) >= {"XX", "XX-A", "XX-B", "US-MA"}
    assert rules.words.facts["at_sea"].text == {"en": "the debtor is at sea"}
    assert [each.id for each in rules.rules] == ["r"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml", "a\x00b"):
        with pytest.raises(FileError, match="cannot be read"):
            ContactRules.from_file(path)
    (tmp_path / "latin.toml").write_bytes(b"# \xff")
    with pytest.raises(InvalidRuleError, match=r"latin.toml: +is not a TOML file"):
        ContactRules.from_file(tmp_path / "latin.toml")


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"as_of = 2026-11-01\n{HOUSE}{rule('r', 'hours', HOURS)}", encoding="utf-8")
    rules = ContactRules.from_file(path, jurisdiction="US")
    assert [(file.name, str(file.as_of), len(file.sha256)) for file in rules.files] == [
        ("own.toml", "2026-11-01", 64)
    ]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"jurisdiction": "US-MM"},
            r'place with rules \(CN, US, UK, .*, or a part such as "US-MA"\), not .US-MM.; did you mean',
        ),
        ({"jurisdiction": None}, "jurisdiction must be a place with rules, such as"),
        ({"actor": "bank"}, "actor must be one of first_party, third_party, debt_buyer, not 'bank'"),
        ({"product": "credit card"}, "product must be one of .* did you mean 'credit_card'"),
        ({"as_of": "soon"}, "as_of must be a date"),
        ({"house": 5}, "house must be a mapping of rules to their numbers, not 5"),
        ({"house": {"US-362": {}}}, "house must name rules of this place, not 'US-362'"),
        ({"downgrade": 5}, "downgrade must be modalities or ids of rules, not 5"),
        (
            {"downgrade": ["must_not"]},
            "downgrade must be one of should_not, presumed_violation, should, US-1006",
        ),
        ({"downgrade": ["US-362-stay"]}, "downgrade must not name US-362-stay, which says 'must_not'"),
        ({"downgrade": "presumed"}, "downgrade must be one of .* did you mean"),
    ],
)
def test_a_bad_argument_is_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        ContactRules.load(**{"jurisdiction": "US", **values})


@pytest.mark.parametrize(
    ("place", "house", "says"),
    [
        ("UK", {"UK-CONC-7.9.4": {"least": 3}}, "house: rule 'UK-CONC-7.9.4', least must be windows"),
        ("UK", {"UK-CONC-7.9.4": 5}, "must be a table, not 5"),
        ("UK", {"UK-CONC-7.9.4": {"windows": []}}, "windows must be a list of windows"),
        ("UK", {"UK-CONC-7.9.4": {}}, "windows is missing"),
        (
            "UK",
            {"UK-CONC-7.9.7": {"windows": []}},
            "house: rule 'UK-CONC-7.9.7' has no number that the instrument leaves open",
        ),
        ("AU", {"AU-RG96-7-last-resort": {"least": 0}}, "least must be a whole number from 1"),
        (
            "TH",
            {"TH-hours": {"windows": [{"days": "fri", "start": "00:00", "end": "24:00"}]}},
            "windows must be hours of sat-sun, not of fri",
        ),
        (
            "TH",
            {"TH-hours": {"windows": [{"days": "public_holiday", "start": "00:00", "end": "24:00"}]}},
            "windows must be hours of sat-sun",
        ),
    ],
)
def test_a_number_that_an_instrument_does_not_leave_open_is_refused(
    place: str, house: Any, says: str
) -> None:
    with pytest.raises(InvalidRuleError, match=says):
        ContactRules.load(place, house=house)


def test_rules_of_every_level_of_a_place_apply() -> None:
    found = {
        place: {each.instrument.jurisdiction for each in ContactRules.load(place).rules}
        for place in ("US", "US-MA", "US-NY-NYC", "US-CA", "UK", "UK-EAW", "UK-SCT", "EU-DE")
    }
    assert found == {
        "US": {"US"},
        "US-MA": {"US", "US-MA"},
        "US-NY-NYC": {"US", "US-NY-NYC"},
        "US-CA": {"US"},
        "UK": {"UK"},
        "UK-EAW": {"UK", "UK-EAW"},
        "UK-SCT": {"UK"},
        "EU-DE": {"EU"},
    }


def test_rules_of_ones_own_are_added_for_the_same_place() -> None:
    elsewhere = HOUSE.replace('"HOUSE"', '"THERE"').replace('jurisdiction = "any"', 'jurisdiction = "UK"')
    own = parsed(HOUSE, elsewhere, rule("here", "hours", HOURS), rule("there", "hours", HOURS, "THERE"))
    us = ContactRules.load("US", downgrade="presumed_violation")
    both = us + own
    assert {each.id for each in both.rules} - {each.id for each in us.rules} == {"here"}
    assert (both.jurisdiction, both.downgrade, both.files) == ("US", us.downgrade, (*us.files, *own.files))
    assert len((own + parsed(HOUSE.replace("HOUSE", "B"), rule("b", "hours", HOURS, "B"))).rules) == 3


def test_rules_with_the_id_of_others_cannot_be_added() -> None:
    own = parsed(HOUSE, rule("r", "hours", HOURS))
    with pytest.raises(InvalidRuleError, match=r"own.toml: rule 'r', id is that of another rule"):
        _ = own + parsed(HOUSE.replace('"HOUSE"', '"B"'), rule("r", "hours", HOURS, "B"))
    with pytest.raises(
        InvalidRuleError, match=r"own.toml: instrument 'HOUSE', id is that of another instrument"
    ):
        _ = own + parsed(HOUSE, rule("s", "hours", HOURS))
    with pytest.raises(TypeError):
        _ = own + 5  # type: ignore[operator]


def test_downgrading_in_ones_own_file_leaves_other_rules_as_they_are() -> None:
    own = parsed(HOUSE, rule("r", "hours", HOURS).replace("must_not", "should_not"), downgrade=["should_not"])
    assert (ContactRules.load("CN") + own).downgrade == {"r"}


def test_two_files_cannot_give_a_word_different_meanings() -> None:
    def with_fact(name: str, text: str) -> ContactRules:
        fact = f'[fact.at_sea]\ntype = "flag"\ntext = "{text}"\n'
        body = HOUSE.replace("HOUSE", name) + rule(name.lower(), "facts", 'block_if = ["at_sea"]', name)
        return parsed(fact, body)

    assert len((with_fact("A", "at sea") + with_fact("B", "at sea")).rules) == 2
    with pytest.raises(InvalidRuleError, match="fact 'at_sea' has another meaning in another file"):
        _ = with_fact("A", "at sea") + with_fact("B", "seasick")
