"""Data frames: probabilities alone, frames with channels, and growth with the number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import collectrisk as cr
from benchmarks.measure import Line, Times, interleaved, timed
from benchmarks.peers import peers
from benchmarks.setting import FEATURES, Setting, numbers, pipeline, portfolio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.measure import Side

SCORER = cr.RuleScorer()
ARRAY_PEERS = {
    "scikit-learn, C array": np.ascontiguousarray,
    "scikit-learn, Fortran array": np.asfortranarray,
}
FRAME_PEER = "scikit-learn, pandas"
LEAST = {FRAME_PEER: 3, "toad": 5, "optbinning": 10}


def _arrays(rows: int) -> dict[str, Any]:
    """Return the features as a NumPy column each, the attitude as text of fixed width."""
    frame = portfolio(rows, "pandas")
    columns = {name: frame[name].to_numpy() for name in FEATURES}
    return {**columns, "attitude": columns["attitude"].astype(str)}


def probability(setting: Setting) -> Iterator[Line]:
    """Compare probabilities alone, of columns of arrays and of polars, with an array's predict_proba."""
    arrays, polars = _arrays(setting.rows), portfolio(setting.rows, "polars")
    model, numeric = pipeline(named=False), numbers(setting.rows).to_numpy()
    sides = {
        "NumPy": timed(lambda: SCORER.visit_probabilities(arrays)),
        "polars": timed(lambda: SCORER.visit_probabilities(polars)),
        **{peer: timed(_predicting(model, order(numeric))) for peer, order in ARRAY_PEERS.items()},
    }
    times = interleaved(sides, setting.repeats)
    for ours in ("NumPy", "polars"):
        for peer in ARRAY_PEERS:
            yield Line.of_speed(f"probabilities, {ours} columns", times, ours, peer, 2)


def _predicting(model: Any, array: Any) -> Callable[[], Any]:
    return lambda: model.predict_proba(array)


def frames_with_channel(setting: Setting) -> Iterator[Line]:
    """Compare probability and channel of a frame with what the peers need for a probability alone."""
    pandas, polars = portfolio(setting.rows, "pandas"), portfolio(setting.rows, "polars")
    frame, model = numbers(setting.rows), pipeline(named=True)
    with peers(setting) as others:
        sides = {
            "pandas": timed(lambda: SCORER.assess_frame(pandas)),
            FRAME_PEER: timed(lambda: model.predict_proba(frame)),
            "polars": timed(lambda: SCORER.assess_frame(polars)),
            **others,
        }
        times = interleaved(sides, setting.repeats)
    for ours in ("pandas", "polars"):
        for other in (FRAME_PEER, *others):
            yield Line.of_speed(f"probability and channel, {ours}", times, ours, other, LEAST[other])


def linear_time(setting: Setting) -> Iterator[Line]:
    """Compare twice, four and eight times as many rows with as many times the seconds of the fewest."""
    sizes = [setting.rows * step // 2 for step in (1, 2, 4, 8)]
    frame = portfolio(sizes[-1], "polars")
    times = interleaved({f"{size:,} rows": _scoring(frame.head(size)) for size in sizes}, setting.repeats)
    fewest, *others = times.of
    for more, parts in zip(others, (2, 4, 8), strict=True):
        in_parts = f"{parts} x {fewest}"
        seconds = {more: times.of[more], in_parts: [parts * each for each in times.of[fewest]]}
        yield Line.of_speed("linear time, polars: " + more, Times(seconds), more, in_parts, 0.9)


def _scoring(frame: Any) -> Side:
    return timed(lambda: SCORER.assess_frame(frame))
