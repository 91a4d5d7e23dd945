"""`collectrisk permitted`: the decisions of the library, for a file."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from contact_cases import HOUSE, SHANGHAI, rule
from shell import done, refused, run, write

from collectrisk import Channel
from collectrisk.contact import ContactRules
from collectrisk.history import ContactLog

AT = "2026-11-03T10:00+08:00"
RULES = ("--jurisdiction", "CN", "--actor", "third_party", "--product", "credit_card", "--at", AT)
ZONES = ("--zones", SHANGHAI)
SCORED = pl.DataFrame(
    {
        "account_id": ["1", "2", "3", "4"],
        "customer": ["A", "B", "C", "C"],
        "zone": [SHANGHAI, SHANGHAI, "Asia/Shanghai; Asia/Urumqi", None],
        "days_past_due": [200, 120, 400, None],
        "channel": ["phone_call", "sms", "field_visit", None],
        "repayment_plan_performing": [False, True, None, False],
        "consent_to_calls_on": [dt.date(2026, 10, 1), None, None, None],
    }
)
EVENTS = pl.DataFrame(
    {
        "account_id": ["1"] * 4 + ["3", "9"],
        "happened_at": [dt.datetime(2026, 11, 3, 9, minute) for minute in (0, 10, 20, 30, 40, 50)],  # noqa: DTZ001  # local times
        "event": ["no_answer"] * 6,
        "due_on": [None, None, None, None, dt.date(2026, 11, 9), None],
        "amount": [None] * 4 + [12.5, None],
    }
)  # fmt: skip
NEW = ["permission", "permitted_channel", "blocked_by", "missing", "next_allowed"]
ONCE = rule(
    "once",
    "cap",
    'window = { n = 1, unit = "day", type = "calendar" }\ncount = "attempts"\nper = "debt"\nmost = 1',
)


def decided(rules: ContactRules | None = None, **options: Any) -> pl.DataFrame:
    """Return what the library says of the accounts."""
    own = rules or ContactRules.load("CN", actor="third_party", product="credit_card")
    given = {"at": AT, "log": ContactLog(EVENTS, zone=SHANGHAI), "zones": SHANGHAI, **options}
    frame: pl.DataFrame = own.decide_frame(SCORED, **given)
    return frame


def listed(*options: object, output: str = "today.parquet") -> pl.DataFrame:
    """Return the file that the command writes."""
    result = run("permitted", *options, "-o", output, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    return pl.read_parquet(output) if output.endswith(".parquet") else pl.read_csv(output, infer_schema=False)


def test_by_channel_there_is_a_column_for_each_channel() -> None:
    write("scored.csv", SCORED)
    options = ("scored.csv", *RULES, *ZONES, "--fact", "device_is_approved=true", "--by-channel")
    expected = decided(facts={"device_is_approved": True}, log=None, by_channel=True)
    assert listed(*options)[[*Channel]].rows() == expected[[*Channel]].rows()


@pytest.mark.parametrize("events", ["events.csv", "events.parquet"])
@pytest.mark.parametrize("scored", ["scored.csv", "scored.parquet"])
def test_the_columns_are_those_of_the_library(scored: str, events: str) -> None:
    write(scored, SCORED)
    write(events, EVENTS)
    facts = ("--fact", "device_is_approved=True", "--fact", "planned_staff=2", "--place", "field_visit=home")
    found = listed(scored, "--events", events, *RULES, *ZONES, "--zone", SHANGHAI, *facts)
    expected = decided(facts={"device_is_approved": True, "planned_staff": 2}, places={"field_visit": "home"})
    assert found.select(NEW).equals(expected.select(NEW))
    assert found.columns == [*SCORED.columns, *NEW]


def test_a_csv_file_keeps_its_cells_and_gets_times_in_iso_8601() -> None:
    header = "account_id;days_past_due;channel;repayment_plan_performing\n"
    text = f"{header}01;0200; phone_call;FALSE\n;;;\n02;;sms;\n"
    write("scored.csv", text)
    found = listed("scored.csv", *RULES, *ZONES, "--fact", "device_is_approved=true", output="today.csv")
    lines = Path("today.csv").read_text().splitlines()
    assert lines[0].startswith("account_id;days_past_due;channel;repayment_plan_performing;permission;")
    assert lines[1] == "01;0200; phone_call;FALSE;unknown;social_message;;log;"
    assert len(found) == 2
    write("scored.csv", text.replace(" phone_call", "email"))
    listed("scored.csv", *RULES, *ZONES, output="today.csv")
    lines = Path("today.csv").read_text().splitlines()
    assert lines[1] == "01;0200;email;FALSE;allowed;email;;;2026-11-03T02:00:00+00:00"


def test_zones_and_debtors_may_differ_by_account() -> None:
    write("scored.parquet", SCORED)
    write("events.parquet", EVENTS)
    options = ("--zones-column", "zone", "--debtor-column", "customer", "--known-until", "2026-11-05")
    found = listed("scored.parquet", "--events", "events.parquet", *RULES, *options, "--zone", SHANGHAI)
    expected = decided(zones=None, zones_column="zone", debtor_column="customer", known_until="2026-11-05")
    assert found.select(NEW).equals(expected.select(NEW))


def test_house_rules_are_added() -> None:
    write("scored.csv", SCORED)
    write("events.csv", EVENTS)
    write("own.toml", HOUSE + ONCE)
    options = ("--events", "events.csv", "--zone", SHANGHAI, "--rules", "own.toml")
    rules = ContactRules.load("CN", actor="third_party", product="credit_card")
    expected = decided(rules + ContactRules.from_file("own.toml"))
    found = listed("scored.csv", *options, *RULES, *ZONES)
    assert found.select(NEW).equals(expected.select(NEW))
    assert found["blocked_by"][0] == "once"


def test_the_summary_counts_permissions_and_the_most_frequent_reasons() -> None:
    write("scored.csv", SCORED)
    write("events.csv", EVENTS)
    write("own.toml", HOUSE + ONCE)
    result = run(
        *("permitted", "scored.csv", "--events", "events.csv", "--zone", SHANGHAI, "--rules", "own.toml"),
        *(*RULES, *ZONES, "-o", "today.csv"),
    )
    assert "Wrote 4 rows to today.csv." in result.stderr
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "allowed 0 0.00%" in lines
    assert "forbidden 2 50.00%" in lines
    assert "unknown 2 50.00%" in lines
    assert "some channel is permitted 1 25.00%" in lines
    assert "forbidden by once 1 25.00%" in lines
    assert "not known channel 1 25.00%" in lines
    assert "This is not legal advice." in result.stdout


def test_a_file_without_accounts_is_summed_up_too() -> None:
    write("scored.csv", "account_id,channel\n")
    out = done("permitted", "scored.csv", *RULES, *ZONES)
    assert "not legal advice" in out
    assert " - " in out


def test_columns_codes_and_formats_of_events_may_be_named() -> None:
    write("scored.csv", SCORED.rename({"account_id": "acct"}))
    write(
        "events.csv",
        "acct,when,code,event,amount\n" + "".join(f"1,03.11.2026 09:{n}0,NA,x,\n" for n in range(4)),
    )
    write("codes.toml", '[codes]\nNA = "no_answer"\n')
    maps = [f"--map={pair}" for pair in ("account_id=acct", "happened_at=when", "event=code", "amount=")]
    options = ("--codes", "codes.toml", "--time-format", "%d.%m.%Y %H:%M", "--zone", SHANGHAI)
    found = listed("scored.csv", "--events", "events.csv", *maps, *options, *RULES, *ZONES)
    own = EVENTS.head(4).drop("amount", "due_on")
    expected = decided(log=ContactLog(own, zone=SHANGHAI))
    assert found.select(NEW).equals(expected.select(NEW))


def test_ids_that_are_numbers_in_one_file_and_text_in_the_other_are_the_same() -> None:
    write("scored.parquet", SCORED.with_columns(pl.col("account_id").cast(pl.Int64)))
    write("events.csv", EVENTS)
    found = listed("scored.parquet", "--events", "events.csv", *RULES, *ZONES, "--zone", SHANGHAI)
    assert found["account_id"].dtype == pl.Int64
    assert found.select(NEW).equals(decided().select(NEW))


def test_sheets_are_read_too() -> None:
    write("scored.xlsx", [["account_id", "channel", "days_past_due"], ["1", "sms", 20], [2, "sms", None]])
    facts = ("--fact", "repayment_plan_performing=false")
    found = listed("scored.xlsx", *RULES, *ZONES, *facts, output="today.csv")
    assert found["account_id"].to_list() == ["1", "2"]
    assert found["permission"].to_list() == ["allowed"] * 2


REFUSED = {
    "no such place": (("--jurisdiction", "XX"), 2, "--jurisdiction: must name a place with rules"),
    "no such actor": (("--actor", "thirdparty"), 2, "--actor: must be one of .* did you mean 'third_party'"),
    "no time": (("--at", "noon"), 2, "--at: must be a datetime"),
    "no such zone": (("--zones", "Asia/Shangai"), 2, "--zones: must be names of time zones"),
    "no such fact": (("--fact", "plan=true"), 2, "--fact: must name facts that a rule file defines"),
    "wrong fact": (
        ("--fact", "device_is_approved=maybe"),
        2,
        "--fact: of device_is_approved must be True, False or None, not 'maybe'",
    ),
    "no fact": (("--fact", "device_is_approved"), 2, "--fact: write FIELD=VALUE once for each field"),
    "wrong place": (("--place", "sms=hoome"), 2, "--place: of sms must be one of .* did you mean 'home'"),
    "wrong field": (("--map", "acount_id=x"), 2, "--map: must name one of .* did you mean 'account_id'"),
    "no such column": (("--zones-column", "zonne"), 1, "zonne"),
    "no such rules": (("--rules", "none.toml"), 1, "none.toml: cannot be read"),
    "wrong output": (("-o", "today.txt"), 1, "the name must end in"),
}


@pytest.mark.parametrize(("options", "code", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_valid_is_refused(options: tuple[str, ...], code: int, says: str) -> None:
    write("scored.csv", SCORED)
    error = " ".join(
        refused("permitted", "scored.csv", *RULES, *options, code=code).replace("│", " ").split()
    )
    assert re.search(says, error)


WRONG = {
    "number": ("days_past_due", "many", "'days_past_due' must be a whole number; .* \\(row 3: 'many'\\)"),
    "flag": (
        "repayment_plan_performing",
        "perhaps",
        "'repayment_plan_performing' must be true, false or empty; 1 invalid row \\(row 3: 'perhaps'\\)",
    ),
    "date": ("consent_to_calls_on", "1.10.26", "pass --date-format, such as"),
    "channel": ("channel", "smss", "'channel' must be one of sms, .* \\(row 3: 'smss'\\)"),
    "zone": ("zone", "Mars", "'zone' must be names of time zones"),
}


@pytest.mark.parametrize(("column", "value", "says"), WRONG.values(), ids=WRONG)
def test_values_that_are_not_valid_are_refused_with_their_rows(column: str, value: str, says: str) -> None:
    texts = SCORED.cast(pl.String).with_columns(
        pl.when(pl.int_range(4) == 1).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    write("scored.csv", texts)
    options = ("--zones-column", "zone", "-o", "today.csv")
    assert re.search(says, refused("permitted", "scored.csv", *RULES, *options))
    assert not Path("today.csv").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "account_id,happened_at,event\n9,2026-11-03 09:00,N/C\n",
            "'event' must be a code that --codes maps",
        ),
        ("account_id,happened_at,event\n9,3.11.26,no_answer\n", "pass --time-format, such as"),
        ("account_id,event\n9,no_answer\n", "happened_at"),
    ],
)
def test_events_that_are_not_valid_are_refused(content: str, says: str) -> None:
    write("scored.csv", SCORED)
    write("events.csv", content)
    options = ("--events", "events.csv", "--zone", SHANGHAI)
    assert says in refused("permitted", "scored.csv", *RULES, *ZONES, *options)
