"""How an assessment, a card and a what-if are shown, in English and Chinese. Loaded when first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.later import on_first_use

if TYPE_CHECKING:
    from collectrisk.pages.assessment import assessment_page
    from collectrisk.pages.card import card_page, card_text
    from collectrisk.pages.what_if import what_if_page, what_if_text

__all__ = ["assessment_page", "card_page", "card_text", "what_if_page", "what_if_text"]

__getattr__ = on_first_use(
    __name__,
    {
        "assessment_page": "collectrisk.pages.assessment",
        "card_page": "collectrisk.pages.card",
        "card_text": "collectrisk.pages.card",
        "what_if_page": "collectrisk.pages.what_if",
        "what_if_text": "collectrisk.pages.what_if",
    },
)
