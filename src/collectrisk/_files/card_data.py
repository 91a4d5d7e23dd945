"""A scorecard as plain data, and the hash of that data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import attrs

from collectrisk._curves import Levels
from collectrisk._files.mapping_format import data_from_mapping
from collectrisk._plain import data_from_curve, data_from_ladder
from collectrisk._surface import Surface


def digest(data: Any) -> str:
    """Return the hash of a card's data, which does not depend on layout or the order of keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def data_from_card(card: Any, hint: str = "; use the suffix .joblib") -> dict[str, Any]:
    """Return a scorecard as dictionaries, lists, text and numbers.

    Parameters
    ----------
    card : Scorecard
        The scorecard.
    hint : str, optional
        What to do instead, if it has no JSON form.

    Raises
    ------
    ArgumentError
        If a characteristic is of a class that has no JSON form.
    """
    spread: dict[str, Any] = {"base_spread": card.base_spread} if card.base_spread else {}
    if card.slope_spreads:
        spread["slope_spreads"] = [attrs.asdict(each) for each in card.slope_spreads]
    if card.portfolio_labels != usual_portfolio_labels(card):
        spread["portfolio_labels"] = list(card.portfolio_labels)
    columns = {} if card.columns is None else {"columns": data_from_mapping(card.columns)}
    return {
        "base": card.base,
        **spread,
        "characteristics": [data_from_curve(each, "scorer", hint) for each in card.characteristics],
        "ladder": data_from_ladder(card.ladder),
        **columns,
    }


def usual_portfolio_labels(card: Any) -> tuple[str, ...]:
    """Return the labels of the points of single portfolios in a file that does not contain them.

    A fit with portfolios gives these labels, and files were written without them at first.

    Parameters
    ----------
    card : Scorecard
        The card.
    """
    fitted = [each for each in card.characteristics if each.source == "fitted"]
    fields = {each.field for each in fitted if each.label == "portfolio" and isinstance(each, Levels)}
    if not (card.base_spread and fields):
        return ()
    own = {"portfolio", *(f"{each.label} by portfolio" for each in card.slope_spreads)}
    return tuple(
        each.label
        for each in fitted
        if each.label in own or (isinstance(each, Surface) and fields & {*each.fields})
    )
