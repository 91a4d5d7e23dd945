"""`collectrisk history`: from a file of events to a file of accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from shell import done, refused, write

import collectrisk as cr
from collectrisk._cli import events_file, history, history_command, spill
from collectrisk._cli.tabular import open_source
from collectrisk.history import ContactLog, EventKind, SimulatedLog, arrears, simulate_log

AS_OF = "2026-11-01"
FIELDS = [
    "failed_messages",
    "failed_calls",
    "broken_promises",
    "attitude",
    "placed_with_agency",
    "repayment_plan",
]
EVENTS = """\
account_id,happened_at,recorded_at,event,amount,due_on
A,2026-08-10 10:12,2026-08-10 10:13,NA,,
A,2026-08-12 18:40,2026-08-12 18:44,PTP,100.00,2026-08-31
B,2026-09-18 11:05,2026-09-18 11:09,LM,,
B,2026-09-25 12:00,2026-09-25 12:05,REF,,
A,2026-10-31 16:00,2026-11-02 08:00,RPC,,
"""
CODES = 'include = ["dialler", "account"]\n'
OF_EVENTS = {"A": (0, 0, 1, "unknown", False, False), "B": (0, 2, 0, "passive", False, False)}


@pytest.fixture(autouse=True)
def codes(directory: Path) -> Path:
    """Write a file of codes, and return it."""
    file = directory / "codes.toml"
    file.write_text(CODES, encoding="utf-8")
    return file


def toml_of(kinds: Any) -> str:
    """Return codes as the text of a TOML file."""
    lines = ["[codes]\n"]
    own = []
    for code, kind in kinds.items():
        if isinstance(kind, EventKind):
            values = attrs.asdict(kind, filter=lambda _, value: value is not None)
            pairs = ", ".join(
                f"{key} = {str(value).lower() if isinstance(value, bool) else repr(str(value))}"
                for key, value in values.items()
            )
            own.append(f"{code!r} = {{ {pairs} }}\n")
        else:
            lines.append(f'{code!r} = "{kind}"\n')
    return "".join([*lines, *own])


def fields(name: str) -> dict[Any, tuple[Any, ...]]:
    """Return the fields in a file by account."""
    frame = pl.read_parquet(name) if name.endswith(".parquet") else pl.read_csv(name)
    return {row[0]: row[1:] for row in frame.select("account_id", *FIELDS).rows()}


def computed(content: Any, *options: object, name: str = "events.csv") -> dict[Any, tuple[Any, ...]]:
    """Write a file of events, compute the fields, and return them."""
    file = write(name, content)
    arguments = ("history", file, "--as-of", AS_OF, "--codes", "codes.toml", "-o", "out.parquet", "-q")
    assert done(*arguments, *options) == ""
    return fields("out.parquet")


def refusal(content: Any, *options: object, name: str = "events.csv", code: int = 1) -> str:
    """Write a file of events that is not valid, and return the error."""
    file = write(name, content)
    arguments = ("history", file, "--as-of", AS_OF, "--codes", "codes.toml", "-o", "out.parquet")
    return refused(*arguments, *options, code=code)


@pytest.fixture(scope="module")
def accounts() -> pl.DataFrame:
    frame: pl.DataFrame = cr.simulate_portfolio(300, seed=5, backend="polars")
    return frame


@pytest.fixture(scope="module")
def simulated(accounts: pl.DataFrame) -> SimulatedLog:
    return simulate_log(accounts, AS_OF, seed=5)


@pytest.fixture
def _files(simulated: SimulatedLog) -> None:
    """Write a simulated log and the arrears of its accounts."""
    write("events.csv", simulated.events)
    write("events.parquet", simulated.events)
    write("codes.toml", toml_of(simulated.codes))
    due = arrears(simulated.instalments, simulated.payments, AS_OF, zone=simulated.zone)
    write("ledger.csv", due)
    write("ledger.parquet", due)


ZONE = ("--zone", "Asia/Shanghai")


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize(
    ("events", "ledger", "output"),
    [
        ("events.csv", "ledger.csv", "out.csv"),
        ("events.csv", "ledger.csv", "out.parquet"),
        ("events.parquet", "ledger.csv", "out.csv"),
        ("events.parquet", "ledger.parquet", "out.parquet"),
    ],
)
def test_the_known_fields_are_added_to_a_file_of_accounts_and_scored(
    accounts: pl.DataFrame, events: str, ledger: str, output: str
) -> None:
    options = ("--codes", "codes.toml", "--accounts", ledger, "-q", *ZONE)
    assert done("history", events, "--as-of", AS_OF, "-o", output, *options) == ""
    assert list(fields(output).values()) == accounts.select(FIELDS).rows()
    done("score", output, "-o", "scored.parquet", "-q")
    expected = cr.RuleScorer().visit_probabilities(accounts.drop("product", "borrower_id"))
    scored = pl.read_parquet("scored.parquet")
    assert scored["visit_probability"].to_list() == pytest.approx(list(expected), abs=1e-15)


@pytest.mark.usefixtures("_files")
def test_without_accounts_the_fields_are_those_of_the_log_in_the_order_of_accounts(
    simulated: SimulatedLog,
) -> None:
    text = done(
        "history", "events.parquet", "--as-of", AS_OF, "--codes", "codes.toml", "-o", "out.parquet", *ZONE
    )
    log = ContactLog(simulated.events, codes=simulated.codes, zone=simulated.zone)
    assert pl.read_parquet("out.parquet").equals(log.fields(AS_OF))
    check = log.check()
    rows = {
        line.rsplit(maxsplit=2)[0].strip(): line.split()[-2:] for line in text.splitlines() if line.strip()
    }
    for kind, count in check.kinds.items():
        assert rows[kind][0] == f"{count:,}"
    assert f"accounts {len(set(simulated.events['account_id']))}" in " ".join(text.split())


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("ledger", [None, "ledger.parquet"])
def test_many_parts_give_the_same_file_as_one(ledger: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--codes", "codes.toml", *ZONE, *(["--accounts", ledger] if ledger else [])]
    one = done("history", "events.csv", "--as-of", AS_OF, "-o", "one.parquet", *options)
    monkeypatch.setattr(history, "ROWS_IN_PART", 1_500)
    monkeypatch.setattr(spill, "BUFFERED_ROWS", 2_000)
    monkeypatch.setattr(events_file, "BATCH", 900)
    assert done("history", "events.csv", "--as-of", AS_OF, "-o", "many.parquet", *options) == one
    assert pl.read_parquet("many.parquet").equals(pl.read_parquet("one.parquet"))


def test_a_log_without_an_output_is_read_and_reported() -> None:
    write("events.csv", EVENTS)
    report = done("history", "events.csv", "--codes", "codes.toml", "--as-of", AS_OF).split()
    assert report[:7] == ["events.csv", "event", "rows", "share", *report[4:7]]
    assert " ".join(report).endswith("accounts 2 rows that repeat another 0")


def test_the_report_says_that_no_column_says_when_events_were_recorded() -> None:
    text = EVENTS.replace("RPC", "NA")
    write("events.csv", text)
    options = ("--as-of", AS_OF, "--codes", "codes.toml", "--map", "recorded_at=")
    report = done("history", "events.csv", *options)
    assert report.splitlines()[-1] == history_command.UNRECORDED
    assert (computed(text)["A"][1], computed(text, "--map", "recorded_at=")["A"][1]) == (0, 1)


def test_repeated_rows_and_accounts_that_are_not_in_the_file_of_accounts_are_counted() -> None:
    write("events.csv", EVENTS + EVENTS.splitlines(keepends=True)[1])
    write("accounts.csv", "account_id,city\nB,Xi'an\nC,Köln\n")
    options = ("--as-of", AS_OF, "--codes", "codes.toml", "--accounts", "accounts.csv", "-o", "out.csv")
    report = " ".join(done("history", "events.csv", *options).split())
    assert "rows that repeat another 1 accounts not in the file of accounts 1" in report
    assert Path("out.csv").read_text(encoding="utf-8").splitlines() == [
        "account_id,city,failed_messages,failed_calls,broken_promises,attitude,placed_with_agency,repayment_plan",
        "B,Xi'an,0,2,0,passive,false,false",
        "C,Köln,0,0,0,unknown,false,false",
    ]


def test_accounts_that_are_not_in_the_file_of_accounts_are_an_error_by_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "ROWS_IN_PART", 1)
    write("accounts.csv", "account_id\nB\n")
    options = ("--accounts", "accounts.csv", "--unknown-accounts", "raise")
    assert (
        "events.csv: some rows contain invalid values:\n- column 'account_id' must be one of the accounts; "
        "3 invalid rows (row 2, row 3, row 6); pass --unknown-accounts ignore to leave these events out\n"
    ) in refusal(EVENTS, *options)
    message = " ".join(refusal(EVENTS, "--unknown-accounts", "raise", code=2).replace("│", "").split())
    assert "needs --accounts, which names the known ones" in message


def test_accounts_may_be_categories() -> None:
    accounts = pl.DataFrame({"account_id": ["B", "C"]}, schema={"account_id": pl.Categorical})
    write("accounts.parquet", accounts)
    assert computed(EVENTS, "--accounts", "accounts.parquet")["B"] == OF_EVENTS["B"]


# How columns are written


def test_blank_rows_are_left_out_and_blanks_around_cells_do_not_count() -> None:
    text = EVENTS.replace("B,2026-09-25 12:00,", " B ,2026-09-25 12:00 ,").replace("LM", " LM ")
    assert computed(text + ",,,,,\n") == OF_EVENTS


@pytest.mark.parametrize(
    ("suffix", "zone"),
    [("", ()), (":30", ()), (":30.125", ()), ("Z", ("--zone", "UTC")), (" +00:00", ("--zone", "UTC"))],
)
def test_times_are_read_in_the_forms_of_iso_8601(suffix: str, zone: tuple[str, ...]) -> None:
    lines = [line.split(",") for line in EVENTS.splitlines()]
    for line in lines[1:]:
        line[1:3] = [each.replace(" ", "T") + suffix for each in line[1:3]]
    assert computed("\n".join(map(",".join, lines)), *zone) == OF_EVENTS


def test_an_offset_decides_on_the_local_date() -> None:
    """The promise is due on 23 October, and until the 26th with grace: the payment is made on the 27th."""
    text = (
        "account_id,happened_at,event,amount,due_on\n"
        "A,2026-10-20T10:00+08:00,PTP,50,2026-10-23\nA,2026-10-26T17:00-0030,PAY,50,\n"
    )
    assert computed(text, "--zone", "Asia/Shanghai")["A"][2:4] == (1, "cooperative")
    assert computed(text, "--zone", "UTC")["A"][2:4] == (0, "cooperative")
    message = refusal(text)
    assert "column 'happened_at' must be dates or times; the times have a UTC offset: pass --zone," in message


def test_dates_without_a_time_count_once_their_day_is_over() -> None:
    text = "account_id,happened_at,event\nA,2026-10-31,NA\nB,2026-11-01,NA\n"
    assert computed(text) == {"A": (0, 1, 0, "unknown", False, False)}
    assert computed(text.replace("2026-11-01", "2026-10-31 09:00"))["B"] == (0, 1, 0, "unknown", False, False)


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("%d.%m.%Y %H:%M", "31.10.2026 23:30"),
        ("%m/%d/%y %I:%M %p", "10/31/26 11:30 PM"),
        ("%Y%m%d%H%M%S.%f", "20261031233000.500000"),
        ("%d/%m/%Y", "31/10/2026"),
    ],
)
def test_a_format_is_declared_by_an_option(style: str, written: str) -> None:
    text = f"account_id,happened_at,event\nA,{written},NA\n"
    assert computed(text, "--time-format", style) == {"A": (0, 1, 0, "unknown", False, False)}


def test_the_formats_of_due_dates_and_amounts_are_declared_by_options() -> None:
    text = (
        "account_id;happened_at;event;amount;due_on\n"
        "A;2026-10-01;PTP;1.500,00;20.10.2026\nA;2026-10-02;PAY;1.499,99;\nB;2026-10-01;PTP;5;20.11.2026"
    )
    options = ("--date-format", "%d.%m.%Y", "--decimal", ",", "--thousands", ".")
    assert {account: each[2] for account, each in computed(text, *options).items()} == {"A": 1, "B": 0}
    assert computed(text, *options, "--kept-share", "0.9")["A"][2] == 0
    assert computed(text, *options, "--grace-days", "30")["A"][2] == 0


def test_failed_attempts_may_count_within_a_number_of_days() -> None:
    assert computed(EVENTS, "--failed-since", "90")["A"][1] == 1
    assert computed(EVENTS, "--failed-since", "80")["A"][1] == 0


def test_a_sheet_of_excel_is_a_log_too() -> None:
    rows: list[list[Any]] = [line.split(",") for line in EVENTS.splitlines()]
    rows[2][4] = 100
    cells = [[cell or None if isinstance(cell, str) else cell for cell in row] for row in rows]
    cells[1][4] = "n/a "
    message = refusal(cells, name="events.xlsx")
    assert "column 'amount' must be a number; 1 invalid row (row 2: 'n/a')" in message
    cells[1][4] = "1"
    assert computed(cells, name="events.xlsx") == OF_EVENTS


def test_ids_may_be_numbers_in_one_file_and_text_in_the_other() -> None:
    events = pl.DataFrame({"account_id": [7, 8], "happened_at": ["2026-10-01"] * 2, "event": ["NA"] * 2})
    write("accounts.csv", "account_id,days_past_due\n 7 ,40\n9,30\n")
    options = ("--accounts", "accounts.csv")
    assert list(computed(events, *options, name="events.parquet")) == [" 7 ", "9"]
    accounts = pl.read_parquet("out.parquet")
    assert accounts["failed_calls"].to_list() == [1, 0]
    assert accounts["days_past_due"].to_list() == [40, 30]
    assert accounts["days_past_due"].dtype == pl.Int64
    write("accounts.parquet", pl.DataFrame({"account_id": [7, 9]}))
    text = "account_id,happened_at,event\n7,2026-10-01,NA\n"
    found = computed(text, "--accounts", "accounts.parquet")
    assert list(found.items()) == [
        (7, (0, 1, 0, "unknown", False, False)),
        (9, (0, 0, 0, "unknown", False, False)),
    ]


# Errors


def test_codes_that_mean_nothing_are_counted_over_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "ROWS_IN_PART", 1)
    text = EVENTS.replace("NA", "X1").replace("LM", "X1").replace("REF", "X2")
    assert refusal(text) == (
        "collectrisk: events.csv: some rows contain invalid values:\n"
        "- column 'event' must be a code that --codes maps, or the name of a kind of event; 3 invalid rows "
        "(row 2: 'X1', row 4: 'X1', row 5: 'X2'); 'X1' (2 rows), 'X2' (1 row)\n"
        "Row numbers are those of the file: the header is row 1, as in a spreadsheet.\n"
        "Nothing was written. Correct the rows, or how they are read.\n"
    )


def test_rows_whose_text_cannot_be_read_are_listed_with_all_other_problems() -> None:
    text = EVENTS.replace("2026-08-10 10:12", "10.08.2026").replace("100.00", "100 yuan")
    text = text.replace("2026-08-31", "31 August").replace("LM", "XX")
    message = refusal(text)
    for line in (
        "- column 'happened_at' must be a time such as 2026-11-30 14:05; 1 invalid row "
        "(row 2: '10.08.2026'); "
        "if dates are written in another way, pass --time-format, such as --time-format '%d.%m.%Y'",
        "- column 'due_on' must be a date such as 2026-11-30; 1 invalid row (row 3: '31 August'); "
        "if dates are written in another way, pass --date-format, such as --date-format '%d.%m.%Y'",
        "- column 'amount' must be a number; 1 invalid row (row 3: '100 yuan'); write the digits alone",
        "- column 'event' must be a code that --codes maps, or the name of a kind of event; 1 invalid row "
        "(row 4: 'XX'); 'XX' (1 row)",
    ):
        assert line in message


@pytest.mark.parametrize(
    ("style", "written", "requirement"),
    [
        ("%d.%m.%Y", "31.10.26", "a date or time in the format %d.%m.%Y"),
        ("%d.%m.%Y", "2026-10-31", "a date or time in the format %d.%m.%Y"),
        (None, "2026-02-30", "a date such as 2026-11-30"),
        (None, "2026-10-31 25:00", "a time such as 2026-11-30 14:05"),
        (None, "31/10/2026", "a date such as 2026-11-30"),
    ],
)
def test_a_date_in_another_form_is_not_guessed(style: str | None, written: str, requirement: str) -> None:
    options = () if style is None else ("--time-format", style)
    message = refusal(f"account_id,happened_at,event\nA,{written},NA\n", *options)
    assert f"column 'happened_at' must be {requirement}; 1 invalid row (row 2: {written!r})" in message


def test_a_column_has_times_with_an_offset_or_without() -> None:
    mixed = "account_id,happened_at,event\nA,2026-10-31T10:00,NA\nA,2026-10-31T10:00Z,NA\n"
    message = refusal(mixed, *ZONE)
    assert (
        "must be a time with a UTC offset such as 2026-11-30T14:05+08:00; 1 invalid row (row 2: " in message
    )
    many = "account_id,happened_at,event\n" + "A,2026-10-31T10:00,NA\n" * 1000 + "A,2026-10-31T10:00Z,NA\n"
    assert "must be a time such as 2026-11-30 14:05; 1 invalid row (row 1002: " in refusal(many, *ZONE)


def test_points_that_may_separate_thousands_are_an_error() -> None:
    text = "account_id,happened_at,event,amount\nA,2026-10-01,PAY,1.500\n"
    message = refusal(text)
    assert "some numbers can be read in several ways:\n- column 'amount': every point may be" in message
    assert computed(text, "--decimal", ".")["A"][3] == "cooperative"
    write("accounts.csv", "account_id,amount_overdue,days_past_due\nA,3.500,10\n")
    message = refusal(text, "--decimal", ",", "--thousands", ".", "--accounts", "absent.csv")
    assert "absent.csv: cannot be read" in message
    message = refusal(text.replace("1.500", "1500"), "--accounts", "accounts.csv")
    assert "accounts.csv: some numbers can be read in several ways" in message


def test_local_times_that_exist_twice_are_an_error_unless_they_are_kept() -> None:
    text = "account_id,happened_at,event\nA,2026-10-25 02:30,NA\n"
    message = refusal(text, "--zone", "Europe/Berlin")
    assert "clocks change in Europe/Berlin: pass times with a UTC offset, or --clock-changes keep" in message
    assert computed(text, "--zone", "Europe/Berlin", "--clock-changes", "keep")["A"][1] == 1


def test_event_ids_that_occur_twice_are_found_in_different_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "ROWS_IN_PART", 1)
    text = (
        "event_id,account_id,happened_at,event\n"
        "1,A,2026-10-01,NA\n2,B,2026-10-01,NA\n1,C,2026-10-01,NA\n2,B,2026-10-02,NA\n3,B,2026-10-02,NA\n,B,2026-10-03,NA"
    )
    assert (
        "column 'event_id' must be different in each row; 4 invalid rows (row 2, row 3, row 4, row 5)"
        in refusal(text)
    )


def test_a_missing_column_is_named_with_the_option_to_pass() -> None:
    message = refusal(EVENTS.replace("happened_at", "happend_at"))
    assert "the column 'happened_at' is missing; did you mean 'happend_at'?" in message
    assert 'pass --map happened_at="happend_at"' in message
    assert computed(EVENTS.replace("happened_at", "ts"), "--map", "happened_at=ts") == OF_EVENTS


def test_one_column_may_be_read_as_two_fields() -> None:
    text = "account_id,at,event\nA,2026-10-01,NA\n"
    options = ("--map", "happened_at=at", "--map", "recorded_at=at")
    assert computed(text, *options) == {"A": (0, 1, 0, "unknown", False, False)}


def test_columns_of_the_wrong_type_are_named() -> None:
    events = pl.DataFrame({"account_id": ["A"], "happened_at": [20261001], "event": ["NA"]})
    assert refusal(events, name="events.parquet") == (
        "collectrisk: events.parquet: some columns have the wrong type:\n"
        "- column 'happened_at' must be dates or times; the column contains numbers\n"
    )
    write("accounts.parquet", pl.DataFrame({"account_id": [1.5]}))
    message = refusal(EVENTS, "--accounts", "accounts.parquet")
    assert message == (
        "collectrisk: accounts.parquet: some columns have the wrong type:\n"
        "- column 'account_id' must be text or whole numbers; the column contains numbers that may have "
        "decimals: if they are whole numbers of which some are missing, convert it, such as by "
        'column.astype("Int64") (pandas), pl.col(column).cast(pl.Int64) (polars) or '
        "CAST(column AS BIGINT) (SQL)\n"
    )


def test_problems_of_the_accounts_are_those_of_their_file() -> None:
    write("accounts.csv", "account_id,amount_overdue\nA,1\n ,2\n")
    assert refusal(EVENTS, "--accounts", "accounts.csv").startswith(
        "collectrisk: accounts.csv: some rows contain invalid values:\n"
        "- column 'account_id' must be known; 1 invalid row (row 3: empty)\n"
    )
    write("accounts.csv", "account_id,amount_overdue\nA,x\n")
    message = refusal(EVENTS, "--accounts", "accounts.csv")
    assert (
        "accounts.csv: some rows contain invalid values:\n- column 'amount_overdue' must be a number"
        in message
    )
    write("accounts.csv", "account_id,days_past_due\nA,1.5\n")
    message = refusal(EVENTS, "--accounts", "accounts.csv")
    assert "column 'days_past_due' must be a whole number; 1 invalid row (row 2: '1.5')" in message
    write("accounts.csv", "konto\nA\n")
    message = refusal(EVENTS, "--accounts", "accounts.csv")
    assert "the accounts need the column of the account's id under its name in the log" in message
    assert "The file's columns are: konto. Rename one" in message
    write("accounts.csv", "account_id,failed_calls\nA,1\n")
    message = refusal(EVENTS, "--accounts", "accounts.csv")
    assert "'failed_calls': the accounts already have this column; drop or rename it" in message


def test_a_file_of_codes_that_is_not_valid_is_named() -> None:
    write("codes.toml", "NA = ")
    assert "codes.toml: is not a valid TOML file: " in refusal(EVENTS)


OPTIONS = {
    "--as-of": ("tomorrow", 'must be a date such as "2026-11-30"'),
    "--zone": ("Nowhere", "must be the name of a time zone"),
    "--grace-days": ("-1", "must be a whole number from 0"),
    "--kept-share": ("2", "must be a number above 0 and up to 1"),
    "--failed-since": ("-1", "must be a whole number from 0"),
    "--time-format": ("iso", "must be a format such as"),
    "--date-format": ("%H:%M", "must be a format such as"),
    "--decimal": ("x", "must be one of . ,"),
    "--thousands": (".", "must not be the decimal separator too"),
    "--map": ("when=at", "must name one of account_id, happened_at"),
    "--delimiter": (",,", "must be one ASCII character"),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_is_not_valid_is_named(option: str) -> None:
    value, why = OPTIONS[option]
    message = " ".join(refusal(EVENTS, option, value, code=2).replace("│", "").split())
    assert f"Invalid value for {option}: " in message
    assert why in message


def test_an_empty_log_has_no_fields() -> None:
    assert computed("account_id,happened_at,event\n") == {}


def test_a_file_that_loses_rows_or_cannot_be_read_is_an_error() -> None:
    with open_source(write("events.csv", EVENTS)) as source:
        longer = attrs.evolve(source, rows=6)
        with pytest.raises(cr.CollectRiskError, match=r"5 of 6 rows could be read; did it change"):
            list(events_file.numbered(longer, "row"))
        gone = attrs.evolve(source, scan=pl.scan_csv("gone.csv"))
        with pytest.raises(cr.CollectRiskError, match=r"events.csv: cannot be read: "):
            events_file.first_rows(gone, 1)


def test_a_failure_to_write_names_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise pl.exceptions.ComputeError("no space left\nin the engine")

    monkeypatch.setattr(history, "write_frame", fail)
    assert refusal(EVENTS) == "collectrisk: out.parquet: cannot be written: no space left\n"
