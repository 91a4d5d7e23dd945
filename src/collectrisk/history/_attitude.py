"""The rules by which recorded dispositions become an attitude, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._borrower import Attitude
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


def _check_attitude(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Attitude):
        names = ", ".join(Attitude)
        raise ArgumentError(attribute.name, f"must be one of {names}, not {shown(value)}")


def _check_sign(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    _check_attitude(owner, attribute, value)
    if value is Attitude.UNKNOWN:
        raise ArgumentError(
            attribute.name,
            "must not be unknown: no event is a sign of it. Name the attitude whose signs are counted",
        )


def _check_least(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not int or value < 1:
        raise ArgumentError(attribute.name, f"must be a whole number, 1 or more, not {shown(value)}")


def _check_source(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        raise ArgumentError(attribute.name, f"must be text, not {shown(value)}")


def _to_attitude(value: Attitude | str) -> Attitude:
    return Attitude(value) if isinstance(value, str) and value in set(Attitude) else value  # type: ignore[return-value]


@attrs.frozen
class AttitudeRule:
    """A rule that concludes an attitude from the number of its recorded signs.

    Signs are events whose kind shows an attitude (see `EventKind`). Signs of any other attitude count
    since the last sign of cooperation only.

    Parameters
    ----------
    attitude : Attitude or str
        The conclusion.
    shows : Attitude or str
        The attitude whose signs are counted.
    least : int
        The number of signs required, 1 or more.
    source : str
        The source of the rule.

    Raises
    ------
    ArgumentError
        If a value is not valid.

    Examples
    --------
    >>> from collectrisk.history import ATTITUDE_RULES
    >>> for rule in ATTITUDE_RULES:
    ...     print(rule.attitude, "if", rule.least, rule.shows, rule.source)
    hostile if 2 hostile A4.3
    evasive if 1 evasive A2.6
    passive if 1 hostile house
    passive if 2 passive A2.6
    cooperative if 1 cooperative A4.3
    """

    attitude: Attitude = attrs.field(converter=_to_attitude, validator=_check_attitude)
    shows: Attitude = attrs.field(converter=_to_attitude, validator=_check_sign)
    least: int = attrs.field(validator=_check_least)
    source: str = attrs.field(validator=_check_source)


ATTITUDE_RULES = (
    AttitudeRule(Attitude.HOSTILE, Attitude.HOSTILE, 2, "A4.3"),
    AttitudeRule(Attitude.EVASIVE, Attitude.EVASIVE, 1, "A2.6"),
    AttitudeRule(Attitude.PASSIVE, Attitude.HOSTILE, 1, "house"),
    AttitudeRule(Attitude.PASSIVE, Attitude.PASSIVE, 2, "A2.6"),
    AttitudeRule(Attitude.COOPERATIVE, Attitude.COOPERATIVE, 1, "A4.3"),
)
"""The rules in order: the first that holds decides, and without any the attitude is unknown."""


def checked_rules(rules: Any) -> tuple[AttitudeRule, ...]:
    """Return the rules of a log, or raise `ArgumentError`."""
    listed = tuple(rules) if isinstance(rules, (list, tuple)) else (rules,)
    for rule in listed:
        if not isinstance(rule, AttitudeRule):
            raise ArgumentError("attitude_rules", f"must be a list of AttitudeRule, not {shown(rules)}")
    return listed


def attitude_of(rules: Iterable[AttitudeRule], counts: dict[Attitude, str]) -> Any:
    """Return the attitude that the rules conclude from columns with the counts of signs."""
    result: Any = nw.lit(Attitude.UNKNOWN.value)
    for rule in reversed(tuple(rules)):
        holds = nw.col(counts[rule.shows]) >= rule.least
        result = nw.when(holds).then(nw.lit(rule.attitude.value)).otherwise(result)
    return result
