"""From event logs and ledgers to the fields of borrowers: what each account's history says as of a date.

See Also
--------
arrears : Overdue amount and days past due from instalments and payments.
EventKind : What happened, with the flags that rules and scores need.
"""

from __future__ import annotations

from collectrisk.history._arrears import arrears
from collectrisk.history._codes import CODES
from collectrisk.history._kinds import KINDS, EventKind

__all__ = ["CODES", "KINDS", "EventKind", "arrears"]
