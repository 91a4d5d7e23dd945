"""The kinds of events in a log, as data: what happened, and the flags that rules and scores need."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

import attrs

from collectrisk._borrower import Attitude
from collectrisk._channel import Channel
from collectrisk._fields import is_boolean
from collectrisk.errors import ArgumentError, refuse_other, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Effect = Literal["promise", "payment", "plan_started", "plan_ended", "agency_placed", "agency_recalled"]
EFFECTS: tuple[str, ...] = get_args(Effect)


def _to_channel(value: Channel | str | None) -> Channel | None:
    # Anything else is left to the validator.
    return Channel(value) if isinstance(value, str) and value in set(Channel) else value  # type: ignore[return-value]


def _to_attitude(value: Attitude | str | None) -> Attitude | None:
    return Attitude(value) if isinstance(value, str) and value in set(Attitude) else value  # type: ignore[return-value]


def _check_member(owner: EventKind, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        kind = Channel if attribute.name == "channel" else Attitude
        refuse_other(f"{attribute.name} of {owner.name}", value, [each.value for each in kind])


def _check_name(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not (isinstance(value, str) and value.isidentifier() and value == value.lower()):
        raise ArgumentError(
            attribute.name, f'must be lower-case words joined by "_", such as "hung_up", not {shown(value)}'
        )


def _check_text(owner: EventKind, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        raise ArgumentError(f"{attribute.name} of {owner.name}", f"must be text, not {shown(value)}")


def _check_effect(owner: EventKind, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        refuse_other(f"{attribute.name} of {owner.name}", value, EFFECTS)


def _check_flag(owner: EventKind, attribute: attrs.Attribute[Any], value: object) -> None:
    if not is_boolean(value):
        raise ArgumentError(f"{attribute.name} of {owner.name}", f"must be True or False, not {shown(value)}")


@attrs.frozen
class EventKind:
    """A kind of event, and what it means for rules and scores.

    The kinds of the library are `KINDS`. Define one of your own for a code that none of them fits.

    Parameters
    ----------
    name : str
        Its name: lower-case words joined by ``_``.
    description : str
        What happened.
    channel : Channel or str, optional
        The channel, if the log has no column with the channel of each event.
    is_attempt : bool, default False
        Whether it is an attempt to make contact as frequency rules count them. A call that did not
        connect to the number is not an attempt under 12 CFR 1006.14(b)(3). Contact that the borrower
        begins is not an attempt either.
    failed : bool, default False
        Whether it counts as an attempt without a result: with a message channel or a letter in
        ``failed_messages``, with a call in ``failed_calls``. Source: A2.2, A2.4, A3.1.
    connected : bool, default False
        Whether the call was answered, or the message or letter delivered, by or to anybody.
    reached : bool, default False
        Whether the borrower was reached.
    result : bool, default False
        Whether it is a result: attempts before it do not count as failed any more.
    shows : Attitude or str, optional
        The attitude of which it is a sign; the rules of the log decide how many signs it takes.
    effect : str, optional
        What else changes: ``"promise"``, ``"payment"``, ``"plan_started"``, ``"plan_ended"``,
        ``"agency_placed"`` or ``"agency_recalled"``.

    Raises
    ------
    ArgumentError
        If a value is not valid.

    Examples
    --------
    >>> from collectrisk.history import KINDS, EventKind
    >>> KINDS["no_answer"].failed, KINDS["no_answer"].channel
    (True, <Channel.PHONE_CALL: 'phone_call'>)
    >>> hung_up = EventKind(
    ...     "hung_up",
    ...     "The borrower hung up when the caller gave a name.",
    ...     channel="phone_call",
    ...     is_attempt=True,
    ...     failed=True,
    ...     connected=True,
    ...     reached=True,
    ...     shows="evasive",
    ... )
    >>> hung_up.shows
    <Attitude.EVASIVE: 'evasive'>
    """

    name: str = attrs.field(validator=_check_name)
    description: str = attrs.field(validator=_check_text)
    channel: Channel | None = attrs.field(
        default=None, kw_only=True, converter=_to_channel, validator=_check_member
    )
    is_attempt: bool = attrs.field(default=False, kw_only=True, validator=_check_flag)
    failed: bool = attrs.field(default=False, kw_only=True, validator=_check_flag)
    connected: bool = attrs.field(default=False, kw_only=True, validator=_check_flag)
    reached: bool = attrs.field(default=False, kw_only=True, validator=_check_flag)
    result: bool = attrs.field(default=False, kw_only=True, validator=_check_flag)
    shows: Attitude | None = attrs.field(
        default=None, kw_only=True, converter=_to_attitude, validator=_check_member
    )
    effect: Effect | None = attrs.field(default=None, kw_only=True, validator=_check_effect)


def by_name(kinds: Iterable[EventKind]) -> Mapping[str, EventKind]:
    """Return kinds by their names, in order."""
    return MappingProxyType({kind.name: kind for kind in kinds})


_CALL: dict[str, Any] = {"channel": Channel.PHONE_CALL, "is_attempt": True}
_FAILED_CALL: dict[str, Any] = {**_CALL, "failed": True}
_TALKED: dict[str, Any] = {"connected": True, "reached": True}
_ANSWER: dict[str, Any] = {**_TALKED, "result": True}

KINDS: Mapping[str, EventKind] = by_name(
    [
        EventKind(
            "message_sent",
            "A message was sent; with the channel SMS, unless the log says another.",
            channel=Channel.SMS,
            is_attempt=True,
            failed=True,
        ),
        EventKind(
            "message_answered",
            "The borrower answered a message.",
            channel=Channel.SMS,
            shows=Attitude.COOPERATIVE,
            **_ANSWER,
        ),
        EventKind(
            "letter_sent", "A letter was posted.", channel=Channel.LETTER, is_attempt=True, failed=True
        ),
        EventKind("letter_delivered", "A letter was delivered.", channel=Channel.LETTER, connected=True),
        EventKind("letter_returned", "A letter came back as undeliverable.", channel=Channel.LETTER),
        EventKind(
            "no_answer",
            "Nobody answered a call; or a machine did, and no message was left.",
            **_FAILED_CALL,
        ),
        EventKind(
            "not_connected",
            "A call did not connect to the number: out of service, wrong format, network failure.",
            channel=Channel.PHONE_CALL,
            failed=True,
        ),
        EventKind("message_left", "A message was left on voicemail.", connected=True, **_FAILED_CALL),
        EventKind("third_party_reached", "Somebody else answered the call.", connected=True, **_FAILED_CALL),
        EventKind(
            "conversation",
            "The borrower was spoken to, and nothing was agreed.",
            shows=Attitude.PASSIVE,
            **_CALL,
            **_ANSWER,
        ),
        EventKind(
            "refusal",
            "The borrower was spoken to and refused to pay: an answer, but not a result.",
            shows=Attitude.HOSTILE,
            **_FAILED_CALL,
            **_TALKED,
        ),
        EventKind(
            "promise",
            "The borrower promised to pay, as the outcome of a call.",
            shows=Attitude.COOPERATIVE,
            effect="promise",
            **_CALL,
            **_ANSWER,
        ),
        EventKind(
            "payment",
            "A payment; a negative one reverses an earlier payment and is not a result.",
            result=True,
            shows=Attitude.COOPERATIVE,
            effect="payment",
        ),
        EventKind(
            "plan_started",
            "A repayment plan was agreed.",
            result=True,
            shows=Attitude.COOPERATIVE,
            effect="plan_started",
        ),
        EventKind("plan_ended", "A repayment plan ended or was broken.", effect="plan_ended"),
        EventKind("agency_placed", "The account was placed with an agency.", effect="agency_placed"),
        EventKind("agency_recalled", "The account was taken back from an agency.", effect="agency_recalled"),
        EventKind(
            "visit", "A visit that met nobody.", channel=Channel.FIELD_VISIT, is_attempt=True, failed=True
        ),
        EventKind(
            "visit_met",
            "A visit that met the borrower.",
            channel=Channel.FIELD_VISIT,
            is_attempt=True,
            **_ANSWER,
        ),
        EventKind("dispute", "The borrower disputed the debt.", reached=True, result=True),
        EventKind("complaint", "The borrower complained.", reached=True, result=True),
        EventKind("stop_request", "The borrower asked for contact to stop.", reached=True, result=True),
        EventKind("other", "Anything else; counts for nothing."),
    ]
)
"""The kinds of events that the library knows, by name. The mapping cannot be changed."""
