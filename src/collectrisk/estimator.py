"""Any fitted scikit-learn classifier as a scorer."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from collectrisk import frames
from collectrisk.borrower import Borrower
from collectrisk.channel import DEFAULT_LADDER, Ladder
from collectrisk.errors import ArgumentError, FormulaError, nearest
from collectrisk.fields import specs
from collectrisk.plan import RunPlan
from collectrisk.scorer import Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk.namespace import Namespace

__all__ = ["EstimatorScorer"]

IN_ROWS = RunPlan(in_columns=False, rows_in_block=65_536)
LARGEST = float(np.finfo(np.float32).max)
BACKENDS = ("pandas", "polars", "pyarrow")


def _names(features: Iterable[str]) -> tuple[str, ...]:
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
    visited : object, default 1
        The class that stands for an in-person visit; True and 1 are the same.
    ladder : Ladder, optional
        Which visit probability justifies which channel; the house ladder by default.
    borrower_type : type, default Borrower
        The class of borrowers whose fields the features name.

    Raises
    ------
    ArgumentError
        If the estimator is not fitted, has no ``predict_proba``, was fitted on other features
        or other classes.

    Notes
    -----
    Numbers beyond 3.4e38, the largest that trees of single precision take, count as that.

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
    features: tuple[str, ...] = attrs.field(converter=_names)
    visited: Any = 1
    ladder: Ladder = DEFAULT_LADDER
    borrower_type: type[Borrower] = Borrower

    def __attrs_post_init__(self) -> None:
        """Check that the estimator can answer for these features."""
        self._check_fitted()
        self._check_features()
        classes = self._classes
        if len(classes) != 2:
            raise ArgumentError(
                "estimator", f"must be fitted on two classes, visited or not, and its classes are {classes}"
            )
        if self.visited not in classes:
            raise ArgumentError(
                "visited", f"must be one of the estimator's two classes, {classes}, not {self.visited!r}"
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
                f"must have predict_proba, and a {kind} has none; take a classifier, and wrap one that "
                "only decides, such as LinearSVC, in CalibratedClassifierCV",
            )
        try:
            check_is_fitted(self.estimator)
        except (NotFittedError, TypeError) as error:
            raise ArgumentError("estimator", f"must be fitted; call fit on a {kind} first") from error

    def _check_features(self) -> None:
        count = getattr(self.estimator, "n_features_in_", len(self.features))
        if not self.features or len(self.features) != count:
            raise ArgumentError(
                "features", f"must name the {count} features of the fit, not {list(self.features)}"
            )
        fitted = self._fitted_names
        if fitted is not None and fitted != self.features:
            raise ArgumentError(
                "features", f"must be those of the fit, in its order: {list(fitted)}{self._meant}"
            )

    @property
    def _fitted_names(self) -> tuple[str, ...] | None:
        names = getattr(self.estimator, "feature_names_in_", None)
        return None if names is None else tuple(map(str, names))

    @property
    def _meant(self) -> str:
        strange = next((name for name in self.features if name not in (self._fitted_names or ())), "")
        guess = nearest(strange, self._fitted_names or ())
        return f"; {strange!r} may be meant as {guess!r}" if guess else ""

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame: in large blocks of rows."""
        return IN_ROWS

    @property
    def fields(self) -> tuple[str, ...]:
        """The features."""
        return self.features

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the estimator's probability of the class `visited`."""
        return self.evaluate(borrower, xp)

    def evaluate(self, record: Any, xp: Namespace) -> Any:  # noqa: ARG002  # the estimator brings its own functions
        """Return the estimator's probability for a borrower, or for each row of a block."""
        if isinstance(record, Borrower):
            return float(
                self._probabilities({name: [self._value(record, name)] for name in self.features})[0]
            )
        columns = frames.plain_columns(record, self.features)
        return self._probabilities(columns)

    def _value(self, borrower: Borrower, name: str) -> Any:
        """Return a field's value as a frame would hold it: enums are text, counts are floats."""
        if not hasattr(borrower, name):
            known = ", ".join(specs(self.borrower_type))
            raise ArgumentError("borrower", f"must have a field {name!r}; the fields are {known}")
        value = getattr(borrower, name)
        if value is None or isinstance(value, bool):
            return value
        return str(value) if isinstance(value, str) else float(value)

    def _probabilities(self, columns: dict[str, Any]) -> Any:
        matrix = self._matrix(columns)
        try:
            found = self.estimator.predict_proba(matrix)
        except Exception as error:
            why = f"{type(self.estimator).__name__}.predict_proba raised {type(error).__name__}: {error}"
            raise FormulaError(type(self).__name__, why) from error
        return found[:, self._classes.index(self.visited)]

    def _matrix(self, columns: dict[str, Any]) -> Any:
        """Return the features as the estimator was fitted on them: an array, or a named frame."""
        if self._fitted_names is None:
            return np.column_stack([_held(columns[name]) for name in self.features])
        held = {name: _held(values) for name, values in columns.items()}
        return nw.from_dict(held, backend=_installed_backend()).to_native()


def _held(values: Any) -> Any:
    """Return a column whose numbers an estimator of single precision can take."""
    column = np.asarray(values)
    return column.clip(-LARGEST, LARGEST) if column.dtype.kind == "f" else column


def _installed_backend() -> Any:
    """Return the first frame library that is installed: an estimator with names wants a frame."""
    found = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if not found:
        raise ArgumentError("estimator", f"was fitted on a frame, so install one of {', '.join(BACKENDS)}")
    return found[0]
