"""The fitted scorer is a scikit-learn classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.estimator_checks import parametrize_with_checks

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable


@parametrize_with_checks([cr.LogisticScorer(), cr.LogisticScorer(knots=8, class_weight="balanced")])  # type: ignore[untyped-decorator]  # scikit-learn has no types
def test_scikit_learns_checks_pass(estimator: cr.LogisticScorer, check: Callable[[Any], None]) -> None:
    check(estimator)
