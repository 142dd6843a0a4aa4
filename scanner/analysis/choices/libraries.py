"""Which library the code takes for a job."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import OPEN, Alternative, Family, Scene, Seen, Topic

#: Libraries that can stand in for each other, by what they are for. A codebase that has one of a
#: row has no need of another.
JOBS: dict[str, tuple[str, ...]] = {
    "HTTP": ("requests", "httpx", "aiohttp", "urllib3", "urllib", "pycurl", "treq", "niquests"),
    "JSON": ("json", "orjson", "ujson", "simplejson", "rapidjson"),
    "YAML": ("yaml", "ruamel", "strictyaml", "oyaml"),
    "TOML": ("tomllib", "tomli", "toml", "tomlkit", "rtoml", "pytoml"),
    "XML": ("lxml", "xml", "defusedxml", "xmltodict", "untangle"),
    "HTML parsing": ("bs4", "html5lib", "selectolax", "pyquery", "parsel", "justhtml"),
    "the command line": (
        "argparse", "click", "typer", "fire", "docopt", "optparse", "cyclopts", "plumbum", "cleo",
    ),
    "database mapping": (
        "sqlalchemy", "peewee", "django", "tortoise", "pony", "sqlmodel", "piccolo", "mongoengine",
    ),
    "PostgreSQL": ("psycopg2", "psycopg", "asyncpg", "pg8000", "aiopg"),
    "MySQL": ("pymysql", "MySQLdb", "aiomysql", "asyncmy", "mysql"),
    "SQLite": ("sqlite3", "aiosqlite", "pysqlite3", "apsw"),
    "Redis": ("redis", "aioredis", "coredis", "fakeredis"),
    "tests": ("pytest", "unittest", "nose", "nose2", "testtools", "trial"),
    "mocks": ("mock", "flexmock", "mockito"),
    "dates": ("arrow", "pendulum", "dateutil", "maya", "delorean", "whenever"),
    "time zones": ("zoneinfo", "pytz", "tzlocal"),
    "validation": (
        "pydantic", "marshmallow", "cerberus", "voluptuous", "schema", "cattrs", "msgspec",
    ),
    "the web server": (
        "flask", "fastapi", "django", "bottle", "tornado", "sanic", "quart", "falcon",
        "litestar", "pyramid", "cherrypy",
    ),
    "logging": ("logging", "loguru", "structlog", "logbook", "eliot"),
    "templates": ("jinja2", "mako", "chevron", "pystache", "genshi"),
    "retries": ("tenacity", "backoff", "retrying", "stamina"),
    "terminal colour": ("rich", "colorama", "termcolor", "blessed", "colored", "crayons"),
    "progress bars": ("tqdm", "progressbar", "alive_progress"),
    "data frames": ("pandas", "polars", "vaex", "modin", "cudf"),
    "environment files": ("dotenv", "environs", "decouple"),
    "event loops": ("asyncio", "trio", "anyio", "curio", "gevent", "eventlet"),
    "task queues": ("celery", "rq", "dramatiq", "huey", "arq", "taskiq"),
    "scheduling": ("apscheduler", "schedule", "croniter", "rocketry"),
    "images": ("PIL", "cv2", "imageio", "skimage", "wand"),
    "tables as text": ("tabulate", "prettytable", "texttable", "beautifultable"),
    "web sockets": ("websockets", "websocket", "wsproto", "socketio"),
    "tokens (JWT)": ("jwt", "jose", "authlib", "joserfc"),
    "password hashes": ("bcrypt", "passlib", "argon2", "scrypt"),
    "data classes": ("dataclasses", "attr", "attrs"),
    "temporary caches": ("cachetools", "diskcache", "dogpile", "async_lru", "cachier"),
    "browsers": ("selenium", "playwright", "pyppeteer", "splinter", "helium"),
    "serial formats": ("pickle", "dill", "cloudpickle", "joblib"),
    "plots": ("matplotlib", "plotly", "bokeh", "altair", "pygal"),
}  # fmt: skip
JOB_OF: dict[str, str] = {
    library: job for job, libraries in reversed(JOBS.items()) for library in libraries
}


def _library(node: ast.alias, scene: Scene) -> Seen | None:
    parent = scene.parent
    if isinstance(parent, ast.Import):
        library = node.name.split(".")[0]
    elif isinstance(parent, ast.ImportFrom) and not parent.level and parent.names[0] is node:
        library = (parent.module or "").split(".")[0]
    else:
        return None
    return Seen(library, JOB_OF[library]) if library in JOB_OF else None


FAMILIES = (
    Family(
        "library",
        Topic.LIBRARIES,
        "imports for {subject}",
        (ast.alias,),
        _library,
        (Alternative(OPEN, "of `{choice}`", "use `{choice}`", pattern="import {choice}"),),
    ),
)
