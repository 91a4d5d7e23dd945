"""The entry point of the command line, before its libraries are imported."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from shell import done, run

import collectrisk as cr
from collectrisk._cli import LIBRARIES, main
from collectrisk.errors import MissingExtraError

MAIN = "from collectrisk._cli import main; main()"


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_without_a_library_of_the_extra_it_explains_how_to_install_it(library: str) -> None:
    absent = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == {library!r}:
            raise ModuleNotFoundError(name=name)
sys.meta_path.insert(0, Absent())
"""
    done = subprocess.run([sys.executable, "-c", absent + MAIN], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"collectrisk: {MissingExtraError('cli')}\n",
    )


def importing_fails(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def absent(_module: str) -> NoReturn:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", absent)


def app_raises(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def app() -> NoReturn:
        raise error

    monkeypatch.setattr(importlib, "import_module", lambda _module: SimpleNamespace(app=app))


def test_a_library_of_the_extra_that_is_absent_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    importing_fails(monkeypatch, "polars")
    with pytest.raises(SystemExit, match=r'pip install "\.\[cli\]"$'):
        main()


def test_an_absent_library_of_another_kind_is_an_error_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    importing_fails(monkeypatch, "numpy")
    with pytest.raises(ModuleNotFoundError):
        main()


def test_the_package_can_be_run_as_a_module() -> None:
    run = [sys.executable, "-m", "collectrisk", "--version"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == f"collectrisk {cr.__version__}\n"


@pytest.mark.exhaustive
def test_what_the_encoding_of_the_terminal_lacks_is_escaped() -> None:
    run = [sys.executable, "-c", MAIN, "explain", "--amount-overdue", "1", "--days-past-due", "1"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([*run, "--language", "zh"], capture_output=True, env=environment, check=True)
    assert done.stdout.decode("unicode_escape").startswith("该账户")


@pytest.mark.exhaustive
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_standard_output_is_an_error_of_one_line() -> None:
    run = [sys.executable, "-c", MAIN, "explain", "--amount-overdue", "1", "--days-past-due", "1"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "collectrisk: the output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("stdout", [None, io.StringIO()])
def test_a_standard_output_of_another_kind_is_used_as_it_is(
    stdout: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", stdout)
    app_raises(monkeypatch, OSError(28, "full", "/tmp/name"))  # noqa: S108  # not opened
    with pytest.raises(SystemExit, match=r"^collectrisk: /tmp/name cannot be written: full$"):
        main()


def test_the_version_is_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["collectrisk", "--version"])
    with pytest.raises(SystemExit) as end:
        main()
    assert (end.value.code, capsys.readouterr().out) == (0, f"collectrisk {cr.__version__}\n")


def test_without_arguments_it_lists_its_commands() -> None:
    result = run()
    assert result.exit_code in {0, 2}  # depends on the version of typer
    assert "score" in result.output
    assert "explain" in result.output


@pytest.mark.parametrize("command", ["score", "explain"])
def test_each_command_has_help(command: str) -> None:
    assert f"Usage: collectrisk {command}" in done(command, "-h")
