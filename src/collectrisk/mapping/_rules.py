"""Drafting the rule by which one field is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import ChoiceValidator, FlagValidator, NumberValidator, is_boolean
from collectrisk.mapping._candidates import DAYS_PAST_DUE, is_summed, words_of
from collectrisk.mapping._evidence import Cells, Dates, Numbers
from collectrisk.mapping._numbers import fitting
from collectrisk.mapping._toml import value_text
from collectrisk.mapping._words import FALSE, PLACES, SCALED_UNITS, TRUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk._fields import FieldSpec
    from collectrisk.mapping._candidates import Candidate

CODES_SHOWN = 30
COUNT_LIKE = 200
"""Larger numbers are rarely counts of attempts."""
NOT_DAYS = 20_000
"""Numbers of days from here on are more likely dates; it is more than 54 years."""


@attrs.define
class Rule:
    """A drafted rule.

    Attributes
    ----------
    spec : FieldSpec
        The field.
    columns : list of str
        Its columns; empty if the user must choose.
    keys : dict of str to object
        The other keys of the rule; an empty text is to be filled in.
    notes : list of str
        What to check or to fill in.
    numbers : list of Numbers
        What the columns of a field of numbers show.
    true, false : list of str
        The spellings of a flag.
    missing : list of (str or int)
        The codes that mean "not known" in any column.
    has_dates, has_offsets : bool
        Whether the days are counted from dates, and whether these have UTC offsets.
    """

    spec: FieldSpec
    columns: list[str] = attrs.Factory(list)
    keys: dict[str, Any] = attrs.Factory(dict)
    notes: list[str] = attrs.Factory(list)
    numbers: list[Numbers] = attrs.Factory(list)
    true: list[str] = attrs.Factory(list)
    false: list[str] = attrs.Factory(list)
    missing: list[str | int] = attrs.Factory(list)
    has_dates: bool = False
    has_offsets: bool = False


def rule_of(spec: FieldSpec, found: Sequence[Candidate], columns: Mapping[str, Sequence[object]]) -> Rule:
    """Return the rule for a field from the columns that may contain it."""
    rule = Rule(spec)
    chosen = _chosen(rule, found, columns)
    rule.columns = [each.column for each in chosen]
    if not chosen:
        return rule
    rule.notes.extend(
        f"check: what does {value_text(each.qualifier)} in the name of the column mean?"
        for each in chosen
        if each.qualifier
    )
    cells = [Cells.of(columns[each.column]) for each in chosen]
    rule.missing.extend(code for each in cells for code in each.missing)
    unknown = list(dict.fromkeys(code for each in cells for code in each.unknown))
    if unknown and not isinstance(spec.validator, ChoiceValidator):
        rule.keys["missing"] = unknown
    if isinstance(spec.validator, NumberValidator):
        if chosen[0].is_date or (spec.name == DAYS_PAST_DUE and _are_dates(cells[0])):
            _draft_dates(rule, Dates(cells[0]))
        else:
            _draft_numbers(rule, chosen, cells)
    elif isinstance(spec.validator, FlagValidator):
        _draft_flag(rule, cells[0])
    elif isinstance(spec.validator, ChoiceValidator):
        _draft_choice(rule, cells[0])
    if not rule.numbers:
        rule.missing.extend(cells[0].missing_numbers)
    return rule


def _chosen(
    rule: Rule, found: Sequence[Candidate], columns: Mapping[str, Sequence[object]]
) -> Sequence[Candidate]:
    """Return the columns to read: the exact name, the counts to add, or the only one; none to ask."""
    exact = [each for each in found if each.exact]
    usual = [each for each in found if not each.is_date] or list(found)
    summed = is_summed(rule.spec)
    best = exact or (usual if summed else _distinct(usual, columns))
    total = _total_of(best, columns) if summed else None
    best = [total] if total else best
    others = ", ".join(value_text(each.column) for each in found if each not in best)
    if others:
        rule.notes.append(f"by its name, it may also be in {others}")
    if len(best) == 1:
        return best
    if summed and _are_parts(best):
        rule.notes.append("the sum of several columns; check that nothing is counted twice")
        return best
    names = ", ".join(value_text(each.column) for each in best)
    why = ", or a list of those to add" if summed else ""
    rule.notes.append(f"to be filled in: one of {names}{why}")
    return ()


def _distinct(found: Sequence[Candidate], columns: Mapping[str, Sequence[object]]) -> list[Candidate]:
    """Return the columns without those that repeat the values of an earlier one."""
    kept: list[Candidate] = []
    for each in found:
        if all(list(columns[each.column]) != list(columns[other.column]) for other in kept):
            kept.append(each)
    return kept


def _total_of(found: Sequence[Candidate], columns: Mapping[str, Sequence[object]]) -> Candidate | None:
    """Return the column that is the sum of all others by its name and in every row, if there is one."""
    for each in found:
        parts = [other for other in found if other is not each]
        if len(parts) < 2 or not _are_parts(parts) or not PLACES.isdisjoint(words_of(each.column)):
            continue
        total = list(map(_count, columns[each.column]))
        rows = zip(*(map(_count, columns[part.column]) for part in parts), strict=True)
        if any(total) and list(map(sum, rows)) == total:
            return each
    return None


def _count(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # anything else raises
    except (TypeError, ValueError):
        return 0.0


def _are_parts(found: Sequence[Candidate]) -> bool:
    """Return whether columns count calls to different telephones, so that no call is in two of them."""
    words = [words_of(each.column) for each in found]
    common = {tuple(word for word in each if word not in PLACES) for each in words}
    return len(common) == 1 and not any(PLACES.isdisjoint(each) for each in words)


def may_contain(spec: FieldSpec, values: Sequence[object]) -> bool:
    """Return whether a column with another name may contain a field with a default, by its values."""
    cells = Cells.of(values)
    codes = cells.codes()
    if len(codes) == sum(cells.texts.values()) + len(cells.typed):
        return False  # a different value in every row, such as a number or a name of the account
    if isinstance(spec.validator, FlagValidator):
        return len(codes) <= 2
    if isinstance(spec.validator, NumberValidator):
        numbers = [_count(code) for code in codes if code.replace(".", "", 1).isdecimal()]
        return (
            len(numbers) == len(codes)
            and max(numbers) <= COUNT_LIKE
            and all(each % 1 == 0 for each in numbers)
        )
    return isinstance(spec.validator, ChoiceValidator) and len(codes) <= CODES_SHOWN and not _count(codes[0])


def _are_dates(cells: Cells) -> bool:
    """Return whether the cells are dates and not numbers of days."""
    dates = Dates(cells)
    if dates.are_typed:
        return True
    numbers = [_count(key) for key in cells.codes()]
    plain = [text for text in cells.known_texts() if not text.isdecimal()]
    large = bool(numbers) and min(numbers) >= NOT_DAYS and not plain
    return bool(dates.styles) and (large or (bool(plain) and not Numbers(cells).texts))


def _draft_dates(rule: Rule, dates: Dates) -> None:
    rule.has_dates, rule.has_offsets = True, dates.have_offsets
    if dates.example is None:
        return
    shown = value_text(str(dates.example))
    if len(dates.styles) == 1:
        rule.keys["date"] = dates.styles[0]
        return
    rule.keys["date"] = ""
    if dates.styles:
        several = " or ".join(map(value_text, dates.styles))
        rule.notes.append(f"to be filled in: date is {several}; {shown} can be read in each of them")
    else:
        rule.notes.append(f"to be filled in: date, the format of dates such as {shown}; no usual one fits")


def _draft_numbers(rule: Rule, chosen: Sequence[Candidate], cells: Sequence[Cells]) -> None:
    spec = rule.spec
    counts_days = spec.name == DAYS_PAST_DUE
    found = [Numbers(each, counts_days) for each in cells]
    codes = cells[0].codes()
    if len(found) == 1 and codes and (chosen[0].graded or _has_words_only(found[0])):
        _ask_values(rule, codes)
        return
    rule.numbers = found
    rule.missing.extend(code for each in found for code in each.missing_numbers)
    _draft_factor(rule, chosen, found)
    for each in found:
        _note_doubts(rule, each)


def _has_words_only(numbers: Numbers) -> bool:
    return bool(numbers.others) and not (numbers.texts or numbers.cells.typed or numbers.currencies)


def _draft_factor(rule: Rule, chosen: Sequence[Candidate], found: Sequence[Numbers]) -> None:
    by_name, period = chosen[0].scale, chosen[0].period
    by_unit = SCALED_UNITS.get(found[0].scaled_unit or "")
    if period is not None:
        certain = period == 7
        rule.keys["factor"] = 7 if certain else ""
        todo = "check: " if certain else f"to be filled in: factor, for example {period:g}; "
        rule.notes.append(f"{todo}the column counts periods of about {period:g} days, by its name")
    elif chosen[0].qualifier and by_name is None and by_unit is None and not is_summed(rule.spec):
        rule.keys["factor"] = ""
        rule.notes.append("to be filled in: factor, 1 if the name says nothing about the unit")
    elif by_name is not None or by_unit is not None:
        scale = by_unit if by_unit is not None else by_name
        doubtful = None not in {by_name, by_unit} and by_name != by_unit
        if doubtful or (scale == 0.01 and found[0].has_fractions):
            rule.keys["factor"] = ""
            rule.notes.append(f"to be filled in: factor, {scale:g} or 1; name, unit and decimals disagree")
        else:
            rule.keys["factor"] = scale
            rule.notes.append(f"check: the amounts are multiplied by {scale:g}, by their name or unit")


def _note_doubts(rule: Rule, numbers: Numbers) -> None:
    if len(numbers.currencies) > 1:
        several = ", ".join(map(value_text, numbers.currencies))
        rule.notes.append(f"the amounts are in several currencies ({several}); convert them first")
    elif numbers.others:
        shown = ", ".join(map(value_text, numbers.others[:3]))
        rule.notes.append(
            f"{shown}: not a number; list it under missing if it means 'not known', or its unit under units"
        )
    if numbers.negatives and not numbers.missing_numbers:
        shown = ", ".join(numbers.negatives[:3])
        rule.notes.append(f"{shown}: negative; list it under missing if it means 'not known'")
    if numbers.cells.nines:
        rule.notes.append(f"{', '.join(numbers.cells.nines)}: list it under missing if it means 'not known'")


def _draft_flag(rule: Rule, cells: Cells) -> None:
    codes = Cells(cells.texts, tuple(value for value in cells.typed if not is_boolean(value))).codes()
    if any(code.lower() not in TRUE | FALSE for code in codes):
        _ask_values(rule, codes)
        return
    rule.true = [code for code in codes if code.lower() in TRUE]
    rule.false = [code for code in codes if code.lower() in FALSE]
    if rule.true and not rule.false:
        rule.notes.append(
            f"only {value_text(rule.true[0])} occurs; a blank cell is not known, and counts as no"
        )
    elif rule.false and not rule.true:
        rule.notes.append(f"only {value_text(rule.false[0])} occurs; add the spelling of yes to true")


def _draft_choice(rule: Rule, cells: Cells) -> None:
    validator = rule.spec.validator
    assert isinstance(validator, ChoiceValidator)  # noqa: S101  # for the type checker
    codes = cells.codes(unknown=True)
    if any(code not in validator.values for code in codes):
        _ask_values(rule, codes)


def _ask_values(rule: Rule, codes: Sequence[str]) -> None:
    """List the codes of a column, with the field's values where they are certain."""
    validator = rule.spec.validator
    rule.keys["values"] = {code: _certain(code, validator) for code in codes[:CODES_SHOWN]}
    if len(codes) > CODES_SHOWN:
        rule.notes.append(f"the column has {len(codes) - CODES_SHOWN:,} more values; is it the right one?")
    if "" in rule.keys["values"].values():
        rule.notes.append(f"to be filled in: {validator.requirement}, for each code")


def _certain(code: str, validator: Any) -> object:
    if isinstance(validator, ChoiceValidator):
        name = "_".join(code.lower().replace("-", " ").replace("_", " ").split())
        return name if name in validator.values else ""
    if isinstance(validator, FlagValidator) and code.lower() in TRUE | FALSE:
        return code.lower() in TRUE
    return ""


def convention_keys(formats: Sequence[Any], example: str) -> tuple[dict[str, str], list[str]]:
    """Return the keys for the only convention that fits, or keys and notes to choose between several."""
    if len(formats) == 1:
        chosen = formats[0]
        return {
            "decimal": chosen.decimal,
            **({"thousands": chosen.thousands} if chosen.thousands else {}),
        }, []
    notes = ["to be filled in: decimal, and thousands if digits are grouped"]
    for each in formats:
        grouped = f", thousands = {value_text(each.thousands)}" if each.thousands else ""
        meant = f"{float(each.plain(example)):.15g}"
        notes.append(f"  decimal = {value_text(each.decimal)}{grouped}: {value_text(example)} is {meant}")
    return {"decimal": ""}, notes


def ambiguous(texts: Sequence[str], units: tuple[str, ...]) -> str | None:
    """Return a text that differs between the conventions that all texts follow, or None."""
    formats = fitting(texts, units)
    return next((text for text in texts if len({each.plain(text) for each in formats}) > 1), None)
