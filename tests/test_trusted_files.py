"""A scorer that is no scorecard is stored with joblib, and read only by those who trust its writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import joblib
import numpy as np
import pytest
from cards import borrower_columns, borrowers_in
from sklearn.linear_model import LogisticRegression

import collectrisk as cr

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = borrower_columns(100)


class Steep(cr.Scorer):
    """A scorer that is no scorecard."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        """Return a probability that rises with delay."""
        return xp.logistic(0.01 * borrower.days_past_due - 3)


@attrs.frozen(kw_only=True)
class Holder(cr.RowScorer):
    """A scorer that holds something."""

    held: Any

    def visit_probability(self, borrower: cr.Borrower) -> float:  # type: ignore[override]
        """Return what only the delay decides."""
        return float(borrower.days_past_due > 90)


def refused(path: Any, **options: bool) -> str:
    with pytest.raises(cr.CardFileError) as caught:
        cr.load(path, **options)
    return caught.value.why


@pytest.mark.parametrize("ending", ["joblib", "model"])
def test_a_scorer_that_is_no_card_is_stored_for_those_who_trust_it(tmp_path: Path, ending: str) -> None:
    model = LogisticRegression().fit([[1.0, 5], [9e4, 700]], [0, 1])
    scorer = cr.EstimatorScorer(estimator=model, features=["amount_overdue", "days_past_due"])
    cr.save(scorer, tmp_path / f"scorer.{ending}")
    loaded = cr.load(tmp_path / f"scorer.{ending}", trusted=True)
    columns = {name: COLUMNS[name] for name in scorer.features}
    assert np.array_equal(loaded.visit_probabilities(columns), scorer.visit_probabilities(columns))


def test_a_blend_with_a_part_that_is_no_card_is_stored(tmp_path: Path) -> None:
    blend = cr.BlendScorer(parts={"rules": cr.RuleScorer(), "steep": Steep()})
    cr.save(blend, tmp_path / "blend.joblib")
    loaded = cr.load(tmp_path / "blend.joblib", trusted=True)
    borrower = borrowers_in(COLUMNS, 1)[0]
    assert loaded.assess(borrower) == blend.assess(borrower)


def test_what_is_stored_is_not_read_unless_it_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "scorer.joblib"
    cr.save(Steep(), path)
    assert refused(path).startswith("is no card file, which would begin with '{'; trusted=True reads what")


@pytest.mark.parametrize("name", ["scorer.json", "scorer.JSON"])
def test_only_a_card_may_be_called_json(tmp_path: Path, name: str) -> None:
    with pytest.raises(cr.ArgumentError, match="scorer is a Steep, which is no scorecard and has no JSON"):
        cr.save(Steep(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_scorer_that_joblib_cannot_store_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "scorer.joblib"
    path.write_bytes(b"old")
    with pytest.raises(cr.ArgumentError, match=r"scorer cannot be stored with joblib \(.*lambda"):
        cr.save(Holder(held=lambda: None), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


class Full:
    """Something that fills the disk when it is stored."""

    def __reduce__(self) -> Any:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_fault_of_the_scorer(tmp_path: Path) -> None:
    with pytest.raises(cr.FileError, match=r"scorer\.joblib: cannot be written \(No space left"):
        cr.save(Holder(held=Full()), tmp_path / "scorer.joblib")


def test_a_stored_thing_that_is_no_scorer_is_refused(tmp_path: Path) -> None:
    joblib.dump([1, 2, 3], tmp_path / "list.joblib")
    assert refused(tmp_path / "list.joblib", trusted=True) == "holds a list, not a scorer"


def test_a_stored_file_that_is_broken_is_refused(tmp_path: Path) -> None:
    cr.save(Steep(), tmp_path / "scorer.joblib")
    whole = (tmp_path / "scorer.joblib").read_bytes()
    (tmp_path / "half.joblib").write_bytes(whole[: len(whole) // 2])
    assert refused(tmp_path / "half.joblib", trusted=True).startswith("cannot be read with joblib (")
