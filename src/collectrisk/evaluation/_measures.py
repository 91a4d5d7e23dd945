"""The measures of one set of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.evaluation._auc import auc_interval, influence_on_auc
from collectrisk.evaluation._brier import brier_interval
from collectrisk.evaluation._calibration import (
    calibration_in_the_large,
    calibration_line,
    decompose_brier,
    quantile_bins,
)
from collectrisk.evaluation._calibration_test import (
    CalibrationTest,
    calibration_test,
    level_interval,
    line_intervals,
)
from collectrisk.evaluation._intervals import observed_rate_interval
from collectrisk.evaluation._ranking import area_under_curve, kolmogorov_smirnov
from collectrisk.evaluation._weighted import mean, total

if TYPE_CHECKING:
    from collectrisk._channel import Channel, Ladder
    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._sample import Sample


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
    clusters : int or None
        The number of clusters; None without clusters, or if each account is a cluster of its own.
    observed_rate : float
        The share that was visited.
    observed_rate_interval : (float, float)
        Its interval, by Wilson (1927); with weights or clusters, for the number of independent accounts
        of equal weight whose rate would have the same variance.
    expected_rate : float
        The mean visit probability.
    level_test : CalibrationTest or None
        The z-test of the level: whether observed and expected visits differ by more than chance, if
        the probabilities are right. None if all of them are 0 or 1.
    spiegelhalter_test : CalibrationTest or None
        The z-test of Spiegelhalter (1986): whether the Brier score differs from what it would be if the
        probabilities were right. None if all of them are 0, 0.5 or 1.
    auc : float or None
        The probability that a visited account ranks above another account.
    auc_interval : (float, float) or None
        Its interval: method 5 of Newcombe (2006) with the variance of DeLong, DeLong and Clarke-Pearson
        (1988) or, with clusters, of Obuchowski (1997). If there are few visits, that variance is mixed
        with the one of Newcombe's model.
    gini : float or None
        2 AUC - 1.
    ks : float or None
        Kolmogorov-Smirnov: the largest difference between the distributions of the two classes.
    brier : float
        The mean squared difference between probability and outcome.
    brier_interval : (float, float) or None
        Its interval, in the form of Wilson (1927). None if nothing is known of its variance.
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
    calibration_in_the_large_interval : (float, float) or None
        Its interval: all shifts that the z-test of the level does not reject.
    calibration_intercept, calibration_slope : float or None
        The unpenalised logistic regression of the outcome on the log-odds (Cox 1958). 0 and 1 are
        best; with a slope below 1, high probabilities are too high and low ones too low. None if the
        classes do not overlap or all probabilities are the same.
    calibration_intercept_interval, calibration_slope_interval : (float, float) or None
        Their intervals; with weights or clusters, from the variance of Huber (1967), summed by cluster.
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
    clusters: int | None
    observed_rate: float
    observed_rate_interval: Interval
    expected_rate: float
    level_test: CalibrationTest | None
    spiegelhalter_test: CalibrationTest | None
    auc: float | None
    auc_interval: Interval | None
    gini: float | None
    ks: float | None
    brier: float
    brier_interval: Interval | None
    reliability: float
    resolution: float
    uncertainty: float
    log_loss: float
    calibration_in_the_large: float | None
    calibration_in_the_large_interval: Interval | None
    calibration_intercept: float | None
    calibration_intercept_interval: Interval | None
    calibration_slope: float | None
    calibration_slope_interval: Interval | None
    expected_calibration_error: float
    bins: tuple[CalibrationBin, ...] = attrs.field(repr=False)
    channels: tuple[ChannelShare, ...] = attrs.field(repr=False)


def measure(sample: Sample, *, ladder: Ladder, confidence: float, bins: int) -> Measures:
    """Return the measures of some accounts."""
    visited, probability, weights = arrays = sample.arrays
    clusters = sample.clusters
    auc, interval = area_under_curve(*arrays), None
    if auc is not None:
        influence = influence_on_auc(sample, [np.arange(len(visited))], auc)
        interval = auc_interval(sample, auc, influence, confidence)
    rows_of_bins = quantile_bins(probability, weights, bins)
    reliability, resolution, uncertainty = decompose_brier(*arrays, rows_of_bins)
    calibration_bins = [calibration_bin(sample.take(rows), confidence) for rows in rows_of_bins]
    errors = (each.accounts * abs(each.observed_rate - each.expected_rate) for each in calibration_bins)
    shift = calibration_in_the_large(*arrays)
    line = calibration_line(*arrays)
    intercept, slope = line or (None, None)
    intercept_interval, slope_interval = (line and line_intervals(sample, line, confidence)) or (
        None,
        None,
    )
    pooled = calibration_bin(sample, confidence)
    brier = float(brier_score_loss(visited, probability, sample_weight=weights, pos_label=True))
    return Measures(
        accounts=pooled.accounts,
        clusters=None if clusters is None else int(clusters.max()) + 1,
        visits=total(weights * visited),
        observed_rate=pooled.observed_rate,
        observed_rate_interval=pooled.observed_rate_interval,
        expected_rate=pooled.expected_rate,
        level_test=calibration_test(sample, shift),
        spiegelhalter_test=calibration_test(sample, shift, spiegelhalter=True),
        auc=auc,
        auc_interval=interval,
        gini=None if auc is None else 2 * auc - 1,
        ks=kolmogorov_smirnov(*arrays),
        brier=brier,
        brier_interval=brier_interval(sample, brier, shift, confidence),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        log_loss=float(log_loss(visited, probability, sample_weight=weights, labels=[False, True])),
        calibration_in_the_large=shift,
        calibration_in_the_large_interval=(
            None if shift is None else level_interval(sample, shift, confidence)
        ),
        calibration_intercept=intercept,
        calibration_intercept_interval=intercept_interval,
        calibration_slope=slope,
        calibration_slope_interval=slope_interval,
        expected_calibration_error=sum(errors) / pooled.accounts,
        bins=tuple(calibration_bins),
        channels=_channel_shares(*arrays, ladder),
    )


def calibration_bin(sample: Sample, confidence: float) -> CalibrationBin:
    """Return the calibration bin of some accounts."""
    return CalibrationBin(
        accounts=total(sample.weights),
        minimum=float(sample.probability.min()),
        maximum=float(sample.probability.max()),
        expected_rate=mean(sample.probability, sample.weights),
        observed_rate=mean(sample.visited, sample.weights),
        observed_rate_interval=observed_rate_interval(sample, confidence),
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
