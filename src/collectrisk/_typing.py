"""Type aliases that several modules share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    FloatArray = npt.NDArray[np.float64]

ColumnMapping = Mapping[str, str | None]
"""The data's name for each field; None says that the field is absent."""

Interval = tuple[float, float]
"""The lower and the upper end."""

Language = Literal["en", "zh"]
"""The language of an explanation, an HTML table or a plot."""
