"""A fitted scikit-learn classifier as a scorer."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
from sklearn.exceptions import NotFittedError

from collectrisk._borrower import Borrower
from collectrisk._channel import DEFAULT_LADDER, IS_LADDER, Ladder
from collectrisk._fields import field_specs, is_missing
from collectrisk._frames import plain_columns, unmasked, visit_class
from collectrisk._parameters import to_tuple
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, FormulaError, did_you_mean, shown, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._formula import Formula
    from collectrisk._namespaces.protocol import Namespace

LARGEST_SINGLE = float(np.finfo(np.float32).max)
SUM_TOLERANCE = 1e-3
"""How far the sum of an account's two probabilities may be from 1, in single precision."""

BACKENDS = ("pandas", "polars", "pyarrow")


def _to_names(features: Iterable[str]) -> tuple[str, ...]:
    return (features,) if isinstance(features, str) else to_tuple(features)


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
    positive : object, optional
        The class that means an in-person visit. By default true among booleans, and 1 among 0 and 1
        or -1 and 1, as in `evaluate`; for other classes it is required.
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
    The visit probability is the estimator's own. In a frame, every feature needs a column, and a
    missing value reaches the estimator as NaN, or None for text; it is not replaced by the default of
    a borrower's field. An estimator that cannot handle missing values raises. The fields of one
    `Borrower` are always known; where they may be missing, give them the default None or NaN in a
    subclass.

    Text reaches the estimator as text, and as categories if it is a model of LightGBM, or of XGBoost
    3.1 or newer, that was fitted on columns of the type ``category``, alone or as a step of a pipeline.

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
    positive: Any = None
    ladder: Ladder = attrs.field(default=DEFAULT_LADDER, validator=IS_LADDER)
    borrower_type: type[Borrower] = Borrower

    def __attrs_post_init__(self) -> None:
        """Check the estimator, its features and its classes."""
        given: object = self.borrower_type
        if not (isinstance(given, type) and issubclass(given, Borrower)):
            raise ArgumentError("borrower_type", f"must be Borrower or a subclass, not {shown(given)}")
        self._check_fitted()
        self._check_features()
        classes = self._classes
        if np.ndim(classes) != 1 or len(classes) != 2:
            raise ArgumentError(
                "estimator", f"must be fitted on two classes, visited or not, and its classes are {classes}"
            )
        visit_class(classes, self.positive, "estimator.classes_")

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
            fitted = not isinstance(self.estimator, type) and self._classes is not None
        except (AttributeError, NotFittedError):
            fitted = False
        if not fitted:
            raise ArgumentError("estimator", f"must be fitted; call fit on the {kind} first")

    def _check_features(self) -> None:
        if not isinstance(self.features, tuple) or not all(isinstance(name, str) for name in self.features):
            raise ArgumentError("features", f"must be names of fields or columns, not {shown(self.features)}")
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
        """Return the estimator's probability of the class that means a visit."""
        if isinstance(borrower, Borrower):
            return float(self._predict({name: self._column(borrower, name) for name in self.features})[0])
        return self._predict(plain_columns(borrower, self.features))

    def _formula(self) -> Formula:
        return attrs.evolve(super()._formula(), by_row=True, keeps_missing=self.features)

    def _column(self, borrower: Borrower, name: str) -> Any:
        """Return a field as a column of one row, with the type that a frame's column would have."""
        if not hasattr(borrower, name):
            fields = ", ".join(field_specs(self.borrower_type))
            raise ArgumentError("borrower", f"must have a field {name!r}; the fields are {fields}")
        value = getattr(borrower, name)
        if isinstance(value, bool):
            return np.array([value])
        if value is None or isinstance(value, str):
            return np.array([None if value is None else str(value)], dtype=object)
        return np.array([float(value)])

    def _predict(self, columns: dict[str, Any]) -> Any:
        limited = {name: _limited(column) for name, column in columns.items()}
        matrix = self._matrix(limited)
        try:
            probabilities = self.estimator.predict_proba(matrix)
        except Exception as error:
            missing = [name for name, column in limited.items() if any(map(is_missing, column.tolist()))]
            hint = f"; values are missing in {', '.join(missing)}" if missing else ""
            raise self._failed(f"raised {type(error).__name__}: {error}{hint}") from error
        return self._checked(probabilities, len(limited[self.features[0]]))

    def _checked(self, probabilities: Any, rows: int) -> Any:
        """Return the probabilities of a visit, or raise if they are not probabilities."""
        try:
            found = np.asarray(unmasked(probabilities))
            found = found.astype(np.float64, casting="same_kind" if found.dtype.kind == "c" else "unsafe")
        except (TypeError, ValueError):
            raise self._failed(f"must return an array of numbers, not {type_name(probabilities)}") from None
        if found.shape != (rows, 2):
            raise self._failed(
                f"must return an array of shape {(rows, 2)}, a column for each class, not {found.shape}"
            )
        valid = ((found >= 0) & (found <= 1)).all(axis=1) & (abs(found.sum(axis=1) - 1) <= SUM_TOLERANCE)
        if not valid.all():
            first = found[~valid][0].tolist()
            raise self._failed(f"must return the probabilities of two classes, not {first}")
        classes = self._classes
        return found[:, classes.index(visit_class(classes, self.positive, "estimator.classes_"))]

    def _failed(self, why: str) -> FormulaError:
        return FormulaError(type(self).__name__, f"{type(self.estimator).__name__}.predict_proba {why}")

    @property
    def _reads_categories(self) -> bool:
        steps: dict[str, Any] = getattr(self.estimator, "get_params", dict)()
        return any(map(_stores_categories, [self.estimator, *steps.values()]))

    def _matrix(self, columns: dict[str, Any]) -> Any:
        """Return the features in the form in which the estimator was fitted: an array or a frame."""
        if self._fitted_names is None:
            return np.column_stack([columns[name] for name in self.features])
        frame = nw.from_dict({name: columns[name] for name in self.features}, backend=_installed_backend())
        texts = [name for name in self.features if columns[name].dtype.kind == "O"]
        if texts and self._reads_categories:
            frame = frame.with_columns(nw.col(texts).cast(nw.Categorical))
        return frame.to_native()


def _limited(column: Any) -> Any:
    return column.clip(-LARGEST_SINGLE, LARGEST_SINGLE) if column.dtype.kind == "f" else column


def _stores_categories(model: Any) -> bool:
    """Return whether a fitted model of LightGBM, or of XGBoost since 3.1, contains its categories.

    Such a model compares categories by their values. An older model of XGBoost compares their codes,
    which are different in every frame.
    """
    try:
        if hasattr(model, "get_booster"):
            return not model.get_booster().get_categories().empty()
        return bool(model.booster_.pandas_categorical)
    except (AttributeError, NotFittedError):
        return False


def _installed_backend() -> Any:
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if not installed:
        raise ArgumentError("estimator", f"was fitted on a frame, so install one of {', '.join(BACKENDS)}")
    return installed[0]
