"""Discrimination and calibration of one scorer on several samples, as tables side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk._display.document import table
from collectrisk.evaluation._wording import count, decimal, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._typing import Interval
    from collectrisk.evaluation import Evaluation, Measures


def quality_blocks(samples: Mapping[str, Evaluation], words: Words, caption: str) -> Iterator[Block]:
    """Yield the measures of each sample in a column, then observed and expected rates by bin."""
    own = words.validation
    header = (own.measure, *(own.samples[name] for name in samples))
    rows = [
        (label, *(to_text(each) for each in samples.values()))
        for label, to_text in _measures(samples, own).items()
    ]
    yield table(caption, header, rows)
    for name, each in samples.items():
        caption = own.calibration.format(own.samples[name])
        header = (own.probability, own.accounts, own.expected, own.rate)
        bins = [
            (
                own.to.format(percent(part.minimum), percent(part.maximum)),
                count(part.accounts),
                percent(part.expected_rate),
                interval_text(part.observed_rate, part.observed_rate_interval, percent, own.interval),
            )
            for part in each.pooled.bins
        ]
        yield table(caption, header, bins)


def _measures(samples: Mapping[str, Evaluation], own: Any) -> dict[str, Callable[[Evaluation], str]]:
    """Return how each measure is written, by its name."""
    found: dict[str, Callable[[Evaluation], str]] = {
        own.accounts: lambda each: count(each.pooled.accounts),
        own.visits: lambda each: count(each.pooled.visits),
        own.rate: lambda each: rate_text(each.pooled, own.interval),
        own.expected: lambda each: percent(each.pooled.expected_rate),
        own.in_the_large: lambda each: signed(each.pooled.calibration_in_the_large),
        own.slope: lambda each: decimal(each.pooled.calibration_slope),
        own.auc: lambda each: auc_text(each.pooled, own.interval),
    }
    if any(each.portfolios for each in samples.values()):
        found[own.auc_within] = lambda each: interval_text(
            each.within_portfolio_auc, each.within_portfolio_auc_interval, decimal, own.interval
        )
    return found | {
        own.gini: lambda each: decimal(each.pooled.gini),
        own.ks: lambda each: decimal(each.pooled.ks),
        own.brier: lambda each: decimal(each.pooled.brier),
        own.log_loss: lambda each: decimal(each.pooled.log_loss),
        own.calibration_error: lambda each: decimal(each.pooled.expected_calibration_error),
    }


def group_blocks(
    samples: Mapping[str, Evaluation],
    groups_of: Callable[[Evaluation], Mapping[str, Measures]],
    name: str,
    words: Words,
) -> Iterator[Block]:
    """Yield a table for each sample, with the measures of each of its groups of accounts."""
    own = words.validation
    for sample, evaluation in samples.items():
        header = (name, own.accounts, own.visits, own.rate, own.expected, own.in_the_large, own.auc)
        rows = [
            (
                group,
                count(each.accounts),
                count(each.visits),
                rate_text(each, own.interval),
                percent(each.expected_rate),
                signed(each.calibration_in_the_large),
                auc_text(each, own.interval),
            )
            for group, each in groups_of(evaluation).items()
        ]
        yield table(own.by.format(own.samples[sample], name), header, rows)


def channel_blocks(samples: Mapping[str, Evaluation], words: Words) -> Iterator[Block]:
    """Yield the accounts and visits of each channel, for each sample."""
    own = words.validation
    for sample, evaluation in samples.items():
        header = (own.channel, own.least, own.accounts, own.share, own.expected_visits, own.visits, own.share)
        rows = [
            (
                words.channels[each.channel],
                percent(each.least),
                count(each.accounts),
                percent(each.share_of_accounts),
                f"{each.expected_visits:,.1f}",
                count(each.visits),
                percent(each.share_of_visits),
            )
            for each in evaluation.pooled.channels
        ]
        yield table(own.channels.format(own.samples[sample]), header, rows)


def rate_text(each: Measures, template: str) -> str:
    """Return the observed rate with its interval."""
    return interval_text(each.observed_rate, each.observed_rate_interval, percent, template)


def auc_text(each: Measures, template: str) -> str:
    """Return the AUC with its interval."""
    return interval_text(each.auc, each.auc_interval, decimal, template)


def interval_text(value: float | None, interval: Interval | None, to_text: Any, template: str) -> str:
    """Return a number, and its interval if it has one."""
    return to_text(value) if interval is None else template.format(to_text(value), *map(to_text, interval))
