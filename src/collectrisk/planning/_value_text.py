"""How values are shown."""

from __future__ import annotations

LARGE = 1000
"""From here on, values are shown as whole numbers, and others with four digits."""


def value_text(value: float, sign: str = "") -> str:
    """Return a value as text, never with an exponent if it is large; "+" as sign also shows a plus."""
    return f"{value:{sign},.0f}" if abs(value) >= LARGE else f"{value:{sign},.4g}"
