"""Deciding on a portfolio: each row as `ContactRules.decide` decides on its account."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import polars as pl
import pytest
from contact_cases import HOUSE, LAW, event, history, parsed, rule
from frame_kinds import KINDS, FrameKind

from collectrisk import Channel
from collectrisk.contact import Contact, ContactRules, Permission
from collectrisk.contact._decide import decide, judge
from collectrisk.contact._question import Question
from collectrisk.errors import ArgumentError, ColumnNameError, InvalidHistoryError, MissingColumnError
from collectrisk.history import AccountHistory, ContactLog

CODES = [
    "no_answer",
    "not_connected",
    "message_left",
    "conversation",
    "message_sent",
    "letter_sent",
    "visit_met",
]
FACTS = ["dispute_open", "days_past_due", "attorney_represented", "consent_to_calls_on"]
OUTPUTS = ["permission", "permitted_channel", "blocked_by", "missing", "next_allowed"]
ACCOUNTS = [f"A{number}" for number in range(12)]
VISITS = rule("visits", "attempts", 'on = ["phone_call", "sms"]\nleast = 2', channels='["field_visit"]')


CAP = """
window = { n = 1, unit = "day", type = "rolling" }
count = "attempts"
per = "debt"
most = 1
pooled = true
"""


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # no secrets


def random_rules(random_: Random) -> list[str]:
    """Return some rules that count events, and hours."""
    parts = []
    for number in range(3):
        unit, n = random_.choice([("day", 1), ("day", 7), ("week", 1), ("month", 1)])
        window = (
            f'window = {{ n = {n}, unit = "{unit}", type = "{random_.choice(["rolling", "calendar"])}" }}'
        )
        count = random_.choice(["attempts", "answered", "unanswered", "contacts", "conversations"])
        per = random_.choice(["debt", "debtor", "person_and_debt", "contact_point"])
        pooled = random_.choice(["true", "false"])
        most = random_.choice([1, 2, 5])
        body = f'{window}\ncount = "{count}"\nper = "{per}"\nmost = {most}\npooled = {pooled}'
        exemption = random_.choice(
            ["", '\nunless = ["attorney_represented"]', "\nunless_above = { days_past_due = 15 }"]
        )
        parts.append(rule(f"cap{number}", "cap", body + exemption))
    start, end = random_.choice([("08:00", "20:00"), ("00:00", "24:00"), ("09:30", "12:00")])
    windows = (
        f'windows = [{{ days = "{random_.choice(["all", "mon-fri"])}", start = "{start}", end = "{end}" }}]'
    )
    return [*parts, rule("hours", "hours", windows, channels=random_.choice(['["any"]', '["phone_call"]']))]


def portfolio(random_: Random, zones: list[str | None]) -> pl.DataFrame:
    rows = [
        {
            "account_id": account,
            "channel": random_.choice([*Channel, None]),
            "zone": random_.choice(zones),
            "person": random_.choice(["P1", "P2", "P3", None]),
            "days_past_due": random_.choice([None, 3, 15, 16, 200]),
            "attorney_represented": random_.choice([None, True, False, False]),
            "dispute_open": random_.choice([None, False, False, False, True]),
            "consent_to_calls_on": random_.choice([None, None, None, dt.date(2026, 3, 5)]),
        }
        for account in ACCOUNTS
    ]
    types: dict[str, Any] = dict.fromkeys(("dispute_open", "attorney_represented"), pl.Boolean)
    types |= {"days_past_due": pl.Int64, "consent_to_calls_on": pl.Date, "zone": pl.String}
    return pl.DataFrame(rows, schema_overrides=types)


def events(random_: Random, at: dt.datetime, *, dates: bool) -> pl.DataFrame:
    rows = []
    for account in ACCOUNTS[1:]:
        for _ in range(random_.choice([0, 1, 3, 9, 14])):
            happened = at - dt.timedelta(minutes=random_.randrange(60 * 24 * 16))
            rows.append((account, happened.replace(second=0), random_.choice(CODES)))
            if random_.random() < 0.2:  # about another account too
                rows.append((random_.choice(ACCOUNTS), happened.replace(second=0), rows[-1][2]))
    schema: dict[str, Any] = {"account_id": pl.String, "happened_at": pl.Datetime("us"), "event": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.col("happened_at").dt.date()) if dates else frame


def one_by_one(
    rules: ContactRules, scored: pl.DataFrame, log: dict[str, AccountHistory] | None, **options: Any
) -> list[tuple[Any, ...]]:
    """Return the same as `decide_frame` by channel, by deciding on each account and channel."""
    found: list[tuple[Any, ...]] = []
    for row in scored.iter_rows(named=True):
        known = {name: row[name] for name in FACTS}
        same = [row["account_id"]]
        if "debtor_column" in options and row["person"] is not None:
            same = scored.filter(pl.col("person") == row["person"])["account_id"].to_list()
        histories = None if log is None else {each: log[each] for each in same}
        zones = [] if row["zone"] is None else row["zone"].split(";")

        at = options["at"] if zones else options["at"].replace(tzinfo=options["at"].tzinfo or dt.UTC)
        debts = () if log is None else [row["account_id"]]
        asked = {
            channel.value: Question.of(
                rules, Contact(channel, at=at, zones=zones, debts=debts), histories, known, None
            )
            for channel in Channel
        }
        permissions = {each: judge(question)[0] for each, question in asked.items()}
        by_channel = [each.value for each in permissions.values()]
        if row["channel"] is None:
            found.append(("unknown", None, None, "channel", None, *by_channel))
            continue
        own = decide(asked[row["channel"]])
        lighter = list(Channel)[: list(Channel).index(Channel(row["channel"])) + 1]
        allowed = [each for each in lighter if permissions[each] is Permission.ALLOWED]
        later = own.next_allowed
        if later is not None and later.utcoffset() is None:
            later = max(later.replace(tzinfo=zone, fold=1) for zone in own.contact.zones)
        found.append(
            (
                own.permission.value,
                allowed[-1].value if allowed else None,
                "; ".join(each.rule for each in own.blocked_by) or None,
                "; ".join(each.fact for each in own.missing) or None,
                None if later is None else later.astimezone(dt.UTC),
                *by_channel,
            )
        )
    return found


ZONES: list[tuple[str | None, list[str | None]]] = [
    ("America/New_York", ["America/New_York", "America/Los_Angeles", None]),
    (None, ["America/New_York", "Europe/Berlin"]),
    ("Europe/Berlin", ["America/New_York;America/Chicago", "Asia/Tokyo"]),
]


def check(
    rules: ContactRules, seed: int, zone: str | None, zones: list[str | None], *, is_local: bool
) -> None:
    """Compare the columns with the decisions on each account."""
    random_ = seeded(seed)
    day = random_.choice(["2026-03-07", "2026-03-08", "2026-11-01", "2026-11-03"])
    at = dt.datetime.fromisoformat(f"{day}T{random_.choice([4, 10, 20, 23]):02}:30")
    happened = events(random_, at, dates=seed % 3 == 2)
    log = ContactLog(happened, zone=zone, clock_changes="keep")
    options: dict[str, Any] = {
        "at": at if is_local else at.replace(tzinfo=dt.timezone(-dt.timedelta(hours=5)))
    }
    if seed % 2:
        options["debtor_column"] = "person"
    scored = portfolio(random_, zones)
    as_of = at + dt.timedelta(days=2)  # later than the moment in every zone
    histories = {
        account: history(
            *(
                event(at, kind)
                for at, kind in rows.select(pl.col("happened_at").cast(pl.Datetime), "event").rows()
            ),
            as_of=as_of,
            zone=zone,
            has_times=happened["happened_at"].dtype == pl.Datetime,
        )
        for account in ACCOUNTS
        for rows in [happened.filter(account_id=account)]
    }
    expected = one_by_one(rules, scored, histories, **options)
    by_channel = seed // 2 % 2 == 0  # without it, fewer channels are decided on
    options |= {"zones_column": "zone", "known_until": as_of, "by_channel": by_channel}
    frame = rules.decide_frame(scored, log=log, **options)
    columns = OUTPUTS + [*Channel] * by_channel
    assert frame.columns[len(scored.columns) :] == columns
    assert frame.select(columns).rows() == [row[: len(columns)] for row in expected]


@pytest.mark.parametrize("is_local", [True, False], ids=["local time", "with offset"])
@pytest.mark.parametrize(
    ("zone", "zones"), ZONES, ids=["some unknown", "log without a zone", "several zones"]
)
@pytest.mark.parametrize("seed", range(4))
def test_each_row_is_decided_as_its_account_alone(
    zone: str | None, zones: list[str | None], seed: int, *, is_local: bool
) -> None:
    rules = parsed(LAW, HOUSE, *random_rules(seeded(seed)), VISITS)
    check(rules, seed, zone, zones, is_local=is_local)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4, 40))
def test_each_row_of_many_portfolios_is_decided_as_its_account_alone(seed: int) -> None:
    zone, zones = ZONES[seed % 3]
    rules = parsed(LAW, HOUSE, *random_rules(seeded(seed)), VISITS)
    check(rules, seed, zone, zones, is_local=seed % 5 > 2)


PLACES = [
    ("US", "third_party", "credit_card"),
    ("US-MA", "first_party", "credit_card"),
    ("KR", "first_party", "credit_card"),
    ("AU", "first_party", None),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_the_rules_of_the_package_decide_on_rows_as_on_accounts(place: tuple[Any, ...]) -> None:
    jurisdiction, actor, product = place
    rules = ContactRules.load(jurisdiction, actor=actor, product=product) + parsed(HOUSE, VISITS)
    check(rules, 1, *ZONES[0], is_local=False)


AT = "2026-11-03T10:00-05:00"
RULES = parsed(LAW, HOUSE, rule("cap", "cap", CAP), VISITS)
SCORED: dict[str, list[Any]] = {
    "account_id": ["A", "B"],
    "channel": ["phone_call", "sms"],
    "dispute_open": [False, False],
}
CALLS: dict[str, list[Any]] = {
    "account_id": ["A"],
    "happened_at": [dt.datetime(2026, 11, 3, 8)],
    "event": ["no_answer"],
}
EAGER = [kind for kind in KINDS if not kind.lazy]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_kind_of_frame_gives_the_same(kind: FrameKind) -> None:
    scored, happened = kind.make(SCORED), kind.make(CALLS)
    log = ContactLog(happened, zone="America/New_York")
    table = kind.table(
        RULES.decide_frame(scored, at=AT, log=log, zones="America/New_York"), order_by="account_id"
    )
    assert table["permission"].to_pylist() == ["forbidden", "allowed"]
    assert table["permitted_channel"].to_pylist() == [None, "sms"]
    assert table["blocked_by"].to_pylist() == ["cap", None]
    assert table["missing"].to_pylist() == [None, None]
    moments = [dt.datetime(2026, 11, 4, 13, tzinfo=dt.UTC), dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)]
    assert [each.astimezone(dt.UTC) for each in table["next_allowed"].to_pylist()] == moments


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_each_channel_in_use_has_a_column_with_its_permission(kind: FrameKind) -> None:
    log = ContactLog(kind.make(CALLS), zone="America/New_York")
    options: dict[str, Any] = {"at": AT, "log": log, "zones": "America/New_York", "by_channel": True}
    channels = ["phone_call", "field_visit", "sms"]
    decided = RULES.decide_frame(kind.make(SCORED), channels=channels, **options)
    table = kind.table(decided, order_by="account_id")
    assert table.column_names == [*SCORED, *OUTPUTS, "sms", "phone_call", "field_visit"]
    assert table["phone_call"].to_pylist() == ["forbidden", "allowed"]
    assert table["field_visit"].to_pylist() == ["forbidden", "forbidden"]


def test_a_frame_that_has_columns_of_channels_already_is_refused() -> None:
    scored = pl.DataFrame(SCORED).with_columns(sms=1, letter=2)
    with pytest.raises(
        ColumnNameError, match=r"'sms', 'letter': the frame already has these columns; drop or rename them"
    ):
        RULES.decide_frame(scored, at=AT, zones="America/New_York", by_channel=True)


def test_by_channel_is_true_or_false() -> None:
    with pytest.raises(ArgumentError, match="by_channel must be True or False, not 'sms'"):
        RULES.decide_frame(pl.DataFrame(SCORED), at=AT, by_channel="sms")  # type: ignore[arg-type]


def test_without_a_log_rules_that_count_are_unknown() -> None:
    frame = RULES.decide_frame(pl.DataFrame(SCORED), at=AT, zones="America/New_York")
    assert frame["missing"].to_list() == ["log", "log"]


def test_without_zones_nothing_that_needs_a_local_time_is_permitted() -> None:
    log = ContactLog(pl.DataFrame(CALLS))
    for at in (AT, "2026-11-03T10:00"):
        assert RULES.decide_frame(pl.DataFrame(SCORED), at=at, log=log)["missing"].to_list() == ["zones"] * 2


def test_a_log_that_ends_before_the_window_begins_is_missing() -> None:
    log = ContactLog(pl.DataFrame(CALLS), zone="America/New_York")
    asked: dict[str, Any] = {"log": log, "zones": "America/New_York"}
    found = RULES.decide_frame(pl.DataFrame(SCORED), at="2026-11-20T10:00-05:00", **asked)
    assert found["missing"].to_list() == ["log", "log"]
    asked["known_until"] = "2026-11-20"
    assert RULES.decide_frame(pl.DataFrame(SCORED), at="2026-11-20T10:00-05:00", **asked)[
        "missing"
    ].to_list() == [
        None,
        None,
    ]


def test_failed_attempts_of_an_old_log_are_not_known() -> None:
    """A result after the end of the log would end the count."""
    rules = parsed(LAW, HOUSE, VISITS)
    calls = {
        "account_id": ["A", "A"],
        "happened_at": [dt.datetime(2026, 11, 1, 8), dt.datetime(2026, 11, 2, 8)],
        "event": ["no_answer"] * 2,
    }
    scored = pl.DataFrame({"account_id": ["A"], "channel": ["field_visit"], "dispute_open": [False]})
    log = ContactLog(pl.DataFrame(calls), zone="America/New_York")
    for at, expected in (("2026-11-03T23:59-05:00", None), ("2026-11-04T08:00-05:00", "log")):
        found = rules.decide_frame(scored, at=at, log=log, zones="America/New_York")
        assert found["missing"].to_list() == [expected]


def test_only_channels_in_use_are_permitted_channels() -> None:
    scored = pl.DataFrame({**SCORED, "channel": ["field_visit", "agency"]})
    log = ContactLog(pl.DataFrame(CALLS), zone="America/New_York")
    asked: dict[str, Any] = {"at": AT, "log": log, "zones": "America/New_York"}
    assert RULES.decide_frame(scored, **asked)["permitted_channel"].to_list() == [None, "agency"]
    found = RULES.decide_frame(scored, channels=["phone_call", "sms"], **asked)
    assert found["permitted_channel"].to_list() == [None, "phone_call"]


def test_events_before_all_windows_are_not_read() -> None:
    rules = parsed(LAW, HOUSE, rule("cap", "cap", CAP))
    calls = {**CALLS, "happened_at": [dt.datetime(2024, 1, 1)]}
    log = ContactLog(pl.DataFrame(calls), zone="America/New_York")
    asked: dict[str, Any] = {"at": AT, "log": log, "zones": "America/New_York", "known_until": "2026-11-04"}
    found = rules.decide_frame(pl.DataFrame(SCORED), **asked)
    assert found["permission"].to_list() == ["allowed", "allowed"]
    found = RULES.decide_frame(pl.DataFrame(SCORED), **asked)  # failed attempts count whenever they were
    assert found["permission"].to_list() == ["allowed", "allowed"]


def test_accounts_of_one_debtor_share_what_counts_per_debtor() -> None:
    rules = parsed(LAW, HOUSE, rule("cap", "cap", CAP.replace('"debt"', '"debtor"')))
    log = ContactLog(pl.DataFrame(CALLS), zone="America/New_York")
    scored = pl.DataFrame({**SCORED, "debtor": ["D", "D"]})
    asked: dict[str, Any] = {"at": AT, "log": log, "zones": "America/New_York"}
    assert rules.decide_frame(scored, **asked)["permission"].to_list() == ["forbidden", "allowed"]
    found = rules.decide_frame(scored, debtor_column="debtor", **asked)
    assert found["permission"].to_list() == ["forbidden", "forbidden"]


def test_an_empty_frame_gives_an_empty_one() -> None:
    scored = pl.DataFrame(SCORED).clear()
    log = ContactLog(pl.DataFrame(CALLS), zone="America/New_York")
    frame = RULES.decide_frame(scored, at=AT, log=log, zones="America/New_York")
    assert frame.columns == [*SCORED, *OUTPUTS]
    assert frame.height == 0


def test_the_product_of_each_account_is_read_if_the_rules_have_none() -> None:
    rules = ContactRules.load("US", actor="third_party")
    scored = pl.DataFrame({"channel": ["phone_call"] * 2, "product": ["credit_card", None]})
    found = rules.decide_frame(scored, at="2026-11-03T22:00-05:00", zones="America/New_York")
    assert found["permission"].to_list() == ["forbidden", "unknown"]


def test_an_account_of_another_product_than_that_of_the_rules_is_an_error() -> None:
    """The product "other" is the default of the field, and says nothing."""
    rules = ContactRules.load("US", actor="third_party", product="p2p_online_loan")
    products = ["online_loan", "other", None, "p2p_online_loan", "credit_card", "bank_loan"]
    scored = pl.DataFrame({"channel": ["sms"] * 6, "product": products})
    assert rules.decide_frame(scored.head(4), at=AT)["permission"].to_list() == ["unknown"] * 4
    with pytest.raises(
        InvalidHistoryError, match="must be 'p2p_online_loan', the product of the rules"
    ) as caught:
        rules.decide_frame(scored, at=AT)
    assert [problem.rows[0] for problem in caught.value.problems] == [(4, "credit_card"), (5, "bank_loan")]


def test_a_fact_is_given_once() -> None:
    """Otherwise the one of all accounts would hide what is known of each."""
    with pytest.raises(ArgumentError, match="facts must not have 'dispute_open', which is a column"):
        RULES.decide_frame(pl.DataFrame(SCORED), at=AT, facts={"dispute_open": False})


def test_a_repayment_plan_that_is_kept_is_known_to_perform() -> None:
    rules = parsed(LAW, HOUSE, rule("plan", "facts", 'block_if = ["repayment_plan_performing"]'))
    scored = pl.DataFrame({"channel": ["sms"] * 2, "repayment_plan": [True, False]})
    found = rules.decide_frame(scored, at=AT, facts={"dispute_open": False})
    assert found["permission"].to_list() == ["forbidden", "unknown"]


def test_all_invalid_values_are_listed_at_once() -> None:
    scored = pl.DataFrame(
        {
            "channel": ["sms", "telegram"],
            "zone": ["Europe/Berlin", "Berlin"],
            "days_past_due": [3.5, -1.0],
            "dispute_open": ["yes", None],
            "consent_to_calls_on": ["2026-11-01", "soon"],
        }
    )
    with pytest.raises(InvalidHistoryError) as caught:
        RULES.decide_frame(scored, at=AT, zones_column="zone")
    problems = {problem.column: [row for row, _ in problem.rows] for problem in caught.value.problems}
    assert problems.keys() == {"channel", "zone", "days_past_due", "dispute_open", "consent_to_calls_on"}
    assert problems["channel"] == problems["zone"] == [1]


def test_lists_and_numbers_as_text_are_invalid_values_and_are_shown() -> None:
    scored = pl.DataFrame(
        {
            "channel": ["sms", "sms"],
            "dispute_open": [[False], None],
            "days_past_due": ["5", None],
            "debtor": [["D"], ["D"]],
        }
    )
    with pytest.raises(InvalidHistoryError) as caught:
        RULES.decide_frame(scored, at=AT, debtor_column="debtor")
    assert {problem.column: problem.rows for problem in caught.value.problems} == {
        "dispute_open": ((0, [False]),),
        "days_past_due": ((0, "5"),),
        "debtor": ((0, ["D"]), (1, ["D"])),
    }


def test_accounts_whose_fact_is_not_a_number_are_decided_on_together(monkeypatch: pytest.MonkeyPatch) -> None:
    decided = []

    def counting(question: Question) -> Any:
        decided.append(question)
        return decide(question)

    monkeypatch.setattr("collectrisk.contact._frame.decide", counting)
    nan = float("nan")
    scored = pl.DataFrame({"channel": ["sms"] * 5, "dispute_open": [nan, 0.0, nan, 1.0, nan]})
    found = parsed(LAW).decide_frame(scored, at=AT)
    assert found["permission"].to_list() == ["unknown", "allowed", "unknown", "forbidden", "unknown"]
    assert len(decided) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": "soon"}, "at must be a datetime"),
        ({"at": AT, "log": 3}, "log must be a ContactLog"),
        ({"at": AT, "zones": "Mars"}, "zones must be names of time zones"),
        ({"at": AT, "zones": "UTC", "zones_column": "zone"}, "zones and zones_column must not both"),
        ({"at": AT, "places": {"sms": "moon"}}, "places.*must be"),
        ({"at": AT, "places": {"smoke": "home"}}, "places must be"),
        (
            {"at": AT, "places": {"field_visit": "mobile"}},
            r"places\['field_visit'\] must be one of home, work, other, not 'mobile'",
        ),
        ({"at": "2026-11-03"}, "at must be a datetime"),
        ({"at": AT, "places": ["home"]}, "places must be a mapping"),
        ({"at": AT, "channels": "sms"}, "channels must be channels"),
        ({"at": AT, "channels": ["smoke"]}, "channels must be"),
        ({"at": AT, "known_until": "2026-11-03"}, "known_until is that of a log"),
        ({"at": AT, "recipient": "dog"}, "recipient must be"),
        ({"at": AT, "facts": {"dispute": True}}, "facts must name facts"),
    ],
)
def test_bad_arguments_are_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        RULES.decide_frame(pl.DataFrame(SCORED), **options)


def test_frames_that_are_lazy_are_refused_with_the_way_out() -> None:
    with pytest.raises(ArgumentError, match="scored must be an eager frame: collect it first"):
        RULES.decide_frame(pl.LazyFrame(SCORED), at=AT)
    log = ContactLog(pl.LazyFrame(CALLS), zone="UTC")
    with pytest.raises(ArgumentError, match="log must have an eager frame: collect the events first"):
        RULES.decide_frame(pl.DataFrame(SCORED), at=AT, log=log)


def test_a_column_that_is_missing_or_already_there_is_named() -> None:
    with pytest.raises(MissingColumnError, match="'channel'"):
        RULES.decide_frame(pl.DataFrame({"account_id": ["A"]}), at=AT)
    with pytest.raises(MissingColumnError, match="'place'"):
        RULES.decide_frame(pl.DataFrame(SCORED), at=AT, zones_column="place")
    with pytest.raises(ColumnNameError, match="permission"):
        RULES.decide_frame(pl.DataFrame({**SCORED, "permission": [1, 2]}), at=AT)
