"""The fitted scorer: penalised additive logistic regression around a prior card."""

from __future__ import annotations

import copy
import numbers
import warnings
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._display.words import LANGUAGES, words_in
from collectrisk._fields import field_specs
from collectrisk._fit.factors import note_of_factor
from collectrisk._fit.fitting import fit_card
from collectrisk._fit.identifiers import refuse_identifiers, warn_of_numbers
from collectrisk._fit.inputs import are_borrowers, as_data, as_labels
from collectrisk._fit.leakage import refuse_labels, warn_of_labels
from collectrisk._fit.pairs import note_of_portfolio
from collectrisk._fit.parameters import check_parameters, reusable
from collectrisk._fit.posterior import Z_90
from collectrisk._fit.prior import Prior
from collectrisk._fit.recalibration import shift_to_labels, shift_to_rate
from collectrisk._fit.sample import RowSubset, TrainingRows
from collectrisk._fit.texts import refuse_numbers
from collectrisk._fit.weights import (
    IMPORTANCE,
    as_class_weights,
    as_weights,
    note_of_weights,
    scaled_to_effective_rows,
)
from collectrisk._frames import log_odds_of, read_columns, require_same_index, visit_class
from collectrisk._namespaces import SCALAR
from collectrisk._parameters import LARGEST_POINTS
from collectrisk._scorers.scorecard import CardScorer, Scorecard, without_columns_of
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, shown
from collectrisk.mapping._kept import kept
from collectrisk.mapping._mapping import EMPTY
from collectrisk.summary import Summary, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk._assessment import Assessment
    from collectrisk._curves import Characteristic
    from collectrisk._display.words import Words
    from collectrisk._formula import Formula
    from collectrisk._typing import Array
    from collectrisk.mapping._mapping import Columns

RECALIBRATION_SCALE = 1.0
"""The prior scale, in log-odds, of another portfolio's base if the card has no `base_spread`."""


class LogisticScorer(ClassifierMixin, CardScorer, BaseEstimator):
    """A scorecard fitted to labels: a scikit-learn classifier and a scorer.

    The fit starts from a prior card, such as the rules or last year's fit, and departs from it only
    as far as the labels justify: every departure has a Gaussian prior, whose scale is estimated from
    the labels too, for the base and for each characteristic. Without labels the fitted card equals
    the prior card. With many labels the prior has hardly any influence. Without a prior card, every
    column gets a curve: straight lines between quantiles for a number, points for each level of a
    text, and separate points for missing values.

    Parameters
    ----------
    prior : CardScorer, optional
        The prior card: a `RuleScorer`, a `Scorecard`, a fitted `LogisticScorer`.
    characteristics : iterable of (str or Characteristic), optional
        Columns, or prior curves, in addition to those of the prior card. By default all columns if
        there is no prior card, and none otherwise.
    portfolio : str, optional
        The column that names each account's portfolio, by text, numbers or booleans. Each
        portfolio gets a base of its own, shrunk towards the mean if it has few labels, so that a
        difference in policy between portfolios is not mistaken for an effect of amount or delay.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read from the frame, in the fit and afterwards: a `Mapping`, or the
        frame's name for each field whose column has another name. By default as the prior card reads
        them; ``{}`` if each field is in the column of its own name. The fitted card keeps it. It is not
        used for a list of borrowers, whose values need none.
    monotone : mapping of str to {1, -1}, optional
        Fields whose curve must never decrease (1) or never increase (-1).
    pairs : "auto", int or iterable of (str, str), optional
        Fields that act together. Each pair gets a `Surface` of what the curves of its fields do not add,
        which is shrunk towards zero as far as the labels do not justify it. ``"auto"`` adds up to ten
        pairs, each if there is positive evidence for it: posterior odds above 3 (Kass and Raftery 1995). A
        number adds that many pairs, those with the most evidence; 0, as by default, adds none. With
        `portfolio`, a pair of a field and its column is for what slopes by portfolio do not say.
    knots : int, default 32
        The maximum number of knots that the data may give a curve. All curves together get at most
        1,000, which limits each of many columns to fewer.
    prior_scale : float or mapping of str to float, optional
        The standard deviation of the Gaussian priors, from 0.000001 to 1,000: one for all groups, or by
        group, with the names that `prior_scales_` has for these columns, such as ``"base"`` and the labels
        of curves, or that of a pair or slopes that may be added. It is in log-odds, but for groups of
        factors (``"prior factor"`` and the like) and slopes. By default it is estimated from the labels. A
        small scale keeps the points near the prior card's.
    class_weight : dict or "balanced", optional
        The cost of an error in each class: `predict` gives the class with the greater product of
        probability and weight, and `decision_function` includes the weights (Elkan 2001). Weights
        inverse to the number of rows, ``"balanced"``, move the threshold from one half to the visit rate.
        The card, its probabilities and its intervals do not depend on them. For rows that were sampled
        by outcome, pass `sample_weight`.
    weights : {"counts", "importance"}, optional
        What `sample_weight` means. ``"counts"``: a row stands for as many accounts, with the same values and
        the same outcome. ``"importance"``: a row is one account, and only the ratios of the weights matter;
        they are scaled to the effective number of rows (Kish 1965). By default they are taken for counts, as
        in scikit-learn; a warning says that the points depend on this, and there are no intervals.
    positive : object, optional
        The class that means a visit. By default true among booleans, and 1 among 0 and 1 or -1
        and 1, as in `evaluate`; other labels are rejected, because their order says nothing about
        what they mean. Only if the accounts are an array, whose columns have no names, it is the
        greater of any two classes, as in scikit-learn.
    borrower_type : type, default Borrower
        The class of borrowers whose fields are validated; other columns may contain anything.

    Attributes
    ----------
    scorecard_ : Scorecard
        The fitted card: immutable data that can be saved as JSON.
    classes_ : array, shape (2,)
        The classes in sorted order.
    positive_ : object
        The class that means a visit.
    columns_ : Mapping or None
        How the fields of later frames are read; None if each is in the column of its own name.
    prior_scales_ : dict of str to float
        The prior scale of each group; see `prior_scale`.
    pairs_ : dict of (str, str) to float
        The pairs of fields whose surfaces this fit has added, in order, and the evidence for each: the
        natural logarithm of the Bayes factor, by which the surface multiplies the marginal likelihood. It
        is about 0 or below for a pair without an effect.
    class_weight_ : array of float, shape (2,)
        The weight of each class in `predict`.
    fit_ : object
        The design and the posterior, for the library's own use; they may change in any version.
    has_intervals_ : bool
        Whether there are intervals: not if there are weights other than 0 and 1 whose meaning is not given.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    See Also
    --------
    RuleScorer : Needs no labels, and is a good prior.

    References
    ----------
    D. J. C. MacKay, "The evidence framework applied to classification networks", Neural
    Computation 4 (1992). M. E. Tipping, "Sparse Bayesian learning and the relevance vector
    machine", Journal of Machine Learning Research 1 (2001). C. Elkan, "The foundations of cost-sensitive
    learning", International Joint Conference on Artificial Intelligence (2001). L. Kish, *Survey
    Sampling* (1965). R. E. Kass and A. E. Raftery, "Bayes factors", Journal of the American Statistical
    Association 90 (1995).

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> accounts = cr.simulate_portfolio(2_000, seed=1)
    >>> probability = cr.RuleScorer(base=-2.0).visit_probabilities(accounts)
    >>> visited = np.random.default_rng(1).random(2_000) < probability
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
        columns: Columns | None = None,
        monotone: Mapping[str, int] | None = None,
        pairs: Literal["auto"] | int | Iterable[tuple[str, str]] | None = None,
        knots: int = 32,
        prior_scale: float | Mapping[str, float] | None = None,
        class_weight: Any = None,
        weights: str | None = None,
        positive: Any = None,
        borrower_type: type[Borrower] = Borrower,
    ) -> None:
        self.prior = prior
        self.characteristics = characteristics
        self.portfolio = portfolio
        self.columns = columns
        self.monotone = monotone
        self.pairs = pairs
        self.knots = knots
        self.prior_scale = prior_scale
        self.class_weight = class_weight
        self.weights = weights
        self.positive = positive
        self.borrower_type = borrower_type

    @property
    def ladder(self) -> Ladder:  # type: ignore[override]  # it follows from the prior
        """The prior card's ladder; for another one, use ``scorecard_.with_ladder``."""
        return DEFAULT_LADDER if self.prior is None else self.prior.ladder

    def _formula(self) -> Formula:
        formula = super()._formula()  # raises if the scorer is not fitted
        half_widths = self._half_widths if self.has_intervals_ else None
        return attrs.evolve(formula, columns=self.columns_ or {}, half_widths=half_widths)

    def _half_widths(self, record: Any, rows: int) -> Array:
        """Return half the width of the 90 % interval of the log-odds of each row."""
        half_widths: Array = Z_90 * self.fit_.log_odds_errors(record, rows)
        return half_widths

    @property
    def card(self) -> Scorecard:
        """The fitted card."""
        check_is_fitted(self)
        return self.scorecard_

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002  # scikit-learn's signature
        """Return the parameters; see scikit-learn's ``BaseEstimator``."""
        self._keep_iterables()
        params: dict[str, Any] = super().get_params(deep)
        return params

    def __getstate__(self) -> Any:
        """Return the state to copy or to pickle, which must not contain an iterator."""
        self._keep_iterables()
        return super().__getstate__()

    def _keep_iterables(self) -> None:
        """Replace iterators by tuples before they are read; scikit-learn forbids it in `__init__`."""
        for name in self._get_param_names():
            setattr(self, name, reusable(getattr(self, name)))

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Fit the card to labelled accounts.

        Parameters
        ----------
        X : eager frame, sequence of Borrower, or array of shape (n_rows, n_columns)
            The accounts.
        y : sequence, shape (n_rows,)
            Whether each account was visited: labels of two classes.
        sample_weight : sequence of float, shape (n_rows,), optional
            The weight of each row; 0 leaves it out. What it means is said by the parameter `weights`.

        Returns
        -------
        LogisticScorer
            The scorer itself, fitted.

        Raises
        ------
        CollectRiskError
            If a column contains invalid values, numbers as text, account numbers or names (a different
            text in nearly every row), or the labels: one value for all visited accounts, and another
            for all others.
        ValueError
            If labels are missing, have more than two classes, or do not determine which class means
            a visit.
        """
        self._keep_iterables()
        # A fit that fails must leave the scorer as it was.
        fitted = copy.copy(self)
        fitted._fit(X, y, sample_weight)  # noqa: SLF001  # same class
        self.__dict__ = fitted.__dict__
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:  # noqa: N803  # scikit-learn's name
        check_parameters(self)
        data, has_names = as_data(self, X, reset=True)
        prior = Prior.of(self.prior, self.characteristics, self.portfolio)
        self.columns_ = kept(prior.card.columns if self.columns is None else self.columns)
        columns = EMPTY if are_borrowers(X) else self.columns_
        specs = prior.specs(data, self.borrower_type, columns)
        record, rows = read_columns(data, self.borrower_type, specs, columns)
        for argument, values in (("y", y), ("sample_weight", sample_weight)):
            require_same_index(values, X, argument)
        labels = as_labels(y, rows)
        self.classes_ = _classes(labels)
        classes = self.classes_.tolist()
        self.positive_ = (
            visit_class(classes, self.positive, "y")
            if has_names or self.positive is not None
            else classes[-1]
        )
        weights = as_weights(sample_weight, rows)
        self.class_weight_ = as_class_weights(self.class_weight, self.classes_, labels, weights)
        if not (weights.any() or self.prior):
            raise ValueError("no row has a weight above zero, and there is no prior card: nothing to fit")
        used = slice(None) if weights.all() else np.flatnonzero(weights)
        weights = weights[used]
        is_weighted = bool((weights != 1.0).any())
        self.has_intervals_ = self.weights is not None or not is_weighted
        if not self.has_intervals_:
            warnings.warn(words_in("en").summary.without_meaning, stacklevel=3)  # the line that calls `fit`
        if self.weights == IMPORTANCE:
            weights = scaled_to_effective_rows(weights)
        self._counted = (len(weights), float(weights.sum())) if is_weighted else None
        training = TrainingRows(RowSubset(record, used), weights, self.knots)
        visited = self._is_positive(labels)[used]
        if has_names:
            flat = prior.flat_columns(specs)
            compared = flat if self.portfolio is None else [*flat, self.portfolio]
            refuse_labels(compared, training.record, visited)
            warn_of_labels(compared, training.record, visited)
            if self.characteristics is None:  # otherwise the user has chosen them
                warn_of_numbers(flat, training.record)
            refuse_numbers(flat, training.record, columns)
        characteristics = prior.characteristics(specs, training)
        refuse_identifiers(characteristics, training.record)
        self.fit_ = fit_card(
            prior.card,
            characteristics,
            training,
            visited,
            prior_scale=self.prior_scale,
            monotone=self.monotone or {},
            pairs=self.pairs,
            has_portfolios=self.portfolio is not None,
        )
        self.prior_scales_ = self.fit_.posterior.prior_scales
        self.pairs_ = self.fit_.pairs
        self.scorecard_ = self._new_card()

    def _new_card(self) -> Scorecard:
        """Return the fitted card, with the mapping of the fields that a card knows."""
        card = self.fit_.card(self.ladder).with_columns(self.columns_)
        known = {*field_specs(Borrower), *card.fields}
        return without_columns_of(card, {*field_specs(self.borrower_type)} - known)

    @property
    def _positive_index(self) -> int:
        """The index in `classes_` of the class that means a visit."""
        index: int = self.classes_.tolist().index(self.positive_)
        return index

    def _is_positive(self, labels: Array) -> Array:
        """Return 1.0 for each label that means a visit, else 0.0."""
        positive: Array = labels == self.classes_[self._positive_index]
        return positive.astype(np.float64)

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
        data, _ = as_data(self, X, reset=False)
        visit = self.visit_probabilities(data, columns=EMPTY if are_borrowers(X) else None)
        columns = [1.0 - visit, visit]
        return np.column_stack(columns if self._positive_index else columns[::-1])

    def decision_function(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the log-odds of the second class, above 0 where `predict` gives this class.

        They include the logarithm of the ratio of the class weights, and are finite even if a probability
        or a weight is 0.
        """
        log_odds = self._log_odds(X)
        return (log_odds if self._positive_index else -log_odds) + _log_ratio(self.class_weight_)

    def _log_odds(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the log-odds of a visit of each row, also where the probability is rounded to 1."""
        check_is_fitted(self)
        data, _ = as_data(self, X, reset=False)
        return log_odds_of(self._formula(), data, columns=EMPTY if are_borrowers(X) else None)

    def predict(self, X: Any) -> Array:  # noqa: N803  # scikit-learn's name
        """Return the class of each row with the greater product of probability and class weight."""
        is_second = self.decision_function(X) > 0
        classes: Array = self.classes_[is_second.astype(np.intp)]
        return classes

    def recalibrate(self, X: Any = None, y: Any = None, *, rate: float | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Return a scorer with another base and otherwise the same card.

        Parameters
        ----------
        X : eager frame, sequence of Borrower, or array, optional
            Accounts of the portfolio to be scored: all of them, or a random sample. By default those of the
            fit with their weights, which is wrong for a sample by outcome without weights.
        y : sequence, shape (n_rows,), optional
            Whether each of them was visited: labels of the classes of the fit. The accounts have no
            weights, so they must not be a sample by outcome.
        rate : float, optional
            The mean visit probability of the accounts, between 0 and 1; without labels.

        Returns
        -------
        LogisticScorer
            A new scorer; this one is not changed.

        Raises
        ------
        ArgumentError
            If neither a rate nor labelled accounts are given, or both, if a label is not one of the
            classes of the fit, or if the base would exceed the limits of a card.

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
        if rate is not None and not _is_rate(rate):
            raise ArgumentError("rate", f"must lie between 0 and 1, not {shown(rate)}")
        if X is None:
            log_odds, weights = self.fit_.log_odds
        else:
            log_odds = self._log_odds(X)
            weights = np.ones(len(log_odds))
        if rate is None:
            require_same_index(y, X, "y")
            visited = self._is_positive(as_labels(y, len(log_odds), self.classes_))
            scale = self.scorecard_.base_spread or RECALIBRATION_SCALE
            shift = shift_to_labels(log_odds, visited, scale)
        elif len(log_odds):
            shift = shift_to_rate(log_odds, weights, rate)
        else:
            raise ArgumentError("rate", "needs accounts to hold for, and there are none; pass some as X")
        base = self.scorecard_.base + shift
        if abs(base) > LARGEST_POINTS:
            raise ArgumentError(
                "y" if rate is None else "rate",
                f"would need a base of {base:,.1f}, and a card has at most {LARGEST_POINTS:,g}, because the "
                "points of these accounts are far from zero; use a card with smaller points",
            )
        shifted = copy.copy(self)
        shifted.fit_ = self.fit_.shifted(shift)
        shifted.scorecard_ = shifted._new_card()  # noqa: SLF001  # same class
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
        ['all', 'cooperative', 'evasive', 'hostile', 'passive', 'unknown', 'any other']
        """
        check_is_fitted(self)
        notes = {language: self._note(words_in(language)) for language in LANGUAGES}
        return summary_of(self.fit_, notes, has_intervals=self.has_intervals_)

    def _note(self, words: Words) -> str:
        """Return what a reader of the points should know, in a language."""
        notes = [
            note_of_factor(self.fit_.design, self.fit_.posterior, words, has_interval=self.has_intervals_),
            note_of_weights(self._counted, self.weights, words),
            note_of_portfolio(self.fit_.design.bases, self.portfolio, words),
        ]
        return " ".join(filter(None, notes))

    def assess(self, borrower: Borrower | Mapping[str, Any]) -> Assessment:
        """Assess one borrower or row, with the 90 % credible interval; see `Scorecard.assess`."""
        assessment = super().assess(borrower)
        if not self.has_intervals_:
            return assessment
        half_width = Z_90 * self.fit_.standard_error(assessment.borrower)
        log_odds = SCALAR.total([self.scorecard_.base, *assessment.points])
        low, high = (SCALAR.logistic(log_odds + end) for end in (-half_width, half_width))
        return attrs.evolve(assessment, interval=(low, high))

    # Before the fit there is no card to show, and scikit-learn shows the parameters.

    def __str__(self) -> str:
        return super().__str__() if self._is_fitted else repr(self)

    @property
    def _repr_html_(self) -> Callable[[], str]:
        html: Callable[[], str] = self.to_html if self._is_fitted else super(Scorer, self)._repr_html_
        return html

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options)
        return {**bundle, "text/html": self.to_html()} if self._is_fitted else bundle

    @property
    def _is_fitted(self) -> bool:
        return hasattr(self, "scorecard_")

    def __sklearn_tags__(self) -> Any:
        """Declare to scikit-learn that there are two classes, and that NaN is allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def _more_tags(self) -> dict[str, bool]:
        """Declare the same to scikit-learn before 1.6."""
        return {"binary_only": True, "allow_nan": True}


def _log_ratio(weights: Array) -> float:
    """Return the logarithm of the second weight, divided by the first, finite even if one is 0."""
    first, second = np.log(np.maximum(weights, np.finfo(np.float64).smallest_subnormal)).tolist()
    return float(second - first)


def _is_rate(value: Any) -> bool:
    return isinstance(value, numbers.Real) and 0 < float(value) < 1


def _classes(labels: Array) -> Array:
    """Return the two classes; if only 0 or 1 (or a boolean) occurs, the other one is known."""
    classes = np.unique(labels)
    if len(classes) < 2 and set(classes.tolist()) <= {0, 1}:
        return np.array([0, 1]).astype(labels.dtype if len(classes) else np.int64)
    if len(classes) < 2:
        raise ValueError(f"two classes are needed, and there is only one class, {classes.tolist()}")
    return classes
