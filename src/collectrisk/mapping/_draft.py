"""Drafting the mapping of an export, for a user to check and to complete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.errors import printable
from collectrisk.mapping._candidates import candidates
from collectrisk.mapping._numbers import BLANKS, fitting
from collectrisk.mapping._rules import Rule, ambiguous, convention_keys, may_contain, rule_of
from collectrisk.mapping._toml import key_text, value_text
from collectrisk.mapping._words import FOOTER, TOTALS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from collectrisk._fields import FieldSpec

_TOTAL = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(TOTALS, key=len, reverse=True)))})\s*[:：]?(?:\s*[(（\d].*)?",
    re.IGNORECASE,
)

_FOOTER = re.compile(FOOTER, re.IGNORECASE)

Table = dict[str, list[object]]


@attrs.frozen
class Setting:
    """How a file was read, or a value that is to be filled in.

    Attributes
    ----------
    value : object
        The value; an empty text is to be filled in.
    note : str
        What to check, if anything.
    """

    value: str | int
    note: str = ""


def draft_mapping(
    columns: Mapping[str, Sequence[object]],
    specs: Mapping[str, FieldSpec],
    *,
    command: str,
    reading: Mapping[str, Setting] | None = None,
    as_of: dt.date | None = None,
) -> str:
    """Return the text of a TOML file with a mapping that a user must check.

    What is certain is written. Where a choice is needed, there is an empty text, which
    `Mapping.read` rejects until it is filled in. What is only likely is in comments.

    Parameters
    ----------
    columns : mapping of str to list
        The cells of each column: text or typed values, None where a cell is empty.
    specs : mapping of str to FieldSpec
        The fields to look for.
    command : str
        The command that scores the file with the mapping.
    reading : mapping of str to Setting, optional
        How the file was read: encoding, delimiter, skip_lines and sheet.
    as_of : date, optional
        The day up to which dates are counted.
    """
    table, skipped = _accounts({name: list(cells) for name, cells in columns.items()})
    found = candidates(table, specs)
    rules = [rule_of(spec, found[name], table) for name, spec in specs.items() if name in found]
    parts = [
        _header(command),
        _reading(reading or {}),
        _conventions(rules),
        _codes(rules),
        _as_of(rules, as_of),
        _skip(skipped),
        _fields(rules, specs, {name: table[name] for name in _unused_names(rules, table)}),
        *map(_values, rules),
        _unused(rules, columns),
    ]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in parts if lines)


def _comment(text: str) -> str:
    return f"# {printable(text, one_line=True)}"


def _line(key: str, value: Any) -> str:
    return f"{key_text(key)} = {value_text(value)}"


def _header(command: str) -> list[str]:
    return [
        "# How the columns of an export become the fields of a borrower: a draft by `collectrisk map`.",
        '# Check every line, and fill in every "", which is an error until then. Then score the file with',
        _comment(f"  {command}"),
    ]


def _reading(reading: Mapping[str, Setting]) -> list[str]:
    lines = []
    for key, setting in reading.items():
        lines += [*([_comment(setting.note)] if setting.note else []), _line(key, setting.value)]
    return lines


def _accounts(table: Table) -> tuple[Table, dict[str, list[str]]]:
    """Return the rows that are accounts, and the labels of the others by column."""
    skipped: dict[str, list[str]] = {}
    kept = []
    rows = list(zip(*table.values(), strict=True))
    names = list(table)
    for row in rows:
        place = _place_of_label(row, names)
        if place is None:
            kept.append(row)
            continue
        label = str(row[place]).strip(BLANKS)
        if _FOOTER.fullmatch(label):
            label = re.sub("[0-9]+", "*", label)  # the next export has another number of rows
        if label not in skipped.setdefault(names[place], []):
            skipped[names[place]].append(label)
    left = zip(*kept, strict=True) if kept else ([] for _ in names)
    return {name: list(cells) for name, cells in zip(names, left, strict=True)}, skipped


def _place_of_label(row: Sequence[object], names: Sequence[str]) -> int | None:
    """Return the place of the cell that shows that a row is a total or repeats the header."""
    texts = [cell.strip(BLANKS) if isinstance(cell, str) else cell for cell in row]
    filled = [place for place, text in enumerate(texts) if text not in {None, ""}]
    if len(filled) > 1 and all(texts[place] == names[place].strip(BLANKS) for place in filled):
        return filled[0]
    # A total lacks most of what an account has, or has its label where accounts have their number.
    places = filled if len(filled) <= max(2, len(names) // 2) else filled[:1]
    return next((place for place in places if _is_total(texts[place])), None)


def _is_total(text: object) -> bool:
    return isinstance(text, str) and bool(_TOTAL.fullmatch(text) or _FOOTER.fullmatch(text))


def _conventions(rules: Sequence[Rule]) -> list[str]:
    """Return how numbers are written in the file, or give the fields conventions of their own."""
    numbers = [each for rule in rules for each in rule.numbers]
    units = tuple(dict.fromkeys(unit for each in numbers for unit in each.units))
    lines = [_line("units", list(units))] if units else []
    texts = list(dict.fromkeys(text for each in numbers for text in each.separated))
    if not texts:
        comment = "no number shows how decimals are written; if one does, set decimal and thousands"
        return [*lines, *([_comment(comment)] if any(each.texts for each in numbers) else [])]
    formats = fitting(texts, units)
    if not formats:
        for rule in rules:
            _own_convention(rule, units)
        return lines
    keys, notes = convention_keys(formats, ambiguous(texts, units) or texts[0])
    if len(formats) == 1:
        for rule in rules:
            own = [text for each in rule.numbers for text in each.separated]
            doubtful = ambiguous(own, units)
            plain = None if doubtful is None else str(formats[0].plain(doubtful))
            # Another column shows the decimal separator, but not that three digits follow it.
            if plain is not None and "." in plain:
                _own_convention(rule, units)
            elif plain is not None:
                why = f"check: {value_text(str(doubtful))} is {plain}, as another column shows"
                rule.notes.append(why)
    return [*map(_comment, notes), *(_line(*item) for item in keys.items()), *lines]


def _own_convention(rule: Rule, units: tuple[str, ...]) -> None:
    texts = list(dict.fromkeys(text for each in rule.numbers for text in each.separated))
    if not texts:
        return
    formats = fitting(texts, units)
    if not formats:
        rule.keys["decimal"] = ""
        rule.notes.append("to be filled in: its columns write numbers in different ways; convert them first")
        return
    keys, notes = convention_keys(formats, ambiguous(texts, units) or texts[0])
    rule.keys |= keys
    rule.notes += notes


def _codes(rules: Sequence[Rule]) -> list[str]:
    """Return the codes for missing values and the spellings of flags."""
    columns: dict[str, list[str]] = {}
    missing: dict[str, str | int] = {}
    for rule in rules:
        for code in rule.missing:
            missing.setdefault(str(code).lower(), code)
            columns.setdefault(rule.spec.name, [])
    lines = []
    if missing:
        lines.append(_comment(f"check: these mean 'not known'; they occur in {', '.join(columns)}"))
        lines.append(_line("missing", list(missing.values())))
    true = _spellings([rule.true for rule in rules])
    false = _spellings([rule.false for rule in rules])
    if true or false:
        lines += [_line("true", true), _line("false", false)]
    return lines


def _spellings(several: Sequence[Sequence[str]]) -> list[str]:
    """Return spellings in the order of the file, without those that differ only in case."""
    first: dict[str, str] = {}
    for spelling in (each for spellings in several for each in spellings):
        first.setdefault(spelling.lower(), spelling)
    return list(first.values())


def _as_of(rules: Sequence[Rule], as_of: dt.date | None) -> list[str]:
    dated = [rule for rule in rules if rule.has_dates]
    if not dated:
        return []
    lines = [f"as_of = {as_of}"]
    if as_of is None:
        lines = [_comment("to be filled in: the day of the export, such as 2026-11-30"), _line("as_of", "")]
    if any(rule.has_offsets for rule in dated):
        lines.append(_comment('to be filled in: the local time zone, such as "Europe/London"'))
        lines.append(_line("zone", ""))
    return lines


def _skip(skipped: Mapping[str, Sequence[str]]) -> list[str]:
    if not skipped:
        return []
    lines = ["# Rows that are not accounts are left out; * stands for anything.", "[skip]"]
    for column, labels in skipped.items():
        lines.append(_line(column, labels))
    return lines


def _fields(rules: Sequence[Rule], specs: Mapping[str, FieldSpec], unused: Table) -> list[str]:
    by_name = {rule.spec.name: rule for rule in rules}
    lines = ["[fields]"]
    for name, spec in specs.items():
        if spec.private:
            continue
        rule = by_name.get(name)
        if rule is None:
            lines += _absent(spec, unused)
        elif "values" not in rule.keys:
            lines += [*map(_comment, rule.notes), f"{key_text(name)} = {_rule_text(rule)}"]
    return lines


def _absent(spec: FieldSpec, unused: Table) -> list[str]:
    """Return what to do with a field that was not found; a column that may contain it leaves the choice."""
    if spec.required:
        return [_comment(f"to be filled in: the column of {spec.name}"), _line(spec.name, "")]
    default = "not known" if spec.nullable else value_text(getattr(spec.default, "value", spec.default))
    possible = ", ".join(value_text(name) for name, cells in unused.items() if may_contain(spec, cells))
    if not possible:
        return [_comment(f"{spec.name}: not found; counts as {default}")]
    todo = f"to be filled in: {possible}, or false if it is absent and counts as {default}"
    return [_comment(todo), _line(spec.name, "")]


def _rule_text(rule: Rule) -> str:
    several = len(rule.columns) > 1
    columns: Any = rule.columns if several else "".join(rule.columns)
    if not rule.keys:
        return value_text(columns)
    return value_text({"columns" if several else "column": columns, **rule.keys})


def _values(rule: Rule) -> list[str]:
    """Return the table of a rule with codes, one line for each."""
    if "values" not in rule.keys:
        return []
    name = key_text(rule.spec.name)
    return [
        *map(_comment, rule.notes),
        f"[fields.{name}]",
        _line("column", rule.columns[0]),
        *(_line(key, value) for key, value in rule.keys.items() if key != "values"),
        f"[fields.{name}.values]",
        *(_line(code, value) for code, value in rule.keys["values"].items()),
    ]


def _unused_names(rules: Sequence[Rule], columns: Mapping[str, object]) -> list[str]:
    used = {column for rule in rules for column in rule.columns}
    return [name for name in columns if name and name not in used]


def _unused(rules: Sequence[Rule], columns: Mapping[str, object]) -> list[str]:
    unused = ", ".join(map(value_text, _unused_names(rules, columns)))
    return [_comment(f"Columns that are not used: {unused}")] if unused else []
