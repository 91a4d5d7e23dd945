"""Splits: groups by the hash of a key, which never change except for a new group."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, FrameKind

from collectrisk._files.json_file import wrapped
from collectrisk.errors import (
    ArgumentError,
    ColumnNameError,
    FileError,
    MissingColumnError,
    NotAFrameError,
)
from collectrisk.validation import Split

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = Split("letters-2026", {"champion": 0.9, "challenger": 0.1})


def group_by_hand(name: str, key: str, ends: dict[str, float]) -> str:
    """Return the group of a key by the documented definition, in floating-point numbers."""
    place = int(hashlib.sha256(f"{name}:{key}".encode()).hexdigest()[:8], 16) / 16**8
    return next(group for group, end in ends.items() if place < end)


def test_the_group_of_a_key_is_the_documented_one() -> None:
    ends = {"champion": 0.9, "challenger": 1.0}
    keys = [f"A-{number}" for number in range(500)]
    assert [SPLIT.group_of(key) for key in keys] == [group_by_hand("letters-2026", key, ends) for key in keys]


def test_the_group_of_a_key_is_the_same_in_every_version() -> None:
    """Recorded: a change here would move accounts between groups."""
    challengers = [number for number in range(40) if SPLIT.group_of(number) == "challenger"]
    assert challengers == [13, 26, 31, 38]


@pytest.mark.parametrize("key_type", [int, str, float, Decimal, np.int8, np.uint64, np.float32, np.str_])
def test_a_whole_number_is_the_same_key_as_its_digits(key_type: Any) -> None:
    assert SPLIT.group_of(key_type(26)) == "challenger"


def test_other_texts_are_other_keys() -> None:
    keys = [f"{number}" for number in range(200)]
    groups = [SPLIT.group_of(key) for key in keys]
    assert [SPLIT.group_of(f"0{key}") for key in keys] != groups
    assert [SPLIT.group_of(f"{key} ") for key in keys] != groups


def test_whole_numbers_of_more_than_64_bits_and_negative_ones_are_keys() -> None:
    for number in (-5, 2**63 + 1, 10**30):
        assert SPLIT.group_of(number) == SPLIT.group_of(str(number))
    assert SPLIT.group_of(-0.0) == SPLIT.group_of("0")  # type: ignore[arg-type]  # as pandas has it


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        (None, "a missing value"),
        (float("nan"), "a missing value"),
        (pd.NA, "a missing value"),
        ("", "a missing value"),
        ("  ", "a missing value"),
        (True, "a bool"),
        (1.5, "a float"),
        (Decimal("1.5"), "a Decimal"),
        (float("inf"), "a float"),
        (2.0**53, "a float"),
        (b"17", "a bytes"),
        (10**100, "an int"),
        (1j, "a complex"),
        (Decimal("Infinity"), "a Decimal"),
    ],
)
def test_other_keys_are_refused_without_showing_them(key: Any, seen: str) -> None:
    with pytest.raises(ArgumentError, match=f"^key must be text or a whole number, not {seen}$"):
        SPLIT.group_of(key)


def test_half_a_surrogate_pair_is_a_key() -> None:
    assert SPLIT.group_of("\ud800") in SPLIT.shares


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("number", [True, False], ids=["numbers", "text"])
def test_the_groups_are_the_same_in_every_kind_of_frame(kind: FrameKind, *, number: bool) -> None:
    numbers = list(range(60))
    keys = numbers if number else list(map(str, numbers))
    attached = kind.plain(SPLIT.attach(kind.make({"borrower_id": keys, "x": [None, *[0.5] * 59]})))
    groups = [SPLIT.group_of(key) for key in numbers]
    assert list(attached) == ["borrower_id", "x", "group", "propensity"]
    assert attached["group"] == groups
    assert attached["propensity"] == [SPLIT.shares[group] for group in groups]


def test_a_missing_value_that_makes_whole_numbers_floats_changes_no_other_group() -> None:
    frame = pd.DataFrame({"borrower_id": [13, 26, 27, None]})
    attached = SPLIT.attach(frame.iloc[:3])
    assert attached["group"].tolist() == [SPLIT.group_of(key) for key in (13, 26, 27)]


def test_a_lazy_frame_must_be_collected() -> None:
    with pytest.raises(NotAFrameError, match="its keys are hashed in Python: collect the frame first"):
        SPLIT.attach(pl.LazyFrame({"borrower_id": ["A"]}))


def test_an_empty_frame_gets_empty_columns() -> None:
    attached = SPLIT.attach(pl.DataFrame({"borrower_id": pl.Series([], dtype=pl.String)}))
    assert attached.shape == (0, 3)


def test_rows_without_a_key_are_listed() -> None:
    frame = pl.DataFrame({"id": [None, "A", "", "B", None, None, None, None]})
    with pytest.raises(ArgumentError) as error:
        SPLIT.attach(frame, key="id")
    assert str(error.value) == (
        "key must be text or a whole number for every account; 6 are not "
        "(rows from 0: 0, 2, 4, 5, 6, ...; seen: a missing value)"
    )
    with pytest.raises(ArgumentError, match=r"1 is not \(rows from 0: 1; seen: a float"):
        SPLIT.attach(pl.DataFrame({"id": [1.0, 1.5]}), key="id")


def test_columns_that_are_missing_or_would_be_there_twice_are_refused() -> None:
    frame = pl.DataFrame({"borower_id": ["A"], "group": ["x"]})
    with pytest.raises(MissingColumnError, match="did you mean 'borower_id'"):
        SPLIT.attach(frame)
    with pytest.raises(MissingColumnError, match="'quux' is missing\n"):
        SPLIT.attach(frame, key="quux")
    with pytest.raises(ColumnNameError, match="'group': the result would have two columns"):
        SPLIT.attach(frame, key="borower_id")
    with pytest.raises(ArgumentError, match="key must be the name of a column, not an int"):
        SPLIT.attach(frame, key=3)  # type: ignore[arg-type]


def test_splits_of_different_names_are_independent() -> None:
    frame = pl.DataFrame({"borrower_id": range(20_000)})
    half = {"a": 0.5, "b": 0.5}
    both = [Split(name, half).attach(frame)["group"] == "a" for name in ("one", "other")]
    assert (both[0] & both[1]).mean() == pytest.approx(0.25, abs=0.015)


def test_the_shares_of_many_keys_are_those_of_the_split() -> None:
    counts = SPLIT.attach(pl.DataFrame({"borrower_id": range(20_000)}))["group"].value_counts()
    assert dict(counts.rows()) == pytest.approx({"champion": 18_000, "challenger": 2_000}, abs=160)


@pytest.mark.exhaustive
def test_the_shares_of_a_million_keys_are_within_a_tenth_of_a_point() -> None:
    split = SPLIT.add("second", 0.05, taken_from="champion").add("third", 0.3)
    for keys in (range(10**6), [f"B{number:07d}" for number in range(10**6)]):
        counts = split.attach(pl.DataFrame({"borrower_id": keys}))["group"].value_counts(normalize=True)
        assert dict(counts.rows()) == pytest.approx(split.shares, abs=0.001)


def test_a_new_group_moves_nobody_between_the_groups_that_exist() -> None:
    frame = pl.DataFrame({"borrower_id": range(4_000)})
    split, seen = SPLIT, []
    steps: list[tuple[str, float, Any]] = [
        ("b", 0.05, "champion"),
        ("c", 0.2, None),
        ("d", 0.1, ["b", "c"]),
        ("e", 0.3, None),
    ]
    for group, share, taken_from in steps:
        before = split.attach(frame)["group"].cast(pl.String)
        split = split.add(group, share, taken_from=taken_from)
        after = split.attach(frame)["group"].cast(pl.String)
        moved = after.filter(before != after)
        assert set(moved) == {group}
        assert len(moved) / 4_000 == pytest.approx(share, abs=0.025)
        seen.append(set(before.filter(before != after)))
    assert seen == [
        {"champion"},
        {"champion", "challenger", "b"},
        {"b", "c"},
        set(SPLIT.shares) | {"b", "c", "d"},
    ]
    assert sum(split.shares.values()) == pytest.approx(1, abs=1e-12)


def test_a_new_group_takes_from_others_in_proportion() -> None:
    assert SPLIT.add("b", 0.5).shares == pytest.approx({"champion": 0.45, "challenger": 0.05, "b": 0.5})
    assert SPLIT.add("b", 0.05, taken_from="challenger").shares == pytest.approx(
        {"champion": 0.9, "challenger": 0.05, "b": 0.05}
    )
    assert SPLIT.shares == {"champion": 0.9, "challenger": 0.1}


def test_a_group_with_several_ranges_loses_the_last_ones_first() -> None:
    split = SPLIT.add("b", 0.5).add("c", 0.2, taken_from="b")
    assert [(each.start, each.stop, each.group) for each in split.ranges] == [
        (0, 450_000_000, "champion"),
        (450_000_000, 750_000_000, "b"),
        (750_000_000, 900_000_000, "c"),
        (900_000_000, 950_000_000, "challenger"),
        (950_000_000, 1_000_000_000, "c"),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", {"a": 1.0}), "name must be text, such as 'letters-2026', not ''"),
        ((3, {"a": 1.0}), "name must be text"),
        (("s", {}), "shares must be the share of each group"),
        (("s", [0.5, 0.5]), "shares must be the share of each group"),
        (("s", {"a": 0.5, "b": 0.4}), "shares must add up to 1, and they add up to 0.9$"),
        (("s", {"a": 1.5}), "shares must be shares above 0 and up to 1, such as 0.1, not 1.5"),
        (("s", {"a": 1.0, "b": 0.0}), "shares must be shares above 0"),
        (("s", {"a": 1.0, "b": 1e-12}), "shares must be shares above 0"),
        (("s", {"a": "x"}), "shares must be shares above 0"),
        (("s", {"a": True}), "shares must be shares above 0"),
        (("s", {"a": float("nan")}), "shares must be shares above 0"),
        (("s", {3: 1.0}), "shares must name groups by text, such as 'champion', not 3"),
    ],
)
def test_bad_shares_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Split(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"group": "champion", "share": 0.1}, "group must be a new group, and 'champion' exists"),
        ({"group": " ", "share": 0.1}, "group must name groups by text"),
        ({"group": "b", "share": 1.0}, "share must be below the share of the groups .*, 1, not 1.0"),
        (
            {"group": "b", "share": 0.1, "taken_from": "challenger"},
            "share must be below the share of the groups that it is taken from, 0.1, not 0.1",
        ),
        ({"group": "b", "share": -1}, "share must be shares above 0"),
        ({"group": "b", "share": 0.1, "taken_from": "champoin"}, "did you mean 'champion'"),
        ({"group": "b", "share": 0.1, "taken_from": []}, "taken_from must name at least one group"),
        (
            {"group": "b", "share": 0.1, "taken_from": 3},
            "taken_from must be one of champion, challenger, not",
        ),
        ({"group": "b", "share": 0.1, "taken_from": [["x"]]}, "taken_from must be one of"),
    ],
)
def test_a_bad_new_group_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        SPLIT.add(**arguments)


def test_shares_that_round_to_places_cover_all_of_them() -> None:
    split = Split("s", dict.fromkeys("abcdefg", 1 / 7))
    assert split.ranges[-1].stop == 10**9
    assert split.shares == pytest.approx(dict.fromkeys("abcdefg", 1 / 7), abs=1e-9)


def test_a_split_is_the_same_after_saving(tmp_path: Path) -> None:
    split = SPLIT.add("second", 0.05, taken_from="champion")
    split.save(tmp_path / "split.json")
    assert Split.load(tmp_path / "split.json") == split
    assert repr(split) == "Split('letters-2026', {'champion': 0.85, 'second': 0.05, 'challenger': 0.1})"


def test_a_file_of_a_split_that_was_changed_or_is_another_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "split.json"
    SPLIT.save(path)
    path.write_text(path.read_text().replace("900000000", "800000000"))
    with pytest.raises(FileError, match="sha256: the split was changed after it was written"):
        Split.load(path)
    path.write_text("[]")
    with pytest.raises(FileError, match="does not contain a valid split"):
        Split.load(path)
    with pytest.raises(FileError, match="cannot be read"):
        Split.load(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ([], "ranges: must follow each other from 0 to 1000000000"),
        ([[0, 10**9 - 1, "a"]], "must follow each other"),
        ([[0, 5, "a"], [6, 10**9, "b"]], "must follow each other"),
        ([[0, 5, "a"], [5, 5, "c"], [5, 10**9, "b"]], "must follow each other"),
        ([[0, 10**9, ""]], r"ranges\[0\] must name groups by text"),
        ([["0", 10**9, "a"]], r"ranges\[0\].start: must be a number"),
    ],
)
def test_ranges_in_a_file_that_are_not_valid_are_refused(
    tmp_path: Path, ranges: list[list[Any]], message: str
) -> None:
    data = {
        "name": "s",
        "ranges": [dict(zip(("start", "stop", "group"), each, strict=True)) for each in ranges],
    }
    path = tmp_path / "split.json"
    path.write_text(json.dumps(wrapped(data, "split", 1)))
    with pytest.raises(FileError, match=message):
        Split.load(path)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table])
def test_frames_before_and_after_a_new_group_have_the_same_types(make: Any) -> None:
    frame = make({"borrower_id": ["A", "B"]})
    before, after = SPLIT.attach(frame), SPLIT.add("third", 0.1).attach(frame)
    types = [nw.from_native(each).schema for each in (before, after)]
    assert types[0] == types[1]
    assert types[0]["group"] == nw.String
