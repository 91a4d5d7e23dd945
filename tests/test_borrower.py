"""A borrower has valid values only."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from own_borrower import AnyNumber
from strategies import borrowers

import collectrisk as cr
from collectrisk._fields import METHODS, field_specs
from collectrisk.errors import ArgumentError, InvalidBorrowerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def borrower(**fields: Any) -> cr.Borrower:
    return cr.Borrower(**{"amount_overdue": 3_000, "days_past_due": 10} | fields)


def test_absent_fields_take_their_defaults() -> None:
    assert borrower() == cr.Borrower(
        amount_overdue=3_000.0,
        days_past_due=10,
        attitude=cr.Attitude.UNKNOWN,
        failed_messages=0,
        failed_calls=0,
        broken_promises=0,
        placed_with_agency=False,
        repayment_plan=False,
        product=cr.Product.OTHER,
        borrower_id=None,
    )


@pytest.mark.parametrize(
    "missing", [None, math.nan, np.nan, pd.NA, pd.NaT, Decimal("NaN"), np.float32("nan")]
)
@pytest.mark.parametrize("field", ["attitude", "failed_calls", "repayment_plan", "product", "borrower_id"])
def test_a_missing_value_takes_the_fields_default(field: str, missing: Any) -> None:
    assert getattr(borrower(**{field: missing}), field) == getattr(borrower(), field)


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA])
@pytest.mark.parametrize("field", ["amount_overdue", "days_past_due"])
def test_a_field_without_a_default_must_be_known(field: str, missing: Any) -> None:
    with pytest.raises(InvalidBorrowerError, match=f"{field} must be known"):
        borrower(**{field: missing})


@pytest.mark.parametrize(
    ("given_value", "stored"),
    [
        (30_000, 30_000.0),
        (np.int64(5), 5.0),
        (np.float32(2.5), 2.5),
        (Decimal("12.50"), 12.5),
        (Fraction(1, 2), 0.5),
    ],
)
def test_an_amount_may_be_any_real_number(given_value: Any, stored: float) -> None:
    amount = borrower(amount_overdue=given_value).amount_overdue
    assert (amount, type(amount)) == (stored, float)


def test_without_a_limit_an_amount_is_as_exact_as_a_float() -> None:
    assert AnyNumber(amount_overdue=2**53 + 1, days_past_due=1).amount_overdue == float(2**53)


@pytest.mark.parametrize(("given_value", "stored"), [(3, 3), (3.0, 3), (np.uint8(3), 3), (Decimal(3), 3)])
def test_a_count_may_be_any_integer(given_value: Any, stored: int) -> None:
    count = borrower(failed_calls=given_value).failed_calls
    assert (count, type(count)) == (stored, int)


@pytest.mark.parametrize("flag", [True, np.True_])
def test_a_flag_may_come_from_numpy(flag: Any) -> None:
    assert borrower(repayment_plan=flag).repayment_plan is True


def test_an_attitude_may_be_a_string_or_an_enum_member() -> None:
    assert borrower(attitude="evasive") == borrower(attitude=cr.Attitude.EVASIVE)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("amount_overdue", -1, "a finite number from 0 to 10,000,000,000, not -1"),
        ("amount_overdue", math.inf, "not inf"),
        ("amount_overdue", 10**400, "not 1000"),
        ("amount_overdue", "30000", "text is never read as a number, so convert it first"),
        ("amount_overdue", True, "a boolean is not a number"),
        ("amount_overdue", 1j, "a finite number"),
        ("amount_overdue", [1], "a finite number"),
        ("days_past_due", 2.5, "a whole number from 0 to 14,610, not 2.5"),
        ("days_past_due", 20_240_121, "14,610 days (40 years), and 20240121 looks like the date 2024-01-21"),
        ("days_past_due", 14_611, "; if it is correct, raise `plausible` in a subclass of Borrower"),
        ("days_past_due", dt.date(2024, 1, 21), "; a date is not a number, so pass the number of days from"),
        ("days_past_due", dt.datetime(2024, 1, 21), "a date is not a number, so"),  # noqa: DTZ001  # without a zone
        ("days_past_due", np.datetime64("2024-01-21"), "a date is not a number, so"),
        ("days_past_due", dt.timedelta(30), "; a duration is not a number, so pass its number of days"),
        ("days_past_due", np.timedelta64(30, "D"), "timedelta64(30,'D'); a duration is not a number"),
        ("days_past_due", np.timedelta64(30, "D").astype("m8[ns]"), "'ns'); a duration is not a number"),
        ("amount_overdue", dt.date(2024, 1, 21), "; a date is not a number"),
        ("amount_overdue", dt.timedelta(30), "; a duration is not a number"),
        (
            "amount_overdue",
            2e10,
            "the plausible limit is 10,000,000,000, and 20000000000 may be in cents, or an",
        ),
        ("failed_calls", 10_001, "; the plausible limit is 10,000; if it is correct,"),
        ("failed_calls", True, "a boolean is not a number"),
        ("failed_calls", np.False_, "a boolean is not a number"),
        ("failed_calls", -3, "not -3"),
        ("repayment_plan", 1, "true or false, not 1; write True or False"),
        ("repayment_plan", "yes", "write True or False"),
        ("repayment_plan", np.array([True, False]), "repayment_plan must be true or false, not array("),
        ("repayment_plan", [True], "repayment_plan must be true or false, not [True]"),
        ("repayment_plan", pd.Series([True, False]), "repayment_plan must be true or false, not 0"),
        (
            "failed_calls",
            np.array([1, 2]),
            "failed_calls must be a whole number from 0 to 10,000, not array(",
        ),
        (
            "failed_calls",
            np.array([True, False]),
            "failed_calls must be a whole number from 0 to 10,000, not",
        ),
        ("failed_calls", pd.Series([1, 2]), "failed_calls must be a whole number from 0 to 10,000, not 0"),
        ("amount_overdue", pl.Series([1.0, 2.0]), "amount_overdue must be known, and a finite number from 0"),
        ("attitude", np.array(["evasive"]), "attitude must be one of cooperative"),
        ("attitude", "Evasive", "did you mean 'evasive'?"),
        ("attitude", " passive", "did you mean 'passive'?"),
        ("attitude", "xyz", "one of cooperative, unknown, passive, evasive, hostile, not 'xyz'"),
        ("attitude", 3, "one of cooperative"),
        ("product", "mortgage", "one of credit_card, online_loan, other"),
    ],
)
def test_an_invalid_value_is_an_error_that_names_field_requirement_and_value(
    field: str, value: Any, says: str
) -> None:
    with pytest.raises(InvalidBorrowerError) as raised:
        borrower(**{field: value})
    assert isinstance(raised.value, ValueError)
    assert raised.value.field == field
    assert raised.value.value is value
    assert says in str(raised.value)


class Loose(StrEnum):
    """An enum that knows other spellings."""

    YES = "yes"
    NO = "no"

    @classmethod
    def _missing_(cls, value: object) -> Loose | None:
        return cls.YES if value == "y" else None


class Text(str):
    """A text that has no hash."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]


@attrs.frozen(kw_only=True)
class Every(cr.Borrower):
    """A class with fields of each type, required and not, with and without a limit."""

    plausible: ClassVar[Mapping[str, float]] = {"rate": 2.5, "steps": 7.5}
    needed: int
    rate: float = 1.5
    income: float | None = None
    steps: int = 3
    level: int | None = None
    loose: Loose = Loose.NO
    maybe: Loose | None = None
    note: str = ""
    key: str = attrs.field(default="", repr=False)
    marked: bool = True


ANY_VALUES: list[Any] = [
    *(None, True, False, attrs.NOTHING),
    *("", "5", "yes", "y", "evasive", "Evasive", "other", b"yes", Text("yes")),
    *(0, 1, -1, 3, 7, 8, 14_610, 14_611, 2**53 - 1, 2**53, -(2**53), 10**400),
    *(0.0, -0.0, 1.5, 2.5, 2.6, 3.0, 7.5, 8.0, -0.5, 1e10, 1.1e10, 1e300, math.nan, math.inf, -math.inf),
    *(Decimal(2), Decimal("1.5"), Decimal("NaN"), Decimal("sNaN"), Fraction(1, 2), 1j, complex(math.nan)),
    *(np.int8(3), np.uint64(2**63), np.float32(1.5), np.float64(math.nan), np.bool_(True), np.str_("yes")),
    *(
        np.array(3),
        np.array([1.0]),
        np.array(True),
        np.datetime64("NaT"),
        np.timedelta64(3, "D"),
        np.ma.masked,
    ),
    *(pd.NA, pd.NaT, dt.date(2024, 1, 21), dt.timedelta(3), [], {}, object, int),
    *(cr.Attitude.EVASIVE, cr.Product.OTHER, Loose.YES, cr.Channel.SMS),
]


@pytest.mark.parametrize("kind", [cr.Borrower, Every])
def test_a_borrower_holds_what_the_rule_of_each_field_returns(kind: type[cr.Borrower]) -> None:
    """Valid values of Python's own types are not put through the rule, which is slower."""
    valid: dict[str, Any] = {"amount_overdue": 1.0, "days_past_due": 1}
    valid |= {"needed": 1} if kind is Every else {}

    def outcome(rule: Callable[[], Any]) -> tuple[Any, str]:
        try:
            held = rule()
        except InvalidBorrowerError as error:
            return type(error), str(error)
        return type(held), repr(held)

    for name, spec in field_specs(kind).items():
        for value in ANY_VALUES:
            made = outcome(lambda: getattr(kind(**valid | {name: value}), name))  # noqa: B023  # called at once
            assert made == outcome(lambda: spec.validate(value)), (name, value)  # noqa: B023


def test_the_id_stays_out_of_reprs_and_error_texts() -> None:
    assert "secret" not in repr(borrower(borrower_id="secret"))
    with pytest.raises(InvalidBorrowerError) as raised:
        borrower(borrower_id=123456789)
    assert "123456789" not in str(raised.value)
    assert raised.value.value == "<a private int>"


def test_a_borrower_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        borrower().amount_overdue = 5.0  # type: ignore[misc]


@given(borrowers())
def test_every_valid_borrower_is_rebuilt_from_its_own_values(any_borrower: cr.Borrower) -> None:
    assert cr.Borrower(**attrs.asdict(any_borrower)) == any_borrower


# Fields of a subclass


class Region(StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class LenderBorrower(cr.Borrower):
    income: float = 0.0
    dependants: int = 0
    employed: bool = False
    branch: str = ""
    region: Region = Region.NORTH


def test_fields_of_a_subclass_are_validated_by_their_annotation() -> None:
    invalid: dict[str, Any] = {"income": "12", "dependants": 1.5, "employed": 1, "branch": 5}
    for field, value in invalid.items():
        with pytest.raises(InvalidBorrowerError, match=field):
            LenderBorrower(amount_overdue=1, days_past_due=1, **{field: value})


def test_fields_of_a_subclass_may_be_negative_and_take_their_defaults() -> None:
    borrower = LenderBorrower(amount_overdue=1, days_past_due=1, income=-5, dependants=None, branch=None)  # type: ignore[arg-type]
    assert (borrower.income, borrower.dependants, borrower.branch) == (-5.0, 0, "")


def test_an_enum_of_a_subclass_is_read_by_its_values() -> None:
    borrower = LenderBorrower(amount_overdue=1, days_past_due=1, region="south")  # type: ignore[arg-type]
    assert borrower.region is Region.SOUTH
    with pytest.raises(InvalidBorrowerError, match="one of north, south"):
        LenderBorrower(amount_overdue=1, days_past_due=1, region="west")  # type: ignore[arg-type]


def test_the_enum_of_a_class_defined_in_a_function_is_that_of_its_default() -> None:
    class Local(StrEnum):
        A = "a"

    @attrs.frozen(kw_only=True)
    class LocalBorrower(cr.Borrower):
        income: float = 0.0
        local: Local | None = Local.A

    with pytest.raises(InvalidBorrowerError, match="income"):
        LocalBorrower(amount_overdue=1, days_past_due=1, income="12")  # type: ignore[arg-type]
    with pytest.raises(InvalidBorrowerError, match="local must be one of a, not 'b'"):
        LocalBorrower(amount_overdue=1, days_past_due=1, local="b")  # type: ignore[arg-type]
    assert LocalBorrower(amount_overdue=1, days_past_due=1).local is Local.A


SUPPORTED = r"float, int, bool, str or a StrEnum, with or without `\| None`"


@pytest.mark.parametrize(
    ("annotation", "options", "says"),
    [
        (
            Literal["a", "b"],
            {"default": "a"},
            rf"be annotated {SUPPORTED}, not Literal\['a', 'b'\]; for",
        ),
        (list[str], {"factory": list}, rf"be annotated {SUPPORTED}, not list\[str\]"),
        (float | int, {}, rf"be annotated {SUPPORTED}, not float \| int"),
        (dt.date, {}, rf"be annotated {SUPPORTED}, not datetime.date"),
        (None, {}, f"be annotated {SUPPORTED}, not None"),
        ("Unknown", {}, "not Unknown; its name must be known where the class is defined"),
        ("float[", {}, r"not float\[; its name must be known"),
        (bool | None, {"default": None}, "have True or False as its default, not None; if it may be"),
        (float, {"factory": float}, "have a value as its default, not a factory"),
        (float, {"init": False, "default": 1.0}, "not have init=False; write a property"),
        (int, {"default": 1.5}, "have a default that is a whole number, not 1.5"),
        (
            Region,
            {"default": "nort"},
            "a default that is one of north, south, not 'nort'; did you mean 'north'",
        ),
        (int, {"default": "4711", "repr": False}, "a whole number, not the one that it has; text is never"),
    ],
)
def test_a_field_that_could_not_be_validated_is_an_error_when_the_class_is_defined(
    annotation: Any, options: dict[str, Any], says: str
) -> None:
    own = {"__annotations__": {"own": annotation}, "own": attrs.field(**options), "__module__": __name__}
    with pytest.raises(ArgumentError, match=f"Mine.own must .*{says}"):
        attrs.frozen(kw_only=True)(type("Mine", (cr.Borrower,), own))


@pytest.mark.parametrize("name", ["to_dict", "from_dict", "plausible"])
def test_a_field_must_not_hide_a_method(name: str) -> None:
    content = {"__annotations__": {name: int}, name: attrs.field(default=0), "__module__": __name__}
    with pytest.raises(ArgumentError, match=f"Mine.{name} must have another name"):
        attrs.frozen(kw_only=True)(type("Mine", (cr.Borrower,), content))


def test_every_public_name_that_is_not_a_field_is_known() -> None:
    names = {name for name in dir(cr.Borrower) if not name.startswith("_")}
    assert names - set(attrs.fields_dict(cr.Borrower)) == METHODS


def test_a_flag_may_be_unknown_if_it_has_a_default() -> None:
    @attrs.frozen(kw_only=True)
    class Mine(cr.Borrower):
        hardship: bool | None = False

    assert Mine(amount_overdue=1, days_past_due=1, hardship=None).hardship is False
    for value in (-1, 0, 1, 2, "no"):
        with pytest.raises(InvalidBorrowerError, match="hardship must be true or false"):
            Mine(amount_overdue=1, days_past_due=1, hardship=value)  # type: ignore[arg-type]  # the point


def test_a_default_is_held_as_if_it_had_been_given() -> None:
    @attrs.frozen(kw_only=True)
    class Mine(cr.Borrower):
        region: Region | None = None
        other: Region = "south"  # type: ignore[assignment]  # the point of the test
        rate: float | None = None

    mine = Mine(amount_overdue=1, days_past_due=1)
    assert (mine.region, mine.other, math.isnan(mine.rate or 0)) == (None, Region.SOUTH, True)


def test_a_field_that_is_declared_again_keeps_its_requirements() -> None:
    @attrs.frozen(kw_only=True)
    class Mine(cr.Borrower):
        days_past_due: int = 0
        amount_overdue: float | None = None  # type: ignore[assignment]  # wider than that of the base
        attitude: cr.Attitude = cr.Attitude.PASSIVE

    assert math.isnan(Mine().amount_overdue or 0)
    assert (Mine().days_past_due, Mine().attitude) == (0, cr.Attitude.PASSIVE)
    for field, value in {"days_past_due": -500, "amount_overdue": 1e11, "attitude": "evasiv"}.items():
        with pytest.raises(InvalidBorrowerError, match=f"{field} must be"):
            Mine(**{field: value})  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize(
    ("name", "annotation", "says"),
    [
        (
            "days_past_due",
            float,
            r"keep the type that it has in the base class \(known, and a whole number",
        ),
        ("attitude", Region, r"keep the type that it has in the base class \(one of cooperative"),
        ("repayment_plan", int, r"keep the type that it has in the base class \(true or false\)"),
        ("borrower_id", str, "have repr=False, as in the base class, so that it is not shown"),
    ],
)
def test_a_field_that_is_declared_again_cannot_mean_something_else(
    name: str, annotation: Any, says: str
) -> None:
    own = {"__annotations__": {name: annotation}, "__module__": __name__}
    with pytest.raises(ArgumentError, match=f"Mine.{name} must {says}"):
        attrs.frozen(kw_only=True)(type("Mine", (cr.Borrower,), own))


def test_fields_are_validated_before_a_post_init_of_a_subclass_whether_it_calls_that_of_the_base() -> None:
    @attrs.frozen(kw_only=True)
    class Silent(cr.Borrower):
        income: float = 0.0

        def __attrs_post_init__(self) -> None:
            assert self.income >= 0

    @attrs.frozen(kw_only=True)
    class Calling(Silent):
        seen: str = ""

        def __attrs_post_init__(self) -> None:
            object.__setattr__(self, "seen", type(self.attitude).__name__)
            super().__attrs_post_init__()

    assert Calling(amount_overdue=1, days_past_due=1, attitude="evasive").seen == "Attitude"
    for kind in (Silent, Calling):
        with pytest.raises(AssertionError):
            kind(amount_overdue=1, days_past_due=1, income=-1)
        for invalid in ({"amount_overdue": -3e4}, {"days_past_due": 2.5}, {"failed_calls": True}):
            with pytest.raises(InvalidBorrowerError):
                kind(**{"amount_overdue": 1, "days_past_due": 1} | invalid)


def test_a_subclass_without_the_decorator_is_an_error_if_it_needs_one() -> None:
    class Undecorated(cr.Borrower):
        income: float = 0.0

    class Silent(cr.Borrower):
        def __attrs_post_init__(self) -> None:
            pass

    with pytest.raises(ArgumentError, match=r"Undecorated.income needs @attrs.frozen\(kw_only=True\) before"):
        Undecorated(amount_overdue=1, days_past_due=1)
    with pytest.raises(ArgumentError, match=r"Silent.__attrs_post_init__ needs @attrs.frozen"):
        cr.RuleScorer().assess(Silent(amount_overdue=-1, days_past_due=1))


@pytest.mark.parametrize("value", [Decimal("sNaN"), Decimal("NaN")])
def test_a_decimal_nan_is_missing(value: Any) -> None:
    assert cr.Borrower(amount_overdue=1, days_past_due=1, failed_calls=value).failed_calls == 0
    with pytest.raises(InvalidBorrowerError, match="amount_overdue must be known"):
        cr.Borrower(amount_overdue=value, days_past_due=1)


@pytest.mark.parametrize("value", [["evasive"], {}, 3])
def test_only_text_is_an_attitude(value: Any) -> None:
    with pytest.raises(InvalidBorrowerError, match="attitude must be one of"):
        cr.Borrower(amount_overdue=1, days_past_due=1, attitude=value)


def test_a_complex_nan_is_missing() -> None:
    """As in pandas."""
    borrower = cr.Borrower(amount_overdue=0, days_past_due=0, failed_calls=complex(float("nan"), 0))  # type: ignore[arg-type]
    assert borrower.failed_calls == 0


@attrs.frozen(kw_only=True)
class Plausible(cr.Borrower):
    plausible = {"days_past_due": 30_000, "income": 1e6, "debts": math.inf}  # noqa: RUF012  # as in the docs
    income: float | None = None
    debts: int = 0


def test_the_limits_of_the_base_class_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        cr.Borrower.plausible["days_past_due"] = 1  # type: ignore[index]  # the point of the test


def test_a_subclass_raises_a_limit_limits_its_own_fields_and_keeps_the_others() -> None:
    late = Plausible(amount_overdue=1, days_past_due=30_000, income=-1e6)
    assert (late.days_past_due, late.income) == (30_000, -1e6)
    for fields, says in (
        (
            {"days_past_due": 30_001},
            "a whole number from 0 to 30,000, not 30001; the plausible limit is 30,000",
        ),
        (
            {"income": 1_000_001},
            "income must be a finite number, 1,000,000 or less, not 1000001; the plausible",
        ),
        ({"failed_calls": 10_001}, "failed_calls must be a whole number from 0 to 10,000, not 10001"),
    ):
        with pytest.raises(InvalidBorrowerError) as raised:
            attrs.evolve(late, **fields)  # type: ignore[arg-type]  # fields of two types
        assert says in str(raised.value)


def test_without_a_limit_counts_are_valid_as_long_as_they_are_exact() -> None:
    assert Plausible(amount_overdue=1, days_past_due=1, debts=2**53 - 1).debts == 2**53 - 1
    with pytest.raises(InvalidBorrowerError, match=r"counts of 2\*\*53 and more are not exact"):
        Plausible(amount_overdue=1, days_past_due=1, debts=2**53)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"days": 3}, r"Late.plausible must name fields .*, not 'days'.* \(the fields are amount_overdue, "),
        ({"attitude": 3}, "Late.plausible must name fields that contain numbers, not 'attitude'"),
        ({"days_past_due": "30"}, "Late.plausible must be a number, 0 or more for 'days_past_due', not '30'"),
        ({"days_past_due": True}, "not True"),
        ({"days_past_due": math.nan}, "not nan"),
        ({"amount_overdue": -1}, "must be a number, 0 or more for 'amount_overdue', not -1"),
        ({"rate": None}, "must be a number for 'rate', not None"),
        (
            30_000,
            r'must be the largest plausible number by field, such as \{"days_past_due": 30_000\}, not 30',
        ),
    ],
)
def test_invalid_limits_are_an_error_when_the_class_is_defined(limits: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):

        @attrs.frozen(kw_only=True)
        class Late(cr.Borrower):
            plausible = limits
            rate: float = 0.0


def test_an_implausible_private_number_is_not_shown() -> None:
    @attrs.frozen(kw_only=True)
    class Private(cr.Borrower):
        plausible = {"account": 10}  # noqa: RUF012  # as in the docs
        account: int = attrs.field(default=0, repr=False)

    with pytest.raises(InvalidBorrowerError) as raised:
        Private(amount_overdue=1, days_past_due=1, account=20_240_121)
    assert "<a private int>" in str(raised.value)
    assert "20240121" not in str(raised.value)


def test_a_field_is_resolved_although_other_names_are_for_type_checkers_only() -> None:
    @attrs.frozen(kw_only=True)
    class Own(cr.Borrower):
        plausible: ClassVar[OnlyForTypeCheckers] = {"income": 5}  # type: ignore[name-defined]  # noqa: F821
        income: float | None = None

    with pytest.raises(InvalidBorrowerError, match="a finite number, 5 or less, not 6"):
        Own(amount_overdue=1, days_past_due=1, income=6)


def test_what_a_post_init_of_a_subclass_sets_is_validated() -> None:
    @attrs.frozen(kw_only=True)
    class Rounded(cr.Borrower):
        income: float = 0.0

        def __attrs_post_init__(self) -> None:
            object.__setattr__(self, "days_past_due", self.days_past_due - 5)

    assert Rounded(amount_overdue=1, days_past_due=7).days_past_due == 2
    with pytest.raises(InvalidBorrowerError, match=r"days_past_due must be .*, not -3"):
        Rounded(amount_overdue=1, days_past_due=2)


@attrs.frozen(kw_only=True)
class WithScore(cr.Borrower):
    score: float | None = None


def test_borrowers_of_whom_the_same_is_not_known_are_equal() -> None:
    one, other = (WithScore(amount_overdue=1, days_past_due=2, score=score) for score in (None, np.nan))
    assert one == other
    assert hash(one) == hash(other)
    assert one != WithScore(amount_overdue=1, days_past_due=2, score=3)
    assert one != WithScore(amount_overdue=2, days_past_due=2)
    assert one != cr.Borrower(amount_overdue=1, days_past_due=2)
    assert WithScore.from_dict(one.to_dict()) == one


def test_a_class_may_define_when_its_borrowers_are_equal() -> None:
    @attrs.frozen(kw_only=True)
    class ById(WithScore):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, ById) and self.borrower_id == other.borrower_id

        __hash__ = None  # type: ignore[assignment]

    first = ById(amount_overdue=1, days_past_due=2, borrower_id="a")
    assert first == ById(amount_overdue=9, days_past_due=2, borrower_id="a")
