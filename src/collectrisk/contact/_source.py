"""The content of rule files, as TOML."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.contact._entry import Entry
from collectrisk.errors import InvalidRuleError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

TABLES = ("jurisdiction", "product", "fact", "instrument", "rule")


@attrs.frozen
class RuleFile:
    """A file of rules.

    Attributes
    ----------
    name : str
        Its name.
    as_of : date or None
        The day up to which its content was researched.
    sha256 : str
        The hash of its content.
    """

    name: str
    as_of: dt.date | None
    sha256: str


@attrs.frozen
class Source:
    """The content of a rule file, as TOML."""

    file: RuleFile
    data: dict[str, Any]

    @classmethod
    def parse(cls, name: str, content: bytes) -> Source:
        """Return the content of a file, or raise `InvalidRuleError`."""
        try:
            data = tomllib.loads(content.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InvalidRuleError(name, "", "", f"is not a TOML file: {error}") from None
        entry = Entry(name, "", data)
        as_of = entry.day("as_of")
        for table in TABLES:
            if table in entry and not isinstance(data[table], list if table in TABLES[-2:] else dict):
                raise entry.error(
                    table, "must be " + ("tables in double brackets" if table in TABLES[-2:] else "a table")
                )
        entry.finish()
        return cls(RuleFile(name, as_of, hashlib.sha256(content).hexdigest()), data)

    def entries(self, table: str) -> Iterable[tuple[str, Entry]]:
        """Yield the entries of a table with their names."""
        found = self.data.get(table, {})
        if isinstance(found, dict):
            yield from (
                (name, Entry(self.file.name, f"{table} {name!r}", each)) for name, each in found.items()
            )
        else:
            for place, each in enumerate(found):
                entry = Entry(self.file.name, f"{table} {place + 1}", each)
                name = entry.text("id")
                entry.name = f"{table} {name!r}"
                yield name, entry
