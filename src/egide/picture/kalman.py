"""The linear Kalman filter, in matrices: what the compiled filters are checked against.

mean, covariance   of the state, shapes (n,) and (n, n)
transition         F: the state a step later is F x plus noise of covariance Q (process_noise)
observation        H: what is measured is H x plus noise of covariance R (noise)
nis                squared innovation, normalised: chi-square with as many degrees of freedom as numbers measured
nees               squared error of the estimate, normalised: chi-square with n degrees of freedom

Source: Bar-Shalom, Li, Kirubarajan 2001, sections 5.2 (filter), 5.4 (consistency), 6.2 (nearly constant velocity).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["constant_velocity", "nees", "predict", "step", "update"]

Matrix = NDArray[np.float64]


def constant_velocity(step_s: float, density: float, axes: int = 1) -> tuple[Matrix, Matrix]:
    """Transition and process noise of nearly constant velocity, state (x, vx, y, vy, ...): per axis F = [[1, T], [0,
    1]] and Q = q [[T^3/3, T^2/2], [T^2/2, T]], q the spectral density of the white-noise acceleration in m2/s3.
    Source: Bar-Shalom et al. 2001, equations 6.2.2-4 and 6.2.2-12."""
    move = np.array([[1.0, step_s], [0.0, 1.0]])
    noise = density * np.array([[step_s**3 / 3.0, step_s**2 / 2.0], [step_s**2 / 2.0, step_s]])
    f: Matrix = np.kron(np.eye(axes), move)
    return f, np.asarray(np.kron(np.eye(axes), noise), np.float64)


def predict(
    mean: ArrayLike, covariance: ArrayLike, transition: ArrayLike, process_noise: ArrayLike
) -> tuple[Matrix, Matrix]:
    """Mean and covariance a step later: F x and F P F' + Q. Source: Bar-Shalom et al. 2001, 5.2.3-2 and 5.2.3-5."""
    x, p, f, q = (np.asarray(a, float) for a in (mean, covariance, transition, process_noise))
    moved: Matrix = f @ x
    grown: Matrix = f @ p @ f.T + q
    return moved, grown


def update(
    mean: ArrayLike, covariance: ArrayLike, measurement: ArrayLike, observation: ArrayLike, noise: ArrayLike
) -> tuple[Matrix, Matrix, float]:
    """Mean, covariance and nis once a measurement is folded in: v = z - H x, S = H P H' + R, K = P H' S^-1, x + K v,
    and the covariance by Joseph's form (I - K H) P (I - K H)' + K R K', which stays symmetric and positive; nis = v'
    S^-1 v. Source: Bar-Shalom et al. 2001, 5.2.3-9 to 5.2.3-17 and 5.4.2."""
    x, p, z, h, r = (np.asarray(a, float) for a in (mean, covariance, measurement, observation, noise))
    innovation = z - h @ x
    s = h @ p @ h.T + r
    gain = np.linalg.solve(s, h @ p).T
    rest = np.eye(len(x)) - gain @ h
    after = rest @ p @ rest.T + gain @ r @ gain.T
    nis = float(innovation @ np.linalg.solve(s, innovation))
    return x + gain @ innovation, 0.5 * (after + after.T), nis


def step(
    mean: ArrayLike, covariance: ArrayLike, step_s: float, density: float, measurement: ArrayLike, variance: float
) -> tuple[Matrix, Matrix, float]:
    """One scan of a nearly constant velocity filter, state (x, vx, y, vy, ...): predicted over `step_s`, then the
    plot of all axes, each of the same variance. Mean, covariance, nis. Source: as predict and update."""
    z = np.asarray(measurement, float)
    f, q = constant_velocity(step_s, density, len(z))
    h = np.kron(np.eye(len(z)), np.array([[1.0, 0.0]]))
    return update(*predict(mean, covariance, f, q), z, h, variance * np.eye(len(z)))


def nees(truth: ArrayLike, mean: ArrayLike, covariance: ArrayLike) -> float:
    """(x - truth)' P^-1 (x - truth). Source: Bar-Shalom et al. 2001, 5.4.2-1."""
    error = np.asarray(mean, float) - np.asarray(truth, float)
    return float(error @ np.linalg.solve(np.asarray(covariance, float), error))
