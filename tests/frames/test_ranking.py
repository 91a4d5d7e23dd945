"""The reasons of a lazy frame are those of an eager one, at ties too."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from frame_kinds import LAZY, FrameKind

from collectrisk._frames.details import Details
from collectrisk._frames.eager import _largest
from collectrisk._frames.ranking import largest
from collectrisk._namespaces.expression_columns import Expression
from collectrisk._namespaces.stages import Stages

ROWS = 300


def points_with_ties(characteristics: int) -> list[Any]:
    """Return points of which many are equal after rounding, and some lie between two roundings."""
    rng = np.random.default_rng(characteristics)
    near = rng.integers(-3, 4, (characteristics, ROWS)) * 0.5e-9
    return list(rng.integers(-2, 3, (characteristics, ROWS)) * 0.1 + near)


def ranked(frame: Any, points: list[Any], details: Details) -> Any:
    """Return a lazy frame with the reasons."""
    lazy = nw.from_native(frame)
    stages = Stages(lazy.implementation, "temporary_")
    labels = [f"label {at}" for at in range(len(points))]
    columns = [Expression(nw.col(f"x{at}")) for at in range(len(points))]
    reasons = largest(columns, labels, details, stages)
    named = {f"reason_{at}": each for at, each in enumerate(reasons)}
    return stages.added_to(lazy).select("row", **named).to_native()


def eager(points: list[Any], details: Details) -> dict[str, list[str | None]]:
    codes = _largest(points, details.reasons, ROWS, details.sign)
    return {
        f"reason_{at}": [None if code < 0 else f"label {code}" for code in each]
        for at, each in enumerate(codes.tolist())
    }


@pytest.mark.parametrize("sign", [0, 1, -1])
@pytest.mark.parametrize("characteristics", [1, 2, 9, 40])
def test_the_largest_points_are_those_of_an_eager_frame(characteristics: int, sign: int) -> None:
    points, details = points_with_ties(characteristics), Details(reasons=5, sign=sign)
    frame = pl.LazyFrame({"row": range(ROWS), **{f"x{at}": each for at, each in enumerate(points)}})
    found = ranked(frame, points, details).collect().drop("row").to_dict(as_series=False)
    assert found == eager(points, details)


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_the_largest_points_are_the_same_on_every_engine(kind: FrameKind) -> None:
    points, details = points_with_ties(6), Details(reasons=3)
    columns = {f"x{at}": each.tolist() for at, each in enumerate(points)}
    frame = kind.make({"row": list(range(ROWS)), **columns})
    found = kind.plain(ranked(frame, points, details), order_by="row")
    assert {name: found[name] for name in found if name != "row"} == eager(points, details)


def test_without_points_there_are_no_reasons() -> None:
    frame = pl.LazyFrame({"row": [1]})
    assert ranked(frame, [], Details(reasons=1)).collect().row(0) == (1, None)
