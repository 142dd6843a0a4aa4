import ast
import logging
import os
import shlex
import subprocess

import jinja2
import requests
from flask import render_template_string, request
from markupsafe import Markup

logger = logging.getLogger(__name__)
TABLE = "users"


def query(cursor, name, table, columns, function):
    # ok: sql-built-from-text
    cursor.execute("SELECT * FROM users WHERE name = ?", (name,))
    # ok: sql-built-from-text
    cursor.execute(f"SELECT * FROM {table} WHERE name = ?", (name,))
    # ok: sql-built-from-text
    cursor.execute(f"SELECT * FROM {TABLE}")
    # ok: sql-built-from-text
    cursor.execute("SELECT " + ", ".join(columns) + " FROM users")
    # ok: sql-built-from-text
    cursor.execute(f"task {name}")
    # ok: sql-built-from-text
    cursor.execute("SELECT %s()" % function)
    # ruleid: sql-built-from-text
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")
    # ruleid: sql-built-from-text
    cursor.execute("SELECT * FROM users WHERE name = '%s'" % name)
    wanted = "SELECT * FROM users WHERE name = ?"
    # ok: sql-built-from-text
    cursor.execute(wanted, (name,))
    long = "SELECT a FROM b " + "HAVING c = ? " + "AND d = 1"
    # ok: sql-built-from-text
    cursor.execute(long, (name,))
    built = f"SELECT * FROM users WHERE name = '{name}'"
    # ruleid: sql-built-from-text
    cursor.execute(built)
    # ruleid: sql-built-from-text
    cursor.execute("DELETE FROM users WHERE name = '{}'".format(name))
    # ruleid: sql-built-from-text
    cursor.execute("SELECT * FROM users WHERE name = '" + name + "'")


def shell(name, command):
    # ok: shell-command-built-from-text, shell-for-variable-command
    subprocess.run(["ls", name], check=True)
    # ok: shell-command-built-from-text, shell-for-variable-command
    subprocess.run("ls | wc -l", shell=True, check=True)
    # ok: shell-command-built-from-text
    subprocess.run(f"ls {shlex.quote(name)} | wc -l", shell=True, check=True)
    fixed = "ls | wc -l"
    # ok: shell-command-built-from-text
    # ruleid: shell-for-variable-command
    subprocess.run(fixed, shell=True, check=True)
    built = f"ls {name}"
    # ruleid: shell-command-built-from-text, shell-for-variable-command
    subprocess.run(built, shell=True, check=True)
    # ruleid: shell-command-built-from-text
    subprocess.run(f"ls {name}", shell=True, check=True)
    # ruleid: shell-command-built-from-text
    os.system("ls " + name)
    # ruleid: shell-command-built-from-text
    os.popen("ls %s" % name)
    # ruleid: shell-for-variable-command
    subprocess.check_output(command, shell=True)


def from_request(cursor):
    # ok: request-data-in-command-or-query
    cursor.execute("SELECT * FROM users WHERE id = ?", (request.args["id"],))
    number = int(request.args["id"])
    # ok: request-data-in-command-or-query
    os.system("ls %d" % number)
    name = request.args.get("name")
    query = "SELECT * FROM users WHERE name = '" + name + "'"
    # ruleid: request-data-in-command-or-query, sql-built-from-text
    cursor.execute(query)


def calculate(text, model):
    # ok: eval-of-variable
    ast.literal_eval(text)
    # ok: eval-of-variable
    eval("1 + 1")
    # ok: eval-of-variable
    model.eval()
    # ok: eval-of-variable
    exec(text, {"__builtins__": {}})
    if text in ["True", "False"]:
        # ok: eval-of-variable
        return eval(text)
    # ruleid: eval-of-variable
    return eval(text)


def computed(count, answer):
    # ok: eval-of-outside-text
    eval("1 + 1")
    number = int(input("How many? "))
    # ok: eval-of-outside-text
    # ruleid: eval-of-variable
    eval(f"{number} + {count}")
    with open(os.environ["PROFILE"], encoding="utf-8") as profile:
        # ok: eval-of-outside-text
        # ruleid: eval-of-variable
        exec(profile.read())
    text = input("Formula: ")
    # ruleid: eval-of-outside-text, eval-of-variable
    eval(text)
    # ruleid: eval-of-outside-text, eval-of-variable
    exec(requests.get(answer, timeout=5).text)


def render(name):
    # ok: template-from-variable
    render_template_string("Hello {{ name }}", name=name)
    # ok: template-from-variable
    jinja2.Template("Hello {{ name }}").render(name=name)
    # ruleid: template-from-variable
    return render_template_string(f"Hello {name}")


def environment(folder):
    loader = jinja2.FileSystemLoader(folder)
    # ok: autoescape-off
    jinja2.Environment(loader=loader, autoescape=True)
    # ok: autoescape-off
    jinja2.Environment(loader=loader, autoescape=jinja2.select_autoescape())
    # ok: autoescape-off
    jinja2.Environment()
    # ruleid: autoescape-off
    jinja2.Environment(loader=loader)
    # ruleid: autoescape-off
    return jinja2.Environment(autoescape=False)


def html(name):
    # ok: html-marked-safe
    Markup("<b>{}</b>").format(name)
    # ok: html-marked-safe
    Markup("<br>")
    # ruleid: html-marked-safe
    return Markup(f"<b>{name}</b>")


def person(connection, name, escape_filter_chars):
    # ok: ldap-filter-from-text
    connection.search_s("dc=org", 2, "(uid=ada)")
    # ok: ldap-filter-from-text
    connection.search_s("dc=org", 2, f"(uid={escape_filter_chars(name)})")
    # ok: ldap-filter-from-text
    connection.search("everything", f"about {name}")
    # ruleid: ldap-filter-from-text
    connection.search_s("dc=org", 2, f"(uid={name})")


def node(tree, name, depth):
    # ok: xpath-from-text
    tree.xpath("//user[@name=$name]", name=name)
    # ok: xpath-from-text
    tree.xpath(f"//user[{depth}]")
    # ruleid: xpath-from-text
    return tree.xpath(f"//user[@name='{name}']")


def visit():
    name = request.args.get("name")
    # ok: request-data-in-log
    logger.info("visit by %r", name)
    # ok: request-data-in-log
    logger.info(f"visit by number {int(name)}")
    # ruleid: request-data-in-log
    logger.info(f"visit by {name}")


def printed(template, filename):
    command = template % shlex.quote(filename)
    # ok: shell-for-variable-command
    return os.popen(command, "r")
