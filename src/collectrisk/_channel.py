"""Channels of contact, and the ladder that chooses one for a visit probability."""

from __future__ import annotations

import enum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, overload

import attrs

from collectrisk._errors import ArgumentError, InvalidCardError, did_you_mean, shown
from collectrisk._namespaces import SCALAR
from collectrisk._parameters import Each, Instance, Number, to_number, to_tuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._namespaces.protocol import Namespace


class Channel(enum.StrEnum):
    """A way to make contact. Members compare and sort from light to heavy.

    ``AGENCY`` is an outside team that works remotely; only ``FIELD_VISIT`` is on site.
    Source: article A2.1 to A2.3, A3.2; ``LETTER`` is added here.

    Attributes
    ----------
    SMS, EMAIL, SOCIAL_MESSAGE
        A written message.
    PHONE_CALL
        A call.
    LETTER
        A letter by post.
    AGENCY
        An outside team, working remotely.
    FIELD_VISIT
        A visit in person.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.Channel.SMS < cr.Channel.FIELD_VISIT
    True
    >>> [channel.value for channel in cr.Channel if not channel.is_remote]
    ['field_visit']
    """

    SMS = "sms"
    EMAIL = "email"
    SOCIAL_MESSAGE = "social_message"
    PHONE_CALL = "phone_call"
    LETTER = "letter"
    AGENCY = "agency"
    FIELD_VISIT = "field_visit"

    @property
    def weight(self) -> int:
        """The channel's position from light (0) to heavy (6)."""
        return _WEIGHTS[self.value]

    @property
    def is_remote(self) -> bool:
        """Whether contact is made without a visit in person. Source: A2.1."""
        return self is not Channel.FIELD_VISIT

    @property
    def is_message(self) -> bool:
        """Whether the channel is a written message: SMS, e-mail or social. Source: A2.2."""
        return self.weight <= Channel.SOCIAL_MESSAGE.weight

    def __lt__(self, other: object) -> bool:
        return self.weight < other.weight if isinstance(other, Channel) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.weight <= other.weight if isinstance(other, Channel) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.weight > other.weight if isinstance(other, Channel) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.weight >= other.weight if isinstance(other, Channel) else NotImplemented


_WEIGHTS = {name: weight for weight, name in enumerate(channel.value for channel in Channel)}


def not_a_channel(value: object) -> str:
    """Return the end of an error message about a value that is not a channel."""
    names = [channel.value for channel in Channel]
    return f"one of {', '.join(names)}, not {value!r}{did_you_mean(value, names)}"


def channel_of(value: object, part: str, noun: str = "") -> Channel:
    """Return a channel, or raise `InvalidCardError`."""
    if isinstance(value, str) and value in set(Channel):
        return Channel(value)
    raise InvalidCardError(part, f"{noun}must be {not_a_channel(value)}")


def _to_channel(value: object) -> Channel:
    return channel_of(value, "ladder", "a channel ")


@attrs.frozen(slots=False)
class Rung:
    """One rung of a ladder: a channel, and the visit probability from which it is used.

    Parameters
    ----------
    least : float
        The lowest visit probability for which the channel is used, 0 to 1.
    channel : Channel or str
        The channel.
    """

    _part: ClassVar[str] = "ladder"

    least: float = attrs.field(converter=to_number, validator=Number(0.0, 1.0))
    channel: Channel = attrs.field(converter=_to_channel)


def _check_probability(value: object) -> None:
    number = to_number(value)  # type: ignore[arg-type]  # anything may be passed
    if not isinstance(number, float) or number < 0.0 or number > 1.0:
        raise ArgumentError("visit_probability", f"must be a number from 0 to 1, not {shown(value)}")


def _to_rung(rung: Any) -> Any:
    try:
        least, channel = rung
    except (TypeError, ValueError):
        return rung  # left to the validator
    return Rung(least, channel)


def _rungs(rungs: Iterable[Any]) -> tuple[Rung, ...]:
    converted = to_tuple(rungs)
    return tuple(map(_to_rung, converted)) if isinstance(converted, tuple) else converted


@attrs.frozen(slots=False)
class Ladder:
    """The channel for each range of visit probability.

    Parameters
    ----------
    rungs : iterable of Rung or (float, Channel or str)
        Pairs of the least probability and the channel, from light to heavy. The first starts at
        probability 0; each later one starts at a higher probability and has a heavier channel.

    Attributes
    ----------
    cuts : tuple of float
        The least probability of each rung, from light to heavy.
    channels : tuple of Channel
        The channel of each rung, from light to heavy.

    Raises
    ------
    InvalidCardError
        If the rungs are not in that order.

    Examples
    --------
    >>> import collectrisk as cr
    >>> ladder = cr.Ladder([(0, "email"), (0.01, "phone_call"), (0.6, "field_visit")])
    >>> ladder.channel(0.3)
    <Channel.PHONE_CALL: 'phone_call'>
    """

    _part: ClassVar[str] = "ladder"

    rungs: tuple[Rung, ...] = attrs.field(
        converter=_rungs,
        validator=Each(
            Rung, 'pairs of the least probability and a channel, such as [(0, "sms"), (0.5, "agency")]'
        ),
    )

    @rungs.validator
    def _check_order(self, _attribute: object, rungs: tuple[Rung, ...]) -> None:
        if not rungs or rungs[0].least != 0:
            raise InvalidCardError("ladder", "the first rung must start at probability 0")
        for lighter, heavier in pairwise(rungs):
            if not (lighter.least < heavier.least and lighter.channel < heavier.channel):
                raise InvalidCardError(
                    "ladder",
                    "each rung must start higher and be heavier than the one before, but "
                    f"{heavier.channel} from {heavier.least:g} follows "
                    f"{lighter.channel} from {lighter.least:g}",
                )

    @cached_property
    def cuts(self) -> tuple[float, ...]:
        """The least probability of each rung, from light to heavy."""
        return tuple(rung.least for rung in self.rungs)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The channel of each rung, from light to heavy."""
        return tuple(rung.channel for rung in self.rungs)

    @overload
    def channel(self, visit_probability: float) -> Channel: ...

    @overload
    def channel(self, visit_probability: Any, xp: Namespace) -> Any: ...

    def channel(self, visit_probability: Any, xp: Namespace = SCALAR) -> Any:
        """Return the channel for a visit probability.

        This is the only place where a probability becomes a channel.

        Parameters
        ----------
        visit_probability : float, array or expression
            In [0, 1], or missing.
        xp : Namespace, optional
            The functions to use; by default those for one number.

        Returns
        -------
        Channel, or a text column of `xp`
            The channel; missing where the probability is: None for a single NaN.

        Raises
        ------
        ArgumentError
            If a single value is not a probability.
        """
        if xp is SCALAR and not (type(visit_probability) is float and 0.0 <= visit_probability <= 1.0):
            _check_probability(visit_probability)
        return xp.step(visit_probability, self.cuts, self.channels)

    def least(self, channel: Channel | str) -> float | None:
        """Return the probability from which a channel is used, or None if it is not used.

        Raises
        ------
        InvalidCardError
            If `channel` is not a channel.
        """
        wanted = _to_channel(channel)
        return next((rung.least for rung in self.rungs if rung.channel is wanted), None)


DEFAULT_LADDER = Ladder(
    (
        (0.0, Channel.SMS),
        (0.0005, Channel.PHONE_CALL),
        (0.25, Channel.AGENCY),
        (0.50, Channel.FIELD_VISIT),
    )
)
"""The default ladder: SMS, phone calls from 0.05 %, an agency from 25 %, a field visit from 50 %."""

IS_LADDER = Instance(Ladder, "a Ladder")
"""The validator of a scorer's ladder."""
