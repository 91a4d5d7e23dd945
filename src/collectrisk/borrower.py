"""The borrower: what a scorer may know about one account in arrears."""

from __future__ import annotations

import enum
from typing import cast

import attrs

from collectrisk.fields import AMOUNT, COUNT, FLAG, RULE, TEXT, ChoiceRule, specs

__all__ = ["Attitude", "Borrower", "Product"]


class Attitude(enum.StrEnum):
    """How the borrower answers the creditor's attempts, from cooperative to hostile.

    Source: article A2.6 and A4.3 name cooperation, passive resistance and deliberate
    avoidance; ``unknown`` and ``hostile`` are house.

    Attributes
    ----------
    COOPERATIVE
        Answers, and looks for a way to repay.
    UNKNOWN
        Nothing is known, or nobody has noted it.
    PASSIVE
        Is reached, and does nothing.
    EVASIVE
        Avoids contact on purpose.
    HOSTILE
        Refuses outright.

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
    """What kind of debt the account is. It changes no score by itself. Source: article A1.1.

    Attributes
    ----------
    CREDIT_CARD
        Consume now, pay later.
    ONLINE_LOAN
        A small sum of cash, lent on credit standing.
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


def _attitude(value: Attitude | str | None) -> Attitude:
    """Let a type checker accept the spelling; the rule reads it afterwards."""
    return cast("Attitude", value)


def _product(value: Product | str | None) -> Product:
    """Let a type checker accept the spelling; the rule reads it afterwards."""
    return cast("Product", value)


@attrs.frozen(kw_only=True)
class Borrower:
    """One account in arrears, and what is known of the borrower behind it.

    Values are checked, never repaired: text is no number, ``True`` is no count, 2.5 is no
    number of calls. None and NaN mean "not known": such a field takes its default, and a
    field without a default must be known. There is no field for age, sex, origin or anything
    of the kind.

    Subclass it with ``@attrs.frozen(kw_only=True)`` to add fields of your own; they are
    checked by their annotation (``float``, ``int``, ``bool``, ``str`` or a ``StrEnum``). A field
    of ``float | None`` that is not known is NaN, as in a column.

    Parameters
    ----------
    amount_overdue : float
        This account's overdue amount in the house's currency, 0 or more. Source: A2.4, A4.1.
    days_past_due : int
        Days since the oldest unpaid due date, 0 or more. Source: A2.5, A4.2.
    attitude : Attitude or str, default "unknown"
        How the borrower answers. Source: A2.6, A4.3.
    failed_messages : int, default 0
        SMS, e-mail and social messages that brought no result. Source: A2.2, A2.4.
    failed_calls : int, default 0
        Telephone calls that brought no result. Source: A2.2, A2.4.
    broken_promises : int, default 0
        Promises to pay that were not kept. House.
    placed_with_agency : bool, default False
        Whether an outside team already works the account. Source: A3.2.
    repayment_plan : bool, default False
        Whether an agreed plan is being kept. Source: A3.3, A4.3.
    product : Product or str, default "other"
        What kind of debt it is. Source: A1.1.
    borrower_id : str, optional
        The house's own key. Never part of a formula, a log line or an error text.

    Raises
    ------
    InvalidBorrowerError
        If a value breaks its field's rule; the error names field, rule and value.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.Borrower(amount_overdue=3_000, days_past_due=10, attitude="passive").attitude
    <Attitude.PASSIVE: 'passive'>
    >>> cr.Borrower(amount_overdue=3_000, days_past_due=-1)
    Traceback (most recent call last):
        ...
    collectrisk.errors.InvalidBorrowerError: days_past_due must be known, and a whole number, ... not -1
    """

    amount_overdue: float = attrs.field(metadata={RULE: AMOUNT})
    days_past_due: int = attrs.field(metadata={RULE: COUNT})
    attitude: Attitude = attrs.field(
        default=Attitude.UNKNOWN, converter=_attitude, metadata={RULE: ChoiceRule(Attitude)}
    )
    failed_messages: int = attrs.field(default=0, metadata={RULE: COUNT})
    failed_calls: int = attrs.field(default=0, metadata={RULE: COUNT})
    broken_promises: int = attrs.field(default=0, metadata={RULE: COUNT})
    placed_with_agency: bool = attrs.field(default=False, metadata={RULE: FLAG})
    repayment_plan: bool = attrs.field(default=False, metadata={RULE: FLAG})
    product: Product = attrs.field(
        default=Product.OTHER, converter=_product, metadata={RULE: ChoiceRule(Product)}
    )
    borrower_id: str | None = attrs.field(default=None, repr=False, metadata={RULE: TEXT})

    def __attrs_post_init__(self) -> None:
        """Read every value by its field's rule, in subclasses too."""
        for name, spec in specs(type(self)).items():
            object.__setattr__(self, name, spec.read(getattr(self, name)))
