"""A planned contact is validated, and a permission has no truth value."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from contact_cases import NEW_YORK

import collectrisk as cr
from collectrisk.contact import Contact, Permission
from collectrisk.errors import ArgumentError

AT = "2026-11-03T20:30-05:00"


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_is_neither_true_nor_false(permission: Permission) -> None:
    with pytest.raises(TypeError, match=r"permission is Permission\.ALLOWED"):
        bool(permission)


@pytest.mark.parametrize(
    "at",
    [
        AT,
        dt.datetime.fromisoformat(AT),
        pd.Timestamp(AT),
        dt.datetime(2026, 11, 3, 20, 30, tzinfo=ZoneInfo(NEW_YORK)),
    ],
)
def test_a_time_may_be_text_or_any_datetime(at: Any) -> None:
    contact = Contact(cr.Channel.PHONE_CALL, at=at, zones=[ZoneInfo(NEW_YORK), NEW_YORK])
    assert contact.at == dt.datetime.fromisoformat(AT)
    assert type(contact.at) is dt.datetime
    assert (type(contact.channel), contact.channel, contact.zones) == (
        str,
        "phone_call",
        (ZoneInfo(NEW_YORK),),
    )


def test_a_local_time_in_one_zone_gets_its_offset() -> None:
    assert Contact("sms", at="2026-07-01T09:00", zones=NEW_YORK).at.isoformat() == "2026-07-01T09:00:00-04:00"


def test_a_local_time_in_several_zones_stays_local() -> None:
    assert Contact("sms", at="2026-07-01T09:00", zones=(NEW_YORK, "Asia/Shanghai")).at.tzinfo is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"at": "2026-11-03T20:30"},
            r"at has no UTC offset \(2026-11-03T20:30:00\); write one, or pass the zones",
        ),
        (
            {"at": "2026-03-08T02:30", "zones": NEW_YORK},
            "does not exist in America/New_York, because clocks change",
        ),
        ({"at": "2026-11-01T01:30", "zones": ("UTC", NEW_YORK)}, "exists twice in America/New_York"),
        ({"at": "tomorrow"}, "at must be a datetime, or text such as"),
        ({"at": "2026-11-03"}, "at must be a datetime, or text such as .* not '2026-11-03'"),
        ({"at": " 20261103", "zones": NEW_YORK}, "at must be a datetime, or text such as"),
        ({"at": pd.NaT}, "at must be a datetime"),
        ({"at": 5}, "at must be a datetime"),
        ({"at": "9999-01-01T00:00+00:00"}, "at must be within the years 1900 to 9000"),
        (
            {"zones": "New York"},
            r"zones must be names of time zones, such as \(\"America/New_York\",\), not 'New York'",
        ),
        ({"zones": 5}, "zones must be names of time zones, not 5"),
        ({"zones": [5]}, "zones must be names of time zones, such as"),
        ({"zones": "../etc/passwd"}, "zones must be names"),
        (
            {"channel": "fone_call"},
            "channel must be one of sms, .* not 'fone_call'; did you mean 'phone_call'",
        ),
        ({"recipient": "debter"}, "recipient must be one of .* did you mean 'debtor'"),
        ({"place": "hom"}, "place must be one of home, work, mobile, other, not 'hom'; did you mean 'home'"),
        ({"channel": "letter", "place": "mobile"}, "place must be one of home, work, other, not 'mobile'"),
        ({"channel": "field_visit", "place": "mobile"}, "place must be one of home, work, other"),
        ({"purpose": "colect"}, "purpose must be one of collect.* did you mean 'collect'"),
        ({"person": 7}, "person must be text, not 7"),
        ({"contact_point": 7}, "contact_point must be text, not 7"),
        ({"debts": 7}, "debts must be ids of accounts as text, not 7"),
        ({"debts": [7]}, "debts must be ids of accounts as text"),
        ({"debts": ["A", "A"]}, "debts must name each account once"),
    ],
)
def test_a_bad_value_is_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        Contact(**{"channel": "sms", "at": AT, **values})


def test_one_debt_may_be_a_text() -> None:
    assert Contact("sms", at=AT, debts="A-17").debts == ("A-17",)
