import os
import pickle
import shutil
import tarfile
import zipfile

import numpy as np
import requests
import torch
import yaml
from flask import request, send_file
from lxml import etree
from werkzeug.utils import secure_filename


def configuration(text):
    # ok: unsafe-yaml-load
    yaml.safe_load(text)
    # ok: unsafe-yaml-load
    yaml.load(text, Loader=yaml.SafeLoader)
    # ruleid: unsafe-yaml-load
    yaml.load(text)
    # ruleid: unsafe-yaml-load
    return yaml.load(text, Loader=yaml.Loader)


def stored(file, value):
    # ok: unpickled-data
    copy = pickle.loads(pickle.dumps(value))
    # ok: unpickled-data
    pickle.dump(value, file)
    # ruleid: unpickled-data
    return copy, pickle.load(file)


def fetched(url, file):
    # ok: unpickled-from-network
    data = requests.get(url, timeout=5).json()
    # ruleid: unpickled-data
    local = pickle.load(file)
    answer = requests.get(url, timeout=5)
    # ruleid: unpickled-data, unpickled-from-network
    return data, local, pickle.loads(answer.content)


def weights(path):
    # ok: torch-load-runs-code
    torch.load(path, weights_only=True)
    # ok: torch-load-runs-code
    np.load(path)
    # ruleid: torch-load-runs-code
    torch.load(path, weights_only=False)
    # ruleid: torch-load-runs-code
    return np.load(path, allow_pickle=True)


def parser():
    # ok: xml-entities-resolved
    etree.XMLParser(resolve_entities=False)
    # ok: xml-entities-resolved
    etree.XMLParser(huge_tree=True)
    # ruleid: xml-entities-resolved
    return etree.XMLParser(resolve_entities=True)


def unpack(path, folder):
    with tarfile.open(path) as archive:
        # ok: tar-extracted-unfiltered
        archive.extractall(folder, filter="data")
        # ruleid: tar-extracted-unfiltered
        archive.extractall(folder)
    with zipfile.ZipFile(path) as other:
        # ok: tar-extracted-unfiltered
        other.extractall(folder)


def unpack_old(path, folder):
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            # ok: tar-extracted-unfiltered
            archive.extractall(folder)


def unpack_checked(path, folder, is_within):
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if not is_within(folder, member.name):
                raise ValueError(member.name)
        # ok: tar-extracted-unfiltered
        archive.extractall(folder)


def unzip(path, folder):
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            # ok: zip-member-joined-to-path
            archive.extract(member, folder)
        for member in archive.infolist():
            if member.filename.endswith("/"):
                continue
            # ruleid: zip-member-joined-to-path
            target = os.path.join(folder, member.filename)
            with open(target, "wb") as file:
                file.write(archive.read(member))


def unzip_checked(path, folder):
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            # ok: zip-member-joined-to-path
            target = os.path.realpath(os.path.join(folder, member.filename))
            if not target.startswith(folder + os.sep):
                raise ValueError(member.filename)


class Extractor:
    def unzip(self, path, folder):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                # ok: zip-member-joined-to-path
                target = os.path.join(folder, member.filename)
                if not self.is_within(folder, target):
                    raise ValueError(member.filename)


def unpack_any(path, folder):
    # ok: archive-unpacked-unfiltered
    shutil.unpack_archive(path, folder, filter="data")
    # ruleid: archive-unpacked-unfiltered
    shutil.unpack_archive(path, folder)


def download(folder):
    name = secure_filename(request.args["name"])
    # ok: request-data-in-path
    send_file(os.path.join(folder, name))
    # ok: request-data-in-path
    send_file(os.path.join(folder, "report.pdf"))
    # ruleid: request-data-in-path
    return send_file(os.path.join(folder, request.args["name"]))


def save(upload, folder, frame):
    # ok: upload-name-in-path
    upload.save(os.path.join(folder, secure_filename(upload.filename)))
    # ok: upload-name-in-path
    os.path.join(folder, frame.filename)
    # ruleid: upload-name-in-path
    upload.save(os.path.join(folder, upload.filename))


def proxy():
    # ok: request-data-in-url
    requests.get("https://example.org", params={"q": request.args["q"]}, timeout=5)
    # ruleid: request-data-in-url
    return requests.get(request.args["url"], timeout=5)


class Style:
    def meta(self):
        # ok: unpickled-data
        return pickle.loads(self._meta)
