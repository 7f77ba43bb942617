#!/usr/bin/env python3
"""`corticoil render` as its users meet it: every view and flag on a small head, messages and exit codes."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import nibabel
import numpy

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

    def test_views_of_the_field_in_the_volume(self):
        self.assertEqual(self.drawn("--view", "cut,arrows,streamlines"), ["arrows.png", "cut.png", "streamlines.png"])
        cut = (self.out / "cut.png").read_bytes()
        self.out = self.folder / "tissue"
        self.drawn("--view", "cut", "--section", "tissue")
        self.assertNotEqual((self.out / "cut.png").read_bytes(), cut)
        self.out = self.folder / "skull"
        self.drawn("--view", "left", "--show", "skull,white_matter")

    def test_montage_has_one_scale(self):
        self.assertEqual(self.drawn("--view", "motor,cut", "--montage"), ["montage.png"])
        self.out = self.folder / "mixed"
        run = corticoil("render", self.run_folder, *SIZE, "--out", self.out, "--view", "motor,cut", "--scalar", "normal",
                        "--montage")
        self.assertEqual(run.returncode, 2)
        self.assertIn("a montage has one colour scale", run.stderr)
        self.assertFalse(self.out.exists())

    def subject(self):
        """A folder with a T1 and the tissues of the round head."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        affine = numpy.diag([4.0, 4.0, 4.0, 1.0])
        affine[:3, 3] = -100
        centres = numpy.stack(numpy.meshgrid(*[numpy.arange(51) * 4 - 100] * 3, indexing="ij"))
        radius = numpy.sqrt((centres ** 2).sum(0))
        tissues = numpy.where(radius < 68, 2, numpy.where(radius < 90, 5, 0)).astype("uint8")
        nibabel.save(nibabel.Nifti1Image(tissues, affine), folder / "tissues.nii.gz")
        nibabel.save(nibabel.Nifti1Image((100 - radius).clip(0).astype("float32"), affine), folder / "t1.nii.gz")
        (folder / "subject.json").write_text("{}")
        return folder

    def test_slices_over_the_t1(self):
        self.assertEqual(self.drawn("--view", "slices", "--subject", self.subject()), ["slices.png"])

    def test_slices_without_a_t1(self):
        self.refused("give --subject", "--view", "slices")
        self.refused("is not a folder", "--view", "slices", "--subject", self.base / "nobody")

    def plan(self):
        """A plan's folder: the run as the planned one, and a short list of three."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        (folder / "plan.json").write_text("{}")
        (folder / "runs").mkdir()
        shutil.copytree(self.run_folder, folder / "runs/planned")
        pose = json.loads((self.run_folder / "pose.json").read_text())["head_from_coil"]
        rows = ["rank,e_mean_roi_v_per_m," + ",".join(f"m{i}{j}" for i in range(3) for j in range(4))]
        for rank in range(3):
            matrix = numpy.array(pose)
            matrix[0, 3] += 5 * rank
            rows.append(f"{rank + 1},{1 - 0.1 * rank}," + ",".join(map(str, matrix[:3].ravel())))
        (folder / "poses.csv").write_text("\n".join(rows) + "\n")
        return folder

    def test_candidates_of_a_plan(self):
        plan = self.plan()
        self.assertEqual(self.drawn("--view", "candidates,motor", source=plan), ["candidates.png", "motor.png"])
        self.refused_candidates(plan)

    def refused_candidates(self, plan):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.base))
        self.out = self.folder / "out"
        self.refused("is no plan's folder", "--view", "candidates")
        text = (plan / "poses.csv").read_text()
        (plan / "poses.csv").write_text(text.replace("1.0,", "much,", 1))
        self.refused("line 2 is no row of numbers", "--view", "candidates", source=plan)
        (plan / "poses.csv").write_text(text.replace("e_mean_roi", "e", 1))
        self.refused("has no column e_mean_roi_v_per_m", "--view", "candidates", source=plan)
        (plan / "poses.csv").unlink()
        self.refused("poses.csv: cannot be read", "--view", "candidates", source=plan)

    def test_half_a_volume(self):
        broken = self.copy_of_run()
        (broken / "field.vtu").unlink()
        self.refused("field.vtu", "--view", "cut", source=broken)

    def test_frames_of_a_turn(self):
        names = [f"orbit_{frame:04}.png" for frame in (1, 2, 3)]
        self.assertEqual(self.drawn("--orbit", "3"), names)
        self.assertEqual(len({(self.out / name).read_bytes() for name in names}), 3)

    def test_frames_of_a_sweep(self):
        self.assertEqual(self.drawn("--sweep", source=self.plan()), [f"sweep_{frame:04}.png" for frame in (1, 2, 3)])

    @unittest.skipUnless(shutil.which("ffmpeg"), "no ffmpeg")
    def test_videos(self):
        for kind, magic in {"gif": b"GIF8", "mp4": b"ftyp"}.items():
            self.out = self.folder / kind
            self.assertEqual(self.drawn("--orbit", "3", "--video", f"turn.{kind}"), [f"turn.{kind}"])
            self.assertIn(magic, (self.out / f"turn.{kind}").read_bytes()[:12])

    def test_frames_that_cannot_be(self):
        self.refused("needs ffmpeg", "--orbit", "3", "--video", "turn.mp4", code=4, env=dict(os.environ, PATH="/nonexistent"))
        self.refused("'turn.avi' is not a video's name", "--orbit", "3", "--video", "turn.avi")
        self.refused("--video needs --orbit", "--video", "turn.gif")
        self.refused("give 2 to 720", "--orbit", "1")
        self.refused("not both", "--orbit", "3", "--sweep")
        self.refused("neither --montage nor --legend", "--orbit", "3", "--legend", "svg")
        self.refused("is no plan's folder", "--sweep")

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
