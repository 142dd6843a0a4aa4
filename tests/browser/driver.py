"""A headless Chromium spoken to over WebDriver's HTTP, with nothing but the standard library.

Rule: these tests run wherever a Chromium and its chromedriver are found. Where they are not, they
are skipped with that reason, unless TALLYSTICK_BROWSER=required says that they must not be.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
CHROMEDRIVER = shutil.which("chromedriver")
IS_REQUIRED = os.environ.get("TALLYSTICK_BROWSER") == "required"
IS_THERE = CHROMIUM is not None and CHROMEDRIVER is not None

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip


#: The driver is on this machine: no proxy has a part in it.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Browser:
    """One session of a browser."""

    base: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """What the driver answers to a command."""
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, method=method)  # noqa: S310
        request.add_header("Content-Type", "application/json")
        with _DIRECT.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        """Loads a page, and waits until it is there."""
        self.call("POST", "/url", {"url": url})

    def script(self, body: str, *arguments: Any) -> Any:
        """What a function body returns in the page."""
        return self.call("POST", "/execute/sync", {"script": body, "args": list(arguments)})

    def emulate(self, width: int, height: int, scheme: str) -> None:
        """A screen of this size, light or dark."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._devtools("Emulation.setEmulatedMedia", {"features": features})

    def busy_seconds(self, url: str) -> float:
        """Processor seconds of the page's main thread until it is loaded; each page starts at 0."""
        self._devtools("Performance.disable", {})
        self._devtools("Performance.enable", {"timeDomain": "threadTicks"})
        self.open(url)
        metrics = self._devtools("Performance.getMetrics", {})["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")

    def keys(self, *names: str) -> None:
        """Presses keys by their WebDriver code points, one after the other."""
        presses = [{"type": kind, "value": key} for key in names for kind in ("keyDown", "keyUp")]
        keyboard = {"type": "key", "id": "keyboard", "actions": presses}
        self.call("POST", "/actions", {"actions": [keyboard]})

    def messages(self) -> list[str]:
        """What the console was told since it was last asked."""
        entries = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries]

    def _devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})


@contextmanager
def started() -> Iterator[Browser]:
    """A browser with an empty profile; it is ended with the block."""
    assert CHROMIUM
    assert CHROMEDRIVER
    profile = tempfile.mkdtemp()
    with subprocess.Popen(
        [CHROMEDRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            browser = _session(f"http://127.0.0.1:{_port(process)}", profile)
            try:
                yield browser
            finally:
                browser.call("DELETE", "")  # a driver that is ended leaves its browser running
        finally:
            process.terminate()
            process.wait(20)
            time.sleep(0.2)
            shutil.rmtree(Path(profile), ignore_errors=True)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    for line in process.stdout:
        if "started successfully on port " in line:
            return int(line.rsplit("on port ", 1)[1].strip().rstrip("."))
    raise AssertionError("chromedriver did not start")


def _session(base: str, profile: str) -> Browser:
    options = {"binary": CHROMIUM, "args": [*FLAGS, f"--user-data-dir={profile}"]}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    body = {"capabilities": {"alwaysMatch": wanted}}
    found = Browser(base).call("POST", "/session", body)
    return Browser(f"{base}/session/{found['sessionId']}")
