"""Mappings as TOML: written and read back the same, and errors that name file and key."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk.errors import FileError, InvalidMappingError
from collectrisk.mapping import FieldMapping, Mapping
from collectrisk.mapping._mapping import key_of

if TYPE_CHECKING:
    from pathlib import Path

STRANGE = [
    '"',
    "'",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\x1f",
    "\x7f",
    "\x85",
    "\ufeff",
    "#",
    "a.b",
    "=",
    "😀",
    "期",
    "[x]",
]
TEXT = st.one_of(st.text(min_size=1), st.sampled_from(STRANGE), st.text("".join(STRANGE), min_size=1))
FINITE = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([1e300, 5e-324, 1e16, -0.0])
)
CODES = st.lists(st.one_of(TEXT, FINITE, st.integers(-(2**70), 2**70)), max_size=3)
SPELLINGS = {
    "decimal": st.sampled_from([None, ".", ","]),
    "thousands": st.sampled_from([None, "", " ", "'"]),
    "units": st.lists(st.sampled_from(["€", "US $", '"', "\x7f"]), max_size=2),
    "missing": CODES,
    "true": CODES,
    "false": CODES,
    "zone": st.sampled_from([None, "UTC", "Europe/Berlin"]),
}
MEANINGS = st.one_of(TEXT, st.booleans(), FINITE, st.integers(-(2**70), 2**70))


def unique_codes(values: dict[Any, Any]) -> bool:
    """Return whether no two codes are the same after they are stripped."""
    return len({key_of(key) for key in values}) == len(values)


def accepted(make: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a function of keywords makes, without the combinations that it refuses."""

    def or_none(keys: dict[str, Any]) -> Any:
        try:
            return make(**keys)
        except InvalidMappingError:
            return None

    kinds: dict[str, Any] = {**SPELLINGS}
    if make is FieldMapping:
        codes = st.one_of(TEXT, st.booleans(), st.integers())
        kinds["columns"] = st.lists(TEXT, min_size=1, max_size=3, unique=True)
        kinds["values"] = st.none() | st.dictionaries(codes, MEANINGS, min_size=1, max_size=3).filter(
            unique_codes
        )
        kinds["factor"] = st.one_of(st.just(1), st.just(0.01), FINITE.filter(bool), st.integers(1))
        kinds["date"] = st.sampled_from([None, "iso", "excel", "%d.%m.%Y", "%Y\t%m'%d"])
    else:
        kinds["fields"] = st.dictionaries(
            TEXT, st.one_of(st.none(), TEXT, accepted(FieldMapping)), max_size=3
        )
        kinds["as_of"] = st.none() | st.dates()
        kinds["skip"] = st.dictionaries(TEXT, st.lists(st.text()), max_size=2)
        kinds["require"] = st.lists(TEXT, max_size=2)
        limits = st.one_of(st.floats(allow_nan=False, min_value=0), st.integers(0, 2**70))
        kinds["plausible"] = st.dictionaries(TEXT, limits, max_size=2)
        kinds["encoding"] = st.sampled_from([None, "cp1252"])
        kinds["delimiter"] = st.sampled_from([None, ";", "\t", "\x01", "\\"])
        kinds["skip_lines"] = st.integers(0, 9)
        kinds["sheet"] = st.none() | TEXT
    required = {"columns": kinds.pop("columns")} if make is FieldMapping else {}
    return st.fixed_dictionaries(required, optional=kinds).map(or_none).filter(lambda made: made is not None)


@given(accepted(Mapping))
def test_a_mapping_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, mapping: Mapping
) -> None:
    path = tmp_path_factory.getbasetemp() / f"mapping-{os.getpid()}.toml"
    mapping.write(path)
    assert Mapping.read(path) == mapping
    assert Mapping.read(path).to_toml() == mapping.to_toml()
    assert path.read_text(encoding="utf-8") == mapping.to_toml().replace("\r\n", "\n")


def test_the_file_is_written_as_a_person_would_write_it(tmp_path: Path) -> None:
    mapping = Mapping(
        {
            "amount_overdue": "Rückstand",
            "failed_calls": ["calls_home", "calls mobile"],
            "attitude": {"column": "Verhalten", "values": {"koop": "cooperative", 1: "hostile"}},
            "broken_promises": {"columns": ["a", "b"], "missing": -1, "factor": 2},
            "product": None,
        },
        decimal=",",
        thousands=".",
        as_of="2026-11-30",
        missing=["n/a", -999],
        true="ja",
        skip={"Konto": "Summe*"},
        plausible={"days_past_due": 20_000, "amount_overdue": float("inf")},
        skip_lines=2,
    )
    mapping.write(tmp_path / "mapping.toml")
    assert (tmp_path / "mapping.toml").read_text(encoding="utf-8") == (
        'decimal = ","\nthousands = "."\nmissing = ["n/a", -999]\ntrue = ["ja"]\n'
        "as_of = 2026-11-30\nskip_lines = 2\n\n"
        '[skip]\nKonto = ["Summe*"]\n\n[plausible]\ndays_past_due = 20000\namount_overdue = inf\n\n'
        '[fields]\namount_overdue = "Rückstand"\nfailed_calls = ["calls_home", "calls mobile"]\n'
        'attitude = { column = "Verhalten", values = { koop = "cooperative", 1 = "hostile" } }\n'
        'broken_promises = { columns = ["a", "b"], missing = [-1], factor = 2 }\nproduct = false\n'
    )
    assert Mapping.read(tmp_path / "mapping.toml") == mapping


def test_an_empty_mapping_is_an_empty_file() -> None:
    assert Mapping().to_toml() == ""
    assert Mapping(**tomllib.loads("")) == Mapping()


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text('\ufeffdecimal = ","\r\n', encoding="utf-8")
    assert Mapping.read(tmp_path / "mapping.toml") == Mapping(decimal=",")


def test_dates_in_the_file_may_be_text_or_dates(tmp_path: Path) -> None:
    for date in ("2026-11-30", '"2026-11-30"', "2026-11-30T10:00:00"):
        (tmp_path / "mapping.toml").write_text(f"as_of = {date}", encoding="utf-8")
        assert Mapping.read(tmp_path / "mapping.toml").as_of == dt.date(2026, 11, 30)


@pytest.mark.parametrize("name", ["absent.toml", ""])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=r"cannot be read: (No such file|Is a directory)") as error:
        Mapping.read(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)


def test_a_file_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="absent"):
        Mapping().write(tmp_path / "absent" / "mapping.toml")


def test_a_name_that_no_file_can_contain_is_an_error(tmp_path: Path) -> None:
    """Names read with `surrogateescape` may contain halves of characters."""
    with pytest.raises(InvalidMappingError, match=r"mapping\.toml cannot be written: 'utf-8' codec"):
        Mapping({"amount_overdue": "\udcfc"}).write(tmp_path / "mapping.toml")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("decimal = ", " is not a valid TOML file: Invalid value"),
        ('decimal = ","\ndecimal = "."', " is not a valid TOML file: Cannot overwrite"),
        ("decimal = '\udcff'", " is not a valid TOML file: 'utf-8' codec"),
        (
            'decimals = ","',
            ": decimals is not a key of a mapping; did you mean 'decimal'? (the keys are decimal, ",
        ),
        ("[field]\nproduct = 'x'", ": field is not a key of a mapping; did you mean 'fields'? (the keys are"),
        ("from_text_file = true", ": from_text_file is not a key of a mapping"),
        (
            '[fields]\nproduct = {colum = "x"}',
            ": product.colum is not a key of a field; did you mean 'column'?",
        ),
        ("[fields]\nproduct = true", ": product.columns must be a list of names, not (True,)"),
        ("[fields]\nproduct = 1.5", ": product.columns must be a list of names, not (1.5,)"),
        (
            '[fields]\nproduct = {column = "x", missing = {a = 1}}',
            ": product.missing must be a list of texts",
        ),
        ("fields = 1", ": fields must map each field to its column, not 1"),
        ("decimal = 1", ": decimal must be one of '.', ',', not 1"),
        ("true = true", ": true must be a list of texts or finite numbers, not (True,)"),
        ("missing = [nan]", ": missing must be a list of texts or finite numbers, not (nan,)"),
        ("as_of = 10:00:00", ": as_of must be a date"),
        ("skip = ['a']", ": skip must list patterns by column"),
        ("skip_lines = 1.0", ": skip_lines must be a whole number"),
        ("plausible = {x = 'y'}", ": plausible must be the largest plausible number by field"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InvalidMappingError) as error:
        Mapping.read(path)
    assert f"{path}{says}" in str(error.value)
