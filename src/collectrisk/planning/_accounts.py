"""The accounts to plan for: their visit probabilities, and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._channel import DEFAULT_LADDER, Channel
from collectrisk._frames import account_rows, as_narwhals, open_table
from collectrisk._frames.text_codes import encode_list
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.scorer import Scorer, formula_of, require_fitted
from collectrisk.errors import ArgumentError, NotAFrameError, did_you_mean, shown
from collectrisk.evaluation._groups import groups_of
from collectrisk.evaluation._values import read_numbers, require_length
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collectrisk._channel import Ladder
    from collectrisk._typing import Array
    from collectrisk.mapping._mapping import Columns

CHANNEL = "channel"
"""The column of a scored frame with the recommended channel."""


VISIT_PROBABILITIES = "the visit probabilities"
SCORE_FIRST = "score the accounts first, or pass the name of another column"


@attrs.frozen(eq=False)
class Accounts:
    """Some accounts.

    Attributes
    ----------
    frame : eager frame, mapping of str to array, or None
        Their columns.
    probability : array of float, shape (n_rows,)
        Their visit probabilities; NaN for an account without one.
    ladder : Ladder
        Chooses the channels if the frame has none.
    columns : Mapping
        How the fields are read from the frame.
    """

    frame: Any
    probability: Array
    ladder: Ladder
    columns: Mapping

    @property
    def scored(self) -> Array:
        """The rows of the accounts with a probability."""
        return np.flatnonzero(~np.isnan(self.probability))

    def groups(self, column: Any, argument: str = "column") -> dict[str, Array]:
        """Return the rows of the scored accounts of each group, the largest group first."""
        if isinstance(column, str) and column == CHANNEL and not self._has(CHANNEL):
            return self._channels()
        return groups_of(argument, column, self.frame, len(self.probability), self.scored)

    def _has(self, column: str) -> bool:
        return self.frame is not None and column in open_table(self.frame).columns

    def _channels(self) -> dict[str, Array]:
        codes = self.ladder.channel(self.probability, ARRAYS).codes
        rows = ((name, np.flatnonzero(codes == code)) for code, name in enumerate(self.ladder.channels))
        return {name.value: each for name, each in rows if len(each)}


def read_accounts(scorer: Any, frame: Any, columns: Columns | None) -> Accounts:
    """Return the accounts of a frame, without the rows that the mapping skips.

    Parameters
    ----------
    scorer : Scorer, or array of float, or str
        What gives the probabilities: a scorer, probabilities, or the name of a column with them.
    frame : eager frame, mapping of str to array, or None
        The accounts.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read.
    """
    refuse_lazy(frame)
    if not isinstance(scorer, Scorer):
        if hasattr(scorer, "predict_proba"):
            raise ArgumentError(
                "scorer", f"must be a Scorer; wrap the {type(scorer).__name__} in an EstimatorScorer"
            )
        if columns is not None:
            raise ArgumentError("columns", "says how a scorer reads the frame; there is no scorer")
        if frame is not None:
            require_column(scorer, frame, "scorer", VISIT_PROBABILITIES, SCORE_FIRST)
        probability = numbers_of(scorer, frame, "scorer", "a Scorer or one probability per row")
        if frame is not None:
            require_length("scorer", probability, open_table(frame).rows)
        return Accounts(frame, _checked(probability, scorer), DEFAULT_LADDER, Mapping())
    if frame is None:
        raise ArgumentError("accounts", f"is required: the {type(scorer).__name__} needs rows to score")
    require_fitted(scorer, "scorer")
    mapping = Mapping.of(formula_of(scorer).columns if columns is None else columns)
    if mapping.skip:
        rows = account_rows(frame, mapping)
        frame = nw.from_native(frame, eager_only=True)[rows].to_native()
        mapping = attrs.evolve(mapping, skip={})
    probability = scorer.visit_probabilities(frame, columns=mapping)
    return Accounts(frame, probability, scorer.ladder, mapping)


def require_column(name: Any, frame: Any, argument: str, contents: str, advice: str) -> None:
    """Raise `ArgumentError` if the name of a column is that of no column."""
    if isinstance(name, str) and name not in (columns := open_table(frame).columns):
        raise ArgumentError(
            argument,
            f"must be the name of the column with {contents}, not {name!r}; {advice}"
            f"{did_you_mean(name, columns)} (the columns are {', '.join(map(str, columns)) or 'none'})",
        )


def numbers_of(values: Any, frame: Any, argument: str, requirement: str) -> Array:
    """Return one number per row, NaN where it is missing."""
    if isinstance(values, str) and frame is not None:
        table = open_table(frame)
        if values in table.columns and table.columns[values].kind == "number":
            return table.columns[values].numbers(0, table.rows).astype(np.float64)
    if type(values) is np.ndarray and values.ndim == 1 and values.dtype.kind == "f":
        return values.astype(np.float64)
    return read_numbers(values, frame, argument, requirement)


def read_column(column: Any, rows: int) -> tuple[Array, list[Any]]:
    """Return a column of texts as codes, -1 where one is missing, and the texts."""
    if column.kind == "text":
        codes, texts = column.texts(0, rows)
        return codes, list(texts)
    codes, texts = encode_list(column.objects(0, rows))
    return codes, [text if isinstance(text, str) else None for text in texts]


def _checked(probability: Array, given: Any) -> Array:
    column = f" in {given!r}" if isinstance(given, str) else ""
    invalid = np.flatnonzero((probability < 0) | (probability > 1))
    if len(invalid):
        first = f"row {invalid[0]}, from 0: {shown(float(probability[invalid[0]]))}"
        raise ArgumentError(
            "scorer", f"must be probabilities from 0 to 1; {len(invalid):,}{column} are not ({first})"
        )
    if len(probability) and not (probability >= 0).any():
        raise ArgumentError(
            "scorer", f"must be known for at least one account; all {len(probability):,}{column} are missing"
        )
    return probability


def refuse_lazy(frame: Any) -> None:
    """Raise `NotAFrameError` if a frame is lazy."""
    if isinstance(as_narwhals(frame), nw.LazyFrame):
        raise NotAFrameError("lazy frame", "all of its rows are needed at once: collect the frame first")


def by_channel(groups: dict[str, Any]) -> dict[str, Any]:
    """Return groups from the lightest to the heaviest channel if their names are channels."""
    known = [channel.value for channel in Channel if channel.value in groups]
    return {name: groups[name] for name in known} if len(known) == len(groups) else groups
