"""Every example runs, and says what it should."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import polars as pl
import pytest

import collectrisk as cr

PROJECT = Path(__file__).resolve().parents[1]
EXAMPLES = PROJECT / "examples"
PICTURES = sorted(path.name for path in EXAMPLES.glob("plot_*.py"))
DATA = PROJECT.parent / "shared" / "data"
CARD_CLIENTS = "uci_default_credit_card.parquet"
TREASURY_DEBTS = "pgfn_fgts_prev_2020-12_deidentified.parquet"


class Runner:
    """Runs an example as its own program and returns what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, name: str, *arguments: str) -> str:
        path = str(EXAMPLES / name)
        self.monkeypatch.setattr(sys, "argv", [path, *arguments])
        runpy.run_path(path, run_name="__main__")
        output = self.capsys.readouterr().out
        print(output)  # noqa: T201  # pytest -rP shows what came out
        return output


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    """Return a function that runs an example."""
    return Runner(monkeypatch, capsys)


def require(file: str, source: str) -> None:
    """Skip a test whose data is not there."""
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not in ../shared/data; public source: {source}")


def mix_after(title: str, output: str) -> dict[str, int]:
    """Return how many accounts each channel has in the table under a title."""
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
    others = [path.name for path in EXAMPLES.glob("*.py") if path.name not in PICTURES]
    untested = [name for name in others if f'run("{name}"' not in tests]
    assert untested == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_saved_where_the_first_argument_says(name: str, run: Runner, tmp_path: Path) -> None:
    """In seconds, offline, and with nothing printed."""
    picture = tmp_path / "picture.svg"
    assert run(name, str(picture)) == ""
    assert picture.read_text(encoding="utf-8").count("<path") > 20
    plt.close("all")


def test_without_an_argument_a_picture_is_shown(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: shown.extend(plt.get_fignums()))
    assert run("plot_reasons.py") == ""
    assert len(shown) == 1
    plt.close("all")


def test_the_portfolio_file_is_what_its_script_makes(run: Runner, tmp_path: Path) -> None:
    """To the byte, so the file can be made again anywhere."""
    made = tmp_path / "made.csv"
    assert run("make_portfolio.py", str(made)) == "wrote 1,000 accounts to made.csv\n"
    assert made.read_bytes() == (EXAMPLES / "portfolio.csv").read_bytes()


def test_the_portfolio_file_is_easy_to_read() -> None:
    """Amounts have two decimals, flags are true or false, and no field is quoted or empty."""
    header, *rows = (EXAMPLES / "portfolio.csv").read_text(encoding="utf-8").splitlines()
    assert header.split(",") == cr.simulate_portfolio(0, backend="polars").columns
    line = re.compile(r"B\d{7},\d+\.\d\d,\d+,[a-z]+,\d+,\d+,\d+,(true|false),(true|false),[a-z_]+")
    unlike = [row for row in rows if not line.fullmatch(row)]
    assert unlike == []
    assert len(rows) == 1_000


def test_the_portfolio_file_scores_as_it_is() -> None:
    """Nothing needs to be mapped or mended, and every channel of the ladder turns up."""
    scored = cr.RuleScorer().assess_frame(pl.read_csv(EXAMPLES / "portfolio.csv"))
    channels = {channel.value for channel in cr.DEFAULT_LADDER.channels}
    assert set(scored["channel"].to_list()) == channels


def test_score_portfolio_prints_the_channel_mix_and_the_likeliest_visits(run: Runner) -> None:
    """The channels add up to the portfolio, and three accounts follow with reasons."""
    output = run("score_portfolio.py")
    mix = mix_after("channel", output)
    assert mix.pop("all") == sum(mix.values()) == 10_000
    assert len(re.findall(r"^B\d{7}  [\d.]+%  [\w ]+, [\w ]+, [\w ]+$", output, flags=re.MULTILINE)) == 3


def test_custom_scorer_gives_one_borrower_and_its_row_the_same_score(run: Runner) -> None:
    """By hand: logistic(-4 + 0.02 * 120 + 1.2) is 0.4013."""
    output = run("custom_scorer.py")
    (alone,) = re.findall(r"^one borrower: (.+)$", output, flags=re.MULTILINE)
    (in_frame,) = re.findall(r"^120 days, 3 broken promises: (.+)$", output, flags=re.MULTILINE)
    assert alone == in_frame
    assert alone.startswith("0.4013 -> ")


def test_row_scorer_scores_a_borrower_and_a_portfolio_and_names_the_ways_out(run: Runner) -> None:
    """By hand: a hostile borrower's patience is 100 days, so 120 days use up 0.12 of ten times that."""
    output = run("row_scorer.py")
    assert "one borrower: 0.1200\n" in output
    means = dict(re.findall(r"^(\w+) +(0\.\d{4})$", output, flags=re.MULTILINE))
    assert set(means) == {attitude.value for attitude in cr.Attitude}
    assert max(means, key=lambda attitude: float(means[attitude])) == "hostile"
    assert "collect the frame first, or write the formula with xp as a Scorer" in output


def test_estimator_scorer_keeps_its_promises_and_finds_most_visits(run: Runner) -> None:
    """A twentieth of the accounts, chosen at random, would hold a twentieth of the visits."""
    output = run("estimator_scorer.py")
    assert output.startswith("the model keeps every promise of a scorer\n")
    shares = dict(re.findall(r"^(\w+) +(\d+)% of the visits", output, flags=re.MULTILINE))
    assert set(shares) == {"rules", "model", "blend"}
    assert all(int(share) > 40 for share in shares.values())


def test_card_clients_are_scored_end_to_end(run: Runner) -> None:
    """All 30,000 get a score; 6,818 are behind, and visits need failed attempts first."""
    require(CARD_CLIENTS, "UCI Machine Learning Repository, https://doi.org/10.24432/C55S3H")
    output = run("card_clients.py", str(DATA))
    assert count_of("rows scored", output) == 30_000
    assert count_of("invalid rows", output) == 0
    assert count_of("behind with a payment", output) == 6_818
    recorded = mix_after("Every client", output)
    assert recorded.pop("all") == sum(recorded.values()) == 30_000
    assert "field_visit" not in recorded
    for title in ("Those behind, by", "Those behind, had"):
        mix = mix_after(title, output)
        assert mix.pop("all") == sum(mix.values()) == 6_818
    assert output.count("The probability that this account goes on to an in-person visit is") == 3


def test_treasury_debts_are_scored_end_to_end_and_their_dirt_is_named(run: Runner) -> None:
    """Of 154,213 rows, 84 have an age below zero: refused, or left without a score, never mended."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data, https://www.gov.br/pgfn")
    output = run("treasury_debts.py", str(DATA))
    assert count_of("rows read", output) == 154_213
    assert count_of("rows scored", output) == 154_129
    assert count_of("invalid rows", output) == 84
    assert "column 'days_since_registration' must be known, and a whole number, 0 or more; 84 rows" in output
    assert "    84  days_since_registration must be known" in output
    assert "    59  older than a hundred years" in output
    for title in ("By what is recorded", "Had "):
        mix = mix_after(title, output)
        assert mix.pop("all") == sum(mix.values()) == 154_213
        assert mix["no score"] == 84
    assert output.count("The probability that this account goes on to an in-person visit is") == 3


@pytest.mark.parametrize("name", ["card_clients.py", "treasury_debts.py"])
def test_without_the_data_an_example_names_the_public_source(name: str, run: Runner, tmp_path: Path) -> None:
    """It says so in one line and ends well."""
    output = run(name, str(tmp_path))
    assert re.fullmatch(r".+\.parquet is not in .+, so nothing was scored\. Public source: .+\.\n", output)


def figures_after(name: str, output: str) -> list[float]:
    """Return the figures in the table row of a name."""
    row = re.search(rf"^{re.escape(name)} +(.+)$", output, flags=re.MULTILINE)
    assert row is not None, name
    return [float(figure) for figure in row[1].split() if figure != "-"]


def test_card_defaults_are_fitted_beside_other_models(run: Runner) -> None:
    """On a part of the clients; the example itself takes them all."""
    require(CARD_CLIENTS, "UCI Machine Learning Repository")
    output = run("fit_card_default.py", "--rows", "2000")
    ours = figures_after("collectrisk LogisticScorer", output)
    plain = figures_after("scikit-learn LogisticRegression", output)
    assert ours[0] > plain[0]
    assert ours[1] < plain[1]


def test_treasury_debts_are_fitted_state_by_state(run: Runner) -> None:
    """On a part of the debts; the example itself takes them all."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("fit_treasury_debts.py", "--rows", "3000")
    within, pooled, brier = figures_after("collectrisk LogisticScorer", output)
    plain = figures_after("scikit-learn LogisticRegression", output)
    assert within > plain[0]
    assert pooled > plain[1]
    assert brier < plain[2]


def test_an_old_model_is_adapted_to_a_new_portfolio(run: Runner) -> None:
    """On one state and one draw; the example itself takes all states."""
    require(TREASURY_DEBTS, "Procuradoria-Geral da Fazenda Nacional, open data")
    output = run("new_portfolio.py", "--draws", "1", "AM")
    as_it_is, pooled, adapted = figures_after("     0", output)
    assert adapted == as_it_is
    assert pooled > 0
    assert figures_after("   300", output)[3] < min(figures_after("   300", output)[:3])


@pytest.mark.parametrize("name", ["fit_card_default.py", "fit_treasury_debts.py", "new_portfolio.py"])
def test_without_its_data_an_example_says_where_they_are(name: str, run: Runner, tmp_path: Path) -> None:
    assert "Public source: " in run(name, "--folder", str(tmp_path))


def test_a_few_labels_are_worth_more_beside_the_rules(run: Runner) -> None:
    """On a few truths; the example itself takes fifty."""
    output = run("small_data.py", "--seeds", "3", "--labels", "300")
    right, wrong = output.split("wrong throughout")
    rules, regression, fitted = figures_after("     300", right)
    assert fitted < min(rules, regression)
    rules, regression, fitted = figures_after("     300", wrong)
    assert fitted < rules / 5
