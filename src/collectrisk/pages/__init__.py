"""What shows itself in a notebook: an assessment, a card and a what-if, as HTML in English and Chinese."""

from __future__ import annotations

from collectrisk.pages.assessment import assessment_page
from collectrisk.pages.card import card_page, card_text
from collectrisk.pages.what_if import what_if_page, what_if_text

__all__ = ["assessment_page", "card_page", "card_text", "what_if_page", "what_if_text"]
