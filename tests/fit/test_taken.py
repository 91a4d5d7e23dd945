"""Some rows of a record of columns."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from fit_cases import record

from collectrisk._fit.subset import Taken


def test_columns_are_taken_and_constants_stay() -> None:
    columns = SimpleNamespace(**vars(record()), plan=False, note=None)
    places = np.array([3, 1])
    taken = Taken(columns, places)
    assert taken.size.tolist() == columns.size[places].tolist()
    assert taken.region.codes.tolist() == columns.region.codes[places].tolist()
    assert taken.region.levels == columns.region.levels
    assert (taken.plan, taken.note) == (False, None)
    assert Taken(taken, slice(1, 2)).size.tolist() == [columns.size[1]]
