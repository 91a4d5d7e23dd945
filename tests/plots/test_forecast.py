"""How probable each number of visits is."""

from __future__ import annotations

import numpy as np
import pytest
from plot_baselines import plots

from collectrisk.errors import ArgumentError
from collectrisk.planning import Forecast, forecast_visits


def areas(forecast: Forecast) -> list[float]:
    """Return the area of the grey distribution, of the blue line, and of its filled part."""
    data = [patch.get_data() for patch in plots.forecast(forecast).patches]
    return [float((values * np.diff(edges)).sum()) for values, edges, _ in data]


@pytest.mark.parametrize("accounts", [30, 3_000, 300_000])
def test_the_areas_are_probabilities(accounts: int) -> None:
    """Also where a step is the mean of several numbers of visits."""
    gray, line, filled = areas(forecast_visits([0.02] * accounts, None))
    assert gray == pytest.approx(1, abs=2e-3)
    assert line == pytest.approx(1, abs=2e-3)
    assert 0.88 < filled <= 1


def test_each_number_of_visits_has_a_step_of_its_own_if_there_are_few() -> None:
    forecast = forecast_visits([0.5] * 4, None, spread=0)
    values, edges, _ = plots.forecast(forecast).patches[0].get_data()
    np.testing.assert_allclose(values, np.array([1, 4, 6, 4, 1]) / 16)
    assert edges.tolist() == [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]


def test_the_line_is_at_the_number_that_is_enough() -> None:
    forecast = forecast_visits([0.02] * 3_000, None)
    ax = plots.forecast(forecast)
    assert set(ax.lines[0].get_xdata()) == {forecast.enough_for(0.95)}
    assert f"{forecast.enough_for(0.95)}: enough" in ax.get_legend().get_texts()[2].get_text()


def test_no_accounts_have_no_visits() -> None:
    assert areas(forecast_visits([], None))[0] == pytest.approx(1)


def test_something_else_than_a_forecast_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="forecast must be the result of forecast_visits, not a list"):
        plots.forecast([0.5])
