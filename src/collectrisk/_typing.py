"""Type aliases that several modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    FloatArray = npt.NDArray[np.float64]

Interval = tuple[float, float]
"""The lower and the upper end."""

Direction = Literal["up", "down"]
"""Whether points raise or lower the probability of a visit."""

Language = Literal["en", "zh"]
"""The language of an explanation, an HTML table or a plot."""
