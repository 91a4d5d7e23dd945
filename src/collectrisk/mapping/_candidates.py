"""The columns that may contain each field, by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import NumberValidator
from collectrisk._meaning import meaning_of, normalize
from collectrisk.mapping._words import CURRENCIES, DAYS, GRADES, PERIODS, PLACES, SCALES, WORDS_FOR_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from collectrisk._fields import FieldSpec
    from collectrisk._meaning import Meaning

DAYS_PAST_DUE = "days_past_due"

_WITHOUT_BRACKETS = str.maketrans(dict.fromkeys("()[]{}（）【】'’.", " "))
_SCALE_WORDS = {word: scale for scale, words in SCALES.items() for word in words}
_PERIOD_WORDS = {word: days for days, words in PERIODS.items() for word in words}
_IN_BRACKETS = re.compile(r"[(\[{（【](.*?)[)\]}）】]")
_THOUSANDS = re.compile(
    r"(?<![^\W_])(?:[tk] ?(?:€|eur|usd|gbp|£|\$)|[€£$] ?k|in 1[.,' ]?000)(?![^\W_])", re.IGNORECASE
)
_NEUTRAL_WORDS = """
    in total all number count no nr flag y n yes 0 1 gesamt alle anzahl ja nein totale tutti tous nombre
    oui non celkem pocet ano ne si 次 笔 合计 是 否 是否
"""
_NEUTRAL = frozenset(
    {normalize(unit) for units in (*CURRENCIES, DAYS) for unit in units}
    | {*_SCALE_WORDS, *_PERIOD_WORDS, *WORDS_FOR_DAYS, *GRADES, *PLACES}
    | {"", *_NEUTRAL_WORDS.split()}
)
"""Words in brackets that do not change which field a column contains."""


@attrs.frozen
class Candidate:
    """A column that may contain a field.

    Attributes
    ----------
    column : str
        The name of the column.
    field : str
        The field.
    exact : bool
        Whether the column has the field's own name.
    is_date : bool
        Whether the column contains the date from which the field follows, by its name.
    scale : float or None
        What the amounts are multiplied by, by the name.
    period : float or None
        About how many days a number stands for, by the name.
    graded : bool
        Whether the values are classes of numbers, by the name.
    qualifier : str
        Text in brackets that may change what the column contains, such as "answered".
    """

    column: str
    field: str
    exact: bool = False
    is_date: bool = False
    scale: float | None = None
    period: float | None = None
    graded: bool = False
    qualifier: str = ""

    @property
    def keys(self) -> dict[str, Any]:
        """The keys of the field's rule that follow from the name."""
        if self.graded:
            return {"values": {}}  # refused until the user says what each class means
        factor = self.scale if self.period is None else self.period
        return {} if factor in (None, 1) else {"factor": factor}

    @property
    def hint(self) -> str:
        """What the name says about the values, as the end of a message, or nothing."""
        if self.graded:
            return "; by its name, it contains classes, so say with `values` what each one means"
        if self.period is not None:
            return f"; by its name, it counts periods of about {self.period:g} days: a mapping needs a factor"
        if self.scale is not None:
            unit = f"{self.scale:.15g}"
            return f"; by its name, its unit is {unit}: a mapping reads it with factor = {unit}"
        return f"; check what {self.qualifier!r} in its name means" if self.qualifier else ""


def candidates(columns: Iterable[str], specs: Mapping[str, FieldSpec]) -> dict[str, list[Candidate]]:
    """Return the columns that may contain each field, in the order of the file."""
    found: dict[str, list[Candidate]] = {}
    for column in columns:
        candidate = candidate_of(column, specs)
        if candidate is not None:
            found.setdefault(candidate.field, []).append(candidate)
    return found


def candidate_of(column: str, specs: Mapping[str, FieldSpec]) -> Candidate | None:
    """Return which field a column may contain, or None."""
    words = words_of(column)
    if column in specs:
        exact, field, is_date = True, column, False
    else:
        meaning = meaning_of(column) or _without_hints(words, specs)
        if meaning is None or meaning.field not in specs:
            return None
        exact, field, is_date = False, meaning.field, meaning.is_date
    if specs[field].private:
        return None
    validator = specs[field].validator
    is_amount = isinstance(validator, NumberValidator) and not validator.integer
    counts_days = field == DAYS_PAST_DUE and not is_date
    return Candidate(
        column,
        field,
        exact,
        is_date,
        scale=_scale(column, words) if is_amount else None,
        period=_period(words) if counts_days else None,
        graded=isinstance(validator, NumberValidator) and not GRADES.isdisjoint(words),
        qualifier="" if exact else _qualifier(column),
    )


def _qualifier(column: str) -> str:
    inside = _IN_BRACKETS.findall(_THOUSANDS.sub(" ", column))
    return next((each for each in inside if not _NEUTRAL.issuperset(words_of(each))), "").strip()


def words_of(column: str) -> list[str]:
    """Return the words of a name, those in brackets included."""
    return normalize(column.translate(_WITHOUT_BRACKETS)).split()


def _scale(column: str, words: Iterable[str]) -> float | None:
    if _THOUSANDS.search(column):
        return 1_000
    # Chinese has no blanks between words; its longest units contain the shorter ones.
    inside = [word for word in _SCALE_WORDS if not word.isascii() and len(word) > 1 and word in column]
    longest = sorted(inside, key=len, reverse=True)
    return next((_SCALE_WORDS[word] for word in [*longest, *words] if word in _SCALE_WORDS), None)


def _period(words: Iterable[str]) -> float | None:
    return next((_PERIOD_WORDS[period] for _, period in _periods(words)), None)


def _periods(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each word that contains a period, and the period."""
    for word in words:
        parts = [word] if word.isascii() else [word, "个月", "月", "周", "年"]
        yield from ((word, part) for part in parts if part in _PERIOD_WORDS and part in word)


def _without_hints(words: list[str], specs: Mapping[str, FieldSpec]) -> Meaning | None:
    """Return the meaning of a name without words for a unit, a class, or a place of calls."""
    for hints, counts_only in ((_SCALE_WORDS.keys() | GRADES, False), (PLACES, True)):
        left = [word for word in words if word not in hints]
        meaning = meaning_of(" ".join(left)) if left != words else None
        if meaning is None or meaning.is_date or meaning.field not in specs:
            continue
        validator = specs[meaning.field].validator
        if isinstance(validator, NumberValidator) and (not counts_only or is_summed(specs[meaning.field])):
            return meaning
    return _in_days(words)


def is_summed(spec: FieldSpec) -> bool:
    """Return whether the numbers of several columns may be added: counts of what happened."""
    return isinstance(spec.validator, NumberValidator) and spec.validator.integer and not spec.required


def _in_days(words: list[str]) -> Meaning | None:
    """Return the meaning of a name as if it counted days instead of longer periods."""
    for word, period in _periods(words):
        for days in WORDS_FOR_DAYS:
            swapped = [each.replace(period, days) if each == word else each for each in words]
            meaning = meaning_of(" ".join(swapped))
            if meaning and meaning.field == DAYS_PAST_DUE and not meaning.is_date:
                return meaning
    return None
