"""Every public function rejects bad arguments with an error of the library that names the parameter."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import pytest
from sklearn.dummy import DummyClassifier

import collectrisk as cr
from collectrisk import contact, history, plots
from collectrisk.errors import CollectRiskError, ColumnNameError, ColumnsError, MissingColumnError
from collectrisk.mapping import FieldMapping
from collectrisk.planning import allocate, forecast_visits
from collectrisk.testing import borrowers, check_scorer
from collectrisk.testing._checks import CHECKS
from collectrisk.validation import Baseline, Split, characteristic_table, validation_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RULES = cr.RuleScorer()
BORROWER = cr.Borrower(amount_overdue=30_000, days_past_due=400, failed_calls=9, attitude="evasive")
FRAME = cr.simulate_portfolio(60, seed=1, backend="polars")
VISITED = np.arange(60) % 3 == 0
LABELLED = FRAME.with_columns(visited=pl.Series(VISITED))
FITTED = cr.LogisticScorer(prior=RULES).fit(FRAME, VISITED)
DUMMY = DummyClassifier().fit(FRAME.select("days_past_due").to_numpy(), VISITED)
FORECAST = forecast_visits(RULES, FRAME)
PLANNED = RULES.assess_frame(FRAME).with_columns(worth=pl.lit(1.0))
PLAN = allocate(PLANNED, {"phone_call": 2}, values={"phone_call": "worth"})
SCALED = RULES.scaled_points()
EVALUATION = cr.evaluate(RULES, FRAME, VISITED)
BASELINE = Baseline.of(RULES, FRAME)
SPLIT = Split("a", {"x": 0.5, "y": 0.5})
ALL_CHECKS = tuple(CHECKS)
EVENTS = pl.DataFrame(
    {"account_id": ["A"], "happened_at": [dt.datetime(2026, 10, 1)], "event": ["no_answer"]}  # noqa: DTZ001
)
LOG = history.ContactLog(EVENTS)
ROWS = pl.DataFrame({"at": [dt.date(2026, 1, day) for day in range(1, 29)]})
CONTACT = contact.Contact("sms", at="2026-11-03T10:00+00:00", zones="Europe/Rome")
KNOTS = [(0, 0.0), (10, 1.0)]


class Unhashable:
    """An object that can be compared, but not hashed."""

    __hash__ = None  # type: ignore[assignment]


HOSTILE: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "-1": lambda: -1,
    "0": lambda: 0,
    "0.5": lambda: 0.5,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "1e308": lambda: 1e308,
    "10**400": lambda: 10**400,
    "2**63": lambda: 2**63,
    "fraction": lambda: Fraction(1, 3),
    "decimal nan": lambda: Decimal("sNaN"),
    "complex": lambda: 1j,
    "empty text": lambda: "",
    "text": lambda: "no such thing",
    "surrogate": lambda: "\ud800",
    "null character": lambda: "a\x00b",
    "bytes": lambda: b"amount_overdue",
    "empty list": list,
    "list of None": lambda: [None],
    "nested list": lambda: [[[1]]],
    "empty dictionary": dict,
    "dictionary": lambda: {"no such thing": object()},
    "dictionary of numbers": lambda: {0: 1},
    "set": lambda: {1, 2},
    "iterator": lambda: iter([1, 2]),
    "date": lambda: dt.date(2026, 1, 1),
    "duration": lambda: np.timedelta64(3, "D"),
    "empty array": lambda: np.array([]),
    "array": lambda: np.array([1.0, 2.0]),
    "array of objects": lambda: np.array([object(), None]),
    "matrix": lambda: np.zeros((3, 3, 3)),
    "class": lambda: int,
    "function": lambda: len,
    "module": lambda: math,
    "unhashable": Unhashable,
    "frame": lambda: pl.DataFrame({"a": [1]}),
}


@attrs.frozen
class Call:
    """A call that is valid; one argument at a time is replaced."""

    function: Callable[..., Any]
    arguments: dict[str, Any]


CALLS = {
    "Borrower": Call(
        cr.Borrower,
        {
            "amount_overdue": 3.0,
            "days_past_due": 3,
            "attitude": "evasive",
            "failed_messages": 1,
            "placed_with_agency": True,
            "product": "other",
            "borrower_id": "A",
        },
    ),
    "Rung": Call(cr.Rung, {"least": 0.1, "channel": "sms"}),
    "Ladder": Call(cr.Ladder, {"rungs": [(0, "sms"), (0.5, "agency")]}),
    "AtLeast": Call(cr.AtLeast, {"fields": ["failed_calls"], "least": 5}),
    "Bands": Call(
        cr.Bands,
        {
            "label": "a",
            "source": "A1",
            "field": "days_past_due",
            "if_missing": 0.0,
            "bands": [(0, 1.0), (5, 2.0)],
        },
    ),
    "Flag": Call(cr.Flag, {"label": "a", "source": "A1", "field": "repayment_plan", "if_true": 1.0}),
    "Gate": Call(
        cr.Gate,
        {"label": "a", "source": "A1", "conditions": [cr.AtLeast("failed_calls", 5)], "if_shut": -1.0},
    ),
    "Levels": Call(
        cr.Levels,
        {"label": "a", "source": "A1", "field": "attitude", "levels": {"hostile": 1.0}, "otherwise": 0.0},
    ),
    "PiecewiseLinear": Call(
        cr.PiecewiseLinear,
        {
            "label": "a",
            "source": "A1",
            "field": "days_past_due",
            "knots": [(1, 0.0), (10, 1.0)],
            "scale": "log",
        },
    ),
    "SlopeSpread": Call(cr.SlopeSpread, {"label": "delay", "spread": 0.3, "centre": -0.1}),
    "NumberAxis": Call(cr.NumberAxis, {"field": "days_past_due", "knots": [1.0, 10.0], "scale": "log"}),
    "LevelAxis": Call(cr.LevelAxis, {"field": "attitude", "levels": ["hostile"]}),
    "Surface": Call(
        cr.Surface,
        {
            "label": "a",
            "source": "A1",
            "x": cr.NumberAxis("days_past_due", [1, 10]),
            "y": cr.LevelAxis("attitude", ["hostile"]),
            "grid": [[1.0], [2.0]],
            "otherwise": 0.5,
            "if_missing": -1.0,
        },
    ),
    "Scorecard": Call(
        cr.Scorecard,
        {"base": -1.0, "characteristics": RULES.card.characteristics, "ladder": cr.DEFAULT_LADDER},
    ),
    "RuleScorer": Call(
        cr.RuleScorer,
        {each.name: getattr(RULES, each.name) for each in attrs.fields(cr.RuleScorer) if each.init},
    ),
    "BlendScorer": Call(
        cr.BlendScorer, {"parts": {"a": RULES, "b": FITTED}, "weights": {"a": 0.5, "b": 0.5}}
    ),
    "Mapping": Call(
        cr.Mapping,
        {
            "fields": {"amount_overdue": "Saldo"},
            "decimal": ",",
            "thousands": ".",
            "units": ["EUR"],
            "missing": ["n/a"],
            "true": ["ja"],
            "false": ["nein"],
            "zone": "Europe/Berlin",
            "as_of": "2026-11-01",
            "skip": {"Konto": ["Summe"]},
            "require": ["attitude"],
            "plausible": {"days_past_due": 10.0},
            "encoding": "utf-8",
            "delimiter": ";",
            "skip_lines": 1,
            "sheet": "a",
        },
    ),
    "FieldMapping": Call(
        FieldMapping,
        {"columns": "Saldo", "values": {"a": "cooperative"}, "factor": 0.5, "date": "iso", "missing": "x"},
    ),
    "assess": Call(RULES.assess, {"borrower": BORROWER}),
    "assess_frame": Call(
        FITTED.assess_frame,
        {"frame": FRAME, "columns": {}, "reasons": 1, "invalid": "null", "points": True, "interval": True},
    ),
    "visit_probabilities": Call(
        lambda frame, columns: RULES.visit_probabilities(frame, columns=columns),
        {"frame": FRAME, "columns": {}},
    ),
    "input_report": Call(RULES.input_report, {"frame": FRAME, "columns": {}}),
    "what_if": Call(
        lambda borrower, **changes: RULES.what_if(borrower, **changes),  # noqa: PLW0108  # positional
        {"borrower": BORROWER, "attitude": "cooperative", "failed_calls": 3},
    ),
    "ways_down": Call(RULES.ways_down, {"borrower": BORROWER}),
    "evaluate": Call(
        cr.evaluate,
        {
            "scorer": RULES,
            "frame": FRAME,
            "visited": VISITED,
            "portfolio": "product",
            "columns": {},
            "positive": True,
            "ladder": cr.DEFAULT_LADDER,
            "sample_weight": np.ones(60),
            "confidence": 0.9,
            "bins": 5,
        },
    ),
    "characteristic_table": Call(
        characteristic_table,
        {"scorer": RULES, "frame": FRAME, "visited": VISITED, "sample_weight": np.ones(60), "columns": {}}
        | {"positive": True, "confidence": 0.9},
    ),
    "validation_report": Call(
        validation_report,
        {"scorer": RULES, "development": LABELLED, "holdout": LABELLED, "visited": "visited"}
        | {"portfolio": "product", "sample_weight": None, "name": "Rules", "notes": ["A note."]},
    ),
    "report.save": Call(
        validation_report(RULES, LABELLED, LABELLED).save, {"path": "report.md", "language": "en"}
    ),
    "compare": Call(
        cr.compare,
        {
            "scorers": {"a": RULES, "b": FITTED},
            "frame": FRAME,
            "visited": VISITED,
            "portfolio": "product",
            "sample_weight": np.ones(60),
            "confidence": 0.9,
        },
    ),
    "simulate_portfolio": Call(cr.simulate_portfolio, {"n": 3, "seed": 0, "backend": "polars"}),
    "save": Call(cr.save, {"scorer": RULES, "path": "card.json"}),
    "load": Call(cr.load, {"path": "card.json"}),
    "fit": Call(
        lambda **given: cr.LogisticScorer().fit(**given),
        {"X": FRAME, "y": VISITED, "sample_weight": np.ones(60)},
    ),
    "LogisticScorer": Call(
        lambda **given: cr.LogisticScorer(**given).fit(FRAME, VISITED),
        {"prior": RULES, "characteristics": ["amount_overdue"], "portfolio": "product", "columns": {}}
        | {"monotone": {"amount_overdue": 1}, "knots": 4},
    ),
    "EstimatorScorer": Call(
        cr.EstimatorScorer,
        {"estimator": DUMMY, "features": ["days_past_due"], "positive": True, "borrower_type": cr.Borrower},
    ),
    "recalibrate": Call(FITTED.recalibrate, {"X": FRAME, "y": VISITED}),
    "scaled_points": Call(
        RULES.scaled_points,
        {"pdo": 20, "score": 600, "odds": 50, "integer": True, "accounts": FRAME, "columns": {}},
    ),
    "score_of": Call(SCALED.score_of, {"probability": 0.5}),
    "probability_of": Call(SCALED.probability_of, {"score": 500}),
    "scores": Call(SCALED.scores, {"accounts": FRAME, "columns": {}}),
    "to_frame": Call(RULES.to_frame, {"backend": "polars"}),
    "to_excel": Call(RULES.to_excel, {"path": "card.xlsx"}),
    "with_base": Call(RULES.card.with_base, {"base": 0.0}),
    "without": Call(RULES.card.without, {"label": "delay"}),
    "explain": Call(RULES.assess(BORROWER).explain, {"language": "en"}),
    "curve": Call(
        plots.curve, {"scorer": RULES, "label": "delay", "data": FRAME, "ax": None, "language": "en"}
    ),
    "curves": Call(
        plots.curves, {"scorer": RULES, "fields": ["days_past_due"], "data": FRAME, "language": "en"}
    ),
    "gains": Call(plots.gains, {"evaluation": EVALUATION, "ax": None, "language": "en"}),
    "roc": Call(plots.roc, {"evaluation": EVALUATION, "ax": None}),
    "reliability": Call(plots.reliability, {"evaluation": EVALUATION, "ax": None}),
    "portfolio": Call(plots.portfolio, {"scorer": RULES, "frame": FRAME, "ax": None, "language": "en"}),
    "plots.reasons": Call(
        plots.reasons, {"assessment": RULES.assess(BORROWER), "ax": None, "language": "en"}
    ),
    "forecast_visits": Call(
        forecast_visits,
        {"scorer": RULES, "accounts": FRAME, "spread": 0.5, "portfolio": "product", "portfolio_spread": 0.2}
        | {"columns": {}, "horizon": "within a year"},
    ),
    "by": Call(FORECAST.by, {"column": "product"}),
    "interval": Call(FORECAST.interval, {"share": 0.9}),
    "enough_for": Call(FORECAST.enough_for, {"share": 0.9}),
    "at_least": Call(FORECAST.at_least, {"visits": 3}),
    "forecast": Call(plots.forecast, {"forecast": FORECAST, "ax": None, "language": "en"}),
    "allocate": Call(
        allocate,
        {"scored": PLANNED, "capacity": {"phone_call": {"credit_card": 1, "online_loan": 2, "other": 3}}}
        | {"values": {"phone_call": "worth"}, "permitted": None, "ties": "borrower_id", "by": "product"}
        | {"probability": "visit_probability"},
    ),
    "plan.explain": Call(PLAN.explain, {"key": "B0000001", "language": "en"}),
    "channel_of": Call(PLAN.channel_of, {"key": "B0000001"}),
    "capacity_of": Call(PLAN.capacity_of, {"channel": "phone_call"}),
    "with_capacity": Call(PLAN.with_capacity, {"capacity": {"phone_call": 3}}),
    "plan.compare": Call(PLAN.compare, {"other": PLAN}),
    "plan.frontier": Call(PLAN.frontier, {"channel": "phone_call", "capacities": [1]}),
    "frontier": Call(
        plots.frontier,
        {"plan": PLAN, "channel": "phone_call", "capacities": [1], "ax": None, "language": "en"},
    ),
    "Split": Call(Split, {"name": "a", "shares": {"x": 0.5, "y": 0.5}}),
    "split.add": Call(SPLIT.add, {"group": "z", "share": 0.1, "taken_from": ["x"]}),
    "group_of": Call(SPLIT.group_of, {"key": "A"}),
    "split.attach": Call(SPLIT.attach, {"frame": FRAME, "key": "borrower_id"}),
    "split.compare": Call(
        SPLIT.compare,
        {"frame": SPLIT.attach(FRAME), "visited": VISITED, "reference": "y", "positive": True}
        | {"confidence": 0.9},
    ),
    "split.save": Call(SPLIT.save, {"path": "split.json"}),
    "split.load": Call(Split.load, {"path": "split.json"}),
    "Baseline.of": Call(Baseline.of, {"scorer": RULES, "accounts": FRAME, "columns": {}, "bins": 5}),
    "baseline.compare": Call(
        attrs.evolve(BASELINE, scorer=None).compare, {"accounts": FRAME, "scorer": RULES, "columns": {}}
    ),
    "baseline.save": Call(BASELINE.save, {"path": "baseline.json"}),
    "baseline.load": Call(Baseline.load, {"path": "baseline.json"}),
    "check_scorer": Call(
        check_scorer,
        {"scorer": RULES, "monotone": {"amount_overdue": 1}, "borrowers": [BORROWER], "skip": ALL_CHECKS},
    ),
    "borrowers": Call(borrowers, {"borrower_type": cr.Borrower, "attitude": "evasive"}),
    "arrears": Call(
        history.arrears,
        {
            "instalments": EVENTS.select("account_id", due_on="happened_at", amount_due=1.0),
            "payments": EVENTS.select("account_id", paid_on="happened_at", amount_paid=1.0),
            "as_of": "2026-11-01",
            "columns": {"due_on": "due_on"},
            "zone": "Europe/Rome",
            "grace_days": 1,
            "decimals": 2,
        },
    ),
    "EventKind": Call(
        history.EventKind,
        {"name": "a", "description": "A.", "channel": "sms", "failed": True, "shows": "evasive"}
        | {"effect": "payment"},
    ),
    "AttitudeRule": Call(
        history.AttitudeRule, {"attitude": "hostile", "shows": "hostile", "least": 2, "source": "A4.3"}
    ),
    "ContactLog": Call(
        history.ContactLog,
        {"events": EVENTS, "columns": {}, "codes": {"NA": "no_answer"}, "zone": "Europe/Rome"}
        | {"grace_days": 3, "kept_share": 1.0, "failed_since": 30, "clock_changes": "keep"}
        | {"attitude_rules": history.ATTITUDE_RULES, "decimals": 2},
    ),
    "fields": Call(LOG.fields, {"as_of": "2026-11-01"}),
    "attach": Call(
        LOG.attach, {"accounts": EVENTS, "as_of_column": "happened_at", "unknown_accounts": "raise"}
    ),
    "check": Call(LOG.check, {"as_of": "2026-11-01", "accounts": EVENTS}),
    "snapshots": Call(
        LOG.snapshots, {"every": "week", "from_": "2026-10-01", "until": "2026-11-01", "exits": ["visit"]}
    ),
    "split_by_time": Call(
        history.split_by_time,
        {"frame": ROWS, "column": "at", "within_days": 5, "known_until": "2026-02-01", "zone": "Europe/Rome"}
        | {"at": "2026-01-10"},
    ),
    "split_by_time share": Call(
        history.split_by_time,
        {"frame": ROWS, "column": "at", "within_days": 5, "known_until": "2026-02-01", "share": 0.5},
    ),
    "outcomes": Call(
        LOG.outcomes,
        {"kind": "visit", "accounts": EVENTS, "after": "happened_at", "within_days": 30, "exits": ["visit"]}
        | {"known_until": "2027-01-01", "first_only": True, "name": "visited"},
    ),
    "of": Call(LOG.of, {"account": "A", "as_of": "2026-11-01"}),
    "Contact": Call(
        contact.Contact,
        {"channel": "sms", "at": "2026-11-03T10:00+00:00", "zones": ("Europe/Rome",), "person": "p"}
        | {"debts": ("A",), "recipient": "debtor", "place": "home", "contact_point": "+1"}
        | {"purpose": "collect"},
    ),
    "ContactRules.load": Call(
        contact.ContactRules.load,
        {"jurisdiction": "US", "actor": "third_party", "product": "credit_card", "as_of": "2026-11-01"}
        | {"house": {}, "downgrade": ["should_not"], "holidays": {2026: []}},
    ),
    "ContactRules.from_file": Call(contact.ContactRules.from_file, {"path": "none.toml"}),
    "decide": Call(
        contact.ContactRules.load("US").decide,
        {"contact": CONTACT, "log": LOG.of("A", as_of="2026-11-01"), "facts": {}, "borrower": BORROWER},
    ),
    "recommend": Call(
        contact.recommend,
        {
            "assessment": cr.RuleScorer().assess(BORROWER),
            "rules": contact.ContactRules.load("US"),
            "contact": CONTACT,
            "log": LOG.of("A", as_of="2026-11-01"),
            "facts": {},
            "channels": ["sms"],
            "places": {"sms": "mobile"},
        },
    ),
}

PARAMETERS = [(name, parameter) for name, call in CALLS.items() for parameter in call.arguments]

BY_CONVENTION = {
    ("fit", "X"),
    ("fit", "y"),
    ("fit", "sample_weight"),
    ("recalibrate", "X"),
    ("recalibrate", "y"),
}
"""Arguments for which a caller expects scikit-learn's errors."""

CONTENT = {
    "frame",
    "scored",
    "X",
    "data",
    "fields",
    "scorer",
    "path",
    "events",
    "accounts",
    "instalments",
    "payments",
}
"""Arguments whose errors may be about their columns instead."""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write files in a directory of the test, and close its figures."""
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    plt.close("all")


def outcome(name: str, parameter: str, what: str) -> str:
    """Return an empty text if a call accepts a value, or rejects it as it should."""
    call = CALLS[name]
    try:
        call.function(**{**call.arguments, parameter: HOSTILE[what]()})
    except CollectRiskError as error:
        message = str(error)
        names = {parameter, parameter.replace("_", " "), parameter.removesuffix("s")}
        about_columns = isinstance(error, (MissingColumnError, ColumnsError, ColumnNameError))
        named = any(each in message for each in names) or parameter in CONTENT or about_columns
        return "" if named else f"{parameter}={what}: {message}"
    except (TypeError, ValueError) as error:
        expected = (name, parameter) in BY_CONVENTION
        return "" if expected else f"{parameter}={what}: {type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_some_bad_arguments_are_rejected_by_name(name: str, parameter: str) -> None:
    """Each parameter gets two of the values; the next test passes all of them."""
    first = PARAMETERS.index((name, parameter)) * 2
    values = list(HOSTILE)
    found = [outcome(name, parameter, values[(first + each) % len(values)]) for each in range(2)]
    assert [each for each in found if each] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_every_bad_argument_is_rejected_by_name(name: str, parameter: str) -> None:
    found = [outcome(name, parameter, what) for what in HOSTILE]
    assert [each for each in found if each] == []
