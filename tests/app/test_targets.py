#!/usr/bin/env python3
"""Places by every name from the command line: rules for the scalp, masks, regions, and refusals in words."""

import json
import math
import unittest

import numpy

from test_command_line import CommandLine, corticoil

COIL = ("--coil", "figure8_70mm")
LANDMARKS = "nz=0,90,0,iz=0,-90,0,lpa=-90,0,0,rpa=90,0,0"


class Targets(CommandLine):
    """A round head of 90 mm with grey matter up to about 65 mm, its MNI space 1.4 times as large."""

    def subject(self, has_electrodes=True):
        folder = self.folder / "subject"
        folder.mkdir()
        (folder / "subject.json").write_text('{"files": {}}')
        self.head(20).rename(folder / "head.msh")
        larger = numpy.diag([1.4, 1.4, 1.4, 1.0])
        (folder / "mni.json").write_text(json.dumps({"mni_from_head": larger.tolist(), "unit": "mm", "method": "by hand"}))
        if has_electrodes:
            run = corticoil("mesh", folder, "--keep-mesh", "--fiducials", LANDMARKS)
            self.assertEqual(run.returncode, 0, run.stderr)
        return folder

    def simulated(self, subject, target, *flags):
        out = self.folder / "run"
        run = corticoil("simulate", "--subject", subject, *COIL, "--target", target, "--no-pictures", "--out", out,
                        "--overwrite", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        pose = json.loads((out / "pose.json").read_text())
        metrics = json.loads((out / "metrics.json").read_text())
        described = json.loads((out / "run.json").read_text())
        return numpy.array(pose["head_from_coil"]), metrics, described

    def test_a_rule_for_the_scalp(self):
        subject = self.subject()
        pose, metrics, described = self.simulated(subject, "cb_inion_r")
        self.assertIn("electrodes", described["inputs_sha256"])
        self.assertEqual(json.loads((self.folder / "run/pose.json").read_text())["target"], "CB_INION_R")
        # 3 cm to the right and 1 cm down on a sphere of 90 mm, 4 mm and the facets above it.
        lateral, down = 30 / 90, 10 / 90
        expected = 90 * numpy.array([math.sin(lateral), -math.cos(lateral) * math.cos(down), -math.sin(down)])
        self.assertLess(numpy.linalg.norm(pose[:3, 3] - expected), 10)
        self.assertLess(pose[:3, 3] @ numpy.array([-1, 0, 0]), -20, "on the right side")
        self.assertIn("the brain under CB_INION_R", metrics["roi"]["description"])
        # E points up: along the coil's y axis, which is the figure-of-eight's own direction.
        self.assertGreater(pose[2, 1], 0.9)

    def test_masks_and_regions_are_places_too(self):
        subject = self.subject(has_electrodes=False)
        mask = numpy.zeros((50, 50, 50), "uint8")
        mask[30:34, 24:28, 36:40] = 1
        affine = numpy.diag([4.0, 4.0, 4.0, 1.0])
        affine[:3, 3] = -98
        path = self.nifti("mask.nii.gz", mask, affine)
        pose, metrics, described = self.simulated(subject, path)
        self.assertIn("target", described["inputs_sha256"])
        centre = numpy.array([31.5, 25.5, 37.5]) * 4 - 98
        for found, wanted in zip(metrics["roi"]["centre_mm"], centre):
            self.assertAlmostEqual(found, wanted, delta=1e-6)
        self.assertLess(numpy.linalg.norm(numpy.cross(pose[:3, 3], centre)) / numpy.linalg.norm(centre), 5)
        elsewhere = affine.copy()
        elsewhere[:3, 3] = 300
        self.assert_refused("is the mask in the space of the subject's T1?", "simulate", "--subject", subject, *COIL,
                            "--target", self.nifti("far.nii.gz", mask, elsewhere), "--out", self.out)
        pose, metrics, _ = self.simulated(subject, "aal:Precentral_L")
        self.assertIn("aal:Precentral_L", metrics["roi"]["description"])
        self.assertLess(pose[0, 3], -20)
        _, metrics, _ = self.simulated(subject, "M1_HAND_L", "--roi", "m1_leg_bilat:region")
        self.assertIn("M1_LEG_BILAT:region", metrics["roi"]["description"])

    def test_refusals_and_warnings(self):
        subject = self.subject(has_electrodes=False)
        simulate = ("simulate", "--subject", subject, *COIL, "--out", self.out)
        self.assert_refused("has no electrodes.json; make it with", *simulate, "--target", "VERTEX")
        self.assert_refused("did you mean 'M1_HAND_L'", *simulate, "--target", "M1_HNAD_L")
        self.assert_refused("give its side", *simulate, "--target", "M1_HAND")
        self.assert_refused("this atlas has no such region", *simulate, "--target", "aal:Precentral")
        self.assert_refused("give --roi CB_INION_L:region", *simulate, "--target", "SMA", "--roi", "CB_INION_L")
        self.assert_refused("has no region of an atlas", *simulate, "--target", "SMA", "--roi", "VERTEX:region")
        self.assert_refused("needs --subject", "simulate", "--mesh", subject / "head.msh", *COIL, "--target", "SMA",
                            "--out", self.out)
        # In the scalp, with a ball that holds no grey matter, and with a mask's ROI that does.
        self.assert_refused("holds no grey matter", *simulate, "--target=0,0,88")
        run = corticoil(*simulate, "--target=0,0,80", "--roi=0,0,50,20", "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stderr, r"lies in scalp \(5\), \d+\.\d mm from the nearest grey matter")


if __name__ == "__main__":
    unittest.main()
