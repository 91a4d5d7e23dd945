"""Measure collectrisk side by side with its peers: ``python benchmarks --help``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.run import main  # this folder is found only once its parent is on the path

if __name__ == "__main__":
    main()
