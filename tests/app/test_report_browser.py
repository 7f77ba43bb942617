#!/usr/bin/env python3
"""The report in a headless Chromium without network: drawn, turned, read, and on a phone."""

import os
import pathlib
import shutil
import struct
import sys
import time
import unittest
import zlib

import numpy

from browser import Browser
from test_command_line import CommandLine, corticoil
from test_report import head_run

BASELINE = pathlib.Path(__file__).with_name("report_view.txt")
BLOCKS = (24, 16)  # Columns and rows of the small picture that is compared.


def pixels(png):
    """An 8-bit RGB or RGBA PNG as rows × columns × 3."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and kind in (2, 6)
    channels = 3 if kind == 2 else 4
    at, packed = 8, b""
    while at < len(png):
        size = struct.unpack(">I", png[at:at + 4])[0]
        if png[at + 4:at + 8] == b"IDAT":
            packed += png[at + 8:at + 8 + size]
        at += size + 12
    raw = numpy.frombuffer(zlib.decompress(packed), numpy.uint8).reshape(height, 1 + width * channels)
    above = numpy.zeros((width, channels), numpy.int32)
    rows = []
    for line in raw:
        kind, row = line[0], line[1:].reshape(width, channels).astype(numpy.int32)
        if kind == 2:
            row = (row + above) % 256
        elif kind == 1:
            row = numpy.cumsum(row, axis=0) % 256
        elif kind in (3, 4):
            left, corner = numpy.zeros(channels, numpy.int32), numpy.zeros(channels, numpy.int32)
            for i in range(width):
                if kind == 3:
                    left = (row[i] + (left + above[i]) // 2) % 256
                else:
                    p = left + above[i] - corner
                    a, b, c = abs(p - left), abs(p - above[i]), abs(p - corner)
                    left = (row[i] + numpy.where((a <= b) & (a <= c), left, numpy.where(b <= c, above[i], corner))) % 256
                corner = above[i]
                row[i] = left
        rows.append(row)
        above = row
    return numpy.array(rows)[:, :, :3]


def blocks(picture):
    """Mean colours of BLOCKS parts of a picture."""
    columns, rows = BLOCKS
    height, width = picture.shape[:2]
    picture = picture[:height - height % rows, :width - width % columns]
    return picture.reshape(rows, height // rows, columns, width // columns, 3).mean(axis=(1, 3))


def difference(one, other):
    """Mean absolute difference of block colours, 0 … 255."""
    return float(numpy.abs(one - other).mean())


class ReportBrowser(CommandLine):
    """A round head's report; one browser for all that does not need its own window."""

    def setUp(self):
        super().setUp()
        self.file = self.folder / "report.html"
        run = corticoil("report", head_run(self), "--out", self.file, "--require-3d")
        self.assertEqual(run.returncode, 0, run.stderr)

    def opened(self, browser):
        browser.open(self.file.as_uri())
        browser.wait_for("return Number(document.getElementById('view3d').dataset.frames ?? 0) > 0")
        browser.run("document.querySelector('.stage').scrollIntoView({block: 'center', behavior: 'instant'})")
        time.sleep(0.5)
        return browser.run("const b = document.querySelector('.stage').getBoundingClientRect();"
                           "return [b.x + b.width / 2, b.y + b.height / 2]")

    def drawn(self, browser):
        """The view once it has drawn what was asked for."""
        time.sleep(0.5)
        return blocks(pixels(browser.picture(".stage canvas")))

    def test_the_view_is_drawn_turned_and_read(self):
        with Browser(1000, 900) as browser:
            x, y = self.opened(browser)
            first = self.drawn(browser)
            self.assertGreater(first.std(), 10, "the canvas is blank")
            if "WRITE_BASELINE" in os.environ:
                numpy.savetxt(BASELINE, first.reshape(-1, 3), fmt="%d")
            baseline = numpy.loadtxt(BASELINE).reshape(first.shape)
            self.assertLess(difference(first, baseline), 6)

            browser.mouse("mouseMoved", x, y)
            browser.wait_for("return document.querySelector('.readout').textContent.includes('V/m')")

            browser.mouse("mousePressed", x, y, 1)
            for step in range(1, 11):
                browser.mouse("mouseMoved", x + 12 * step, y - 4 * step, 1)
            browser.mouse("mouseReleased", x + 120, y - 40)
            turned = self.drawn(browser)
            self.assertGreater(difference(turned, first), 3, "a drag must turn the view")
            self.assertGreater(difference(turned, baseline), difference(first, baseline) + 2)

            browser.run("document.querySelector('[data-view=reset]').click()")
            self.assertLess(difference(self.drawn(browser), first), 1)

            browser.run("document.querySelector('.stage').focus()")
            for _ in range(6):
                browser.key("ArrowLeft", 37)
            self.assertGreater(difference(self.drawn(browser), first), 2, "an arrow key must turn the view")
            browser.key("0", 48, "0")
            self.assertLess(difference(self.drawn(browser), first), 1)
            outline = browser.run("return getComputedStyle(document.querySelector('.stage')).outlineStyle")
            self.assertEqual(outline, "solid", "the focus must be seen")

            browser.run("document.querySelector('[data-layer=coil]').click()")
            self.assertGreater(difference(self.drawn(browser), first), 1, "the coil must go")
            self.assertEqual(browser.console_errors(), [])

    def test_a_definition_shows_by_mouse_and_by_keyboard(self):
        shown = ("const t = document.querySelectorAll('.term [role=tooltip]')[0], s = getComputedStyle(t),"
                 " b = t.getBoundingClientRect();"
                 "return s.visibility === 'visible' && b.width > 100 && b.left >= 0 && b.right <= innerWidth && "
                 "t.textContent.length > 30")
        with Browser(1000, 900) as browser:
            self.opened(browser)
            self.assertFalse(browser.run(shown))
            browser.run("document.querySelector('.term').scrollIntoView({block: 'center', behavior: 'instant'})")
            box = browser.run("const b = document.querySelector('.term').getBoundingClientRect();"
                              "return [b.x + b.width / 2, b.y + b.height / 2]")
            browser.mouse("mouseMoved", *box)
            browser.wait_for(shown, 10)
            browser.mouse("mouseMoved", 5, 5)
            browser.wait_for(f"return !(() => {{ {shown} }})()", 10)
            browser.run("document.querySelector('.term button').focus()")
            browser.wait_for(shown, 10)
            browser.key("Escape", 27)
            browser.wait_for(f"return !(() => {{ {shown} }})()", 10)

    def test_a_phone_and_the_dark(self):
        with Browser(360, 740, dark=True) as browser:
            self.opened(browser)
            self.assertEqual(browser.run("return document.documentElement.scrollWidth"), 360)
            wide = browser.run("return [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && "
                               "!e.closest('.skip') && e.getBoundingClientRect().right > innerWidth + 1)"
                               ".map(e => e.tagName + '.' + e.className)")
            self.assertEqual(wide, [])
            # Contrast of text and background, WCAG 2.1: at least 4.5.
            contrast = browser.run("""
                const luminance = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                const back = luminance(getComputedStyle(document.body).backgroundColor);
                return Math.min(...[...document.querySelectorAll('p:not(.notice),th,td,a,li,figcaption,dt,dd,h1,h2')].map(e => {
                    const text = luminance(getComputedStyle(e).color);
                    return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05); }));""")
            self.assertGreaterEqual(contrast, 4.5)
            self.assertLess(browser.run("return Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"), 60)
            self.assertEqual(browser.console_errors(), [])


if __name__ == "__main__":
    missing = [program for program in ("chromium", "chromedriver") if shutil.which(program) is None]
    if os.environ["HAS_REPORT_VIEW"] != "TRUE":
        missing.append("the interactive view (npm at configure time)")
    if missing:
        print(f"Skipped: {', '.join(missing)} missing; scripts/setup test installs it")
        sys.exit(77)
    unittest.main()
