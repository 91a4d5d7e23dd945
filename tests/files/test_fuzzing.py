"""Thousands of mutated card files give an error or a card, quickly, and run no code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = int(os.environ.get("COLLECTRISK_FUZZ", "5000"))
"""The number of files; before a release, run 100,000."""


@pytest.mark.exhaustive
def test_mutated_files_are_refused_or_are_cards(tmp_path: Path) -> None:
    """In a separate process with an audit hook."""
    command = [sys.executable, str(Path(__file__).parents[1] / "fuzzing.py"), str(FILES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    report = json.loads(done.stdout)
    assert set(report["results"]) == {"CardFileError", "Scorecard"}
    assert sum(report["results"].values()) == FILES
    assert report["reasons"] > 30
    assert report["actions"] == []
    assert report["slowest"] < 1
    assert report["memory"] < 64 * 2**20
    assert list(tmp_path.iterdir()) == []
