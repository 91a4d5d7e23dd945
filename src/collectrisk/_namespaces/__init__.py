"""The ways to run a formula, side by side: one borrower, NumPy arrays, lazy expressions, SQL text.

`arrays` and `expressions` load NumPy and narwhals, so they are not imported here. The
protocol that all of them follow is for type checkers.
"""

from __future__ import annotations

from collectrisk._namespaces.scalar import SCALAR

__all__ = ["SCALAR"]
