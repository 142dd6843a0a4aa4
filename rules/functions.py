import datetime
import functools
import random
import time
import uuid

# ok: wildcard-import
from os.path import join

try:
    # ok: wildcard-import
    from _locale import *
except ImportError:
    LC_ALL = 6

# ok: wildcard-import
from _dbm import *

# ok: wildcard-import
from house._names import *

# ruleid: wildcard-import
from os.path import *


def only_read(names=[]):
    # ok: mutable-default-changed
    return [name.upper() for name in names]


def emptied(names={}):
    # ok: mutable-default-changed
    names.pop("me", None)
    # ok: mutable-default-changed
    del names["you"]


def replaced(names=[]):
    names = list(names)
    # ok: mutable-default-changed
    names.append("me")
    return names


def walked(nodes):
    def seen(node, met={}):
        # ok: mutable-default-changed
        met[node] = True

    return [node for node in nodes if not seen(node)]


def empty(names=None):
    names = names or []
    # ok: mutable-default-changed
    names.append("me")
    return names


def remembers(names=[]):
    # ruleid: mutable-default-changed
    names.append("me")
    return names


def keeps(key, cache={}, _seen=[], cell=[0]):
    # ok: mutable-default-changed
    cache[key] = 1
    # ok: mutable-default-changed
    _seen.append(key)
    # ok: mutable-default-changed
    cell[0] += 1


def remembers_typed(key, found: dict = {}):
    # ruleid: mutable-default-changed
    found[key] = 1
    return found


class Box:
    def __init__(self, things=[]):
        # ok: mutable-default-changed
        self.things = things


# ok: default-from-call
def later(when=None, separator=str("x")):
    return when or datetime.datetime.now()


# ok: default-from-call
def drawn(source: random.Random = random.Random(), made=field(default=None)):
    return source.random()


class Entry:
    # ok: default-from-call
    created = Column(DateTime, default=datetime.datetime.now)
    # ruleid: default-from-call
    updated = Column(DateTime, default=datetime.datetime.now())


# ruleid: default-from-call
def once(when=datetime.datetime.now()):
    return when


# ruleid: default-from-call
def same_id(name, key: str = uuid.uuid4()):
    return key


# ruleid: default-from-call
def same_time(at: float = time.time()):
    return at


def bound(items, register):
    actions = []
    for item in items:
        # ok: closure-sees-last-item
        actions.append(lambda item=item: item.run())
        # ok: closure-sees-last-item
        actions.append(functools.partial(register, item))
        # ok: closure-sees-last-item
        actions.append(sorted(item, key=lambda part: part.name))
    return actions


def captured(items, actions, table):
    for item in items:
        # ruleid: closure-sees-last-item
        actions.append(lambda: item.run())
    for name in items:
        # ruleid: closure-sees-last-item
        table["x"] = lambda value: name + value
    # ruleid: closure-sees-last-item
    return [lambda: item + 1 for item in items]


def rows(count):
    # ok: shared-inner-list
    flat = [0] * count
    # ok: shared-inner-list
    grid = [[0] * 3 for _ in range(count)]
    # ok: shared-inner-list
    blank = [[" "]] * count
    print(blank)
    # ok: shared-fromkeys-value
    seen = dict.fromkeys(["a"], 0)
    return flat, grid, seen


def shared_rows(count, keys):
    # ruleid: shared-inner-list
    grid = [[0, 0]] * count
    # ruleid: shared-inner-list
    maps = [{}] * count
    grid[0][1] = 1
    maps[0]["x"] = 1
    # ruleid: shared-fromkeys-value
    table = dict.fromkeys(keys, [])
    return grid, maps, table


class Own:
    items = []

    def __init__(self):
        self.items = []

    def add(self, item):
        # ok: class-attribute-shared-by-instances
        self.items.append(item)


class Registry:
    entries = []

    @classmethod
    def register(cls, entry):
        # ok: class-attribute-shared-by-instances
        cls.entries.append(entry)


class Plugins:
    _found = []
    KNOWN = {}
    named = []

    def add(self, plugin):
        # ok: class-attribute-shared-by-instances
        self._found.append(plugin)
        # ok: class-attribute-shared-by-instances
        self.KNOWN[plugin.name] = plugin
        # ok: class-attribute-shared-by-instances
        self.named.append(plugin)

    def names(self):
        return [plugin.name for plugin in Plugins.named]


class Shared:
    items = []

    def add(self, item):
        # ruleid: class-attribute-shared-by-instances
        self.items.append(item)


# ok: recursion-without-end
def factorial(number):
    if number < 2:
        return 1
    return number * factorial(number - 1)


class Client:
    # ok: recursion-without-end
    def close(self):
        return close(self)

    # ok: recursion-without-end
    def read(self):
        return self.stream.read()

    # ruleid: recursion-without-end
    def write(self, data):
        return self.write(data)

    # ruleid: recursion-without-end
    @property
    def name(self):
        return self.name


# ok: recursion-without-end
def removesuffix(self, suffix):
    return self.removesuffix(suffix)


# ruleid: recursion-without-end
def endless(number):
    return endless(number - 1)


def called(values):
    # ok: builtin-replaced-then-called, builtin-shadowed
    items = list(values)
    # ok: builtin-replaced-then-called
    return list(items)


def given(list=None):
    # ok: builtin-shadowed
    list = list or []
    return list


def unpacked(data):
    # ruleid: builtin-shadowed
    len, = data
    return len


def rebound(values):
    # ruleid: builtin-shadowed
    list = [value for value in values]
    # ruleid: builtin-replaced-then-called
    return list(values)


def nothing():
    # ok: unreachable-after-exit
    return
    yield


class Done:
    def __await__(self):
        # ok: unreachable-after-exit
        return self.result
        yield


def last(flag):
    if flag:
        # ok: unreachable-after-exit
        return 1
    # ok: unreachable-after-exit
    return 2


def forgotten(items):
    for item in items:
        # ruleid: unreachable-after-exit
        continue
        print(item)
    # ruleid: unreachable-after-exit
    return items
    print("done")
