#!/usr/bin/env python3
"""The verb map: points, poses, images and atlases between a head and MNI space."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema
import nibabel
import numpy

CORTICOIL = os.environ["CORTICOIL"]
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs/schemas/map.schema.json"
TEMPLATE = pathlib.Path("/usr/share/mricron/templates/ch2.nii.gz")
# A turn of 10 degrees about x, 10 % larger, shifted.
COS, SIN = numpy.cos(numpy.radians(10)), numpy.sin(numpy.radians(10))
MNI_FROM_HEAD = numpy.array([[1.1, 0, 0, 2], [0, 1.1 * COS, -1.1 * SIN, -5], [0, 1.1 * SIN, 1.1 * COS, 7], [0, 0, 0, 1]])
SHIFT = numpy.array([0.0, 3.0, -1.0])  # A displacement of MNI space that is the same everywhere.


class Map(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.subject = self.folder / "subject"
        self.subject.mkdir()
        (self.subject / "subject.json").write_text('{"files": {}}')
        self.write_mapping()

    def write_mapping(self, is_deformable=True):
        content = {"mni_from_head": MNI_FROM_HEAD.tolist(), "unit": "mm", "method": "by hand"}
        if is_deformable:
            inverse = -numpy.linalg.inv(MNI_FROM_HEAD[:3, :3]) @ SHIFT
            for name, vector in (("mni_warp", SHIFT), ("head_warp", inverse)):
                field = numpy.broadcast_to(vector.astype("f4"), (3, 3, 3, 1, 3)).copy()
                image = nibabel.Nifti1Image(field, numpy.diag([50.0, 50, 50, 1]))
                image.header.set_intent("vector")
                nibabel.save(image, self.subject / f"{name}.nii.gz")
                content[name] = f"{name}.nii.gz"
        (self.subject / "mni.json").write_text(json.dumps(content))

    def run_map(self, *arguments, code=0):
        run = subprocess.run([CORTICOIL, "map", "--subject", str(self.subject), *map(str, arguments)],
                             capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(run.returncode, code, run.stderr)
        return run

    def result(self, *arguments):
        result = json.loads(self.run_map("--json", *arguments).stdout)["result"]
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(result)
        return result

    def to_mni(self, point):
        return MNI_FROM_HEAD[:3, :3] @ point + MNI_FROM_HEAD[:3, 3] + SHIFT

    def test_points_go_both_ways(self):
        there = self.result("--to", "mni", "--", "-30,20,50")
        self.assertTrue(there["is_deformable"])
        mni = there["points"][0]["to_mm"]
        numpy.testing.assert_allclose(mni, self.to_mni([-30, 20, 50]), atol=5e-3)
        back = self.result("--to", "head", "--", ",".join(map(repr, mni)))["points"][0]["to_mm"]
        numpy.testing.assert_allclose(back, [-30, 20, 50], atol=5e-3)

    def test_a_folder_without_displacements_has_the_affine(self):
        self.write_mapping(is_deformable=False)
        run = self.run_map("--to", "mni", "--json", "0,0,0")
        self.assertIn("affine alone", run.stderr)
        result = json.loads(run.stdout)["result"]
        self.assertFalse(result["is_deformable"])
        numpy.testing.assert_allclose(result["points"][0]["to_mm"], MNI_FROM_HEAD[:3, 3], atol=1e-6)

    def test_a_table_keeps_its_other_columns(self):
        table = self.folder / "points.csv"
        table.write_text("x,y,z,name\n0,0,0,centre\n10,-20,30,spot,second\n")
        out = self.folder / "mapped.csv"
        self.run_map("--to", "mni", "--points", table, "--out", out)
        lines = out.read_text().splitlines()
        self.assertEqual(lines[0], "x,y,z,name")
        self.assertTrue(lines[1].endswith(",centre") and lines[2].endswith(",spot,second"))
        numpy.testing.assert_allclose([float(x) for x in lines[2].split(",")[:3]], self.to_mni([10, -20, 30]), atol=5e-3)
        table.write_text("0,0,0\n1,2\n")
        self.assertIn("points.csv:2", self.run_map("--to", "mni", "--points", table, code=2).stderr)

    def test_a_pose_stays_rigid(self):
        pose = self.folder / "pose.json"
        pose.write_text(json.dumps({"head_from_coil": [[1, 0, 0, 5], [0, -1, 0, 6], [0, 0, -1, 94], [0, 0, 0, 1]]}))
        out = self.folder / "mapped.json"
        matrix = numpy.array(self.result("--to", "mni", "--pose", pose, "--out", out)["pose"])
        rotation = MNI_FROM_HEAD[:3, :3] / 1.1
        numpy.testing.assert_allclose(matrix[:3, :3], rotation @ numpy.diag([1, -1, -1]), atol=1e-6)
        numpy.testing.assert_allclose(matrix[:3, 3], self.to_mni([5, 6, 94]), atol=5e-3)
        again = self.folder / "again.json"
        back = numpy.array(self.result("--to", "head", "--pose", out, "--out", again)["pose"])
        numpy.testing.assert_allclose(back[:3, 3], [5, 6, 94], atol=5e-3)

    @unittest.skipUnless(TEMPLATE.exists(), "Debian's mricron-data is not installed")
    def test_atlas_and_images_lie_on_the_subject(self):
        grid = numpy.diag([4.0, 4, 4, 1])
        grid[:3, 3] = [-90, -110, -70]
        nibabel.save(nibabel.Nifti1Image(numpy.ones((46, 54, 40), "f4"), grid), self.subject / "t1.nii.gz")
        out = self.folder / "aal.nii.gz"
        result = self.result("--atlas", "aal", "--out", out)
        names = {region["name"]: region["volume_ml"] for region in result["regions"]}
        self.assertTrue(10 < names["Precentral_L"] < 40, names)
        found = nibabel.load(out)
        atlas = nibabel.load(TEMPLATE.parent / "aal.nii.gz")
        labels = numpy.asanyarray(found.dataobj)
        voxel = numpy.argwhere(labels == 1)[10]
        mni = self.to_mni(found.affine[:3, :3] @ voxel + found.affine[:3, 3])
        source = numpy.linalg.inv(atlas.affine) @ numpy.append(mni, 1)
        self.assertEqual(numpy.asanyarray(atlas.dataobj)[tuple(numpy.rint(source[:3]).astype(int))], 1)
        back = self.folder / "back.nii.gz"
        self.result("--to", "mni", "--image", out, "--labels", "--out", back)
        self.assertEqual(nibabel.load(back).shape, nibabel.load(TEMPLATE).shape)

    def test_nothing_is_replaced_unasked(self):
        table = self.folder / "points.csv"
        table.write_text("0,0,0\n")
        out = self.folder / "mapped.csv"
        out.write_text("precious")
        points = ("--to", "mni", "--points", table, "--out")
        for flag in ((), ("--dry-run",)):
            self.assertIn("--overwrite", self.run_map(*points, out, *flag, code=2).stderr)
            self.assertIn("is the input itself", self.run_map(*points, table, "--overwrite", *flag, code=2).stderr)
        self.assertEqual((out.read_text(), table.read_text()), ("precious", "0,0,0\n"))
        self.run_map(*points, out, "--overwrite", "--dry-run")
        self.assertEqual(out.read_text(), "precious")
        self.run_map(*points, out, "--overwrite")
        self.assertTrue(out.read_text()[0].isdigit())
        self.assertIn("no such folder", self.run_map(*points, self.folder / "none/mapped.csv", code=2).stderr)

    def test_a_dry_run_reads_its_inputs(self):
        out = self.folder / "new.nii.gz"
        for arguments in (("--points", "none.csv"), ("--pose", "none.json", "--out", out), ("0,0",),
                          ("--image", "none.nii.gz", "--out", out)):
            self.assertIn(arguments[-3 if out in arguments else -1], self.run_map("--to", "mni", "--dry-run", *arguments, code=2).stderr)

    def test_a_field_in_other_units_is_refused(self):
        field = numpy.zeros((3, 3, 3, 1, 3), "f4")
        field[1, 2, 0, 0, 1] = 250
        image = nibabel.Nifti1Image(field, numpy.diag([50.0, 50, 50, 1]))
        image.header.set_intent("vector")
        nibabel.save(image, self.subject / "head_warp.nii.gz")
        self.assertIn("voxel (1, 2, 0) is displaced by 250 mm", self.run_map("--to", "mni", "0,0,0", code=2).stderr)

    def test_refusals(self):
        for expected, arguments in (("one of", ("--to", "mni")), ("--to mni or --to head", ("0,0,0",)),
                                    ("is not x,y,z", ("--to", "mni", "0,0")),
                                    ("--out FILE is needed", ("--to", "mni", "--image", "x.nii")),
                                    ("not known", ("--atlas", "desikan", "--out", self.folder / "a.nii.gz")),
                                    ("MNI space already", ("--to", "mni", "--atlas", "aal", "--out", "a.nii"))):
            run = self.run_map(*arguments, code=2)
            self.assertIn(expected, run.stderr)
        (self.subject / "head_warp.nii.gz").unlink()
        self.assertIn("is missing", self.run_map("--to", "mni", "0,0,0", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
