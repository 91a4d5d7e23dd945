"""Plans: who gets the channels that are possible, what that is worth, and why."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from frame_kinds import EAGER, KINDS, FrameKind
from hypothesis import given
from hypothesis import strategies as st
from labelled import accounts

import collectrisk as cr
from collectrisk.contact import ContactRules, Permission
from collectrisk.errors import ArgumentError, NotAFrameError
from collectrisk.planning import Plan, allocate

ACCOUNTS = accounts().with_columns(borrower_id=pl.format("A{}", pl.int_range(1, 401)))
SCORED = cr.RuleScorer(base=-1.5).assess_frame(ACCOUNTS)
VALUED = SCORED.with_columns(
    call_value=pl.col("visit_probability") * pl.col("amount_overdue").log1p(),
    visit_value=pl.col("visit_probability") * pl.col("amount_overdue").sqrt(),
)
VALUES = {"phone_call": "call_value", "field_visit": "visit_value"}
CAPACITY = {"phone_call": 30, "field_visit": 5}

FIVE = pl.DataFrame(
    {
        "borrower_id": ["A", "B", "C", "D", "E"],
        "channel": ["field_visit", "field_visit", "field_visit", "phone_call", "sms"],
        "visit_probability": [0.9, 0.7, 0.8, 0.2, 0.0001],
        "visit": [10.0, 11.9, 3.0, 99.0, 99.0],
        "call": [1.0, 2.0, 2.5, 4.0, 99.0],
        "region": ["north", "south", "north", "south", "north"],
    }
)
WORTH = {"field_visit": "visit", "phone_call": "call"}


def channels(plan: Plan) -> list[str | None]:
    listed: list[str | None] = plan.to_native()["planned_channel"].to_list()
    return listed


def five(capacity: dict[str, Any], **settings: Any) -> list[str | None]:
    return channels(allocate(FIVE, capacity, **settings))


def test_each_channel_goes_to_the_highest_probabilities() -> None:
    """Whoever is left out gets the next lighter channel that has capacity."""
    found = five({"field_visit": 1, "phone_call": 2})
    assert found == ["field_visit", "phone_call", "phone_call", "sms", "sms"]


def test_a_channel_without_a_capacity_has_no_limit() -> None:
    assert five({"field_visit": None, "phone_call": 0}) == ["field_visit"] * 3 + ["sms"] * 2


def test_a_channel_that_is_neither_recommended_nor_named_is_not_used() -> None:
    heavy = FIVE.filter(pl.col("channel") == "field_visit")
    assert channels(allocate(heavy, {"field_visit": 1})) == ["field_visit", None, None]
    assert channels(allocate(heavy, {"field_visit": 1, "letter": 1})) == ["field_visit", None, "letter"]


def test_with_values_the_plan_has_the_largest_sum() -> None:
    """The account with the highest probability does not get the visit."""
    plan = allocate(FIVE, {"field_visit": 1, "phone_call": 2}, values=WORTH)
    assert channels(plan) == ["sms", "field_visit", "phone_call", "phone_call", "sms"]
    assert plan.value == pytest.approx(11.9 + 2.5 + 4.0)
    assert plan.gap == 0


def test_nothing_is_planned_that_has_a_negative_value() -> None:
    frame = FIVE.with_columns(visit=-pl.col("visit"), sms=pl.lit(-1.0))
    plan = allocate(frame, {"field_visit": 5, "phone_call": 1}, values={**WORTH, "sms": "sms"})
    assert channels(plan) == [None, None, None, "phone_call", None]
    assert plan.value == 4.0


def test_the_prices_and_the_last_gains_are_those_of_the_margin() -> None:
    plan = allocate(FIVE, {"field_visit": 1, "phone_call": 5}, values=WORTH)
    # The second visit would go to A, who gains 10 - 1 over a call; the last one gains 11.9 - 2.
    assert plan.last["field_visit"] == pytest.approx(9.9)
    assert 9.0 <= plan.prices["field_visit"] <= 9.9
    assert plan.prices["phone_call"] == 0
    assert plan.unused == {"field_visit": 0, "phone_call": 2}
    assert plan.last["phone_call"] == 1.0


def test_one_unit_more_is_worth_at_most_the_price() -> None:
    plan = allocate(VALUED, CAPACITY, values=VALUES)
    for channel, price in plan.prices.items():
        more = plan.with_capacity({channel: CAPACITY[channel] + 1})
        less = plan.with_capacity({channel: CAPACITY[channel] - 1})
        assert plan.value is not None
        assert more.value is not None
        assert less.value is not None
        assert more.value - plan.value <= price + 1e-9
        assert price <= plan.value - less.value + 1e-9


def test_nobody_gets_a_heavier_channel_or_one_that_is_not_permitted() -> None:
    may_call = np.arange(400) % 3 != 0
    may_visit = [None if row % 5 == 0 else row % 2 == 0 for row in range(400)]
    permitted = {"phone_call": may_call, "field_visit": may_visit, "agency": False, "sms": True}
    weight = {channel.value: channel.weight for channel in cr.Channel} | {None: -1}
    for values in (None, VALUES):
        plan = allocate(VALUED, CAPACITY, values=values, permitted=permitted)
        planned = channels(plan)
        assert all(weight[own] <= weight[most] for own, most in zip(planned, SCORED["channel"], strict=True))
        assert "agency" not in planned
        assert not any(own == "phone_call" and not may for own, may in zip(planned, may_call, strict=True))
        assert not any(own == "field_visit" and not may for own, may in zip(planned, may_visit, strict=True))
        assert all(plan.counts[channel] + plan.unused[channel] == CAPACITY[channel] for channel in CAPACITY)


def test_what_is_not_permitted_is_counted() -> None:
    permitted = {"field_visit": [True, False, None, False, False], "phone_call": [True] * 5, "sms": True}
    plan = allocate(FIVE, {"field_visit": 5, "phone_call": 1}, permitted=permitted)
    assert (plan.forbidden, plan.unknown) == (1, 1)
    assert channels(plan) == ["field_visit", "sms", "phone_call", "sms", "sms"]
    assert "recommended channel is forbidden: 1" in str(plan)
    assert "which counts as not permitted: 1" in str(plan)


PERMISSION_COLUMNS = {
    "booleans": [True, False, None, True, True],
    "texts": ["allowed", "forbidden", "unknown", "allowed", "allowed"],
    "permissions": [Permission(each) for each in ("allowed", "forbidden", "unknown", "allowed", "allowed")],
    "numbers that are missing": [True, False, math.nan, True, True],
}


@pytest.mark.parametrize("name", PERMISSION_COLUMNS)
def test_permissions_may_be_booleans_or_texts(name: str) -> None:
    permitted = {"field_visit": PERMISSION_COLUMNS[name], "phone_call": True, "sms": True}
    found = five({"field_visit": 5}, permitted=permitted)
    assert found == ["field_visit", "phone_call", "phone_call", "phone_call", "sms"]


def test_permissions_of_a_frame_are_found_by_key() -> None:
    """An account that the frame does not have is one about which nothing is known."""
    permitted = pl.DataFrame({"borrower_id": ["C", "A", "E", "X"]}).with_columns(
        field_visit=pl.lit(value=True), phone_call=pl.lit(value=False), sms=pl.lit(value=True)
    )
    plan = allocate(FIVE, {"field_visit": 5}, permitted=permitted)
    assert channels(plan) == ["field_visit", None, "field_visit", None, "sms"]
    assert plan.unknown == 2
    nobody = allocate(FIVE, {"field_visit": 5}, permitted=permitted.filter(pl.col("borrower_id") == "X"))
    assert (nobody.uncontacted, nobody.unknown) == (5, 5)


def test_a_column_with_the_permitted_channel_says_nothing_about_others() -> None:
    gated = FIVE.with_columns(
        permitted_channel=pl.Series(["field_visit", "phone_call", None, "phone_call", "sms"])
    )
    for permitted in ("permitted_channel", gated, gated.select("borrower_id", "permitted_channel")):
        assert channels(allocate(gated, {"field_visit": 0}, permitted=permitted)) == [
            *(None, "phone_call", None, "phone_call", "sms")
        ]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_what_rules_say_of_the_recommended_channel_is_counted_and_explained(kind: FrameKind) -> None:
    columns: dict[str, Any] = {
        "permission": ["forbidden", "unknown", "allowed", "forbidden", "allowed"],
        "permitted_channel": ["sms", None, "field_visit", None, "sms"],
        "blocked_by": ["rule-1", None, None, "rule-2", None],
        "missing": [None, "attorney", None, None, None],
        "next_allowed": ["2026-11-07", None, None, None, None],
    }
    decided = kind.make({**FIVE.to_dict(as_series=False), **columns})
    plan = allocate(decided, {"field_visit": 5}, permitted=decided)
    assert (plan.forbidden, plan.unknown) == (2, 1)
    assert [plan.channel_of(key) for key in "ABCDE"] == ["sms", None, "field_visit", None, "sms"]
    end = "\nNot field visit, because it is forbidden (blocked_by: rule-1; next_allowed: 2026-11-07).\n"
    assert end in plan.explain("A")
    assert "\nNot phone call, because it is not known whether it is permitted.\n" in plan.explain("A") + "\n"
    assert "whether it is permitted (missing: attorney).\n" in plan.explain("B")
    assert plan.explain("D").split("\n")[2] == "Not phone call, because it is forbidden (blocked_by: rule-2)."
    plan = allocate(
        decided, {"field_visit": 5}, permitted=dict.fromkeys(("field_visit", "phone_call", "sms"), False)
    )
    assert plan.explain("B").split("\n")[2] == "Not field visit, because it is forbidden."


def test_the_permission_of_the_recommended_channel_must_be_one() -> None:
    decided = FIVE.with_columns(permitted_channel=pl.lit("sms"), permission=pl.lit("maybe"))
    with pytest.raises(ArgumentError, match="permitted of 'permission' must contain true, false or missing"):
        allocate(FIVE, {"field_visit": 5}, permitted=decided)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_what_rules_say_of_each_channel_is_what_is_permitted(kind: FrameKind) -> None:
    """Without a log, calls are unknown; messages are not. Nothing is known of A and E."""
    dated = FIVE.with_columns(medium_optout=pl.Series([None, False, False, False, None]))
    rules = ContactRules.load("US", actor="third_party", product="credit_card")
    known = ("dispute_written_unverified", "attorney_represented", "cease_request_written", "bankruptcy_open")
    decided = rules.decide_frame(
        kind.make(dated.to_dict(as_series=False)),
        at="2026-11-03T10:00",
        zones="America/New_York",
        facts=dict.fromkeys(known, False),
        places={"field_visit": "home"},
        by_channel=True,
    )
    for scored in (decided, kind.make(FIVE[::-1].to_dict(as_series=False))):
        plan = allocate(scored, {"field_visit": 1}, permitted=decided)
        planned = [plan.channel_of(key) for key in "ABCDE"]
        assert planned == [None, "sms", "field_visit", "sms", None]
    assert plan.unknown == 3


def test_a_channel_without_a_value_is_named() -> None:
    """It counts as 0, whatever is recommended."""
    plan = allocate(FIVE, {"phone_call": 1}, values={"phone_call": "call"})
    assert plan.unvalued == ("sms", "field_visit")
    assert plan.to_dict()["unvalued"] == ["sms", "field_visit"]
    assert "No value was given, which counts as 0: text message (SMS); field visit." in str(plan)
    assert "没有给定价值、因而按0计的联系方式：短信、上门拜访。" in plan.to_html("zh")
    assert "\nNot field visit: no value was given for it, which counts as 0." in plan.explain("A")
    assert "No value was given" not in str(allocate(FIVE, {"phone_call": 1}))


def test_a_channel_that_is_left_out_needs_no_value() -> None:
    capacity = {"field_visit": {"north": 0, "south": 0}, "phone_call": 1}
    plan = allocate(FIVE, capacity, values={"phone_call": "call"}, by="region")
    assert channels(plan) == ["sms", "sms", "sms", "phone_call", "sms"]
    assert "Not field visit (region: north), for which there is no capacity at all." in plan.explain("A")
    with pytest.raises(ArgumentError, match=r"^values must contain 'field_visit', which has a capacity"):
        plan.with_capacity({"field_visit": {"north": 1}})


def test_accounts_without_a_channel_are_left_out_and_counted() -> None:
    frame = FIVE.with_columns(channel=pl.when(pl.col("borrower_id") != "A").then("channel"))
    for values in (None, WORTH):
        plan = allocate(frame, {"field_visit": 1}, values=values)
        assert (channels(plan)[0], plan.unscored) == (None, 1)
    assert plan.explain("A") == "A: There is no recommended channel, so no contact is planned."


def test_capacities_may_be_those_of_groups() -> None:
    capacity = {"field_visit": {"north": 1, "south": 0}, "phone_call": 1}
    assert five(capacity, by="region") == ["field_visit", "sms", "phone_call", "sms", "sms"]
    plan = allocate(FIVE, capacity, by="region", values=WORTH)
    assert channels(plan) == ["field_visit", "sms", "sms", "phone_call", "sms"]
    assert plan.unused == {"phone_call": 0, "field_visit": {"north": 0, "south": 0}}
    assert set(plan.prices["field_visit"]) == {"north", "south"}
    assert plan.last["field_visit"] == {"north": pytest.approx(10), "south": None}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("bool", {True: 1, False: 0, None: 0}),
        ("float", {1.0: 1, 2: 0, float("nan"): 0}),
        ("text", {"1": 1, "x": 0, "(missing)": 0}),
    ],
)
def test_groups_are_named_by_the_values_of_the_column(column: str, values: dict[Any, int]) -> None:
    names = {
        "bool": ["true", "false", "(missing)"],
        "float": ["1", "2", "(missing)"],
        "text": ["1", "x", "(missing)"],
    }
    groups: list[Any] = list(values)[:2]
    frame = FIVE.with_columns(team=pl.Series([*groups, *groups, None]))
    plan = allocate(frame, {"field_visit": values}, by="team")
    assert plan.unused == {"field_visit": dict.fromkeys(names[column], 0)}
    more = plan.with_capacity({"field_visit": dict.fromkeys(values, 3)})
    assert more.unused == {"field_visit": dict(zip(names[column], (1, 2, 3), strict=True))}


def test_a_group_must_not_be_named_twice() -> None:
    frame = FIVE.with_columns(team=1)
    with pytest.raises(ArgumentError, match=r"^capacity of 'field_visit' has the group '1' twice"):
        allocate(frame, {"field_visit": {1: 5, "1": 0}}, by="team")


def test_a_group_may_have_no_limit_or_no_accounts() -> None:
    capacity = {"field_visit": {"north": None, "south": 0, "west": 0, "east": None}}
    plan = allocate(FIVE, capacity, by="region")
    assert channels(plan) == ["field_visit", "phone_call", "field_visit", "phone_call", "sms"]
    assert plan.unused == {"field_visit": {"south": 0}}
    assert plan.last == {"field_visit": {"south": None}}
    with pytest.raises(ArgumentError, match="capacity of the plan has no 'field_visit' of 'west'"):
        plan.with_capacity({"field_visit": {"west": 7}})


def test_a_capacity_of_a_group_that_no_account_has_is_refused() -> None:
    """The group that was probably meant is named, together with the groups that are left out."""
    with pytest.raises(ArgumentError) as caught:
        allocate(FIVE, {"field_visit": {"north": 1, "south": 1, "South": 99}}, by="region")
    assert "of 'field_visit' is also for 'South' (did you mean 'south'?), which no account" in str(
        caught.value
    )
    with pytest.raises(ArgumentError) as caught:
        allocate(FIVE, {"field_visit": {"north": 1, "sout": 1, "x": 2}}, by="region")
    assert "says nothing about 'south' in 'region'" in str(caught.value)
    assert "is also for 'sout' (did you mean 'south'?), 'x', which no account has" in str(caught.value)
    nobody = allocate(FIVE.clear(), {"field_visit": {"north": 1}}, by="region")
    assert nobody.unused == {"field_visit": {"north": 1}}


def test_a_plan_shows_each_group() -> None:
    capacity = {"field_visit": {"north": 1, "south": 1}, "phone_call": {"north": None, "south": 0}}
    plan = allocate(FIVE, capacity, by="region", values=WORTH)
    assert plan.counts_by_group == {
        "north": {"sms": 1, "phone_call": 1, "field_visit": 1},
        "south": {"sms": 1, "phone_call": 0, "field_visit": 1},
    }
    assert plan.to_dict()["counts_by_group"] == plan.counts_by_group
    lines = str(plan).splitlines()
    visits, calls = lines.index("field visit, by region"), lines.index("phone call, by region")
    header = ["group", "recommended", "capacity", "planned", "unused", "gain", "of", "the", "last", "one"]
    assert lines[visits + 2].split() == [*header, "price"]
    price = f"{plan.prices['field_visit']['north']:.4g}"
    assert lines[visits + 4].split() == [
        "north",
        "2",
        "1",
        "1",
        "0",
        f"{plan.last['field_visit']['north']:.4g}",
        price,
    ]
    assert [lines[calls + place].split()[:5] for place in (4, 5)] == [
        ["north", "0", "no", "limit", "1"],
        ["south", "1", "0", "0", "0"],
    ]
    assert "按region" in plan.to_html("zh")


def test_many_groups_are_counted_instead_of_shown() -> None:
    frame = SCORED.with_columns(team=pl.int_range(pl.len()) % 23)
    plan = allocate(frame, {"phone_call": dict.fromkeys(range(23), 2)}, by="team")
    assert (len(plan.counts_by_group), str(plan).count("phone call, by team")) == (23, 1)
    assert "\n\nOther groups: 3.\n\n" in str(plan)


def test_an_explanation_names_the_group() -> None:
    plan = allocate(FIVE, {"field_visit": {"north": 1, "south": 0}}, by="region", values=WORTH)
    assert "Not field visit (region: north): it would gain" in plan.explain("C")
    assert "What field visit (region: north) gains over" in plan.explain("A")
    assert "上门拜访（region：south）" in plan.explain("B", "zh")


@given(st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    """With equal probabilities and values, the first by key get the heavier channels."""
    same = FIVE.with_columns(channel=pl.lit("field_visit"), visit_probability=0.5, visit=2.0, call=1.0)
    for values in (None, WORTH):
        plan = allocate(same[order], {"field_visit": 2, "phone_call": 1}, values=values)
        planned = [plan.channel_of(key) for key in "ABCDE"]
        assert planned == ["field_visit", "field_visit", "phone_call", None, None]


def test_every_order_of_many_rows_gives_the_same_plan() -> None:
    order = np.random.default_rng(1).permutation(400)
    for values in (None, VALUES):
        plan, other = (allocate(each, CAPACITY, values=values) for each in (VALUED, VALUED[order]))
        assert plan.compare(other).moves == {}
        assert plan.to_dict() == other.to_dict()


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_eager_frame_gives_the_same_plan_and_comes_back_with_a_column(kind: FrameKind) -> None:
    columns = VALUED.with_columns(pl.col("channel").cast(pl.String)).to_dict(as_series=False)
    for values in (None, VALUES):
        plan = allocate(kind.make(columns), CAPACITY, values=values)
        expected = channels(allocate(VALUED, CAPACITY, values=values))
        found = kind.plain(plan.to_native())
        assert found["planned_channel"] == expected
        assert list(found)[:-1] == list(columns)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.lazy], ids=lambda kind: kind.name)
def test_a_lazy_frame_must_be_collected(kind: FrameKind) -> None:
    lazy = kind.make({"borrower_id": ["A"], "channel": ["sms"]})
    with pytest.raises(NotAFrameError, match="collect the frame first"):
        allocate(lazy, {"sms": 1})
    with pytest.raises(NotAFrameError, match="collect the frame first"):
        allocate(FIVE, {"sms": 1}, permitted=lazy)


def test_an_empty_frame_has_an_empty_plan() -> None:
    for values in (None, WORTH):
        plan = allocate(FIVE.head(0), {"field_visit": 3, "phone_call": 2}, values=values)
        assert plan.unused == {"field_visit": 3, "phone_call": 2}
        assert (plan.accounts, plan.uncontacted, plan.lighter, plan.forbidden, plan.gap or 0) == (
            0,
            0,
            0,
            0,
            0,
        )
        assert plan.to_native().columns == [*FIVE.columns, "planned_channel"]
    assert (plan.value, plan.compare(plan).value) == (0, 0)


def test_keys_may_be_whole_numbers() -> None:
    frame = FIVE.with_columns(borrower_id=pl.Series([10, 9, 8, 7, 6]))
    plan = allocate(frame.rename({"borrower_id": "number"}), {"field_visit": 1}, ties="number")
    assert plan.channel_of(10) is cr.Channel.FIELD_VISIT


@pytest.mark.parametrize("numbers", [True, False])
def test_keys_may_be_scalars_of_numpy(numbers: bool) -> None:  # noqa: FBT001  # parametrized
    """As pandas returns them, and as columns of objects contain them."""
    scalars: list[Any] = [*map(np.int64, range(5))] if numbers else [*map(np.str_, "ABCDE")]
    plain = FIVE.with_columns(borrower_id=pl.Series([each.item() for each in scalars]))
    plan = allocate(plain.to_pandas(), {"field_visit": 1}, values={"field_visit": "visit"})
    keys = pd.Series([*scalars[:4], scalars[4].item()], dtype=object)
    objects = allocate(
        plain.to_pandas().assign(borrower_id=keys), {"field_visit": 1}, values={"field_visit": "visit"}
    )
    for key in scalars:
        assert plan.explain(key) == plan.explain(key.item()) == objects.explain(key)
        assert plan.channel_of(key) == plan.channel_of(key.item())


def test_an_explanation_names_the_last_one() -> None:
    plan = allocate(FIVE, {"field_visit": 1, "phone_call": 2}, values=WORTH)
    assert plan.explain("B").splitlines()[:2] == [
        "B: The recommended channel is field visit (visit probability 70.00%).",
        "Planned: field visit.",
    ]
    assert plan.explain("A").splitlines()[1:3] == [
        "Planned: text message (SMS).",
        "Not field visit: it would gain 10 over the best lighter choice, and the last one went to "
        f"{plan.last['field_visit']:,.4g}. The price of one is {plan.prices['field_visit']:,.4g}.",
    ]
    assert "上门拜访" in plan.explain("A", "zh")


def test_an_explanation_without_values_names_the_probability() -> None:
    plan = allocate(FIVE, {"field_visit": 1, "phone_call": 2})
    assert plan.explain("C").splitlines() == [
        "C: The recommended channel is field visit (visit probability 80.00%).",
        "Planned: phone call.",
        "Not field visit: the last one went to a visit probability of 90.00%.",
    ]


def test_an_explanation_of_a_tie_says_so() -> None:
    same = FIVE.with_columns(channel=pl.lit("field_visit"), visit_probability=0.5, visit=2.0, call=1.0)
    plan = allocate(same, {"field_visit": 1, "phone_call": 0})
    assert "the same visit probability, 50.00%, and a key that comes first" in plan.explain("B")
    plan = allocate(same, {"field_visit": 1, "phone_call": 0}, values=WORTH)
    assert "the last one went to 2 too" in plan.explain("B")


def test_other_explanations() -> None:
    permitted = {"field_visit": [False, None, True, True, True], "phone_call": True, "sms": True}
    plan = allocate(FIVE, {"field_visit": 0}, permitted=permitted)
    assert "Not field visit, because it is forbidden." in plan.explain("A")
    assert "Not field visit, because it is not known whether it is permitted." in plan.explain("B")
    assert "Not field visit, for which there is no capacity at all." in plan.explain("C")
    frame = FIVE.drop("visit_probability").with_columns(visit=pl.col("call"))
    plan = allocate(
        frame, {"field_visit": 5, "phone_call": 1}, values={**WORTH, "sms": FIVE["call"].to_numpy()}
    )
    assert "Not field visit, which gains nothing over a lighter choice." in plan.explain("A")
    assert "A: The recommended channel is field visit.\n" in plan.explain("A")
    plan = allocate(FIVE.drop("visit_probability"), {"field_visit": 1}, values={"field_visit": "visit"})
    assert plan.explain("B").endswith(
        "What field visit gains over the best lighter choice is 11.9; "
        f"the price of one is {plan.prices['field_visit']:.4g}."
    )
    nobody = allocate(FIVE, {"field_visit": 0, "sms": 0, "phone_call": 0})
    assert "Planned: no contact." in nobody.explain("E")
    assert nobody.uncontacted == 5


def test_a_ranking_explains_probabilities_of_0_too() -> None:
    """Without values it is not known what a contact gains."""
    never = FIVE.with_columns(visit_probability=pl.lit(0.0))
    assert "\nNot field visit: the last one went to the same" in allocate(never, {"field_visit": 2}).explain(
        "C"
    )


def test_a_rounding_error_is_not_a_gain() -> None:
    """In floats, 0.1 + 0.2 is more than 0.3."""
    frame = FIVE.with_columns(visit=pl.lit(0.1 + 0.2), call=pl.lit(0.3))
    plan = allocate(frame, {"field_visit": 5}, values=WORTH)
    assert plan.unused == {"field_visit": 5}
    assert plan.explain("A").endswith("\nNot field visit, which gains nothing over a lighter choice.")
    frame = FIVE.with_columns(visit=pl.lit(0.3 + 1e-9), call=pl.lit(0.3))
    assert allocate(frame, {"field_visit": 5}, values=WORTH).unused == {"field_visit": 2}


def test_a_key_that_no_account_has_is_not_repeated() -> None:
    """The kind of the keys is named instead."""
    plan = allocate(FIVE, {"field_visit": 1})
    kinds = {"secret": "", 7: ", not whole numbers", None: ", not a NoneType", True: ", not a bool"}
    for key, kind in kinds.items():
        with pytest.raises(ArgumentError) as caught:
            plan.explain(key)  # type: ignore[arg-type]  # the test
        assert str(caught.value) == f"key must be one of the 5 keys in 'borrower_id', which are text{kind}"
    numbered = allocate(FIVE.with_columns(borrower_id=pl.col("visit").rank("ordinal")), {"field_visit": 1})
    with pytest.raises(ArgumentError, match=r"which are whole numbers, not text$"):
        numbered.channel_of("1")
    with pytest.raises(ArgumentError, match=r"^key must be one of the 0 keys in 'borrower_id'$"):
        allocate(FIVE.clear(), {"field_visit": 1}).channel_of("A")


def test_a_comparison_says_what_changes() -> None:
    plan = allocate(VALUED, CAPACITY, values=VALUES)
    more = plan.compare(plan.with_capacity({"phone_call": 50}))
    assert all("phone_call" in move for move in more.moves)
    assert 0 < more.changed <= 20
    assert more.value is not None
    assert 0 < more.value <= 20 * plan.prices["phone_call"]
    assert (more.value_before, more.value_after) == (plan.value, plan.with_capacity({"phone_call": 50}).value)
    assert more.changed == sum(more.moves.values())
    assert "The sum of the values changes by +" in str(more)
    assert "价值总和变化+" in more.to_html("zh")
    assert json.loads(json.dumps(more.to_dict()))["changed"] == more.changed


def test_equal_plans_have_no_changes() -> None:
    plan = allocate(FIVE, {"field_visit": 1})
    assert str(plan.compare(plan)) == "Nothing changes."
    assert "没有变化。" in plan.compare(plan).to_html("zh")


def test_a_plan_is_represented_by_its_counts() -> None:
    counts = {"sms": 1, "phone_call": 3, "field_visit": 1}
    plan = allocate(FIVE, {"field_visit": 1})
    assert repr(plan) == f"Plan(accounts=5, counts={counts}, ranked_by='probability')"


def test_a_comparison_without_values_has_no_value() -> None:
    plan = allocate(FIVE, {"field_visit": 1, "sms": 0, "phone_call": 2})
    other = plan.compare(plan.with_capacity({"field_visit": 0}))
    assert other.value is None
    assert other.moves == {("field_visit", "phone_call"): 1, ("phone_call", None): 1}
    assert "no contact" in str(other)


def test_only_plans_for_the_same_accounts_are_compared() -> None:
    plan = allocate(FIVE, {"field_visit": 1})
    with pytest.raises(ArgumentError, match="other must be a plan for the same accounts"):
        plan.compare(allocate(FIVE.head(3), {"field_visit": 1}))
    with pytest.raises(ArgumentError, match="other must be a plan, not a dict"):
        plan.compare({})  # type: ignore[arg-type]  # the test


def test_a_plan_with_other_capacities_is_that_of_a_new_allocation() -> None:
    plan = allocate(FIVE, {"field_visit": {"north": 0, "south": 0}, "phone_call": 0}, by="region")
    changed = plan.with_capacity({"field_visit": {"north": 1}, "phone_call": 2})
    expected = allocate(FIVE, {"field_visit": {"north": 1, "south": 0}, "phone_call": 2}, by="region")
    assert changed.to_dict() == expected.to_dict()
    assert channels(changed) == channels(expected)


def test_a_frontier_rises_ever_more_slowly() -> None:
    plan = allocate(VALUED, CAPACITY, values=VALUES)
    amounts, found = zip(*plan.frontier("phone_call"), strict=True)
    assert amounts == tuple(range(0, 61, 3))
    gains = np.diff(found)
    assert (gains >= 0).all()
    assert (np.diff(gains) <= 1e-9).all()
    assert plan.frontier("phone_call", [30]) == ((30, plan.value),)


def test_a_frontier_needs_values_and_a_capacity_for_all() -> None:
    with pytest.raises(ArgumentError, match="values are needed for a frontier"):
        allocate(FIVE, {"field_visit": 1}).frontier("field_visit")
    plan = allocate(FIVE, {"field_visit": {"north": 1, "south": 1}}, by="region", values=WORTH)
    for channel in ("field_visit", "sms", "unknown", 3, np.array(["sms", "sms"])):
        with pytest.raises(ArgumentError, match="channel must have a capacity for all accounts"):
            plan.frontier(channel)  # type: ignore[arg-type]  # the test


@pytest.mark.parametrize("capacities", [[], 3, [1.5], [-1], "12", [None]])
def test_the_capacities_of_a_frontier_must_be_whole_numbers(capacities: Any) -> None:
    plan = allocate(FIVE, {"field_visit": 1}, values=WORTH)
    with pytest.raises(ArgumentError, match=r"^capacities must be whole numbers, 0 or more, not"):
        plan.frontier("field_visit", capacities)


def test_a_plan_without_values_says_that_it_is_a_ranking() -> None:
    plan = allocate(SCORED, CAPACITY)
    assert (plan.ranked_by, plan.value, plan.gap, plan.prices) == ("probability", None, None, {})
    assert "A probability is not the value of a contact" in str(plan)
    assert "概率并不等于联系的价值" in plan.to_html("zh")
    assert allocate(VALUED, CAPACITY, values=VALUES).ranked_by == "value"


def test_plain_data_can_be_written_as_json() -> None:
    plan = allocate(VALUED, CAPACITY, values=VALUES)
    assert json.loads(json.dumps(plan.to_dict()))["counts"] == plan.counts


def test_a_plan_is_shown_as_a_table() -> None:
    plan = allocate(
        FIVE, {"field_visit": {"north": 1, "south": 1}, "phone_call": 0}, by="region", values=WORTH
    )
    lines = str(plan).splitlines()
    assert lines[0] == "Plan for 5 accounts"
    assert max(map(len, lines[: lines.index("")])) == 80
    names = ["channel", "recommended", "capacity", "planned", "unused", "last", "one", "price"]
    assert (lines[2].strip(), lines[3].split()) == ("gain of the", names)
    assert lines[5].split()[:6] == ["field", "visit", "3", "2", "2", "0"]
    assert lines[5].split()[6:9] == ["10", "-", "11.9"]
    assert lines[6].split()[:6] == ["phone", "call", "1", "0", "0", "0"]
    assert lines[7].split()[-4:] == ["1", "no", "limit", "3"]
    assert "The sum of the values is 21.9, the largest possible one (gap 0)." in lines
    unscored = FIVE.with_columns(channel=pl.when(pl.col("borrower_id") != "A").then("channel"))
    assert "Accounts without a recommended channel, which get none: 1." in str(allocate(unscored, {"sms": 0}))


@pytest.mark.parametrize(
    ("scale", "total", "change"),
    [(1e6, "21,900,000", "-10,000,000 to 11,900,000"), (1, "21.9", "-10 to 11.9")],
)
def test_values_are_shown_without_exponents(scale: float, total: str, change: str) -> None:
    frame = FIVE.with_columns(visit=pl.col("visit") * scale)
    plan = allocate(frame, {"field_visit": 2}, values={"field_visit": "visit"})
    assert f"The sum of the values is {total}, the largest" in str(plan)
    comparison = plan.compare(plan.with_capacity({"field_visit": 1}))
    assert f"The sum of the values changes by {change}." in str(comparison)


def test_the_accounts_with_a_lighter_channel_are_counted() -> None:
    plan = allocate(FIVE, {"field_visit": 1, "phone_call": 1})
    assert channels(plan) == ["field_visit", "sms", "phone_call", "sms", "sms"]
    assert (plan.lighter, plan.uncontacted) == (3, 0)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "negative capacity": ({"capacity": {"sms": -1}}, "capacity of 'sms' must be a whole number"),
    "fractional capacity": ({"capacity": {"sms": 1.5}}, "capacity of 'sms' must be a whole number"),
    "no capacity": ({"capacity": {}}, "capacity must contain the capacity of a channel"),
    "a number": ({"capacity": 5}, "capacity must be a mapping by channel, not an int"),
    "unknown channel": ({"capacity": {"call": 1}}, "capacity must be by channel: one of sms.*not 'call'"),
    "misspelt channel": ({"capacity": {"phone_cal": 1}}, "capacity must be.*did you mean 'phone_call'"),
    "group without by": ({"capacity": {"sms": {"north": 1}}}, "by is needed for the capacity of 'sms'"),
    "by without group": ({"by": "region"}, "by needs a capacity by group"),
    "by a list": ({"by": ["region"]}, "by must be the name of a column, not a list"),
    "several bad capacities": (
        {"capacity": {"sms": -1, "phone_call": {"north": 0.5}}, "by": "region"},
        "capacity has 3 problems:\n- of 'sms' must be .*\n- of 'phone_call' says nothing about 'south'.*\n"
        "- of 'phone_call' in 'north' must be a whole number, 0 or more, not 0.5$",
    ),
    "unknown channels": ({"capacity": {"call": 1, "visit": 2}}, "capacity.*not 'call', and not 'visit'"),
    "several bad values": (
        {"values": {"phone_call": "channel", "sms": [1.0]}},
        "values has 3 problems:\n- of 'sms' must have one .*\n- of 'phone_call' must be .*\n- must contain",
    ),
    "several bad permissions": (
        {"permitted": {"sms": "visit", "phone_call": "may", "field_visit": True}},
        "permitted has 2 problems:\n- of 'sms' must contain .*\n- of 'phone_call' must be the name of a col",
    ),
    "group left out": (
        {"capacity": {"sms": {"north": 1}}, "by": "region"},
        "capacity of 'sms' says nothing about 'south' in 'region'",
    ),
    "negative group": (
        {"capacity": {"sms": {"north": 1, "south": -1}}, "by": "region"},
        "capacity of 'sms' in 'south' must be a whole number",
    ),
    "values left out": ({"values": {}}, "values must contain 'field_visit', which has a capacity"),
    "values of an unknown channel": ({"values": {"visit": "visit"}}, "values must be by channel: one of"),
    "missing value": (
        {"values": {"field_visit": [1.0, None, 1.0, None, None]}},
        r"values of 'field_visit' must be finite.*1 are missing, infinite or larger \(row 1, from 0\)",
    ),
    "infinite value": ({"values": {"field_visit": np.array([1.0, 1, np.inf, 1, 1])}}, "values of"),
    "text as value": ({"values": {"field_visit": "channel"}}, "values of 'field_visit' must be one"),
    "too few values": ({"values": {"field_visit": [1.0]}}, "values of 'field_visit' must have one value"),
    "no value column": ({"values": {"field_visit": "worth"}}, "values of 'field_visit' must be the name"),
    "permission left out": ({"permitted": {"sms": True}}, "permitted says nothing about phone_call"),
    "permission of a number": (
        {"permitted": {"sms": [1] * 5, "phone_call": True, "field_visit": True}},
        r"permitted of 'sms' must contain true, false or missing values.*5 are others \(row 0, from 0: 1\)",
    ),
    "too few permissions": (
        {"permitted": {"sms": [True], "phone_call": True, "field_visit": True}},
        "permitted of 'sms' must have one value for each of 5 accounts, not 1",
    ),
    "permission by a number": ({"permitted": 3}, "permitted must be a frame, a mapping"),
    "unknown permitted column": ({"permitted": "may"}, "permitted must have a column 'may' with the"),
    "unknown keys": ({"ties": "id"}, r"ties must.*the key of each account of scored, not 'id'; .*\(the col"),
    "keys of another kind": (
        {"permitted": pl.DataFrame({"borrower_id": [1], "permitted_channel": ["sms"]})},
        "permitted has whole numbers in 'borrower_id', and the accounts have text: pass keys of the same",
    ),
    "a large integer": (
        {"values": {"sms": [10**400] * 5, "phone_call": "call", "field_visit": "visit"}},
        "values of 'sms' must be one number per row; an integer is too large for a float",
    ),
    "a value whose sums overflow": (
        {"values": {"sms": [0.0] * 5, "phone_call": "call", "field_visit": [1e308] * 5}},
        "values of 'field_visit' must be finite, and at most 1e.100, for .*; 3 are missing, infinite",
    ),
    "keys by a list": ({"ties": ["A"]}, "ties must be the name of the column of keys, not a list"),
    "repeated keys": ({"ties": "region"}, "ties must.*'region' is the same in rows 0 and 2 of scored"),
    "keys that are fractions": ({"ties": "visit"}, "ties must be all text or all whole numbers; 'visit'"),
    "unknown probability": ({"probability": "p"}, "probability must.*visit probabilities, not 'p'; score"),
    "probability by a list": ({"probability": [0.1]}, "probability must be the name of a column"),
    "probability above 1": ({"probability": "visit"}, "probability must be from 0 to 1; 5 in 'visit'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_rejected_by_name(name: str) -> None:
    given_, message = BAD[name]
    with pytest.raises(ArgumentError, match=f"^{message}"):
        allocate(FIVE, **{"capacity": {"field_visit": 1}, **given_})


def test_bad_frames_are_rejected() -> None:
    bad: dict[str, Any] = {
        r"scored must have a column 'channel' with the recommended channel: score the": FIVE.drop("channel"),
        "scored has a column 'channel' that must contain one of sms": FIVE.with_columns(
            channel=pl.lit("visit")
        ),
        "scored has a column 'planned_channel' already": FIVE.with_columns(planned_channel=pl.lit("sms")),
        "scored must be a data frame, not a mapping": {"channel": np.array(["sms"])},
        "ties must be known for every account; 'borrower_id' is missing in 1 of 5 rows": FIVE.with_columns(
            borrower_id=pl.when(pl.col("visit") != 3).then("borrower_id")
        ),
        r"scored has a column 'channel'.*not 'call' \('call' in row 1, 'visit' in row 3, from 0\)": (
            FIVE.with_columns(channel=pl.Series(["sms", "call", None, "visit", "call"]))
        ),
        r"probability must be known for every account.*1 in 'visit_probability' are missing \(row 2,": (
            FIVE.with_columns(visit_probability=pl.when(pl.col("visit") != 3).then("visit_probability"))
        ),
    }
    for message, frame in bad.items():
        with pytest.raises(ArgumentError, match=f"^{message}"):
            allocate(frame, {"field_visit": 1})
    with pytest.raises(NotAFrameError):
        allocate([1, 2], {"field_visit": 1})


def test_a_missing_probability_does_not_matter_where_it_decides_nothing() -> None:
    """That is with values, and for an account without a permitted channel."""
    frame = FIVE.with_columns(visit_probability=pl.when(pl.col("visit") != 3).then("visit_probability"))
    may = [True, True, False, True, True]
    permitted = dict.fromkeys(("field_visit", "phone_call", "sms"), may)
    assert allocate(frame, {"field_visit": 1}, permitted=permitted).uncontacted == 1
    assert allocate(frame, {"field_visit": 3}, values=WORTH).counts["field_visit"] == 3


def test_all_wrong_amounts_of_another_plan_are_reported() -> None:
    plan = allocate(FIVE, {"field_visit": 1})
    with pytest.raises(
        ArgumentError,
        match=r"^capacity has 2 problems:\n- of the plan has no 'sms'.*\n- of 'field_visit' must be",
    ):
        plan.with_capacity({"sms": 1, "field_visit": -1})


def test_numbers_are_no_channels() -> None:
    objects = FIVE.with_columns(channel=pl.lit(1)).to_pandas().astype({"channel": object})
    with pytest.raises(ArgumentError, match="scored has a column 'channel' that must contain one of sms"):
        allocate(objects, {"field_visit": 1})


def test_other_capacities_must_be_those_of_the_plan() -> None:
    plan = allocate(FIVE, {"field_visit": 1})
    wrong: list[tuple[Any, str]] = [
        ({"phone_call": 3}, "capacity of the plan has no 'phone_call'"),
        ({"field_visit": {"north": 3}}, "capacity of the plan has no 'field_visit' of 'north'"),
        ({"field_visit": -3}, "capacity of 'field_visit' must be a whole number"),
        (3, "capacity must be a mapping by channel, not an int"),
    ]
    for capacity, message in wrong:
        with pytest.raises(ArgumentError, match=f"^{message}"):
            plan.with_capacity(capacity)
