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

if sys.version_info < (3, 12) and "setuptools" not in sys.modules:
    # ok: deprecated-standard-module
    import distutils.core

try:
    # ok: private-name-of-other-package
    from numpy import _core
except ImportError:
    _core = None

try:
    # ok: deprecated-standard-module
    import telnetlib
except ImportError:
    telnetlib = None

# ok: import-path-changed
print(sys.path)
# ok: import-path-changed
sys.path.append(sys.path.pop(0))
# ok: import-path-changed
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "_vendor"))
# Plug-ins are found beside the program when it is frozen.
# ok: import-path-changed
sys.path.append(os.path.dirname(sys.executable))


def run(script):
    # ok: import-path-changed
    sys.path.insert(0, os.path.dirname(script))


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


def detach(pid):
    if pid:
        # ok: exit-in-library
        os._exit(0)


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
