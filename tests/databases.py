"""The databases that run SQL text in the tests: DuckDB and SQLite, and servers of Postgres and MariaDB.

A server is started when a test first needs it: in a temporary directory, on a socket and no port, as an
unprivileged user if the tests run as root. The tests use the clients of the command line. Where a
server is not installed, its tests are skipped, or fail if the environment variable REQUIRE_DATABASES is
set.
"""

from __future__ import annotations

import atexit
import contextlib
import csv
import functools
import io
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from frame_kinds import spark_session

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DATABASES", "Row", "database"]

Row = tuple[Any, ...]
NULL = "\\N"


def _program(name: str, *folders: str) -> str:
    """Return the path of a program, or skip."""
    path = shutil.which(name) or next(
        (str(found) for folder in folders for found in sorted(Path("/").glob(f"{folder}/{name}"))), None
    )
    if path is None:
        why = f"{name} is not installed"
        if os.environ.get("REQUIRE_DATABASES"):
            pytest.fail(why)
        pytest.skip(why)
    return path


@functools.cache
def _folder() -> Path:
    """Return a directory of the server's user, whose path is short enough for a socket."""
    folder = tempfile.TemporaryDirectory(prefix="collectrisk-", dir="/tmp")  # a socket
    atexit.register(folder.cleanup)
    if os.geteuid() == 0:
        shutil.chown(folder.name, "nobody")
    return Path(folder.name)


def _as_user() -> dict[str, Any]:
    """Return the options of a process that must not run as root."""
    unprivileged = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        unprivileged = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
    return {**unprivileged, "cwd": _folder(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _serve(command: list[str], run: Callable[[str], list[Row]]) -> None:
    """Start a server, which stops at the end of the tests, and wait until it answers."""
    server = subprocess.Popen(command, **_as_user())

    def stop() -> None:
        server.terminate()
        server.wait()

    atexit.register(stop)
    for _ in range(200):
        with contextlib.suppress(subprocess.CalledProcessError):
            run("SELECT 1")
            return
        time.sleep(0.05)
    pytest.fail(f"{command[0]} does not answer")


def _client(command: list[str], text: str) -> str:
    # Output that is not UTF-8 would be an error here.
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


@functools.cache
def postgres() -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on Postgres."""
    initdb, server = (_program(name, "usr/lib/postgresql/*/bin") for name in ("initdb", "postgres"))
    client = [_program("psql"), "-h", str(_folder()), "-U", "postgres", "-XqtA", "--csv"]
    client += ["-v", "ON_ERROR_STOP=1", "-P", f"null={NULL}", "postgres"]

    def run(text: str) -> list[Row]:
        rows = csv.reader(io.StringIO(_client(client, text), newline=""))
        return [tuple(None if each == NULL else each for each in row) for row in rows]

    data = str(_folder() / "postgres")
    made = [initdb, "-D", data, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, **_as_user())
    options = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    _serve([server, "-D", data, "-k", str(_folder()), *(f"-c{each}" for each in options)], run)
    return run


UNESCAPED = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\0": "\0"}


def _unescaped(text: str) -> str:
    """Return a text as it was before the client of MariaDB escaped it."""
    parts = text.split("\\\\")
    for escape, meant in UNESCAPED.items():
        parts = [each.replace(escape, meant) for each in parts]
    return "\\".join(parts)


@functools.cache
def mariadb() -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on MariaDB; a text that is NULL would be read as a null."""
    server, socket, data = _program("mariadbd", "usr/sbin"), str(_folder() / "m"), _folder() / "mariadb"
    client = [_program("mariadb"), "--no-defaults", "-S", socket, "--batch", "--skip-column-names"]

    def run(text: str) -> list[Row]:
        lines = _client([*client, "test"], text).split("\n")[:-1]
        values = [line.split("\t") for line in lines]
        return [tuple(None if each == "NULL" else _unescaped(each) for each in row) for row in values]

    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "nobody")
    (data / "test").mkdir(mode=0o777)
    (data / "test").chmod(0o777)
    options = ["skip-networking", "skip-grant-tables", "skip-innodb", "default-storage-engine=Aria"]
    options += [f"socket={socket}", f"datadir={data}", f"pid-file={data}/pid"]
    _serve([server, "--no-defaults", *(f"--{each}" for each in options)], run)
    return run


@functools.cache
def sqlite() -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on SQLite."""
    connection = sqlite3.connect(":memory:")
    atexit.register(connection.close)
    return lambda text: connection.execute(text).fetchall()


def duck() -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on a new database of DuckDB."""
    connection = duckdb.connect()
    return lambda text: connection.execute(text).fetchall()


def spark() -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on Spark."""
    session = spark_session()
    return lambda text: [tuple(row) for row in session.sql(text).collect()]


STARTS: dict[str, Callable[[], Callable[[str], list[Row]]]] = {
    "duckdb": duck,
    "sqlite": sqlite,
    "postgres": postgres,
    "mariadb": mariadb,
    "spark": spark,
}

DATABASES = [
    pytest.param(name, id="Spark" if name == "spark" else name)  # the tests on Spark are marked by the name
    for name in STARTS
]


def database(dialect: str) -> Callable[[str], list[Row]]:
    """Return the function that runs SQL on the database of a dialect, or skip."""
    return STARTS[dialect]()
