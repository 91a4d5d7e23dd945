"""Errors have a common base class, an expected builtin class, attributes and a helpful message."""

from __future__ import annotations

import inspect
import os
import pickle
import shutil
import subprocess
from typing import Any

import pytest

import collectrisk as cr
from collectrisk import errors
from collectrisk.errors import (
    ArgumentError,
    CardFileError,
    ColumnNameError,
    ColumnProblem,
    ColumnsError,
    ColumnTypeError,
    FileError,
    FormulaError,
    HistoryTypeError,
    InvalidBorrowerError,
    InvalidCardError,
    InvalidHistoryError,
    InvalidMappingError,
    InvalidRowsError,
    InvalidRuleError,
    MissingColumnError,
    MissingExtraError,
    NotAFrameError,
    RowFormulaError,
    ScorerCheckError,
    UnknownGroupError,
)

PROBLEM = ColumnProblem("amount_overdue", "a finite number, 0 or more", 7, ((3, -1.0), (5, -2.0)))

SAMPLES: list[tuple[cr.CollectRiskError, type[Exception], str]] = [
    (
        InvalidBorrowerError("failed_calls", "a whole number", 2.5),
        ValueError,
        "failed_calls must be a whole number, not 2.5",
    ),
    (
        InvalidRowsError((PROBLEM,)),
        ValueError,
        "column 'amount_overdue' must be a finite number, 0 or more; 7 invalid rows",
    ),
    (ColumnTypeError((PROBLEM,)), TypeError, "a column has the wrong type"),
    (
        InvalidHistoryError("payments", (PROBLEM,)),
        ValueError,
        "some rows of the payments contain invalid values:\n- column 'amount_overdue' must be",
    ),
    (
        HistoryTypeError("payments", (PROBLEM,)),
        TypeError,
        "the payments have columns of the wrong type:\n- column 'amount_overdue' must be",
    ),
    (
        ColumnsError((ColumnTypeError((PROBLEM,)), ArgumentError("rows", "are odd"))),
        TypeError,
        "so no row was scored:\n- column 'amount_overdue' must be a finite number, 0 or more\n- rows are odd",
    ),
    (
        MissingColumnError("amount", ("amuont", "x"), proposals=("amuont",)),
        KeyError,
        "is missing; did you mean 'amuont'?\nThe frame's columns are: amuont, x",
    ),
    (MissingColumnError("late", (), "days_past_due"), KeyError, 'columns={"days_past_due": "your_column"}'),
    (MissingColumnError("amount", ()), KeyError, "The frame's columns are: none"),
    (ColumnNameError(("channel",), "rename it"), ValueError, "'channel': rename it"),
    (FormulaError("Mine", "went wrong"), TypeError, "Mine.visit_probability: went wrong"),
    (
        RowFormulaError("Mine", "raised KeyError: 'x'", 7, {"failed_calls": 3}),
        TypeError,
        "Mine.visit_probability: row 7 (failed_calls=3) raised KeyError: 'x'",
    ),
    (
        ScorerCheckError("Mine", "threads", "all may ask", "0.1 and 0.2", "keep it local"),
        AssertionError,
        "Mine fails the check 'threads': all may ask\nobserved: 0.1 and 0.2\nhow to fix it: keep it local",
    ),
    (InvalidCardError("delay", "values must increase"), ValueError, "delay: values must increase"),
    (
        InvalidMappingError("a.toml: decimal", "must be one of ',', not 5"),
        ValueError,
        "a.toml: decimal must be",
    ),
    (
        InvalidRuleError("own.toml", "rule 'A'", "most", "must be a whole number"),
        ValueError,
        "own.toml: rule 'A', most must be a whole number",
    ),
    (ArgumentError("reasons", "must be 0"), ValueError, "reasons must be 0"),
    (NotAFrameError("int", "pass a frame"), TypeError, "an int is not a data frame; pass a frame"),
    (
        UnknownGroupError("nort", "team", ("north", "south")),
        KeyError,
        "there is no group 'nort' in 'team'; did you mean 'north'? (the groups are north, south)",
    ),
    (FileError("a.csv", "is empty"), OSError, "a.csv: is empty"),
    (CardFileError("a.json", "is too large"), ValueError, "a.json: is too large"),
    (
        MissingExtraError("cli"),
        ImportError,
        "this needs the extra 'cli'; in a copy of collectrisk's repository, "
        'run python -m pip install ".[cli]"',
    ),
]


@pytest.mark.parametrize(("error", "builtin", "says"), SAMPLES, ids=lambda value: type(value).__name__)
def test_an_error_has_the_base_class_a_builtin_class_and_a_message(
    error: cr.CollectRiskError, builtin: type, says: str
) -> None:
    assert isinstance(error, cr.CollectRiskError)
    assert isinstance(error, builtin)
    assert says in str(error)


@pytest.mark.parametrize("error", [error for error, _, _ in SAMPLES], ids=lambda error: type(error).__name__)
def test_an_error_can_be_pickled(error: cr.CollectRiskError) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  # our own bytes


def test_every_error_class_is_tested_here() -> None:
    every = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, cr.CollectRiskError)
    }
    assert every - {cr.CollectRiskError} == {type(error) for error, _, _ in SAMPLES}


def test_a_problem_shows_the_first_rows_and_that_there_are_more() -> None:
    assert PROBLEM.describe(first_row=2) == (
        "column 'amount_overdue' must be a finite number, 0 or more; "
        "7 invalid rows (row 5: -1.0, row 7: -2.0, ...)"
    )


def test_a_problem_of_one_row_is_in_the_singular() -> None:
    assert "1 invalid row (row 0: -1)" in ColumnProblem("x", "y", 1, ((0, -1),)).describe()


@pytest.mark.parametrize(("value", "shown"), [("x" * 100, "'" + "x" * 56 + "..."), (3, "3")])
def test_a_long_value_is_shortened(value: Any, shown: str) -> None:
    assert errors.shown(value) == shown


RED = "\x1b[31m"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größe 文\n\t", "größe 文\n\t"),
        (f"{RED}\x00\x7f\r", r"\x1b[31m\x00\x7f\x0d"),
        ("\x85\x9b\u202e\u2066", r"\u0085\u009b\u202e\u2066"),
        ("\udcff\ud800", r"\xff\ud800"),
    ],
)
def test_what_a_terminal_obeys_is_escaped(text: str, shown: str) -> None:
    assert errors.printable(text) == shown
    assert errors.printable(text, one_line=True) == shown.replace("\n", r"\n").replace("\t", r"\t")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a.csv", "a.csv"),
        ("my file's.csv", "'my file'\"'\"'s.csv'"),
        (f"{RED}it's\\\n.csv", r"$'\x1b[31mit\'s\\\n.csv'"),
        ("\udcff.csv", r"$'\xff.csv'"),
    ],
)
def test_a_word_of_a_command_means_the_text_to_a_shell(text: str, word: str) -> None:
    assert errors.shell_word(text) == word
    if bash := shutil.which("bash"):
        shell = subprocess.run([bash, "-c", f"printf %s {word}"], capture_output=True, check=True)
        assert shell.stdout == os.fsencode(text)


@pytest.mark.parametrize(
    "error",
    [
        MissingColumnError(RED, (RED, "a\n"), proposals=(RED,)),
        ColumnNameError((RED,), RED, RED),
        ColumnsError((MissingColumnError(RED, (RED,)), InvalidBorrowerError("x", RED, RED)), {RED: RED}),
        InvalidRowsError((ColumnProblem(RED, RED, 1, ((0, RED),), RED, RED, "date"),)),
        FileError(f"{RED}\n", RED),
        CardFileError(f"{RED}\n", RED, RED),
        InvalidCardError(f"{RED}\n", RED),
        InvalidMappingError(RED, RED),
        FormulaError(RED, RED),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_message_contains_control_characters(error: cr.CollectRiskError) -> None:
    """The names and values may be from a file, and a terminal would obey them."""
    for message in (str(error), error.message(), error.message(for_shell=True)):
        assert "\x1b" not in message
        assert r"\x1b[31m" in message
        assert "\n:" not in message
        assert "a\n" not in message


def test_an_error_class_of_your_own_has_printable_messages_too() -> None:
    class Mine(cr.CollectRiskError):
        def __str__(self) -> str:
            return RED

    assert (str(Mine()), Mine().message()) == (r"\x1b[31m", r"\x1b[31m")


def test_the_options_that_read_implausible_numbers_and_dates_come_once() -> None:
    problems = tuple(
        ColumnProblem(column, "a number", 1, ((0, 1),), "", field, advice)
        for column, field, advice in (
            ("due", "days_past_due", "date"),
            ("calls", "failed_calls", "plausible"),
            ("debt", "amount_overdue", "plausible"),
        )
    )
    text = str(InvalidRowsError(problems))
    assert text.endswith(
        '\nTo count the days from these dates, pass columns=Mapping({"days_past_due": '
        '{"column": "due", "date": "iso"}}, as_of=your_date) (or add this to your mapping).'
        "\nIf numbers above the plausible limit are correct, pass "
        'columns=Mapping(plausible={"failed_calls": your_limit, "amount_overdue": your_limit})'
        " (or add this to your mapping)."
    )
    assert errors.advice_on(problems, for_shell=True) == (
        '\nTo count the days from these dates, pass --as-of DATE --map days_past_due="due".'
        "\nIf numbers above the plausible limit are correct, pass "
        "--plausible failed_calls=NUMBER --plausible amount_overdue=NUMBER."
    )


def test_values_that_may_be_codes_come_with_the_option_that_declares_them() -> None:
    problems = tuple(
        ColumnProblem(column, "valid", len(values), tuple(enumerate(values)), "", field, advice)
        for column, field, advice, values in (
            ("late", "days_past_due", "", (-99.0, -5)),
            ("calls", "failed_calls", "", ("n/a", "three", -99)),
            ("mood", "attitude", "values", ("HOST", "N/A", "PASS")),
        )
    )
    assert errors.advice_on(problems) == (
        '\nIf -99, "n/a", "N/A" mean that a value is not known, pass '
        'columns=Mapping(missing=[-99, "n/a", "N/A"]) (or add this to your mapping).'
        '\nIf these are codes, declare what each means: columns=Mapping({"attitude": {"column": "mood", '
        '"values": {"HOST": your_value, "PASS": your_value}}}) (or add this to your mapping).'
    )
    assert errors.advice_on(problems[:1]).startswith("\nIf -99 means that a value is not known, ")
    assert errors.advice_on(problems, for_shell=True) == (
        '\nIf -99, "n/a", "N/A" mean that a value is not known, pass '
        '--missing -99 --missing "n/a" --missing "N/A".'
    )


SEVERAL = ColumnsError(
    (
        MissingColumnError("amount_overdue", ("BILL", "calls", "tries")),
        MissingColumnError("lat", ("BILL", "calls", "tries"), "days_past_due", ("late", "delay")),
        ColumnNameError(
            ("calls", "tries"), "may be the field 'failed_calls', which is absent", "failed_calls"
        ),
        ColumnNameError(("channel",), "rename it"),
    ),
    {"attitude": 'the "mood"', "product": None, "amount_overdue": "BILL"},
)


def test_several_problems_of_columns_are_one_list_and_one_mapping() -> None:
    assert str(SEVERAL) == (
        "the columns have several problems, so no row was scored:\n"
        "- the column 'amount_overdue' is missing\n"
        "- the column 'lat' is missing; did you mean 'late' or 'delay'?\n"
        "- 'calls', 'tries': may be the field 'failed_calls', which is absent\n"
        "- 'channel': rename it\n"
        "The frame's columns are: BILL, calls, tries.\n"
        "For failed_calls, choose one of the columns, or combine them in one.\n"
        "Rename columns, or pass this mapping, with None for a field that is absent:\n"
        'columns={"attitude": \'the "mood"\', "product": None, "amount_overdue": "BILL", '
        '"days_past_due": "your_column", "failed_calls": "your_column"}'
    )
    assert isinstance(SEVERAL, (KeyError, ValueError))


def test_the_shell_gets_the_mapping_as_options() -> None:
    assert SEVERAL.message(for_shell=True).endswith(
        "The file's columns are: BILL, calls, tries.\n"
        "For failed_calls, choose one of the columns, or combine them in one.\n"
        "Rename columns, or pass these options, with FIELD= for a field that is absent:\n"
        '--map attitude=\'the "mood"\' --map product= --map amount_overdue="BILL" '
        '--map days_past_due="your_column" --map failed_calls="your_column"'
    )


@pytest.mark.parametrize(
    ("column", "python", "shell"),
    [
        ("Fällig am", '"Fällig am"', '"Fällig am"'),
        ("cost $", '"cost $"', "'cost $'"),
        ('it\'s "x"', "'it\\'s \"x\"'", "'it'\"'\"'s \"x\"'"),
        ("a\n\x1b", r"'a\n\x1b'", r"$'a\n\x1b'"),
        (7, "7", '"7"'),
        (("a", 1), "('a', 1)", "\"('a', 1)\""),
    ],
)
def test_a_proposed_column_is_quoted(column: Any, python: str, shell: str) -> None:
    error = MissingColumnError("tenure", (column,), proposals=(column,))
    assert str(error).endswith(f'columns={{"tenure": {python}}}.')
    assert error.message(for_shell=True).endswith(f"--map tenure={shell}.")


def test_columns_of_which_one_was_meant_can_be_chosen_or_combined() -> None:
    assert str(SEVERAL.errors[2]) == (
        "'calls', 'tries': may be the field 'failed_calls', which is absent; choose one of them, "
        'or combine them in one; then pass columns={"failed_calls": "your_column"}, '
        'or columns={"failed_calls": None} if they are something else'
    )


@pytest.mark.parametrize(
    ("word", "other", "one"),
    [
        *(("plan", other, True) for other in ("plan", "pln", "plane", "xplan", "plam", "lpan", "plna")),
        *(("plan", other, False) for other in ("planes", "pl", "nalp", "plmn2", "", "panl2")),
    ],
)
def test_one_slip_is_a_letter_that_differs_or_two_that_are_swapped(word: str, other: str, one: bool) -> None:  # noqa: FBT001
    assert errors.one_slip(word, other) == errors.one_slip(other, word) == one


def test_nothing_is_proposed_for_a_very_long_name() -> None:
    assert errors.nearest("x" * 300, ["x" * 299]) is None


def test_a_message_does_not_repeat_a_name_of_any_length() -> None:
    error = ArgumentError("data", "k" * 100_000 + " is not a field")
    assert str(error) == f"data {'k' * 200}... is not a field"
    assert str(ArgumentError("data", "k" * 400)) == f"data {'k' * 400}"
