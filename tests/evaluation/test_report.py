"""The base class of reports."""

from __future__ import annotations

import pytest

from collectrisk.evaluation._report import Report


def test_a_subclass_must_define_the_tables() -> None:
    with pytest.raises(NotImplementedError):
        Report().to_html()
