import json
import os
import pathlib
import subprocess
import tempfile


def encoded(path, data):
    # ok: text-without-encoding
    with open(path, encoding="utf-8") as file:
        file.read()
    # ok: text-without-encoding
    with open(path, "rb") as file:
        file.read()
    # ok: text-without-encoding
    pathlib.Path(path).write_text(data, encoding="utf-8")
    # ok: text-without-encoding
    with os.fdopen(3) as file:
        file.read()
    # ok: text-without-encoding
    with open("/proc/version") as file:
        file.read()
    # ok: text-without-encoding
    lock = open(lock_path, "w")
    # ok: text-without-encoding
    with open(path, "w"):
        lock.flush()
    # ok: text-without-encoding
    pathlib.Path(path).write_text("made")
    # ruleid: text-without-encoding
    with open(path) as file:
        file.read()
    # ruleid: text-without-encoding
    with open(path, "w") as file:
        file.write(data)
    # ok: text-without-encoding
    with open(path, "w") as file:
        json.dump(data, file)
    # ruleid: text-without-encoding
    with open(path, "w") as file:
        json.dump(data, file, ensure_ascii=False)
    # ruleid: text-without-encoding
    pathlib.Path(path).read_text()


def closed(path):
    with open(path, "rb") as file:
        # ok: file-never-closed
        data = json.load(file)
    # ruleid: file-never-closed
    text = open(path, "rb").read()
    # ruleid: file-never-closed
    return data, text, json.load(open(path, "rb"))


def temporary():
    # ok: temporary-name-race
    pipe = tempfile.mktemp(prefix=r"\\.\pipe\build-")
    # ok: temporary-name-race, temporary-descriptor-leaked
    descriptor, name = tempfile.mkstemp()
    os.close(descriptor)
    # ruleid: temporary-name-race
    other = tempfile.mktemp()
    # ruleid: temporary-descriptor-leaked
    _, third = tempfile.mkstemp()
    # ruleid: temporary-descriptor-leaked
    return pipe, name, other, third, tempfile.mkstemp(suffix=".txt")[1]


def scratch(folder):
    # ok: predictable-temporary-path
    with open(folder + "/report.txt", "w", encoding="utf-8") as file:
        file.write("")
    # ok: predictable-temporary-path
    with open("/tmp/given.txt", "r", encoding="utf-8") as file:
        file.read()
    # ruleid: predictable-temporary-path
    with open("/tmp/report.txt", "w", encoding="utf-8") as file:
        file.write("")


def locked(lock, work):
    # ok: lock-not-released-on-error
    with lock:
        work()
    # ok: lock-not-released-on-error
    lock.acquire()
    try:
        work()
    finally:
        lock.release()


def locked_badly(lock, work):
    # ruleid: lock-not-released-on-error
    lock.acquire()
    work()
    lock.release()


def load(path):
    # ok: exists-then-open
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def load_later(path):
    # ok: exists-then-open
    if os.path.exists(path):
        with open(path, "rb") as file:
            return file.read()
    # ok: exists-then-open, exists-then-remove
    path.unlink(missing_ok=True)
    # ruleid: exists-then-open
    if path.exists():
        path.unlink()
    # ruleid: exists-then-remove
    if os.path.exists(path):
        os.remove(path)
    # ruleid: exists-then-open
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("")


def save(path, other, value):
    with open(path, "rb") as file:
        data = json.load(file)
    data["x"] = value
    # ok: file-rewritten-in-place
    with open(other, "w", encoding="utf-8") as file:
        json.dump(data, file)
    os.replace(other, path)


def save_in_place(path, value):
    with open(path, "rb") as file:
        data = json.load(file)
    data["x"] = value
    # ruleid: file-rewritten-in-place
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file)


def kill_job(command):
    # ok: process-failure-ignored
    subprocess.run(command)


def build(command):
    # ok: process-failure-ignored
    subprocess.run(["xdg-open", "report.html"])
    # ok: process-failure-ignored
    subprocess.run(command, check=True)
    # ok: process-failure-ignored
    done = subprocess.run(command)
    # ok: process-failure-ignored
    if subprocess.call(command) != 0:
        raise RuntimeError
    # ok: process-failure-ignored
    subprocess.run(command, check=False)
    # ruleid: process-failure-ignored
    subprocess.run(command)
    # ruleid: process-failure-ignored
    subprocess.run(command, capture_output=True)
    return done


def output(command):
    # ok: pipe-may-fill-up
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    return process.communicate()


def output_or_deadlock(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    # ruleid: pipe-may-fill-up
    process.wait()
    return process.stdout.read()


def main():
    # ok: working-directory-changed
    os.chdir("/")


def detached():
    # ok: working-directory-changed
    os.chdir("/")
    os.umask(0)


def moved(folder, command):
    # ruleid: working-directory-changed
    os.chdir(folder)
    return subprocess.run(command, check=True)


def moved_and_back(folder, work):
    before = os.getcwd()
    # ruleid: working-directory-changed
    os.chdir(folder)
    work()
    os.chdir(before)


def isolated(folder):
    before = os.getcwd()
    # ok: working-directory-changed
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)
