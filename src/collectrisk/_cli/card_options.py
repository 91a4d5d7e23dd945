"""Options that say which scorecard to use, and how it reads a file."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

from pathlib import Path
from typing import Annotated, Any

import attrs
import typer

from collectrisk._files.files import load
from collectrisk._scorers.rules import RuleScorer
from collectrisk._scorers.scorer import Scorer
from collectrisk.mapping import FieldMapping, Mapping

CARD_HELP = "The scorecard file to use, written by collectrisk.save; the rules by default."
MAPPING_HELP = "A mapping from columns to fields; by default, that of the card if it has one."
MAP_HELP = "The column that contains a field; may be repeated. FIELD= means that the file lacks it."

CardOption = Annotated[Path | None, typer.Option("--scorer", metavar="CARD", help=CARD_HELP)]
MappingOption = Annotated[Path | None, typer.Option("--mapping", metavar="TOML", help=MAPPING_HELP)]
MapOption = Annotated[list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=MAP_HELP)]


def scorer_of(card: Path | None) -> Scorer:
    """Return the scorecard of a file, or the rules."""
    return RuleScorer() if card is None else load(card, follow_symlinks=True)


def with_options(mapping: Mapping, columns: dict[str, str], date_format: str | None, **keys: Any) -> Mapping:
    """Return a mapping with the keys of options that were given; a field without a column is absent.

    An option takes precedence over a single value, and adds to a list.
    """
    fields: dict[str, Any] = dict(mapping.fields)
    for field, column in columns.items():
        own = fields.get(field)
        fields[field] = (attrs.evolve(own, columns=column) if own else column) if column else None
    if keys["decimal"] is not None or keys["thousands"] is not None:
        fields = {field: _without_convention(own) for field, own in fields.items()}
    if keys["plausible"]:
        keys["plausible"] = {**mapping.plausible, **keys["plausible"]}
    for several in ("missing", "require"):
        if keys[several]:
            keys[several] = [*getattr(mapping, several), *keys[several]]
    if date_format is not None:
        due = FieldMapping.of(fields.get("days_past_due")) or FieldMapping("days_past_due")
        fields["days_past_due"] = attrs.evolve(due, date=date_format)
    return attrs.evolve(
        mapping, fields=fields, **{name: each for name, each in keys.items() if each not in (None, [])}
    )


def _without_convention(rule: Any) -> Any:
    return attrs.evolve(rule, decimal=None, thousands=None) if isinstance(rule, FieldMapping) else rule
