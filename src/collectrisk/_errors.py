"""The errors about one borrower, a scorecard and an argument, and what the messages of all errors share.

They are apart from those about columns and files, so that scoring one borrower does not load those.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


# C0 (except tabs and line feeds), DEL, C1, overrides of the writing direction, and halves of characters.
NOT_PRINTABLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


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
        text = re.sub(NOT_PRINTABLE, _escaped, text)  # compiled once, and not at import
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

TOO_LONG = rf"(\S{{{LONGEST_WORD // 2}}})\S{{{LONGEST_WORD // 2 + 1},}}"


def _with_printable_result(method: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(method)
    def wrapper(self: CollectRiskError, **options: Any) -> str:
        text = printable(method(self, **options))
        start = f"{printable(self.about)}: " if self.about else ""
        text = text if text.startswith(start) else start + text
        return text if len(text) <= LONGEST_WORD else re.sub(TOO_LONG, r"\1...", text)

    return wrapper


class CollectRiskError(Exception):
    """The base class of every error that collectrisk raises.

    Attributes
    ----------
    about : str
        Which of several samples or files the error is about; its message begins with this. Often empty.
    """

    __module__ = "collectrisk.errors"  # where users find it, in tracebacks and pickles too
    about = ""

    def __init_subclass__(cls) -> None:
        """Let no message contain control characters: names and values in it may come from a file."""
        for name in {"__str__", "message"} & set(vars(cls)):
            setattr(cls, name, _with_printable_result(vars(cls)[name]))
        cls.__module__ = cls.__module__.replace("collectrisk._errors", "collectrisk.errors")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the facts by name, because some errors have one that is passed by keyword only."""
        kind = type(self)
        fields = attrs.fields(kind) if attrs.has(kind) else ()
        make = functools.partial(kind, **{each.name: getattr(self, each.name) for each in fields})
        return (functools.partial(_about, make, self.about) if self.about else make), ()

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


def _about(make: Callable[[], CollectRiskError], subject: str) -> CollectRiskError:
    """Return an error about a sample or file."""
    error = make()
    error.about = subject
    return error


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


@attrs.define(eq=False, slots=False)
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


ON_COLUMNS = (
    "on a frame, each field is a column: use xp.where instead of `if`, `& |` and xp.logical_not instead of "
    "`and or not`, xp.minimum and xp.maximum instead of min and max, and the functions of xp instead of "
    "those of math and NumPy, or derive from RowScorer"
)
IN_PLAIN_NUMBERS = "use xp.divide, xp.exp and xp.log, which never raise"
IN_ANY_CODE = "correct this error in visit_probability, or in what it calls"
"""What to write instead in a formula that raised."""


@attrs.define(eq=False, slots=False)
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


@attrs.define(eq=False, slots=False)
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


@attrs.define(eq=False, slots=False)
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
