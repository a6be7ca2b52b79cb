"""A browser for tests: Debian's Chromium, headless, driven by its chromedriver over the WebDriver protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

CHROMIUM_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--force-device-scale-factor=1",
]

WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

TAB, ENTER, ARROW_RIGHT, ESCAPE = "\ue004", "\ue007", "\ue014", "\ue00c"


class Browser:
    """One browser with an empty profile; use it in a `with` statement."""

    def __init__(self):
        self._profile = tempfile.mkdtemp(prefix="throng-browser-")
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        self._session = None
        try:
            self._base = f"http://127.0.0.1:{self._read_port()}"
            self._session = self._request("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": {"args": CHROMIUM_ARGUMENTS + [f"--user-data-dir={self._profile}"]},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }}})["sessionId"]
        except BaseException:
            self._close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._close()

    def _close(self):
        try:
            if self._session:
                self._request("DELETE", f"/session/{self._session}")
        finally:
            self._driver.terminate()
            self._driver.wait()
            shutil.rmtree(self._profile, ignore_errors=True)

    def _read_port(self):
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                return int(line.rstrip(".\n").split()[-1])
        raise RuntimeError("chromedriver did not start")

    def _request(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with WITHOUT_PROXY.open(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def _command(self, path, body):
        return self._request("POST", f"/session/{self._session}{path}", body)

    def devtools(self, command, **parameters):
        """A command of Chromium's own protocol."""
        return self._command("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, file, width=1280, height=900, scheme="light", fragment=""):
        """Opens a file, as if anew, at a viewport of `width` x `height` CSS pixels, in the light or dark colour scheme."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)
        self.set_scheme(scheme)
        self._command("/url", {"url": "about:blank"})  # else a page that differs in its fragment alone stays
        self._command("/url", {"url": file.resolve().as_uri() + (f"#{fragment}" if fragment else "")})

    def set_scheme(self, scheme):
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.wait_for_frame()

    def run(self, script, *arguments):
        """The value that the JavaScript function body returns."""
        return self._command("/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The value that the JavaScript function body gives to its last argument, a function."""
        return self._command("/execute/async", {"script": script, "args": list(arguments)})

    def wait_for_frame(self):
        """Returns when the page has heard of all that happened and has been painted again."""
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]));")

    def press(self, *keys):
        for first in range(0, len(keys), 50):  # a slow machine takes its time for more at once
            actions = [{"type": kind, "value": key} for key in keys[first:first + 50] for kind in ("keyDown", "keyUp")]
            self._command("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def console(self):
        """The messages of the console since the last call."""
        return self._command("/se/log", {"type": "browser"})

    def requests(self):
        """The addresses that the page has asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self._command("/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, whole_page=True):
        """PNG bytes."""
        if whole_page:
            size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        else:
            shot = self.devtools("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    def print_to_pdf(self):
        return base64.b64decode(self.devtools("Page.printToPDF", printBackground=True)["data"])
