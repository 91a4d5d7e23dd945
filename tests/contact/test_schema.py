"""The JSON Schema that is shipped describes what the reader of rule files accepts."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from contact_cases import HOUSE, parsed, rule
from jsonschema import Draft202012Validator

from collectrisk._channel import Channel
from collectrisk.contact._contact import CONTACT_CHANNELS, PLACES, PURPOSES, RECIPIENTS
from collectrisk.contact._counting import COUNTS, PER
from collectrisk.contact._entry import Entry
from collectrisk.contact._reading import READERS
from collectrisk.contact._rule import ACTORS, ANY, FORCES, MODALITIES, STATUSES
from collectrisk.contact._source import TABLES
from collectrisk.errors import InvalidRuleError

FOLDER = files("collectrisk.contact").joinpath("rules")
SCHEMA = json.loads(FOLDER.joinpath("rules.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
RULE = SCHEMA["$defs"]["rule"]["properties"]
INSTRUMENT = SCHEMA["$defs"]["instrument"]["properties"]

BODIES = {
    "hours": 'windows = [{ days = "all", start = "08:00", end = "21:00" }]\n'
    'holidays = "closed"\nnot_stated = "sun"',
    "cap": 'window = { n = 1, unit = "week", type = "rolling" }\nmost = 3\ncount = "attempts"\nper = "debt"\n'
    'pooled = true\nnear = ["home"]\nelsewhere = { n = 2, unit = "week", type = "rolling" }\n'
    'consent = { fact = "consent_to_calls_on", days = 7 }',
    "pause": 'window = { n = 1, unit = "day", type = "calendar" }\nafter = "conversation"\nper = "debt"',
    "facts": 'block_if = ["dispute_open"]\nrequire = ["visit_refused"]\n'
    "at_least = { planned_staff = 2 }\nforbid = true",
    "attempts": 'on = ["sms"]\nleast = 3',
    "obligation": 'effect = "offer"\nif = ["dispute_open"]',
}


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def errors_of(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(as_json(tomllib.loads(text)))]


@pytest.mark.parametrize("name", [each.name for each in FOLDER.iterdir() if each.name.endswith(".toml")])
def test_every_file_of_the_package_meets_the_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert errors_of(FOLDER.joinpath(name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("kind", READERS)
def test_the_schema_and_the_reader_know_the_same_keys(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {}
    finish = Entry.finish
    monkeypatch.setattr(
        Entry, "finish", lambda entry: (read.update({entry.name: set(entry.read)}), finish(entry))[1]
    )
    text = HOUSE + rule("r", kind, BODIES[kind])
    parsed(text)
    assert errors_of(text) == []
    then = next(
        each["then"]
        for each in SCHEMA["$defs"]["rule"]["allOf"]
        if each["if"]["properties"]["kind"]["const"] == kind
    )
    refused = {key for key, value in then["properties"].items() if value is False}
    assert read["rule 'r'"] == set(RULE) - refused
    assert read["instrument 'HOUSE'"] == set(INSTRUMENT)
    assert set(SCHEMA["properties"]) == {"as_of", *TABLES}


@pytest.mark.parametrize("kind", READERS)
def test_the_schema_and_the_reader_refuse_the_same_files(kind: str) -> None:
    for line in (*BODIES[kind].splitlines(), 'modality = "must_not"', 'channels = ["any"]'):
        key = line.partition(" = ")[0]
        for changed in (f"{key}s = 1", f"{key} = -5", f'{key} = [""]', f"{key} = {{}}"):
            text = HOUSE + rule("r", kind, BODIES[kind]).replace(line, changed)
            assert errors_of(text) != []
            with pytest.raises(InvalidRuleError):
                parsed(text)


def test_the_schema_has_the_words_of_the_reader() -> None:
    channels = [channel.value for channel in Channel]
    assert RULE["channels"]["items"]["enum"] == [*CONTACT_CHANNELS, ANY]
    assert RULE["on"]["items"]["enum"] == channels
    assert RULE["places"]["items"]["enum"] == RULE["near"]["items"]["enum"] == list(PLACES)
    assert RULE["recipients"]["items"]["enum"] == list(RECIPIENTS)
    assert RULE["other_purposes"]["items"]["enum"] == list(PURPOSES[1:])
    assert RULE["modality"]["enum"] == list(MODALITIES)
    assert RULE["kind"]["enum"] == list(READERS)
    assert (RULE["count"]["enum"], RULE["per"]["enum"]) == (list(COUNTS), list(PER))
    assert (INSTRUMENT["force"]["enum"], INSTRUMENT["status"]["enum"]) == (list(FORCES), list(STATUSES))
    assert INSTRUMENT["actors"]["items"]["enum"] == [*ACTORS, ANY]
