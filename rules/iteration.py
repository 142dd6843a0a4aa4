import itertools


def copy(items):
    for item in list(items):
        # ok: list-changed-while-iterating
        items.remove(item)


def once(items, name):
    for item in items:
        if item.name == name:
            # ok: list-changed-while-iterating
            items.remove(item)
            break


def other(items, done):
    for item in items:
        # ok: list-changed-while-iterating
        done.remove(item)


def skips(items):
    for item in items:
        if item.old:
            # ruleid: list-changed-while-iterating
            items.remove(item)


def expire(table, now):
    for key, value in list(table.items()):
        if value < now:
            # ok: dict-changed-while-iterating
            del table[key]
    for key, value in table.items():
        # ok: dict-changed-while-iterating
        table[key] = value + 1


def expire_one(table, now):
    for key, value in table.items():
        if value < now:
            # ok: dict-changed-while-iterating
            table.pop(key)
            return key


class Table:
    def clear(self):
        for key in self.keys():
            # ok: dict-changed-while-iterating
            del self[key]


def breaks(table, now):
    for key, value in table.items():
        if value < now:
            # ruleid: dict-changed-while-iterating
            del table[key]
    for key in table.keys():
        # ruleid: dict-changed-while-iterating
        table.pop(key)


def groups(items, key):
    # ok: groupby-without-sort
    a = {name: list(group) for name, group in itertools.groupby(sorted(items, key=key), key)}
    # ruleid: groupby-without-sort
    b = {name: list(group) for name, group in itertools.groupby(items, key)}
    return a, b


def twice(items):
    # ok: iterator-used-twice
    names = [item.name for item in items]
    for name in names:
        print(name)
    for name in names:
        print(name)


def used_up(items):
    # ruleid: iterator-used-twice
    names = (item.name for item in items)
    for name in names:
        print(name)
    for name in names:
        print(name)


def row(names, line, values):
    # ok: zip-of-unequal-lengths
    a = dict(zip(names, values))
    # ok: zip-of-unequal-lengths
    a |= dict(zip(names, asyncio.gather(*values)))
    # ok: zip-of-unequal-lengths
    a |= dict(zip(range(3), "a b c".split()))
    # ok: zip-of-unequal-lengths
    b = dict(zip(names, line.split(","), strict=True))
    # ruleid: zip-of-unequal-lengths
    return a, b, dict(zip(names, line.split(",")))


def trim(name, url):
    # ok: affix-removed-by-strip
    a = name.strip(" \n")
    # ok: affix-removed-by-strip
    b = name.rstrip("/")
    # ok: affix-removed-by-strip
    c = name.removesuffix(".txt")
    # ruleid: affix-removed-by-strip
    d = name.rstrip(".txt")
    # ruleid: affix-removed-by-strip
    return a, b, c, d, url.lstrip("https://")
