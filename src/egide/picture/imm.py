"""Interacting multiple models, in matrices: several filters, of which one at a time is right.

weights      probability of each model, now
switching    probability that model i (row) is followed by model j (column)
mixing       each filter starts its step from what all filters believe, weighed by how likely they lead to its model

Source: Blom and Bar-Shalom 1988, IEEE Transactions on Automatic Control 33, 780-783; Bar-Shalom, Li, Kirubarajan 2001,
section 11.6.6. The compiled tracker does the same in egide.picture.modes_kernels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.picture.kalman import predict, update

__all__ = ["combine", "mix", "step"]

Matrix = NDArray[np.float64]


def combine(means: ArrayLike, covariances: ArrayLike, weights: ArrayLike) -> tuple[Matrix, Matrix]:
    """Mean and covariance of a Gaussian mixture: the spread of the means is part of the covariance.
    Source: Bar-Shalom et al. 2001, 1.4.16-5 and 1.4.16-9."""
    x, p, w = (np.asarray(a, float) for a in (means, covariances, weights))
    mean = w @ x
    apart = x - mean
    return mean, np.einsum("i,ijk->jk", w, p) + np.einsum("i,ij,ik->jk", w, apart, apart)


def mix(
    means: ArrayLike, covariances: ArrayLike, weights: ArrayLike, switching: ArrayLike
) -> tuple[Matrix, Matrix, Matrix]:
    """Means, covariances from which each filter starts, and the models' weights before the measurement:
    c_j = sum_i p_ij mu_i, mu_ij = p_ij mu_i / c_j. Source: Bar-Shalom et al. 2001, 11.6.6-6 to 11.6.6-10."""
    joint = np.asarray(switching, float) * np.asarray(weights, float)[:, None]
    before = joint.sum(axis=0)
    # a model that cannot be reached is mixed evenly: its weight is 0, but its filter must go on
    shares = np.where(before > 0.0, joint / np.where(before > 0.0, before, 1.0), 1.0 / len(before))
    mixed = [combine(means, covariances, shares[:, j]) for j in range(len(before))]
    return np.array([mean for mean, _ in mixed]), np.array([cov for _, cov in mixed]), before


def step(
    means: ArrayLike, covariances: ArrayLike, weights: ArrayLike, switching: ArrayLike,
    transitions: Sequence[ArrayLike], process_noises: Sequence[ArrayLike], measurement: ArrayLike,
    observation: ArrayLike, noise: ArrayLike,
) -> tuple[Matrix, Matrix, Matrix, Matrix, Matrix]:  # fmt: skip
    """One scan: mixing, a Kalman step a model, new weights mu_j ~ c_j L_j with L_j = N(innovation; 0, S_j),
    combination. Answers the models' means, covariances and weights, then the combined mean and covariance.
    Source: Bar-Shalom et al. 2001, 11.6.6-6 to 11.6.6-19."""
    starts, spreads, before = mix(means, covariances, weights, switching)
    z, h, r = (np.asarray(a, float) for a in (measurement, observation, noise))
    after, logs = [], []
    for mean, cov, f, q, share in zip(starts, spreads, transitions, process_noises, before, strict=True):
        mean, cov = predict(mean, cov, f, q)
        s = h @ cov @ h.T + r
        mean, cov, nis = update(mean, cov, z, h, r)
        after.append((mean, cov))
        log_share = math.log(share) if share > 0.0 else -math.inf
        logs.append(log_share - 0.5 * (nis + float(np.linalg.slogdet(2.0 * math.pi * s)[1])))
    odds = np.exp(np.array(logs) - max(logs))
    now = odds / odds.sum()
    new_means, new_covs = np.array([mean for mean, _ in after]), np.array([cov for _, cov in after])
    return new_means, new_covs, now, *combine(new_means, new_covs, now)
