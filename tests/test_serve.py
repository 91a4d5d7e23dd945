"""The service of the how-to guide answers with what the library says, and logs no ids."""

from __future__ import annotations

import doctest
import logging
import sys
import types
from typing import Any

import pytest
from test_docs import FLAGS, PROJECT, python_lines

import collectrisk as cr

pytest.importorskip("fastapi")
pytest.importorskip("httpx")

ACCOUNT: dict[str, Any] = {"amount_overdue": 30_000, "days_past_due": 540, "borrower_id": "secret-id"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the session of the guide after its first request."""
    page = PROJECT / "docs" / "how-to" / "serve-over-http.md"
    session: Any = types.ModuleType("service")
    example = doctest.DocTestParser().get_doctest(python_lines(page), {}, page.name, str(page), 0)
    example.globs = vars(session)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("service"))
        patch.setitem(sys.modules, "service", session)
        doctest.DocTestRunner(optionflags=FLAGS).run(example, clear_globs=False)
    return session


def test_an_answer_has_the_numbers_and_reasons_of_the_scorer(service: Any) -> None:
    answer = service.post(ACCOUNT).json()
    assessment = cr.RuleScorer().assess(cr.Borrower(**ACCOUNT))
    assert (answer["visit_probability"], answer["channel"]) == (
        assessment.visit_probability,
        assessment.channel,
    )
    assert [reason["text"] for reason in answer["reasons"]] == list(map(str, assessment.top_reasons(3)))


def test_no_id_is_logged_and_no_error_contains_one(service: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bodies = [ACCOUNT, {**ACCOUNT, "failed_calls": "6"}, {**ACCOUNT, "borrower_id": ["secret-id"]}]
    answers = [service.post(body) for body in bodies]
    assert [answer.status_code for answer in answers] == [200, 422, 422]
    assert "POST http" in caplog.text
    assert "secret-id" not in caplog.text + "".join(answer.text for answer in answers)
