import math

import numpy as np


def by_value(name, count, value):
    # ok: is-with-literal
    if name == "admin" or count == 0 or value is None:
        return True
    # ok: is-with-literal
    return value is ... or value is True


def each_is_new(case):
    # ok: is-with-literal
    case.assertTrue([] is not [])


def by_accident(name, count, value):
    # ruleid: is-with-literal
    if name is "admin":
        return True
    # ruleid: is-with-literal
    if count is not 0:
        return True
    # ruleid: is-with-literal
    return value is []


def close(a, b, ratio):
    # ok: float-equality
    if a + b == 0.5:
        return True
    # ok: float-equality
    if ratio == 0.1:
        return True
    # ok: float-equality
    return math.isclose(a + b, 0.3)


def lucky(a, b, prices):
    # ruleid: float-equality
    if a + b == 0.3:
        return True
    # ruleid: float-equality
    return sum(prices) == 19.99


def is_nan(value):
    # ok: nan-comparison
    if math.isnan(value):
        return True
    # ruleid: nan-comparison
    if value == float("nan"):
        return True
    # ruleid: nan-comparison
    return value != np.nan


def either(color, default):
    # ok: or-with-constant
    if color == "red" or color == "blue":
        return color
    # ok: or-with-constant
    name = color or "red"
    # ruleid: or-with-constant
    if color == "red" or "blue":
        return name


def check(value):
    # ok: always-true-assert
    assert value, "no value"
    # ok: always-true-assert
    assert (
        value > 1
    ), "too small"
    # ok: always-true-assert
    assert (value > 1) and (value, 2), "too small"
    # ok: always-true-assert
    assert (value == (1, 2)), "other"
    # ok: always-true-assert
    assert (), "never"
    # ruleid: always-true-assert
    assert (value > 1, "too small")
    # ruleid: always-true-assert
    assert (value > 1, "too small"), "not at all"
    # ruleid: always-true-assert
    assert (value > 1, value < 3, "too small")


class Point:
    def __eq__(self, other):
        # ok: type-compared-by-equality
        return type(self) == Point and other.x == self.x


def kind(value, other):
    # ok: type-compared-by-equality
    if isinstance(value, int) or type(value) is bool or type(value) == type(other):
        return "number"
    # ok: type-compared-by-equality
    if type(value) != value.__class__:
        return "a proxy"
    # ruleid: type-compared-by-equality
    if type(value) == str:
        return "text"
    # ok: type-compared-by-equality
    return type(value).__name__ == "list"


def same(left, right):
    # ok: compared-with-itself
    if left.value == right.value:
        return True
    # ok: compared-with-itself
    if next(left) == next(left):
        return True
    # ok: compared-with-itself
    if left == left:
        return True
    # ruleid: compared-with-itself
    return left.value == left.value
