"""The contents of a card file: converting a scorecard to plain data and back.

The JSON Schema of a card file is ``card.schema.json``, in the same directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk._files.card_data import data_from_card, digest
from collectrisk._files.mapping_format import mapping_in
from collectrisk._plain import curves_in, ladder_in, number_in, object_in, text_in
from collectrisk._scorers.scorecard import Scorecard
from collectrisk._version import __version__
from collectrisk.errors import ArgumentError, InvalidCardError, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = "collectrisk scorecard"
FORMAT_VERSION = 2
"""Version 2 has surfaces."""


def _unchanged(card: Any) -> Any:
    return card


MIGRATIONS: dict[int, Callable[[Any], Any]] = {1: _unchanged}
"""For each older format version, the function that converts its card to the next version."""


def file_from_card(card: Scorecard) -> dict[str, Any]:
    """Return the contents of a card file: the format, versions, a hash and the card.

    Raises
    ------
    ArgumentError
        If the card has no JSON form, or would change when it is read back.
    InvalidCardError
        If a label or another text of the card is not valid text.
    """
    data = data_from_card(card)
    if card_from_data(data) != card:
        why = f"is {type_name(card)} that would change when it is read back from a card file"
        raise ArgumentError("scorer", why)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "package_version": __version__,
        "sha256": digest(data),
        "scorecard": data,
    }


def card_from_file(contents: Any) -> Scorecard:
    """Return the card in a file's contents, migrated to the newest format version.

    Raises
    ------
    InvalidCardError
        If the format, the version, the hash or the card is not valid.
    """
    object_in(contents, "file", {"format", "format_version", "package_version", "sha256", "scorecard"})
    if contents["format"] != FORMAT:
        raise InvalidCardError("format", f"must be {FORMAT!r}")
    version = number_in(contents["format_version"], "format_version")
    writer = text_in(contents["package_version"], "package_version")
    if version != FORMAT_VERSION and version not in MIGRATIONS:
        why = (
            f"{version:g} is unknown to {__version__}; collectrisk {writer[:40]} wrote the file, so use that"
        )
        raise InvalidCardError("format_version", why)
    data = contents["scorecard"]
    if digest(data) != contents["sha256"]:
        why = "the card was changed after it was written; change it in Python and save it again"
        raise InvalidCardError("sha256", why)
    for older in range(int(version), FORMAT_VERSION):
        data = MIGRATIONS[older](data)
    return card_from_data(data)


def card_from_data(data: Any) -> Scorecard:
    """Return the scorecard in plain data.

    Raises
    ------
    InvalidCardError
        If anything is missing, unknown or of the wrong type; the error names the place.
    """
    optional = {"base_spread", "columns"}
    card = object_in(data, "scorecard", {"base", "characteristics", "ladder"}, optional)
    return Scorecard(
        base=number_in(card["base"], "base"),
        characteristics=curves_in(card["characteristics"], "characteristics"),
        ladder=ladder_in(card["ladder"], "ladder"),
        base_spread=number_in(card.get("base_spread", 0.0), "base_spread"),
        columns=mapping_in(card["columns"], "columns") if "columns" in card else None,
    )
