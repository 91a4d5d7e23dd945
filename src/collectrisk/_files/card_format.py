"""The contents of a card file: converting a scorecard to plain data and back.

The JSON Schema of a card file is ``card.schema.json``, in the same directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._files.card_data import data_from_card, usual_portfolio_labels
from collectrisk._files.json_file import unwrapped, wrapped
from collectrisk._files.mapping_format import mapping_in
from collectrisk._plain import curves_in, ladder_in, list_in, number_in, object_in, text_in
from collectrisk._scorers.scorecard import Scorecard
from collectrisk._scorers.spreads import SlopeSpread
from collectrisk.errors import ArgumentError, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT_VERSION = 2
"""Version 2 has surfaces, and the spreads of slopes between portfolios."""


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
    return wrapped(data, "scorecard", FORMAT_VERSION)


def card_from_file(contents: Any) -> Scorecard:
    """Return the card in a file's contents, migrated to the newest format version.

    Raises
    ------
    InvalidCardError
        If the format, the version, the hash or the card is not valid.
    """
    version, data = unwrapped(contents, "scorecard", {*MIGRATIONS, FORMAT_VERSION}, "card")
    for older in range(version, FORMAT_VERSION):
        data = MIGRATIONS[older](data)
    return card_from_data(data)


def card_from_data(data: Any) -> Scorecard:
    """Return the scorecard in plain data.

    Raises
    ------
    InvalidCardError
        If anything is missing, unknown or of the wrong type; the error names the place.
    """
    optional = {"base_spread", "slope_spreads", "portfolio_labels", "columns"}
    card = object_in(data, "scorecard", {"base", "characteristics", "ladder"}, optional)
    characteristics = curves_in(card["characteristics"], "characteristics")
    labels = {each.label for each in characteristics}
    spreads = [
        _slope_spread(each, f"slope_spreads[{place}]")
        for place, each in enumerate(list_in(card.get("slope_spreads", []), "slope_spreads"))
    ]
    found = Scorecard(
        base=number_in(card["base"], "base"),
        characteristics=characteristics,
        ladder=ladder_in(card["ladder"], "ladder"),
        base_spread=number_in(card.get("base_spread", 0.0), "base_spread"),
        # The first files also have spreads of characteristics that were removed, which have no effect.
        slope_spreads=[each for each in spreads if each.label in labels],
        columns=mapping_in(card["columns"], "columns") if "columns" in card else None,
    )
    given = list_in(card.get("portfolio_labels", list(usual_portfolio_labels(found))), "portfolio_labels")
    own = [text_in(each, f"portfolio_labels[{place}]") for place, each in enumerate(given)]
    return attrs.evolve(found, portfolio_labels=own)


def _slope_spread(data: Any, place: str) -> SlopeSpread:
    spread = object_in(data, place, {"label", "spread", "centre"})
    return SlopeSpread(
        label=text_in(spread["label"], f"{place}.label"),
        spread=number_in(spread["spread"], f"{place}.spread"),
        centre=number_in(spread["centre"], f"{place}.centre"),
    )
