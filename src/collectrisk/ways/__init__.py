"""What a person can do so that a lighter channel is enough."""

from __future__ import annotations

from collectrisk.ways.way import Way, ways_down

__all__ = ["Way", "ways_down"]
