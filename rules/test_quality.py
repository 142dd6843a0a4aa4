import asyncio
import time
import unittest
from unittest.mock import Mock

import pytest


# ok: test-without-assertion
def test_adds():
    assert len("ab") == 2


# ok: test-without-assertion
def test_import_does_not_raise():
    __import__("json")


# ok: test-without-assertion
def test_by_helper(tree):
    check_tree(tree)


# ok: test-without-assertion
def test_raises():
    with pytest.raises(ValueError):
        int("x")


class Case(unittest.TestCase):
    # ok: test-without-assertion
    def test_equal(self):
        self.assertEqual(1 + 1, 2)


# ok: test-without-assertion
@pytest.fixture
def test_settings():
    return {}


# ok: test-without-assertion
def helper(value):
    print(value)


# ok: test-without-assertion
def test_close_twice(client):
    client.close()
    client.close()


# ok: test-without-assertion
def test_rows(client):
    eq_(client.rows(), [])
    row = client.first()


# ok: test-without-assertion
def test_pointer(client):
    client.open()
##    client.types = ()
    first = client.first()
##    first.close()
    self.keep(first)


# ok: test-without-assertion
def test_source(make):
    made = make(
        """\
def one():
    pass
"""
    )
    frame = made.frame
    keep(frame.one)


# ok: test-without-assertion
def test_copy(make):
    copy = make.deepcopy()  # this blew up before


# ok: test-without-assertion
def test_no_name(client):
    # Issue #952
    answer = client.parse("*network")


# ok: test-without-assertion
def test_by_table(self):
    token = self._test_parse("a", "a")


# ok: test-without-assertion
def test_empty(client):
    _, _ = client.pair()


# ruleid: test-without-assertion
def test_big(client):
    first = client.first()
    total = client.sum(first)


# ruleid: test-without-assertion
async def test_awaited(client):
    answer = await client.get("/users")


# ruleid: test-without-assertion
def test_users(client):
    result = client.get("/users")
    print(result)


def test_constant(value):
    # ok: test-asserts-constant
    assert value is True
    # ok: test-asserts-constant
    assert True, "should run and not be skipped"
    # ruleid: test-asserts-constant
    assert True


def test_or(value):
    # ok: test-asserts-or-true
    assert value or not value.empty
    # ok: test-asserts-or-true
    assert len(value) >= 1
    # ruleid: test-asserts-or-true
    assert value.ready or True
    # ruleid: test-asserts-or-true
    assert len(value) >= 0


def test_itself(left, right):
    # ok: test-asserts-itself
    assert left == right
    # ok: test-asserts-itself
    assert left.read() == left.read()
    # ok: test-asserts-itself
    assert case == case
    # ruleid: test-asserts-itself
    assert left == left
    # ok: test-asserts-itself
    assert left.name == left.name


class TestEquality:
    def test_identity_comes_first(self):
        # ok: test-asserts-itself
        self.assertEqual(left, left)
        self.assertRaises(ValueError, lambda: left == right)

    # ok: test-without-assertion
    def test_cycle(self):
        self.make_cycle(left)


def test_real(service):
    fetch = Mock(return_value=3)
    # ok: test-asserts-the-mock
    assert service(fetch) == 3
    fetch.return_value = 4
    # ok: test-asserts-the-mock
    assert service(fetch) == 4


def test_mock():
    fetch = Mock(return_value=3)
    # ruleid: test-asserts-the-mock
    assert fetch() == 3


def test_mock_later(fetch):
    fetch.return_value = 3
    # ruleid: test-asserts-the-mock
    result = fetch()
    assert result == 3


@image_comparison(["lines.png"])
# ok: test-without-assertion
def test_lines(axes):
    lines = axes.plot([1, 2])


def test_calls(mock):
    # ok: mock-assertion-not-called
    mock.assert_called_once_with(1)
    # ok: mock-assertion-not-called
    assert mock.called
    # ok: mock-assertion-not-called
    assert mock.call_count == 1
    case.assertRaises(
        AssertionError,
        # ok: mock-assertion-not-called
        mock.assert_any_call
    )
    # ruleid: mock-assertion-not-called
    mock.assert_called_once
    # ruleid: mock-assertion-not-called
    mock.called_once_with(1)
    # ruleid: mock-assertion-not-called
    assert mock.called_once_with(1)


def test_failure_shown(work):
    # ok: test-hides-failure
    try:
        assert work() == 1
    except Exception:
        pytest.fail("work failed")
    # ok: test-hides-failure
    try:
        work()
    except ValueError:
        pass


def test_failure_explained(work, show):
    # ok: test-hides-failure
    try:
        assert work() == 1
    except Exception:
        show(work)
        raise


def test_failure_hidden(work):
    # ruleid: test-hides-failure
    try:
        assert work() == 1
    except Exception:
        pass
    # ruleid: test-hides-failure
    try:
        work()
    except Exception as error:
        pytest.skip(f"not here: {error}")


def test_expects(work):
    # ok: test-expects-any-exception
    with pytest.raises(ValueError):
        work()
    # ok: test-expects-any-exception
    with pytest.raises(Exception, match="no such"):
        work()
    # Which error it is depends on the system.
    # ok: test-expects-any-exception
    with pytest.raises(Exception):
        work()
    # ok: test-expects-any-exception
    with pytest.raises(Exception):
        # Some loops give an OSError, some a ValueError.
        work()
    # ok: test-expects-any-exception
    with pytest.raises(Exception):
        raise Exception("plain")
    # ruleid: test-expects-any-exception
    with pytest.raises(Exception):
        work()


class Errors(unittest.TestCase):
    def test_error(self):
        # ok: test-expects-any-exception
        self.assertRaises(Exception, int, Exception("plain"))
        # ok: test-expects-any-exception
        with self.assertRaises(Exception) as raised:
            int("x")
        self.assertIsInstance(raised.exception, ValueError)
        # ok: test-expects-any-exception
        error = self.assertRaises(Exception, int, "x")
        self.assertEqual(str(error), "no number")


def test_block(work):
    # ok: test-expects-several-statements
    with pytest.raises(ValueError) as info:
        work()
    assert "no such" in str(info.value)
    # ok: test-expects-several-statements
    with pytest.raises(ValueError):
        items = work()
        for _ in items:
            assert False
    # ok: test-expects-several-statements
    with pytest.raises(KeyError):
        path = work()
        assert path == []
        work(path)
    # ruleid: test-expects-several-statements
    with pytest.raises(ValueError) as info:
        work()
        assert "no such" in str(info.value)


def test_waits(job):
    while not job.done:
        # ok: test-sleeps
        time.sleep(0.1)
    # ok: test-sleeps
    time.sleep(0)
    # ok: test-sleeps
    time.sleep(0.1)
    # The old socket lingers for a second.
    # ok: test-sleeps
    time.sleep(1)
    # ruleid: test-sleeps
    time.sleep(2)
    assert job.done


# ok: test-skipped-without-reason
@pytest.mark.skip(reason="needs a server")
def test_with_reason():
    assert len("ab") == 2


# This is slow; run it when the pipe is in doubt.
# ok: test-skipped-without-reason
@pytest.mark.skip
def test_with_reason_above():
    assert len("ab") == 2


# ruleid: test-skipped-without-reason
@pytest.mark.skip
def test_without_reason():
    assert len("ab") == 2


def test_always(result):
    assert result
    if result:
        # ok: test-asserts-sometimes
        assert result[0] == 1


def test_both(mode, found):
    if mode == "a":
        # ok: test-asserts-sometimes
        assert found
    else:
        assert not found


def test_sometimes(client):
    result = client.get("/users")
    if result:
        # ruleid: test-asserts-sometimes
        assert result[0] == 1


async def test_breaks_off():
    async with asyncio.timeout(0) as timeout:
        # ok: test-sleeps
        await asyncio.sleep(10)
    assert timeout.expired()


def test_sleep_takes_no_thread_time(clock):
    # ok: test-sleeps
    time.sleep(0.5)
    assert clock.thread_time() < 0.1
