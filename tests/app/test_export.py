#!/usr/bin/env python3
"""export: a run's files for other programs, read back by their own readers."""

import csv
import json
import pathlib
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

import jsonschema
import nibabel
import numpy

from test_command_line import SCHEMAS, CommandLine, corticoil

TEMPLATE = pathlib.Path("/usr/share/mricron/templates/ch2.nii.gz")
SCALE = 1.2  # Of the mapping to MNI space, after a quarter turn about z.


class Export(CommandLine):
    def setUp(self):
        super().setUp()
        self.subject = self.folder / "subject"
        self.subject.mkdir()
        (self.subject / "subject.json").write_text('{"files": {}}')
        (self.subject / "mni.json").write_text(json.dumps(
            {"mni_from_head": [[0, -SCALE, 0, 0], [SCALE, 0, 0, 0], [0, 0, SCALE, 0], [0, 0, 0, 1]]}))
        self.head().rename(self.subject / "head.msh")
        affine = numpy.diag([3.0, 3.0, 3.0, 1.0])
        affine[:3, 3] = -90
        self.nifti("t1.nii.gz", numpy.ones((61, 61, 61), numpy.float32), affine).rename(self.subject / "t1.nii.gz")
        self.run_folder = self.folder / "run"
        run = corticoil("simulate", "--subject", self.subject, "--coil", "figure8_70mm", "--target=-20,10,50", "--out",
                        self.run_folder, "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.didt = json.loads((self.run_folder / "metrics.json").read_text())["didt_a_per_s"]

    def exported(self, *flags):
        run = corticoil("export", self.run_folder, "--out", self.out, "--json", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        content = json.loads((self.out / "export.json").read_text())
        self.assertEqual(json.loads(run.stdout)["result"], content)
        jsonschema.validate(content, json.loads((SCHEMAS / "export.schema.json").read_text()))
        self.assertEqual({file["file"] for file in content["files"]} | {"export.json"},
                         {path.name for path in self.out.iterdir()})
        return content

    def gmsh_view(self, number):
        """Values by tetrahedron as Gmsh itself reads and writes them: the corners' coordinates, and the values."""
        script = self.folder / "read.geo"
        script.write_text(f'Merge "{self.out}/field.msh";\nSave View[{number}] "{self.folder}/view.pos";\n')
        subprocess.run(["gmsh", "-0", script, "-v", "2"], check=True, timeout=120, cwd=self.folder)
        values = []
        for line in (self.folder / "view.pos").read_text().splitlines():
            if line.startswith(("SS(", "VS(")):
                corners, numbers = line.split("){")
                values.append((numpy.array(corners[3:].split(","), float).reshape(4, 3),
                               numpy.array(numbers.rstrip("};").split(","), float)))
        return values

    def test_everything_is_read_back_as_it_was_written(self):
        content = self.exported()
        self.assertEqual(content["didt_a_per_s"], self.didt)
        magnitude = nibabel.load(self.out / "magnE.nii.gz")
        t1 = nibabel.load(self.subject / "t1.nii.gz")
        self.assertEqual(magnitude.shape, t1.shape)
        numpy.testing.assert_allclose(magnitude.affine, t1.affine)
        norms = magnitude.get_fdata()
        e = nibabel.load(self.out / "E.nii.gz")
        self.assertEqual(e.header.get_intent()[0], "vector")
        vectors = e.get_fdata()[..., 0, :]
        numpy.testing.assert_allclose(numpy.linalg.norm(vectors, axis=-1), norms, rtol=1e-5, atol=1e-7)
        self.assertEqual(norms[0, 0, 0], 0)
        # Gmsh's values are those of the voxels whose centres lie in the tetrahedra.
        voxel_from_head = numpy.linalg.inv(t1.affine)
        scalars, fields = self.gmsh_view(0), self.gmsh_view(1)
        self.assertEqual(len(scalars), len(fields))
        compared = 0
        for (corners, values), (_, components) in zip(scalars, fields):
            self.assertLess(numpy.ptp(values), 1e-6)
            self.assertAlmostEqual(numpy.linalg.norm(components[:3]) / values[0], 1, places=4)
            voxel = numpy.rint((voxel_from_head @ numpy.append(corners.mean(0), 1))[:3]).astype(int)
            centre = t1.affine[:3] @ numpy.append(voxel, 1)
            weights = numpy.linalg.solve(numpy.vstack([corners.T, numpy.ones(4)]), numpy.append(centre, 1))
            if weights.min() > 0.01:
                compared += 1
                numpy.testing.assert_allclose(norms[tuple(voxel)], values[0], rtol=1e-4)
                numpy.testing.assert_allclose(vectors[tuple(voxel)], components[:3], atol=1e-4 * values[0])
        self.assertGreater(compared, 1000)
        # The surface, its arrays, and the same for FreeSurfer.
        surface = nibabel.load(self.out / "grey_matter.surf.gii")
        points, triangles = (array.data for array in surface.darrays)
        arrays = {array.meta["Name"]: array.data for array in nibabel.load(self.out / "grey_matter.func.gii").darrays}
        self.assertEqual(set(arrays), {"magnE", "E_normal", "E_tangential"})
        numpy.testing.assert_allclose(numpy.hypot(arrays["E_normal"], arrays["E_tangential"]), arrays["magnE"], rtol=1e-4)
        nodes, faces, volume = nibabel.freesurfer.read_geometry(self.out / "grey_matter.freesurfer", read_metadata=True)
        numpy.testing.assert_allclose(nodes, points, atol=1e-5)
        numpy.testing.assert_array_equal(faces, triangles)
        numpy.testing.assert_array_equal(volume["cras"], 0)
        numpy.testing.assert_allclose(nibabel.freesurfer.read_morph_data(self.out / "grey_matter.magnE.curv"), arrays["magnE"])
        with open(self.out / "metrics.csv", encoding="utf-8") as file:
            rows = {row["key"]: row for row in csv.DictReader(file)}
        metrics = json.loads((self.run_folder / "metrics.json").read_text())
        self.assertEqual(float(rows["e_mean_roi_v_per_m"]["value"]), metrics["e_mean_roi_v_per_m"])
        self.assertEqual(rows["e_mean_roi_v_per_m"]["unit"], "V/m")
        self.assertEqual(float(rows["hot_spot_mm[2]"]["value"]), metrics["hot_spot_mm"][2])
        collection = xml.etree.ElementTree.parse(self.out / "run.pvd").getroot()
        self.assertEqual([data.get("file") for data in collection.iter("DataSet")],
                         ["grey_matter.vtp", "scalp.vtp", "coil.vtp", "field.vtu"])

    @unittest.skipUnless(TEMPLATE.exists(), "Debian's mricron-data is not installed")
    def test_mni_space_turns_the_vectors(self):
        self.exported("--format", "nifti")
        mni = nibabel.load(self.out / "E_mni.nii.gz")
        numpy.testing.assert_allclose(mni.affine, nibabel.load(TEMPLATE).affine)
        head = nibabel.load(self.out / "E.nii.gz")
        vectors, turned = head.get_fdata()[..., 0, :], mni.get_fdata()[..., 0, :]
        compared = 0
        for i, j, k in numpy.argwhere(numpy.linalg.norm(vectors, axis=-1) > 0.3)[::7]:
            point = head.affine[:3] @ [i, j, k, 1]
            there = numpy.array([-SCALE * point[1], SCALE * point[0], SCALE * point[2]])
            voxel = (numpy.linalg.inv(mni.affine) @ numpy.append(there, 1))[:3]
            nearest = numpy.rint(voxel)
            if numpy.abs(voxel - nearest).max() > 0.1 or numpy.any(nearest < 0) or numpy.any(nearest >= turned.shape[:3]):
                continue
            x, y, z = vectors[i, j, k]
            found = turned[tuple(nearest.astype(int))]
            # A tenth of a voxel may lie in the next tetrahedron.
            if numpy.linalg.norm(found - [-y, x, z]) < 1e-5:
                compared += 1
            self.assertLess(numpy.linalg.norm(found - [-y, x, z]), 0.5 * numpy.linalg.norm([x, y, z]))
        self.assertGreater(compared, 5)

    def test_without_a_subject_a_grid_around_the_head(self):
        content = json.loads((self.run_folder / "run.json").read_text())
        content["configuration"]["subject"] = "/nowhere"
        (self.run_folder / "run.json").write_text(json.dumps(content))
        self.exported("--format", "nifti,csv")
        image = nibabel.load(self.out / "magnE.nii.gz")
        numpy.testing.assert_allclose(image.header.get_zooms(), 1)
        self.assertGreaterEqual(min(image.shape), 170)

    def test_refusals(self):
        def refused(expected, *flags, run=self.run_folder):
            self.assert_refused(expected, "export", run, "--out", self.out, *flags)

        refused("did you mean 'nifti'", "--format", "nifty")
        refused("holds no run.json", run=self.subject)
        half = self.folder / "half"
        shutil.copytree(self.run_folder, half)
        (half / "field.vtu").unlink()
        refused("lacks field.vtu", run=half)
        data = (self.run_folder / "field.vtu").read_bytes()
        (half / "field.vtu").write_bytes(data[:len(data) // 2])
        refused("field.vtu", run=half)
        self.out.mkdir()
        (self.out / "mine.txt").write_text("mine")
        refused("is never replaced")


if __name__ == "__main__":
    unittest.main()
