"""PURE: the quantile of Student's t, for which nothing large has to be installed."""

from __future__ import annotations

import math
from statistics import NormalDist

#: Steps that no quantile needs: of the continued fraction, and of Newton's method.
_MOST_TERMS, _MOST_STEPS = 100_000, 100
_TINY = 1e-300
#: From here on the expansion is exact to twelve digits, which the distribution function is not.
_MANY = 1_000
_EXACT = 1e-15


def student_quantile(probability: float, freedom: float) -> float:
    """The quantile of Student's t with `freedom` > 0, which need not be whole; 0 < probability < 1.

    Newton's method on the distribution function. It begins at the quantile of the normal
    distribution, which is never further out, and the function bends down from there on, so that no
    step goes too far.
    """
    if probability < 0.5:
        return -student_quantile(1 - probability, freedom)
    if freedom > _MANY:
        return _expansion(NormalDist().inv_cdf(probability), freedom)
    tail = 1 - probability
    log_scale = _log_beta(freedom / 2, 0.5) + math.log(freedom) / 2
    found = max(NormalDist().inv_cdf(probability), 0.0)
    for _ in range(_MOST_STEPS):
        density = math.exp(-(freedom + 1) / 2 * math.log1p(found**2 / freedom) - log_scale)
        step = (_upper_tail(found, freedom) - tail) / density
        found += step
        if abs(step) <= _EXACT * found:
            break
    return found


def _expansion(z: float, freedom: float) -> float:
    """From the quantile of the normal distribution: Abramowitz and Stegun 26.7.5."""
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def _upper_tail(t: float, freedom: float) -> float:
    """The probability of more than `t` >= 0: Abramowitz and Stegun 26.5.27."""
    return _incomplete_beta(freedom / (freedom + t * t), t * t / (freedom + t * t), freedom / 2) / 2


def _incomplete_beta(x: float, rest: float, a: float) -> float:
    """The regularized incomplete beta function of `x` = 1 - `rest`, `a` and 1/2.

    Its continued fraction (DLMF 8.17.22) converges fast on one side, and the other is its mirror
    image (DLMF 8.17.4).
    """
    if x < (a + 1) / (a + 2.5):
        return _front(x, rest, a, 0.5) * _fraction(x, a, 0.5) / a
    return 1 - _front(rest, x, 0.5, a) * _fraction(rest, 0.5, a) / 0.5


def _front(x: float, rest: float, a: float, b: float) -> float:
    if x == 0 or rest == 0:
        return 0.0
    return math.exp(a * math.log(x) + b * math.log(rest) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of DLMF 8.17.22, by the modified method of Lentz."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for term in (even, odd):
            c, d = _not_zero(1 + term / c), 1 / _not_zero(1 + term * d)
            value *= c * d
        if abs(value - before) <= _EXACT * abs(value):
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
