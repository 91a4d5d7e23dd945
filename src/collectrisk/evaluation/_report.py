"""The base class of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import ExplainedDocument
from collectrisk._export import Tabular
from collectrisk.evaluation._wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._display.document import Block
    from collectrisk._typing import Language


@attrs.frozen
class Report(Tabular, ExplainedDocument):
    """The base class of reports: tables as text, as HTML, as Markdown, as a data frame or as plain data."""

    def _blocks(self, language: Language) -> Iterable[Block]:
        return self._tables(Wording(language))

    def _tables(self, wording: Wording) -> Iterable[Block]:
        """Return the tables, in order."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dictionaries, lists, strings and numbers, which JSON can represent.

        Examples
        --------
        >>> import collectrisk as cr
        >>> report = cr.evaluate([0.9, 0.6, 0.2, 0.1], None, visited=[1, 0, 1, 0])
        >>> report.to_dict()["pooled"]["auc"]
        0.75
        """
        return attrs.asdict(self, value_serializer=_to_plain)


def _to_plain(_report: Any, _attribute: Any, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    # A channel is a string of a subclass, which some serializers reject.
    return str(value) if isinstance(value, str) else value


def repr_names(reports: dict[str, Any]) -> str:
    """Return the repr of the names of a mapping, without its values."""
    return repr(list(reports))
