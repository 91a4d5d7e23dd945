"""Every error that collectrisk raises.

All derive from `CollectRiskError`, and each also derives from the builtin exception that a caller
would expect. The facts are attributes, and the message is built from them when it is printed.
"""

# ruff: noqa: PLC0414  # an alias of the same name says that the name is imported from here, too

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._errors import ArgumentError as ArgumentError
from collectrisk._errors import CollectRiskError as CollectRiskError
from collectrisk._errors import FormulaError as FormulaError
from collectrisk._errors import InvalidBorrowerError as InvalidBorrowerError
from collectrisk._errors import InvalidCardError as InvalidCardError
from collectrisk._errors import did_you_mean as did_you_mean
from collectrisk._errors import nearest as nearest
from collectrisk._errors import one_slip as one_slip
from collectrisk._errors import printable as printable
from collectrisk._errors import refuse_other as refuse_other
from collectrisk._errors import shell_word as shell_word
from collectrisk._errors import shown as shown
from collectrisk._errors import type_name as type_name
from collectrisk._errors import with_article as with_article
from collectrisk._lookalikes import is_missing_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "ArgumentError",
    "CardFileError",
    "CollectRiskError",
    "ColumnNameError",
    "ColumnProblem",
    "ColumnTypeError",
    "ColumnsError",
    "FileError",
    "FormulaError",
    "HistoryTypeError",
    "InvalidBorrowerError",
    "InvalidCardError",
    "InvalidHistoryError",
    "InvalidMappingError",
    "InvalidRowsError",
    "InvalidRuleError",
    "MissingColumnError",
    "MissingExtraError",
    "NotAFrameError",
    "RowFormulaError",
    "ScorerCheckError",
    "UnknownGroupError",
]


GROUPS_SHOWN = 20
"""So many groups are named in an error."""

PLACEHOLDER = "your_column"
"""Stands for a column that only the user knows."""


def _quoted(column: object, *, for_shell: bool) -> str:
    """Return a column's name as it is typed in Python or in a shell; None is an absent field."""
    if for_shell and column is None:
        return ""
    if for_shell or isinstance(column, str):
        text = str(column)
        if printable(text, one_line=True) != text:
            return shell_word(text) if for_shell else repr(text)
        if not any(character in text for character in '"\\' + "$`!" * for_shell):
            return f'"{text}"'
        return "'" + text.replace("'", "'\"'\"'") + "'" if for_shell else repr(text)
    return repr(column)


def _column_options(columns: Mapping[str, object], *, for_shell: bool, extends: bool = False) -> str:
    """Return how to pass the names of fields' columns; None means that a field is absent.

    With `extends`, a mapping that is in use keeps its other keys.
    """
    # Options name single columns; a rule that is more than a name is in the mapping's file.
    pairs = {
        field: _quoted(column, for_shell=for_shell)
        for field, column in columns.items()
        if not (for_shell and isinstance(column, (list, dict)))
    }
    if for_shell:
        return " ".join(f"--map {field}={column}" for field, column in pairs.items())
    fields = ", ".join(f'"{field}": {column}' for field, column in pairs.items())
    if extends:
        return f"columns=attrs.evolve(mapping, fields={{**mapping.fields, {fields}}})"
    return f"columns={{{fields}}}"


def _only(names: tuple[str, ...]) -> str:
    """Return the only name, or a placeholder if there is none or a choice."""
    return names[0] if len(names) == 1 else PLACEHOLDER


def _listed(names: Iterable[object]) -> str:
    return ", ".join(printable(str(name), one_line=True) for name in names) or "none"


HIDDEN: Any = object()
"""Stands for a value that messages do not show, because it may identify a person."""


@attrs.frozen
class ColumnProblem:
    """The rows of a column that are not valid for its field.

    Attributes
    ----------
    column : str
        The column's name in the frame.
    requirement : str
        What each value must be.
    count : int
        The number of invalid rows; 0 if only the column's type was checked.
    rows : tuple of (int, object)
        The first invalid rows: position (from 0) and value.
    hint : str
        A suggestion, or an empty string.
    field : str
        The field that is read from the column.
    advice : str
        Which option reads the values nevertheless: ``"plausible"``, a higher plausible limit;
        ``"date"``, counting days from dates; ``"date:%Y%m%d"``, either of them, if the numbers look
        like dates in this format; ``"values"``, the meaning of codes; or an empty string.
    """

    column: str
    requirement: str
    count: int
    rows: tuple[tuple[int, Any], ...]
    hint: str = ""
    field: str = ""
    advice: str = ""

    def describe(self, first_row: int = 0) -> str:
        """Return the problem as a sentence.

        Parameters
        ----------
        first_row : int, default 0
            The number of the first row.
        """
        message = f"column {self.column!r} must be {self.requirement}"
        if self.count:
            seen = ", ".join(
                f"row {row + first_row}" + ("" if value is HIDDEN else f": {shown(value)}")
                for row, value in self.rows
            )
            more = ", ..." if self.count > len(self.rows) else ""
            rows = "1 invalid row" if self.count == 1 else f"{self.count:,} invalid rows"
            message += f"; {rows}" + (f" ({seen}{more})" if seen else "")
        return message + self.hint


_STYLES = {"": ('"iso"', ""), "?": ("your_format", "--date-format FORMAT, such as %d.%m.%Y")}
"""How dates that need no format, or an unknown one, are declared in a mapping and in the shell."""


def _style(style: str, *, for_shell: bool) -> str:
    in_mapping, option = _STYLES.get(style, (f'"{style}"', f"--date-format {style}"))
    return option if for_shell else in_mapping


def advice_on(problems: Iterable[ColumnProblem], *, for_shell: bool = False) -> str:
    """Return lines that name the options with which the values could be read, or nothing."""
    by_date = [each for each in problems if each.advice.startswith("date")]
    dates: dict[str, object] = {each.field: each.column for each in by_date}
    styles = {each.field: each.advice.partition(":")[2] for each in by_date}
    limits = dict.fromkeys(
        each.field for each in problems if each.advice not in ("", "date", "date:?", "values")
    )
    if for_shell:
        columns = _column_options(dates, for_shell=True)
        shown_styles = [_style(each, for_shell=True) for each in styles.values()]
        date_option = " ".join(filter(None, ["--as-of DATE", columns, *shown_styles]))
        added = ""
        limit_option = " ".join(f"--plausible {field}=NUMBER" for field in limits)
    else:
        rules = (
            f'"{field}": {{"column": {_quoted(column, for_shell=False)}, '
            f'"date": {_style(styles[field], for_shell=False)}}}'
            for field, column in dates.items()
        )
        date_option = f"columns=Mapping({{{', '.join(rules)}}}, as_of=your_date)"
        added = " (or add this to your mapping)"
        numbers = ", ".join(f'"{field}": your_limit' for field in limits)
        limit_option = f"columns=Mapping(plausible={{{numbers}}})"
    lines = [_advice_on_codes(problems, added, for_shell=for_shell)]
    if dates:
        lines.append(f"\nTo count the days from these dates, pass {date_option}{added}.")
    if limits:
        lines.append(f"\nIf numbers above the plausible limit are correct, pass {limit_option}{added}.")
    return "".join(lines)


def _advice_on_codes(problems: Iterable[ColumnProblem], added: str, *, for_shell: bool) -> str:
    """Return lines that name the options for values that may be codes, or nothing."""
    codes: dict[Any, None] = {}
    rules = []
    for each in problems:
        seen = [value for _, value in each.rows if isinstance(value, (str, int, float))]
        missing = [value for value in seen if is_missing_code(value)]
        codes |= dict.fromkeys(int(value) if isinstance(value, float) else value for value in missing)
        others = dict.fromkeys(value for value in seen if isinstance(value, str) and value not in missing)
        if each.advice == "values" and others:
            meanings = ", ".join(f"{_quoted(value, for_shell=False)}: your_value" for value in others)
            column = _quoted(each.column, for_shell=False)
            rules.append(f'"{each.field}": {{"column": {column}, "values": {{{meanings}}}}}')
    lines = ""
    if codes:
        listed = [
            _quoted(code, for_shell=for_shell) if isinstance(code, str) else str(code) for code in codes
        ]
        option = (
            " ".join(f"--missing {code}" for code in listed)
            if for_shell
            else f"columns=Mapping(missing=[{', '.join(listed)}])"
        )
        means = "means" if len(listed) == 1 else "mean"
        lines += f"\nIf {', '.join(listed)} {means} that a value is not known, pass {option}{added}."
    if rules and not for_shell:  # the shell's messages end with the command that drafts a mapping
        lines += (
            f"\nIf these are codes, declare what each means: columns=Mapping({{{', '.join(rules)}}}){added}."
        )
    return lines


@attrs.define(eq=False)
class InvalidRowsError(CollectRiskError, ValueError):
    """Rows of a frame that contain invalid values.

    Attributes
    ----------
    problems : tuple of ColumnProblem
        One entry for each column with invalid values, in the order of the borrower's fields.
    """

    problems: tuple[ColumnProblem, ...]

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return (
            f"some rows contain invalid values, so no row was scored:\n{lines}\n"
            "Rows are counted from 0. Correct or remove these rows; "
            f'assess_frame(..., invalid="null") scores the others.{advice_on(self.problems)}'
        )


@attrs.define(eq=False)
class ColumnTypeError(InvalidRowsError, TypeError):
    """A column whose type does not match its field, such as numbers stored as text."""

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return f"a column has the wrong type, so no row was scored:\n{lines}{advice_on(self.problems)}"


@attrs.define(eq=False)
class MissingColumnError(CollectRiskError, KeyError):
    """A column that the scorer needs and the frame does not have.

    Attributes
    ----------
    column : str
        The missing column.
    available : tuple of str
        The frame's columns.
    field : str
        The field that is read from the column, if its name is different.
    proposals : tuple of str
        The frame's columns that may contain the field.
    hint : str
        A suggestion, or an empty string.
    rule : object
        How the user's mapping reads the field, with the column corrected, if it is more than a name.
    columns : mapping of str to object
        The other fields of the user's mapping.
    extends : bool
        Whether the user's mapping contains more than names of columns.
    """

    column: str
    available: tuple[str, ...]
    field: str = ""
    proposals: tuple[str, ...] = ()
    hint: str = ""
    rule: Any = None
    columns: Mapping[str, Any] = attrs.Factory(dict)
    extends: bool = False

    @property
    def problem(self) -> str:
        """Which column is missing, and which others may be meant."""
        guess = f"; did you mean {' or '.join(map(repr, self.proposals))}?" if self.proposals else ""
        return f"the column {self.column!r} is missing{guess}{self.hint}"

    @property
    def mapping(self) -> dict[str, Any]:
        """The column to pass for the field; empty if it is not a field that is read from the column."""
        if self.field == "skip":
            return {}
        return {self.field or self.column: self.rule or _only(self.proposals)}

    def message(self, *, for_shell: bool = False) -> str:
        """Return which column is missing, and how to name another one."""
        option = _options_of(self, self.mapping, for_shell=for_shell)
        advice = f"pass {option}" if self.mapping and option else "correct the mapping"
        owner = "file" if for_shell else "frame"
        return (
            f"{self.problem}\nThe {owner}'s columns are: {_listed(self.available)}. Rename one, or {advice}."
        )

    def __str__(self) -> str:
        return self.message()


@attrs.define(eq=False)
class ColumnNameError(CollectRiskError, ValueError):
    """Column names that are ambiguous, such as duplicates and likely misspellings.

    Attributes
    ----------
    names : tuple of str
        The column names.
    why : str
        What is wrong with them, and how to correct it.
    field : str
        The field for which one of the columns was probably meant, or an empty string.
    rule : object
        How the field is read from the column, if that is more than its name.
    columns : mapping of str to object
        The other fields of the user's mapping.
    extends : bool
        Whether the user's mapping contains more than names of columns.
    """

    names: tuple[str, ...]
    why: str
    field: str = ""
    rule: Any = None
    columns: Mapping[str, Any] = attrs.Factory(dict)
    extends: bool = False

    @property
    def problem(self) -> str:
        """What is wrong with the names."""
        return f"{', '.join(map(repr, self.names))}: {self.why}"

    @property
    def mapping(self) -> dict[str, Any]:
        """The column to pass for the field; empty if no field was meant."""
        return {self.field: self.rule or _only(self.names)} if self.field else {}

    def message(self, *, for_shell: bool = False) -> str:
        """Return what is wrong with the names, and how to say which column is meant."""
        if not self.field:
            return self.problem
        meant, absent = (
            _options_of(self, columns, for_shell=for_shell) for columns in (self.mapping, {self.field: None})
        )
        if not meant:
            meant = "a mapping that reads it"
        if self.names[1:]:
            choose, something_else = "choose one of them, or combine them in one; then", "they are"
        else:
            choose, something_else = "rename the column, or", "it is"
        return f"{self.problem}; {choose} pass {meant}, or {absent} if {something_else} something else"

    def __str__(self) -> str:
        return self.message()


def _options_of(
    error: MissingColumnError | ColumnNameError, mapping: Mapping[str, Any], *, for_shell: bool
) -> str:
    """Return how to pass columns together with those that the user has passed already."""
    # In the shell, each option is added to those of the mapping's file.
    others = {} if for_shell or error.extends else error.columns
    return _column_options({**others, **mapping}, for_shell=for_shell, extends=error.extends)


def _problem_lines(error: CollectRiskError, *, for_shell: bool) -> list[str]:
    """Return an error of the columns without its advice, one line for each problem."""
    if isinstance(error, InvalidRowsError):
        # The type is wrong in every row, so no row is listed.
        return [attrs.evolve(each, count=0).describe() for each in error.problems]
    if isinstance(error, (MissingColumnError, ColumnNameError)):
        return [error.problem]
    return [error.message(for_shell=for_shell)]


@attrs.define(eq=False)
class ColumnsError(CollectRiskError, KeyError, ValueError, TypeError):
    """Several problems of the columns: missing, misspelt, clashing or ill-typed ones.

    Attributes
    ----------
    errors : tuple of CollectRiskError
        One error for each problem; all ill-typed columns are in one `ColumnTypeError`.
    columns : mapping of str to object
        The fields of the user's mapping, corrected as far as possible.
    extends : bool
        Whether the user's mapping contains more than names of columns.
    """

    errors: tuple[CollectRiskError, ...]
    columns: Mapping[str, Any] = attrs.Factory(dict)
    extends: bool = False

    @property
    def mapping(self) -> dict[str, Any]:
        """The columns to pass: those of the user's mapping, and one for each field with a problem."""
        mapping = dict(self.columns)
        for error in self.errors:
            if isinstance(error, (MissingColumnError, ColumnNameError)):
                for field, column in error.mapping.items():
                    if mapping.get(field, PLACEHOLDER) == PLACEHOLDER:
                        mapping[field] = column
        return mapping

    def message(self, *, for_shell: bool = False) -> str:
        """Return all problems, and one mapping that names the columns of all fields."""
        text, advice = "the columns have several problems, so no row was scored:", ""
        for error in self.errors:
            text += "".join(f"\n- {line}" for line in _problem_lines(error, for_shell=for_shell))
            if isinstance(error, InvalidRowsError):
                advice += advice_on(error.problems, for_shell=for_shell)
        text += advice
        missing = [error for error in self.errors if isinstance(error, MissingColumnError)]
        absent = [error for error in self.errors if isinstance(error, ColumnNameError) and error.field]
        if missing:
            owner = "file" if for_shell else "frame"
            text += f"\nThe {owner}'s columns are: {_listed(missing[0].available)}."
        if choices := [error.field for error in absent if error.names[1:]]:
            text += f"\nFor {' and '.join(choices)}, choose one of the columns, or combine them in one."
        options = _column_options(self.mapping, for_shell=for_shell, extends=self.extends)
        concerned = any(error.mapping for error in missing) or absent
        if not (concerned and options):
            return text
        what = "these options" if for_shell else "this mapping"
        if absent:
            what += f", with {'FIELD=' if for_shell else 'None'} for a field that is absent"
        return f"{text}\nRename columns, or pass {what}:\n{options}"

    def __str__(self) -> str:
        return self.message()


@attrs.define(eq=False)
class RowFormulaError(FormulaError):
    """A row scorer that raised on one row of a frame, or did not return a probability.

    Attributes
    ----------
    row : int
        The row's position, from 0.
    values : dict of str to object
        The borrower's fields there.
    """

    row: int
    values: dict[str, Any]

    def __str__(self) -> str:
        seen = ", ".join(f"{field}={shown(value)}" for field, value in self.values.items())
        return f"{self.scorer}.visit_probability: row {self.row} ({seen}) {self.why}"


@attrs.define(eq=False)
class ScorerCheckError(CollectRiskError, AssertionError):
    """A scorer that fails a check of `collectrisk.testing`.

    Attributes
    ----------
    scorer : str
        The scorer's class name.
    check : str
        The check that failed, such as ``"deterministic"``.
    requirement : str
        What the check requires.
    observed : str
        What was observed instead.
    fix : str
        How to correct the scorer.
    borrower : Borrower or None
        The borrower for which the check failed, if it failed for a particular one.
    """

    scorer: str
    check: str
    requirement: str
    observed: str
    fix: str
    borrower: Any = None

    def __str__(self) -> str:
        borrower = "" if self.borrower is None else f"\nborrower: {self.borrower!r}"
        return (
            f"{self.scorer} fails the check {self.check!r}: {self.requirement}\n"
            f"observed: {self.observed}{borrower}\nhow to fix it: {self.fix}"
        )


@attrs.define(eq=False)
class InvalidMappingError(CollectRiskError, ValueError):
    """A mapping with invalid or inconsistent values.

    Attributes
    ----------
    part : str
        The invalid key, such as ``"attitude.values"``, after the file if it was read from one.
    why : str
        What it must be, and what was passed.
    """

    part: str
    why: str

    def __str__(self) -> str:
        return f"{self.part} {self.why}"


@attrs.define(eq=False)
class InvalidHistoryError(CollectRiskError, ValueError):
    """Rows of a log or ledger that contain invalid values.

    Attributes
    ----------
    table : str
        Which table: ``"events"``, ``"instalments"`` or ``"payments"``.
    problems : tuple of ColumnProblem
        One entry for each kind of problem.
    """

    table: str
    problems: tuple[ColumnProblem, ...]

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return (
            f"some rows of the {self.table} contain invalid values:\n{lines}\n"
            "Rows are counted from 0. Correct or remove these rows."
        )


@attrs.define(eq=False)
class HistoryTypeError(InvalidHistoryError, TypeError):
    """A column of a log or ledger whose type is wrong, such as dates stored as text."""

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return f"the {self.table} have columns of the wrong type:\n{lines}"


@attrs.define(eq=False)
class InvalidRuleError(CollectRiskError, ValueError):
    """A file of contact rules that breaks the schema or contradicts itself.

    Attributes
    ----------
    file : str
        The file.
    entry : str
        The entry, such as ``rule 'US-362-stay'``.
    key : str
        The key, or an empty string.
    why : str
        What it must be, and what was found.
    """

    file: str
    entry: str
    key: str
    why: str

    def __str__(self) -> str:
        place = f"{self.entry}, {self.key}" if self.entry and self.key else self.entry or self.key
        return f"{printable(f'{self.file}: {place}', one_line=True)} {self.why}"


@attrs.define(eq=False)
class NotAFrameError(CollectRiskError, TypeError):
    """An object that is not a data frame.

    Attributes
    ----------
    kind : str
        The type that was passed.
    hint : str
        What to pass instead.
    """

    kind: str
    hint: str

    def __str__(self) -> str:
        return f"{with_article(self.kind)} is not a data frame; {self.hint}"


@attrs.define(eq=False)
class UnknownGroupError(CollectRiskError, KeyError):
    """The name of a group that a result does not have.

    Attributes
    ----------
    name : object
        The name.
    column : str
        What names the groups.
    known : tuple of str
        The groups.
    """

    name: object
    column: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        more = "" if len(self.known) <= GROUPS_SHOWN else f" and {len(self.known) - GROUPS_SHOWN:,} others"
        return (
            f"there is no group {shown(self.name)} in {self.column!r}{did_you_mean(self.name, self.known)} "
            f"(the groups are {_listed(self.known[:GROUPS_SHOWN])}{more})"
        )


@attrs.define(eq=False)
class FileError(CollectRiskError, OSError):
    """A file that cannot be read or written.

    Attributes
    ----------
    path : str
        The file.
    why : str
        What is wrong with it, and how to correct it.
    """

    path: str
    why: str

    def __str__(self) -> str:
        return f"{printable(self.path, one_line=True)}: {self.why}"


@attrs.define(eq=False)
class CardFileError(FileError, ValueError):
    """A file that does not contain a valid scorer.

    Attributes
    ----------
    python_hint : str
        A suggestion that applies to Python only, or an empty string.
    """

    python_hint: str = ""

    def message(self, *, for_shell: bool = False) -> str:
        """Return what is wrong with the file."""
        return f"{FileError.__str__(self)}{'' if for_shell else self.python_hint}"

    def __str__(self) -> str:
        return self.message()


@attrs.define(eq=False)
class MissingExtraError(CollectRiskError, ImportError):
    """A feature whose optional dependencies are not installed.

    Attributes
    ----------
    extra : str
        The extra to install, such as ``"cli"``.
    """

    extra: str

    def __str__(self) -> str:
        # Until the package is on PyPI, pip finds its extras in a copy of the repository only.
        command = f'python -m pip install ".[{self.extra}]"'
        return f"this needs the extra {self.extra!r}; in a copy of collectrisk's repository, run {command}"
