#!/usr/bin/env python3
"""Pose files from the command line: converted, shown, checked on a head, and what recorded poses delivered."""

import csv
import json
import math
import unittest

import jsonschema
import numpy

from test_command_line import SCHEMAS, CommandLine, corticoil

# Over the top of the round head of 90 mm, facing down, the handle to the back.
OVER_TOP = numpy.array([[-1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 94], [0, 0, 0, 1]])
LOCALITE_FROM_OURS = numpy.array([[0, 0, 1], [0, -1, 0], [1, 0, 0]])


def along_z(pose, millimetres):
    moved = pose.copy()
    moved[:3, 3] += millimetres * pose[:3, 2]
    return moved


class Poses(CommandLine):
    def subject(self):
        folder = self.folder / "subject"
        folder.mkdir()
        (folder / "subject.json").write_text('{"files": {}}')
        self.head(16).rename(folder / "head.msh")
        affine = numpy.diag([4.0, 4.0, 4.0, 1.0])
        affine[:3, 3] = -98
        self.nifti("t1.nii.gz", numpy.ones((50, 50, 50), "float32"), affine).rename(folder / "t1.nii.gz")
        return folder

    def triggers(self, poses, rates):
        markers = ""
        for pose, rate in zip(poses, rates):
            matrix = numpy.eye(4)
            matrix[:3, :3] = pose[:3, :3] @ LOCALITE_FROM_OURS
            matrix[:3, 3] = pose[:3, 3]
            data = " ".join(f'data{i}{j}="{matrix[i, j]:.12g}"' for i in range(4) for j in range(4))
            markers += (f'<TriggerMarker recordingTime="1"><ResponseValues><Value key="valueA" response="{rate}"/>'
                        f"</ResponseValues><Matrix4D {data}/></TriggerMarker>")
        path = self.folder / "session.xml"
        path.write_text(f'<TriggerMarkerList coordinateSpace="RAS">{markers}</TriggerMarkerList>')
        return path

    def result(self, schema, *arguments):
        run = corticoil("poses", *arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        result = json.loads(run.stdout)["result"]
        jsonschema.validate(result, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
        return result

    def test_a_chain_of_conversions_ends_where_it_began(self):
        subject = self.subject()
        turned = numpy.array([[0.36, 0.48, -0.8, -40.1], [-0.8, 0.6, 0, 12.3], [0.48, 0.64, 0.6, 88.7], [0, 0, 0, 1]])
        path = self.pose(turned.tolist())
        for name in ("a.txt", "b.xml", "c.mrk", "d.csv"):
            target = self.folder / name
            self.result("poses_convert", "convert", path, target, "--subject", subject)
            path = target
        shown = self.result("poses_show", "show", path)
        self.assertLess(numpy.abs(numpy.array(shown["poses"][0]["head_from_coil"]) - turned).max(), 1e-9)
        self.result("poses_convert", "convert", path, self.folder / "m.json", "--format", "matsimnibs")
        self.assertLess(numpy.abs(numpy.array(json.loads((self.folder / "m.json").read_text()))[0] - turned).max(), 1e-9)
        self.assert_refused("exists already", "poses", "convert", path, self.folder / "a.txt")
        self.assert_refused("say what to write with --format", "poses", "convert", path, self.folder / "a.doc")
        self.assert_refused("give --subject", "poses", "convert", self.folder / "a.txt", self.folder / "e.mrk")
        # Another image, and ours mirrored.
        content = json.loads((self.folder / "c.mrk").read_text())
        info = content["Configuration"]["AssociatedImageInfo"]
        info["NIfTI_qoffset"][2] += 5
        (self.folder / "moved.mrk").write_text(json.dumps(content))
        self.assert_refused("corners lie up to 5.0 mm apart", "poses", "check", self.folder / "moved.mrk", "--subject", subject)
        info["NIfTI_qoffset"] = [98, -98, -98]
        info["NIfTI_quatern"] = [0, 1, 0]
        info["NIfTI_pixdim"][0] = -1
        (self.folder / "mirrored.mrk").write_text(json.dumps(content))
        self.assert_refused("left and right are those of", "poses", "check", self.folder / "mirrored.mrk", "--subject", subject)

    def test_checks_tell_floating_poses_and_distances_from_the_plan(self):
        subject = self.subject()
        turn = numpy.eye(4)
        turn[:2, :2] = [[math.cos(0.2), -math.sin(0.2)], [math.sin(0.2), math.cos(0.2)]]
        upside_down = OVER_TOP @ numpy.diag([-1, 1, -1, 1])
        path = self.triggers([along_z(OVER_TOP @ turn, -5), OVER_TOP, along_z(OVER_TOP, -40), upside_down], [50] * 4)
        result = self.result("poses_check", "check", path, "--subject", subject, "--coil", "figure8_70mm", "--plan",
                             self.pose(OVER_TOP.tolist()))
        first, second, floating, turned_over = result["poses"]
        self.assertAlmostEqual(first["from_plan"]["distance_mm"], 5, places=6)
        self.assertAlmostEqual(first["from_plan"]["rotation_deg"], math.degrees(0.2), places=6)
        self.assertAlmostEqual(first["from_plan"]["tilt_deg"], 0, places=6)
        self.assertAlmostEqual(second["shift_mm"] - first["shift_mm"], 5, delta=0.3)
        self.assertLess(first["axis_angle_deg"], 10)
        self.assertEqual(first["verdict"], "shifted")
        self.assertIn("floats more than 15 mm", floating["reason"])
        self.assertIn("points out of the head", turned_over["reason"])

    def test_delivered_fields_follow_rate_and_distance(self):
        subject = self.subject()
        contact = self.result("poses_check", "check", self.triggers([OVER_TOP], [50]), "--subject", subject, "--coil",
                              "figure8_70mm")["poses"][0]["shift_mm"]
        standing = along_z(OVER_TOP, -contact)
        path = self.triggers([standing, standing, along_z(standing, -6), along_z(standing, -40), standing],
                             [50, 100, 50, 50, "NaN"])
        result = self.result("delivered", "deliver", path, "--subject", subject, "--coil", "figure8_70mm", "--target=0,0,60",
                             "--plan", self.pose(standing.tolist()), "--out", self.out, "--tolerance", "1e-8")
        self.assertEqual(json.loads((self.out / "delivered.json").read_text()), result)
        one, double, floating, far, unknown = result["poses"]
        mean = one["projected"]["e_mean_roi_v_per_m"]
        self.assertIsNone(one["raw"])
        self.assertAlmostEqual(double["projected"]["e_mean_roi_v_per_m"] / mean, 2, places=5)
        self.assertAlmostEqual(unknown["projected"]["e_mean_roi_v_per_m"] / mean, 1 / 50, places=5)
        self.assertIn("1 A/us", unknown["didt_source"])
        # Put back on the scalp it delivers the same, where it was recorded visibly less.
        self.assertEqual(floating["verdict"], "shifted")
        self.assertAlmostEqual(floating["shift_mm"], -6, delta=0.3)
        self.assertAlmostEqual(floating["projected"]["e_mean_roi_v_per_m"] / mean, 1, delta=0.02)
        self.assertLess(floating["raw"]["e_mean_roi_v_per_m"], 0.9 * mean)
        self.assertEqual((far["verdict"], far["projected"]), ("refused", None))
        self.assertEqual(result["summary"]["refused"], 1)
        with open(self.out / "delivered.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["verdict"] for row in rows], ["ok", "ok", "shifted", "refused", "ok"])
        self.assertAlmostEqual(float(rows[0]["e_mean_roi_v_per_m"]) / mean, 1, places=4)
        self.assertAlmostEqual(float(rows[2]["distance_from_plan_mm"]), 6, places=4)
        # Reciprocity has the mean vector of the elements' field: close to the recovered one's, in the same ratios.
        quick = self.result("delivered", "deliver", path, "--subject", subject, "--coil", "figure8_70mm", "--target=0,0,60",
                            "--method", "reciprocity", "--tolerance", "1e-8", "--out", self.folder / "quick")
        vectors = [[pose["projected"]["e_mean_vector_roi_v_per_m"] for pose in run["poses"] if pose["projected"]]
                   for run in (result, quick)]
        for forward, reciprocal in zip(*vectors):
            self.assertAlmostEqual(reciprocal / forward, 1, delta=0.03)
        self.assertAlmostEqual(vectors[1][1] / vectors[1][0], 2, places=5)
        self.assertLess(quick["poses"][2]["raw"]["e_mean_vector_roi_v_per_m"], 0.9 * vectors[1][0])
        self.assertIsNone(quick["poses"][0]["projected"]["e_mean_roi_v_per_m"])
        # The same field as a simulation of the pose.
        run = corticoil("simulate", "--subject", subject, "--coil", "figure8_70mm", "--pose", self.pose(
            one["projected"]["head_from_coil"]), "--roi=0,0,60,10", "--didt", "50e6", "--no-pictures", "--tolerance", "1e-8",
            "--out", self.folder / "run")
        self.assertEqual(run.returncode, 0, run.stderr)
        simulated = json.loads((self.folder / "run/metrics.json").read_text())
        self.assertAlmostEqual(simulated["e_mean_vector_roi_v_per_m"] / one["projected"]["e_mean_vector_roi_v_per_m"], 1,
                               places=5)
        self.assert_refused("every pose is refused", "poses", "deliver", self.triggers([along_z(OVER_TOP, -40)], [50]),
                            "--subject", subject, "--coil", "figure8_70mm", "--target=0,0,60", "--out", self.folder / "none")


if __name__ == "__main__":
    unittest.main()
