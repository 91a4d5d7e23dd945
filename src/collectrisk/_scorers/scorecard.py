"""The scorecard: an additive scorer that is data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import attrs

from collectrisk._assessment import Assessment
from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, IS_LADDER, Ladder
from collectrisk._curves import Characteristic, terms
from collectrisk._errors import (
    ArgumentError,
    FormulaError,
    InvalidBorrowerError,
    InvalidCardError,
    did_you_mean,
    shown,
    type_name,
)
from collectrisk._fields import COLUMN_KINDS, field_specs, merge_specs
from collectrisk._namespaces import SCALAR
from collectrisk._parameters import LARGEST_POINTS, Each, Number, to_number, to_tuple
from collectrisk._scorers.card_tables import CardTables
from collectrisk._scorers.scorer import Scorer, formula_error, formula_of
from collectrisk._scorers.spreads import SlopeSpread
from collectrisk._scorers.tables import points_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from collectrisk._errors import CollectRiskError
    from collectrisk._fields import FieldSpec
    from collectrisk._formula import Formula
    from collectrisk._namespaces.protocol import Namespace
    from collectrisk._scorers.tables import Table
    from collectrisk.mapping._mapping import Columns
    from collectrisk.mapping._mapping import Mapping as FieldColumns


def _column_specs(characteristics: Sequence[Characteristic], fields: Collection[str]) -> dict[str, FieldSpec]:
    """Return the specs of the columns to read, if no column is read as values of two types.

    The fields of the borrower class have the types that it declares.
    """
    readers: dict[str, tuple[str, str]] = {}
    for each in characteristics:
        for name, spec in each.column_specs.items():
            if spec.reads_codes or name in fields:
                continue
            kind = COLUMN_KINDS[spec.validator.kind]
            label, other = readers.setdefault(name, (each.label, kind))
            if kind != other:
                why = f"must not read a {kind} from {name!r}, from which {label!r} reads a {other}"
                raise InvalidCardError(each.label, f"{why}; copy the values into a column of another name")
    return merge_specs(each.column_specs for each in characteristics)


class CardScorer(CardTables, Scorer):
    """The base class of scorers whose formula is a scorecard: `card` scores, and gives the reasons."""

    @property
    def card(self) -> Scorecard:
        """The scorecard."""
        raise NotImplementedError

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the characteristics read, in order."""
        return tuple(dict.fromkeys(name for each in self.card.characteristics for name in each.fields))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the characteristics, in order."""
        return tuple(each.label for each in self.card.characteristics)

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the logistic of the base and all points."""
        points = terms(self.card.characteristics, borrower, xp)
        return xp.logistic(xp.total(chain([self.card.base], points)))

    def _points(self, record: Any, xp: Namespace) -> list[Any]:
        return [each.points(record, xp) for each in self.card.characteristics]

    def _row(self, row: Any) -> Borrower:
        """Return a record of the fields in one row of a frame, or raise `ArgumentError` if it is none.

        It stands for a borrower in what reads these fields only.
        """
        if not isinstance(row, Mapping):
            if not (hasattr(row, "keys") and getattr(row, "ndim", 0) == 1):  # as a pandas Series
                self._require_borrower(row)
            row = dict(row)
        from collectrisk._frames import read_row  # noqa: PLC0415  # loads NumPy and narwhals

        record: Any = read_row(self._formula(), row)
        return cast("Borrower", record)

    def _formula(self) -> Formula:
        return attrs.evolve(
            super()._formula(),
            points=self._points,
            card=self.card,
            base=self.card.base,
            labels=self.labels,
            column_specs=_column_specs(self.card.characteristics, field_specs(self.borrower_type)),
            columns=self.card.columns or {},
            threads=True,
        )

    def assess(self, borrower: Borrower | Mapping[str, Any]) -> Assessment:
        """Assess one borrower, or one row of a frame, with a reason for each characteristic.

        Parameters
        ----------
        borrower : Borrower, or mapping of str to object
            The borrower. Or the columns of one row of a frame with their values, such as
            ``frame.row(5, named=True)`` of polars and ``frame.iloc[5]`` of pandas, which are read as
            `assess_frame` reads them. So a card may have fields that a `Borrower` does not have.

        Returns
        -------
        Assessment
            Visit probability, channel and reasons. For a row, its `borrower` is a record of the fields that
            the card reads.

        Raises
        ------
        CollectRiskError
            If `borrower` is something else, such as a frame, or lacks a field of the card; for a row, as in
            `assess_frame`.

        Examples
        --------
        >>> import collectrisk as cr
        >>> income = cr.PiecewiseLinear(label="income", field="monthly income", knots=[(0, 1), (5_000, -1)])
        >>> card = cr.Scorecard(base=-2, characteristics=[income])
        >>> print(card.assess({"account": "A-17", "monthly income": 1_250}).reasons[0])
        The field "monthly income" is 1,250; this makes a visit more likely (+0.50, house).
        """
        card = self.card
        if isinstance(borrower, Borrower):
            self._require_borrower(borrower)
            tables = card.tables(type(borrower))
        else:
            borrower, tables = self._row(borrower), None
        try:
            points = self._points(borrower, SCALAR) if tables is None else points_of(borrower, tables)
            log_odds = SCALAR.total([card.base, *points])
        except Exception as error:
            raise formula_error(self, borrower, error) from error
        if log_odds != log_odds:
            raise _missing_value_error(self, borrower, points)
        probability = SCALAR.logistic(log_odds)
        return Assessment(
            visit_probability=probability,
            channel=self.ladder.channel(probability),
            ladder=self.ladder,
            log_odds=log_odds,
            base=card.base,
            borrower=borrower,
            characteristics=card.characteristics,
            points=tuple(points),
        )

    def with_characteristic(self, characteristic: Characteristic) -> Scorecard:
        """Return a card with a characteristic added, or replaced if its label is on the card.

        Parameters
        ----------
        characteristic : Characteristic
            It replaces the one with the same label, or is added at the end.

        Examples
        --------
        >>> import collectrisk as cr
        >>> strict = cr.Flag(label="agency", field="placed_with_agency", if_true=0.5)
        >>> cr.RuleScorer().with_characteristic(strict).labels == cr.RuleScorer().labels
        True
        """
        by_label = {each.label: each for each in self.card.characteristics}
        by_label[getattr(characteristic, "label", "")] = characteristic  # what has no label is refused below
        return self._with_characteristics(by_label.values())

    def without(self, label: str) -> Scorecard:
        """Return a card without one characteristic.

        Parameters
        ----------
        label : str
            The characteristic's label.

        Raises
        ------
        InvalidCardError
            If no characteristic has that label; the error suggests the nearest.
        """
        if not isinstance(label, str) or label not in self.labels:
            guess = did_you_mean(label, self.labels)
            part = label if isinstance(label, str) else shown(label)
            raise InvalidCardError(part, f"no characteristic has this label{guess}")
        kept = [each for each in self.card.characteristics if each.label != label]
        return self._with_characteristics(kept)

    def _with_characteristics(self, characteristics: Iterable[Characteristic]) -> Scorecard:
        """Return a card with other characteristics, and nothing that was known of those that it lacks.

        Its mapping has no field that nothing reads.
        """
        old, characteristics = self.card, tuple(characteristics)
        # A curve that replaces another one has its label, and neither its slopes nor its portfolios.
        same = {each.label for each in old.characteristics if each in characteristics}
        card = attrs.evolve(
            old,
            characteristics=characteristics,
            slope_spreads=[each for each in old.slope_spreads if each.label in same],
            portfolio_labels=[label for label in old.portfolio_labels if label in same],
        )
        unread = {*self.card.fields} - {*card.fields, *field_specs(Borrower)}
        return without_columns_of(card, unread)

    def with_base(self, base: float) -> Scorecard:
        """Return a card with another base, in log-odds."""
        return attrs.evolve(self.card, base=base)

    def with_ladder(self, ladder: Ladder) -> Scorecard:
        """Return a card with another ladder."""
        return attrs.evolve(self.card, ladder=ladder)

    def with_columns(self, columns: Columns | None) -> Scorecard:
        """Return a card that reads the fields of later frames by another mapping.

        Parameters
        ----------
        columns : Mapping, or mapping of str to (str or None), or None
            The mapping; None if each field is in the column of its own name.

        Examples
        --------
        >>> import collectrisk as cr
        >>> card = cr.RuleScorer().with_columns({"amount_overdue": {"column": "cents", "factor": 0.01}})
        >>> import polars as pl
        >>> frame = pl.DataFrame({"cents": [3_000_000], "days_past_due": [200], "failed_calls": [6]})
        >>> card.visit_probabilities(frame).round(4).tolist()
        [0.0669]
        """
        return attrs.evolve(self.card, columns=columns)


def _missing_value_error(scorer: CardScorer, borrower: Borrower, points: Iterable[float]) -> CollectRiskError:
    """Return the error for a missing value in a field whose characteristic has no points for it."""
    for characteristic, its_points in zip(scorer.card.characteristics, points, strict=True):
        missing = (name for name in characteristic.fields if SCALAR.is_missing(getattr(borrower, name)))
        field = next(missing, None)
        if its_points != its_points and field is not None:
            advice = ": set if_missing" if hasattr(characteristic, "if_missing") else ""
            hint = f"; the characteristic {characteristic.label!r} has no points for a missing value{advice}"
            return InvalidBorrowerError(field, "known", getattr(borrower, field), hint)
    return FormulaError.not_a_probability(type(scorer).__name__, math.nan)


def _to_mapping(columns: Columns | None) -> FieldColumns | None:
    if columns is None:
        return None
    from collectrisk.mapping._kept import kept  # noqa: PLC0415  # not needed for one borrower

    return kept(columns)


def _to_characteristics(characteristics: Iterable[Characteristic]) -> tuple[Characteristic, ...]:
    return to_tuple(characteristics)


@attrs.frozen(kw_only=True, slots=False)
class Scorecard(CardScorer):
    """A base and characteristics whose points add up to the log-odds of a visit.

    Parameters
    ----------
    base : float
        The log-odds of a borrower without any points.
    characteristics : iterable of Characteristic
        The characteristics, each with a label of its own.
    ladder : Ladder, optional
        Chooses the channel for a visit probability; the default ladder by default.
    base_spread : float, default 0.0
        The standard deviation, in log-odds, of the base in a portfolio that is not on the card; 0 if it is
        not known. That of a fit is larger than its prior scale if it comes from few portfolios.
    slope_spreads : iterable of SlopeSpread, default ()
        How much the slopes of the characteristics differ between portfolios, as far as it is known: at
        most one for each of them.
    portfolio_labels : iterable of str, default ()
        The labels of the characteristics whose points are those of single portfolios: their bases, their
        slopes and their pairs. A fit with this card as its prior leaves them out.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read from a frame if the caller does not say it: the `Mapping` of the frame
        that the card was fitted to. By default, each field is in the column of its own name. The keys
        that say how one file is read, such as its encoding, are not kept.

    Raises
    ------
    InvalidCardError
        If a label is not unique, spreads or `portfolio_labels` have one that is not on the card, or a
        number is not finite or too large: base, spread and all points are at most 1,000, far beyond the
        log-odds that are a probability of 0 or 1.
    InvalidMappingError
        If `columns` is not a valid mapping.

    Examples
    --------
    >>> import collectrisk as cr
    >>> card = cr.Scorecard(
    ...     base=-3.0,
    ...     characteristics=[
    ...         cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (365, 2)]),
    ...         cr.Flag(label="plan", field="repayment_plan", if_true=-3),
    ...     ],
    ... )
    >>> card.assess(cr.Borrower(amount_overdue=500, days_past_due=365)).log_odds
    -1.0
    """

    base: float = attrs.field(converter=to_number, validator=Number())
    characteristics: tuple[Characteristic, ...] = attrs.field(
        converter=_to_characteristics,
        validator=Each(Characteristic, "characteristics, such as Flag or Bands"),
    )
    ladder: Ladder = attrs.field(default=DEFAULT_LADDER, validator=IS_LADDER)
    base_spread: float = attrs.field(default=0.0, converter=to_number, validator=Number(0.0, LARGEST_POINTS))
    slope_spreads: tuple[SlopeSpread, ...] = attrs.field(
        default=(),
        converter=to_tuple,
        validator=Each(SlopeSpread, "spreads of slopes, such as SlopeSpread(...)"),
    )
    portfolio_labels: tuple[str, ...] = attrs.field(
        default=(), converter=to_tuple, validator=Each(str, "labels of characteristics")
    )
    # Its dictionaries have no hash; equal cards have equal hashes without it too.
    columns: FieldColumns | None = attrs.field(default=None, converter=_to_mapping, hash=False)

    def __attrs_post_init__(self) -> None:
        """Check the labels."""
        duplicates = [label for label, count in Counter(self.labels).items() if count > 1]
        if duplicates:
            raise InvalidCardError(duplicates[0], "the labels of a scorecard must be unique")
        for each in self.characteristics:
            if private := [name for name in each.fields if name.startswith("_")]:
                raise InvalidCardError(
                    each.label,
                    f"must not read {private[0]!r}: no scorer reads a name that starts with an underscore",
                )
        of_spreads = [each.label for each in self.slope_spreads]
        for name, labels in (("slope_spreads", of_spreads), ("portfolio_labels", self.portfolio_labels)):
            for label, count in Counter(labels).items():
                if label not in self.labels:
                    guess = did_you_mean(label, self.labels)
                    raise InvalidCardError(name, f"no characteristic has the label {label!r}{guess}")
                if count > 1:
                    raise InvalidCardError(name, f"must have the label {label!r} once, not {count} times")

    @classmethod
    def blend(
        cls,
        parts: Mapping[str, CardScorer],
        weights: Mapping[str, float] | None = None,
        *,
        ladder: Ladder = DEFAULT_LADDER,
    ) -> Scorecard:
        """Return the weighted mean of several scorecards' log-odds, which is a scorecard too.

        Parameters
        ----------
        parts : mapping of str to CardScorer
            The scorecards by name: rules, cards, fitted scorers.
        weights : mapping of str to float, optional
            The weight of each part, 0 or more; equal by default. They are normalised to a sum of 1.
        ladder : Ladder, optional
            Chooses the channel for a visit probability; the default ladder by default.

        Raises
        ------
        ArgumentError
            If there are no parts, a part is not a scorecard, the weights do not match the parts, or two
            parts keep different mappings; a part without a mapping reads the fields by that of the others.

        See Also
        --------
        BlendScorer : Blends scorers of any kind, without reasons.

        Examples
        --------
        >>> import collectrisk as cr
        >>> strict, mild = cr.RuleScorer(base=-3), cr.RuleScorer(base=-5)
        >>> card = cr.Scorecard.blend({"strict": strict, "mild": mild}, {"strict": 3, "mild": 1})
        >>> card.base
        -3.5
        """
        from collectrisk._formula import shared_columns  # noqa: PLC0415  # not needed for one borrower
        from collectrisk._scorers.weights import normalized_weights  # noqa: PLC0415

        if not isinstance(parts, Mapping):
            raise ArgumentError("parts", f"must be scorecards by name, not {type_name(parts)}")
        others = [name for name, part in parts.items() if not isinstance(part, CardScorer)]
        if others:
            raise ArgumentError(
                "parts",
                f"must be scorecards, and {others[0]!r} is not; BlendScorer takes scorers of any kind",
            )
        shares = normalized_weights(parts, weights)
        counts = Counter(label for part in parts.values() for label in part.labels)

        def label_of(label: str, name: str) -> str:
            return label if counts[label] == 1 else f"{label} ({name})"

        # A portfolio differs from all parts alike, also from those that do not say by how much.
        spreads = {name: part.card.base_spread for name, part in parts.items() if part.card.base_spread}
        total = math.fsum(shares[name] for name in spreads)
        return cls(
            base=math.fsum(shares[name] * part.card.base for name, part in parts.items()),
            characteristics=[
                attrs.evolve(each.scaled(shares[name]), label=label_of(each.label, name))
                for name, part in parts.items()
                for each in part.card.characteristics
            ],
            ladder=ladder,
            base_spread=math.fsum(shares[name] / total * spreads[name] for name in spreads) if total else 0.0,
            slope_spreads=[
                attrs.evolve(each, label=label_of(each.label, name), centre=shares[name] * each.centre)
                for name, part in parts.items()
                for each in part.card.slope_spreads
            ],
            portfolio_labels=[
                label_of(label, name) for name, part in parts.items() for label in part.card.portfolio_labels
            ],
            columns=shared_columns((formula_of(part.card) for part in parts.values()), "parts"),
        )

    @property
    def card(self) -> Scorecard:
        """The scorecard itself."""
        return self

    @cached_property
    def _tables(self) -> dict[type[Borrower], list[Table]]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields: the tables contain classes, which cannot always be pickled."""
        return {name: getattr(self, name) for name in attrs.fields_dict(type(self))}

    def tables(self, borrower_type: type[Borrower]) -> list[Table]:
        """Return how the points of one borrower are found, after checking that they are for such fields.

        Parameters
        ----------
        borrower_type : type
            The class of the borrower.

        Raises
        ------
        InvalidCardError
            If a field is of another type, or cannot have a level of a characteristic.
        """
        tables = self._tables.get(borrower_type)
        if tables is None:
            specs = field_specs(borrower_type)
            for each in self.characteristics:
                each.check_fields(specs, borrower_type.__name__)
            tables = tables_of(self.characteristics, specs)
            self._tables[borrower_type] = tables
        return tables

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and highest log-odds of any borrower."""
        ranges = [each.range for each in self.characteristics]
        return (
            math.fsum([self.base, *(lowest for lowest, _ in ranges)]),
            math.fsum([self.base, *(highest for _, highest in ranges)]),
        )


def without_columns_of(card: Scorecard, fields: Collection[str]) -> Scorecard:
    """Return a card whose mapping does not contain some fields, because nothing reads them."""
    if card.columns is None or not fields:
        return card
    from collectrisk.mapping._kept import without_fields  # noqa: PLC0415  # not needed for one borrower

    return card.with_columns(without_fields(card.columns, fields))
