"""Borrowers and results are the same after conversion to plain data and back; errors name the key."""

from __future__ import annotations

import copy
import json
import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from cards import SCORERS, WITH_MISSING, fitted
from hypothesis import given, settings
from misspellings import slips
from strategies import borrowers

import collectrisk as cr
from collectrisk.errors import ArgumentError, CollectRiskError, InvalidBorrowerError
from collectrisk.what_if import Way, WhatIf

if TYPE_CHECKING:
    from collections.abc import Iterator

CASE = cr.Borrower(
    amount_overdue=12_000, days_past_due=400, attitude="evasive", failed_calls=6, placed_with_agency=True
)
RULES = cr.RuleScorer()
ASSESSMENT = RULES.assess(CASE)


class Region(StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class Own(cr.Borrower):
    income: float | None = None
    region: Region | None = None
    note: str = attrs.field(default="", repr=False)
    _secret: int = 0


def through_json(data: Any) -> Any:
    """Return data as they are read back from JSON, which has no NaN."""
    return json.loads(json.dumps(data, allow_nan=False))


@given(borrowers())
def test_a_borrower_is_read_back_unchanged(borrower: cr.Borrower) -> None:
    data = through_json(borrower.to_dict())
    assert data == borrower.to_dict()
    assert cr.Borrower.from_dict(data) == borrower


def test_the_keys_of_a_borrower_are_its_fields_and_its_values_are_plain() -> None:
    assert cr.Borrower(amount_overdue=3_000, days_past_due=10, borrower_id="A").to_dict() == {
        "amount_overdue": 3_000.0,
        "days_past_due": 10,
        "attitude": "unknown",
        "failed_messages": 0,
        "failed_calls": 0,
        "broken_promises": 0,
        "placed_with_agency": False,
        "repayment_plan": False,
        "product": "other",
        "borrower_id": "A",
    }
    assert type(CASE.to_dict()["attitude"]) is str


def test_a_subclass_has_its_own_fields_and_an_unknown_number_is_none() -> None:
    own = Own(amount_overdue=1, days_past_due=2, region=Region.SOUTH, note="x", secret=3)
    data = through_json(own.to_dict())
    assert list(data)[-4:] == ["income", "region", "note", "_secret"]
    assert [data[name] for name in ("income", "region", "note", "_secret")] == [None, "south", "x", 3]
    found = Own.from_dict(data)
    assert math.isnan(found.income or 0)
    assert attrs.evolve(found, income=0) == attrs.evolve(own, income=0)


def test_what_is_absent_from_the_data_takes_its_default() -> None:
    assert cr.Borrower.from_dict({"amount_overdue": 1, "days_past_due": 2}) == cr.Borrower(
        amount_overdue=1, days_past_due=2
    )


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"days_past_due": None}, InvalidBorrowerError, "days_past_due must be known, and a whole number"),
        (
            {"failed_calls": "3"},
            InvalidBorrowerError,
            "failed_calls must be a whole number .*, not '3'; text",
        ),
        ({"attitude": "hostil"}, InvalidBorrowerError, "attitude must be one of .* did you mean 'hostile'"),
        ({"repayment_plan": 1}, InvalidBorrowerError, "repayment_plan must be true or false, not 1"),
        ({5: 1}, ArgumentError, "data must name fields of the borrower, not 5"),
    ],
)
def test_an_error_speaks_of_fields(changes: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        cr.Borrower.from_dict({**CASE.to_dict(), **changes})


def test_a_required_field_must_be_in_the_data() -> None:
    with pytest.raises(
        InvalidBorrowerError, match=r"days_past_due must be known, .* the data do not have this"
    ):
        cr.Borrower.from_dict({"amount_overdue": 1})


@pytest.mark.parametrize("data", [[], "text", None, 3])
def test_a_borrower_is_read_from_a_mapping_only(data: Any) -> None:
    with pytest.raises(ArgumentError, match=r"data must be a mapping of fields to values, not an? "):
        cr.Borrower.from_dict(data)


@pytest.mark.parametrize("field", attrs.fields_dict(cr.Borrower))
def test_a_misspelt_field_is_an_error_that_suggests_the_right_one(field: str) -> None:
    for slip in sorted(set(slips(field)) - {field})[::10]:
        with pytest.raises(ArgumentError, match=f"not '{slip}'; did you mean '{field}'"):
            cr.Borrower.from_dict({**CASE.to_dict(), slip: None})


# Assessments


@settings(max_examples=5)
@given(borrowers())
def test_an_assessment_is_read_back_unchanged(borrower: cr.Borrower) -> None:
    for make in SCORERS.values():
        assessment = make().assess(borrower)
        found = cr.Assessment.from_dict(through_json(assessment.to_dict()))
        assert found == assessment
        assert found.reasons == assessment.reasons
        assert found.explain() == assessment.explain()


def test_an_assessment_of_a_fitted_scorer_keeps_its_interval() -> None:
    assessment = fitted(None).assess(CASE)
    assert assessment.interval is not None
    assert cr.Assessment.from_dict(through_json(assessment.to_dict())).interval == assessment.interval


def test_an_assessment_without_reasons_is_read_back_unchanged() -> None:
    class Even(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
            return 0.5

    assessment = Even().assess(CASE)
    assert cr.Assessment.from_dict(through_json(assessment.to_dict())) == assessment


def test_an_assessment_of_a_subclass_is_read_with_its_class() -> None:
    @attrs.frozen(kw_only=True)
    class Tenant(cr.Borrower):
        limit: float = 5.0
        months: int = 3
        branch: str = "north"

    assessment = WITH_MISSING.assess(Tenant(amount_overdue=1, days_past_due=2))
    data = through_json(assessment.to_dict())
    assert cr.Assessment.from_dict(data, borrower_type=Tenant) == assessment
    with pytest.raises(ArgumentError, match=r"borrower.data must name fields of the borrower, not 'limit'"):
        cr.Assessment.from_dict(data)


def test_a_characteristic_of_a_class_of_ones_own_has_no_plain_data() -> None:
    class Mine(cr.Flag):
        """A flag that does something else."""

    card = cr.Scorecard(base=0, characteristics=[Mine(label="x", field="repayment_plan", if_true=1)])
    with pytest.raises(ArgumentError, match="assessment has a Mine, which has no JSON form"):
        card.assess(CASE).to_dict()


def test_the_keys_of_an_assessment() -> None:
    data = ASSESSMENT.to_dict()
    assert set(data) == set(attrs.fields_dict(cr.Assessment))
    assert (data["channel"], data["borrower"], data["interval"]) == ("agency", CASE.to_dict(), None)
    assert data["characteristics"][0]["label"] == "amount"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"visit_probability": "0.5"}, "visit_probability must be a number, not a str"),
        ({"visit_probability": 1.5}, "visit_probability must be from 0 to 1, not 1.5"),
        ({"visit_probability": math.nan}, "visit_probability must be from 0 to 1, not nan"),
        ({"visit_probability": 10**400}, "visit_probability is too large for a number"),
        ({"channel": "fax"}, "channel must be one of sms, .*, not 'fax'"),
        ({"channel": ["sms"]}, "channel must be one of sms"),
        ({"ladder": [[0.5, "sms"]]}, "ladder the first rung must start at probability 0"),
        ({"points": 3}, "points must be a list, not an int"),
        ({"points": [True] * 9}, "points must be a number, not a bool"),
        ({"points": [0.0]}, "points must be as many numbers as there are characteristics"),
        ({"points": [0.0] * 9}, "points and base must add up to log_odds, .*, not -4.0"),
        ({"points": [math.inf, -math.inf, *[0.0] * 7]}, "points must be from -1,000 to 1,000, not inf"),
        ({"points": [1e308] * 9}, r"points must be from -1,000 to 1,000, not 1e\+308"),
        ({"base": math.nan}, "base must be from -1,000 to 1,000, not nan"),
        (
            {"characteristics": [ASSESSMENT.to_dict()["characteristics"][0]] * 9},
            "characteristics must have labels of their own, not",
        ),
        ({"visit_probability": 0.01}, "visit_probability must follow from log_odds, .*, and is 0.01"),
        ({"channel": "letter"}, "channel must be that of the ladder for the visit probability, not 'letter'"),
        ({"interval": [0.9, 0.95]}, "interval must contain the visit probability, .*"),
        ({"log_odds": None}, "base and log_odds must both be numbers, or both None"),
        ({"base": None, "log_odds": None}, "base and log_odds must both be numbers, or both None"),
        ({"interval": [0.1]}, "interval must be a list of pairs"),
        ({"interval": [0.9, 0.1]}, r"interval must be two probabilities in order, not \(0.9, 0.1\)"),
        ({"characteristics": [{"kind": "spline"}]}, r"characteristics\[0\] needs a kind, one of"),
        ({"borrower": None}, "borrower.data must be a mapping of fields to values, not a NoneType"),
        ({"more": 1}, "data must have exactly base, borrower, "),
    ],
)
def test_invalid_data_of_an_assessment_are_an_error_that_names_the_key(changes: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{says}"):
        cr.Assessment.from_dict({**ASSESSMENT.to_dict(), **changes})


@pytest.mark.parametrize("borrower_type", [None, dict, CASE])
def test_the_class_of_the_borrowers_must_be_one(borrower_type: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^borrower_type must be Borrower or a subclass, not"):
        cr.Assessment.from_dict(ASSESSMENT.to_dict(), borrower_type=borrower_type)


def test_the_assessments_of_a_question_are_by_the_same_card() -> None:
    data = WhatIf(before=ASSESSMENT, after=cr.RuleScorer().without("attitude").assess(CASE)).to_dict()
    with pytest.raises(ArgumentError, match=r"^after must be an assessment by the same card as before"):
        WhatIf.from_dict(data)


def test_a_payment_is_the_difference_that_it_makes() -> None:
    payment = next(way for way in WAYS if way.payment is not None).to_dict()
    for wrong in (None, 1):
        with pytest.raises(ArgumentError, match=r"^payment must be the difference that changes"):
            Way.from_dict({**payment, "payment": wrong})


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object or list in data, with each of its keys or positions."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


ODD: list[Any] = [None, True, -1, "odd", [], [1], {}, {"odd": 1}, 10**400]


def test_whatever_is_changed_in_the_data_the_error_is_one_of_the_library() -> None:
    """Each value is replaced in turn; the changes that remain are of fields that may have the value."""
    short = RULES.without("delay").without("attitude").without("failed messages").without("amount")
    original = through_json(short.assess(CASE).to_dict())
    refused = 0
    for number in range(len(list(places(original)))):
        for odd in ODD:
            data = copy.deepcopy(original)
            owner, key = list(places(data))[number]
            owner[key] = odd
            try:
                cr.Assessment.from_dict(data)
            except CollectRiskError as error:
                refused += 1
                assert "__init__" not in str(error)  # noqa: PT017  # errors are optional here
    assert refused > 400


# What if, and ways down

WHAT_IF = RULES.what_if(CASE, attitude="cooperative", amount_overdue=9_999)
WAYS = RULES.ways_down(CASE)


def test_a_hypothetical_question_is_read_back_unchanged() -> None:
    found = WhatIf.from_dict(through_json(WHAT_IF.to_dict()))
    assert found == WHAT_IF
    assert found.explain() == WHAT_IF.explain()


def test_ways_are_read_back_unchanged() -> None:
    assert len(WAYS) == 3
    found = [Way.from_dict(through_json(way.to_dict())) for way in WAYS]
    assert tuple(found) == WAYS
    assert [str(way) for way in found] == [str(way) for way in WAYS]
    assert type(found[0].changes["attitude"]) is cr.Attitude


def test_the_borrowers_of_results_may_be_of_a_subclass() -> None:
    own = Own(amount_overdue=12_000, days_past_due=400, failed_calls=6, income=0)
    what_if, [way, *_] = RULES.what_if(own, income=5.0), RULES.ways_down(own)
    assert WhatIf.from_dict(through_json(what_if.to_dict()), borrower_type=Own) == what_if
    assert Way.from_dict(through_json(way.to_dict()), borrower_type=Own) == way


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"after": None}, "after.data must have exactly base, borrower, .*, not a NoneType"),
        ({"more": 1}, "data must have exactly after, before, not before, after, more"),
        ({"before": {**ASSESSMENT.to_dict(), "base": "1"}}, "before.base must be a number, not a str"),
        (
            {"before": {**ASSESSMENT.to_dict(), "borrower": {}}},
            "amount_overdue must be known, .*; the data do not have this field",
        ),
    ],
)
def test_invalid_data_of_a_question_are_an_error_that_names_the_key(changes: Any, says: str) -> None:
    with pytest.raises(CollectRiskError, match=f"^{says}"):
        WhatIf.from_dict({**WHAT_IF.to_dict(), **changes})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"changes": []}, r"changes must be the new value of one of attitude, .*, not \[\]"),
        ({"changes": {}}, "changes must be the new value of one of attitude, repayment_plan, amount_overdue"),
        ({"changes": {"product": "other"}}, "changes must be the new value of one of attitude"),
        ({"changes": {"attitude": "nice"}}, "attitude must be one of cooperative"),
        ({"payment": 2.5}, "payment must be a whole number, 0 or more, or None, not 2.5"),
        ({"payment": True}, "payment must be a whole number, 0 or more, or None, not True"),
        ({"payment": 1}, "payment must be the difference that changes amount_overdue, not 1"),
        ({"advice": ["A9"]}, r"advice must be among A3.3, A5.2, A5.3, not \('A9',\)"),
        ({"advice": "A5.2"}, "advice must be a list, not a str"),
    ],
)
def test_invalid_data_of_a_way_are_an_error_that_names_the_key(changes: Any, says: str) -> None:
    with pytest.raises(CollectRiskError, match=f"^{says}"):
        Way.from_dict({**WAYS[0].to_dict(), **changes})
