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


def mean_of_own(sizes):
    times = [sizes.start, *sizes.rest]
    # ok: mean-of-nothing
    return sum(times) / len(times)


def mean_of_enough(sizes):
    large = [size for size in sizes if size > 1]
    assert len(large) > 2, large
    # ok: mean-of-nothing
    return sum(large) / len(large)


def mean_of_filtered(sizes):
    large = [size for size in sizes if size > 1]
    # ruleid: mean-of-nothing
    return sum(large) / len(large)


def mean_of_nothing(items: list[int]):
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
    # ok: next-without-default
    empty = next(item for item in items if not item)
    try:
        # ok: next-without-default
        second = next(item for item in items if item.name == name)
    except (KeyError, StopIteration):
        second = None
    else:
        # ruleid: next-without-default
        second = next(item for item in second if item["id"] == name)
    # ruleid: next-without-default
    return first or any_item or next(item for item in items if item.name == name)


def choose(items, names):
    # ok: first-of-filtered
    first = [item.name for item in items][0]
    try:
        # ok: first-of-filtered
        first = [item for item in items if item["name"] == names][0]
    except IndexError:
        first = None
    finally:
        items.clear()
    # ok: first-of-filtered
    ready = [item for item in items if item.ready][0]
    # ruleid: first-of-filtered
    second = [item for item in items if item.name == names][0]
    # ruleid: first-of-filtered
    return first, ready, second, glob.glob("*.csv")[0]


# ok: match-not-checked
MAJOR = re.match(r"(\d+)\.", "1.2").group(1)


def version(text):
    match = re.match(r"v(\d+)", text)
    if match is None:
        raise ValueError(text)
    # ok: match-not-checked
    number = match.group(1)
    # ok: match-not-checked
    parts = re.split(",", text)[0]
    # ok: match-not-checked
    indent = re.match(r"^([ \t]*)", text).group()
    # ruleid: match-not-checked
    return number, parts, indent, re.search(r"\d+", text).group(0)


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


def answer_checked(client):
    response = client.get("/answer")
    response.raise_for_status()
    # ok: chained-index-on-response
    return response.json()["choices"][0]["text"]


def answer_asked(client):
    response = client.get("/answer")
    if response.status_code != 200:
        raise ValueError(response.text)
    # ok: chained-index-on-response
    return response.json()["choices"][0]


def answer_given(response):
    # ok: chained-index-on-response
    return response.json()["choices"][0]["text"]


def answer_unchecked(client):
    response = client.get("/answer")
    # ruleid: chained-index-on-response
    return response.json()["choices"][0]


def answer_fetched(client):
    response = client.post("/answer", json={})
    data = response.json()
    # ruleid: chained-index-on-response
    return data["choices"][0]["text"]


async def answer_awaited(client):
    response = await client.post("/answer", json={})
    # ruleid: chained-index-on-response
    return response.json()["choices"][0]["text"]


def settings():
    # ok: environment-number-not-checked
    port = int(os.environ.get("PORT", "8000"))
    # ok: environment-number-not-checked
    size = int(os.environ["SIZE"])
    # ok: environment-number-not-checked
    path = os.environ.get("PATH").split(os.pathsep)
    if "PID" in os.environ:
        # ok: environment-number-not-checked
        size = int(os.environ.get("PID"))
    # ok: environment-number-not-checked
    rate = float(os.getenv("RATE")) if os.getenv("RATE") is not None else 1.0
    # ruleid: environment-number-not-checked
    limit = int(os.environ.get("LIMIT"))
    # ruleid: environment-number-not-checked
    hosts = os.getenv("HOSTS").split(",")
    return port, size, path, rate, limit, hosts


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


def connect(host: str | None = None, retries: int | None = None, label: str = None, port: int | None = None, temperature: float | None = None):
    # ok: or-default-drops-zero
    host = host or "localhost"
    # ok: or-default-drops-zero
    label = label or 3
    # ok: or-default-drops-zero
    port = port or 443
    # ruleid: or-default-drops-zero
    temperature = (0.7 if temperature is None else temperature)
    # ruleid: or-default-drops-zero
    return host, label, port, temperature, (3 if retries is None else retries)


def largest(items, kind):
    # ok: extreme-of-nothing
    a = max((item.size for item in items if item.ready), default=0)
    # ok: extreme-of-nothing
    b = max(item.size for item in items)
    # ok: extreme-of-nothing
    c = max(item for item in (a, b) if item is not None)
    # ok: extreme-of-nothing
    d = max((item.size for item in items if item.kind == kind), default=0)
    # ruleid: extreme-of-nothing
    e = min(item["size"] for item in items if item["kind"] == kind)
    # ruleid: extreme-of-nothing
    return a, b, c, d, e, max([item.size for item in items if item.ready and item.kind == kind])
