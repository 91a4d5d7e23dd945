"""A scorer that is not a scorecard is stored with joblib, and loaded only if it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import joblib
import numpy as np
import pytest
from cards import borrower_columns, borrowers_in
from sklearn.linear_model import LogisticRegression

import collectrisk as cr
from collectrisk.errors import ArgumentError, CardFileError, FileError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = borrower_columns(100)


class Steep(cr.Scorer):
    """A scorer that is not a scorecard."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        """Return a probability that increases with the days past due."""
        return xp.logistic(0.01 * borrower.days_past_due - 3)


@attrs.frozen(kw_only=True)
class WithAttribute(cr.RowScorer):
    """A scorer with an attribute of any type."""

    attribute: Any

    def visit_probability(self, borrower: cr.Borrower) -> float:  # type: ignore[override]
        """Return 1 after 90 days."""
        return float(borrower.days_past_due > 90)


def refused(path: Any, **options: bool) -> str:
    with pytest.raises(CardFileError) as caught:
        cr.load(path, **options)
    return caught.value.why


@pytest.mark.parametrize("ending", ["joblib", "model"])
def test_a_scorer_that_is_not_a_card_can_be_loaded_if_trusted(tmp_path: Path, ending: str) -> None:
    model = LogisticRegression().fit([[1.0, 5], [9e4, 700]], [0, 1])
    scorer = cr.EstimatorScorer(estimator=model, features=["amount_overdue", "days_past_due"])
    cr.save(scorer, tmp_path / f"scorer.{ending}")
    loaded = cr.load(tmp_path / f"scorer.{ending}", trusted=True)
    columns = {name: COLUMNS[name] for name in scorer.features}
    assert np.array_equal(loaded.visit_probabilities(columns), scorer.visit_probabilities(columns))


def test_a_blend_with_a_part_that_is_not_a_card_is_stored(tmp_path: Path) -> None:
    blend = cr.BlendScorer(parts={"rules": cr.RuleScorer(), "steep": Steep()})
    cr.save(blend, tmp_path / "blend.joblib")
    loaded = cr.load(tmp_path / "blend.joblib", trusted=True)
    borrower = borrowers_in(COLUMNS, 1)[0]
    assert loaded.assess(borrower) == blend.assess(borrower)


def test_a_stored_scorer_is_not_loaded_unless_it_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "scorer.joblib"
    cr.save(Steep(), path)
    with pytest.raises(CardFileError) as caught:
        cr.load(path)
    assert str(caught.value).startswith(
        f"{path}: is not a card file, which starts with '{{'; trusted=True reads a file that joblib wrote"
    )
    assert caught.value.message(for_shell=True) == f"{path}: is not a card file, which starts with '{{'"


@pytest.mark.parametrize("name", ["scorer.json", "scorer.JSON"])
def test_only_a_card_may_have_the_suffix_json(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArgumentError, match="scorer is a Steep, which is not a scorecard and has no JSON"):
        cr.save(Steep(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_scorer_that_joblib_cannot_store_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "scorer.joblib"
    path.write_bytes(b"old")
    with pytest.raises(ArgumentError, match=r"scorer cannot be stored with joblib \(.*lambda"):
        cr.save(WithAttribute(attribute=lambda: None), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


class Full:
    """Raises the error of a full disk when it is stored."""

    def __reduce__(self) -> Any:
        raise OSError(28, "No space left on device")


def test_the_error_for_a_full_disk_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"scorer\.joblib: cannot be written \(No space left"):
        cr.save(WithAttribute(attribute=Full()), tmp_path / "scorer.joblib")


def test_a_stored_object_that_is_not_a_scorer_is_refused(tmp_path: Path) -> None:
    joblib.dump([1, 2, 3], tmp_path / "list.joblib")
    assert refused(tmp_path / "list.joblib", trusted=True) == "contains a list, not a scorer"


def test_a_truncated_joblib_file_is_refused(tmp_path: Path) -> None:
    cr.save(Steep(), tmp_path / "scorer.joblib")
    complete = (tmp_path / "scorer.joblib").read_bytes()
    (tmp_path / "half.joblib").write_bytes(complete[: len(complete) // 2])
    assert refused(tmp_path / "half.joblib", trusted=True).startswith("cannot be read with joblib (")
