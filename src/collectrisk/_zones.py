"""Time zones by their names, and the UTC offsets of local times."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    import datetime as dt


def zone_named(name: object) -> ZoneInfo | None:
    """Return the time zone of a name, or None if there is none; a zone is returned as it is."""
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(name) if isinstance(name, str) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offsets(local: dt.datetime, zone: ZoneInfo) -> tuple[dt.timedelta, dt.timedelta]:
    """Return the UTC offsets of a local time, as the first and as the second of its kind.

    They differ where clocks change: the first is larger if the time exists twice, and smaller if it
    does not exist.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None and second is not None, "a ZoneInfo has an offset at every time"  # noqa: S101, PT018  # for mypy
    return first, second
