"""Loading any untrusted file that is not a card: one clear error, quickly, and no code is run."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import pytest
from cards import HAND_MADE, changed, document, hashed

import collectrisk as cr
from collectrisk._files import json_file
from collectrisk.errors import CardFileError

TESTS = Path(__file__).parents[1]
SIZE = json_file.MAX_BYTES - 2_000
"""The size of the large files: almost the maximum."""


class Trap:
    """Creates a file when it is unpickled."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("unpickled"),)


def text(file: Any) -> bytes:
    return json.dumps(file).encode()


def with_value(json_text: bytes) -> bytes:
    """Return a file with any JSON as its base."""
    return text(document()).replace(b'"base": -1.5', b'"base": ' + json_text)


def in_characteristics(*parts: Any) -> bytes:
    return text(hashed(changed("characteristics", to=list(parts))))


def with_columns(columns: Any) -> bytes:
    return text(hashed({**document()["scorecard"], "columns": columns}))


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else []


CARD = text(document())
FLAG = {"kind": "flag", "label": "x", "source": "", "field": "", "if_true": 0.0}
SURFACE = {
    "kind": "surface",
    "label": "x",
    "source": "",
    "y": {"field": "attitude", "levels": ["hostile"]},
    "grid": [[0.0], [1.0]],
    "otherwise": 0.0,
}
CHANGED = "sha256: the card was changed after it was written"
NOT_A_CARD = "is not a card file, which starts with '{'"
CORPUS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", NOT_A_CARD),
    "blank": (b" \n", NOT_A_CARD),
    "truncated at once": (b"{", "Expecting property name"),
    "truncated in the middle": (CARD[: len(CARD) // 2], "Expecting|Unterminated|Invalid"),
    "truncated at the end": (CARD[:-1], "Expecting ',' delimiter"),
    "twice": (CARD * 2, "Extra data"),
    "another object": (b"{}", "file: must have exactly format, format_version"),
    "another format": (text({**document(), "format": "card"}), "format: must be 'collectrisk scorecard'"),
    "older version": (text({**document(), "format_version": 0}), "format_version: 0 is unknown"),
    "future version": (
        text({**document(), "format_version": 3, "package_version": "9.9"}),
        "format_version: 3 is unknown to .*; collectrisk 9.9 wrote the file, so use that",
    ),
    "huge version": (text({**document(), "format_version": 1e308}), "format_version: 1e.308 is unknown"),
    "version in a list": (text({**document(), "format_version": [1]}), "format_version: must be a number"),
    "version that is true": (
        text({**document(), "format_version": True}),
        "format_version: must be a number",
    ),
    "edited points": (CARD.replace(b"-2.2", b"-2.3"), CHANGED),
    "edited label": (CARD.replace(b'"plan"', b'"flan"'), CHANGED),
    "NaN": (with_value(b"NaN"), "file: NaN is not a finite number"),
    "Infinity": (with_value(b"Infinity"), "file: Infinity is not a finite number"),
    "-Infinity": (with_value(b"-Infinity"), "file: -Infinity is not a finite number"),
    "number out of range": (with_value(b"1e999"), "file: 1e999 is not a finite number"),
    "number of many digits": (with_value(b"1" * SIZE), "file: 1{40} is not a finite number"),
    "fraction of many digits": (with_value(b"0." + b"1" * SIZE), CHANGED),
    "number with a huge exponent": (with_value(b"1e" + b"9" * SIZE), "file: 1e9{38} is not a finite number"),
    "number with a tiny exponent": (with_value(b"1e-" + b"9" * SIZE), CHANGED),
    "number larger than any card": (with_value(b"1" * json_file.MAX_BYTES), "is larger than 2,097,152 bytes"),
    "same key twice": (
        CARD.replace(b'"base"', b'"base": 0, "base"'),
        "file: an object has the same key twice",
    ),
    "same key twice in the head": (b'{"format": 1, ' + CARD[1:], "file: an object has the same key twice"),
    "deep lists": (with_value(b"[" * SIZE), "recursion"),
    "deep objects": (with_value(b'{"a":' * (SIZE // 5)), "recursion"),
    "deep and closed": (with_value(b"[" * (SIZE // 2) + b"]" * (SIZE // 2)), "recursion"),
    "many numbers": (with_value(b"[" + b"0," * (SIZE // 2) + b"0]"), CHANGED),
    "many lists": (with_value(b"[" + b"[]," * (SIZE // 3) + b"0]"), CHANGED),
    "many objects": (with_value(b"[" + b'{"":0},' * (SIZE // 7) + b"0]"), CHANGED),
    "many keys": (
        with_value(b"{" + b",".join(b'"%x":0' % key for key in range(SIZE // 10)) + b"}"),
        CHANGED,
    ),
    "long text": (with_value(b'"' + b"x" * SIZE + b'"'), CHANGED),
    "long channel": (
        text(hashed(changed("ladder", to=[[0.0, "x" * SIZE]]))),
        "a channel must be one of sms, ",
    ),
    "long label, twice": (
        in_characteristics({**FLAG, "label": "x" * (SIZE // 2)}, {**FLAG, "label": "x" * (SIZE // 2)}),
        "x{200}",
    ),
    "many characteristics of one label": (
        in_characteristics(*[FLAG] * (SIZE // 80)),
        "x: the labels of a scorecard must be unique",
    ),
    "many knots that fall": (
        text(
            hashed(changed("characteristics", 0, "knots", to=[[float(-at), 0.0] for at in range(SIZE // 20)]))
        ),
        "amount: knots must have increasing values, and -1 follows 0",
    ),
    "unsorted knots": (
        text(hashed(changed("characteristics", 0, "knots", to=[[2, 0], [1, 0]]))),
        "amount: knots must have increasing values, and 1 follows 2",
    ),
    "unsorted knots of a surface": (
        in_characteristics({**SURFACE, "x": {"field": "amount", "knots": [2, 1], "scale": "linear"}}),
        r"characteristics\[0\].x: knots must",
    ),
    "long format of dates": (
        with_columns({"fields": {"x": {"column": "y", "date": "%d" * (SIZE // 2)}}}),
        "columns.x.date: must be",
    ),
    "many fields": (
        with_columns({"fields": {f"{key:x}": "y" for key in range(SIZE // 14)}}),
        "columns: must have at most 10,000 fields",
    ),
    "many fields and codes": (
        with_columns(
            {"missing": ["x"] * 20_000, "fields": {f"{key:x}": "y" for key in range(9_000)}},
        ),
        "columns: must have at most 10,000 fields, or pairs of a field and a code",
    ),
    "the same column many times": (
        with_columns({"fields": {"x": ["y"] * (SIZE // 5)}}),
        "columns.x.columns: must name each column once",
    ),
    "the same code many times": (
        with_columns(
            {"fields": {"x": {"column": "y", "values": {" " * at + "z": 1.0 for at in range(1_500)}}}}
        ),
        "columns.x.values: must list each code once",
    ),
    "deep mapping": (with_columns({"skip": {"x": deep(800)}}), "columns.skip: must list|recursion"),
    "unknown curve": (
        in_characteristics({**FLAG, "kind": "spline"}),
        "needs a kind, one of piecewise_linear",
    ),
    "curve named like code": (in_characteristics({**FLAG, "kind": "__import__('os')"}), "needs a kind"),
    "wrong type of the card": (text(hashed(5)), "scorecard: must have exactly"),
    "wrong type of the base": (
        text(hashed(changed("base", to=None))),
        "base: must be a number, not a NoneType",
    ),
    "wrong type of a label": (in_characteristics({**FLAG, "label": 5}), "label: must be text, not a float"),
    "colours of a terminal": (
        in_characteristics({**FLAG, "\x1b[31mred": 0}),
        r"must have exactly .*, \\x1b\[31mred$",
    ),
    "half a character": (
        in_characteristics({**FLAG, "label": "\ud800"}),
        "label: must be valid text, and contains half",
    ),
    "invalid UTF-8": (CARD.replace(b"plan", b"pl\xffn"), "'utf-8' codec can't decode byte 0xff"),
    "UTF-16": (CARD.decode().encode("utf-16"), NOT_A_CARD),
    "byte-order mark": (b"\xef\xbb\xbf" + CARD, "Unexpected UTF-8 BOM"),
    "NUL": (CARD + b"\0", "Extra data"),
    "list": (b"[" + CARD + b"]", NOT_A_CARD),
    "pickle": (pickle.dumps(Trap()), NOT_A_CARD),
    "pickle of the oldest kind": (pickle.dumps(Trap(), protocol=0), NOT_A_CARD),
    "pickle behind a brace": (b"{" + pickle.dumps(Trap()), "codec can't decode|Expecting"),
    "gzip": (gzip.compress(CARD), NOT_A_CARD),
    "program": (b"#!/usr/bin/env python\n__import__('pathlib').Path('unpickled').touch()", NOT_A_CARD),
}


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a directory with nothing but an empty one."""
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "files"


def refused(path: Path, **options: bool) -> str:
    with pytest.raises(CardFileError) as caught:
        cr.load(path, **options)
    assert caught.value.path == str(path)
    return caught.value.why


@pytest.mark.parametrize("name", CORPUS)
def test_content_that_is_not_a_card_is_refused(directory: Path, name: str) -> None:
    content, why = CORPUS[name]
    (directory / "card.json").write_bytes(content)
    found = refused(directory / "card.json")
    assert re.search(why, found)
    assert len(found) < 400
    assert found.isprintable()


@pytest.mark.exhaustive
def test_no_content_runs_code_or_needs_much_time_or_memory(directory: Path) -> None:
    """In a separate process with an audit hook."""
    for name, (content, _) in CORPUS.items():
        (directory / f"{name}.json").write_bytes(content)
    with (directory / "1 GB number.json").open("wb") as file:
        file.write(b'{"format_version": 1')
        file.truncate(2**30)
    done = subprocess.run(
        [sys.executable, str(TESTS / "watched.py"), str(directory)],
        capture_output=True,
        text=True,
        check=True,
    )
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == len(CORPUS) + 1
    assert {outcome["result"] for outcome in outcomes} == {"CardFileError"}
    assert [outcome for outcome in outcomes if outcome["actions"] or outcome["seconds"] > 2] == []
    assert sum(outcome["memory"] for outcome in outcomes) < 200 * 2**20
    assert [each.name for each in Path().iterdir()] == ["files"]


def test_a_trusted_file_does_run_code(directory: Path) -> None:
    """Otherwise the other tests would prove nothing."""
    joblib.dump(Trap(), directory / "card.json")
    assert refused(directory / "card.json").startswith(NOT_A_CARD)
    assert not Path("unpickled").exists()
    assert refused(directory / "card.json", trusted=True) == "contains a NoneType, not a scorer"
    assert Path("unpickled").exists()


def test_the_audit_hook_does_record_code_that_is_run(directory: Path) -> None:
    """Otherwise the other tests would prove nothing."""
    program = """
import pathlib, pickle, sys
import watched
watch = watched.warmed_up()
watched.cr.load = lambda path: pickle.loads(pathlib.Path(path).read_bytes())
print(watch.load(pathlib.Path(sys.argv[1])).actions)
"""
    (directory / "trap.json").write_bytes(pickle.dumps(Trap()))
    command = [sys.executable, "-c", program, str(directory / "trap.json")]
    path = os.pathsep.join([str(TESTS), *sys.path])
    seen = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert "pickle.find_class" in seen.stdout


def test_a_symbolic_link_is_refused(directory: Path) -> None:
    cr.save(HAND_MADE, directory / "card.json")
    (directory / "link.json").symlink_to("card.json")
    assert refused(directory / "link.json").startswith("is a symbolic link; load its target, or pass")


def test_a_link_to_itself_is_refused(directory: Path) -> None:
    (directory / "link.json").symlink_to("link.json")
    for follow in (False, True):
        why = refused(directory / "link.json", follow_symlinks=follow)
        assert why == "cannot be read (Too many levels of symbolic links)"


def test_a_directory_is_refused(directory: Path) -> None:
    assert refused(directory) == "cannot be read (Is a directory)"


def test_a_missing_file_is_refused(directory: Path) -> None:
    assert refused(directory / "card.json") == "cannot be read (No such file or directory)"
    assert refused(directory / "nowhere" / "card.json") == "cannot be read (No such file or directory)"


def test_a_file_that_is_removed_in_the_meantime_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check for a symbolic link and opening the file."""
    cr.save(HAND_MADE, directory / "card.json")
    is_symlink = Path.is_symlink

    def vanish(path: Path) -> bool:
        found = is_symlink(path)
        path.unlink()
        return found

    monkeypatch.setattr(Path, "is_symlink", vanish)
    assert refused(directory / "card.json") == "cannot be read (No such file or directory)"


def test_a_file_that_fails_while_it_is_read_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cr.save(HAND_MADE, directory / "card.json")

    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", fail)
        assert refused(directory / "card.json") == "cannot be read (Input/output error)"


@pytest.mark.parametrize("trusted", [False, True])
def test_a_pipe_is_refused_without_waiting_for_a_writer(directory: Path, *, trusted: bool) -> None:
    os.mkfifo(directory / "card.json")
    assert refused(directory / "card.json", trusted=trusted) == "is not a regular file"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    assert refused(Path(device)) == "is not a regular file"


def test_a_socket_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("card.json")
        assert refused(directory / "card.json").startswith("cannot be read (")
