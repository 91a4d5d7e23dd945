"""Thousands of mutated card files: an error or a card, quickly, and nothing is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

FILES = int(os.environ.get("COLLECTRISK_FUZZ", "5000"))
"""How many files to load; the project's own measure of it is 100,000."""


def test_mutated_files_are_refused_or_are_cards(tmp_path: Path) -> None:
    """In a process of its own, which an audit hook watches."""
    command = [sys.executable, str(Path(__file__).with_name("fuzzing.py")), str(FILES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    report = json.loads(done.stdout)
    assert set(report["results"]) == {"CardFileError", "Scorecard"}
    assert sum(report["results"].values()) == FILES
    assert report["reasons"] > 30
    assert report["deeds"] == []
    assert report["slowest"] < 1
    assert report["memory"] < 64 * 2**20
    assert list(tmp_path.iterdir()) == []
