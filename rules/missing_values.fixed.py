import glob
import json
import os
import re
import sys


def mean(items):
    if not items:
        return None
    # ok: mean-of-nothing
    return sum(items) / len(items)


def mean_or_zero(items):
    # ok: mean-of-nothing
    return sum(items) / len(items) if items else 0.0


def mean_of_two(first, second):
    items = [first, second]
    # ok: mean-of-nothing
    return sum(items) / len(items)


def mean_of_nothing(items):
    # ruleid: mean-of-nothing
    return sum(items) / len(items)


def mean_size(files):
    # ruleid: mean-of-nothing
    return sum(file.size for file in files) / len(files)


def find(items, name):
    # ok: next-without-default
    first = next((item for item in items if item.name == name), None)
    # ok: next-without-default
    any_item = next(iter(items))
    # ok: next-without-default
    sign = next(item for item in items if item is not None)
    # ruleid: next-without-default
    return first or any_item or next(item for item in items if item.name == name)


def choose(items, names):
    # ok: first-of-filtered
    first = [item.name for item in items][0]
    try:
        # ok: first-of-filtered
        first = [item for item in items if item.ready][0]
    except IndexError:
        first = None
    # ruleid: first-of-filtered
    second = [item for item in items if item.ready][0]
    # ruleid: first-of-filtered
    return first, second, glob.glob("*.csv")[0]


def version(text):
    match = re.match(r"v(\d+)", text)
    if match is None:
        raise ValueError(text)
    # ok: match-not-checked
    number = match.group(1)
    # ok: match-not-checked
    parts = re.split(",", text)[0]
    # ruleid: match-not-checked
    return number, parts, re.search(r"\d+", text).group(0)


def user(data, client):
    # ok: get-result-not-checked
    name = data.get("user", {}).get("name")
    # ok: get-result-not-checked
    page = client.get("/users").json()
    # ok: get-result-not-checked
    answer = client.get("users").json()
    if data.get("user"):
        # ok: get-result-not-checked
        name = data.get("user").strip()
    # ok: get-result-not-checked
    short = data.get("name").strip() if data.get("name") else ""
    # ruleid: get-result-not-checked
    email = data.get("email").lower()
    # ruleid: get-result-not-checked
    return name, page, answer, short, email, data.get("roles")[0]


def answer(response):
    try:
        # ok: chained-index-on-response
        return response.json()["choices"][0]
    except (KeyError, IndexError) as error:
        raise ValueError("unexpected answer") from error


def first_key(response):
    # ok: chained-index-on-response
    return response.json()["choices"]


def answer_unchecked(response):
    # ruleid: chained-index-on-response
    return response.json()["choices"][0]


def settings():
    # ok: environment-number-not-checked
    port = int(os.environ.get("PORT", "8000"))
    # ok: environment-number-not-checked
    size = int(os.environ["SIZE"])
    # ruleid: environment-number-not-checked
    limit = int(os.environ.get("LIMIT"))
    # ruleid: environment-number-not-checked
    hosts = os.getenv("HOSTS").split(",")
    return port, size, limit, hosts


def ask():
    try:
        # ok: input-number-not-checked
        return int(input("How many? "))
    except (TypeError, ValueError):
        return None


def ask_rudely():
    # ok: input-number-not-checked
    name = input("Name? ")
    # ruleid: input-number-not-checked
    count = int(sys.argv[1])
    # ruleid: input-number-not-checked
    return name, count, int(input("How many? "))


def connect(host: str | None = None, retries: int | None = None, label: str = None):
    # ok: or-default-drops-zero
    host = host or "localhost"
    # ok: or-default-drops-zero
    label = label or 3
    # ruleid: or-default-drops-zero
    return host, label, (3 if retries is None else retries)


def largest(items):
    # ok: extreme-of-nothing
    a = max((item.size for item in items if item.ready), default=0)
    # ok: extreme-of-nothing
    b = max(item.size for item in items)
    while any(items):
        # ok: extreme-of-nothing
        items.remove(max(item for item in items if item))
    # ruleid: extreme-of-nothing
    return a, b, max(item.size for item in items if item.ready)
