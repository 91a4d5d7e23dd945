"""A scorer is the same after saving and loading, and a file is written completely or not at all."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cards import (
    GOLDEN,
    GOLDEN_2,
    HAND_MADE,
    RULES,
    SCORERS,
    WITH_MISSING,
    borrower_columns,
    borrowers_in,
    scorecards,
)
from hypothesis import HealthCheck, given, settings

import collectrisk as cr
from collectrisk._files import card_format, json_file
from collectrisk.errors import ArgumentError, CardFileError, FileError

DATA = Path(__file__).parents[1] / "data"
COLUMNS = borrower_columns(100_000)
BORROWERS = borrowers_in(COLUMNS, 500)

each_kind = pytest.mark.parametrize("kind", SCORERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a card may be saved."""
    return tmp_path / "card.json"


def save_and_load(scorer: cr.Scorer, path: Path) -> cr.Scorer:
    cr.save(scorer, path)
    return cr.load(path)


def refused(path: Any, **options: bool) -> str:
    with pytest.raises(CardFileError) as caught:
        cr.load(path, **options)
    return caught.value.why


@each_kind
def test_a_loaded_card_gives_the_same_bits_for_100_000_borrowers(kind: str, path: Path) -> None:
    scorer = SCORERS[kind]()
    before, after = (each.visit_probabilities(COLUMNS) for each in (scorer, save_and_load(scorer, path)))
    assert len(set(before)) > 10_000
    assert np.array_equal(before.view(np.int64), after.view(np.int64))


@each_kind
def test_a_loaded_card_assesses_one_borrower_the_same(kind: str, path: Path) -> None:
    scorer = SCORERS[kind]()
    loaded = save_and_load(scorer, path)
    for borrower in BORROWERS:
        one, other = loaded.assess(borrower), scorer.assess(borrower)
        assert (one.log_odds, one.channel, one.reasons) == (other.log_odds, other.channel, other.reasons)


def test_a_card_with_points_for_missing_values_is_unchanged(path: Path) -> None:
    assert save_and_load(WITH_MISSING, path) == WITH_MISSING


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scorecards())
def test_any_card_is_unchanged(path: Path, card: cr.Scorecard) -> None:
    loaded = save_and_load(card, path)
    assert loaded == card
    # The numbers of a mapping may be integers or floats; they mean the same.
    assert repr(loaded.with_columns(None)) == repr(card.with_columns(None))


@each_kind
def test_saving_again_gives_the_same_file(kind: str, path: Path) -> None:
    loaded = save_and_load(SCORERS[kind](), path)
    text = path.read_bytes()
    cr.save(loaded, path)
    assert path.read_bytes() == text


def test_rules_are_saved_with_their_ladder(path: Path) -> None:
    scorer = cr.RuleScorer(ladder=HAND_MADE.ladder)
    assert save_and_load(scorer, path).ladder == HAND_MADE.ladder


def test_a_blend_of_scorecards_is_saved_with_its_ladder(path: Path) -> None:
    assert save_and_load(SCORERS["blended"](), path).ladder == HAND_MADE.ladder


def test_a_file_has_a_line_for_each_fact(path: Path) -> None:
    """So that a diff shows only what was changed."""
    flag = cr.Flag(label="还款计划", source="A4.3", field="repayment_plan", if_true=-3)
    line = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (90, 0.1)])
    card = cr.Scorecard(
        base=-1, characteristics=[line, flag], ladder=cr.Ladder([(0, "sms"), (0.5, "agency")])
    )
    cr.save(card, path)
    head, card_text = re.split(r'"sha256": "[0-9a-f]{64}",\n', path.read_text(encoding="utf-8"))
    assert head == (
        '{\n  "format": "collectrisk scorecard",\n  "format_version": 2,\n'
        f'  "package_version": "{cr.__version__}",\n  '
    )
    assert card_text == CARD_TEXT


CARD_TEXT = """\
  "scorecard": {
    "base": -1.0,
    "characteristics": [
      {
        "kind": "piecewise_linear",
        "label": "delay",
        "source": "house",
        "field": "days_past_due",
        "knots": [
          [0.0, 0.0],
          [90.0, 0.1]
        ],
        "scale": "linear"
      },
      {
        "kind": "flag",
        "label": "还款计划",
        "source": "A4.3",
        "field": "repayment_plan",
        "if_true": -3.0
      }
    ],
    "ladder": [
      [0.0, "sms"],
      [0.5, "agency"]
    ]
  }
}
"""


def test_one_change_of_a_card_changes_two_lines_of_its_file(path: Path) -> None:
    """The hash, and the line that was changed."""
    cr.save(HAND_MADE, path)
    before = path.read_text(encoding="utf-8").splitlines()
    cr.save(HAND_MADE.with_base(-1.25), path)
    after = path.read_text(encoding="utf-8").splitlines()
    lines = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert lines[1:] == [('    "base": -1.5,', '    "base": -1.25,')]
    assert [line.split(":")[0] for line in lines[0]] == ['  "sha256"', '  "sha256"']


GOLDEN_BORROWERS = {
    "amount_overdue": np.array([0.0, 30_000.0, 5e6, 2500.0]),
    "days_past_due": np.array([0, 540, 30, 90]),
    "attitude": np.array(["unknown", "evasive", "hostile", "cooperative"], dtype=object),
    "failed_messages": np.array([0, 40, 2, 3]),
    "failed_calls": np.array([0, 6, 1, 4]),
    "broken_promises": np.array([0, 1, 9, 2]),
    "repayment_plan": np.array([False, False, True, False]),
    "limit": np.array([0.0, 5.0, np.nan, 20.0]),
}
GOLDEN_PROBABILITIES = [0.0006927187348604954, 0.6407266659778686, 0.001342994394910728, 0.6160424803751658]
BRANCHES = np.array(["north", "south", None, "west"], dtype=object)
GOLDEN_2_PROBABILITIES = [0.40733340004593027, 0.6301143249967511, 0.259225100817846, 0.6132119905063622]


def test_a_card_from_the_first_version_can_still_be_loaded() -> None:
    card = cr.load(DATA / "card-v1.json")
    assert card == GOLDEN
    assert list(card.visit_probabilities(GOLDEN_BORROWERS)) == pytest.approx(GOLDEN_PROBABILITIES, rel=1e-14)


def test_a_card_from_the_second_version_can_still_be_loaded() -> None:
    card = cr.load(DATA / "card-v2.json")
    assert card == GOLDEN_2
    found = card.visit_probabilities({**GOLDEN_BORROWERS, "branch": BRANCHES})
    assert list(found) == pytest.approx(GOLDEN_2_PROBABILITIES, rel=1e-14)


def test_the_card_of_the_second_version_is_still_written_identically(path: Path) -> None:
    cr.save(GOLDEN_2, path)
    written = path.read_text(encoding="utf-8").replace(cr.__version__, "0.1.0", 1)
    assert written == (DATA / "card-v2.json").read_text(encoding="utf-8")


def test_a_card_of_the_first_version_is_written_unchanged_as_one_of_the_newest(path: Path) -> None:
    cr.save(GOLDEN, path)
    written = path.read_text(encoding="utf-8").replace(cr.__version__, "0.1.0", 1)
    older = (DATA / "card-v1.json").read_text(encoding="utf-8")
    assert written == older.replace('"format_version": 1', '"format_version": 2')


def test_an_older_file_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_format, "FORMAT_VERSION", 3)
    monkeypatch.setattr(
        card_format, "MIGRATIONS", {1: lambda data: data, 2: lambda data: {**data, "base": 0}}
    )
    assert cr.load(DATA / "card-v1.json") == GOLDEN.with_base(0)


def test_trusted_makes_no_difference_for_a_card(path: Path) -> None:
    cr.save(HAND_MADE, path)
    assert cr.load(path, trusted=True) == HAND_MADE
    path.write_text("{}", encoding="utf-8")
    assert refused(path, trusted=True).startswith("does not contain a valid card")


def test_only_a_scorer_can_be_saved(path: Path) -> None:
    with pytest.raises(ArgumentError, match="scorer must be a scorer, not a dict"):
        cr.save({}, path)  # type: ignore[arg-type]


def test_a_card_that_would_be_too_large_to_load_is_not_written(path: Path) -> None:
    levels = {f"{number:200}": 0.0 for number in range(10_000)}
    card = cr.Scorecard(base=0, characteristics=[cr.Levels(label="branch", field="branch", levels=levels)])
    with pytest.raises(ArgumentError, match=r"scorer would need [0-9,]+ bytes, and `load` reads"):
        cr.save(card, path)
    assert not path.exists()


def test_a_card_from_data_500_curves_takes_less_than_half_of_the_size_allowed(path: Path) -> None:
    knots = [(12345.678901234567 + at, -0.1234567890123456 * at) for at in range(32)]
    names = [f"characteristic {number}" for number in range(500)]
    curves = [cr.PiecewiseLinear(label=name, field=name, knots=knots) for name in names]
    loaded = save_and_load(cr.Scorecard(base=0, characteristics=curves), path)
    assert isinstance(loaded, cr.Scorecard)
    assert len(loaded.labels) == 500
    assert path.stat().st_size < json_file.MAX_BYTES / 2


def test_a_symbolic_link_is_followed_when_saving_and_on_request_when_loading(path: Path) -> None:
    link = path.with_name("current.json")
    link.symlink_to(path.name)
    cr.save(HAND_MADE, link)
    assert (link.is_symlink(), cr.load(path)) == (True, HAND_MADE)
    assert refused(link).startswith("is a symbolic link; load its target, or pass follow_symlinks")
    assert cr.load(link, follow_symlinks=True) == HAND_MADE


@pytest.mark.parametrize("path", [None, 5, b"card.json", "card\0.json", "", "\ud800"])
def test_an_invalid_path_is_refused(path: Any) -> None:
    for action in (lambda: cr.save(HAND_MADE, path), lambda: cr.load(path)):
        with pytest.raises(ArgumentError) as caught:
            action()
        assert str(caught.value) == f"path must be the path of a file, not {path!r}"


def test_the_error_for_a_file_that_cannot_be_written_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=re.escape(f"{tmp_path}: is a directory; name a file in it")):
        cr.save(HAND_MADE, tmp_path)


KILLED_IN_THE_MIDDLE = """
import os, pathlib, signal, sys
import collectrisk as cr

write_bytes = pathlib.Path.write_bytes

def killed(path, content):
    write_bytes(path, content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.write_bytes = killed
cr.save(cr.RuleScorer(), sys.argv[1])
"""


def test_a_kill_in_the_middle_of_a_save_leaves_the_old_card(path: Path) -> None:
    cr.save(HAND_MADE, path)
    child = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(path)], check=False)
    assert child.returncode == -signal.SIGKILL
    assert cr.load(path) == HAND_MADE
    cr.save(RULES, path)
    assert cr.load(path) == RULES.card


def test_leading_white_space_is_ignored(path: Path) -> None:
    cr.save(HAND_MADE, path)
    path.write_bytes(b" \r\n\t" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert cr.load(path) == HAND_MADE


def test_layout_and_order_of_keys_do_not_matter(path: Path) -> None:
    cr.save(HAND_MADE, path)
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")), sort_keys=True), encoding="utf-8"
    )
    loaded = cr.load(path)
    assert loaded.assess(BORROWERS[0]).visit_probability == HAND_MADE.assess(BORROWERS[0]).visit_probability
