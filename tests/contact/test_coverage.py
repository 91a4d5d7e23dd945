"""What is encoded, and what is not."""

from __future__ import annotations

import pytest
from contact_cases import HOUSE, parsed, rule

from collectrisk.contact import ContactRules


def test_coverage_says_what_is_encoded_and_since_when() -> None:
    coverage = ContactRules.load("US-MA", actor="third_party").coverage()
    text = str(coverage)
    assert text.startswith("Encoded contact rules for Massachusetts, actor third_party, product not known:")
    assert (
        "- US-REGF (Regulation F, 12 CFR part 1006; CFPB; regulation; in force, from 2021-11-30): may cover; "
        "9 rules, 7 of them read in primary text, 2 obligations that no data show" in text
    )
    assert "- US-BK (Bankruptcy Code, 11 USC 362; US Congress; statute; in force): covers; 1 rules" in text
    assert (
        "- US-MA-940CMR7 (940 CMR 7.00 (Attorney General; creditors); Massachusetts Attorney General; "
        in text
    )
    assert "does not cover" in text
    assert "Channels with a rule of a covering instrument on contacts that can be evaluated: none." in text
    assert "not legal advice" in text
    assert "美国" not in text
    assert coverage._repr_html_().count("<li>") == 5


def test_coverage_names_open_numbers_parts_and_downgrades() -> None:
    uk = ContactRules.load("UK", actor="third_party", product="credit_card").coverage()
    assert uk.parts == ("UK-EAW",)
    assert uk.open_numbers == ("UK-CONC-7.9.4",)
    assert uk.channels == ("sms", "email", "social_message", "phone_call", "letter", "agency", "field_visit")
    assert "Numbers that the instruments leave open, to be supplied in `house`: UK-CONC-7.9.4." in str(uk)
    assert "not loaded: UK-EAW." in str(uk)
    windows = [{"days": "all", "start": "09:00", "end": "18:00"}]
    house = ContactRules.load("UK", house={"UK-CONC-7.9.4": {"windows": windows}}).coverage()
    assert house.open_numbers == ()
    assert ContactRules.load("TH").coverage().open_numbers == ("TH-hours",)
    au = ContactRules.load("AU", downgrade=["AU-RG96-7-last-resort"]).coverage()
    assert au.open_numbers == ("AU-RG96-7-last-resort",)
    assert "Downgraded by the user: AU-RG96-7-last-resort." in str(au)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_coverage_of_a_file_is_of_all_places(language: str) -> None:
    coverage = parsed(HOUSE, rule("r", "facts", "forbid = true")).coverage()
    text = coverage.explain("zh") if language == "zh" else coverage.explain()
    assert ("all places" if language == "en" else "所有地区") in text
    assert coverage.parts == ()
