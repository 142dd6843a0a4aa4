import os
import sys

import requests

# ok: private-name-of-other-package
from collections import OrderedDict

# ok: private-name-of-other-package
from mypackage import _helper

# ok: import-from-tests
from mypackage.tests_of_speed import measure

# ruleid: private-name-of-other-package
from requests.adapters import _basic_auth_str

# ruleid: import-from-tests
from tests.factories import make_user

# ok: deprecated-standard-module
import importlib

# ruleid: deprecated-standard-module
import imp

# ruleid: deprecated-standard-module
from distutils.version import LooseVersion

try:
    # ok: deprecated-standard-module
    import telnetlib
except ImportError:
    telnetlib = None

# ok: import-path-changed
print(sys.path)
# ruleid: import-path-changed
sys.path.insert(0, "..")


def fetch():
    # ok: network-on-import
    return requests.get("https://example.org", timeout=5)


# ruleid: network-on-import
ANSWER = requests.get("https://example.org", timeout=5)


def main():
    # ok: exit-in-library
    exit(0)


def parse(text):
    if not text:
        # ok: exit-in-library
        raise ValueError(text)
    # ruleid: exit-in-library
    exit(1)


def main_environment():
    # ok: environment-changed
    os.environ["A"] = "1"


def choose(name):
    # ok: environment-changed
    value = os.environ["A"]
    # ruleid: environment-changed
    os.environ["A"] = name
    return value
