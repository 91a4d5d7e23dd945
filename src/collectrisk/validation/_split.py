"""Splitting accounts into groups by the hash of their keys, such as champion and challenger."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import LARGEST_EXACT_INTEGER, is_boolean, is_missing, is_number
from collectrisk._files.json_file import load_record, save_record
from collectrisk._frames import open_frame
from collectrisk._frames.attach import attach
from collectrisk._frames.columns import open_table
from collectrisk._frames.engines import FrameNames
from collectrisk._namespaces.arrays import TextArray
from collectrisk._parameters import to_number
from collectrisk._plain import list_in, number_in, object_in, text_in
from collectrisk.errors import (
    ArgumentError,
    ColumnNameError,
    InvalidCardError,
    MissingColumnError,
    NotAFrameError,
    nearest,
    refuse_other,
    shown,
    type_name,
)
from collectrisk.validation._split_comparison import SplitComparison, compare_groups

if TYPE_CHECKING:
    import os

    from collectrisk._typing import Array

SLOTS = 1_000_000_000
"""The number of places into which the hashes are divided; a range is a number of places."""

ROUNDING = 1e-9
"""How far shares may be from adding up to 1."""

GROUP, PROPENSITY = "group", "propensity"
"""The columns that `attach` adds."""

LARGEST_KEY = 10**100
"""Python needs long for the digits of very large numbers, and refuses the largest."""

ROWS_SHOWN = 5


@attrs.frozen
class Range:
    """Places that belong to a group.

    Attributes
    ----------
    start, stop : int
        The first place, and the one after the last.
    group : str
        The group.
    """

    start: int
    stop: int
    group: str


def _to_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ArgumentError("name", f"must be text, such as 'letters-2026', not {shown(name)}")
    return str(name)


def _group_name(group: object, argument: str) -> str:
    if not isinstance(group, str) or not group.strip():
        raise ArgumentError(argument, f"must name groups by text, such as 'champion', not {shown(group)}")
    return str(group)


def _share(share: Any, argument: str) -> float:
    number = to_number(share)
    if not isinstance(number, float) or not 0.5 / SLOTS < number <= 1:
        raise ArgumentError(argument, f"must be shares above 0 and up to 1, such as 0.1, not {shown(share)}")
    return number


def _to_ranges(shares: Any) -> tuple[Range, ...]:
    if isinstance(shares, tuple):
        return shares
    if not isinstance(shares, Mapping) or not shares:
        raise ArgumentError(
            "shares",
            "must be the share of each group, such as {'champion': 0.9, 'challenger': 0.1}, not "
            f"{shown(shares)}",
        )
    groups = [_group_name(group, "shares") for group in shares]
    parts = [_share(share, "shares") for share in shares.values()]
    total = math.fsum(parts)
    if abs(total - 1) > ROUNDING:
        raise ArgumentError("shares", f"must add up to 1, and they add up to {total:.10g}")
    ends = [round(math.fsum(parts[: place + 1]) * SLOTS) for place in range(len(parts))]
    bounds = pairwise([0, *ends[:-1], SLOTS])
    return tuple(Range(start, stop, group) for (start, stop), group in zip(bounds, groups, strict=True))


@attrs.frozen
class Split:
    r"""Groups of accounts, such as champion and challenger, by the hash of their keys.

    The group of a key depends on the name of the split, the key and the shares, and on nothing else: it
    is the same on every machine, in every version of Python and in every kind of frame. Splits of
    different names are independent of each other.

    Parameters
    ----------
    name : str
        The name of the split.
    shares : mapping of str to float
        The share of each group; the shares add up to 1.

    Attributes
    ----------
    ranges : tuple of Range
        The ranges of the groups, each with `start`, `stop` and `group`, in billionths.
    shares : dict of str to float
        The share of each group.

    Notes
    -----
    The key as text, after the name and a colon, is encoded as UTF-8 and hashed by SHA-256. The first
    eight hexadecimal digits of the hash, divided by 16\ :sup:`8`, are a number from 0 to 1, and each
    group has one or more ranges of these numbers. A whole number is the same key as its decimal digits:
    17, 17.0 and ``"17"`` are one key, and ``"017"`` and ``"17 "`` are others.

    Examples
    --------
    >>> from collectrisk.validation import Split
    >>> split = Split("letters-2026", {"champion": 0.9, "challenger": 0.1})
    >>> [split.group_of(key) for key in ("A-12", "A-13", "A-14")]
    ['champion', 'challenger', 'champion']
    """

    name: str = attrs.field(converter=_to_name)
    ranges: tuple[Range, ...] = attrs.field(converter=_to_ranges, alias="shares")

    def __repr__(self) -> str:
        return f"Split({self.name!r}, {self.shares})"

    @property
    def shares(self) -> dict[str, float]:
        """The share of each group, in the order in which the groups were added."""
        return {group: slots / SLOTS for group, slots in self._slots().items()}

    def _slots(self) -> dict[str, int]:
        slots: dict[str, int] = {}
        for each in self.ranges:
            slots[each.group] = slots.get(each.group, 0) + each.stop - each.start
        return slots

    def add(self, group: str, share: float, *, taken_from: str | Iterable[str] | None = None) -> Split:
        """Return the split with one more group, which gets accounts of others.

        No account moves between the groups that exist: an account keeps its group or goes to the new
        one. The range of the new group is cut from the ends of the ranges of others.

        Parameters
        ----------
        group : str
            The name of the new group.
        share : float
            Its share of all accounts.
        taken_from : str or iterable of str, optional
            The groups that lose accounts, in proportion to their shares; by default all groups.

        Returns
        -------
        Split
            The new split; the old one does not change.

        Raises
        ------
        ArgumentError
            If the group exists, there is no group to take from, or the others have no share left.

        Examples
        --------
        >>> from collectrisk.validation import Split
        >>> split = Split("letters-2026", {"champion": 0.9, "challenger": 0.1})
        >>> split.add("second", 0.05, taken_from="champion").shares
        {'champion': 0.85, 'second': 0.05, 'challenger': 0.1}
        """
        slots, name = self._slots(), _group_name(group, "group")
        if name in slots:
            why = f"must be a new group, and {name!r} exists; a share that grows would move accounts"
            raise ArgumentError("group", f"{why} between groups")
        sources = self._sources(taken_from)
        taken, available = round(_share(share, "share") * SLOTS), sum(slots[each] for each in sources)
        if taken >= available:
            raise ArgumentError(
                "share",
                f"must be below the share of the groups that it is taken from, {available / SLOTS:.9g}, not "
                f"{shown(share)}",
            )
        ends, before = [], 0
        for each in sources:
            before += slots[each]
            ends.append(taken * before // available)
        lost = dict(zip(sources, np.diff([0, *ends]).tolist(), strict=True))
        ranges: list[Range] = []
        for old in reversed(self.ranges):
            cut = min(lost.get(old.group, 0), old.stop - old.start)
            lost[old.group] = lost.get(old.group, 0) - cut
            parts = Range(old.stop - cut, old.stop, name), Range(old.start, old.stop - cut, old.group)
            ranges.extend(part for part in parts if part.start < part.stop)
        return Split(self.name, tuple(reversed(ranges)))

    def _sources(self, taken_from: Any) -> list[str]:
        groups = list(self.shares)
        if taken_from is None:
            return groups
        try:
            named = [taken_from] if isinstance(taken_from, str) else list(dict.fromkeys(taken_from))
        except TypeError:
            named = [taken_from]
        if not named:
            raise ArgumentError("taken_from", "must name at least one group")
        for each in named:
            refuse_other("taken_from", each, groups)
        return named

    def group_of(self, key: str | int) -> str:
        """Return the group of a key.

        Parameters
        ----------
        key : str or int
            The key of an account.

        Raises
        ------
        ArgumentError
            If it is missing, or neither text nor a whole number.
        """
        if not (text := _text(key)):
            # A key is not shown in an error, because it may identify a borrower.
            raise ArgumentError("key", f"must be text or a whole number, not {_kind(key)}")
        return self._groups[int(self._codes([text])[0])]

    @property
    def _groups(self) -> tuple[str, ...]:
        return tuple(self._slots())

    def _codes(self, keys: list[str]) -> Array:
        """Return the index of each key's group."""
        start = f"{self.name}:"
        # Half of a surrogate pair is text in Python, and has no other encoding.
        encoded = ((start + key).encode("utf-8", "surrogatepass") for key in keys)
        digests = (hashlib.sha256(each).digest()[:4] for each in encoded)
        numbers = np.frombuffer(b"".join(digests), dtype=">u4").astype(np.uint64)
        places = (numbers * np.uint64(SLOTS)) >> np.uint64(32)
        ranges = np.searchsorted([each.start for each in self.ranges[1:]], places, side="right")
        groups = self._groups
        codes: Array = np.array([groups.index(each.group) for each in self.ranges])[ranges]
        return codes

    def attach(self, frame: Any, *, key: str = "borrower_id") -> Any:
        """Add the group of each account to a frame, and the share of the group.

        Parameters
        ----------
        frame : eager frame
            One row per account, in pandas, polars, pyarrow or another library.
        key : str, default "borrower_id"
            The column with the key of each account.

        Returns
        -------
        frame
            The same kind, rows and order, with the columns ``group`` and ``propensity``, which is the
            probability with which the account is in its group. Keep both together with the outcomes:
            they remain what they were when the shares change.

        Raises
        ------
        MissingColumnError
            If there is no such column.
        ColumnNameError
            If the frame has a column of the name of a result.
        ArgumentError
            If keys are missing, or neither text nor whole numbers.
        NotAFrameError
            If the frame is lazy, because keys are hashed in Python.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.validation import Split
        >>> split = Split("letters-2026", {"champion": 0.9, "challenger": 0.1})
        >>> split.attach(pl.DataFrame({"borrower_id": ["A-12", "A-13"]})).rows()
        [('A-12', 'champion', 0.9), ('A-13', 'challenger', 0.1)]
        """
        data = open_frame(frame)
        if isinstance(data, nw.LazyFrame):
            raise NotAFrameError("lazy frame", "its keys are hashed in Python: collect the frame first")
        names = FrameNames.of(data)
        if not isinstance(key, str):
            raise ArgumentError("key", f"must be the name of a column, not {type_name(key)}")
        if key not in names:
            similar = nearest(key, names)
            proposals = () if similar is None else (similar,)
            raise MissingColumnError(key, tuple(names), proposals=proposals)
        clashing = tuple(name for name in (GROUP, PROPENSITY) if name in names)
        if clashing:
            why = "the result would have two columns of this name; rename or drop yours"
            raise ColumnNameError(clashing, why)
        table = open_table(frame)
        codes = self._codes(_texts(table.columns[key].objects(0, table.rows)))
        propensity = np.array(list(self.shares.values()))[codes]
        return attach(data, {GROUP: TextArray(codes, self._groups), PROPENSITY: propensity})

    def compare(
        self,
        frame: Any,
        visited: Any,
        *,
        reference: str | None = None,
        positive: object = None,
        confidence: float = 0.95,
    ) -> SplitComparison:
        """Compare the rates of visits of the groups.

        Parameters
        ----------
        frame : eager frame
            One row per account, with the columns ``group`` and ``propensity`` as `attach` wrote them.
        visited : array, series or list of shape (n_rows,), or str
            Whether each account was visited, or the name of a column, as in `collectrisk.evaluate`.
        reference : str, optional
            The group that the others are compared with; by default the first one.
        positive : object, optional
            The label that means a visit, if labels are not true and false or 1 and 0.
        confidence : float, default 0.95
            The confidence of intervals, between 0 and 1.

        Returns
        -------
        SplitComparison
            The rate of each group, and its difference from the reference.

        Raises
        ------
        ArgumentError
            If a column is missing or has values that are not valid, or no account is in the reference or
            in another group.

        Notes
        -----
        Each account is weighted by the inverse of its propensity: in a time in which the shares
        changed, each group then stands for all accounts of the time. If no shares changed, the weights
        have no effect. The intervals are those of Wilson (1927) for a rate and of Newcombe (1998) for a
        difference. They assume one row per account: several rows of an account are not independent.
        """
        groups = self._groups
        first = groups[0] if reference is None else reference
        refuse_other("reference", first, groups)
        return compare_groups(
            frame, visited, groups, first, positive=positive, confidence=confidence, split=self.name
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the split to a JSON file, completely or not at all.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        ArgumentError
            If the path is not one.
        FileError
            If the file cannot be written. The old file is then unchanged.
        """
        save_record(
            path, "split", {"name": self.name, "ranges": [attrs.asdict(each) for each in self.ranges]}
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Split:
        """Read a split from a JSON file that `save` wrote.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        FileError
            If the file cannot be read, was changed after it was written, or is not valid.
        """
        return load_record(path, "split", _split_in)


def _range_in(data: Any, place: str) -> Range:
    object_in(data, place, {"start", "stop", "group"})
    start, stop = (int(number_in(data[end], f"{place}.{end}")) for end in ("start", "stop"))
    return Range(start, stop, _group_name(text_in(data["group"], f"{place}.group"), place))


def _split_in(data: Any) -> Split:
    object_in(data, "split", {"name", "ranges"})
    ranges = [
        _range_in(each, f"ranges[{place}]") for place, each in enumerate(list_in(data["ranges"], "ranges"))
    ]
    bounds = pairwise([0, *(each.stop for each in ranges)])
    follow = all(each.start == start < stop for each, (start, stop) in zip(ranges, bounds, strict=True))
    if not ranges or ranges[-1].stop != SLOTS or not follow:
        raise InvalidCardError("ranges", f"must follow each other from 0 to {SLOTS}")
    return Split(text_in(data["name"], "name"), tuple(ranges))


def _texts(keys: list[Any]) -> list[str]:
    """Return keys as text."""
    texts = [key if type(key) is str else _text(key) for key in keys]
    wrong = [row for row, text in enumerate(texts) if not text or text.isspace()]
    if wrong:
        kinds = ", ".join(sorted({_kind(keys[row]) for row in wrong}))
        rows = ", ".join(map(str, wrong[:ROWS_SHOWN])) + ", ..." * (len(wrong) > ROWS_SHOWN)
        raise ArgumentError(
            "key",
            f"must be text or a whole number for every account; {len(wrong):,} "
            f"{'is' if len(wrong) == 1 else 'are'} not (rows from 0: {rows}; seen: {kinds})",
        )
    return texts


def _kind(key: object) -> str:
    """Return what a key is that is not valid."""
    return "a missing value" if is_missing(key) or isinstance(key, str) else type_name(key)


def _text(key: Any) -> str:
    """Return a key as text; nothing if it is not valid."""
    if isinstance(key, str):
        return "" if key.isspace() else str(key)
    if is_missing(key) or is_boolean(key) or not is_number(key):
        return ""
    if isinstance(key, (int, np.integer)):
        return str(key) if abs(int(key)) < LARGEST_KEY else ""
    # A larger float stands for several whole numbers; an infinite one, or NaN, is not below the limit.
    limit: Any = LARGEST_EXACT_INTEGER if isinstance(key, (float, np.floating)) else LARGEST_KEY
    return str(int(key)) if abs(key) <= limit and key == key // 1 else ""
