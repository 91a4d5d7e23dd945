"""Reading all accounts of a file at once, after checking that all of them can be scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import polars as pl

from collectrisk._cli.card_options import with_options
from collectrisk._cli.excel import values_of, without_marks
from collectrisk._cli.options import pairs
from collectrisk._cli.scoring import Run
from collectrisk._frames.mapped import accounts_of
from collectrisk._scorers.scorer import formula_of
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from collectrisk._cli.tabular import Source
    from collectrisk._scorers.scorer import Scorer
    from collectrisk._typing import Array


def mapping_of(card: Scorer, mapping: Path | None) -> Mapping:
    """Return the mapping of a file, or that of a card."""
    return Mapping.of(formula_of(card).columns) if mapping is None else Mapping.read(mapping)


def with_columns(mapping: Mapping, columns: list[str] | None) -> Mapping:
    """Return a mapping with the columns of the options ``--map``."""
    none = dict.fromkeys(("decimal", "thousands", "missing", "require", "plausible"))
    return with_options(mapping, pairs(columns or [], "--map", "COLUMN"), None, **none)


def read_all(
    card: Scorer, source: Source, mapping: Mapping, remedy: str, as_text: Collection[str] = ()
) -> tuple[pl.DataFrame, Array | None]:
    """Return the rows of a file, and the positions of the accounts if there are other rows.

    Parameters
    ----------
    card : Scorer
        The scorer.
    source : Source
        The file.
    mapping : Mapping
        How the fields are read.
    remedy : str
        What to do about invalid rows, for error messages.
    as_text : collection of str
        The columns of a sheet that stay text.
    """
    Run(card, source, mapping=mapping, remedy=remedy).execute()
    cells = source.scan.collect()
    if source.header_row:
        cells = cells.filter(pl.any_horizontal(pl.all().is_not_null()))
    texts = cells.with_columns(map(without_marks, source.mixed))
    _, positions = accounts_of(nw.from_native(texts, eager_only=True), mapping)
    values = (values_of(cells[each]) for each in source.mixed if each not in as_text)
    return texts.with_columns(values), positions
