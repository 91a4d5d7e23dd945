"""The validation report of a scorer: everything that is known of its quality, on one page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import (
    ExplainedDocument,
    blocks_of,
    heading,
    html_of,
    listed,
    table,
)
from collectrisk._display.html import standalone
from collectrisk._display.markdown import escaped
from collectrisk._display.words import words_in
from collectrisk._files.atomic import atomic_write
from collectrisk._files.card_format import file_from_card
from collectrisk._frames import open_table
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import Scorer, require_fitted
from collectrisk._version import __version__
from collectrisk.errors import ArgumentError, refuse_other, shown, type_name
from collectrisk.evaluation import evaluate
from collectrisk.evaluation._candidate import default_name
from collectrisk.evaluation._wording import UNDEFINED, Wording
from collectrisk.validation._baseline import Baseline
from collectrisk.validation._characteristics import characteristic_table
from collectrisk.validation._limits import limits_of
from collectrisk.validation._quality import (
    channel_blocks,
    parts_of,
    period_blocks,
    portfolio_blocks,
    quality_blocks,
)
from collectrisk.validation._samples import SampleFacts, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._typing import Language
    from collectrisk.evaluation import Evaluation
    from collectrisk.evaluation._groups import Period
    from collectrisk.mapping._mapping import Columns
    from collectrisk.scaling import ScaledPoints
    from collectrisk.validation._characteristics import CharacteristicBins, CharacteristicTable
    from collectrisk.validation._limits import Limit
    from collectrisk.validation._stability import Stability

SAMPLES = ("development", "holdout", "later")
SUFFIXES = (".html", ".md")


@attrs.frozen(eq=False, kw_only=True)
class ValidationReport(ExplainedDocument):
    """The quality of a scorer on several samples, as `validation_report` returns it.

    ``print(report)`` and ``report.explain("zh")`` show it as text, a notebook as tables, and ``save`` writes
    it to a file.

    Attributes
    ----------
    name : str
        The title.
    confidence : float
        The confidence of all intervals.
    samples : dict of str to Evaluation
        The quality on each sample with labels: ``"development"``, ``"holdout"`` and ``"later"``.
    characteristics : dict of str to CharacteristicTable
        The characteristics bin by bin, for each of these samples; empty if the scorer is not a scorecard.
    stability : dict of str to Stability
        How much the holdout and the later accounts differ from those of the development. Empty if
        accounts have different weights. With clusters, without what chance alone gives.
    scaled : ScaledPoints or None
        The card in scaled points, with the loss by rounding for the accounts of the holdout sample; None if
        the scorer is not a scorecard.
    portfolio : str or None
        The column with the portfolios.
    limits : tuple of Limit
        What a reader must know; `explain` says each as a sentence.
    notes : tuple of str
        Further limits, as they were passed.
    version : str
        The version of collectrisk.
    sha256 : str or None
        The hash that the file of the scorecard contains; None if the scorer has no such file.
    rows : dict of str to int
        The number of rows of each sample, with those that the mapping skips.
    files : dict of str to str
        The file of each sample, as they were passed.
    """

    name: str
    confidence: float
    samples: dict[str, Evaluation] = attrs.field(repr=lambda samples: repr(list(samples)))
    characteristics: dict[str, CharacteristicTable] = attrs.field(repr=False)
    stability: dict[str, Stability] = attrs.field(repr=False)
    scaled: ScaledPoints | None = attrs.field(repr=False)
    portfolio: str | None
    limits: tuple[Limit, ...] = attrs.field(repr=False)
    notes: tuple[str, ...] = attrs.field(repr=False)
    version: str = attrs.field(repr=False)
    sha256: str | None = attrs.field(repr=False)
    rows: dict[str, int] = attrs.field(repr=False)
    files: dict[str, str] = attrs.field(repr=False)

    def save(self, path: str | os.PathLike[str], language: Language = "en") -> None:
        """Write the report to a file: one page of HTML, or Markdown.

        Parameters
        ----------
        path : str or path
            The file, whose name ends in ``.html`` or ``.md``. An existing file is replaced.
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the name of the file ends in something else, or the language is not supported.
        FileError
            If the file cannot be written.
        """
        suffix = Path(path).suffix.lower() if isinstance(path, (str, os.PathLike)) else None
        if suffix not in SUFFIXES:
            seen = repr(path) if isinstance(path, str) else type_name(path)
            raise ArgumentError("path", f"must be the path of a file that ends in .html or .md, not {seen}")
        words = words_in(language)
        title = words.validation.title.format(self.name)
        if suffix == ".md":
            text = f"# {escaped(title)}\n\n{self.to_markdown(language)}"
        else:
            sections = self._sections(language, words)
            text = standalone(title, language, {name: html_of(blocks) for name, blocks in sections})
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as plain data, which JSON can represent."""
        return {
            "name": self.name,
            "confidence": self.confidence,
            "samples": {name: each.to_dict() for name, each in self.samples.items()},
            "characteristics": {name: each.to_dict() for name, each in self.characteristics.items()},
            "stability": {name: each.to_dict() for name, each in self.stability.items()},
            "scaled": None if self.scaled is None else self.scaled.to_dict(),
            "limits": [*(each.explain() for each in self.limits), *self.notes],
            "version": self.version,
            "sha256": self.sha256,
            "rows": dict(self.rows),
            "files": dict(self.files),
        }

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language)
        for title, blocks in self._sections(language, words):
            yield heading(title)
            yield from blocks

    def _sections(self, language: Language, words: Words) -> Iterator[tuple[str, Iterable[Block]]]:
        own = words.validation
        sections = own.sections
        confidence = own.confidence.format(f"{100 * self.confidence:g}")
        yield sections["limits"], [listed([*(each.explain(language) for each in self.limits), *self.notes])]
        yield sections["quality"], quality_blocks(self.samples, language, confidence)
        if self.portfolio is not None:
            blocks = portfolio_blocks(self.samples, self.portfolio, language)
            yield sections["groups"].format(self.portfolio), blocks
        by = self.samples["holdout"].by
        if by is not None:
            blocks = period_blocks(self.samples, by, language)
            yield sections["groups"].format(Wording(language).group(by)), blocks
        if self.stability:
            yield (
                sections["stability"],
                parts_of(self.stability, language, lambda each: blocks_of(each, language)),
            )
        yield sections["channels"], channel_blocks(self.samples, language)
        if self.scaled is not None:
            yield sections["card"], blocks_of(self.scaled.original, language)
            yield sections["scaled"], blocks_of(self.scaled, language)
            yield sections["information"], [self._information(words)]
            for name, each in self.characteristics.items():
                yield sections["bins"].format(own.samples[name]), blocks_of(each, language)
        yield sections["origin"], [self._origin(words)]

    def _origin(self, words: Words) -> Block:
        """Return what the report was made of."""
        own = words.validation
        facts = [own.version.format(self.version)]
        facts += [] if self.sha256 is None else [own.sha256.format(self.sha256)]
        for name, rows in self.rows.items():
            text = own.of_sample.format(own.samples[name], own.rows.format(f"{rows:,}"))
            facts.append(text + own.file.format(self.files[name]) if name in self.files else text)
        return listed(facts)

    def _information(self, words: Words) -> Block:
        """Return the information value of each characteristic in each sample."""
        own = words.validation
        header = (words.assessment.characteristic, *(own.samples[name] for name in self.characteristics))
        by_label = [*zip(*(each.characteristics for each in self.characteristics.values()), strict=True)]

        def text(each: CharacteristicBins) -> str:
            if each.iv is None:
                return UNDEFINED
            if each.iv_by_chance is None:
                return f"{each.iv:.3f}"
            return str(own.with_chance.format(f"{each.iv:.3f}", f"{each.iv_by_chance:.3f}"))

        rows = [(parts[0].label, *map(text, parts)) for parts in by_label]
        # The value by chance is not known with clusters, nor if all outcomes of a sample are the same.
        known = any(every.iv_by_chance is not None for parts in by_label for every in parts)
        caption = own.information_values + (own.information_by_chance if known else "")
        return table(caption, header, rows)


def validation_report(
    scorer: Any,
    development: Any,
    holdout: Any,
    later: Any = None,
    *,
    visited: str = "visited",
    portfolio: str | None = None,
    by: str | None = None,
    period: Period = "month",
    cluster: str | None = None,
    columns: Columns | None = None,
    positive: object = None,
    sample_weight: str | None = None,
    ladder: Ladder | None = None,
    confidence: float = 0.95,
    bins: int = 10,
    pdo: float = 20,
    score: float = 600,
    odds: float = 50,
    name: str | None = None,
    notes: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
) -> ValidationReport:
    """Return everything that a validation team looks for about a scorer, on one page.

    Parameters
    ----------
    scorer : Scorer
        The scorer. For a scorecard, the report also has the card, its scaled points, and the characteristics
        bin by bin.
    development : eager frame
        The accounts that the scorer was made for, with labels.
    holdout : eager frame
        Accounts from the same time that were kept apart, with labels.
    later : eager frame, optional
        Later accounts. If they have no labels yet, or all are missing, they are only described.
    visited : str, default "visited"
        The column with the labels.
    portfolio : str, optional
        The column with the portfolio of each account, or another group.
    by : str, optional
        The column with a group of each account whose order matters, such as the date of its snapshot;
        dates are cut into periods.
    period : {"day", "week", "month", "quarter", "year"}, default "month"
        The period into which the dates of `by` are cut.
    cluster : str, optional
        The column with what several rows have in common, such as the debtor. Intervals and tests then
        allow for the dependence of rows in the same cluster. Stability and information values are then
        without what chance alone gives, which is only known for independent rows. The limits say how many
        clusters are in the development sample too; without `cluster`, the column ``borrower_id`` is used
        for this, if there is one.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read, as in `Scorer.assess_frame`.
    positive : object, optional
        The label that means a visit, if labels are not true and false or 1 and 0.
    sample_weight : str, optional
        The column with the weight of each account. If weights differ, the report has no stability,
        which does not allow for them.
    ladder : Ladder, optional
        Determines the channels; by default the scorer's.
    confidence : float, default 0.95
        The confidence of intervals, between 0 and 1.
    bins : int, default 10
        The number of bins in which expected and observed rates are compared.
    pdo, score, odds : float
        The scale of the points, as in `Scorecard.scaled_points`.
    name : str, optional
        The title; by default the name of the scorer's class.
    notes : iterable of str, optional
        Limits to add to those that are found.
    files : mapping of str to str, optional
        The name of the file of each sample, such as ``{"holdout": "holdout.csv"}``, for the report to name.

    Returns
    -------
    ValidationReport
        The report.

    Raises
    ------
    ArgumentError
        If an argument is invalid, or there is no column with a given name.
    CollectRiskError
        As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> import polars as pl
    >>> from collectrisk.validation import validation_report
    >>> accounts = cr.simulate_portfolio(3_000, seed=1, backend="polars")
    >>> card = cr.RuleScorer(base=-2.0)
    >>> draws = np.random.default_rng(0).random(3_000)
    >>> accounts = accounts.with_columns(visited=pl.Series(draws < card.visit_probabilities(accounts)))
    >>> report = validation_report(card, accounts[:2_000], accounts[2_000:], portfolio="product")
    >>> list(report.samples)
    ['development', 'holdout']
    """
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a Scorer, not {type_name(scorer)}")
    require_fitted(scorer, "scorer")
    _check_names(
        {
            "visited": visited,
            "portfolio": portfolio,
            "by": by,
            "cluster": cluster,
            "sample_weight": sample_weight,
        }
    )
    if not isinstance(name, str | None):
        raise ArgumentError("name", f"must be a text, not {shown(name)}")
    texts = _texts(notes)
    names = _names(files)
    frames = {"development": development, "holdout": holdout, "later": later}
    if later is None:
        del frames["later"]
    card = scorer.card if isinstance(scorer, CardScorer) else None
    common: dict[str, Any] = {"columns": columns, "positive": positive, "confidence": confidence}
    common |= {"cluster": cluster, "sample_weight": sample_weight}
    groups: dict[str, Any] = {"portfolio": portfolio, "by": by, "period": period}
    samples, tables, inputs, stability, scaled = {}, {}, {}, {}, None
    if isinstance(scorer, CardScorer):
        with named("holdout"):
            scaled = scorer.scaled_points(pdo=pdo, score=score, odds=odds, accounts=holdout, columns=columns)
    facts: dict[str, SampleFacts] = {}
    for sample, frame in frames.items():
        with named(sample):
            facts[sample] = SampleFacts.of(frame, columns, visited, sample_weight, cluster)
            inputs[sample] = scorer.input_report(frame, columns=columns)
            if sample == "development":
                baseline = Baseline.of(scorer, frame, columns=columns)
            else:
                stability[sample] = baseline.compare(frame, columns=columns, independent=cluster is None)
            if sample == "later" and not facts[sample].labelled:
                continue
            samples[sample] = evaluate(scorer, frame, visited, ladder=ladder, bins=bins, **groups, **common)
            if card is not None:
                tables[sample] = characteristic_table(scorer, frame, visited, **common)
    if any(each.weighted for each in facts.values()):
        stability = {}
    return ValidationReport(
        name=default_name(scorer) if name is None else name,
        confidence=samples["holdout"].confidence,
        samples=samples,
        characteristics=tables,
        stability=stability,
        scaled=scaled,
        portfolio=portfolio,
        limits=limits_of(samples, facts, inputs, tables, stability, card=card),
        notes=texts,
        version=__version__,
        sha256=_hash_of(scorer),
        rows={name: open_table(frame).rows for name, frame in frames.items()},
        files=names,
    )


def _hash_of(scorer: Scorer) -> str | None:
    """Return the hash that the file of a scorecard contains."""
    if not isinstance(scorer, CardScorer):
        return None
    try:
        return str(file_from_card(scorer.card.with_ladder(scorer.ladder))["sha256"])
    except ArgumentError:  # a characteristic of a class of the user's
        return None


def _check_names(given: Mapping[str, Any]) -> None:
    for argument, column in given.items():
        if not isinstance(column, str | None):
            raise ArgumentError(argument, f"must be the name of a column, not {shown(column)}")


def _names(files: Any) -> dict[str, str]:
    names = {} if files is None else files
    if not isinstance(names, Mapping) or not all(isinstance(each, str) for each in names.values()):
        why = "must be a mapping from samples to names of files, such as {'holdout': 'holdout.csv'}"
        raise ArgumentError("files", f"{why}, not {shown(files)}")
    for name in names:
        refuse_other("files", name, SAMPLES)
    return dict(names)


def _texts(notes: Any) -> tuple[str, ...]:
    listed = [notes] if isinstance(notes, str) else notes
    try:
        found = tuple(listed)
    except TypeError:
        found = (None,)
    if not all(isinstance(each, str) for each in found):
        raise ArgumentError("notes", f"must be texts, not {type_name(notes)}")
    return found
