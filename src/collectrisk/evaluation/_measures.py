"""The measures of one set of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.evaluation._calibration import (
    calibration_in_the_large,
    calibration_line,
    decompose_brier,
    quantile_bins,
)
from collectrisk.evaluation._intervals import auc_interval, influence_on_auc, rate_interval
from collectrisk.evaluation._ranking import area_under_curve, kolmogorov_smirnov
from collectrisk.evaluation._weighted import effective_count, mean, total

if TYPE_CHECKING:
    from collectrisk._channel import Channel, Ladder
    from collectrisk._typing import Array, Interval


@attrs.frozen(kw_only=True)
class CalibrationBin:
    """Accounts with similar visit probabilities.

    Attributes
    ----------
    accounts : int or float
        The number of accounts, or the sum of their weights.
    minimum, maximum : float
        Their lowest and highest visit probability.
    expected_rate : float
        Their mean visit probability.
    observed_rate : float
        The share of them that was visited.
    observed_rate_interval : (float, float)
        Its interval, by Wilson (1927).

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.1, 0.3, 0.6, 0.8], None, visited=[0, 0, 1, 0], bins=2)
    >>> report.pooled.bins[1]
    CalibrationBin(accounts=2, minimum=0.6, maximum=0.8, expected_rate=0.7, observed_rate=0.5)
    """

    accounts: float
    minimum: float
    maximum: float
    expected_rate: float
    observed_rate: float
    observed_rate_interval: Interval = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class ChannelShare:
    """The accounts and visits of one channel of the ladder.

    Attributes
    ----------
    channel : Channel
        The channel.
    least : float
        The visit probability from which it is used.
    accounts : int or float
        The number of accounts with this channel, or the sum of their weights.
    expected_visits : float
        The sum of their visit probabilities.
    visits : int or float
        The number of them that were visited, or the sum of the weights of these.
    share_of_accounts, share_of_expected_visits, share_of_visits : float or None
        The same numbers as shares of the totals of all channels; None if the total is 0.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.1, 0.3, 0.6, 0.8], None, visited=[0, 0, 1, 0])
    >>> share = report.pooled.channels[-1]
    >>> share.channel, share.accounts, share.visits, share.share_of_accounts
    (<Channel.FIELD_VISIT: 'field_visit'>, 2, 1, 0.5)
    """

    channel: Channel
    least: float
    accounts: float
    expected_visits: float
    visits: float
    share_of_accounts: float
    share_of_expected_visits: float | None
    share_of_visits: float | None


@attrs.frozen(kw_only=True)
class Measures:
    """The measures of one set of accounts: of all accounts, or of one portfolio.

    A measure is None if it is not defined for the accounts. An AUC, for example, needs two classes.

    Attributes
    ----------
    accounts : int or float
        The number of accounts, or the sum of their weights.
    visits : int or float
        The number of them that were visited, or the sum of the weights of these.
    observed_rate : float
        The share that was visited.
    observed_rate_interval : (float, float)
        Its interval, by Wilson (1927); with weights, for the effective number of accounts of Kish (1965).
    expected_rate : float
        The mean visit probability.
    auc : float or None
        The probability that a visited account ranks above another account.
    auc_interval : (float, float) or None
        Its interval, from the variance of DeLong, DeLong and Clarke-Pearson (1988) on the log-odds of
        the AUC, so that it stays between 0 and 1. None if a class has fewer than two accounts, and for
        an AUC of 0 or 1, because the variance is then not informative.
    gini : float or None
        2 AUC - 1.
    ks : float or None
        Kolmogorov-Smirnov: the largest difference between the distributions of the two classes.
    brier : float
        The mean squared difference between probability and outcome.
    reliability, resolution, uncertainty : float
        The components of the Brier score: brier = reliability - resolution + uncertainty, exactly.
        They are computed from `bins` (Murphy 1973); the variance and covariance within bins are part
        of the resolution (Stephenson, Coelho and Jolliffe 2008).
    log_loss : float
        The mean negative log-likelihood of the outcomes. Here and in the next three measures,
        probabilities are clipped to 2.2e-16 from 0 and 1.
    calibration_in_the_large : float or None
        The shift of all log-odds that makes the expected rate equal to the observed one. 0 is best;
        above 0, the visit probabilities are too low. None if all accounts had the same outcome, or
        all probabilities are so close to 0 or 1 that another shift gives the same expected rate.
    calibration_intercept, calibration_slope : float or None
        The unpenalised logistic regression of the outcome on the log-odds (Cox 1958). 0 and 1 are
        best; with a slope below 1, high probabilities are too high and low ones too low. None if the
        classes do not overlap or all probabilities are the same.
    expected_calibration_error : float
        The mean absolute difference between expected and observed rate of the `bins`.
    bins : tuple of CalibrationBin
        Expected and observed rates, from low to high probabilities. The bins have about the same
        number of accounts, or weight; accounts with the same probability are in the same bin.
    channels : tuple of ChannelShare
        The accounts and visits of each channel of the ladder, from light to heavy.

    Examples
    --------
    >>> import collectrisk as cr
    >>> measures = cr.evaluate([0.1, 0.3, 0.6, 0.8], None, visited=[0, 0, 1, 0]).pooled
    >>> measures.accounts, measures.visits, round(measures.brier, 3), round(measures.auc, 3)
    (4, 1, 0.225, 0.667)
    """

    accounts: float
    visits: float
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


def measure(
    visited: Array, probability: Array, weights: Array, *, ladder: Ladder, confidence: float, bins: int
) -> Measures:
    """Return the measures of some accounts."""
    sample = visited, probability, weights
    auc, interval = area_under_curve(*sample), None
    if auc is not None:
        influence = influence_on_auc(*sample, [np.arange(len(visited))], auc)
        interval = auc_interval(auc, influence, visited, confidence)
    rows_of_bins = quantile_bins(probability, weights, bins)
    reliability, resolution, uncertainty = decompose_brier(*sample, rows_of_bins)
    calibration_bins = tuple(
        calibration_bin(visited[rows], probability[rows], weights[rows], confidence) for rows in rows_of_bins
    )
    errors = (each.accounts * abs(each.observed_rate - each.expected_rate) for each in calibration_bins)
    intercept, slope = calibration_line(*sample) or (None, None)
    pooled = calibration_bin(*sample, confidence)
    return Measures(
        accounts=pooled.accounts,
        visits=total(weights * visited),
        observed_rate=pooled.observed_rate,
        observed_rate_interval=pooled.observed_rate_interval,
        expected_rate=pooled.expected_rate,
        auc=auc,
        auc_interval=interval,
        gini=None if auc is None else 2 * auc - 1,
        ks=kolmogorov_smirnov(*sample),
        brier=float(brier_score_loss(visited, probability, sample_weight=weights, pos_label=True)),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        log_loss=float(log_loss(visited, probability, sample_weight=weights, labels=[False, True])),
        calibration_in_the_large=calibration_in_the_large(*sample),
        calibration_intercept=intercept,
        calibration_slope=slope,
        expected_calibration_error=sum(errors) / pooled.accounts,
        bins=calibration_bins,
        channels=_channel_shares(*sample, ladder),
    )


def calibration_bin(visited: Array, probability: Array, weights: Array, confidence: float) -> CalibrationBin:
    """Return the calibration bin of some accounts."""
    rate = mean(visited, weights)
    return CalibrationBin(
        accounts=total(weights),
        minimum=float(probability.min()),
        maximum=float(probability.max()),
        expected_rate=mean(probability, weights),
        observed_rate=rate,
        observed_rate_interval=rate_interval(rate, effective_count(weights), confidence),
    )


def _channel_shares(
    visited: Array, probability: Array, weights: Array, ladder: Ladder
) -> tuple[ChannelShare, ...]:
    codes = ladder.channel(probability, ARRAYS).codes
    sums = (weights, weights * probability, weights * visited)
    accounts, expected, visits = (np.bincount(codes, each, len(ladder.rungs)) for each in sums)
    return tuple(
        ChannelShare(
            channel=rung.channel,
            least=rung.least,
            accounts=total(accounts[code]),
            expected_visits=float(expected[code]),
            visits=total(visits[code]),
            share_of_accounts=float(accounts[code] / accounts.sum()),
            share_of_expected_visits=_share(expected[code], expected.sum()),
            share_of_visits=_share(visits[code], visits.sum()),
        )
        for code, rung in enumerate(ladder.rungs)
    )


def _share(part: float, total: float) -> float | None:
    return float(part / total) if total else None
