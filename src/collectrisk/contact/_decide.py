"""Deciding on one contact: every rule is evaluated, and all that matter are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk.contact._case import span
from collectrisk.contact._contact import Permission
from collectrisk.contact._decision import Decision
from collectrisk.contact._findings import Blocker, Duty, Missing, NotEnforced
from collectrisk.contact._later import lifts_at, next_allowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk.contact._question import Finding, Question


def decide(question: Question) -> Decision:
    """Return what the rules say of a contact."""
    at = question.contact.at
    permission, strict, lacking = judge(question)
    blocked = [each for each in strict if each.outcome.state == "blocked"]
    findings = [question.finding(rule, at) for rule in question.enforced(at)]
    return Decision(
        permission=permission,
        contact=question.contact,
        blocked_by=tuple(_blocker(question, each) for each in blocked),
        missing=lacking,
        obligations=tuple(_duties(question)),
        downgraded=tuple(
            _blocker(question, each)
            for each in findings
            if question.rules.is_downgraded(each.rule) and not each.outcome.passed
        ),
        not_in_force=tuple(_not_enforced(question)),
        passed=tuple(each.rule.id for each in strict if each.outcome.passed),
        next_allowed=at if permission is Permission.ALLOWED else next_allowed(question),
        ignored_events=_ignored(question),
        files=question.rules.files,
        facts=question.rules.words.facts,
    )


def judge(question: Question) -> tuple[Permission, list[Finding], tuple[Missing, ...]]:
    """Return the permission, what the rules that are not downgraded say, and the missing facts."""
    at = question.contact.at
    strict = [
        question.finding(rule, at) for rule in question.enforced(at) if not question.rules.is_downgraded(rule)
    ]
    lacking = _missing(strict, covered=question.is_covered(at))
    if any(each.outcome.state == "blocked" for each in strict):
        return Permission.FORBIDDEN, strict, lacking
    return Permission.UNKNOWN if lacking else Permission.ALLOWED, strict, lacking


def _missing(findings: list[Finding], *, covered: bool) -> tuple[Missing, ...]:
    """Return the missing facts, each with the rules that ask for it."""
    asking: dict[str, list[str]] = {} if covered else {"coverage": []}
    for each in findings:
        if each.outcome.state == "missing":
            for name in each.outcome.missing:
                asking.setdefault(name, []).append(each.rule.id)
    return tuple(Missing(fact=name, rules=tuple(rules)) for name, rules in asking.items())


def _blocker(question: Question, finding: Finding) -> Blocker:
    rule, outcome = finding.rule, finding.outcome
    return Blocker(
        rule=rule.id,
        instrument=rule.instrument.id,
        title=rule.instrument.title,
        section=rule.section,
        force=rule.instrument.force,
        modality=rule.modality,
        confidence=rule.confidence,
        observed=outcome.observed,
        limit=outcome.limit,
        lifts_at=lifts_at(question, [rule]),
        state=outcome.state,
        is_house=rule.is_house,
        would_lift=outcome.missing,
        text=rule.text,
    )


def _duties(question: Question) -> Iterable[Duty]:
    days = question.days(question.contact.at)
    for rule in question.concerned:
        condition: Any = rule.condition
        if (
            rule.is_evaluated
            or not rule.instrument.is_in_force(days)
            or not condition.applies(question.case.facts)
        ):
            continue
        unknown = tuple(name for name in condition.facts if question.case.facts.get(name) is None)
        yield Duty(
            rule=rule.id,
            instrument=rule.instrument.id,
            title=rule.instrument.title,
            section=rule.section,
            force=rule.instrument.force,
            modality=rule.modality,
            confidence=rule.confidence,
            effect=condition.effect,
            if_facts=unknown,
            text=rule.text,
        )


def _not_enforced(question: Question) -> Iterable[NotEnforced]:
    days = question.days(question.contact.at)
    for rule in question.concerned:
        if rule.instrument.is_in_force(days):
            continue
        finding = question.finding(rule, question.contact.at) if rule.is_evaluated else None
        yield NotEnforced(
            rule=rule.id,
            instrument=rule.instrument.id,
            title=rule.instrument.title,
            status=rule.instrument.status,
            effective_from=rule.instrument.effective_from,
            state="obligation" if finding is None else finding.outcome.state,
            text=rule.text,
        )


def _ignored(question: Question) -> int:
    """Return the number of events in the log that are later than the contact."""
    case = question.cases(question.contact.at)[0]
    total = 0
    for history in (case.histories or {}).values():
        zone = history.zone or case.zone
        if zone is not None:
            total += sum(span(each.at, history, zone)[0] > case.instant for each in history.events)
    return total
