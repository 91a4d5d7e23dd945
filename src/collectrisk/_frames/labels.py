"""Labels of two classes: which of them means a visit."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from collectrisk._fields import is_missing
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


def visit_class(classes: Sequence[Any], positive: object, argument: str) -> Any:
    """Return the label that means a visit, or raise if the labels do not determine it.

    It is true among booleans, and 1 among 0 and 1 or -1 and 1. All other labels need `positive`:
    the order of texts, or of codes such as 1 and 2, says nothing about what they mean.

    Parameters
    ----------
    classes : sequence
        The distinct labels.
    positive : object
        The label that means a visit, or None.
    argument : str
        The name of the argument with the labels, for error messages.

    Raises
    ------
    ArgumentError
        If there are more than two labels, or `positive` is not one of the two, or is needed.
    """
    each = sorted(shown(label, 20) for label in classes[:10])
    labels = ", ".join(each)
    if len(classes) > 2:
        raise ArgumentError(argument, f"must have two classes, not {len(classes):,}: {labels}")
    if positive is None:
        if set(classes) <= {0, 1} or set(classes) == {-1, 1}:
            return 1
        raise ArgumentError(
            argument,
            f"must be true and false, 1 and 0, or 1 and -1, not {labels}; for other labels, pass the one "
            f"that means a visit: {' or '.join(f'positive={label}' for label in each)}",
        )
    # Values without a truth value, such as arrays, cannot be compared with labels.
    is_label = isinstance(positive, Hashable) and not is_missing(positive)
    if not is_label or (positive not in classes and len(classes) == 2):
        raise ArgumentError("positive", f"must be one of the two classes, {labels}, not {shown(positive)}")
    return positive
