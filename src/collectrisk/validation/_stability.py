"""How much the accounts changed since a baseline, compared with what chance alone gives."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.special import ndtri

from collectrisk._channel import Channel
from collectrisk._display.document import ExplainedDocument, paragraph, table
from collectrisk._display.words import LANGUAGES, format_number, words_in
from collectrisk._export import Tabular
from collectrisk.errors import ArgumentError, did_you_mean, shown
from collectrisk.validation._chance import LEVEL, Bins, judge
from collectrisk.validation._distribution import LevelCounts, NumberCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._typing import Interval, Language
    from collectrisk.validation._distribution import Counts
    from collectrisk.validation._portfolio import PortfolioCounts

SCORE, CHANNEL = "visit_probability", "channel"


@attrs.frozen(kw_only=True)
class BinChange:
    """One bin, then and now.

    Attributes
    ----------
    value : str
        The bin: an interval of a number, a level, or missing values.
    before, now : int
        The number of accounts in the baseline, and of the accounts that are compared with it.
    share_before, share_now : float
        Their shares of all accounts.
    psi : float
        The bin's part of the population stability index.
    names : dict of str to str
        The bin in each language.
    """

    value: str
    before: int
    now: int
    share_before: float
    share_now: float
    psi: float
    names: dict[str, str] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Change(ExplainedDocument, Tabular):
    """How much one distribution changed: that of the score, of the channels or of a field.

    ``print(change)`` shows its bins as text, and a notebook as a table.

    Attributes
    ----------
    name : str
        The field, ``"visit_probability"`` or ``"channel"``.
    psi : float
        The population stability index.
    expected : float or None
        The mean of the index by chance alone, for these numbers of accounts. This, `limit` and `p_value`
        are None if accounts are not independent.
    limit : float or None
        What it exceeds by chance alone with a probability of 5 %.
    p_value : float or None
        The probability with which chance alone gives an index that is at least as large.
    bins : tuple of BinChange
        The bins that contain accounts.
    """

    name: str
    psi: float
    expected: float | None
    limit: float | None
    p_value: float | None
    bins: tuple[BinChange, ...]

    @property
    def changed(self) -> bool | None:
        """Whether the index is larger than chance explains, at the 5 % level; None if that is not known."""
        return None if self.p_value is None else self.p_value <= LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data, which JSON can represent."""
        bins = [attrs.asdict(each, filter=lambda field, _: field.name != "names") for each in self.bins]
        numbers = {name: getattr(self, name) for name in ("psi", "expected", "limit", "p_value", "changed")}
        return {**numbers, "bins": bins}

    def _columns(self) -> dict[str, list[Any]]:
        names = [field.name for field in attrs.fields(BinChange) if field.name != "names"]
        return {name: [getattr(each, name) for each in self.bins] for name in names}

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language).stability
        header = words.value, words.before, words.now, words.share_before, words.share_now, words.psi
        rows = [_bin_cells(each, language) for each in self.bins]
        figures = _figures(self.psi, self.limit)
        template = words.change_only if self.p_value is None else words.change
        caption = template.format(self.name, *figures, _p_text(self.p_value))
        yield table(caption, header, rows)


@attrs.frozen(kw_only=True)
class Stability(ExplainedDocument, Tabular):
    """How much the accounts changed since a baseline, as `Baseline.compare` returns it.

    ``print(stability)`` shows it as text, and a notebook as tables.

    Attributes
    ----------
    accounts_before, accounts_now : int
        The numbers of accounts.
    invalid : int
        The number of accounts of a lazy frame that are left out, because a value is not valid.
    expected_visits_before, expected_visits_now : float
        The sums of the visit probabilities.
    rate_before, rate_now : float
        Their means.
    rate_difference_interval : tuple of float, or None
        The 95 % interval of the difference of the means: what it would be in all such accounts. None if
        accounts are not independent.
    changes : dict of str to Change
        The changes of the score, of the channels and of each field.
    """

    accounts_before: int
    accounts_now: int
    invalid: int
    expected_visits_before: float
    expected_visits_now: float
    rate_before: float
    rate_now: float
    rate_difference_interval: Interval | None
    changes: dict[str, Change] = attrs.field(repr=lambda changes: repr(list(changes)))

    def __getitem__(self, name: str) -> Change:
        if not isinstance(name, str) or name not in self.changes:
            guess = did_you_mean(name, self.changes) if isinstance(name, str) else ""
            known = ", ".join(self.changes)
            raise ArgumentError("name", f"must be one of {known}, not {shown(name)}{guess}")
        return self.changes[name]

    @property
    def independent(self) -> bool:
        """Whether the accounts count as independent, so that chance alone can be computed."""
        return self.rate_difference_interval is not None

    @property
    def changed(self) -> list[str]:
        """What changed by more than chance explains, the largest index first; empty if not `independent`."""
        found = [each for each in self.changes.values() if each.changed]
        return [each.name for each in sorted(found, key=lambda each: -each.psi)]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, which JSON can represent."""
        names = [field.name for field in attrs.fields(Stability) if field.name != "changes"]
        numbers = {name: getattr(self, name) for name in names}
        interval = self.rate_difference_interval
        numbers["rate_difference_interval"] = None if interval is None else list(interval)
        return {**numbers, "changes": {name: each.to_dict() for name, each in self.changes.items()}}

    def _columns(self) -> dict[str, list[Any]]:
        names = ("name", "psi", "expected", "limit", "p_value", "changed")
        return {name: [getattr(each, name) for each in self.changes.values()] for name in names}

    def _blocks(self, language: Language) -> Iterator[Block]:
        every = words_in(language)
        words = every.stability
        caption = words.title.format(f"{self.accounts_now:,}", f"{self.accounts_before:,}")
        header: tuple[str, ...]
        header = words.name, words.psi, words.expected, words.limit, words.p_value, words.verdict
        # Without what chance alone gives, only the name and the index.
        columns = len(header) if self.independent else 2
        rows = [
            (
                words.score if each.name == SCORE else words.channel if each.name == CHANNEL else each.name,
                *_figures(each.psi, each.expected, each.limit),
                _p_text(each.p_value),
                words.changed if each.changed else words.unchanged,
            )
            for each in self.changes.values()
        ]
        yield table(caption, header[:columns], [row[:columns] for row in rows])
        header = (words.channel, words.before, words.now, words.share_before, words.share_now, words.psi)
        rows = [_bin_cells(each, language) for each in self.changes[CHANNEL].bins]
        yield table(words.channels, header, rows)
        yield from map(paragraph, self._notes(words))

    def _notes(self, words: Any) -> Iterator[str]:
        interval = self.rate_difference_interval
        ends = () if interval is None else (f"{each:+.2%}" for each in interval)
        yield words.visits.format(
            *(f"{each:,.1f}" for each in (self.expected_visits_before, self.expected_visits_now)),
            *(f"{each:.2%}" for each in (self.rate_before, self.rate_now)),
            f"{self.rate_now - self.rate_before:+.2%}",
            "" if interval is None else words.interval.format(*ends),
        )
        if self.independent:
            yield words.chance.format(len(self.changes), f"{LEVEL * len(self.changes):.2g}")
        else:
            yield words.dependent
        if self.invalid:
            yield words.invalid.format(f"{self.invalid:,}")


def _bin_cells(change: BinChange, language: Language) -> tuple[str, ...]:
    return (
        change.names[language],
        f"{change.before:,}",
        f"{change.now:,}",
        f"{change.share_before:.2%}",
        f"{change.share_now:.2%}",
        f"{change.psi:.4f}",
    )


def _figures(*values: float | None) -> tuple[str, ...]:
    """Return indices as text, with enough digits to compare a small one with its limit."""
    return tuple(
        "" if value is None else f"{value:.4f}" if value >= 0.001 or value == 0 else f"{value:.2g}"
        for value in values
    )


def _p_text(p_value: float | None) -> str:
    return "" if p_value is None else f"{p_value:.3f}" if p_value >= 0.001 else "<0.001"


def stability_of(before: PortfolioCounts, now: PortfolioCounts, *, independent: bool) -> Stability:
    """Return how much some counts changed, and if accounts are independent, what chance alone gives."""
    pairs: dict[str, tuple[Counts, Counts]] = {
        SCORE: (before.score, now.score),
        CHANNEL: (before.channels, now.channels),
        **{name: (each, now.fields[name]) for name, each in before.fields.items()},
    }
    means, variances = zip(*map(_mean, (before, now)), strict=True)
    half_width = float(-ndtri(LEVEL / 2)) * math.sqrt(sum(variances))
    difference = means[1] - means[0]
    return Stability(
        accounts_before=before.rows,
        accounts_now=now.rows,
        invalid=now.invalid,
        expected_visits_before=before.expected,
        expected_visits_now=now.expected,
        rate_before=means[0],
        rate_now=means[1],
        rate_difference_interval=(difference - half_width, difference + half_width) if independent else None,
        changes={name: _change(name, *pair, independent=independent) for name, pair in pairs.items()},
    )


def _mean(counts: PortfolioCounts) -> tuple[float, float]:
    """Return the mean probability, and the variance of the mean."""
    mean = counts.expected / counts.rows
    spread = max(counts.squares / counts.rows - mean**2, 0.0)
    return mean, spread / max(counts.rows - 1, 1)


def _change(name: str, before: Counts, now: Counts, *, independent: bool = True) -> Change:
    if isinstance(before, NumberCounts):
        values = [""] * len(before.counts)
        names = {language: _intervals(before, words_in(language), name) for language in LANGUAGES}
    else:
        values = _levels(name, before, now)
        names = {language: _level_names(values, words_in(language), name) for language in LANGUAGES}
    old, new = (
        np.array([*(each.counts if isinstance(each, NumberCounts) else each.of_each(values)), each.missing])
        for each in (before, now)
    )
    # Levels that are few in the baseline are put together, except channels.
    is_level = np.array([isinstance(before, LevelCounts) and name != CHANNEL] * len(values) + [False])
    judged = judge(old, new, is_level) if independent else None
    bins = Bins(old, new).pooled(is_level)
    for language, own in names.items():
        words = words_in(language).stability
        own += [words.missing, words.rare, words.unseen]
    totals = int(old.sum()), int(new.sum())
    parts = bins.parts
    return Change(
        name=name,
        psi=float(parts.sum()) if judged is None else judged.psi,
        expected=None if judged is None else judged.expected,
        limit=None if judged is None else judged.limit,
        p_value=None if judged is None else judged.p_value,
        bins=tuple(
            BinChange(
                value=values[place] if name == CHANNEL else names["en"][place],
                before=int(bins.before[place]),
                now=int(bins.now[place]),
                share_before=int(bins.before[place]) / totals[0],
                share_now=int(bins.now[place]) / totals[1],
                psi=float(parts[place]),
                names={language: own[place] for language, own in names.items()},
            )
            for place in np.flatnonzero(bins.used).tolist()
        ),
    )


def _levels(name: str, before: LevelCounts, now: Any) -> list[str]:
    """Return the levels of both: channels from light to heavy, others by their number in the baseline."""
    if name == CHANNEL:
        return [channel.value for channel in Channel]
    return list(dict.fromkeys([*before.levels, *now.levels]))


def _level_names(levels: list[str], words: Words, name: str) -> list[str]:
    return [words.channels[level] for level in levels] if name == CHANNEL else list(levels)


def _intervals(counts: NumberCounts, words: Words, name: str) -> list[str]:
    """Return the names of bins, which include their upper ends; those of whole numbers list them."""
    text, own = words.stability, counts.edges
    if not own:
        return [text.any_value]
    ends = [f"{100 * edge:,.7g}%" if name == SCORE else format_number(edge) for edge in own]
    if not counts.integer:
        if own[:1] == tuple(math.nextafter(each, -math.inf) for each in own[1:2]):
            ends[0] = ends[1]  # the next bin has only the lowest value of the baseline
        first = text.below.format(ends[1]) if ends[:1] == ends[1:2] else text.up_to.format(ends[0])
        middle = [low if low == high else text.above_up_to.format(low, high) for low, high in pairwise(ends)]
        return [first, *middle, text.above.format(ends[-1])]
    middle = [
        end if low + 1 == high else text.between.format(format_number(low + 1), end)
        for (low, high), end in zip(pairwise(own), ends[1:], strict=True)
    ]
    return [text.up_to.format(ends[0]), *middle, text.above.format(ends[-1])]
