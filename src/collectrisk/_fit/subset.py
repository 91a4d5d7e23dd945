"""Some rows of a record of columns."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from collectrisk._namespaces.arrays import TextArray


@attrs.frozen(eq=False)
class Taken:
    """The rows of a record at some places; a constant stays what it is."""

    record: Any
    places: Any

    def __getattr__(self, field: str) -> Any:
        values = getattr(self.record, field)
        if isinstance(values, TextArray):
            return attrs.evolve(values, codes=values.codes[self.places])
        return values[self.places] if isinstance(values, np.ndarray) else values
