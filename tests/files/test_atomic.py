"""A file is written completely or not at all, whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from collectrisk._files.atomic import atomic_write, refuse_unwritable
from collectrisk.errors import FileError

OLD, NEW = b"old and complete", b"new and complete"


class FailureError(Exception):
    """Something that goes wrong."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an old file, alone in its directory."""
    path = tmp_path / "file.txt"
    path.write_bytes(OLD)
    return path


def write(path: str | os.PathLike[str]) -> None:
    with atomic_write(path) as partial:
        partial.write_bytes(NEW)


def refusal(path: str | os.PathLike[str]) -> str:
    with pytest.raises(FileError) as caught:
        write(path)
    return caught.value.why


def beside(path: Path) -> list[str]:
    """Return the names of all files in a file's directory."""
    return sorted(each.name for each in path.parent.iterdir())


def test_a_new_file_is_written(tmp_path: Path) -> None:
    write(tmp_path / "file.txt")
    assert (tmp_path / "file.txt").read_bytes() == NEW
    assert beside(tmp_path / "file.txt") == ["file.txt"]


def test_an_old_file_is_replaced(file: Path) -> None:
    write(str(file))
    assert (file.read_bytes(), beside(file)) == (NEW, ["file.txt"])


def test_the_old_file_is_kept_while_the_new_one_is_written(file: Path) -> None:
    with atomic_write(file) as partial:
        partial.write_bytes(NEW)
        assert (file.read_bytes(), partial.parent) == (OLD, file.parent)
        assert (partial.name.startswith("."), partial.suffix) == (True, ".part")
    assert file.read_bytes() == NEW


def test_two_writers_do_not_interfere(file: Path) -> None:
    with atomic_write(file) as one, atomic_write(file) as other:
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert (file.read_bytes(), beside(file)) == (b"one", ["file.txt"])


@pytest.mark.parametrize("error", [FailureError, KeyboardInterrupt, SystemExit])
def test_an_error_of_the_writer_leaves_the_old_file(file: Path, error: type[BaseException]) -> None:
    def write_half() -> None:
        with atomic_write(file) as partial:
            partial.write_bytes(NEW[:3])
            raise error

    with pytest.raises(error):
        write_half()
    assert (file.read_bytes(), beside(file)) == (OLD, ["file.txt"])


def test_a_full_disk_is_an_error_that_names_the_file(file: Path) -> None:
    with pytest.raises(FileError) as caught, atomic_write(file):
        raise OSError(28, "No space left on device")
    assert str(caught.value) == f"{file}: cannot be written (No space left on device)"
    assert (file.read_bytes(), beside(file)) == (OLD, ["file.txt"])


def test_the_message_of_an_error_without_an_error_number_is_kept(file: Path) -> None:
    with (
        pytest.raises(FileError, match="cannot be written \\(it went wrong\\)"),
        atomic_write(file),
    ):
        raise OSError("it went wrong")


def test_an_error_that_names_another_file_is_unchanged(file: Path) -> None:
    error = FileError("another", "is wrong")
    with pytest.raises(FileError) as caught, atomic_write(file):
        raise error
    assert caught.value is error


STEPS: list[tuple[Any, str]] = [
    (Path, "touch"),
    (Path, "write_bytes"),
    (os, "fsync"),
    (shutil, "copymode"),
    (Path, "replace"),
]


@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
@pytest.mark.parametrize("error", [KeyboardInterrupt, FailureError])
def test_a_failure_at_any_step_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, error: type[BaseException]
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(error):
        write(file)
    assert (file.read_bytes(), beside(file)) == (OLD, ["file.txt"])


def test_a_directory_that_cannot_be_flushed_is_not_an_error(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def no_directory(path: Any, *arguments: Any) -> int:
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(os, "open", no_directory)
    write(file)
    assert file.read_bytes() == NEW


KILLED = """
import importlib, os, signal, sys
from collectrisk._files.atomic import atomic_write
path, module, owner, step, when = sys.argv[1:]
place = importlib.import_module(module)
place = getattr(place, owner) if owner else place
real = getattr(place, step)

def killed(*arguments, **options):
    if when == "after":
        real(*arguments, **options)
    elif step == "write_bytes":
        real(arguments[0], arguments[1][:4])
    os.kill(os.getpid(), signal.SIGKILL)

setattr(place, step, killed)
with atomic_write(path) as partial:
    partial.write_bytes(b"new and complete")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_kill_at_any_step_leaves_a_complete_file(file: Path, owner: Any, step: str, when: str) -> None:
    """In a real process, which may have written half of the new file."""
    module, name = ("pathlib", "Path") if owner is Path else (owner.__name__, "")
    child = [sys.executable, "-c", KILLED, str(file), module, name, step, when]
    assert subprocess.run(child, check=False).returncode == -signal.SIGKILL
    assert file.read_bytes() == (NEW if (step, when) == ("replace", "after") else OLD)
    left = [name for name in beside(file) if name != "file.txt"]
    assert all(name.startswith(".file.txt.") and name.endswith(".part") for name in left)


def test_the_permissions_of_the_old_file_are_kept(file: Path) -> None:
    file.chmod(0o640)
    write(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_the_target_of_a_symbolic_link_is_written(file: Path) -> None:
    link = file.with_name("link.txt")
    link.symlink_to(file.name)
    write(link)
    assert (link.is_symlink(), file.read_bytes()) == (True, NEW)


def test_the_missing_target_of_a_symbolic_link_is_created(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "file.txt")
    write(tmp_path / "link.txt")
    assert (tmp_path / "file.txt").read_bytes() == NEW


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "is a directory; name a file in it"


def test_the_error_for_a_missing_directory_names_it(tmp_path: Path) -> None:
    why = f"the directory {tmp_path / 'nowhere'} does not exist; create it first"
    assert refusal(tmp_path / "nowhere" / "file.txt") == why


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "is not a regular file"


def test_a_write_protected_file_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """os.access is replaced, because root may write to anything."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    assert refusal(file) == "is write-protected"
    assert file.read_bytes() == OLD


def test_a_file_that_can_be_written_is_not_refused(file: Path) -> None:
    refuse_unwritable(file)
    refuse_unwritable(file.with_name("new.txt"))
    assert beside(file) == ["file.txt"]


def test_a_name_that_the_system_refuses_is_an_error(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 250)) == "cannot be written (File name too long)"
