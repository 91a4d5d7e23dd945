"""Codes in a TOML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collectrisk.errors import FileError
from collectrisk.history import CODES, EventKind, read_codes

if TYPE_CHECKING:
    from pathlib import Path

HUNG_UP = """
[codes.HU]
name = "hung_up"
description = "Hung up."
channel = "phone_call"
failed = true
shows = "evasive"
"""


def read(directory: Path, text: str) -> dict[str, str | EventKind]:
    file = directory / "codes.toml"
    file.write_text(text, encoding="utf-8")
    return read_codes(file)


def test_codes_mean_kinds_of_the_library_or_own_ones(tmp_path: Path) -> None:
    codes = read(tmp_path, '[codes]\n7 = "no_answer"\n"SMS OUT" = "message_sent"\n' + HUNG_UP)
    assert codes == {
        "7": "no_answer",
        "SMS OUT": "message_sent",
        "HU": EventKind("hung_up", "Hung up.", channel="phone_call", failed=True, shows="evasive"),
    }


def test_a_code_of_the_file_replaces_that_of_an_included_table(tmp_path: Path) -> None:
    codes = read(tmp_path, 'include = ["dialler", "messages"]\n[codes]\nNA = "not_connected"\n')
    assert codes == {**CODES["dialler"], **CODES["messages"], "NA": "not_connected"}


def test_a_file_may_only_include_tables(tmp_path: Path) -> None:
    assert read(tmp_path, 'include = ["account"]') == CODES["account"]


REFUSED = {
    "NA = ": "is not a valid TOML file: ",
    'NA = "no_answer"': "NA is not a key of a file of codes, which has include and [codes]",
    "include = 'dialler'": 'include must be a list of tables among "dialler", "messages", "account", not',
    "include = ['dialer']": "include must be a list of tables among",
    "include = [1]": "include must be a list of tables among",
    "codes = 1": "codes must be a table: write [codes] above the codes, not 1",
    "[code]": "code is not a key of a file of codes, which has include and [codes]; did you mean 'codes'?",
    "[codes]\nNA = 'no_anser'": "codes must map 'NA' to the name of a kind of event or to an EventKind, not "
    "'no_anser'; did you mean 'no_answer'?",
    "[codes]\nNA = 1": "codes must map 'NA' to the name of a kind of event or to an EventKind, not 1",
    "[codes.HU]\nname = 'hung_up'": "codes.HU must also have description",
    "[codes.HU]\nname = 'hung_up'\nchanel = 'sms'": "codes.HU has the key 'chanel', which is not one of",
    "[codes.HU]\nname = 'hung_up'\ndescription = ''\nchannel = 'phone'": "channel of hung_up must be one of",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_file_of_anything_else_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'codes.toml'}: {REFUSED[text]}")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_codes(tmp_path / "absent.toml")
