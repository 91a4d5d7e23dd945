"""Discrimination, calibration and channels of one scorer on several samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from collectrisk._display.document import heading, table
from collectrisk._display.words import words_in
from collectrisk.evaluation._evaluation import calibration_table, channel_table, group_tables, pooled_values
from collectrisk.evaluation._wording import UNDEFINED, Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from collectrisk._display.document import Block
    from collectrisk._typing import Language
    from collectrisk.evaluation import Evaluation

Each = TypeVar("Each")


def quality_blocks(samples: Mapping[str, Evaluation], language: Language, caption: str) -> Iterator[Block]:
    """Yield the measures of all samples side by side, then expected and observed rates of each."""
    wording, own = Wording(language), words_in(language).validation
    values = [pooled_values(each, wording) for each in samples.values()]
    labels = dict.fromkeys(label for each in values for label in each)
    rows = [(label, *(each.get(label, UNDEFINED) for each in values)) for label in labels]
    yield table(caption, (own.measure, *(own.samples[name] for name in samples)), rows)
    yield from parts_of(samples, language, lambda each: [calibration_table(each.pooled, wording)])


def portfolio_blocks(samples: Mapping[str, Evaluation], by: str, language: Language) -> Iterator[Block]:
    """Yield the measures by portfolio, for each sample."""
    wording = Wording(language)
    return parts_of(samples, language, lambda each: group_tables(by, each.portfolios, wording))


def period_blocks(samples: Mapping[str, Evaluation], by: str, language: Language) -> Iterator[Block]:
    """Yield the measures by month or another group, for each sample."""
    wording = Wording(language)
    return parts_of(samples, language, lambda each: group_tables(wording.group(by), each.groups, wording))


def channel_blocks(samples: Mapping[str, Evaluation], language: Language) -> Iterator[Block]:
    """Yield the accounts and visits by channel, for each sample."""
    wording = Wording(language)
    return parts_of(samples, language, lambda each: [channel_table(each.pooled, wording)])


def parts_of(
    samples: Mapping[str, Each], language: Language, blocks: Callable[[Each], Iterable[Block]]
) -> Iterator[Block]:
    """Yield a heading for each sample, and its blocks."""
    own = words_in(language).validation
    for name, each in samples.items():
        yield heading(own.samples[name], level=3)
        yield from blocks(each)
