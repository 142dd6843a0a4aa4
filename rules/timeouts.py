import ftplib
import smtplib
import socket
import time
import urllib.request

import aiohttp
import httpx
import requests


def leave_alone(session, options):
    # ok: requests-without-timeout
    requests.get("https://example.org", timeout=10)
    # ok: requests-without-timeout
    requests.post("https://example.org", **options)
    # ok: requests-without-timeout
    session.get("https://example.org")
    # ok: requests-session-without-timeout
    session.get("https://example.org")
    # ok: urlopen-without-timeout
    urllib.request.urlopen("https://example.org", timeout=5)
    # ok: urlopen-without-timeout
    urllib.request.urlopen("https://example.org", None, 5)
    # ok: http-timeout-disabled
    httpx.get("https://example.org", timeout=30)
    # ok: http-timeout-disabled
    aiohttp.ClientTimeout(total=None, sock_read=60)
    # ok: socket-connect-without-timeout
    socket.create_connection(("example.org", 80), 5)
    # ok: mail-or-ftp-without-timeout
    smtplib.SMTP("mail.example.org", 25, timeout=10)
    # ok: mail-or-ftp-without-timeout
    smtplib.SMTP()


def open_socket(address, timeout=None):
    if timeout is not None:
        return socket.create_connection(address, timeout)
    # ok: socket-connect-without-timeout
    return socket.create_connection(address)


def by_wrapper(uri):
    from mypackage.net import requests

    # ok: requests-without-timeout
    return requests.get(uri)


def mounted(adapter):
    session = requests.Session()
    session.mount("https://", adapter)
    # ok: requests-session-without-timeout
    return session.get("https://example.org")


def not_a_call(paths):
    session = requests.Session()
    # ok: requests-session-without-timeout
    session.headers.update({"Accept": "text/plain"})
    # ok: requests-session-without-timeout
    session.close()


def wait_for_ever():
    # ruleid: requests-without-timeout
    requests.get("https://example.org")
    # ruleid: requests-without-timeout
    requests.request("GET", "https://example.org", headers={})
    # ruleid: urlopen-without-timeout
    urllib.request.urlopen("https://example.org")
    # ruleid: http-timeout-disabled
    httpx.AsyncClient(timeout=None)
    # ruleid: http-timeout-disabled
    requests.get("https://example.org", timeout=None)
    # ruleid: socket-connect-without-timeout
    socket.create_connection(("example.org", 80))
    # ruleid: mail-or-ftp-without-timeout
    smtplib.SMTP("mail.example.org", 25)
    # ruleid: mail-or-ftp-without-timeout
    ftplib.FTP("ftp.example.org")


def session_for_ever():
    with requests.Session() as session:
        # ruleid: requests-session-without-timeout
        session.get("https://example.org")


def session_variable():
    session = requests.Session()
    session.headers["Accept"] = "text/plain"
    # ruleid: requests-session-without-timeout
    return session.post("https://example.org", json={})


def bounded(fetch):
    attempts = 0
    while True:
        # ok: unbounded-retry
        try:
            return fetch()
        except OSError:
            attempts += 1
            if attempts > 3:
                raise


def server(accept, log):
    while True:
        # ok: unbounded-retry
        try:
            accept()
        except OSError:
            log()


def ask():
    while True:
        # ok: unbounded-retry
        try:
            return int(input("How many? "))
        except ValueError:
            print("a number, please")


def gives_up(fetch):
    while True:
        # ok: unbounded-retry
        try:
            return fetch()
        except OSError as error:
            if error.errno == 2:
                break


def shrinks(set_limit, limit):
    while True:
        # ok: unbounded-retry
        try:
            set_limit(limit)
            break
        except OverflowError:
            limit //= 10


def retries_for_ever(fetch):
    while True:
        # ruleid: unbounded-retry
        try:
            return fetch()
        except OSError:
            time.sleep(1)


def retries_until_it_works(fetch):
    while True:
        # ruleid: unbounded-retry
        try:
            result = fetch()
            break
        except Exception:
            time.sleep(1)
    return result
