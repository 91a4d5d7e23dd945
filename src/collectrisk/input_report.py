"""What a result rests on: the columns that were read, and the defaults that were used instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import Document, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._typing import Language

__all__ = ["FieldInput", "InputReport"]

SHOWN_VALUES = 3
"""How many of the values that a card does not list are reported."""


@attrs.frozen
class FieldInput:
    """Where the values of one field come from.

    Attributes
    ----------
    field : str
        The field.
    columns : tuple of str
        The columns that it is read from; empty if it is absent from the data.
    required : bool
        Whether every value must be known.
    default : object
        What a missing value counts as; None if the field is required, or if a missing value stays
        missing.
    defaulted : int or None
        The number of rows in which it counts as the default; None if it is not known, as on a lazy
        frame.
    hint : str
        What the name of the column says about its values although the mapping does not, such as their
        unit; empty if nothing.
    unlisted : int or None
        The number of rows with a text or a code that the card does not list: it counts as any other
        value. None if it is not known, as on a lazy frame, and for a field whose levels are not on a card.
    unlisted_values : tuple of str
        Such values, the most frequent ones first, at most three.
    """

    field: str
    columns: tuple[str, ...]
    required: bool = False
    default: Any = None
    defaulted: int | None = None
    hint: str = ""
    unlisted: int | None = None
    unlisted_values: tuple[str, ...] = ()

    def plus(self, other: FieldInput) -> FieldInput:
        """Return the report on the field in the rows of both."""
        values = dict.fromkeys([*self.unlisted_values, *other.unlisted_values])
        return attrs.evolve(
            self,
            defaulted=(self.defaulted or 0) + (other.defaulted or 0),
            unlisted=None if self.unlisted is None else self.unlisted + (other.unlisted or 0),
            unlisted_values=tuple(values)[:SHOWN_VALUES],
        )


@attrs.frozen
class InputReport(Document):
    """What a result rests on, as `Scorer.input_report` returns it.

    ``print(report)`` shows it as text, a notebook as a table, and ``to_dict()`` returns plain data. It is
    in English, whatever the language passed to ``to_html()`` and ``to_markdown()``.

    Attributes
    ----------
    rows : int or None
        The number of accounts; None on a lazy frame.
    skipped : int
        The number of rows that the mapping skips.
    fields : tuple of FieldInput
        The fields that were read, and those that the scorer could use and the data do not have.
    unused : tuple of str
        The columns that were not read.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import polars as pl
    >>> frame = pl.DataFrame({"id": ["A", "B"], "amount_overdue": [3e3, 2e4], "days_past_due": [10, 90]})
    >>> report = cr.RuleScorer().input_report(frame)
    >>> report.unused
    ('id',)
    >>> report.absent["failed_calls"]
    0
    """

    rows: int | None
    skipped: int
    fields: tuple[FieldInput, ...]
    unused: tuple[str, ...]

    @property
    def absent(self) -> dict[str, Any]:
        """The fields that are not in the data, and what they count as."""
        return {each.field: each.default for each in self.fields if not each.columns}

    @property
    def defaulted(self) -> dict[str, int]:
        """The fields with missing values, and the number of rows that count as the default."""
        return {each.field: each.defaulted for each in self.fields if each.columns and each.defaulted}

    @property
    def unlisted(self) -> dict[str, int]:
        """The fields with values that the card does not list, and the number of these rows."""
        return {each.field: each.unlisted for each in self.fields if each.unlisted}

    def plus(self, other: InputReport) -> InputReport:
        """Return the report on the rows of both, which have the same columns."""
        fields = (each.plus(more) for each, more in zip(self.fields, other.fields, strict=True))
        return attrs.evolve(
            self,
            rows=(self.rows or 0) + (other.rows or 0),
            skipped=self.skipped + other.skipped,
            fields=tuple(fields),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dictionaries, lists, strings and numbers, which JSON can represent."""
        fields = [
            {
                "field": each.field,
                "columns": list(each.columns),
                "required": each.required,
                "default": plain(each.default),
                "defaulted": each.defaulted,
                "hint": each.hint,
                "unlisted": each.unlisted,
                "unlisted_values": list(each.unlisted_values),
            }
            for each in self.fields
        ]
        return {"rows": self.rows, "skipped": self.skipped, "fields": fields, "unused": list(self.unused)}

    def notes(self) -> list[str]:
        """Return what a reader of the result should know, a sentence each; empty if there is nothing."""
        found = self._unit_notes()
        if self.absent:
            listed = ", ".join(f"{field} = {shown(default)}" for field, default in self.absent.items())
            found.append(f"Default for every account, because the field is not in the data: {listed}.")
        missing = [each for each in self.fields if each.field in self.defaulted]
        if missing:
            listed = ", ".join(
                f"{each.field} = {shown(each.default)} in {self._share(each.defaulted or 0)}"
                for each in missing
            )
            summed = any(each.columns[1:] for each in missing)
            what = (
                "the value, or a column that is added to it, is missing" if summed else "the value is missing"
            )
            found.append(f"Default where {what}: {listed}.")
        return [*found, *self._unlisted_note(), *self._unused_note()]

    def _unit_notes(self) -> list[str]:
        return [
            f"{each.columns[0]!r} is read as {each.field} without a change{each.hint}."
            for each in self.fields
            if each.hint
        ]

    def _unlisted_note(self) -> list[str]:
        listed = "; ".join(
            f"{each.field} in {self._share(count)}, such as {', '.join(map(repr, each.unlisted_values))}"
            for each in self.fields
            if (count := each.unlisted)
        )
        return [f"Values that the card does not list, which count as any other: {listed}."] if listed else []

    def _unused_note(self) -> list[str]:
        listed = ", ".join(map(repr, self.unused))
        return [f"Columns that were not used: {listed}."] if listed else []

    def _share(self, count: int) -> str:
        return f"{count:,} of {self.rows or 0:,} rows ({count / (self.rows or 1):.1%})"

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002  # reports are in English
        rows = [
            (
                each.field,
                " + ".join(map(str, each.columns)) or "not in the data",
                "-" if each.defaulted is None else f"{each.defaulted:,}",
                "must be known" if each.required else shown(each.default),
            )
            for each in self.fields
        ]
        accounts = "" if self.rows is None else f": {_counted(self.rows, 'account')}"
        if self.skipped:
            accounts += f", {_counted(self.skipped, 'row')} skipped"
        caption = f"where the values come from{accounts}"
        yield table(caption, ("field", "read from", "missing", "then"), rows, text_columns=2)
        summed = [each for each in self.fields if each.columns[1:] and each.defaulted and not each.required]
        if summed:
            text = "In a sum, a column that is missing counts as the default; the others are added."
            yield paragraph(text)
        for text in (*self._unit_notes(), *self._unlisted_note(), *self._unused_note()):
            yield paragraph(text)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(default: Any) -> Any:
    """Return a default as a plain type: a channel or attitude is a string of a subclass."""
    return str(default) if isinstance(default, str) else default


def shown(default: Any) -> str:
    """Return a default as text."""
    if default is None:
        return "stays missing"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default)
