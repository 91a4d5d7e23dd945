"""A scorecard as plain data, and the hash of that data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import attrs

from collectrisk._files.mapping_format import data_from_mapping
from collectrisk._plain import data_from_curve, data_from_ladder


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
    columns = {} if card.columns is None else {"columns": data_from_mapping(card.columns)}
    return {
        "base": card.base,
        **spread,
        "characteristics": [data_from_curve(each, "scorer", hint) for each in card.characteristics],
        "ladder": data_from_ladder(card.ladder),
        **columns,
    }
