#!/usr/bin/env python3
"""10-10 positions from the command line: found from given landmarks, aimed at, and refused in words."""

import json
import math
import unittest

import jsonschema
import numpy

from test_command_line import SCHEMAS, CommandLine, corticoil

# Of the round head of 90 mm around the origin.
LANDMARKS = "nz=0,90,0,iz=0,-90,0,lpa=-90,0,0,rpa=90,0,0"
COIL = ("--coil", "figure8_70mm")


class Electrodes(CommandLine):
    """A subject without an MRI: a round head and landmarks of the user's."""

    def subject(self):
        folder = self.folder / "subject"
        folder.mkdir()
        (folder / "subject.json").write_text('{"files": {}}')
        self.head(24).rename(folder / "head.msh")
        return folder

    def measured(self):
        subject = self.subject()
        run = corticoil("mesh", subject, "--keep-mesh", "--fiducials", LANDMARKS, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        content = json.loads((subject / "electrodes.json").read_text())
        jsonschema.validate(content, json.loads((SCHEMAS / "electrodes.schema.json").read_text()))
        self.assertEqual(json.loads(run.stdout)["result"]["electrodes"], content)
        return subject, content

    def test_positions_and_a_run_over_one(self):
        subject, content = self.measured()
        self.assertEqual(len(content["positions"]), 81)
        angle = math.radians(0.3 * 180)  # C3: three tenths of the arc from ear to ear.
        for found, wanted in zip(content["positions"]["C3"], (-90 * math.cos(angle), 0, 90 * math.sin(angle))):
            self.assertAlmostEqual(found, wanted, delta=2.5)  # The head's facets are 8 mm wide.
        self.assertEqual(content["fiducials"]["nz"]["source"], "user")
        run = corticoil("simulate", "--subject", subject, *COIL, "--target", "c3", "--no-pictures", "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        described = json.loads((self.out / "run.json").read_text())
        jsonschema.validate(described, json.loads((SCHEMAS / "run.schema.json").read_text()))
        self.assertIn("electrodes", described["inputs_sha256"])
        pose = json.loads((self.out / "pose.json").read_text())["head_from_coil"]
        gap = math.dist([row[3] for row in pose[:3]], content["positions"]["C3"])
        self.assertTrue(3.9 < gap < 6, gap)
        self.assertIn("under C3", json.loads((self.out / "metrics.json").read_text())["roi"]["description"])

    def test_a_mesh_outlives_landmarks_that_cannot_be_placed(self):
        subject = self.subject()
        labels = numpy.zeros((50, 50, 50), "uint8")
        distance = numpy.linalg.norm(numpy.indices((50, 50, 50)) * 4.0 - 98, axis=0)
        labels[distance < 80] = 5
        affine = numpy.diag([4.0, 4.0, 4.0, 1.0])
        affine[:3, 3] = -98
        self.nifti("tissues.nii.gz", labels, affine).rename(subject / "tissues.nii.gz")
        flat = numpy.diag([100.0, 0.01, 1.0, 1.0])  # All landmarks come to lie on one side of the head.
        (subject / "mni.json").write_text(json.dumps({"mni_from_head": flat.tolist(), "unit": "mm", "method": "by hand"}))
        (subject / "electrodes.json").write_text("{}")
        (subject / "head.msh").unlink()
        run = corticoil("mesh", subject, "--resolution", "draft", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(f"corticoil mesh {subject} --keep-mesh --fiducials", run.stderr)
        self.assertTrue((subject / "head.msh").exists())
        self.assertFalse((subject / "electrodes.json").exists())
        run = corticoil("mesh", subject, "--keep-mesh")
        self.assertEqual(run.returncode, 2, run.stderr)

    def test_refusals(self):
        subject = self.subject()
        simulate = ("simulate", *COIL, "--out", self.out, "--target", "F3")
        self.assert_refused("needs --subject", *simulate, "--mesh", subject / "head.msh")
        self.assert_refused("has no electrodes.json", *simulate, "--subject", subject)
        mesh = ("mesh", subject, "--keep-mesh")
        self.assert_refused("has no mni.json", *mesh)
        self.assert_refused("has no mni.json", *mesh, "--fiducials", "nz=0,90,0")
        for text in ("nz", "nz=0,90", "nose=0,90,0", "nz=0,90,0,", "=1,2,3", "nz=0,90,0,iz"):
            self.assert_refused("is not a list such as nz=", *mesh, "--fiducials", text)
        self.assert_refused("nz is given twice", *mesh, "--fiducials", "nz=0,90,0,nz=0,90,0")
        self.assert_refused("one line", *mesh, "--fiducials", "nz=0,90,0,iz=0,90,0,lpa=0,90,0,rpa=0,90,0")


if __name__ == "__main__":
    unittest.main()
