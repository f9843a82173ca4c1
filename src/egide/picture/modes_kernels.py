"""Interacting models of motion on a round Earth, state in ECEF: what one track believes, model by model.

mode       CRUISE (great circle at constant speed and climb), TURN (the same, turned about the local vertical at a rate
           that is estimated), FALL (no thrust, no lift, no drag)
mode_mean  (3, 7): position m, velocity m/s, rate of turn rad/s (TURN alone; 0 elsewhere), right-handed about the
           vertical: positive is a turn to the left
mode_cov   (3, 7, 7); row and column 6 belong to TURN alone
mode_p     (3,) probability of each mode
rules      one TRACKING row: densities of process noise, the life of a turn, mean stay in a mode

Mixing over modes of different size: a mode that has no rate of turn of its own adds TURN's own estimate, so that the
mixture does not pull the rate towards zero (Yuan et al. 2012 call this unbiased mixing). FALL is entered only by what
is fast or high enough (rules), as no manoeuvring aircraft looks like it for long. With one model (rules.models 1)
mode 0 alone is filtered; it falls where it is fast or high.

Sources: Blom and Bar-Shalom 1988; Bar-Shalom, Li, Kirubarajan 2001, sections 6.2.2, 11.6.6 and 11.7 (coordinated turn);
Singer 1970 for a rate that forgets; Li and Jilkov 2003, IEEE TAES 39, 1333-1364 (survey of models).
Leaves out: the turning of the vertical within a step, gradients of gravity and of the curvature in the covariance.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M
from egide.jit import njit

Array = np.ndarray[Any, Any]
CRUISE, TURN, FALL = range(3)
SPIN_RAD_S = 7.292115e-5  # of the Earth, WGS 84
LEAST_SHARE = 1e-9
FAR_UNKNOWN = -1.0  # how far its next plots can lie from a track (gate_kernels) is not found out yet


@njit
def falls(pos: Array, vel: Array, rules: Any) -> bool:
    """Fast or high enough to be out of the hands of wings."""
    r2 = pos[0] * pos[0] + pos[1] * pos[1] + pos[2] * pos[2]
    speed2 = vel[0] * vel[0] + vel[1] * vel[1] + vel[2] * vel[2]
    high = EARTH_RADIUS_M + rules.ballistic_above_m
    return speed2 > rules.ballistic_speed_m_s * rules.ballistic_speed_m_s or r2 > high * high


@njit
def fall_mean(x: Array, dt: float, spin: float) -> None:
    """Carry one state through free fall in turning axes: gravity, Coriolis, centrifugal, by one midpoint step."""
    ax, ay, az = fall_pull(x[0], x[1], x[2], x[3], x[4], spin)
    h = 0.5 * dt
    px, py, pz = x[0] + x[3] * h, x[1] + x[4] * h, x[2] + x[5] * h
    vx, vy, vz = x[3] + ax * h, x[4] + ay * h, x[5] + az * h
    ax, ay, az = fall_pull(px, py, pz, vx, vy, spin)
    x[0], x[1], x[2] = x[0] + vx * dt, x[1] + vy * dt, x[2] + vz * dt
    x[3], x[4], x[5] = x[3] + ax * dt, x[4] + ay * dt, x[5] + az * dt


@njit
def fall_pull(x: float, y: float, z: float, vx: float, vy: float, spin: float) -> tuple[float, float, float]:
    """Acceleration of free fall in axes that turn with `spin` about z."""
    r2 = x * x + y * y + z * z
    pull = EARTH_MU_M3_S2 / (r2 * math.sqrt(r2))
    turn = spin * spin
    return -pull * x + turn * x + 2.0 * spin * vy, -pull * y + turn * y - 2.0 * spin * vx, -pull * z


@njit
def fly_mean(x: Array, dt: float, f: Array) -> None:
    """Carry one state of wings: the velocity turns about the vertical at x[6] and bends with the Earth, so that climb
    and speed stay. Leaves the derivatives after velocity in f[0:6, 3:6] and after the rate of turn in f[0:6, 6].

    With K the cross product with the vertical u and a = w t: R = I + sin a K + (1 - cos a) K^2 turns the velocity,
    J = t I + (1 - cos a)/w K + (t - sin a / w) K^2 carries the position. d/dw by u x: v' for the velocity, and for the
    position the integral of s (u x v(s)), by Gauss's rule of one node at 2/3 t."""
    r = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    ux, uy, uz = x[0] / r, x[1] / r, x[2] / r
    w = x[6]
    a = w * dt
    if abs(a) < 1e-4:  # series: the quotients below lose their digits
        s1, c1 = a, 0.5 * a * a
        j1, j2 = 0.5 * a * dt, a * a * dt / 6.0
    else:
        s1, c1 = math.sin(a), 1.0 - math.cos(a)
        j1, j2 = c1 / w, dt - s1 / w
    k = ((0.0, -uz, uy), (uz, 0.0, -ux), (-uy, ux, 0.0))
    u = (ux, uy, uz)
    for i in range(3):
        for j in range(3):
            one = 1.0 if i == j else 0.0
            kk = u[i] * u[j] - one
            f[i, 3 + j] = dt * one + j1 * k[i][j] + j2 * kk
            f[3 + i, 3 + j] = one + s1 * k[i][j] + c1 * kk
    vx, vy, vz = x[3], x[4], x[5]
    climb = ux * vx + uy * vy + uz * vz
    sa, ca, sb, cb = 0.0, 1.0, 0.0, 1.0
    if a != 0.0:
        sa, ca, sb, cb = math.sin(a), math.cos(a), math.sin(2.0 / 3.0 * a), math.cos(2.0 / 3.0 * a)
    gx, gy, gz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx  # u x v; turned by b it stays level
    lx, ly, lz = vx - climb * ux, vy - climb * uy, vz - climb * uz
    half = 0.5 * dt * dt
    f[0, 6], f[1, 6], f[2, 6] = half * (cb * gx - sb * lx), half * (cb * gy - sb * ly), half * (cb * gz - sb * lz)
    f[3, 6], f[4, 6], f[5, 6] = dt * (ca * gx - sa * lx), dt * (ca * gy - sa * ly), dt * (ca * gz - sa * lz)
    level2 = lx * lx + ly * ly + lz * lz
    for i in range(3):
        x[i] += f[i, 3] * vx + f[i, 4] * vy + f[i, 5] * vz
    nx = f[3, 3] * vx + f[3, 4] * vy + f[3, 5] * vz
    ny = f[4, 3] * vx + f[4, 4] * vy + f[4, 5] * vz
    nz = f[5, 3] * vx + f[5, 4] * vy + f[5, 5] * vz
    # the bend of the Earth: velocity turns in its own vertical plane by (level speed / r) t, about u x v
    bend, rise = level2 / r, climb / r
    new, old = (nx, ny, nz), (lx, ly, lz)
    for i in range(3):
        x[i] += 0.5 * dt * dt * (rise * old[i] - bend * u[i])
        x[3 + i] = new[i] + dt * (rise * (new[i] - climb * u[i]) - bend * u[i])


@njit
def grow(p: Array, dt: float, q: float) -> None:
    """Covariance of position and velocity, carried straight for `dt` with white acceleration of density q."""
    dt2 = dt * dt
    for i in range(3):
        for j in range(3):
            p[i, j] += dt * (p[i, 3 + j] + p[3 + i, j]) + dt2 * p[3 + i, 3 + j]
    for i in range(3):
        for j in range(3):
            p[i, 3 + j] += dt * p[3 + i, 3 + j]
    whiten(p, dt, q)
    for i in range(3):
        for j in range(3):
            p[3 + i, j] = p[j, 3 + i]


@njit
def whiten(p: Array, dt: float, q: float) -> None:
    """Add the covariance of integrated white acceleration (upper blocks only)."""
    for i in range(3):
        p[i, i] += q * dt * dt * dt / 3.0
        p[i, 3 + i] += q * dt * dt / 2.0
        p[3 + i, 3 + i] += q * dt


@njit
def turn_covariance(p: Array, t: Array, f: Array, dt: float, keep: float, rules: Any) -> None:
    """F P F' + Q of the turn, F = [[I, J, b], [0, R, c], [0, 0, keep]]; `t` is (7, 7) scratch."""
    for j in range(7):
        for i in range(3):
            t[i, j] = p[i, j] + f[i, 3] * p[3, j] + f[i, 4] * p[4, j] + f[i, 5] * p[5, j] + f[i, 6] * p[6, j]
            t[3 + i, j] = f[3 + i, 3] * p[3, j] + f[3 + i, 4] * p[4, j] + f[3 + i, 5] * p[5, j] + f[3 + i, 6] * p[6, j]
        t[6, j] = keep * p[6, j]
    for i in range(7):
        for j in range(3):
            p[i, j] = t[i, j] + t[i, 3] * f[j, 3] + t[i, 4] * f[j, 4] + t[i, 5] * f[j, 5] + t[i, 6] * f[j, 6]
            k = 3 + j
            p[i, k] = t[i, 3] * f[k, 3] + t[i, 4] * f[k, 4] + t[i, 5] * f[k, 5] + t[i, 6] * f[k, 6]
        p[i, 6] = keep * t[i, 6]
    whiten(p, dt, rules.noise[TURN])
    p[6, 6] += rules.turn_sd_rad_s * rules.turn_sd_rad_s * (1.0 - keep * keep)
    for i in range(7):
        for j in range(i):
            p[i, j] = p[j, i]


@njit
def contain(x: Array, p: Array, rules: Any) -> None:
    """A turn changes where a flight heads and not how fast it is: its velocity is no worse known than by its speed.
    The linear carry does not know that, and a track that coasts in a turn would be spread over places that no turn
    leads to. What is too much is taken off alike in all directions (a congruence: the covariance stays one)."""
    speed2 = x[3] * x[3] + x[4] * x[4] + x[5] * x[5]
    most2 = max(speed2, rules.level_speed_sd_m_s * rules.level_speed_sd_m_s)
    spread2 = p[3, 3] + p[4, 4] + p[5, 5]
    if spread2 <= most2:
        return
    keep = math.sqrt(most2 / spread2)
    for i in range(3, 6):
        for j in range(7):
            p[i, j] *= keep
        for j in range(7):
            p[j, i] *= keep


@njit
def carry_mode(track: Any, mode: int, dt: float, falling: bool, rules: Any, f: Array, t: Array) -> None:
    """One mode's mean and covariance `dt` later."""
    x, p = track.mode_mean[mode], track.mode_cov[mode]
    if mode == FALL or (falling and rules.models == 1):
        fall_mean(x, dt, rules.spin_rad_s)
        grow(p, dt, rules.noise[mode])
        return
    fly_mean(x, dt, f)
    if mode == TURN:
        keep = math.exp(-dt / rules.turn_life_s)
        x[6] *= keep
        turn_covariance(p, t, f, dt, keep, rules)
        contain(x, p, rules)
    else:
        grow(p, dt, rules.noise[mode])


@njit
def switching(out: Array, track: Any, dt: float, falling: bool, rules: Any) -> None:
    """(3, 3) probability of passing from mode i (row) to j within `dt`: a mode is left after a mean stay; what cannot
    fall does not begin to."""
    for i in range(3):
        leave = 1.0 - math.exp(-dt / rules.stay_s[i])
        for j in range(3):
            out[i, j] = leave * rules.turn_to[i, j]
        out[i, i] = 1.0 - leave
    if not falling:
        for i in range(2):
            out[i, i] += out[i, FALL]
            out[i, FALL] = 0.0


@njit
def mix(track: Any, dt: float, falling: bool, rules: Any, means: Array, covs: Array, share: Array) -> None:
    """Where each mode starts its step: what all modes believe, weighed. Leaves mode_p as it is before the plot."""
    switching(share, track, dt, falling, rules)
    p = track.mode_p
    for j in range(3):
        total = 0.0
        for i in range(3):
            share[i, j] *= p[i]
            total += share[i, j]
        for i in range(3):
            share[i, j] = share[i, j] / total if total > LEAST_SHARE else (1.0 if i == j else 0.0)
        p_next = total if total > LEAST_SHARE else 0.0
        means[j, 6] = p_next  # kept there until the old weights are no longer needed
    for j in range(3):
        x, c = means[j], covs[j]
        for a in range(6):
            x[a] = 0.0
            for b in range(6):
                c[a, b] = 0.0
        for i in range(3):
            w = share[i, j]
            if w > LEAST_SHARE:
                for a in range(6):
                    x[a] += w * track.mode_mean[i, a]
        for i in range(3):
            w = share[i, j]
            if w <= LEAST_SHARE:
                continue
            for a in range(6):
                da = w * (track.mode_mean[i, a] - x[a])
                for b in range(a, 6):
                    c[a, b] += w * track.mode_cov[i, a, b] + da * (track.mode_mean[i, b] - x[b])
    own = share[TURN, TURN]
    for j in range(3):
        p[j] = means[j, 6]
        for a in range(6):
            track.mode_mean[j, a] = means[j, a]
            for b in range(a, 6):
                track.mode_cov[j, a, b] = covs[j, a, b]
                track.mode_cov[j, b, a] = covs[j, a, b]
    for a in range(6):  # the other modes know nothing of the rate of turn
        track.mode_cov[TURN, a, 6] *= own
        track.mode_cov[TURN, 6, a] = track.mode_cov[TURN, a, 6]


@njit
def combine(track: Any, models: int) -> None:
    """Position, velocity and covariance of the track from those of its modes (moments of the mixture)."""
    track.far_m = FAR_UNKNOWN
    pos, vel, pp, pv, vv = track.pos_m, track.vel_m_s, track.pp, track.pv, track.vv
    if models == 1:
        x, c = track.mode_mean[0], track.mode_cov[0]
        for i in range(3):
            pos[i], vel[i] = x[i], x[3 + i]
            for j in range(3):
                pp[i, j], pv[i, j], vv[i, j] = c[i, j], c[i, 3 + j], c[3 + i, 3 + j]
        return
    for i in range(3):
        pos[i] = vel[i] = 0.0
        for j in range(3):
            pp[i, j] = pv[i, j] = vv[i, j] = 0.0
    for m in range(3):
        w = track.mode_p[m]
        if w > LEAST_SHARE:
            for i in range(3):
                pos[i] += w * track.mode_mean[m, i]
                vel[i] += w * track.mode_mean[m, 3 + i]
    for m in range(3):
        w = track.mode_p[m]
        if w <= LEAST_SHARE:
            continue
        x, c = track.mode_mean[m], track.mode_cov[m]
        for i in range(3):
            di, ei = x[i] - pos[i], x[3 + i] - vel[i]
            for j in range(3):
                pp[i, j] += w * (c[i, j] + di * (x[j] - pos[j]))
                pv[i, j] += w * (c[i, 3 + j] + di * (x[3 + j] - vel[j]))
                vv[i, j] += w * (c[3 + i, 3 + j] + ei * (x[3 + j] - vel[j]))


@njit
def predict_modes(track: Any, time_s: float, rules: Any, work: Any) -> None:
    """Carry a track to `time_s`, in place; nothing where it is there already."""
    dt = time_s - track.time_s
    if dt <= 0.0:
        return
    falling = falls(track.pos_m, track.vel_m_s, rules)
    if rules.models > 1:
        mix(track, dt, falling, rules, work.means, work.covs, work.share)
    for mode in range(rules.models):
        if mode == 0 or track.mode_p[mode] > LEAST_SHARE or mode == TURN:
            carry_mode(track, mode, dt, falling, rules, work.f, work.t)
        else:  # FALL of what cannot fall: it follows the others when it is needed
            track.mode_p[mode] = 0.0
    track.time_s = time_s
    combine(track, rules.models)


@njit
def fold(track: Any, n: int, rules: Any, work: Any) -> float:
    """Fold the n numbers of a plot (work.row, work.residual about the combined state, work.variance) into each mode,
    one after the other, which is the same as all at once since their errors are independent; then weigh the modes anew.
    Answers the log likelihood of the plot."""
    best, models, most = -math.inf, rules.models, rules.turn_most_rad_s
    for mode in range(models):
        work.log[mode] = -math.inf
        if track.mode_p[mode] <= 0.0:
            continue
        x, p = track.mode_mean[mode], track.mode_cov[mode]
        size = 7 if mode == TURN else 6
        log = math.log(track.mode_p[mode])
        for k in range(n):
            row, gain = work.row[k], work.gain
            v, s = work.residual[k], work.variance[k]
            for i in range(3):
                v -= row[i] * (x[i] - track.pos_m[i]) + row[3 + i] * (x[3 + i] - track.vel_m_s[i])
            for i in range(size):
                g = 0.0
                for j in range(6):
                    g += p[i, j] * row[j]
                gain[i] = g
            for i in range(6):
                s += row[i] * gain[i]
            for i in range(size):
                x[i] += gain[i] * v / s
                for j in range(i, size):
                    p[i, j] -= gain[i] * gain[j] / s
                    p[j, i] = p[i, j]
            log -= 0.5 * (v * v / s + math.log(2.0 * math.pi * s))
        if size == 7:
            x[6] = min(max(x[6], -most), most)
        work.log[mode] = log
        best = max(best, log)
    total = 0.0
    for mode in range(models):
        total += math.exp(work.log[mode] - best)
    for mode in range(models):
        track.mode_p[mode] = math.exp(work.log[mode] - best) / total
    combine(track, models)
    return best + math.log(total)
