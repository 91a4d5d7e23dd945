"""What a reader of a validation report must know: where its figures say little, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.words import format_percent, words_in
from collectrisk.input_report import shown
from collectrisk.validation._chance import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk._typing import Language
    from collectrisk.evaluation import Evaluation
    from collectrisk.input_report import InputReport
    from collectrisk.validation._characteristics import CharacteristicTable
    from collectrisk.validation._samples import SampleFacts
    from collectrisk.validation._stability import Stability

FEW = 100
"""With fewer visits, or fewer accounts without one, the figures of a sample are uncertain."""

FITTED = "fitted"


@attrs.frozen
class Limit:
    """A limit of what a report says.

    Attributes
    ----------
    kind : str
        The key of its text.
    sample : str
        The sample that it is about; empty if all.
    facts : tuple
        The numbers and names in the text.
    """

    kind: str
    sample: str = ""
    facts: tuple[Any, ...] = ()

    def explain(self, language: Language = "en") -> str:
        """Return the limit as a sentence.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.
        """
        own = words_in(language).validation
        sentence = str(own.limits[self.kind].format(*self.facts))
        return str(own.of_sample.format(own.samples[self.sample], sentence)) if self.sample else sentence


def limits_of(
    samples: Mapping[str, Evaluation],
    facts: Mapping[str, SampleFacts],
    inputs: Mapping[str, InputReport],
    characteristics: Mapping[str, CharacteristicTable],
    stability: Mapping[str, Stability],
    *,
    card: Any,
) -> tuple[Limit, ...]:
    """Return the limits of a report."""
    return (
        *([] if card is None else _of_card(card)),
        *_of_inputs(inputs),
        *_of_samples(samples, characteristics),
        *(
            Limit("changed", name, (", ".join(each.changed), len(each.changes), LEVEL * len(each.changes)))
            for name, each in stability.items()
            if each.changed
        ),
        *_of_overlap(facts),
        *([] if "later" in inputs else [Limit("not_later")]),
        *([Limit("no_labels", "later")] if "later" in inputs and "later" not in samples else []),
        *([] if stability else [Limit("weighted")]),
        Limit("independent" if samples["holdout"].pooled.clusters is None else "clusters"),
    )


def _of_card(card: Any) -> Iterator[Limit]:
    judged = [each for each in card.characteristics if each.source != FITTED]
    if judged:
        yield Limit("judged", facts=(len(judged), len(card.characteristics)))


def _of_inputs(inputs: Mapping[str, InputReport]) -> Iterator[Limit]:
    for name, report in inputs.items():
        if report.skipped:
            yield Limit("skipped", name, (f"{report.skipped:,}",))
        if report.absent:
            listed = ", ".join(f"{field} = {shown(default)}" for field, default in report.absent.items())
            yield Limit("absent", name, (listed,))
        for kind, counts in (("missing", report.defaulted), ("unlisted", report.unlisted)):
            if counts:
                rows = report.rows or 1
                shares = (f"{field}: {format_percent(part / rows)}" for field, part in counts.items())
                yield Limit(kind, name, (", ".join(shares),))


def _of_overlap(facts: Mapping[str, SampleFacts]) -> Iterator[Limit]:
    """Yield how many debtors of the other samples are in the development sample too."""
    first = facts["development"].keys
    for name, each in facts.items():
        both = len(first & each.keys)
        if both and name != "development":
            yield Limit("overlap", name, (f"{both:,}", f"{len(each.keys):,}", each.key))


def _of_samples(
    samples: Mapping[str, Evaluation], characteristics: Mapping[str, CharacteristicTable]
) -> Iterator[Limit]:
    for name, evaluation in samples.items():
        visits = evaluation.pooled.visits
        smaller = min(visits, evaluation.pooled.accounts - visits)
        if smaller < FEW:
            yield Limit("few", name, (f"{visits:,.10g}", f"{evaluation.pooled.accounts:,.10g}", FEW))
    for name, table in characteristics.items():
        outside, filled = table.misfits()
        by_chance = filled * (1 - table.confidence)
        yield Limit("misfit", name, (outside, filled, f"{by_chance:.1f}"))
