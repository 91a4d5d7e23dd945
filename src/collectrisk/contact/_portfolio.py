"""A frame of scored accounts as rules see it: accounts of which the same is known, together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._errors import ArgumentError, refuse_other
from collectrisk._frames import open_frame
from collectrisk.contact._conditions import Facts
from collectrisk.contact._contact import CONTACT_CHANNELS, to_zones
from collectrisk.contact._counts import codes_of
from collectrisk.contact._vocabulary import to_day
from collectrisk.errors import ColumnNameError, ColumnProblem, MissingColumnError
from collectrisk.history._tables import ROWS_SHOWN, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from collectrisk._typing import Array
    from collectrisk.contact._ruleset import RuleSet

OUTPUTS = ("permission", "permitted_channel", "blocked_by", "missing", "next_allowed")


@attrs.frozen
class Kind:
    """What is known of some accounts, besides their events.

    Attributes
    ----------
    zones : tuple of ZoneInfo
        Where the debtor may be.
    product : str or None
        The product.
    facts : mapping of str to object
        The facts; a number is that of one of the accounts, and has the same meaning for all rules as theirs.
    """

    zones: tuple[ZoneInfo, ...]
    product: str | None
    facts: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Portfolio:
    """Scored accounts.

    Attributes
    ----------
    frame : DataFrame
        The accounts.
    channel : array of int
        The number of each row's recommended channel in `CONTACT_CHANNELS`; -1 if it has none.
    debtor : array of int
        The debtor of each row.
    kinds : list of Kind
        What is known of the accounts.
    kind : array of int
        The number of each row's kind.
    """

    frame: nw.DataFrame[Any]
    channel: Array
    debtor: Array
    kinds: list[Kind]
    kind: Array

    @classmethod
    def read(
        cls,
        scored: Any,
        rules: RuleSet,
        *,
        outputs: Iterable[str],
        zones: Any,
        zones_column: str | None,
        debtor_column: str | None,
        facts: Any,
    ) -> Portfolio:
        """Return the accounts of a frame, or raise an error that has all problems of its values."""
        frame = open_frame(scored)
        if isinstance(frame, nw.LazyFrame):
            raise ArgumentError(
                "scored", "must be an eager frame: collect it first, such as today's accounts"
            )
        reader = _Reader(frame)
        taken = tuple(name for name in outputs if name in reader.names)
        if taken:
            which = (
                "these columns; drop or rename them" if len(taken) > 1 else "this column; drop or rename it"
            )
            raise ColumnNameError(taken, f"the frame already has {which}")
        if zones is not None and zones_column is not None:
            raise ArgumentError("zones", "and zones_column must not both be given")
        constant = rules.words.checked_facts(facts)
        channel, channels = reader.codes(
            "channel", _one_of(CONTACT_CHANNELS), f"one of {', '.join(CONTACT_CHANNELS)}"
        )
        parts: dict[str, tuple[Array, list[Any]]] = {}
        if zones_column is not None:
            what = 'names of time zones, separated by ";" if there are several'
            parts["zones"] = reader.codes(zones_column, _zones, what)
        parts |= reader.known(rules, constant)
        thresholds = _thresholds(rules)
        debtor = reader.debtors(debtor_column)
        refuse("accounts", reader.problems)
        kind, first = combined([_alike(name, part, thresholds) for name, part in parts.items()], len(frame))
        places = np.array([-1 if each is None else CONTACT_CHANNELS.index(each) for each in channels] or [-1])
        return cls(
            frame=frame,
            channel=places[channel] if len(channel) else channel,
            debtor=debtor,
            kinds=[_kind(row, parts, to_zones(zones), rules.product, constant) for row in first],
            kind=kind,
        )


class _Reader:
    """Reads columns as numbers and the value of each number, and collects problems."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self.frame, self.names = frame, frame.columns
        self.problems: list[ColumnProblem] = []

    def codes(self, name: str, parse: Callable[[Any], Any], requirement: str) -> tuple[Array, list[Any]]:
        """Return a column's values as numbers, and the parsed value of each."""
        if name not in self.names:
            raise MissingColumnError(name, tuple(self.names), "skip")
        series = self.frame[name]
        missing = series.is_null().to_numpy()
        # NaN differs from itself, so that each would be a value of its own.
        values = [
            None if gone or _is_nan(value) else value
            for gone, value in zip(missing, series.to_list(), strict=True)
        ]
        single = [value if isinstance(value, Hashable) else _NOT_SINGLE for value in values]
        codes, levels = codes_of(single)
        parsed = []
        for number, level in enumerate(levels):
            try:
                parsed.append(None if level is None else parse(level))
            except (ArgumentError, TypeError, ValueError):
                parsed.append(None)
                rows = np.flatnonzero(codes == number)
                seen = tuple((int(row), values[row]) for row in rows[:ROWS_SHOWN])
                self.problems.append(ColumnProblem(name, requirement, len(rows), seen))
        return codes, parsed

    def known(self, rules: RuleSet, constant: Mapping[str, Any]) -> dict[str, tuple[Array, list[Any]]]:
        """Return the columns with the product and with facts, by their names."""
        parts = {}
        if "product" in self.names:
            what = "a product that a rule file defines"
            if rules.product is not None:
                what = f"{rules.product!r}, the product of the rules, or missing"
            product = self.codes("product", _product_of(rules), what)
            if rules.product is None:
                parts["product"] = product
        for name, fact in rules.words.facts.items():
            if name in self.names:
                if name in constant:
                    why = f"must not have {name!r}, which is a column of the frame; drop one of them"
                    raise ArgumentError("facts", why)
                parts[name] = self.codes(name, *_FACTS[fact.type])
        if "repayment_plan" in self.names and not {"repayment_plan_performing"} & {*constant, *parts}:
            codes, levels = self.codes("repayment_plan", _flag, "True, False or missing")
            # False is the default of the field, so it says nothing.
            parts["repayment_plan_performing"] = codes, [level or None for level in levels]
        return parts

    def debtors(self, name: str | None) -> Array:
        """Return the number of each row's debtor; a row without one is a debtor of its own."""
        rows = len(self.frame)
        if name is None:
            return np.arange(rows)
        codes, levels = self.codes(name, _single, "a single value or missing")
        if None in levels:
            gone = codes == levels.index(None)
            codes[gone] = len(levels) + np.arange(gone.sum())
        return np.unique(codes, return_inverse=True)[1]


_NOT_SINGLE = object()
"""What stands for a list or another value that is not a single one: no parser accepts it."""


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value


def _single(value: Any) -> Any:
    if value is _NOT_SINGLE:
        raise ValueError(value)
    return value


def _one_of(choices: Iterable[str]) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        refuse_other("value", str(value), tuple(choices))
        return str(value)

    return parse


def _product_of(rules: RuleSet) -> Callable[[Any], str]:
    is_known = _one_of(rules.words.products)

    def parse(value: Any) -> str:
        product = is_known(value)
        if not rules.may_be_about(product):
            raise ValueError(product)
        return product

    return parse


def _zones(value: Any) -> tuple[ZoneInfo, ...]:
    return to_zones([each.strip() for each in str(value).split(";")])


def _flag(value: Any) -> bool:
    if value not in {True, False}:
        raise ValueError(value)
    return bool(value)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not float(value).is_integer() or value < 0:
        raise ValueError(value)
    return int(value)


def _dates(value: Any) -> tuple[Any, ...]:
    day = value.date() if hasattr(value, "date") else value
    return (to_day(day, "value"),)


_FACTS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "flag": (_flag, "True, False or missing"),
    "number": (_number, "a whole number, 0 or more, or missing"),
    "dates": (_dates, "a date or missing"),
}


def _thresholds(rules: RuleSet) -> dict[str, Array]:
    """Return the numbers with which rules compare each fact."""
    found: dict[str, set[int]] = {}
    for rule in rules.rules:
        least = rule.condition.at_least if isinstance(rule.condition, Facts) else {}
        for name, number in (*rule.unless_above.items(), *least.items()):
            found.setdefault(name, set()).add(number)
    return {name: np.array(sorted(numbers)) for name, numbers in found.items()}


def _alike(name: str, part: tuple[Array, list[Any]], thresholds: Mapping[str, Array]) -> Array:
    """Return numbers that are equal where rules do not tell values apart."""
    codes, levels = part
    if not levels or not all(each is None or type(each) is int for each in levels):
        return codes
    limits = thresholds.get(name, np.array([], int))
    values = np.array([-1 if each is None else each for each in levels])
    # Above, at and below each limit differ; missing is below all, and differs too.
    bins = np.searchsorted(limits, values, "left") + np.searchsorted(limits, values, "right")
    return np.where(values < 0, -1, bins)[codes]


def combined(parts: list[Array], rows: int) -> tuple[Array, Array]:
    """Return numbers of the combinations of some columns, and the first row of each."""
    combined = np.zeros(rows, np.int64)
    for part in parts:
        shifted = part - part.min(initial=0)
        combined = np.unique(combined * (shifted.max(initial=0) + 1) + shifted, return_inverse=True)[1]
    _, first, kind = np.unique(combined, return_index=True, return_inverse=True)
    return kind, first


def _kind(
    row: int,
    parts: Mapping[str, tuple[Array, list[Any]]],
    zones: tuple[ZoneInfo, ...],
    product: str | None,
    constant: Mapping[str, Any],
) -> Kind:
    values = {name: levels[codes[row]] for name, (codes, levels) in parts.items()}
    zones = values.pop("zones", zones) or ()
    product = values.pop("product", product)
    return Kind(
        zones, product, {**{name: each for name, each in values.items() if each is not None}, **constant}
    )
