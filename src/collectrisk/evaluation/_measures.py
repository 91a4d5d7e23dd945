"""Everything that is measured on one set of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

from collectrisk.evaluation._calibration import (
    CalibrationBin,
    bins_of,
    calibration_line,
    decompose,
    described,
    shift_of_log_odds,
)
from collectrisk.evaluation._intervals import auc_interval, influence_on_auc, rate_interval
from collectrisk.evaluation._ranking import area_under_curve, kolmogorov_smirnov

if TYPE_CHECKING:
    from collectrisk._channel import Channel, Ladder
    from collectrisk._typing import Array, Interval


@attrs.frozen(kw_only=True)
class ChannelShare:
    """What one channel of the ladder gets.

    Attributes
    ----------
    channel : Channel
        The channel.
    least : float
        The visit probability from which it is used.
    accounts : int
        How many accounts get it.
    expected_visits : float
        The sum of their visit probabilities.
    visits : int
        How many of them were visited.
    share_of_accounts, share_of_expected_visits, share_of_visits : float or None
        The same as shares of all channels together; None where there are none to share.
    """

    channel: Channel
    least: float
    accounts: int
    expected_visits: float
    visits: int
    share_of_accounts: float
    share_of_expected_visits: float | None
    share_of_visits: float | None


@attrs.frozen(kw_only=True)
class Measures:
    """What was measured on one set of accounts: all of them, or one portfolio.

    A figure is None where the accounts do not define it: an AUC needs both classes, for example.

    Attributes
    ----------
    accounts : int
        How many accounts.
    visits : int
        How many of them were visited.
    observed_rate : float
        The share that was visited.
    observed_rate_interval : (float, float)
        Its interval, by Wilson (1927).
    expected_rate : float
        The mean visit probability.
    auc : float or None
        The probability that an account that was visited ranks above one that was not.
    auc_interval : (float, float) or None
        Its interval: the variance of DeLong, DeLong and Clarke-Pearson (1988), taken on the log-odds
        of the AUC so that it stays within 0 to 1. None with fewer than two accounts of a class, and
        for an AUC of 0 or 1, where that variance says nothing.
    gini : float or None
        2 AUC - 1.
    ks : float or None
        Kolmogorov-Smirnov: the largest distance between the two classes' distributions.
    brier : float
        The mean squared difference between probability and outcome.
    reliability, resolution, uncertainty : float
        The parts of the Brier score: brier = reliability - resolution + uncertainty, exactly.
        Taken in `bins` (Murphy 1973); what happens inside a bin counts to the resolution
        (Stephenson, Coelho and Jolliffe 2008).
    log_loss : float
        The mean negative log-likelihood of an account's outcome. A probability of 0 or 1 counts as
        2.2e-16 or as that much below 1, in the three figures below too.
    calibration_in_the_large : float or None
        What to add to every log-odds to make the expected rate the observed one. 0 is best; above 0
        the visit probabilities are too low. None where all accounts had the same outcome, or every
        probability is so near 0 or 1 that a level further up or down expects the same visits.
    calibration_intercept, calibration_slope : float or None
        The logistic regression of the outcome on the log-odds (Cox 1958), unpenalised. 0 and 1 are
        best; a slope below 1 says that high probabilities are too high and low ones too low. None
        where the classes do not overlap or all probabilities are the same.
    expected_calibration_error : float
        The mean distance between expected and observed rate of the `bins`.
    bins : tuple of CalibrationBin
        Expected and observed rates from the lowest probabilities to the highest. The bins hold about
        equally many accounts; accounts of the same probability stay together.
    channels : tuple of ChannelShare
        What each channel of the ladder gets, from light to heavy.
    """

    accounts: int
    visits: int
    observed_rate: float
    observed_rate_interval: Interval
    expected_rate: float
    auc: float | None
    auc_interval: Interval | None
    gini: float | None
    ks: float | None
    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    log_loss: float
    calibration_in_the_large: float | None
    calibration_intercept: float | None
    calibration_slope: float | None
    expected_calibration_error: float
    bins: tuple[CalibrationBin, ...] = attrs.field(repr=False)
    channels: tuple[ChannelShare, ...] = attrs.field(repr=False)


def measure(visited: Array, probability: Array, ladder: Ladder, confidence: float, bins: int) -> Measures:
    """Return everything that is measured on some accounts."""
    visits = int(visited.sum())
    return Measures(
        accounts=len(visited),
        visits=visits,
        observed_rate=float(visited.mean()),
        observed_rate_interval=rate_interval(visits, len(visited), confidence),
        expected_rate=float(probability.mean()),
        **_ranking(visited, probability, confidence),
        **_losses(visited, probability),
        **_calibration(visited, probability),
        **_in_bins(visited, probability, bins),
        channels=_channels(visited, probability, ladder),
    )


def _ranking(visited: Array, probability: Array, confidence: float) -> dict[str, Any]:
    auc, interval = area_under_curve(visited, probability), None
    if auc is not None:
        influence = influence_on_auc(visited, probability, [np.arange(len(visited))], auc)
        interval = auc_interval(auc, influence, visited, confidence)
    return {
        "auc": auc,
        "auc_interval": interval,
        "gini": None if auc is None else 2 * auc - 1,
        "ks": kolmogorov_smirnov(visited, probability),
    }


def _losses(visited: Array, probability: Array) -> dict[str, Any]:
    return {
        "brier": float(brier_score_loss(visited, probability, pos_label=True)),
        "log_loss": float(log_loss(visited, probability, labels=[False, True])),
    }


def _calibration(visited: Array, probability: Array) -> dict[str, Any]:
    intercept, slope = calibration_line(visited, probability) or (None, None)
    return {
        "calibration_in_the_large": shift_of_log_odds(visited, probability),
        "calibration_intercept": intercept,
        "calibration_slope": slope,
    }


def _in_bins(visited: Array, probability: Array, count: int) -> dict[str, Any]:
    members = bins_of(probability, count)
    reliability, resolution, uncertainty = decompose(visited, probability, members)
    bins = tuple(described(visited[rows], probability[rows]) for rows in members)
    gaps = [each.accounts * abs(each.observed_rate - each.expected_rate) for each in bins]
    return {
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "expected_calibration_error": sum(gaps) / len(visited),
        "bins": bins,
    }


def _channels(visited: Array, probability: Array, ladder: Ladder) -> tuple[ChannelShare, ...]:
    places = np.searchsorted(ladder.cuts, probability, side="right") - 1
    count, size = len(visited), len(ladder.rungs)
    accounts = np.bincount(places, minlength=size).tolist()
    expected = np.bincount(places, probability, size).tolist()
    visits = np.bincount(places[visited], minlength=size).tolist()
    return tuple(
        ChannelShare(
            channel=rung.channel,
            least=rung.least,
            accounts=accounts[place],
            expected_visits=expected[place],
            visits=visits[place],
            share_of_accounts=accounts[place] / count,
            share_of_expected_visits=_share(expected[place], sum(expected)),
            share_of_visits=_share(visits[place], sum(visits)),
        )
        for place, rung in enumerate(ladder.rungs)
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
