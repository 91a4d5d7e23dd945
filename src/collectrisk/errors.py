"""Every error that collectrisk raises.

All derive from `CollectRiskError`, and each also derives from the builtin exception that a caller
would expect. The facts are attributes, and the message is built from them when it is printed.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

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
    "MissingColumnError",
    "MissingExtraError",
    "NotAFrameError",
    "RowFormulaError",
    "ScorerCheckError",
]


# C0 (except tabs and line feeds), DEL, C1, overrides of the writing direction, and halves of characters.
NOT_PRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python reads a byte that is not text, in the name of a file
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Return a text with escapes such as ``\x1b`` for what a terminal would obey instead of showing.

    Parameters
    ----------
    text : str
        The text, parts of which may come from a file.
    one_line : bool, default False
        Whether line feeds and tabs are escaped too.
    """
    if not text.replace("\n", "").isprintable():  # several times faster than the pattern
        text = NOT_PRINTABLE.sub(_escaped, text)
    return text.replace("\n", "\\n").replace("\t", "\\t") if one_line else text


def shell_word(text: str) -> str:
    """Return a text as a word of a command; control characters are written as bash and zsh read them."""
    import shlex  # noqa: PLC0415  # only needed for an error message

    if printable(text, one_line=True) == text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{printable(escaped, one_line=True)}'"


LONGEST_WORD = 400
"""A longer word in a message is not a name or path that anybody reads, and is shortened."""

TOO_LONG = re.compile(rf"(\S{{{LONGEST_WORD // 2}}})\S{{{LONGEST_WORD // 2 + 1},}}")


def _with_printable_result(method: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(method)
    def wrapper(*args: Any, **options: Any) -> str:
        text = printable(method(*args, **options))
        return text if len(text) <= LONGEST_WORD else TOO_LONG.sub(r"\1...", text)

    return wrapper


class CollectRiskError(Exception):
    """The base class of every error that collectrisk raises."""

    def __init_subclass__(cls) -> None:
        """Let no message contain control characters: names and values in it may come from a file."""
        for name in {"__str__", "message"} & set(vars(cls)):
            setattr(cls, name, _with_printable_result(vars(cls)[name]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the facts by name, because some errors have one that is passed by keyword only."""
        kind = type(self)
        fields = attrs.fields(kind) if attrs.has(kind) else ()
        return functools.partial(kind, **{each.name: getattr(self, each.name) for each in fields}), ()

    def message(self, *, for_shell: bool = False) -> str:  # noqa: ARG002  # for subclasses that give advice
        """Return what is wrong and how to correct it.

        Parameters
        ----------
        for_shell : bool, default False
            Whether the advice is for the command line instead of for Python.

        Examples
        --------
        >>> import collectrisk as cr
        >>> error = cr.errors.MissingColumnError("days_past_due", ("amount_overdue", "late"))
        >>> print(error.message(for_shell=True))
        the column 'days_past_due' is missing
        The file's columns are: amount_overdue, late. Rename one, or pass --map days_past_due="your_column".
        """
        return str(self)


Name = TypeVar("Name", bound=object)

SHORTEST_SLIP = 5
"""In a shorter word, one different letter makes another word."""


def _normalized(name: object) -> str:
    return str(name).strip().casefold().replace(" ", "_").replace("-", "_")


def one_slip(word: str, other: str) -> bool:
    """Return whether two words differ by at most one letter, or by two that are swapped."""
    start = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(word) - len(other)) <= 1
    word, other = word[start:], other[start:]
    same = next((at for at, (a, b) in enumerate(zip(word[::-1], other[::-1], strict=False)) if a != b), None)
    same = min(len(word), len(other)) if same is None else same
    word, other = word[: len(word) - same], other[: len(other) - same]
    return max(len(word), len(other)) <= 1 or (len(word) == 2 and word == other[::-1])


def nearest(word: object, known: Iterable[Name], *, cutoff: float = 0.6) -> Name | None:
    """Return the entry of `known` that is spelled most like `word`, or None if none is similar."""
    if len(str(word)) > 200:
        return None  # not a misspelt name, and slow to compare
    import difflib  # noqa: PLC0415  # only needed for an error message, and slow to import

    wanted = _normalized(word)
    by_spelling = {_normalized(name): name for name in known}
    close = difflib.get_close_matches(wanted, by_spelling, n=1, cutoff=cutoff)
    if not close and len(wanted) >= SHORTEST_SLIP:
        close = [name for name in by_spelling if one_slip(wanted, name)]
    return by_spelling[close[0]] if close else None


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """Return the end of an error message that suggests the nearest known name, or nothing."""
    guess = nearest(word, known)
    return "" if guess is None else f"; did you mean {str(guess)!r}?"


def with_article(noun: str) -> str:
    """Return a noun after its article, such as "an int"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def type_name(value: object) -> str:
    """Return the name of a value's type after its article."""
    return with_article(type(value).__name__)


def shown(value: Any, max_length: int = 60) -> str:
    """Return the repr of a value, shortened for an error message."""
    plain = hasattr(value, "item") and not hasattr(value, "__len__") and value.dtype.kind != "m"
    text = repr(value.item() if plain else value)  # the item of a duration may be an integer
    return text if len(text) <= max_length else text[: max_length - 3] + "..."


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


@attrs.define(eq=False)
class InvalidBorrowerError(CollectRiskError, ValueError):
    """A value that is not valid for a field of one borrower.

    Attributes
    ----------
    field : str
        The field, such as ``"amount_overdue"``.
    requirement : str
        What the value must be, such as ``"a finite number, 0 or more"``.
    value : object
        The value that was passed.
    hint : str
        A suggestion, or an empty string.
    advice : {"", "plausible"}
        Whether a higher plausible limit would accept the value.
    """

    field: str
    requirement: str
    value: Any
    hint: str = ""
    advice: str = ""

    def message(self, *, for_shell: bool = False) -> str:
        """Return what the value must be, and how to have it accepted if it is correct."""
        text = f"{self.field} must be {self.requirement}, not {shown(self.value)}{self.hint}"
        if self.advice != "plausible":
            return text
        option = f"--plausible {self.field}=NUMBER"
        what = f"pass {option}" if for_shell else "raise `plausible` in a subclass of Borrower"
        return f"{text}; if it is correct, {what}"

    def __str__(self) -> str:
        return self.message()


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
        like dates in this format; or an empty string.
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
            seen = ", ".join(f"row {row + first_row}: {shown(value)}" for row, value in self.rows)
            more = ", ..." if self.count > len(self.rows) else ""
            rows = "1 invalid row" if self.count == 1 else f"{self.count:,} invalid rows"
            message += f"; {rows} ({seen}{more})"
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
    limits = dict.fromkeys(each.field for each in problems if each.advice not in ("", "date", "date:?"))
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
    lines = []
    if dates:
        lines.append(f"\nTo count the days from these dates, pass {date_option}{added}.")
    if limits:
        lines.append(f"\nIf numbers above the plausible limit are correct, pass {limit_option}{added}.")
    return "".join(lines)


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


ON_COLUMNS = (
    "on a frame, each field is a column: use xp.where instead of `if`, `& |` and xp.logical_not instead of "
    "`and or not`, xp.minimum and xp.maximum instead of min and max, and the functions of xp instead of "
    "those of math and NumPy, or derive from RowScorer"
)
IN_PLAIN_NUMBERS = "use xp.divide, xp.exp and xp.log, which never raise"
IN_ANY_CODE = "correct this error in visit_probability, or in what it calls"
"""What to write instead in a formula that raised."""


@attrs.define(eq=False)
class FormulaError(CollectRiskError, TypeError):
    """A scorer's formula that raised, or did not return a probability.

    Attributes
    ----------
    scorer : str
        The scorer's class name.
    why : str
        What happened.
    advice : str
        What to write instead.
    """

    scorer: str
    why: str
    advice: str = attrs.field(default="", kw_only=True)

    def __str__(self) -> str:
        advice = self.advice and f"; {self.advice}"
        return f"{self.scorer}.visit_probability: {self.why}{advice}"

    @classmethod
    def not_a_probability(cls, scorer: str, value: float) -> FormulaError:
        """Return the error for a formula that returned a value outside [0, 1]."""
        advice = "return a number from 0 to 1, such as the logistic of the log-odds"
        return cls(scorer, f"returned {value!r}, which is not a probability", advice=advice)

    @classmethod
    def raised(
        cls, scorer: str, error: Exception, on: Literal["borrower", "columns", "row"] = "borrower"
    ) -> FormulaError:
        """Return the error for a formula that raised anything.

        Parameters
        ----------
        scorer : str
            The scorer's class name.
        error : Exception
            What it raised.
        on : {"borrower", "columns", "row"}
            What the formula ran on; "row" for plain Python, which has no xp.
        """
        advice = IN_ANY_CODE
        if on == "columns" and isinstance(error, (TypeError, ValueError, AttributeError)):
            advice = ON_COLUMNS
        elif on != "row" and (isinstance(error, ArithmeticError) or str(error) == "math domain error"):
            advice = IN_PLAIN_NUMBERS
        return cls(scorer, f"raised {type(error).__name__}: {error}", advice=advice)


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
class InvalidCardError(CollectRiskError, ValueError):
    """A scorecard, characteristic or ladder with invalid or inconsistent values.

    Attributes
    ----------
    part : str
        The invalid part: a characteristic's label, ``"ladder"``, or a parameter's name.
    why : str
        What it must be, and what was passed.
    """

    part: str
    why: str

    def __str__(self) -> str:
        return f"{printable(self.part, one_line=True)}: {self.why}"


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
class ArgumentError(CollectRiskError, ValueError):
    """An argument that is not valid.

    Attributes
    ----------
    argument : str
        The argument's name.
    why : str
        What it must be, what was passed, and what to write instead.
    """

    argument: str
    why: str

    def __str__(self) -> str:
        return f"{self.argument} {self.why}"


def refuse_other(argument: str, value: object, choices: Collection[str]) -> None:
    """Raise `ArgumentError` unless a value is one of several texts."""
    if isinstance(value, str) and value in choices:
        return
    guess = did_you_mean(value, choices) if isinstance(value, str) else ""
    raise ArgumentError(argument, f"must be one of {', '.join(choices)}, not {shown(value)}{guess}")


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
