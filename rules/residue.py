import json
import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)


def complete(items):
    # ok: code-left-out
    # The rest of the items is skipped.
    total = len(items)
    # ok: code-left-out
    # existing codes are kept
    # ok: code-left-out
    # original code unchanged.
    # ok: code-left-out
    # the rest of the logic is about types
    return total


def documented():
    """Make a pool:

    pool = Pool(
        # ok: code-left-out
        # ... other existing parameters ...
    )
    # ok: comment-repeats-code
    # Return the result
    return pool

    pool = Pool(
        size=3,
        # ok: commented-out-code
        # wait = True,
        # name = None,
    )
    """


def pasted(items):
    # ruleid: code-left-out
    # ... existing code ...
    total = 1
    # ruleid: code-left-out
    # rest of the code remains the same
    return total


def real(client):
    # ok: placeholder-presented-as-done
    # In production the client retries by itself.
    # ok: placeholder-presented-as-done
    # the placeholder is shown in grey
    # ok: placeholder-presented-as-done
    # This is just a placeholder to please the loader; setup overwrites it.
    # ok: placeholder-presented-as-done
    # This is a simplified version of the scope that the parser uses.
    # ok: placeholder-presented-as-done
    # FIXME: replace with real parser
    # ok: placeholder-presented-as-done
    # We lower the case in actual use.
    # ok: placeholder-presented-as-done
    # For now we just hardcode the cipher that the others use.
    # ok: placeholder-presented-as-done
    # These calls use the placeholder values, which is fine.
    return client.send()


def pretended(client):
    # ruleid: placeholder-presented-as-done
    # In a real implementation, this would call the payment service
    return {"paid": True}


def stood_in(client):
    # ruleid: placeholder-presented-as-done
    # This is a placeholder implementation.
    # ruleid: placeholder-presented-as-done
    # TODO: Replace with actual API call
    # ruleid: placeholder-presented-as-done
    return {"paid": True}  # placeholder value


def kept_in_memory(client):
    # ruleid: placeholder-presented-as-done
    # In production, use Redis
    return {}


def pretended_too(client):
    # ruleid: placeholder-presented-as-done
    # For now, just return a mock response
    return {"paid": True}


def handler(event):
    # ok: unfinished-body
    # nothing to clean up
    pass


def charge(card):
    """Charges the card."""
    # ruleid: unfinished-body
    # TODO: implement charging
    pass


def explained(items):
    # ok: commented-out-code
    # Items come in pairs: the first is a name,
    # the second (if there is one) its value.
    # ok: commented-out-code
    # for each item we keep the name
    # and the value
    # ok: commented-out-code
    # usage = sum(values)
    return items


def derived(items):
    # ok: commented-out-code
    # x.n = y.n at the start.  Then it wants to add k to y, so that [1]
    # becomes true; the rest follows:
    #    k = (y+k).s - (y+k).d
    return items


def planned(items):
    # TODO: uncomment these lines in the next version
    # ok: commented-out-code
    # total = sum(items)
    # return total
    return items


def illustrated(items):
    # ok: commented-out-code
    # Sums come out like this:
    # total = sum(items)
    # print(total)
    # return total
    return items


def put_off(items):
    # Sums are for another day.

    # ok: commented-out-code
    # total = sum(items)
    # return total
    return items


def sketched(items):
    # ok: commented-out-code
    # if several items:
    #     take one
    # else:
    return items


def labelled(items):
    # ok: commented-out-code
    # total(items)
    # Although this is the sum, it must
    # return something(items)
    return items


# ok: commented-out-code
# _MASK_UNUSED_BIT_7 = 1 << 7
# _MASK_UNUSED_BIT_8 = 1 << 8
MASK = 1 << 9


def kept(items):
    # ruleid: commented-out-code
    # total = sum(items)
    # return total
    # Better this way.
    return len(items)


def kept_loop(items):
    # ruleid: commented-out-code
    # for item in items:
    #     print(item)
    return items


def narrated(items):
    # ok: comment-repeats-code
    # Return early: the cache is shared with the parent.
    if not items:
        return None
    # ok: comment-repeats-code
    # Loop backwards, so that deletion does not shift what is left
    for item in items:
        print(item)
    # ok: comment-repeats-code
    # Loop over rows
    for n in range(items.shape[0]):
        print(n)
    # ruleid: comment-repeats-code
    # Iterate over the items
    for item in items:
        print(item)
    # ruleid: comment-repeats-code
    # Create an empty list
    result = []
    # ruleid: comment-repeats-code
    # Return the result
    return result


def told(items):
    # ok: comment-tells-the-change
    # New items come last.
    # ok: comment-tells-the-change
    # Fixed width: the protocol has no other.
    # ok: comment-tells-the-change
    # FIX: one pass would do
    # ok: comment-tells-the-change
    # until all of this is migrated to the new store
    first = items[0]
    # ruleid: comment-tells-the-change
    # FIXED: now handles the empty list
    second = items[1:]
    # ruleid: comment-tells-the-change
    third = second  # CHANGED: was items
    return first, third


class Shape:
    def area(self):
        # ok: not-implemented-with-todo
        raise NotImplementedError

    def edge(self):
        # ok: not-implemented-with-todo
        raise NotImplementedError("Subclasses must implement this method.")

    def outline(self):
        # ruleid: not-implemented-with-todo
        raise NotImplementedError("TODO: outline")


# ok: import-of-own-language
try:
    import tomllib
except ImportError:
    tomllib = None

# ok: import-of-own-language
try:
    from typing import _AnnotatedAlias
except ImportError:
    _AnnotatedAlias = ()

# ok: import-of-own-language
try:
    from sys import getwindowsversion
except ImportError:
    getwindowsversion = None

# ruleid: import-of-own-language
try:
    import json
except ImportError:
    json = None


def checked(path, find):
    found = find(path)
    # ok: always-true-none-check
    if found is None:
        return None
    # ruleid: always-true-none-check
    folder = Path(path)
    if folder is None:
        return None
    return found, folder


class Cache:
    def __init__(self):
        self.items = {}

    def doubt(self):
        # ok: own-attribute-doubted
        if hasattr(self, "other"):
            return None
        # ruleid: own-attribute-doubted
        if hasattr(self, "items"):
            return self.items
        # ruleid: own-attribute-doubted
        return getattr(self, "items", None)


class Late(Cache):
    def __init__(self, *args):
        super().__init__(*args)
        self.parts = []

    def add(self, part):
        # ok: own-attribute-doubted
        if hasattr(self, "parts"):
            self.parts.append(part)


class Early:
    def __init__(self, path):
        self.file = None
        self.file = open(path)

    def close(self):
        # ok: own-attribute-doubted
        if hasattr(self, "file"):
            self.file.close()

    def read(self):
        # Stand-ins of other packages lack it.
        # ok: own-attribute-doubted
        if hasattr(self, "file"):
            return self.file.read()
        return None


# ok: whole-file-suppression
# mypy: disable-error-code="misc"
# ruleid: whole-file-suppression
# ruff: noqa


def read(data):
    # ok: mutually-redundant-fallbacks
    name = data.get("name") or data.get("title")
    # ruleid: mutually-redundant-fallbacks
    key = data.get("id") or data.get("key") or data.get("uuid")
    return name, key


# ok: class-of-static-methods
class Parser:
    @staticmethod
    def one(text):
        return text

    @staticmethod
    def two(text):
        return text

    def parse(self, text):
        return self.one(text)


# ok: class-of-static-methods
class run_length:
    @staticmethod
    def encode(text):
        return text

    @staticmethod
    def decode(text):
        return text


# ok: class-of-static-methods
class TextParts(Parser):
    @staticmethod
    def three(text):
        return text

    @staticmethod
    def four(text):
        return text


# ruleid: class-of-static-methods
class TextUtils:
    """Helpers."""

    @staticmethod
    def one(text):
        return text

    @staticmethod
    def two(text):
        return text
