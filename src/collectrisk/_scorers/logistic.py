"""The fitted scorer: starts from a prior card, and moves as far as the labels justify."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._fit.build import Sample
from collectrisk._fit.fitting import fit_card
from collectrisk._fit.inputs import as_data, as_labels, as_weights
from collectrisk._fit.posterior import Z_90
from collectrisk._fit.prior import Start
from collectrisk._fit.recalibration import shift_to_labels, shift_to_rate
from collectrisk._fit.subset import Taken
from collectrisk._fit.summary import Summary, summary_of
from collectrisk._frames import read_columns
from collectrisk._namespaces import SCALAR
from collectrisk._scorers.scorecard import CardScorer, Scorecard
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk._assessment import Assessment
    from collectrisk._curves import Characteristic
    from collectrisk._typing import Array, ColumnMapping

RECALIBRATED = 1.0
"""How far, in log-odds, another portfolio's base may be expected to lie where no fit says so."""


class LogisticScorer(ClassifierMixin, CardScorer, BaseEstimator):
    """A scorecard fitted to labels: a scikit-learn classifier and a scorer at once.

    The fit starts from a prior card, the house rules or last year's fit, and moves away from it
    as far as the labels justify. How far that is, is learned from the labels too, for the base
    and for each characteristic apart. Without a single label the fitted card *is* the prior
    card; with many it is what the data say. Without a prior, every column gets a curve of its
    own: straight lines between quantiles for numbers, points by level for texts, and points of
    their own for missing values.

    Parameters
    ----------
    prior : CardScorer, optional
        The card to start from: a `RuleScorer`, a `Scorecard`, a fitted `LogisticScorer`.
    characteristics : iterable of (str or Characteristic), optional
        Columns, or curves to start from, beside those of the prior. By default all columns
        where there is no prior, and no more than the prior's where there is one.
    portfolio : str, optional
        The column that says to which portfolio an account belongs. Each portfolio gets a base
        of its own, drawn towards the mean as far as the data are few, so that a change of
        policy between portfolios is not mistaken for an effect of amount or delay.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, where it is not the field's own.
    monotone : mapping of str to {1, -1}, optional
        Fields whose curve must never fall (1) or never rise (-1).
    knots : int, default 32
        How many knots the curve of a number may have.
    prior_scale : float or mapping of str to float, optional
        How far the fit may move, as a spread in log-odds from 0.000001 to 1,000, in place of what
        the labels say: one for all groups, or by group (``"base"``, a characteristic's label, ...).
    class_weight : dict or "balanced", optional
        As in scikit-learn. Any weight changes what the probabilities mean.
    visited : object, optional
        The class that stands for a visit; by default the greater of the two.
    borrower_type : type, default Borrower
        The class whose fields have rules; other columns may be anything.

    Attributes
    ----------
    scorecard_ : Scorecard
        The fitted card: data, explains itself, saved as JSON.
    classes_ : array, shape (2,)
        The classes; the second is not always the visit, see `visited`.
    strengths_ : dict of str to float
        How far each group was trusted to move, as a spread in log-odds.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    See Also
    --------
    RuleScorer : Needs no labels, and makes a good prior.

    References
    ----------
    D. J. C. MacKay, "The evidence framework applied to classification networks", Neural
    Computation 4 (1992).

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> accounts = cr.simulate_portfolio(2_000, seed=1)
    >>> chance = cr.RuleScorer(base=-2.0).visit_probabilities(accounts)
    >>> visited = np.random.default_rng(1).random(2_000) < chance
    >>> scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts, visited)
    >>> bool(abs(scorer.visit_probabilities(accounts).mean() - visited.mean()) < 0.005)
    True
    """

    def __init__(
        self,
        *,
        prior: CardScorer | None = None,
        characteristics: Iterable[str | Characteristic] | None = None,
        portfolio: str | None = None,
        columns: ColumnMapping | None = None,
        monotone: Mapping[str, int] | None = None,
        knots: int = 32,
        prior_scale: float | Mapping[str, float] | None = None,
        class_weight: Any = None,
        visited: Any = None,
        borrower_type: type[Borrower] = Borrower,
    ) -> None:
        self.prior = prior
        self.characteristics = characteristics
        self.portfolio = portfolio
        self.columns = columns
        self.monotone = monotone
        self.knots = knots
        self.prior_scale = prior_scale
        self.class_weight = class_weight
        self.visited = visited
        self.borrower_type = borrower_type

    @property
    def ladder(self) -> Ladder:  # type: ignore[override]  # here it is not for the user to set
        """The prior's ladder; another one goes onto the fitted card, ``scorecard_.with_ladder``."""
        return DEFAULT_LADDER if self.prior is None else self.prior.ladder

    @property
    def card(self) -> Scorecard:
        """The fitted card."""
        check_is_fitted(self)
        return self.scorecard_

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Fit the card to labelled accounts.

        Parameters
        ----------
        X : eager frame, sequence of Borrower, or array of shape (n_rows, n_columns)
            The accounts.
        y : sequence, shape (n_rows,)
            Whether each account was visited: two classes.
        sample_weight : sequence of float, shape (n_rows,), optional
            How often each row counts; 0 leaves it out.

        Returns
        -------
        LogisticScorer
            The scorer itself, fitted.

        Raises
        ------
        CollectRiskError
            If a column breaks its field's rule.
        ValueError
            If the labels are missing, or of more than two classes.
        """
        fresh = copy.copy(self)
        fresh._fit(X, y, sample_weight)  # noqa: SLF001  # it is one of us
        # A fit that fails leaves the scorer as it was.
        self.__dict__ = fresh.__dict__
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:  # noqa: N803  # scikit-learn's name
        data = as_data(self, X, reset=True)
        start = Start.of(self.prior, self.characteristics, self.portfolio)
        specs = start.specs(data, self.borrower_type)
        record, rows = read_columns(data, self.borrower_type, specs, self.columns or {})
        labels = as_labels(y, rows)
        self.classes_ = self._classes(labels)
        weights = as_weights(sample_weight, labels, self.class_weight)
        used = slice(None) if weights.all() else np.flatnonzero(weights)
        if not (weights.any() or self.prior):
            raise ValueError("no row has a weight above zero, and there is no prior card: nothing to fit")
        sample = Sample(Taken(record, used), weights[used], self.knots)
        fitted = fit_card(
            start.card,
            start.curves(specs, sample),
            sample,
            (labels == self.classes_[self._place]).astype(np.float64)[used],
            prior_scale=self.prior_scale,
            monotone=self.monotone or {},
        )
        self.fit_ = fitted
        self.strengths_ = fitted.posterior.spreads
        self.scorecard_ = fitted.card(self.ladder)

    def _classes(self, labels: Array) -> Array:
        """Return the two classes; a single 0 or 1, true or false tells what the other is."""
        classes = np.unique(labels)
        if len(classes) < 2 and set(classes.tolist()) <= {0, 1}:
            return np.array([0, 1]).astype(labels.dtype if len(classes) else np.int64)
        if len(classes) < 2:
            raise ValueError(f"two classes are needed, and there is only one class, {classes.tolist()}")
        return classes

    @property
    def _place(self) -> int:
        """Which of the classes stands for a visit."""
        if self.visited is None:
            return 1
        places = np.flatnonzero(self.classes_ == self.visited)
        if len(places) != 1:
            why = f"must be one of the classes, {self.classes_.tolist()}, not {self.visited!r}"
            raise ArgumentError("visited", why)
        return int(places[0])

    def predict_proba(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the probability of each class, in the order of `classes_`.

        Parameters
        ----------
        X : eager frame, sequence of Borrower, or array of shape (n_rows, n_columns)
            The accounts.

        Returns
        -------
        array of float, shape (n_rows, 2)
            The probabilities.
        """
        check_is_fitted(self)
        visit = self.visit_probabilities(as_data(self, X, reset=False), columns=self.columns)
        pair = (1.0 - visit, visit) if self._place else (visit, 1.0 - visit)
        return np.column_stack(pair)

    def decision_function(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the log-odds of the second class; where a float ends, the last ones it holds."""
        chance = self.predict_proba(X)
        tiny = np.finfo(np.float64).tiny
        log_odds: Array = np.log(np.maximum(chance[:, 1], tiny)) - np.log(np.maximum(chance[:, 0], tiny))
        return log_odds

    def predict(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the likelier class of each row."""
        likelier = self.predict_proba(X).argmax(axis=1)
        classes: Array = self.classes_[likelier]
        return classes

    def recalibrate(self, X: Any = None, y: Any = None, *, rate: float | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Return the scorer with another base, and everything else as it was.

        Parameters
        ----------
        X : eager frame, sequence of Borrower, or array, optional
            Accounts of the new portfolio; by default the accounts of the fit.
        y : sequence, shape (n_rows,), optional
            Whether each of them was visited.
        rate : float, optional
            The mean visit probability to reach, between 0 and 1, where there are no labels.

        Returns
        -------
        LogisticScorer
            A new scorer; this one stays what it is.

        Raises
        ------
        ArgumentError
            If there is neither a rate nor labelled accounts, or both.

        Examples
        --------
        >>> import collectrisk as cr
        >>> accounts = cr.simulate_portfolio(500, seed=1)
        >>> late = accounts["days_past_due"] > 120
        >>> scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts, late)
        >>> milder = scorer.recalibrate(accounts, rate=0.02)
        >>> float(milder.visit_probabilities(accounts).mean().round(6))
        0.02
        """
        check_is_fitted(self)
        if (rate is None) == (y is None) or (X is None and rate is None):
            raise ArgumentError(
                "rate", "is needed without labels, and not beside them: pass X and y, or a rate"
            )
        if rate is not None and not 0 < rate < 1:
            raise ArgumentError("rate", f"must lie between 0 and 1, not {rate!r}")
        log_odds, weights = self.fit_.typical if X is None else self._log_odds(X)
        if rate is not None and not len(log_odds):
            raise ArgumentError("rate", "needs accounts to hold for, and there are none; pass some as X")
        if rate is not None:
            return self._shifted(shift_to_rate(log_odds, weights, rate))
        visited = as_labels(y, len(log_odds)) == self.classes_[self._place]
        spread = self.scorecard_.base_spread or RECALIBRATED
        return self._shifted(shift_to_labels(log_odds, visited.astype(np.float64), spread))

    def _log_odds(self, X: Any) -> tuple[Array, Array]:  # noqa: N803  # scikit-learn's name
        """Return the log-odds of a visit, and a weight for each row."""
        second = self.decision_function(X)
        return second if self._place else -second, np.ones(len(second))

    def _shifted(self, shift: float) -> Self:
        shifted = copy.copy(self)
        shifted.fit_ = self.fit_.shifted(shift)
        shifted.scorecard_ = shifted.fit_.card(self.ladder)
        return shifted

    def summary(self) -> Summary:
        """Return the fitted points as a table, with odds ratios and 90 % intervals.

        Examples
        --------
        >>> import collectrisk as cr
        >>> accounts = cr.simulate_portfolio(500, seed=1)
        >>> late = accounts["days_past_due"] > 120
        >>> summary = cr.LogisticScorer(characteristics=["attitude"]).fit(accounts, late).summary()
        >>> [row.value for row in summary.rows]
        ['everybody', 'cooperative', 'evasive', 'hostile', 'passive', 'unknown', 'any other']
        """
        check_is_fitted(self)
        return summary_of(self.fit_)

    def assess(self, borrower: Borrower) -> Assessment:
        """Assess one borrower; the assessment has an `interval`."""
        assessment = super().assess(borrower)
        half_width = Z_90 * self.fit_.spread(borrower)
        low, high = (SCALAR.logistic(assessment.log_odds + end) for end in (-half_width, half_width))
        return attrs.evolve(assessment, interval=(low, high))

    def __str__(self) -> str:
        return super().__str__() if self._is_fitted else repr(self)

    @property
    def _repr_html_(self) -> Callable[[], str]:
        """What a notebook shows: the fitted card, and before the fit what scikit-learn shows."""
        shown: Callable[[], str] = self.to_html if self._is_fitted else super(CardScorer, self)._repr_html_
        return shown

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, Any]:
        told: dict[str, Any] = super()._repr_mimebundle_(**settings)
        return {**told, "text/html": self.to_html()} if self._is_fitted else told

    @property
    def _is_fitted(self) -> bool:
        return hasattr(self, "scorecard_")

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: two classes only, and missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def _more_tags(self) -> dict[str, bool]:
        """Tell scikit-learn before 1.6 the same."""
        return {"binary_only": True, "allow_nan": True}
