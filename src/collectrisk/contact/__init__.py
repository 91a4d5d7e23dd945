"""Contact rules: whether a contact is permitted, by which rule and citation, and when next.

Nothing here is legal advice. ALLOWED means that no encoded rule forbids a contact, and not that it is lawful.

See Also
--------
ContactRules : The rules of a jurisdiction, and rules of one's own.
Contact : A contact that is planned.
Decision : What the rules say of it.
recommend : The heaviest permitted channel that is not heavier than an assessment recommends.

Notes
-----
For many accounts at once, at one moment `at`:

- `ContactRules.covers` and `Rule.concerns` do not depend on the account, only on actor, product, channel,
  place, recipient and purpose: choose the rules of each product and channel once.
- `Hours` depends on the zone (and the day in it) only: evaluate it once for each combination of zones
  with `Rule.check` on a `Case` without histories, and join the result.
- `Cap` counts events by account: whether an event counts depends on its kind and channel alone
  (`counts_kind`), so it is a set of codes and channels; `Window.end` of its local time is when it expires.
  Count where it began before `at` and expires after it, and compare with ``max(cap.most, 1)``. It lifts
  when the ``max(cap.most, 1)``-th latest of the expiries that count has passed.
- `Facts`, exemptions and `unless_above` are conditions on columns with nulls: a null never permits.
- `Attempts` counts failed events since the last result by account.
- The permission is FORBIDDEN if any rule blocks that is in force, covers for certain and is not
  downgraded; else UNKNOWN if any is not known, or no covering rule of an instrument `on_contact` concerns
  the contact for certain; else ALLOWED.
"""

from __future__ import annotations

from collectrisk.contact._conditions import Facts, Hours, Obligation
from collectrisk.contact._contact import Contact, Permission
from collectrisk.contact._counting import Attempts, Cap, Consent
from collectrisk.contact._coverage import Coverage
from collectrisk.contact._decision import Decision
from collectrisk.contact._findings import Blocker, Duty, Missing, NotEnforced
from collectrisk.contact._recommend import Recommendation, recommend
from collectrisk.contact._rule import Instrument, Rule
from collectrisk.contact._rules import ContactRules
from collectrisk.contact._source import RuleFile
from collectrisk.contact._vocabulary import Fact, Jurisdiction, Product, Vocabulary
from collectrisk.contact._window import OpenHours, Window

__all__ = [
    "Attempts",
    "Blocker",
    "Cap",
    "Consent",
    "Contact",
    "ContactRules",
    "Coverage",
    "Decision",
    "Duty",
    "Fact",
    "Facts",
    "Hours",
    "Instrument",
    "Jurisdiction",
    "Missing",
    "NotEnforced",
    "Obligation",
    "OpenHours",
    "Permission",
    "Product",
    "Recommendation",
    "Rule",
    "RuleFile",
    "Vocabulary",
    "Window",
    "recommend",
]
