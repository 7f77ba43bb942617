#!/usr/bin/env python3
"""`corticoil render` as its users meet it: every view and flag on a small head, messages and exit codes."""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

CORTICOIL = os.environ["CORTICOIL"]
SIZE = ("--size", "480x360")


def corticoil(*arguments, **options):
    return subprocess.run([CORTICOIL, *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False,
                          **options)


def png_chunks(path):
    """Name and content of each chunk of a PNG file."""
    data = path.read_bytes()
    position = 8
    while position < len(data):
        length, name = struct.unpack(">I4s", data[position:position + 8])
        yield name.decode(), data[position + 8:position + 8 + length]
        position += 12 + length


def png_size(path):
    return struct.unpack(">II", dict(png_chunks(path))["IHDR"][:8])


class Pictures(unittest.TestCase):
    """One run of a small head for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.holder.cleanup)
        cls.base = pathlib.Path(cls.holder.name)
        head = cls.base / "head.msh"
        subprocess.run([os.environ["MAKE_ROUND_HEAD"], head, "16"], check=True)
        cls.run_folder = cls.base / "run"
        run = corticoil("simulate", "--mesh", head, "--coil", "figure8_70mm", "--target=-20,10,50", "--out", cls.run_folder,
                        "--no-pictures")
        if run.returncode != 0:
            raise RuntimeError(run.stderr)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        self.out = self.folder / "out"

    def drawn(self, *flags, source=None):
        run = corticoil("render", source or self.run_folder, *SIZE, "--out", self.out, *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        return sorted(path.name for path in self.out.iterdir())

    def refused(self, expected, *flags, source=None, code=2, **options):
        run = corticoil("render", source or self.run_folder, "--out", self.out, *flags, **options)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertIn(expected, run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertEqual(list(self.folder.iterdir()), [], "something was written")

    def test_every_view_of_the_brain_and_the_head(self):
        views = ["close", "overview", "motor", "leg", "prefrontal", "cerebellar", "left", "right", "front", "back", "top",
                 "bottom", "six"]
        self.assertEqual(self.drawn("--view", ",".join(views)), sorted(f"{view}.png" for view in views))
        for path in self.out.iterdir():
            self.assertEqual(png_size(path), (480, 360))

    def test_standard_is_the_targets_view_and_the_close_one(self):
        self.assertEqual(self.drawn(), ["close.png", "motor.png"])

    def test_all_is_close_and_overview(self):
        self.assertEqual(self.drawn("--view", "all"), ["close.png", "overview.png"])

    def test_montage_of_several_views(self):
        self.assertEqual(self.drawn("--view", "motor,top,left", "--montage"), ["montage.png"])

    def test_scalars_backgrounds_and_parts_change_the_picture(self):
        pictures = set()
        for name, flags in {"plain": (), "normal": ("--scalar", "normal"), "tangential": ("--scalar", "tangential"),
                            "dark": ("--background", "dark"), "bare": ("--hide", "coil,scalp,roi"),
                            "axes": ("--show", "axes")}.items():
            self.out = self.folder / name
            self.drawn("--view", "motor", *flags)
            pictures.add((self.out / "motor.png").read_bytes())
        self.assertEqual(len(pictures), 6)

    def test_size_as_printed_and_resolution(self):
        run = corticoil("render", self.run_folder, "--view", "top", "--size", "80x60mm", "--dpi", "200", "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(png_size(self.out / "top.png"), (630, 472))
        self.assertEqual(struct.unpack(">IIB", dict(png_chunks(self.out / "top.png"))["pHYs"]), (7874, 7874, 1))

    def test_legend_as_svg_is_well_formed_with_text_as_text(self):
        self.assertEqual(self.drawn("--view", "top", "--legend", "svg"), ["top.png", "top_legend.svg"])
        root = xml.etree.ElementTree.parse(self.out / "top_legend.svg").getroot()
        self.assertEqual(root.get("viewBox"), "0 0 480 360")
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertTrue(any("V/m" in text for text in texts), texts)
        self.assertTrue({"A", "P", "L", "R"} <= set(texts), texts)
        self.assertTrue(any(text.endswith(" mm") for text in texts), texts)

    def test_dry_run_tells_what_would_be_drawn(self):
        run = corticoil("render", self.run_folder, "--view", "all", "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["view"], ["close", "overview"])
        self.assertFalse(self.out.exists())

    def test_json_names_the_files(self):
        run = corticoil("render", self.run_folder, *SIZE, "--view", "top", "--out", self.out, "--json")
        self.assertEqual(json.loads(run.stdout)["result"], {"pictures": [str(self.out / "top.png")]})

    def test_unknown_words_are_answered_with_the_nearest(self):
        self.refused("'motr' is not a view; did you mean 'motor'?", "--view", "motr")
        self.refused("'' is not a view", "--view", "motor,")
        self.refused("'normals' is not a scalar; did you mean 'normal'?", "--scalar", "normals")
        self.refused("'black' is not a background", "--background", "black")
        self.refused("'skul' is not a part; did you mean 'skull'?", "--show", "skul")
        self.refused("'pdf' is not a kind of legend", "--legend", "pdf")
        self.refused("name the same part", "--show", "coil", "--hide", "windings")

    def test_sizes_that_cannot_be(self):
        self.refused("is not a size", "--size", "170x-3mm")
        self.refused("is not a size", "--size", "170mm")
        self.refused("the width must be 400 … 8000", "--size", "20x20cm", "--dpi", "6000")
        self.refused("is no resolution", "--dpi", "0")

    def test_half_a_run_folder(self):
        half = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        (half / "run.json").write_bytes((self.run_folder / "run.json").read_bytes())
        self.refused("grey_matter.vtp", source=half)
        self.refused("is neither a run folder", source=self.base / "nothing")

    def test_field_that_is_no_number(self):
        broken = self.copy_of_run()
        data = bytearray((broken / "grey_matter.vtp").read_bytes())
        del data[len(data) // 2:]
        (broken / "grey_matter.vtp").write_bytes(bytes(data))
        self.refused("grey_matter.vtp", source=broken)
        (broken / "grey_matter.vtp").write_text(raw_surface(magnitude=float("nan")), encoding="latin-1")
        self.refused("array magnE: the value 0 is not a finite number", source=broken)

    def copy_of_run(self):
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        for path in self.run_folder.iterdir():
            if path.is_file():
                (copy / path.name).write_bytes(path.read_bytes())
        return copy

    def test_without_egl(self):
        blind = dict(os.environ, __EGL_VENDOR_LIBRARY_FILENAMES="/nonexistent")
        self.refused("libegl1", code=4, env=blind)


def raw_surface(magnitude):
    """A VTP file of one triangle with magnE, as latin-1 text."""
    def block(data):
        return struct.pack("<Q", len(data)) + data

    arrays = [("Points", struct.pack("<9f", 0, 0, 0, 10, 0, 0, 0, 10, 0)), ("magnE", struct.pack("<3f", magnitude, 1, 1)),
              ("connectivity", struct.pack("<3i", 0, 1, 2)), ("offsets", struct.pack("<i", 3))]
    offsets, appended = {}, b""
    for name, data in arrays:
        offsets[name] = len(appended)
        appended += block(data)
    header = (f'<?xml version="1.0"?><VTKFile type="PolyData" version="1.0" byte_order="LittleEndian" header_type="UInt64">'
              f'<PolyData><Piece NumberOfPoints="3" NumberOfPolys="1"><PointData>'
              f'<DataArray type="Float32" Name="magnE" format="appended" offset="{offsets["magnE"]}"/></PointData><Points>'
              f'<DataArray type="Float32" Name="Points" NumberOfComponents="3" format="appended" offset="{offsets["Points"]}"/>'
              f'</Points><Polys>'
              f'<DataArray type="Int32" Name="connectivity" format="appended" offset="{offsets["connectivity"]}"/>'
              f'<DataArray type="Int32" Name="offsets" format="appended" offset="{offsets["offsets"]}"/></Polys></Piece>'
              f'</PolyData><AppendedData encoding="raw">_')
    return header + appended.decode("latin-1") + "</AppendedData></VTKFile>"


if __name__ == "__main__":
    unittest.main()
