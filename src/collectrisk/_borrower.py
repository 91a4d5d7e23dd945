"""The borrower: the facts about one account in arrears that a scorer may use."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import attrs

from collectrisk._errors import ArgumentError, InvalidBorrowerError, type_name
from collectrisk._fields import (
    AMOUNT,
    COUNT,
    DAYS,
    FLAG,
    TEXT,
    VALIDATOR,
    ChoiceValidator,
    described,
    field_specs,
    plain,
    require_fields,
    validate_fields,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Attitude(enum.StrEnum):
    """How the borrower responds to contact attempts, from cooperative to hostile.

    Source: articles A2.6 and A4.3 name cooperation, passive resistance and deliberate
    avoidance; ``unknown`` and ``hostile`` are added here.

    Attributes
    ----------
    COOPERATIVE
        Responds and looks for a way to repay.
    UNKNOWN
        Not known or not recorded.
    PASSIVE
        Can be reached, but does nothing.
    EVASIVE
        Avoids contact on purpose.
    HOSTILE
        Refuses openly.

    Examples
    --------
    >>> import collectrisk as cr
    >>> [attitude.value for attitude in cr.Attitude]
    ['cooperative', 'unknown', 'passive', 'evasive', 'hostile']
    """

    COOPERATIVE = "cooperative"
    UNKNOWN = "unknown"
    PASSIVE = "passive"
    EVASIVE = "evasive"
    HOSTILE = "hostile"


class Product(enum.StrEnum):
    """The kind of debt. The rule scorer does not use it. Source: article A1.1.

    Attributes
    ----------
    CREDIT_CARD
        A credit card.
    ONLINE_LOAN
        A small cash loan sized by credit standing.
    OTHER
        Anything else, or not known.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.Product("online_loan").name
    'ONLINE_LOAN'
    """

    CREDIT_CARD = "credit_card"
    ONLINE_LOAN = "online_loan"
    OTHER = "other"


def _to_attitude(value: Attitude | str | None) -> Attitude:
    # A converter's signature tells type checkers that a string is accepted; the validator converts it.
    return cast("Attitude", value)


def _to_product(value: Product | str | None) -> Product:
    return cast("Product", value)


@attrs.frozen(kw_only=True)
class Borrower:
    """One account in arrears, and what is known about its borrower.

    Values are validated and never coerced: text is not a number, ``True`` is not a count, and 2.5
    is not a number of calls. None and NaN mean "not known": the field takes its default, and a
    field without a default is required. There is no field for age, sex, origin or similar
    attributes.

    Subclass it with ``@attrs.frozen(kw_only=True)`` to add fields of your own. They are validated
    by their annotation: ``float``, ``int``, ``bool``, ``str`` or a ``StrEnum``, with or without
    ``| None``; any other is an error when the class is defined. In a field of type ``float | None``,
    an unknown value is NaN, as it is in a column. A field that is declared again, such as with another
    default, keeps the requirements that it has here. An ``__attrs_post_init__`` of your own is called
    with validated fields, and what it sets is validated too.

    Parameters
    ----------
    amount_overdue : float
        The account's overdue amount in your currency, 0 or more. Source: A2.4, A4.1.
    days_past_due : int
        Days since the oldest unpaid due date, 0 or more. Source: A2.5, A4.2.
    attitude : Attitude or str, default "unknown"
        How the borrower responds to contact attempts. Source: A2.6, A4.3.
    failed_messages : int, default 0
        SMS, e-mail and social messages that brought no result. Source: A2.2, A2.4.
    failed_calls : int, default 0
        Telephone calls that brought no result. Source: A2.2, A2.4.
    broken_promises : int, default 0
        Promises to pay that were not kept. Source: house.
    placed_with_agency : bool, default False
        Whether the account is placed with an outside collection agency. Source: A3.2.
    repayment_plan : bool, default False
        Whether an agreed repayment plan is being kept. Source: A3.3, A4.3.
    product : Product or str, default "other"
        The kind of debt. Source: A1.1.
    borrower_id : str, optional
        Your own key for the account. Never used in a formula, a log line or an error message.

    Attributes
    ----------
    plausible : mapping of str to float
        The largest plausible number of each field; ``math.inf`` for no limit. A larger one is an
        error, because it is rarely what the field means: 20240121 days past due are a date. A
        subclass raises a limit with ``plausible = {"days_past_due": 30_000}``, which may also name
        its own fields; the fields that it does not name keep their limits.

    Raises
    ------
    InvalidBorrowerError
        If a value is not valid; the error names the field, the requirement and the value.
    ArgumentError
        If a subclass has a field of another type, or its `plausible` names a field that does not
        exist or is not a number.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.Borrower(amount_overdue=3_000, days_past_due=10, attitude="passive").attitude
    <Attitude.PASSIVE: 'passive'>
    >>> cr.Borrower(amount_overdue=3_000, days_past_due=-1)
    Traceback (most recent call last):
        ...
    collectrisk.errors.InvalidBorrowerError: days_past_due must be known, and a whole number ... not -1
    >>> class OldDebt(cr.Borrower):
    ...     plausible = {"days_past_due": 30_000}
    >>> OldDebt(amount_overdue=3_000, days_past_due=29_000).days_past_due
    29000
    """

    plausible: ClassVar[Mapping[str, float]] = MappingProxyType(
        {
            "amount_overdue": 1e10,
            "days_past_due": 14_610,  # 40 years
            "failed_messages": 10_000,
            "failed_calls": 10_000,
            "broken_promises": 1_000,
        }
    )

    amount_overdue: float = attrs.field(metadata=described(AMOUNT, "Overdue amount in your currency."))
    days_past_due: int = attrs.field(metadata=described(DAYS, "Days since the oldest unpaid due date."))
    attitude: Attitude = attrs.field(
        default=Attitude.UNKNOWN,
        converter=_to_attitude,
        metadata=described(ChoiceValidator(Attitude), "Response to contact attempts."),
    )
    failed_messages: int = attrs.field(default=0, metadata=described(COUNT, "Messages without a result."))
    failed_calls: int = attrs.field(default=0, metadata=described(COUNT, "Telephone calls without a result."))
    broken_promises: int = attrs.field(
        default=0, metadata=described(COUNT, "Promises to pay that were not kept.")
    )
    placed_with_agency: bool = attrs.field(
        default=False, metadata=described(FLAG, "Placed with an outside agency.")
    )
    repayment_plan: bool = attrs.field(
        default=False, metadata=described(FLAG, "A repayment plan is being kept.")
    )
    product: Product = attrs.field(
        default=Product.OTHER,
        converter=_to_product,
        metadata=described(ChoiceValidator(Product), "Kind of debt."),
    )
    borrower_id: str | None = attrs.field(default=None, repr=False, metadata={VALIDATOR: TEXT})

    def __attrs_post_init__(self) -> None:
        """Validate every field, those of subclasses included."""
        validate_fields(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name as plain data: text, numbers, booleans and None.

        The borrower's id and private fields of a subclass are included.

        Examples
        --------
        >>> import json
        >>> import collectrisk as cr
        >>> borrower = cr.Borrower(amount_overdue=3_000, days_past_due=10, attitude="passive")
        >>> borrower.to_dict()["attitude"]
        'passive'
        >>> cr.Borrower.from_dict(json.loads(json.dumps(borrower.to_dict()))) == borrower
        True
        """
        return {each.name: plain(getattr(self, each.name)) for each in attrs.fields(type(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the borrower in plain data, such as the body of a request.

        Parameters
        ----------
        data : mapping of str to object
            The fields by name. A field that is absent takes its default, and so does one that is None.

        Raises
        ------
        InvalidBorrowerError
            If a value is not valid, or a field without a default is absent; the error names the field.
        ArgumentError
            If the data are not a mapping, or a key is not a field; the error suggests the nearest.

        Examples
        --------
        >>> import collectrisk as cr
        >>> cr.Borrower.from_dict({"amount_overdue": 3_000, "days_past_due": 10, "attitute": "passive"})
        Traceback (most recent call last):
            ...
        collectrisk.errors.ArgumentError: data must name fields of the borrower, not 'attitute'; did you ...
        """
        if not isinstance(data, Mapping):
            raise ArgumentError("data", f"must be a mapping of fields to values, not {type_name(data)}")
        specs = field_specs(cls)
        require_fields("data", data, specs)
        for name, spec in specs.items():
            if spec.required and name not in data:
                raise InvalidBorrowerError(name, spec.requirement, None, "; the data do not have this field")
        return cls(**{each.alias: data[each.name] for each in attrs.fields(cls) if each.name in data})

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Check the fields of a subclass, and validate them whatever its own method does."""
        specs = field_specs(cls)
        equal = vars(cls).get("__eq__")
        if equal is not None and any(spec.nullable for spec in specs.values()) and _is_generated(equal):
            setattr(cls, "__eq__", _equal)  # noqa: B010  # mypy takes it for an error
        own = vars(cls).get("__attrs_post_init__")
        if own is not None:
            setattr(cls, "__attrs_post_init__", _after_validation(own))  # noqa: B010  # mypy takes it for an error


def _is_generated(method: Any) -> bool:
    """Return whether a method was written by attrs, and not by the author of the class."""
    return bool(method.__code__.co_filename.startswith("<attrs generated"))


def _equal(self: Borrower, other: object) -> Any:
    """Return whether two borrowers have the same fields; a missing number, NaN, is the same as another."""
    if other.__class__ is not self.__class__:
        return NotImplemented
    pairs = (
        (getattr(self, each.name), getattr(other, each.name)) for each in attrs.fields(type(self)) if each.eq
    )
    return all(one == another or (one != one and another != another) for one, another in pairs)


def _after_validation(own: Callable[[Borrower], None]) -> Callable[[Borrower], None]:
    """Return a subclass's ``__attrs_post_init__``, called between two validations of the fields."""

    @functools.wraps(own)
    def validate(self: Borrower) -> None:
        Borrower.__attrs_post_init__(self)
        own(self)
        Borrower.__attrs_post_init__(self)  # what it may have set

    return validate


def _values(fields: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, plain(value)) for name, value in fields.items())


@attrs.frozen
class AccountRow:
    """The fields of a card in one row of a frame, as attributes.

    Examples
    --------
    >>> AccountRow({"credit limit": 3_000.0, "state": None}).state is None
    True
    """

    _fields: Mapping[str, Any] = attrs.field(eq=_values)  # so that a missing number equals another

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._fields:
            raise AttributeError(f"the row has no field {name!r}", name=name, obj=self)
        return self._fields[name]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name as plain data: text, numbers, booleans and None."""
        return dict(_values(self._fields))
