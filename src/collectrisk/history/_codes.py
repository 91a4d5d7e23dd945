"""Codes of common systems, and the kinds of events that they mean, as data."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DIALLER = {
    "NA": "no_answer",
    "N/A": "no_answer",
    "NO ANSWER": "no_answer",
    "RNR": "no_answer",
    "B": "no_answer",
    "BUSY": "no_answer",
    "AM": "no_answer",
    "ANSWERING MACHINE": "no_answer",
    "LM": "message_left",
    "LEFT MESSAGE": "message_left",
    "MESSAGE LEFT": "message_left",
    "VOICEMAIL": "message_left",
    "DC": "not_connected",
    "DISCONNECTED": "not_connected",
    "FAILED": "not_connected",
    "INVALID NUMBER": "not_connected",
    "SIT": "not_connected",
    "WN": "third_party_reached",
    "WRONG NUMBER": "third_party_reached",
    "TP": "third_party_reached",
    "THIRD PARTY": "third_party_reached",
    "TPC": "third_party_reached",
    "RPC": "conversation",
    "CB": "conversation",
    "CALL BACK": "conversation",
    "CALLBACK": "conversation",
    "PTP": "promise",
    "PROMISE TO PAY": "promise",
    "RTP": "refusal",
    "REF": "refusal",
    "REFUSED": "refusal",
    "REFUSED TO PAY": "refusal",
    "DISP": "dispute",
    "DISPUTE": "dispute",
    "DNC": "stop_request",
    "BP": "other",
    "BROKEN PROMISE": "other",
}
"""Results of calls. A broken promise is found from the payments, so its code counts for nothing."""

MESSAGES = {
    "SMS": "message_sent",
    "SMS SENT": "message_sent",
    "EMAIL": "message_sent",
    "EMAIL SENT": "message_sent",
    "SMS REPLY": "message_answered",
    "EMAIL REPLY": "message_answered",
    "LETTER": "letter_sent",
    "LETTER SENT": "letter_sent",
    "RTS": "letter_returned",
    "RETURNED MAIL": "letter_returned",
}
"""Messages and letters."""

ACCOUNT = {
    "PAY": "payment",
    "PAYMENT": "payment",
    "PMT": "payment",
    "NSF": "payment",
    "REVERSAL": "payment",
    "ARR": "plan_started",
    "ARRANGEMENT": "plan_started",
    "PLAN": "plan_started",
    "BROKEN ARRANGEMENT": "plan_ended",
    "PLACED": "agency_placed",
    "RECALLED": "agency_recalled",
    "VISIT": "visit",
    "VISIT MET": "visit_met",
    "COMPLAINT": "complaint",
}
"""Payments, plans, placements and visits."""

CODES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "dialler": MappingProxyType(DIALLER),
        "messages": MappingProxyType(MESSAGES),
        "account": MappingProxyType(ACCOUNT),
    }
)
"""Tables of common codes by topic. Check each code against your system's manual, and extend a copy."""
