"""The public modules of the package, and the names in their ``__all__``."""

from __future__ import annotations

import importlib
from typing import Any

PUBLIC_MODULES = [
    "collectrisk",
    "collectrisk.contact",
    "collectrisk.errors",
    "collectrisk.evaluation",
    "collectrisk.history",
    "collectrisk.input_report",
    "collectrisk.mapping",
    "collectrisk.planning",
    "collectrisk.plots",
    "collectrisk.scaling",
    "collectrisk.summary",
    "collectrisk.testing",
    "collectrisk.validation",
    "collectrisk.what_if",
]

PUBLIC_NAMES: dict[str, Any] = {
    f"{where}.{name}": getattr(module, name)
    for where, module in ((where, importlib.import_module(where)) for where in PUBLIC_MODULES)
    for name in module.__all__
}
