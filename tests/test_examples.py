"""Every example runs and prints the expected results."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import polars as pl
import pytest

import collectrisk as cr
from collectrisk import history
from collectrisk.history import arrears

PROJECT = Path(__file__).resolve().parents[1]
EXAMPLES = PROJECT / "examples"
PLOTS = sorted(path.name for path in EXAMPLES.glob("plot_*.py"))
DATA = PROJECT.parent / "shared" / "data"
CARD_CLIENTS = "uci_default_credit_card.parquet"
FINES = "traffic_fine_events_half.parquet"
TREASURY_DEBTS = "pgfn_fgts_prev_2020-12_deidentified.parquet"


class Runner:
    """Runs an example as a program and returns its output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, name: str, *arguments: str) -> str:
        path = str(EXAMPLES / name)
        self.monkeypatch.setattr(sys, "argv", [path, *arguments])
        runpy.run_path(path, run_name="__main__")
        output = self.capsys.readouterr().out
        print(output)  # noqa: T201  # pytest -rP shows it
        return output


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    """Return a function that runs an example."""
    return Runner(monkeypatch, capsys)


def require(file: str, source: str) -> None:
    """Skip a test if its data is absent."""
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not in ../shared/data; public source: {source}")


def mix_after(title: str, output: str) -> dict[str, int]:
    """Return the number of accounts of each channel in the table with a title."""
    table = output.partition(title)[2].partition("\n\n")[0]
    rows = re.findall(r"^(\w+(?: score)?) +([\d,]+) +[\d.]+%", table, flags=re.MULTILINE)
    return {channel: int(count.replace(",", "")) for channel, count in rows}


def count_of(label: str, output: str) -> int:
    """Return the number on the line that starts with a label."""
    found = re.search(rf"^ *{label} +([\d,]+)", output, flags=re.MULTILINE)
    assert found, f"no line {label!r}"
    return int(found[1].replace(",", ""))


def test_every_example_is_run_by_a_test_below() -> None:
    """A new example needs a test of its own."""
    tests = Path(__file__).read_text(encoding="utf-8")
    others = [path.name for path in EXAMPLES.glob("*.py") if path.name not in PLOTS]
    untested = [name for name in others if f'run("{name}"' not in tests]
    assert untested == []


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_saved_to_the_first_argument(name: str, run: Runner, tmp_path: Path) -> None:
    """Nothing is printed."""
    figure = tmp_path / "figure.svg"
    assert run(name, str(figure)) == ""
    assert figure.read_text(encoding="utf-8").count("<path") > 20
    plt.close("all")


def test_without_an_argument_a_plot_is_shown(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: shown.extend(plt.get_fignums()))
    assert run("plot_reasons.py") == ""
    assert len(shown) == 1
    plt.close("all")


def test_the_portfolio_file_is_the_output_of_its_script(run: Runner, tmp_path: Path) -> None:
    """Byte for byte, so that the file can be reproduced."""
    file = tmp_path / "copy.csv"
    assert run("make_portfolio.py", str(file)) == "wrote 1,000 accounts to copy.csv\n"
    assert file.read_bytes() == (EXAMPLES / "portfolio.csv").read_bytes()


def test_the_portfolio_file_has_a_simple_format() -> None:
    """Amounts have two decimals, booleans are true or false, and no field is quoted or empty."""
    header, *rows = (EXAMPLES / "portfolio.csv").read_text(encoding="utf-8").splitlines()
    assert header.split(",") == cr.simulate_portfolio(0, backend="polars").columns
    line = re.compile(r"B\d{7},\d+\.\d\d,\d+,[a-z]+,\d+,\d+,\d+,(true|false),(true|false),[a-z_]+")
    assert [row for row in rows if not line.fullmatch(row)] == []
    assert len(rows) == 1_000


def test_the_portfolio_file_can_be_scored_unchanged() -> None:
    """Every channel of the ladder occurs."""
    scored = cr.RuleScorer().assess_frame(pl.read_csv(EXAMPLES / "portfolio.csv"))
    channels = {channel.value for channel in cr.DEFAULT_LADDER.channels}
    assert set(scored["channel"].to_list()) == channels


def test_score_portfolio_prints_the_channels_and_the_highest_probabilities(run: Runner) -> None:
    """The counts of the channels add up to the portfolio, and three accounts have reasons."""
    output = run("score_portfolio.py")
    mix = mix_after("channel", output)
    assert mix.pop("all") == sum(mix.values()) == 10_000
    assert len(re.findall(r"^B\d{7}  [\d.]+%  [\w ]+, [\w ]+, [\w ]+$", output, flags=re.MULTILINE)) == 3


def test_custom_scorer_gives_one_borrower_and_its_row_the_same_score(run: Runner) -> None:
    """The expected value is logistic(-4 + 0.02 * 120 + 1.2) = 0.4013."""
    output = run("custom_scorer.py")
    (alone,) = re.findall(r"^one borrower: (.+)$", output, flags=re.MULTILINE)
    (in_frame,) = re.findall(r"^120 days, 3 broken promises: (.+)$", output, flags=re.MULTILINE)
    assert alone == in_frame
    assert alone.startswith("0.4013 -> ")


def test_row_scorer_scores_a_borrower_and_a_portfolio_and_rejects_a_lazy_frame(run: Runner) -> None:
    """For a hostile borrower the expected value is 120 days / 100 days / 10 = 0.12."""
    output = run("row_scorer.py")
    assert "one borrower: 0.1200\n" in output
    means = dict(re.findall(r"^(\w+) +(0\.\d{4})$", output, flags=re.MULTILINE))
    assert set(means) == {attitude.value for attitude in cr.Attitude}
    assert max(means, key=lambda attitude: float(means[attitude])) == "hostile"
    assert "collect the frame first, or write the formula with xp as a Scorer" in output


def test_estimator_scorer_passes_the_checks_and_ranks_the_visits(run: Runner) -> None:
    """At random, 5% of the accounts would contain 5% of the visits."""
    output = run("estimator_scorer.py")
    assert output.startswith("the model passes all checks for scorers\n")
    shares = dict(re.findall(r"^(\w+) +(\d+)% of the visits", output, flags=re.MULTILINE))
    assert set(shares) == {"rules", "model", "blend"}
    assert all(int(share) > 40 for share in shares.values())


def test_card_clients_are_scored(run: Runner) -> None:
    """All 30,000 get a score; 6,818 are late, and without failed attempts none gets a visit."""
    require(CARD_CLIENTS, "UCI Machine Learning Repository, https://doi.org/10.24432/C55S3H")
    output = run("card_clients.py", str(DATA))
    assert count_of("rows scored", output) == 30_000
    assert count_of("invalid rows", output) == 0
    assert count_of("late clients", output) == 6_818
    recorded = mix_after("All clients", output)
    assert recorded.pop("all") == sum(recorded.values()) == 30_000
    assert "field_visit" not in recorded
    for title in ("Late clients, with", "Late clients, if"):
        mix = mix_after(title, output)
        assert mix.pop("all") == sum(mix.values()) == 6_818
    assert output.count("The probability that this account goes on to an in-person visit is") == 3


def test_treasury_debts_are_scored_and_invalid_rows_are_named(run: Runner) -> None:
    """Of 154,213 rows, 84 have a negative age and 59 an implausible one; they are not repaired."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data, https://www.gov.br/pgfn")
    output = run("treasury_debts.py", str(DATA))
    assert count_of("rows read", output) == 154_213
    assert count_of("rows scored", output) == 154_070
    assert count_of("invalid rows", output) == 143
    assert (
        "column 'days_since_registration' must be known, and a whole number from 0 to 36,525; "
        "143 invalid rows" in output
    )
    assert "   143  days_since_registration must be known" in output
    assert "    59  of them are older than a hundred years" in output
    for title in ("With the recorded facts", "If 5 messages"):
        mix = mix_after(title, output)
        assert mix.pop("all") == sum(mix.values()) == 154_213
        assert mix["no score"] == 143
    assert output.count("The probability that this account goes on to an in-person visit is") == 3


@pytest.mark.parametrize("name", ["card_clients.py", "treasury_debts.py"])
def test_without_the_data_an_example_names_the_public_source(name: str, run: Runner, tmp_path: Path) -> None:
    """It prints one line, and does not fail."""
    output = run(name, str(tmp_path))
    assert re.fullmatch(r".+\.parquet is not in .+, so nothing was scored\. Public source: .+\.\n", output)


def figures_after(name: str, output: str) -> list[float]:
    """Return the figures in the table row with a name."""
    row = re.search(rf"^{re.escape(name)} +(.+)$", output, flags=re.MULTILINE)
    assert row is not None, name
    return [float(figure) for figure in row[1].split() if figure != "-"]


def test_card_defaults_are_fitted_and_compared_with_other_models(run: Runner) -> None:
    """With a part of the clients, for speed."""
    require(CARD_CLIENTS, "UCI Machine Learning Repository")
    output = run("fit_card_default.py", "--rows", "2000")
    ours = figures_after("collectrisk LogisticScorer", output)
    plain = figures_after("scikit-learn LogisticRegression", output)
    assert ours[0] > plain[0]
    assert ours[1] < plain[1]


def test_treasury_debts_are_fitted_by_state(run: Runner) -> None:
    """With a part of the debts, for speed."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("fit_treasury_debts.py", "--rows", "3000")
    within, pooled, brier = figures_after("collectrisk LogisticScorer", output)
    plain = figures_after("scikit-learn LogisticRegression", output)
    assert within > plain[0]
    assert pooled > plain[1]
    assert brier < plain[2]


def test_an_old_model_is_adapted_to_a_new_portfolio(run: Runner) -> None:
    """With one state and one draw, for speed."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("new_portfolio.py", "--draws", "1", "AM")
    unchanged, pooled, adapted = figures_after("     0", output)
    assert adapted == unchanged
    assert pooled > 0
    for labels in ("   300", "  1000"):
        *others, adapted = figures_after(labels, output)
        assert len(others) == 4
        assert adapted < min(others)


def test_todays_list_has_those_who_get_a_call_or_more(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page for the manager is in both languages; an account with nothing overdue is left out."""

    def with_a_paid_account(*arguments: Any, **options: Any) -> pl.DataFrame:
        due: pl.DataFrame = arrears(*arguments, **options)
        return pl.concat([due, due.head(1).with_columns(account_id=pl.lit("PAID"), amount_overdue=0.0)])

    monkeypatch.setattr(history, "arrears", with_a_paid_account)
    today, page = tmp_path / "today.csv", tmp_path / "page.html"
    output = run("todays_list.py", str(today), str(page))
    listed = pl.read_csv(today)
    assert f"Today's list has {len(listed)} accounts." in output
    counts = dict(listed["planned_channel"].value_counts().iter_rows())
    assert counts == {"field_visit": 10, "agency": 20, "phone_call": 150}
    assert listed["planned_channel"].rle_id().max() == 2
    assert listed["planned_channel"][0] == "field_visit"
    assert listed["reason_1"].null_count() == 0
    assert "Not field visit: it would gain" in output
    assert "Not phone call, because it is forbidden (blocked_by: US-1006.14b-after-conversation; " in output
    assert "Accounts whose recommended channel is forbidden: 155." in output
    text = page.read_text(encoding="utf-8")
    assert "Plan for 3,000 accounts" in text
    assert "3,000个账户的计划" in text
    assert "<script" not in text


def test_the_number_of_debts_that_a_new_state_sues_for_is_forecast(run: Runner) -> None:
    """With two states, for speed."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("forecast_treasury_debts.py", "AM", "TO")
    assert "* contains the number of debts that were sued: 2 and 1 of 2" in output


def test_the_escalation_of_fines_is_fitted_and_evaluated_on_later_months(run: Runner) -> None:
    """With a part of the fines, for speed."""
    require(FINES, "https://doi.org/10.4121/uuid:270fd440-1057-4fb9-89a9-b699b47990f5")
    output = run("escalation.py", "--fines", "12000")
    assert "known until 2013-06-18 00:00" in output
    one, two = output.split("Sent within 730 days?")
    for part in (one.partition("Sent within 365 days?")[2], two):
        assert part.count("%  ") >= 5
        for name in (
            "collectrisk RuleScorer",
            "collectrisk LogisticScorer",
            "scikit-learn LogisticRegression",
        ):
            assert (
                len(re.findall(rf"^{name} +0\.\d+ +0\.\d+ +[\d.]+% +[\d.]+% +0\.\d+$", part, re.MULTILINE))
                == 1
            )
    within = [float(row) for row in re.findall(r"^\S+ \S+ +0\.\d+ +(0\.\d+)", two, re.MULTILINE)]
    rules, ours, _ = within
    assert ours > max(rules, 0.5)


@pytest.mark.exhaustive
def test_validation_reports_of_public_data_are_written_in_both_languages(run: Runner, tmp_path: Path) -> None:
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("validate_public_data.py", "--output", str(tmp_path))
    aucs = [float(auc) for auc in re.findall(r"AUC (0\.\d+) \(", output)]
    assert aucs == pytest.approx([0.787, 0.778, 0.875, 0.875, 0.675], abs=0.005)
    page = (tmp_path / "debts_taken_to_court.html").read_text(encoding="utf-8")
    assert "<h1>Validation of debts taken to court</h1>" in page
    assert "已知局限" in (tmp_path / "credit_card_defaults.zh.html").read_text(encoding="utf-8")


FITS = [
    "escalation.py",
    "fit_card_default.py",
    "fit_treasury_debts.py",
    "forecast_treasury_debts.py",
    "new_portfolio.py",
    "validate_public_data.py",
]


@pytest.mark.parametrize("name", FITS)
def test_without_its_data_a_fit_names_the_public_source(name: str, run: Runner, tmp_path: Path) -> None:
    assert "Public source: " in run(name, "--folder", str(tmp_path))


def test_with_few_labels_the_rules_improve_a_fit(run: Runner) -> None:
    """With three true models, for speed; the default of the example is fifty."""
    output = run("small_data.py", "--seeds", "3", "--labels", "300")
    right, wrong = output.split("with a wrong prior")
    rules, regression, fitted = figures_after("     300", right)
    assert fitted < min(rules, regression)
    rules, regression, fitted = figures_after("     300", wrong)
    assert fitted < rules / 5
