"""``collectrisk explain``: its options are the borrower's fields, each written once in `Borrower`."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from collectrisk._fields import ChoiceValidator, FieldSpec, FlagValidator, NumberValidator, field_specs
from collectrisk.errors import CardFileError

if TYPE_CHECKING:
    from collectrisk._borrower import Borrower
    from collectrisk._scorers.scorer import Scorer


def with_field_options(command: Any, borrower_type: type[Borrower]) -> Any:
    """Give a command that takes ``**fields`` one option for each field of a borrower class."""
    own = [p for p in inspect.signature(command).parameters.values() if p.kind is not p.VAR_KEYWORD]
    fields = [
        _option(spec, borrower_type) for spec in field_specs(borrower_type).values() if not spec.private
    ]
    parameters = [*fields, *own]
    command.__signature__ = inspect.Signature(parameters)
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def refuse_fields_without_option(scorer: Scorer, borrower_type: type[Borrower], card: str) -> None:
    """Raise `CardFileError` for a card that reads what no option of the command can say."""
    unknown = [name for name in scorer.fields or () if name not in field_specs(borrower_type)]
    if unknown:
        names = ", ".join(map(repr, unknown))
        why = f"reads {names}, for which there is no option; score a file with these columns"
        raise CardFileError(card, why)


def _option(spec: FieldSpec, borrower_type: type[Borrower]) -> inspect.Parameter:
    # The name alone: a flag needs no second option that says no.
    option = typer.Option(f"--{spec.name.replace('_', '-')}", help=_meaning(spec.name, borrower_type))
    return inspect.Parameter(
        spec.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if spec.required else spec.default,
        annotation=Annotated[cast("Any", _kind(spec)), option],
    )


def _kind(spec: FieldSpec) -> type:
    """Return the Python type as which the shell's text is read."""
    rule = spec.validator
    if isinstance(rule, NumberValidator):
        return int if rule.integer else float
    if isinstance(rule, ChoiceValidator):
        return rule.choices
    return bool if isinstance(rule, FlagValidator) else str


def _meaning(field: str, borrower_type: type[Borrower]) -> str:
    """Return what the class's docstring says of a field, without the source."""
    found = re.search(rf"^{field} : .*\n((?:    .+\n?)+)", inspect.getdoc(borrower_type) or "", re.MULTILINE)
    text = " ".join(found[1].split()) if found else ""
    return re.split(r" (?:Source: |House\.)", text)[0]
