"""The base class of all scorers: one formula for one borrower and for data frames of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from collectrisk._assessment import Assessment
from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, Channel, Ladder
from collectrisk._errors import ArgumentError, CollectRiskError, FormulaError, type_name, with_article
from collectrisk._fields import as_float, field_specs
from collectrisk._namespaces import SCALAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._formula import Formula
    from collectrisk._namespaces.protocol import Namespace
    from collectrisk._typing import Direction, FloatArray
    from collectrisk.input_report import InputReport
    from collectrisk.mapping._mapping import Columns
    from collectrisk.what_if import Way, WhatIf

Frame = TypeVar("Frame")


def formula_of(scorer: Scorer) -> Formula:
    """Return a scorer as the code for data frames sees it."""
    return scorer._formula()  # noqa: SLF001  # private to the package, not to the class


def require_fitted(scorer: Scorer, argument: str) -> None:
    """Raise `ArgumentError` if a scorer, or a part of it, is not fitted."""
    from sklearn.exceptions import NotFittedError  # noqa: PLC0415  # not needed for one borrower

    try:
        formula_of(scorer)
    except NotFittedError:
        kind = type(scorer).__name__
        raise ArgumentError(argument, f"must be fitted, and the {kind} is not; call fit first") from None


def formula_error(scorer: Scorer, borrower: Borrower, error: Exception) -> CollectRiskError:
    """Return the error for a formula that raised on one borrower."""
    if isinstance(error, AttributeError) and error.obj is borrower:
        fields = ", ".join(field_specs(type(borrower)))
        return ArgumentError(
            "borrower",
            f"must have a field {error.name!r}; the fields of {type(borrower).__name__} are {fields}. "
            "Add the field in a subclass. If it is a column, use assess_frame; a scorecard also takes a row "
            "as a dict",
        )
    on: Literal["row", "borrower"] = "row" if formula_of(scorer).by_row else "borrower"
    return FormulaError.raised(type(scorer).__name__, error, on=on)


class Scorer:
    """The base class of all scorers: override `visit_probability`, and everything else follows.

    A formula reads the borrower's fields and combines them with ``+ - * / **``, comparisons,
    ``& |`` and the functions of ``xp`` (see `Namespace`). It must not use ``if``, ``and``,
    ``min`` or the math module, because on a frame each field is a column. To read fields of
    your own, subclass `Borrower` and set `borrower_type` to the subclass.

    Attributes
    ----------
    ladder : Ladder
        Chooses the channel for a visit probability.
    borrower_type : type
        The class of borrowers whose fields the formula reads.
    fields : tuple of str or None
        The fields that the formula reads. By default None, and a frame must then have the fields
        that a borrower requires.

    Examples
    --------
    >>> import collectrisk as cr
    >>> class StalePromises(cr.Scorer):
    ...     def visit_probability(self, borrower, xp):
    ...         log_odds = -4.0 + 0.02 * borrower.days_past_due
    ...         log_odds = log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0)
    ...         return xp.logistic(log_odds)
    >>> StalePromises().assess(cr.Borrower(amount_overdue=900, days_past_due=200)).visit_probability
    0.5
    """

    ladder: Ladder = DEFAULT_LADDER
    borrower_type: type[Borrower] = Borrower

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The fields that the formula reads, or None if that is not known."""
        return None

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the probability that the account goes on to an in-person visit.

        Parameters
        ----------
        borrower : Borrower, or a record of columns
            The fields are its attributes.
        xp : Namespace
            The functions to use on them.
        """
        raise NotImplementedError(f"{type(self).__name__} must define visit_probability(self, borrower, xp)")

    def _probability(self, record: Any, xp: Namespace) -> Any:
        """Return the visit probability of a borrower, or of each row of a record of columns."""
        return self.visit_probability(record, xp)

    def _formula(self) -> Formula:
        """Return what is needed to run the scorer on a data frame."""
        from collectrisk._formula import Formula  # noqa: PLC0415  # not needed for one borrower

        return Formula(
            scorer=type(self).__name__,
            borrower_type=self.borrower_type,
            ladder=self.ladder,
            probability=self._probability,
            fields=self.fields,
        )

    def assess(self, borrower: Borrower) -> Assessment:
        """Assess one borrower.

        Parameters
        ----------
        borrower : Borrower
            The borrower.

        Returns
        -------
        Assessment
            Visit probability, channel and, for a scorecard, reasons.

        Raises
        ------
        ArgumentError
            If `borrower` is something else, such as a dictionary or a frame.
        FormulaError
            If the formula raises, or does not return a probability.
        """
        self._require_borrower(borrower)
        try:
            probability = as_float(self._probability(borrower, SCALAR))
        except CollectRiskError:
            raise
        except Exception as error:
            raise formula_error(self, borrower, error) from error
        if not 0 <= probability <= 1:
            raise FormulaError.not_a_probability(type(self).__name__, probability)
        return Assessment(
            visit_probability=probability,
            channel=self.ladder.channel(probability),
            ladder=self.ladder,
            borrower=borrower,
        )

    def _require_borrower(self, borrower: object) -> None:
        if not isinstance(borrower, self.borrower_type):
            kind = self.borrower_type.__name__
            raise ArgumentError(
                "borrower",
                f"must be {with_article(kind)}, not {type_name(borrower)}; write {kind}(amount_overdue=..., "
                "days_past_due=...). For a frame, use assess_frame; a scorecard also takes a row as a dict",
            )
        if type(borrower) is not Borrower:
            field_specs(type(borrower))  # refuses a class that does not validate its fields

    def what_if(self, borrower: Borrower, /, **changes: Any) -> WhatIf:
        """Assess a borrower as is, and with hypothetical field values.

        Parameters
        ----------
        borrower : Borrower
            The borrower; it is not changed.
        **changes : object
            Fields and their hypothetical values.

        Returns
        -------
        WhatIf
            Both assessments, and the change of each reason's points.

        Raises
        ------
        ArgumentError
            If a name is not a field of the borrower; the error suggests the nearest.
        InvalidBorrowerError
            If a value is not valid for its field.

        See Also
        --------
        ways_down : The smallest changes that lead to a lighter channel.

        Examples
        --------
        >>> import collectrisk as cr
        >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, failed_calls=5)
        >>> what_if = cr.RuleScorer().what_if(borrower, attitude="cooperative", repayment_plan=True)
        >>> what_if.before.channel, what_if.after.channel
        (<Channel.PHONE_CALL: 'phone_call'>, <Channel.SMS: 'sms'>)
        """
        from collectrisk.what_if import WhatIf, with_changes  # noqa: PLC0415  # not needed for scoring

        self._require_borrower(borrower)
        before = self.assess(borrower)
        return WhatIf(before=before, after=self.assess(with_changes(borrower, changes)))

    def ways_down(self, borrower: Borrower, to: Channel | str | None = None) -> tuple[Way, ...]:
        """Return the smallest single changes by a person that lead to a lighter channel.

        There are three: contact is resumed (`attitude` becomes cooperative), a repayment plan is
        kept, and the smallest sufficient part payment. Each is included only if it leads to such a
        channel. They are ordered by effort: contact first, money last.

        Parameters
        ----------
        borrower : Borrower
            The borrower.
        to : Channel or str, optional
            The heaviest acceptable channel. By default any that is lighter than the present one.

        Returns
        -------
        tuple of Way
            The changes; empty if the channel is light enough already, or no such change is
            sufficient.

        Raises
        ------
        ArgumentError
            If `to` is not a channel.

        Notes
        -----
        The payment is a whole number of currency units, and one unit less is not sufficient. For a
        scorecard, no smaller payment is sufficient, whatever the shape of its curves. For other
        scorers, and for characteristics of a class of your own, a smaller payment may be sufficient
        if the visit probability is not monotone in the amount.

        Source: articles A5.2 and A5.3 (advice to the borrower), A3.3 (offers of the collector).

        Examples
        --------
        >>> import collectrisk as cr
        >>> scorer = cr.RuleScorer()
        >>> borrower = cr.Borrower(
        ...     amount_overdue=30_000, days_past_due=540, attitude="evasive", failed_calls=20
        ... )
        >>> for way in scorer.ways_down(borrower):
        ...     print(way.changes, way.channel.value)
        {'attitude': <Attitude.COOPERATIVE: 'cooperative'>} phone_call
        {'repayment_plan': True} phone_call
        {'amount_overdue': 10452.0} phone_call
        >>> [way.payment for way in scorer.ways_down(borrower, to="sms")]
        [29063]
        """
        from collectrisk._ways_down import find_ways_down  # noqa: PLC0415  # not needed for scoring

        self._require_borrower(borrower)
        return find_ways_down(self.assess, self.assess(borrower), to)

    def assess_frame(
        self,
        frame: Frame,
        *,
        reasons: int = 0,
        direction: Direction | None = None,
        points: bool = False,
        interval: bool = False,
        invalid: Literal["raise", "null"] | None = None,
        columns: Columns | None = None,
    ) -> Frame:
        """Assess every row of a frame, eager or lazy, and return the same kind of frame.

        Parameters
        ----------
        frame : pandas, polars or pyarrow frame, DuckDB relation, Dask or Spark frame, ...
            One row per account, one column per field; other columns are kept.
        reasons : int, default 0
            The number of reason codes to add, largest effect first.
        direction : {"up", "down"}, optional
            Only reasons that raise the probability of a visit, as adverse-action letters need them, or
            only those that lower it; `Assessment.top_reasons` has the same. By default both.
        points : bool, default False
            Whether to add the points of each characteristic of a scorecard, in columns named
            ``points_`` and its label. The base of the card and these points add up to the log-odds of
            the visit probability.
        interval : bool, default False
            Whether to add the ends of the 90 % credible interval of the visit probability, as
            ``visit_probability_low`` and ``visit_probability_high``. Fitted scorers and eager frames
            only.
        invalid : {"raise", "null"}, optional
            What to do with rows that contain invalid values. On an eager frame, ``"raise"``, the
            default, raises. On a lazy frame, such rows always get a null score. ``"null"`` gives them
            a null score on both, and states the reason in a column ``problem``.
        columns : Mapping, or mapping of str to (str or None), optional
            How the fields are read: a `Mapping`, or the frame's name for each field whose column has
            another name, such as ``{"amount_overdue": "BILL_AMT1"}``; None means that the field is
            absent. By default the mapping of a fitted scorer, or the names of the fields.

        Returns
        -------
        frame
            The same kind, rows and row order (if the kind has one), with every input column and
            ``visit_probability``, ``channel``, ``visit_probability_low`` and ``_high``,
            ``points_...``, ``reason_1`` ..., ``problem``.

        Raises
        ------
        MissingColumnError
            If a required column is absent.
        ColumnTypeError
            If the type of a column does not match its field, such as numbers stored as text.
        InvalidRowsError
            If rows contain invalid values; the error names columns, requirements, counts, rows and
            values.
        ColumnNameError
            If a column name is misspelt, duplicated, or the name of a result, or probably means an absent
            field.
        ColumnsError
            If the columns have several of these problems; the error lists all of them.
        FormulaError
            If the formula cannot run on columns, or does not return a probability.

        Examples
        --------
        >>> import collectrisk as cr
        >>> import polars as pl
        >>> frame = pl.DataFrame({"amount_overdue": [3_000.0], "days_past_due": [10]})
        >>> cr.RuleScorer().assess_frame(frame).columns
        ['amount_overdue', 'days_past_due', 'visit_probability', 'channel']
        """
        from collectrisk._frames import assess_frame  # noqa: PLC0415  # loads NumPy and narwhals

        scored: Frame = assess_frame(
            self._formula(),
            frame,
            reasons=reasons,
            direction=direction,
            points=points,
            interval=interval,
            invalid=invalid,
            columns=columns,
        )
        return scored

    def input_report(self, frame: Any, *, columns: Columns | None = None) -> InputReport:
        """Report what the result of `assess_frame` rests on.

        Parameters
        ----------
        frame : frame
            As in `assess_frame`.
        columns : Mapping, or mapping of str to (str or None), optional
            As in `assess_frame`.

        Returns
        -------
        InputReport
            The columns that are read, the fields that are absent, how many values count as a
            default (not on a lazy frame), and the columns that are not used. Rows with invalid
            values are included.

        Raises
        ------
        CollectRiskError
            If a column is missing, misspelt, or has the wrong type.

        Examples
        --------
        >>> import collectrisk as cr
        >>> accounts = cr.simulate_portfolio(500, seed=1).drop(columns="attitude")
        >>> cr.RuleScorer().input_report(accounts).absent
        {'attitude': <Attitude.UNKNOWN: 'unknown'>}
        """
        from collectrisk._frames import input_report  # noqa: PLC0415  # loads NumPy and narwhals

        return input_report(self._formula(), frame, columns)

    def visit_probabilities(self, data: Any, *, columns: Columns | None = None) -> FloatArray:
        """Return the visit probabilities alone, as a NumPy array.

        Parameters
        ----------
        data : eager frame, or mapping of str to array
            One row per account, one column per field.
        columns : Mapping, or mapping of str to (str or None), optional
            As in `assess_frame`.

        Returns
        -------
        array of float, shape (n_rows,)
            The visit probabilities, in row order.

        Raises
        ------
        CollectRiskError
            As in `assess_frame`.

        Examples
        --------
        >>> import collectrisk as cr
        >>> import numpy as np
        >>> columns = {"amount_overdue": np.array([3e3, 3e4]), "days_past_due": np.array([10, 90])}
        >>> cr.RuleScorer().visit_probabilities(columns).shape
        (2,)
        """
        from collectrisk._frames import visit_probabilities  # noqa: PLC0415  # loads NumPy and narwhals

        return visit_probabilities(self._formula(), data, columns=columns)

    def to_sql(
        self,
        table: str | Iterable[str],
        *,
        dialect: str,
        key: str | Iterable[str] | None = None,
        columns: Columns | None = None,
        reasons: int = 0,
        direction: Direction | None = None,
    ) -> str:
        """Return a scorecard as the text of a SQL query, for a database without Python.

        The query gives what `assess_frame` gives with ``invalid="null"``: `visit_probability`,
        `channel`, `reason_1` and so on, and `problem`, which says what is wrong with a row and is null
        for a valid one. A row with a problem has no probability, channel or reasons.

        Parameters
        ----------
        table : str or iterable of str
            The table or view: ``"accounts"``, ``"schema.accounts"``, or the parts of its name if one
            of them contains a dot. Each part is quoted, so it must be spelled as the database has it.
        dialect : {"duckdb", "mariadb", "mysql", "postgres", "spark", "sqlite"}
            The database.
        key : str or iterable of str, optional
            The columns of the table to keep, such as the account's id. By default all columns; SQLite
            and MariaDB need it.
        columns : Mapping, or mapping of str to (str or None), optional
            The column of each field that has another name; None means that the table does not have
            the field, which then takes its default. A query cannot see which columns there are, so
            every field of the card that is not listed is read from the column of its own name. By
            default the mapping that the scorer keeps, which this replaces. Values are used as they are:
            whatever a mapping declares that would convert them is refused.
        reasons : int, default 0
            The number of reason codes, largest effect first.
        direction : {"up", "down"}, optional
            As in `assess_frame`.

        Returns
        -------
        str
            The query, without a semicolon. Comments at its top have the hash of the card, as in the
            card's file, and the source of each characteristic.

        Raises
        ------
        ArgumentError
            If the scorer is not a scorecard, the dialect is unknown, a value would have to be
            converted, a field that must be known is absent, or an argument is not valid.
        ColumnNameError
            If `columns` has an unknown field, or a column that is kept has the name of a result.

        See Also
        --------
        collectrisk.testing.check_sql : Compare your database with Python.

        Examples
        --------
        >>> import collectrisk as cr
        >>> card = cr.Scorecard(
        ...     base=-3,
        ...     characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-3)],
        ... )
        >>> query = card.to_sql("accounts", dialect="sqlite", key="id", columns={"repayment_plan": "plan"})
        >>> import sqlite3
        >>> database = sqlite3.connect(":memory:")
        >>> _ = database.execute("CREATE TABLE accounts AS SELECT 'A-17' AS id, 1 AS plan")
        >>> database.execute(query).fetchall()
        [('A-17', 0.0024726231566347..., 'phone_call', None)]
        >>> database.close()
        """
        from collectrisk._sql import to_sql  # noqa: PLC0415  # not needed for scoring

        return to_sql(
            self._formula(),
            table,
            dialect=dialect,
            key=key,
            columns=columns,
            reasons=reasons,
            direction=direction,
        )
