"""The words of pictures."""

from __future__ import annotations

import re

import attrs
import pytest

import collectrisk as cr
from collectrisk.plots._words import LANGUAGES, percent, plot_words

ENGLISH, CHINESE = LANGUAGES["en"], LANGUAGES["zh"]
TEXTS = [field.name for field in attrs.fields(type(ENGLISH)) if isinstance(getattr(ENGLISH, field.name), str)]


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_say_the_same_places(name: str) -> None:
    english, chinese = getattr(ENGLISH, name), getattr(CHINESE, name)
    assert english.count("{}") == chinese.count("{}")
    assert name in {"lightest", "at_least", "channel_share", "area"} or re.search("[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=list(LANGUAGES))
def test_every_channel_and_every_field_has_a_name(words: object) -> None:
    assert set(words.channels) == set(cr.Channel)  # type: ignore[attr-defined]
    assert len(set(words.channels.values())) == len(cr.Channel)  # type: ignore[attr-defined]


def test_a_field_of_ones_own_is_called_as_it_is_written() -> None:
    assert plot_words("en").quantity("monthly_income") == "monthly income"


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0%"), (1, "100%"), (0.0005, "0.05%"), (1 / 3, "33.3%"), (1e-6, "0.0001%"), (1e-9, "0.0000001%")],
)
def test_a_share_is_told_in_few_digits(share: float, told: str) -> None:
    assert percent(share) == told
