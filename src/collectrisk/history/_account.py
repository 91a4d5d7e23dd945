"""The history of one account: its events, its fields, and which events made each of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Attitude, Borrower
from collectrisk._channel import Channel
from collectrisk._display.words import words_in
from collectrisk.errors import printable, refuse_other
from collectrisk.history._events import MESSAGES
from collectrisk.history._fields import FIELDS, SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from collectrisk._display.words import Words
    from collectrisk._typing import Language
    from collectrisk.history._kinds import EventKind


@attrs.frozen(kw_only=True)
class PastEvent:
    """One event in the history of an account.

    Parameters
    ----------
    at : datetime
        When it happened, as a local time.
    kind : EventKind
        What happened.
    channel : Channel or None
        The channel.
    amount : float or None
        The amount of a promise or a payment.
    due_on : date or None
        The due date of a promise.
    state : {"kept", "broken", "pending"} or None
        The state of a promise.
    person : str or None
        The id of the person.
    contact_point : str or None
        The number or address.
    """

    at: dt.datetime
    kind: EventKind
    channel: Channel | None = None
    amount: float | None = None
    due_on: dt.date | None = None
    state: str | None = None
    person: str | None = None
    contact_point: str | None = None

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back a payment."""
        return self.kind.effect == "payment" and self.amount is not None and self.amount <= 0


@attrs.frozen(kw_only=True)
class AccountHistory:
    """What a log knows of one account as of a moment; see `ContactLog.of`.

    Parameters
    ----------
    as_of : datetime
        The moment, as a local time.
    events : tuple of PastEvent
        The events that were known, in order of time.
    fields : mapping of str to object
        The fields that follow from them.
    failed_since : int or None
        The number of days in which failed attempts count; None since the last result.
    has_recorded_at : bool
        Whether the log says when events were recorded.
    zone : ZoneInfo or None, default None
        The zone of the log's local times, if the log states it.
    has_times : bool, default True
        Whether the log has the times of events; otherwise it has dates only.
    """

    as_of: dt.datetime
    events: tuple[PastEvent, ...]
    fields: Mapping[str, Any]
    failed_since: int | None
    has_recorded_at: bool
    zone: ZoneInfo | None = None
    has_times: bool = True

    def borrower(self, amount_overdue: float, days_past_due: int, **others: Any) -> Borrower:
        """Return the borrower with the fields of the log.

        Parameters
        ----------
        amount_overdue, days_past_due : float, int
            What the log does not know; see `arrears`.
        **others : object
            Other fields, which replace those of the log.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {"account_id": ["A"], "happened_at": ["2026-09-01"], "event": "no_answer"}
        ... ).with_columns(pl.col("happened_at").str.to_date())
        >>> history = ContactLog(events).of("A", as_of="2026-11-01")
        >>> history.borrower(amount_overdue=3_000, days_past_due=40).failed_calls
        1
        """
        known = {"amount_overdue": amount_overdue, "days_past_due": days_past_due}
        return Borrower(**{**self.fields, **known, **others})

    def evidence(self, field: str) -> tuple[PastEvent, ...]:
        """Return the events that made a field.

        Parameters
        ----------
        field : str
            One of the fields.

        Raises
        ------
        ArgumentError
            If the log does not know the field.
        """
        refuse_other("field", field, tuple(FIELDS))
        if field == "broken_promises":
            return tuple(each for each in self.events if each.state == "broken")
        if field == "attitude":
            return self._signs
        if field in {"failed_messages", "failed_calls"}:
            channels = MESSAGES if field == "failed_messages" else (Channel.PHONE_CALL.value,)
            return tuple(each for each in self._failed if each.channel in channels)
        effects = {
            "placed_with_agency": {"agency_placed", "agency_recalled"},
            "repayment_plan": {"plan_started", "plan_ended"},
        }[field]
        return tuple(each for each in self.events if each.kind.effect in effects)

    @property
    def last_result(self) -> dt.datetime | None:
        """When the last result was: attempts up to then do not count as failed."""
        if self.failed_since is not None:
            return None
        results = (each.at for each in self.events if each.kind.result and not each.is_reversal)
        return max(results, default=None)

    @property
    def _failed(self) -> list[PastEvent]:
        failed = [each for each in self.events if each.kind.failed]
        if self.failed_since is not None:
            first = self.as_of.date() - dt.timedelta(self.failed_since)
            return [each for each in failed if each.at.date() >= first]
        since = self.last_result
        return [each for each in failed if since is None or each.at > since]

    @property
    def _signs(self) -> tuple[PastEvent, ...]:
        """The adverse signs since the last one of cooperation, or else the signs of cooperation."""
        broken = {each.at for each in self.events if each.state == "broken"}
        cooperative = [
            each
            for each in self.events
            if each.kind.shows is Attitude.COOPERATIVE
            and not each.is_reversal
            and not (each.kind.effect == "promise" and each.at in broken)
        ]
        since = max((each.at for each in cooperative), default=None)
        adverse = (each for each in self.events if each.kind.shows in SIGNS)
        return tuple(each for each in adverse if since is None or each.at > since) or tuple(cooperative)

    def explain(self, language: Language = "en") -> str:
        """Return which events made each field, as text.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.
        """
        return printable("\n".join(self._lines(words_in(language))))

    def __str__(self) -> str:
        return self.explain()

    def _lines(self, words: Words) -> Iterator[str]:
        texts = words.history
        yield known_text(self, words)
        if self.last_result is not None:
            yield texts.since.format(at=_moment(self.last_result))
        if not self.has_recorded_at:
            yield texts.unrecorded
        for name, text in zip(self.fields, field_texts(self, words), strict=True):
            yield text
            for each in self.evidence(name):
                yield "  " + texts.line.format(at=_moment(each.at), what=_what(each, words))


def known_text(history: AccountHistory, words: Words) -> str:
    """Return how many events were known, and when."""
    return str(words.history.known.format(as_of=_moment(history.as_of), n=len(history.events)))


def field_texts(history: AccountHistory, words: Words) -> list[str]:
    """Return each field with its value."""
    texts = words.history
    shown = {
        name: (texts.yes if value else texts.no) if isinstance(value, bool) else value
        for name, value in history.fields.items()
    }
    return [
        texts.field.format(name=getattr(texts, name), value=texts.attitudes.get(value, value))
        for name, value in shown.items()
    ]


def _what(event: PastEvent, words: Words) -> str:
    texts = words.history
    what = texts.kinds.get(event.kind.name, event.kind.description)
    if event.kind.effect in {"promise", "payment"} and event.amount is not None:
        what = texts.amount.format(what=what, amount=f"{event.amount:,.2f}")
    if event.due_on is not None:
        what = texts.due.format(what=what, due=event.due_on)
    return str(what)


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(" ", "minutes")
