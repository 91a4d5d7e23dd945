"""Deciding on the contacts of a portfolio: accounts that rules do not tell apart are decided on together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._errors import ArgumentError
from collectrisk.contact._clock import UTC, instants
from collectrisk.contact._clock_arrays import NEVER, US, to_stamp
from collectrisk.contact._contact import CONTACT_CHANNELS, Permission
from collectrisk.contact._counting import Attempts, Cap
from collectrisk.contact._counts import Counts, longest
from collectrisk.contact._decide import decide, judge
from collectrisk.contact._portfolio import OUTPUTS, Kind, Portfolio, combined
from collectrisk.contact._question import Question
from collectrisk.contact._request import Request
from collectrisk.contact._timeline import first_open
from collectrisk.history._known import known_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from collectrisk._typing import Array
    from collectrisk.contact._contact import Contact
    from collectrisk.contact._decision import Decision
    from collectrisk.contact._rule import Rule
    from collectrisk.contact._ruleset import RuleSet


PERMISSIONS = tuple(Permission)
ALLOWED, UNKNOWN = PERMISSIONS.index(Permission.ALLOWED), PERMISSIONS.index(Permission.UNKNOWN)


@attrs.frozen
class Answers:
    """What the rules say of one channel for some rows.

    Attributes
    ----------
    permission : array of int
        The number of each row's permission in `PERMISSIONS`.
    decisions : list of Decision
        The decisions, unless only the permissions were asked for.
    decision : array of int
        The number of each row's decision.
    next_allowed : array of datetime64
        The next time at which contact is permitted, in UTC.
    """

    permission: Array
    decisions: list[Decision] = attrs.field(factory=list)
    decision: Array | None = None
    next_allowed: Array | None = None


class FrameDecision:
    """The decisions on the accounts of a frame."""

    def __init__(self, request: Request, portfolio: Portfolio, counts: Counts | None) -> None:
        self.request, self.portfolio, self.counts = request, portfolio, counts
        products = {kind.product for kind in portfolio.kinds}
        self.rules = {product: attrs.evolve(request.rules, product=product) for product in products}

    def columns(self) -> dict[str, Any]:
        """Return the permission of each row's channel, the heaviest permitted one, and the reasons."""
        recommended = self.portfolio.channel
        permission, permitted = np.full(len(recommended), UNKNOWN), np.full(len(recommended), -1)
        blocked, missing = (np.full(len(recommended), None, object) for _ in range(2))
        missing[recommended < 0] = "channel"
        later = np.full(len(recommended), NEVER)
        of_channel: dict[str, Any] = {}
        for place in reversed(range(len(CONTACT_CHANNELS))):
            channel = CONTACT_CHANNELS[place]
            own = np.flatnonzero(recommended == place)
            if len(own):
                answers = self.decided(channel, own)
                permission[own], later[own] = answers.permission, answers.next_allowed
                reasons = [_joined(each.rule for each in found.blocked_by) for found in answers.decisions]
                facts = [_joined(each.fact for each in found.missing) for found in answers.decisions]
                blocked[own] = np.array([*reasons, None], object)[answers.decision]
                missing[own] = np.array([*facts, None], object)[answers.decision]
            if channel in self.request.channels:
                is_lighter = (recommended > place) & (permitted < 0)
                others = np.flatnonzero(recommended != place if self.request.by_channel else is_lighter)
                found = np.where(recommended == place, permission, UNKNOWN)
                if len(others):
                    found[others] = self.decided(channel, others, permission_only=True).permission
                permitted[(found == ALLOWED) & (recommended >= place) & (permitted < 0)] = place
                of_channel[channel] = found
        texts = [each.value for each in PERMISSIONS]
        by_channel = {
            channel: [texts[each] for each in of_channel[channel].tolist()]
            for channel in self.request.new_columns[len(OUTPUTS) :]
        }
        return {
            "permission": [texts[each] for each in permission.tolist()],
            "permitted_channel": [(*CONTACT_CHANNELS, None)[each] for each in permitted.tolist()],
            "blocked_by": blocked.tolist(),
            "missing": missing.tolist(),
            "next_allowed": later,
            **by_channel,
        }

    def decided(self, channel: str, rows: Array, *, permission_only: bool = False) -> Answers:
        """Return what the rules say of contact on a channel with the accounts of some rows.

        Rows of one kind, for which the same rules that count permit no more contact, are decided on together.
        """
        kinds, kind = np.unique(self.portfolio.kind[rows], return_inverse=True)
        contacts = [self.request.contact(channel, self.portfolio.kinds[each].zones) for each in kinds]
        counting = self._counting(contacts[0])
        full = np.zeros((len(rows), len(counting)), bool)
        lifts = np.full((len(rows), len(counting)), NEVER)
        alone = np.zeros(len(rows), bool)
        for number, contact in enumerate(contacts):
            members = np.flatnonzero(kind == number)
            full[members], lifts[members] = self._counted(contact, counting, rows[members])
            alone[members] = _is_consented(self.portfolio.kinds[kinds[number]], counting)
            if not permission_only:
                # The next time may depend on when events expire, and on events that are still to come.
                varies = full[members].any(axis=1) & _changes_later(contact, counting)
                alone[members] |= varies | self._have_later(contact, rows[members])
        # Where more than the numbers matters, an account with events is decided on by itself.
        alone &= self._has_events(rows)
        by_itself = np.where(alone, np.arange(len(rows)), -1)
        state, first = combined([kind, by_itself, *full.T.astype(np.int64)], len(rows))
        questions = [self._question(contacts[kind[row]], int(rows[row])) for row in first]
        if permission_only:
            return Answers(np.array([PERMISSIONS.index(judge(each)[0]) for each in questions])[state])
        decisions = [decide(question) for question in questions]
        permissions = np.array([PERMISSIONS.index(each.permission) for each in decisions])
        times = np.array([_next_instant(each) for each in decisions], US)
        later = times[state]
        for number, question in enumerate(questions):
            row = first[number]
            if full[row].any() and not alone[row] and not np.isnat(times[number]):
                mine = np.flatnonzero(state == number)
                later[mine] = self._next(question, counting, lifts[mine])
        return Answers(permissions[state], decisions, state, later)

    def _counting(self, contact: Contact) -> list[Rule]:
        """Return the rules that count events and may be enforced on a contact."""
        return [
            rule
            for rule in self.request.rules.rules
            if (isinstance(rule.condition, Cap) or _has_number(rule.condition))
            and rule.instrument.status == "in_force"
            and rule.concerns(contact)[0]
        ]

    def _counted(self, contact: Contact, counting: Sequence[Rule], rows: Array) -> tuple[Array, Array]:
        """Return, for some rows, where each rule permits no more contact, and when it does again."""
        full = np.zeros((len(rows), len(counting)), bool)
        lifts = np.full((len(rows), len(counting)), NEVER)
        if self.counts is None or not contact.zones:
            return full, lifts
        cases = Question.of(self.request.rules, contact, None, None, None).cases(contact.at)
        for number, rule in enumerate(counting):
            condition: Any = rule.condition
            for case in cases:
                if isinstance(condition, Attempts):
                    full[:, number] |= self.counts.too_few(condition, case)[rows]
                else:
                    by_debt = condition.per in {"debt", "person_and_debt"}
                    who = rows if by_debt else self.portfolio.debtor[rows]
                    is_full, until = self.counts.full(condition, case)
                    full[:, number] |= is_full[who]
                    lifts[:, number] = np.fmax(lifts[:, number], until[who])
        return full, lifts

    def _have_later(self, contact: Contact, rows: Array) -> Array:
        """Return which rows have events after the moment: these count once they have happened."""
        later = np.zeros(len(rows), bool)
        if self.counts is not None and contact.zones:
            for case in Question.of(self.request.rules, contact, None, None, None).cases(contact.at):
                later |= self.counts.later(case)[self.portfolio.debtor[rows]]
        return later

    def _has_events(self, rows: Array) -> Array:
        if self.counts is None:
            return np.zeros(len(rows), bool)
        has = np.zeros(int(self.portfolio.debtor.max(initial=-1)) + 1, bool)
        has[self.portfolio.debtor[self.counts.known.row]] = True
        return has[self.portfolio.debtor[rows]]

    def _question(self, contact: Contact, row: int) -> Question:
        """Return the contact with the account of a row, as a question of its own."""
        kind = self.portfolio.kinds[self.portfolio.kind[row]]
        log = None
        if self.counts is not None:
            accounts = self.accounts_of(int(self.portfolio.debtor[row]))
            log = {str(each): self.counts.history(each) for each in accounts}
            contact = attrs.evolve(contact, debts=(str(row),))
        return Question.of(self.rules[kind.product], contact, log, kind.facts, None)

    def accounts_of(self, debtor: int) -> list[int]:
        """Return the rows of a debtor's accounts."""
        first, last = np.searchsorted(self._sorted[1], [debtor, debtor + 1])
        return [int(row) for row in self._sorted[0][first:last]]

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        """The rows by debtor, and the debtor of each."""
        order = np.argsort(self.portfolio.debtor, kind="stable")
        return order, self.portfolio.debtor[order]

    def _next(self, question: Question, counting: Sequence[Rule], lifts: Array) -> Array:
        """Return when contact is permitted next, given when each of the rules that count permits it."""
        concerned = {rule.id for rule in question.concerned if not question.rules.is_downgraded(rule)}
        mine = [rule.id in concerned and not rule.exempts(question.case.facts) for rule in counting]
        start = to_stamp(question.contact.at.astimezone(UTC))
        return first_open(question, np.fmax(np.fmax.reduce(lifts[:, mine], axis=1, initial=NEVER), start))


def decide_frame(
    rules: RuleSet,
    scored: Any,
    *,
    at: Any,
    log: Any,
    zones: Any,
    zones_column: str | None,
    debtor_column: str | None,
    facts: Any,
    places: Any,
    recipient: str,
    channels: Any,
    known_until: Any,
    by_channel: Any,
) -> Any:
    """Return a frame with what rules say of each account; see `ContactRules.decide_frame`."""
    if known_until is not None and log is None:
        raise ArgumentError("known_until", "is that of a log, and there is none")
    request = Request.of(
        rules, at=at, recipient=recipient, places=places, channels=channels, by_channel=by_channel
    )
    portfolio = Portfolio.read(
        scored,
        rules,
        outputs=request.new_columns,
        zones=zones,
        zones_column=zones_column,
        debtor_column=debtor_column,
        facts=facts,
    )
    counts = None
    if log is not None:
        kinds = portfolio.kinds
        # What happens before the moment in any of the zones is known. A log without a zone has local times.
        is_local = getattr(log, "zone", None) is None
        times = request.locals if is_local else request.instants
        unknown = request.at.replace(tzinfo=None) if is_local else request.at
        moment = max((time for kind in kinds for time in times(kind.zones)), default=unknown)
        caps = [rule.condition for rule in rules.rules if isinstance(rule.condition, Cap)]
        has_attempts = any(isinstance(rule.condition, Attempts) for rule in rules.rules)
        since = None if has_attempts else moment.replace(tzinfo=None) - longest(caps)
        counts = Counts.of(known_events(log, scored, moment, known_until, since), portfolio.debtor)
    columns = FrameDecision(request, portfolio, counts).columns()
    return _with_columns(portfolio.frame, columns)


def _with_columns(frame: nw.DataFrame[Any], columns: Mapping[str, Any]) -> Any:
    backend = frame.implementation

    def series(name: str, values: Any) -> nw.Series[Any]:
        if name != "next_allowed":
            return nw.new_series(name, values, nw.String, backend=backend)
        stamps = [None if each is None else each.replace(tzinfo=UTC) for each in values.astype(object)]
        return nw.new_series(name, stamps, nw.Datetime("us", "UTC"), backend=backend)

    return frame.with_columns(*(series(name, values) for name, values in columns.items())).to_native()


def _is_consented(kind: Kind, counting: Sequence[Rule]) -> bool:
    """Return whether a consent excludes some events of the accounts of a kind."""
    consents = (rule.condition.consent for rule in counting if isinstance(rule.condition, Cap))
    return any(consent is not None and consent.fact in kind.facts for consent in consents)


def _changes_later(contact: Contact, counting: Sequence[Rule]) -> bool:
    """Return whether `first_open` cannot tell the next time: for rules that begin or end to be in force.

    Nor can it for local times in several zones.
    """
    day = contact.at.date()
    instruments = (rule.instrument for rule in counting)
    return contact.at.utcoffset() is None or any(
        each.effective_to is not None or (each.effective_from is not None and each.effective_from >= day)
        for each in instruments
    )


def _has_number(condition: Any) -> bool:
    """Return whether a rule requires a known number of attempts."""
    return isinstance(condition, Attempts) and condition.least is not None


def _joined(names: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(names)) or None


def _next_instant(decision: Decision) -> np.datetime64:
    """Return the next time at which a contact is permitted, in UTC; NaT if there is none."""
    time = decision.next_allowed
    if time is None:
        return NEVER
    if time.utcoffset() is not None:
        return to_stamp(time.astimezone(UTC))
    return to_stamp(max(instants(time, zone)[1] for zone in decision.contact.zones))
