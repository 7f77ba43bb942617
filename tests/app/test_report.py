#!/usr/bin/env python3
"""Reports from the command line: what the HTML holds, and what is refused."""

import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import unittest
import zlib

from test_command_line import CommandLine, corticoil

MOST_BYTES = 12e6
VOID = {"meta", "img", "link", "br", "input", "hr"}


class Page(html.parser.HTMLParser):
    """The elements of a page, checked to be nested."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = []
        self.broken = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def head_run(test, *flags, out="run"):
    run = corticoil("simulate", "--mesh", test.head(16), "--coil", "figure8_70mm", "--target=-20,10,50", "--out", test.folder / out,
                    *flags)
    test.assertEqual(run.returncode, 0, run.stderr)
    return test.folder / out


class Report(CommandLine):
    def reported(self, folder, *flags, name="report.html"):
        out = self.folder / name
        run = corticoil("report", folder, "--out", out, "--json", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        result = json.loads(run.stdout)["result"]
        self.assertEqual(result["bytes"], out.stat().st_size)
        return out, result

    def check_page(self, file):
        self.assertLess(file.stat().st_size, MOST_BYTES)
        text = file.read_text()
        page = Page(text)
        self.assertEqual((page.broken, page.open), ([], []))
        self.assertEqual(page.all("html")[0]["lang"], "en")
        self.assertIn("Research use only.", text)
        self.assertEqual(len(page.all("h1")), 1)
        for _, attributes in page.elements:
            for key in ("src", "href", "srcset", "data", "action"):
                self.assertRegex(attributes.get(key) or "#", r"^(#|data:image/)", "nothing may be fetched")
        self.assertNotRegex(text.split("<style>")[1].split("</style>")[0], r"url\(|@import")
        for picture in page.all("img"):
            self.assertGreater(len(picture["alt"]), 20)
        identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        self.assertEqual(len(identifiers), len(set(identifiers)))
        for _, attributes in page.elements:
            for key in ("aria-describedby", "aria-labelledby"):
                self.assertIn(attributes.get(key, identifiers[0]), identifiers)
            if (attributes.get("href") or "").startswith("#"):
                self.assertIn(attributes["href"][1:], identifiers)
        return text, page

    def test_a_run(self):
        folder = head_run(self)
        file, result = self.reported(folder)
        text, page = self.check_page(file)
        self.assertEqual(result["kind"], "run")
        self.assertEqual(len(page.all("img")), len(list((folder / "figures").iterdir())))
        metrics = json.loads((folder / "metrics.json").read_text())
        self.assertIn(f"{metrics['e_mean_roi_v_per_m']:.3g} V/m", text)
        for words in ("points towards", "Bank &amp; Smith 1993", "Wagner et al. 2004", "names no subject folder", "SHA-256"):
            self.assertIn(words, text)
        for section in ("summary", "view", "pictures", "pose", "field", "sureness", "head", "methods", "details"):
            self.assertIn(section, [attributes.get("id") for attributes in page.all("section")])

    def test_a_run_without_pictures_says_so(self):
        file, _ = self.reported(head_run(self, "--no-pictures"))
        text, page = self.check_page(file)
        self.assertEqual(page.all("img"), [])
        self.assertIn("has no pictures", text)

    def test_what_files_say_cannot_become_mark_up(self):
        folder = head_run(self, "--no-pictures")
        run = json.loads((folder / "run.json").read_text())
        run["warnings"] = ["</section><script>alert(1)</script> & \"quoted\""]
        (folder / "run.json").write_text(json.dumps(run))
        pose = json.loads((folder / "pose.json").read_text())
        pose["target"] = "</script><b>"
        (folder / "pose.json").write_text(json.dumps(pose))
        file, _ = self.reported(folder)
        text, _ = self.check_page(file)
        self.assertNotIn("<script>alert", text)
        self.assertNotIn("</script><b>", text)

    def test_a_comparison(self):
        run = corticoil("compare", "--mesh", self.head(), "--coils", "figure8_70mm,round_90mm", "--target=-20,10,50", "--no-pictures",
                        "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        file, result = self.reported(self.out)
        text, _ = self.check_page(file)
        self.assertEqual(result["kind"], "comparison")
        self.assertIn("selectivity", text)
        self.assertIn("placed by the convention", text)
        # How the coils were placed is what the comparison says, not what is usual.
        content = json.loads((self.out / "compare.json").read_text())
        content["configuration"]["pose"] = "best"
        (self.out / "compare.json").write_text(json.dumps(content))
        best = self.folder / "best.html"
        self.assertEqual(corticoil("report", self.out, "--out", best).returncode, 0)
        self.assertNotIn("placed by the convention", best.read_text())
        self.assertIn("confirmed by forward solves", best.read_text())
        if result["has_view"]:
            data = re.search(r'id="scene-data">(.*?)</script>', text, re.DOTALL).group(1)
            self.assertEqual([place["name"] for place in json.loads(data)["places"]], ["figure8_70mm", "round_90mm"])

    def test_refuses_what_is_no_result(self):
        self.assert_refused("is no folder", "report", self.folder / "nowhere", "--out", self.folder / "r.html")
        (self.folder / "empty").mkdir()
        self.assert_refused("run.json", "report", self.folder / "empty", "--out", self.folder / "r.html")

    def test_refuses_half_a_run(self):
        whole = head_run(self, "--no-pictures")
        for file in ("run.json", "metrics.json", "pose.json", "grey_matter.vtp", "scalp.vtp"):
            half = self.folder / f"without_{file}"
            shutil.copytree(whole, half)
            (half / file).unlink()
            self.assert_refused(file, "report", half, "--out", self.folder / "r.html")
            (half / file).write_text("nonsense")
            self.assert_refused(file, "report", half, "--out", self.folder / "r.html")
        self.assertFalse((self.folder / "r.html").exists())

    def test_refuses_a_field_with_nan(self):
        folder = head_run(self, "--no-pictures")
        plant_nan(folder / "grey_matter.vtp")
        self.assert_refused("grey_matter.vtp", "report", folder, "--out", self.folder / "r.html")

    def test_does_not_replace_without_being_told(self):
        folder = head_run(self, "--no-pictures")
        file, _ = self.reported(folder)
        self.assert_refused("--overwrite", "report", folder, "--out", file)
        self.reported(folder, "--overwrite")
        other = self.folder / "notes.html"
        other.write_text("mine")
        self.assert_refused("no report of ours", "report", folder, "--out", other, "--overwrite")
        self.assertEqual(other.read_text(), "mine")
        self.assert_refused("is a folder", "report", folder, "--out", self.folder, "--overwrite")

    def test_a_build_without_the_view_says_so(self):
        folder = head_run(self, "--no-pictures")
        run = corticoil("report", folder, "--out", self.folder / "r.html", "--require-3d")
        if os.environ["HAS_REPORT_VIEW"] == "TRUE":
            self.assertEqual(run.returncode, 0, run.stderr)
        else:
            self.assertEqual(run.returncode, 4)
            self.assertIn("CORTICOIL_REPORT_3D", run.stderr)
            file, _ = self.reported(folder)
            self.assertIn("interactive view is left out", file.read_text())


def plant_nan(path):
    """Makes the first value of magnE in a .vtp of ours NaN: appended raw data, one zlib stream per array block."""
    content = path.read_bytes()
    offset = int(re.search(rb'Name="magnE"[^>]*offset="(\d+)"', content).group(1))
    start = content.index(b"_", content.index(b"<AppendedData")) + 1 + offset
    is_wide = b'header_type="UInt64"' in content
    number = "<Q" if is_wide else "<I"
    size = struct.calcsize(number)
    n_blocks = struct.unpack_from(number, content, start)[0]
    sizes_at = start + 3 * size
    sizes = struct.unpack_from(f"<{n_blocks}{number[1]}", content, sizes_at)
    data_at = sizes_at + n_blocks * size
    block = bytearray(zlib.decompress(content[data_at:data_at + sizes[0]]))
    block[0:4] = struct.pack("<f", float("nan"))
    packed = zlib.compress(bytes(block), 9)
    # The block may be longer or shorter now: later arrays keep their places only if it is not.
    assert len(packed) <= sizes[0] + 4096
    changed = content[:sizes_at] + struct.pack(number, len(packed)) + content[sizes_at + size:data_at] + packed
    changed += content[data_at + sizes[0]:]
    shift = len(packed) - sizes[0]
    changed = re.sub(rb'offset="(\d+)"', lambda found: b'offset="%d"' % (
        int(found.group(1)) + (shift if int(found.group(1)) > offset else 0)), changed)
    path.write_bytes(changed)


if __name__ == "__main__":
    unittest.main()
