"""How the columns of an export become the fields of a borrower, as data.

A `Mapping` names the column of each field and says how its values are written: decimal commas,
codes for missing values, yes and no, dates, units. It is read from and written to TOML, and is the
same for files and data frames.
"""

from __future__ import annotations

from collectrisk.mapping._mapping import FieldMapping, Mapping

__all__ = ["FieldMapping", "Mapping"]
