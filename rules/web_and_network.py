import os
import ssl
import subprocess
import sys
from urllib.parse import urlparse

import paramiko
import requests
import urllib3
from django.views.decorators.csrf import csrf_exempt
from fastapi import HTTPException
from flask import Flask, jsonify, redirect, request, url_for
from starlette.middleware.cors import CORSMiddleware

app = Flask(__name__)


def fetch(url, check):
    # ok: certificate-not-checked
    requests.get(url, verify=True, timeout=5)
    # ok: certificate-not-checked
    requests.get(url, verify="ca.pem", timeout=5)
    # ok: certificate-not-checked
    requests.get(url, verify=check, timeout=5)
    # ruleid: certificate-not-checked
    requests.get(url, verify=False, timeout=5)
    # ok: certificate-warnings-hidden
    urllib3.util.parse_url(url)
    # ruleid: certificate-warnings-hidden
    urllib3.disable_warnings()


def make_insecure_context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ok: certificate-not-checked
    made.verify_mode = ssl.CERT_NONE
    return made


def probe(url):
    # ok: certificate-not-checked
    insecure_answer = requests.get(url, verify=False, timeout=5)
    return insecure_answer


def choose(insecure):
    if insecure:
        # ok: certificate-not-checked
        return ssl._create_unverified_context()
    # ruleid: certificate-not-checked
    return ssl._create_unverified_context()


def session():
    session = requests.Session()
    # ok: certificate-not-checked
    session.verify = "ca.pem"
    # ruleid: certificate-not-checked
    session.verify = False
    return session


def client():
    connection = paramiko.SSHClient()
    # ok: host-key-not-checked
    connection.set_missing_host_key_policy(paramiko.RejectPolicy())
    # ruleid: host-key-not-checked
    connection.set_missing_host_key_policy(paramiko.AutoAddPolicy())


def wrapped(ssl, sock):
    # ok: outdated-tls
    return ssl.wrap_socket(sock)


def context():
    # ok: outdated-tls
    ssl.create_default_context()
    # ok: outdated-tls
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ruleid: outdated-tls
    return ssl.SSLContext(ssl.PROTOCOL_TLSv1)


def serve(debug):
    # ok: debug-server
    app.run(debug=debug)
    # ok: debug-server
    app.run()
    # ruleid: debug-server
    app.run(host="0.0.0.0", debug=True)


def cors(service):
    # ok: any-origin-with-credentials
    service.add_middleware(CORSMiddleware, allow_origins=["*"])
    # ok: any-origin-with-credentials
    service.add_middleware(CORSMiddleware, allow_origins=["https://a.org"], allow_credentials=True)
    # ruleid: any-origin-with-credentials
    service.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)


def cookies(response, value):
    # ok: session-cookie-unprotected
    response.set_cookie("session", value, httponly=True, secure=True)
    # ok: session-cookie-unprotected
    response.set_cookie("theme", value)
    # ruleid: session-cookie-unprotected
    response.set_cookie("session_id", value)


def answer(work):
    try:
        return work()
    except ValueError as error:
        # ok: error-text-sent-to-client
        raise HTTPException(status_code=400, detail=str(error)) from error
    except Exception as error:
        # ok: error-text-sent-to-client
        raise HTTPException(status_code=500, detail="failed") from error


def answer_too_much(work):
    try:
        return work()
    except Exception as error:
        # ruleid: error-text-sent-to-client
        return jsonify({"error": str(error)}), 500


def answer_too_much_in_short(work):
    try:
        return {"answer": work()}, 200
    except ValueError as error:
        # ok: error-text-sent-to-client
        return {"error": str(error)}, 400
    except Exception as error:
        # ruleid: error-text-sent-to-client
        return {"error": str(error)}, 500


def answer_too_much_again(work):
    try:
        return work()
    except Exception as error:
        # ruleid: error-text-sent-to-client
        raise HTTPException(status_code=500, detail=f"failed: {error}")


def forward(paths):
    # ok: open-redirect
    redirect(url_for("index", page=request.args["page"]))
    # ok: open-redirect
    redirect("/login")
    # ruleid: open-redirect
    return redirect(request.args.get("next"))


# ok: csrf-check-off
def view(request):
    return None


# ruleid: csrf-check-off
@csrf_exempt
def hook(request):
    return None


def forward_locally():
    target = urlparse(request.args["next"])
    # ok: open-redirect
    return redirect("/" + target.path.lstrip("/"))


def modes(path):
    # ok: world-writable-file
    os.makedirs(path, mode=0o777, exist_ok=True)
    # ok: world-writable-file
    os.chmod(path, 0o755)
    # ok: world-writable-file
    path.chmod(0o600)
    # ruleid: world-writable-file
    os.chmod(path, 0o777)
    # ruleid: world-writable-file
    path.chmod(0o666)


def umask(make):
    # ok: umask-cleared
    old = os.umask(0)
    try:
        make()
    finally:
        os.umask(old)


def umask_cleared():
    # ruleid: umask-cleared
    os.umask(0)


def install(name):
    # ok: package-installed-at-run-time
    subprocess.run([sys.executable, "-m", "pip", "list"], check=True)
    # ok: package-installed-at-run-time
    subprocess.run([sys.executable, "-m", "pip", "install", *name.options, "-r", name], check=True)
    # ruleid: package-installed-at-run-time
    subprocess.run([sys.executable, "-m", "pip", "install", name], check=True)
    # ruleid: package-installed-at-run-time
    os.system("pip install requests")
