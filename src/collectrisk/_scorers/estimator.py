"""A fitted scikit-learn classifier as a scorer."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, Ladder
from collectrisk._fields import field_specs
from collectrisk._frames import plain_columns
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, FormulaError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._formula import Formula
    from collectrisk._namespaces import Namespace

LARGEST_SINGLE = float(np.finfo(np.float32).max)
BACKENDS = ("pandas", "polars", "pyarrow")


def _to_names(features: Iterable[str]) -> tuple[str, ...]:
    return (features,) if isinstance(features, str) else tuple(features)


@attrs.frozen(kw_only=True)
class EstimatorScorer(Scorer):
    """A fitted scikit-learn-compatible classifier or pipeline as a scorer.

    Parameters
    ----------
    estimator : classifier
        Fitted on two classes, with ``predict_proba``.
    features : iterable of str
        The borrower's fields, or a frame's columns, that the estimator was fitted on, in its
        order.
    positive : object, default 1
        The class that means an in-person visit; True and 1 are equal.
    ladder : Ladder, optional
        Chooses the channel for a visit probability; the default ladder by default.
    borrower_type : type, default Borrower
        The class of borrowers whose fields are the features.

    Raises
    ------
    ArgumentError
        If the estimator is not fitted, has no ``predict_proba``, or was fitted on other features or
        other classes.

    Notes
    -----
    Numbers are limited to ±3.4e38, the range of the single precision that trees use.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = np.array([[100.0, 5], [50_000, 700], [300, 9], [80_000, 500]]), [0, 1, 0, 1]
    >>> features = ["amount_overdue", "days_past_due"]
    >>> scorer = cr.EstimatorScorer(estimator=LogisticRegression().fit(X, y), features=features)
    >>> scorer.assess(cr.Borrower(amount_overdue=90_000, days_past_due=800)).channel
    <Channel.FIELD_VISIT: 'field_visit'>
    """

    estimator: Any
    features: tuple[str, ...] = attrs.field(converter=_to_names)
    positive: Any = 1
    ladder: Ladder = DEFAULT_LADDER
    borrower_type: type[Borrower] = Borrower

    def __attrs_post_init__(self) -> None:
        """Check the estimator, its features and its classes."""
        self._check_fitted()
        self._check_features()
        classes = self._classes
        if len(classes) != 2:
            raise ArgumentError(
                "estimator", f"must be fitted on two classes, visited or not, and its classes are {classes}"
            )
        if self.positive not in classes:
            raise ArgumentError(
                "positive", f"must be one of the estimator's two classes, {classes}, not {self.positive!r}"
            )

    @property
    def _classes(self) -> list[Any]:
        classes: list[Any] = np.asarray(self.estimator.classes_).tolist()
        return classes

    def _check_fitted(self) -> None:
        kind = getattr(self.estimator, "__name__", type(self.estimator).__name__)
        if not hasattr(self.estimator, "predict_proba"):
            raise ArgumentError(
                "estimator",
                f"must have predict_proba, and {kind} does not; use a classifier, and wrap one without "
                "probabilities, such as LinearSVC, in CalibratedClassifierCV",
            )
        try:
            check_is_fitted(self.estimator)
        except (NotFittedError, TypeError) as error:
            raise ArgumentError("estimator", f"must be fitted; call fit on the {kind} first") from error

    def _check_features(self) -> None:
        count = getattr(self.estimator, "n_features_in_", len(self.features))
        if not self.features or len(self.features) != count:
            raise ArgumentError(
                "features", f"must name the {count} features of the fit, not {list(self.features)}"
            )
        fitted = self._fitted_names
        if fitted is not None and fitted != self.features:
            unknown = [name for name in self.features if name not in fitted]
            seen = f"; {unknown[0]!r} is not one of them{did_you_mean(unknown[0], fitted)}" if unknown else ""
            raise ArgumentError("features", f"must be those of the fit, in its order: {list(fitted)}{seen}")

    @property
    def _fitted_names(self) -> tuple[str, ...] | None:
        names = getattr(self.estimator, "feature_names_in_", None)
        return None if names is None else tuple(map(str, names))

    @property
    def fields(self) -> tuple[str, ...]:
        """The features."""
        return self.features

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:  # noqa: ARG002  # the estimator needs no xp
        """Return the estimator's probability of the class `positive`."""
        if isinstance(borrower, Borrower):
            return float(self._predict({name: [self._value(borrower, name)] for name in self.features})[0])
        return self._predict(plain_columns(borrower, self.features))

    def _formula(self) -> Formula:
        return attrs.evolve(super()._formula(), by_row=True)

    def _value(self, borrower: Borrower, name: str) -> Any:
        """Return a field's value as a frame would contain it: text for enums, floats for numbers."""
        if not hasattr(borrower, name):
            fields = ", ".join(field_specs(self.borrower_type))
            raise ArgumentError("borrower", f"must have a field {name!r}; the fields are {fields}")
        value = getattr(borrower, name)
        if value is None or isinstance(value, bool):
            return value
        return str(value) if isinstance(value, str) else float(value)

    def _predict(self, columns: dict[str, Any]) -> Any:
        matrix = self._matrix(columns)
        try:
            probabilities = self.estimator.predict_proba(matrix)
        except Exception as error:
            why = f"{type(self.estimator).__name__}.predict_proba raised {type(error).__name__}: {error}"
            raise FormulaError(type(self).__name__, why) from error
        return probabilities[:, self._classes.index(self.positive)]

    def _matrix(self, columns: dict[str, Any]) -> Any:
        """Return the features in the form in which the estimator was fitted: an array or a frame."""
        arrays = {name: _limited(columns[name]) for name in self.features}
        if self._fitted_names is None:
            return np.column_stack(list(arrays.values()))
        return nw.from_dict(arrays, backend=_installed_backend()).to_native()


def _limited(values: Any) -> Any:
    column = np.asarray(values)
    return column.clip(-LARGEST_SINGLE, LARGEST_SINGLE) if column.dtype.kind == "f" else column


def _installed_backend() -> Any:
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if not installed:
        raise ArgumentError("estimator", f"was fitted on a frame, so install one of {', '.join(BACKENDS)}")
    return installed[0]
