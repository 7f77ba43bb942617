#!/usr/bin/env python3
"""The viewer driven by scripts, off-screen and under a virtual display: a coil that is moved changes the field, undo brings all
back, and pictures are those that were."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import matplotlib.image
import numpy

from test_command_line import CORTICOIL, CommandLine, corticoil

BASELINES = pathlib.Path(__file__).resolve().parent / "view_baselines"
TARGET = ("--target", "15,20,55")
SCALE = 1.35  # Targets of the library lie in the grey matter of a head of 67 mm.
BLOCK = 8
# Mean over blocks of the differences of their means, of 1: other drivers round edges otherwise, other scenes differ by more.
TOLERANCE = 0.01


def block_means(picture):
    pixels = matplotlib.image.imread(picture)[..., :3]
    height, width = (size // BLOCK * BLOCK for size in pixels.shape[:2])
    return pixels[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean((1, 3))


def difference(one, other):
    return float(numpy.abs(one - other).mean())


def scenes(printed):
    """What print-scene printed, each as {name: value}."""
    found = []
    for line in printed.splitlines():
        name, _, value = line.partition(": ")
        if name == "coil":
            found.append({})
        if value and found:
            found[-1][name] = value
    return found


def mean_of(scene, key):
    return float(re.match(r"mean \|E\| ([\d.]+) V/m", scene[key])[1])


class View(CommandLine):
    """One subject for all tests, whose files lie beside it."""

    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.shared.cleanup)
        cls.subject = pathlib.Path(cls.shared.name) / "subject"
        cls.subject.mkdir()
        (cls.subject / "subject.json").write_text('{"files": {}}')
        (cls.subject / "mni.json").write_text(json.dumps(
            {"mni_from_head": [[SCALE, 0, 0, 0], [0, SCALE, 0, 0], [0, 0, SCALE, 0], [0, 0, 0, 1]]}))
        subprocess.run([os.environ["MAKE_ROUND_HEAD"], cls.subject / "head.msh", "16"], check=True)

    def script(self, *lines):
        path = self.folder / "commands.txt"
        path.write_text("\n".join(lines) + "\n")
        return path

    def viewed(self, *lines):
        run = corticoil("view", self.subject, *TARGET, "--off-screen", "--commands", self.script(*lines), "--quiet",
                        cwd=self.folder)
        self.assertEqual(run.returncode, 0, run.stderr)
        return scenes(run.stdout)

    def assert_like_baseline(self, picture, name, other):
        baseline = BASELINES / f"{name}.png"
        means = block_means(picture)
        if os.environ.get("CORTICOIL_NEW_BASELINES"):
            BASELINES.mkdir(exist_ok=True)
            matplotlib.image.imsave(baseline, means)
        wanted = matplotlib.image.imread(baseline)[..., :3]
        self.assertLess(difference(means, wanted), TOLERANCE)
        self.assertGreater(difference(block_means(other), wanted), TOLERANCE, "the measure sees no difference")

    def test_a_moved_coil_changes_the_field_and_undo_brings_it_back(self):
        before, moved, back, again = self.viewed(
            "solve", "print-scene", "move 8 0", "turn 20", "tilt 0 5", "solve", "print-scene", "undo", "undo", "undo",
            "solve", "print-scene", "redo", "redo", "redo", "solve", "print-scene")
        self.assertEqual(back, before)
        self.assertEqual(again, moved)
        self.assertNotEqual(moved["position"], before["position"])
        for scene in (before, moved):
            self.assertEqual(scene["field"], "of this pose")
            # By reciprocity and by the whole field, which is recovered: as near as the elements are.
            self.assertAlmostEqual(mean_of(scene, "roi live") / mean_of(scene, "roi solved"), 1, delta=0.05)
            self.assertGreaterEqual(float(scene["clearance"].split()[0]), 3.5)
        self.assertGreater(abs(mean_of(moved, "roi live") - mean_of(before, "roi live")), 0.01)

    def test_the_scene_as_text(self):
        scene, = self.viewed("solve", "scalar normal", "slice coronal 10", "show scalp off", "camera front", "pick 10 10 40",
                             "print-scene")
        expected = {
            "coil": "figure8_70mm", "target": "15,20,55", "tilt": "0 0 degrees", "field": "of this pose",
            "scalar": "normal", "cap": "automatic", "slice": "coronal 10.0 mm", "shown": "scalp off, coil on, roi on",
            "background": "light", "position": "24.3 29.8 85.7 mm",
            "axes": "x -0.65 -0.65 0.41, y -0.72 0.69 -0.04, z -0.26 -0.32 -0.91", "clearance": "4.1 mm",
            "roi": "grey matter within 10 mm of 15,20,55, around 15.0 20.0 55.0 mm",
            "roi live": "mean |E| 0.590 V/m, |mean E| 0.589 V/m", "roi solved": "mean |E| 0.602 V/m, |mean E| 0.602 V/m",
            "99.9th percentile in grey matter": "0.729 V/m", "camera": "front, from 0.00 1.00 0.00, up 0.00 0.00 1.00, 202 mm high"}
        self.assertEqual({key: scene[key] for key in expected}, expected)
        self.assertRegex(scene["picked"], r"^10\.0 10\.0 40\.0 mm, .+, \|E\| [\d.]+ V/m .*, MNI 13\.5 13\.5 54\.0 mm")
        moving, still = map(int, re.findall(r"\d+", scene["triangles"]))
        self.assertLessEqual(moving, 50000)
        self.assertGreater(still, moving)

    def test_before_a_field_is_computed_only_the_roi_is_known(self):
        first, stale = self.viewed("pick 10 10 40", "print-scene", "solve", "move 5 0", "print-scene")
        self.assertEqual((first["field"], stale["field"]), ("none", "of an earlier pose"))
        self.assertIn("E not computed", first["picked"])
        self.assertIn("E not computed", stale["picked"])
        self.assertNotIn("roi solved", stale)

    def test_pictures_are_those_that_were(self):
        self.viewed("solve", "camera coil", "screenshot coil.png", "camera left", "slice axial 40", "screenshot slice.png",
                    "slice none", "background dark", "move 10 0", "screenshot stale.png")
        self.assert_like_baseline(self.folder / "coil.png", "coil", self.folder / "stale.png")
        self.assert_like_baseline(self.folder / "slice.png", "slice", self.folder / "coil.png")

    def test_another_coil_and_target(self):
        first, second, third = self.viewed("print-scene", "coil round_90mm", "print-scene", "target -20,10,50", "print-scene")
        self.assertEqual([scene["coil"] for scene in (first, second)], ["figure8_70mm", "round_90mm"])
        self.assertEqual(third["target"], "-20,10,50")
        self.assertNotEqual(mean_of(first, "roi live"), mean_of(second, "roi live"))

    def test_a_saved_pose_is_simulated_as_it_was_seen(self):
        scene, = self.viewed("move 6 -3", "turn 15", "solve", "print-scene", "save pose.json", "save poses.csv")
        run = corticoil("simulate", "--subject", self.subject, "--coil", "figure8_70mm", "--pose", self.folder / "pose.json",
                        "--roi=15,20,55,10", "--out", self.out, "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)
        metrics = json.loads((self.out / "metrics.json").read_text())
        solved = re.fullmatch(r"mean \|E\| ([\d.]+) V/m, \|mean E\| ([\d.]+) V/m", scene["roi solved"])
        for key, shown in (("e_mean_roi_v_per_m", solved[1]), ("e_mean_vector_roi_v_per_m", solved[2]),
                           ("e_p999_gm_v_per_m", scene["99.9th percentile in grey matter"].split()[0])):
            self.assertAlmostEqual(metrics[key], float(shown), delta=0.0011, msg=key)
        self.assertTrue((self.folder / "poses.csv").exists())
        # The run can be looked at, too, and stands where it was saved.
        run = corticoil("view", self.out, "--off-screen", "--print-scene", "--quiet", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(scenes(json.loads(run.stdout)["result"]["scene"])[0]["position"], scene["position"])

    def test_a_window_under_a_virtual_display(self):
        commands = self.script("wait", "print-scene", "screenshot before.png", "move 10 0", "wait", "print-scene",
                               "screenshot after.png", "undo", "wait", "print-scene", "screenshot back.png", "quit")
        run = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", CORTICOIL, "view", self.subject, *TARGET,
                              "--commands", commands], cwd=self.folder, capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        before, after, back = scenes(run.stdout)
        self.assertEqual(back, before)
        self.assertNotEqual(after["roi live"], before["roi live"])
        means = {name: block_means(self.folder / f"{name}.png") for name in ("before", "after", "back")}
        self.assertLess(difference(means["before"], means["back"]), TOLERANCE / 10)
        self.assertGreater(difference(means["before"], means["after"]), TOLERANCE / 2)

    def test_what_is_refused(self):
        at = ("view", self.subject, *TARGET, "--off-screen", "--commands")
        self.assert_refused("line 2, word 1: 'movee' is not a command; did you mean 'move'?", *at,
                            self.script("move 1 0", "movee 1 0"))
        self.assert_refused("line 1, word 3: 'east' is not a number (Y_MM)", *at, self.script("move 1 east"))
        self.assert_refused("did you mean 'normal'?", *at, self.script("scalar nromal"))
        self.assert_refused("word 3: something is missing here; usage: move X_MM Y_MM", *at, self.script("move 1"))
        self.assert_refused("is neither a run folder", "view", self.folder, "--off-screen")
        half = self.folder / "half"
        half.mkdir()
        (half / "run.json").write_text("{}")
        self.assert_refused("half a run folder", "view", half, "--off-screen")
        self.assert_refused("--size: 20x20 is not between", "view", self.subject, "--size", "20x20")
        self.assert_refused("'figure8_70m' is neither a known coil", "view", self.subject, *TARGET, "--coil", "figure8_70m", "--off-screen")

    def test_without_a_display(self):
        environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
        for display in ({}, {"DISPLAY": ":987"}):
            run = corticoil("view", self.subject, *TARGET, env=environment | display)
            self.assertEqual(run.returncode, 4, run.stderr)
            self.assertIn("xvfb", run.stderr)
            self.assertIn("--off-screen", run.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
