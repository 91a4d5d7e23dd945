"""From event logs and ledgers to the fields of borrowers: what each account's history says as of a date.

See Also
--------
ContactLog : The fields that follow from a log of contacts, promises and payments.
arrears : Overdue amount and days past due from instalments and payments.
split_by_time : Rows to train on and later ones to evaluate, without leakage.
EventKind : What happened, with the flags that rules and scores need.
simulate_log : A log and a ledger of accounts whose fields are known, for examples and tests.
"""

from __future__ import annotations

from collectrisk.history._account import AccountHistory, PastEvent
from collectrisk.history._arrears import arrears
from collectrisk.history._attitude import ATTITUDE_RULES, AttitudeRule
from collectrisk.history._check import LogCheck
from collectrisk.history._codes import CODES
from collectrisk.history._codes_file import read_codes
from collectrisk.history._kinds import KINDS, EventKind
from collectrisk.history._log import ContactLog
from collectrisk.history._simulate import SimulatedLog, simulate_log
from collectrisk.history._split import TimeSplit, split_by_time

__all__ = [
    "ATTITUDE_RULES",
    "CODES",
    "KINDS",
    "AccountHistory",
    "AttitudeRule",
    "ContactLog",
    "EventKind",
    "LogCheck",
    "PastEvent",
    "SimulatedLog",
    "TimeSplit",
    "arrears",
    "read_codes",
    "simulate_log",
    "split_by_time",
]
