"""The rules that apply to a portfolio's contacts: loading them, and adding rules of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._channel import Channel
from collectrisk._errors import ArgumentError
from collectrisk.contact._decide import decide
from collectrisk.contact._loading import SHIPPED, loaded, read_source, shipped, shipped_words
from collectrisk.contact._question import Question
from collectrisk.contact._reading import read_vocabulary
from collectrisk.contact._ruleset import RuleSet
from collectrisk.errors import InvalidRuleError

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable, Mapping

    from collectrisk._borrower import Borrower
    from collectrisk.contact._contact import Contact
    from collectrisk.contact._coverage import Coverage
    from collectrisk.contact._decision import Decision
    from collectrisk.history import AccountHistory, ContactLog


@attrs.frozen(kw_only=True, slots=False, eq=False)
class ContactRules(RuleSet):
    """The rules that apply to contacts in a jurisdiction, by an actor, about a product.

    This is not legal advice. The rules are paraphrases of public material, not all of it primary text;
    what they do not forbid may be unlawful. Have them checked before they decide anything.

    Load the rules of the package with `load` and rules of your own with `from_file`, and add them with
    ``+``.

    Attributes
    ----------
    rules : tuple of Rule
        The rules, those that are not in force included.
    jurisdiction : str or None
        Where the debtors are; None for a file of rules that was not added to others.
    actor, product : str or None
        Who makes contact, and about what; None if it is not known.
    as_of : date or None
        The day whose law applies, besides the day of each contact.
    words : Vocabulary
        The jurisdictions, products and facts that the rules may use.
    files : tuple of RuleFile
        The files that they were read from, with their dates and hashes.
    downgrade : frozenset of str
        The ids of the rules that are reported but do not forbid.
    own_holidays : mapping of int to frozenset of date, or None
        The user's public holidays by year.

    See Also
    --------
    Contact : A contact that is planned.
    Decision : What the rules say of one.

    Examples
    --------
    >>> from collectrisk.contact import Contact, ContactRules
    >>> rules = ContactRules.load("US", actor="third_party", product="credit_card")
    >>> contact = Contact("phone_call", at="2026-11-03T21:30-05:00", zones="America/New_York")
    >>> decision = rules.decide(contact)
    >>> decision.permission
    <Permission.FORBIDDEN: 'forbidden'>
    >>> [(each.rule, each.observed, str(each.lifts_at)) for each in decision.blocked_by]
    [('US-1006.6b1-hours', 'tue 21:30', '2026-11-04 08:00:00-05:00')]
    """

    @classmethod
    def load(
        cls,
        jurisdiction: str,
        *,
        actor: str | None = None,
        product: str | None = None,
        as_of: dt.date | str | None = None,
        house: Mapping[str, Mapping[str, Any]] | None = None,
        downgrade: Iterable[str] = (),
        holidays: Mapping[int, Iterable[dt.date | str]] | None = None,
    ) -> ContactRules:
        """Return the rules of the package that apply in a jurisdiction.

        Parameters
        ----------
        jurisdiction : str
            Where the debtors are, such as ``"US-MA"``. The rules of every place that contains it apply
            too: those of ``"US"``.
        actor : {"first_party", "third_party", "debt_buyer"}, optional
            Who makes contact. Without one, an instrument that does not bind all of them may or may not
            apply.
        product : str, optional
            The debt: ``"credit_card"``, ``"online_loan"``, ``"other"``, or a product of the rule files such
            as ``"p2p_online_loan"``. Without one, an instrument may or may not apply.
        as_of : date or str, optional
            A day whose law is to apply too: a rule is enforced if it is in force on this day or on the day
            of the contact.
        house : mapping of str to mapping, optional
            Numbers that instruments leave open, by rule: ``{"UK-CONC-7.9.4": {"windows": [...]}}`` or
            ``{"AU-RG96-7-last-resort": {"least": 10}}``. Without them, these rules answer "unknown".
        downgrade : iterable of str, optional
            The modalities ``"should_not"``, ``"presumed_violation"`` or ``"should"``, or ids of rules with
            one of them, that are to be reported but not to forbid. Every decision says so.
        holidays : mapping of int to iterable of date, optional
            All public holidays of each year, instead of those of the package ``holidays``.

        Raises
        ------
        ArgumentError
            If an argument is not valid.
        InvalidRuleError
            If a number in `house` is not valid, or its rule leaves none open.
        """
        if jurisdiction is None:
            raise ArgumentError("jurisdiction", 'must be a place with rules, such as "US-MA", not None')
        return cls(
            **loaded(
                [shipped(name) for name in SHIPPED],
                shipped_words(),
                jurisdiction=jurisdiction,
                actor=actor,
                product=product,
                as_of=as_of,
                house=house,
                downgrade=downgrade,
                holidays=holidays,
            )
        )

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        jurisdiction: str | None = None,
        actor: str | None = None,
        product: str | None = None,
        as_of: dt.date | str | None = None,
        house: Mapping[str, Mapping[str, Any]] | None = None,
        downgrade: Iterable[str] = (),
        holidays: Mapping[int, Iterable[dt.date | str]] | None = None,
    ) -> ContactRules:
        """Return rules of one's own from a TOML file in the form of the package's files.

        Parameters
        ----------
        path : str or path
            The file. It may use the facts, products and jurisdictions of the package, and define more.
        jurisdiction : str, optional
            Where the debtors are; by default, all rules of the file apply.
        actor, product, as_of, house, downgrade, holidays
            See `load`.

        Raises
        ------
        FileError
            If the file cannot be read.
        InvalidRuleError
            If it breaks the schema; the error names the rule, the key, and what it must be.
        ArgumentError
            If an argument is not valid.
        """
        source = read_source(path)
        return cls(
            **loaded(
                [source],
                read_vocabulary(source, shipped_words()),
                jurisdiction=jurisdiction,
                actor=actor,
                product=product,
                as_of=as_of,
                house=house,
                downgrade=downgrade,
                holidays=holidays,
            )
        )

    def __add__(self, other: ContactRules) -> ContactRules:
        """Return these rules together with others, for the jurisdiction, actor and product of these.

        Raises
        ------
        InvalidRuleError
            If two rules or instruments have the same id, or two files give a word different meanings.
        """
        if not isinstance(other, ContactRules):
            return NotImplemented
        where = self.jurisdiction
        added = [rule for rule in other.rules if where is None or rule.instrument.applies_in(where)]
        name = ", ".join(file.name for file in other.files)
        for noun, own, theirs in (
            ("rule", {rule.id for rule in self.rules}, {rule.id for rule in added}),
            (
                "instrument",
                {rule.instrument.id for rule in self.rules},
                {rule.instrument.id for rule in added},
            ),
        ):
            for twice in sorted(own & theirs):
                why = f"is that of another {noun}; each must have its own"
                raise InvalidRuleError(name, f"{noun} {twice!r}", "id", why)
        for noun, word in self.words.conflicts(other.words):
            raise InvalidRuleError(name, f"{noun} {word!r}", "", "has another meaning in another file")
        return attrs.evolve(
            self,
            rules=(*self.rules, *added),
            words=self.words | other.words,
            files=(*self.files, *other.files),
            downgrade=self.downgrade | other.downgrade,
        )

    def decide(
        self,
        contact: Contact,
        *,
        log: AccountHistory | Mapping[str, AccountHistory] | None = None,
        facts: Mapping[str, Any] | None = None,
        borrower: Borrower | None = None,
    ) -> Decision:
        """Return what the rules say of a contact.

        Every rule is evaluated, and every one that forbids is reported.

        Parameters
        ----------
        contact : Contact
            The contact.
        log : AccountHistory or mapping of str to AccountHistory, optional
            The history of the account, from `collectrisk.history.ContactLog.of`; of a debtor with several
            accounts, those of all of them by their ids. Rules that count per debtor count in all of them.
            Without it, rules that count are unknown. Of a log of dates without times, take the history as of
            the next day, so that the events of the day itself count.
        facts : mapping of str to bool, int or date, optional
            The facts that are recorded: True, False, or None if it is not known, which is the same as
            leaving it out. They are assumed to stay where a later time is sought.
        borrower : Borrower, optional
            Supplies ``days_past_due``, and ``repayment_plan_performing`` if a repayment plan is being kept,
            unless `facts` has them. Its product must not be another one than that of the rules.

        Raises
        ------
        ArgumentError
            If an argument is not valid, such as a fact that no rule file defines.
        """
        return decide(Question.of(self, contact, log, facts, borrower))

    def decide_frame(
        self,
        scored: Any,
        *,
        at: dt.datetime | str,
        log: ContactLog | None = None,
        zones: Any = None,
        zones_column: str | None = None,
        debtor_column: str | None = None,
        facts: Mapping[str, Any] | None = None,
        places: Mapping[str, str] | None = None,
        recipient: str = "debtor",
        channels: Iterable[str] = tuple(Channel),
        known_until: dt.date | str | None = None,
        by_channel: bool = False,
    ) -> Any:
        """Return a frame with what the rules say of contact with each account.

        Accounts of which the same is known are decided on together, each as `decide` would.

        Parameters
        ----------
        scored : eager frame
            One row for each account, with the recommended channel in the column ``channel``, as
            `assess_frame` returns it. Columns with the name of a fact, such as ``days_past_due``, are that
            fact; a missing value is not known. ``repayment_plan`` is read as by `decide`, and
            so is ``product`` if the rules have none; if they have one, another product is an error.
        at : datetime or str
            When: a time with a UTC offset, or a local time in the zones of each account.
        log : ContactLog, optional
            The events, of an eager frame of the same kind. Without it, rules that count are unknown.
        zones : str or sequence of str, optional
            The time zones in which all debtors may be.
        zones_column : str, optional
            The column with the zones of each account, separated by ";" if there are several.
        debtor_column : str, optional
            The column with the debtor of each account: rules that count per debtor then count in all
            accounts of the debtor. Without it, each account has a debtor of its own.
        facts : mapping, optional
            The facts that are the same for all accounts; none may be a column as well.
        places : mapping of str to str, optional
            The place at which each channel reaches the person, such as ``{"field_visit": "home"}``.
        recipient : str, default "debtor"
            Who is contacted: see `Contact`.
        channels : sequence of str, optional
            The channels in use; by default, all of `Channel`.
        known_until : date, datetime or str, optional
            The moment until which the log is complete; by default, that of its latest event.
        by_channel : bool, default False
            Whether to add a column for each channel in use, such as ``phone_call``, with its permission,
            whatever is recommended. `collectrisk.planning.allocate` takes such a frame as `permitted`.

        Returns
        -------
        frame of the same kind
            The frame with these columns: ``permission`` (of the recommended channel: "allowed", "forbidden"
            or "unknown"), ``permitted_channel`` (the heaviest one in use that is allowed and not heavier than
            the recommended one; missing if there is none), ``blocked_by`` (the rules that forbid the
            recommended channel), ``missing`` (the facts that are missing) and ``next_allowed`` (the first
            time at which the recommended channel is allowed, in UTC); then those of `by_channel`.

        Raises
        ------
        InvalidHistoryError
            If values of the frame or of the log are not valid; the error has all problems.
        MissingColumnError, ColumnNameError
            If a column is missing, or the frame already has one of the new columns.
        ArgumentError
            If an argument is not valid.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.contact import ContactRules
        >>> rules = ContactRules.load("US", actor="third_party", product="credit_card")
        >>> scored = pl.DataFrame(
        ...     {
        ...         "channel": ["phone_call", "phone_call", "sms"],
        ...         "zone": ["America/New_York", "America/Los_Angeles", None],
        ...     }
        ... )
        >>> decided = rules.decide_frame(scored, at="2026-11-03T21:30-05:00", zones_column="zone")
        >>> decided["permission"].to_list()
        ['forbidden', 'unknown', 'unknown']
        >>> decided["blocked_by"].to_list()
        ['US-1006.6b1-hours', None, None]
        """
        from collectrisk.contact._frame import decide_frame  # noqa: PLC0415  # loads NumPy

        return decide_frame(
            self,
            scored,
            at=at,
            log=log,
            zones=zones,
            zones_column=zones_column,
            debtor_column=debtor_column,
            facts=facts,
            places=places,
            recipient=recipient,
            channels=channels,
            known_until=known_until,
            by_channel=by_channel,
        )

    def coverage(self) -> Coverage:
        """Return what is encoded for the jurisdiction, actor and product, what is not, and since when."""
        from collectrisk.contact._coverage import Coverage  # noqa: PLC0415  # not needed to decide

        found = (shipped(name).data["instrument"] for name in SHIPPED)
        encoded = dict.fromkeys(each["jurisdiction"] for instruments in found for each in instruments)
        return Coverage(rules=self, encoded=tuple(encoded))
