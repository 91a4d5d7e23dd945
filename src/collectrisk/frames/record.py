"""What a formula meets on a frame: a record, whose fields are read when the formula asks for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.errors import CollectRiskError, FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectrisk.namespace import Formula

__all__ = ["Record", "trying"]


@contextmanager
def trying(scorer: Formula) -> Iterator[None]:
    """Say what to write instead, whatever a formula for one borrower makes of columns."""
    try:
        yield
    except CollectRiskError:
        raise
    except Exception as error:
        raise FormulaError.on_columns(type(scorer).__name__, error) from error


@attrs.define(slots=False)
class Record:
    """Attributes are fields; the first look at one reads it, later looks return the same values."""

    _read: Callable[[str], Any]

    def __getattr__(self, field: str) -> Any:
        if field.startswith("_"):
            raise AttributeError(field)
        self.__dict__[field] = values = self._read(field)
        return values
