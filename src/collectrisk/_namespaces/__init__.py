"""The ways to run a formula, side by side: one borrower, NumPy arrays, lazy expressions.

`arrays` and `expressions` load NumPy and narwhals, so they are not imported here.
"""

from __future__ import annotations

from collectrisk._namespaces.protocol import Namespace
from collectrisk._namespaces.scalar import SCALAR

__all__ = ["SCALAR", "Namespace"]
