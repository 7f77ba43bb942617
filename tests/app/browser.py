"""A headless Chromium without network, driven through chromedriver's HTTP interface (W3C WebDriver)."""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request


class Browser:
    """`with Browser(width, height, dark) as browser:`; `dark` asks pages for their dark colours."""

    def __init__(self, width=1280, height=900, dark=False):
        self.size = (width, height)
        self.dark = dark

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        arguments = ["--headless=new", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
                     "--hide-scrollbars", "--force-device-scale-factor=1", "--disable-dev-shm-usage",
                     "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self.folder}/profile",
                     f"--window-size={self.size[0]},{self.size[1]}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        capabilities = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
                        "goog:chromeOptions": {"args": arguments}}
        for attempt in range(50):
            try:
                self.base = self.address
                session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
                break
            except OSError:
                if attempt == 49:
                    raise
                time.sleep(0.2)
        self.base = f"{self.address}/session/{session['sessionId']}"
        self.devtools("Emulation.setDeviceMetricsOverride",
                      width=self.size[0], height=self.size[1], deviceScaleFactor=1, mobile=False)
        self.devtools("Network.enable")
        self.devtools("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        if self.dark:
            self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """The value that a JavaScript function body returns."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, script, seconds=60):
        end = time.time() + seconds
        while not self.run(script):
            if time.time() > end:
                raise AssertionError(f"not within {seconds} s: {script}")
            time.sleep(0.1)

    def console_errors(self):
        log = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]

    def picture(self, selector=None):
        """PNG of what the window shows, or of an element in it."""
        clip = {}
        if selector:
            box = self.run("const b = document.querySelector(arguments[0]).getBoundingClientRect();"
                           "return [b.x + scrollX, b.y + scrollY, b.width, b.height]", selector)
            clip = {"clip": {"x": box[0], "y": box[1], "width": box[2], "height": box[3], "scale": 1},
                    "captureBeyondViewport": True}
        return base64.b64decode(self.devtools("Page.captureScreenshot", format="png", **clip)["data"])

    def mouse(self, kind, x, y, buttons=0):
        self.devtools("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if buttons or kind == "mouseReleased" else "none",
                      buttons=buttons, clickCount=1 if kind != "mouseMoved" else 0)

    def key(self, name, code=0, text=""):
        self.devtools("Input.dispatchKeyEvent", type="keyDown", key=name, windowsVirtualKeyCode=code, text=text)
        self.devtools("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)
