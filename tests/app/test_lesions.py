#!/usr/bin/env python3
"""Lesions from the command line: masks on a mesh that has none, the scenarios, and what is refused."""

import csv
import json
import unittest

import jsonschema
import numpy

from test_command_line import SCHEMAS, CommandLine, corticoil


class Lesions(CommandLine):
    """simulate --lesions on the round head of 90 mm: grey matter within three quarters of it."""

    COIL = ("--coil", "figure8_70mm", "--target=-20,10,50", "--no-pictures")

    def mask(self, name="lesions.nii.gz", centres=((-12, 10, 45), (20, -10, 30)), radius=6, value=1):
        """Balls in a grid of 2 mm around the head."""
        affine = numpy.diag([2.0, 2.0, 2.0, 1.0])
        affine[:3, 3] = -90
        points = numpy.stack(numpy.meshgrid(*[numpy.arange(91)] * 3, indexing="ij"), -1) * 2.0 - 90
        data = numpy.zeros((91, 91, 91), numpy.float32)
        for centre in centres:
            data[numpy.linalg.norm(points - numpy.array(centre), axis=-1) < radius] = value
        return self.nifti(name, data, affine), data

    def test_a_table_and_the_scenarios(self):
        mask, data = self.mask()
        black, _ = self.mask("black.nii.gz", centres=((20, -10, 30),), radius=4)
        run = corticoil("simulate", "--mesh", self.head(), *self.COIL, "--lesions", mask, "--black-holes", black,
                        "--lesion-scenarios", "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("2 lesions", run.stdout)
        self.assertIn("assumptions", run.stdout)
        table = json.loads((self.out / "lesions.json").read_text())
        jsonschema.validate(table, json.loads((SCHEMAS / "lesions.schema.json").read_text()))
        self.assertEqual(table["source"], "mask")
        self.assertAlmostEqual(table["total_volume_ml"] / (numpy.count_nonzero(data) * 8e-3), 1, delta=0.05)
        self.assertEqual([scenario["name"] for scenario in table["scenarios"]], list("ABCD"))
        near, far = sorted(table["lesions"], key=lambda lesion: lesion["distance_to_roi_mm"])
        self.assertGreater(near["e_p99_rim_v_per_m"], far["e_p99_rim_v_per_m"])
        self.assertEqual(near["black_hole_volume_mm3"], 0)
        self.assertGreater(far["black_hole_volume_mm3"], 100)
        factors = [max(lesion["rim_factor"] for lesion in scenario["lesions"]) for scenario in table["scenarios"]]
        self.assertEqual(factors[0], 1)
        self.assertGreater(factors[3], factors[1])
        means = [scenario["e_mean_roi_v_per_m"] for scenario in table["scenarios"]]
        metrics = json.loads((self.out / "metrics.json").read_text())
        jsonschema.validate(metrics, json.loads((SCHEMAS / "metrics.schema.json").read_text()))
        self.assertEqual(metrics["e_mean_roi_lesion_scenarios_v_per_m"], [min(means), max(means)])
        with (self.out / "lesions.csv").open() as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 2)
        self.assertAlmostEqual(float(rows[0]["volume_mm3"]), table["lesions"][0]["volume_mm3"])

    def test_a_mask_changes_the_field_and_no_mask_writes_no_table(self):
        head = self.head()
        mask, _ = self.mask(centres=((-20, 10, 40),), radius=12)
        means = []
        for name, flags in (("with", ("--lesions", mask, "--conductivity", "lesion=1.654")), ("without", ())):
            folder = self.folder / name
            run = corticoil("simulate", "--mesh", head, *self.COIL, "--out", folder, *flags)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual((folder / "lesions.json").exists(), name == "with")
            means.append(json.loads((folder / "metrics.json").read_text())["e_mean_roi_v_per_m"])
        self.assertGreater(abs(means[0] / means[1] - 1), 0.05)

    def test_refusals(self):
        head = self.head()

        def refused(expected, *flags):
            self.assert_refused(expected, "simulate", "--mesh", head, *self.COIL, "--out", self.out, *flags)

        refused("holds no lesions", "--lesion-scenarios")
        empty, _ = self.mask("empty.nii.gz", centres=())
        refused("every voxel is 0", "--lesions", empty)
        numbered, data = self.mask("numbered.nii.gz")
        data[data > 0] = numpy.random.default_rng(1).random(numpy.count_nonzero(data))
        affine = numpy.diag([2.0, 2.0, 2.0, 1.0])
        refused("threshold", "--lesions", self.nifti("probability.nii.gz", data, affine))
        affine[:3, 3] = 300
        refused("another space", "--lesions", self.nifti("elsewhere.nii.gz", (data > 0).astype(numpy.uint8), affine))


if __name__ == "__main__":
    unittest.main()
