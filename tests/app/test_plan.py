#!/usr/bin/env python3
"""Plans from the command line, on a round head: what a plan holds, and what is refused before anything is computed."""

import csv
import json
import shutil
import unittest

import jsonschema

from test_command_line import SCHEMAS, CommandLine, corticoil

COIL = ("--coil", "figure8_70mm")
POINT = ("--target", "15,20,55")
QUICK = ("--radius", "15", "--spacing", "5", "--draws", "200", "--no-pictures")
# Targets of the library lie in the grey matter of a head of 67 mm.
SCALE = 1.35


class Plan(CommandLine):
    """A subject without an MRI: a round head and a mapping to MNI space."""

    def subject(self, lesion=()):
        folder = self.folder / "subject"
        folder.mkdir()
        (folder / "subject.json").write_text('{"files": {}}')
        (folder / "mni.json").write_text(json.dumps(
            {"mni_from_head": [[SCALE, 0, 0, 0], [0, SCALE, 0, 0], [0, 0, SCALE, 0], [0, 0, 0, 1]]}))
        self.head(16, lesion).rename(folder / "head.msh")
        return folder

    def planned(self, *flags, lesion=()):
        run = corticoil("plan", "--subject", self.subject(lesion), *COIL, *QUICK, "--out", self.out, "--json", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        plan = json.loads((self.out / "plan.json").read_text())
        jsonschema.validate(plan, json.loads((SCHEMAS / "plan.schema.json").read_text()))
        return plan

    def test_a_plan_with_everything(self):
        plan = self.planned(*POINT, "--motor-threshold", "50", "--mt-target", "M1_HAND_L", "--mt-fraction", "80",
                            "--implant", "pump=0,0,-300")
        self.assertGreaterEqual(plan["planned"]["e_mean_roi_v_per_m"], 0.99 * plan["conventional"]["e_mean_roi_v_per_m"])
        self.assertGreaterEqual(plan["planned"]["clearance_mm"], 3.99)
        search = plan["searches"][0]
        self.assertEqual(search["placements"] % 360, 0)
        self.assertLess(search["evaluated"], search["placements"])
        # 80 % of the threshold, and the same field at the target: both doses from one threshold.
        dose = plan["dose"]
        self.assertAlmostEqual(dose["percent_mt_percent_mso"], 40)
        wanted = 0.8 * plan["dose"]["motor_field_v_per_m"] * 0.5 * dose["percent_mt_field_v_per_m"] / (
            0.4 * plan["planned"]["e_mean_roi_v_per_m"])
        self.assertAlmostEqual(dose["wanted_field_v_per_m"] / wanted, 1, places=6)
        least, most = dose["e_matched_percent_mso_over_conductivities"]
        self.assertLess(least, most)
        navigated, cap = plan["placement"]
        self.assertLess(cap["planned_pose"]["p5_v_per_m"], navigated["planned_pose"]["p5_v_per_m"])
        ratios = {sham["name"]: sham["e_roi_over_active"] for sham in plan["sham"]}
        self.assertLess(ratios["spacer of 40 mm"], ratios["spacer of 20 mm"])
        self.assertLess(ratios["spacer of 20 mm"], 1)
        self.assertEqual(plan["places"], [])
        shares = [at["over_planned"] for at in plan["stand_off"]]
        self.assertEqual(shares[0], 1)
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertAlmostEqual(plan["stand_off"][0]["e_mean_vector_roi_v_per_m"] / plan["planned"]["e_mean_vector_roi_v_per_m"], 1,
                               delta=0.05)  # The elements' own field against the recovered one.
        self.assertGreater(plan["implants"]["points"][0]["flux_density_t_per_a"], 0)
        with open(self.out / "poses.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), len(plan["shortlist"]))
        self.assertEqual([int(row["rank"]) for row in rows], list(range(1, len(rows) + 1)))
        self.assertTrue((self.out / "runs/planned/metrics.json").exists())
        self.assertTrue((self.out / "runs/conventional/field.vtu").exists())

    def test_poses_go_out_and_come_back(self):
        plan = self.planned(*POINT, "--no-conductivity-study")
        for name in ("brainsight.txt", "localite.xml", "matsimnibs.json", "poses.csv"):
            run = corticoil("poses", "show", self.out / "export" / name, "--json")
            self.assertEqual(run.returncode, 0, run.stderr)
            read = json.loads(run.stdout)["result"]["poses"][0]["head_from_coil"]
            for row, wanted in zip(read, plan["planned"]["head_from_coil_mm"]):
                for one, other in zip(row, wanted):
                    self.assertAlmostEqual(one, other, places=6, msg=name)

    def test_the_same_plan_whatever_the_threads(self):
        subject = self.subject()
        plans = []
        for threads in ("1", "2"):
            out = self.folder / f"out{threads}"
            run = corticoil("plan", "--subject", subject, *COIL, *POINT, *QUICK, "--no-conductivity-study", "--threads", threads,
                            "--out", out)
            self.assertEqual(run.returncode, 0, run.stderr)
            plans.append(json.loads((out / "plan.json").read_text()))
        for key in ("planned", "shortlist", "placement", "sham"):
            self.assertEqual(plans[0][key], plans[1][key], key)

    def test_places_to_spare_are_spared(self):
        lesion = (-10, 20, 55, 14)
        free = self.planned(*POINT, "--no-conductivity-study", "--spare", "lesion_rims=10", lesion=lesion)
        (rim,) = free["places"]
        self.assertEqual(rim["name"], "rim of lesion 1")
        share = rim["planned_share"]
        shutil.rmtree(self.folder / "subject")
        shutil.rmtree(self.out)
        spared = self.planned(*POINT, "--no-conductivity-study", "--spare", f"lesion_rims={0.93 * share:g}", lesion=lesion)
        # 2 %: the search's limit is on the elements' own field, plan.json has the recovered one.
        self.assertLess(spared["places"][0]["planned_share"], 0.95 * share)
        self.assertLess(spared["planned"]["e_mean_roi_v_per_m"], 1.001 * free["planned"]["e_mean_roi_v_per_m"])
        report = self.folder / "plan.html"
        run = corticoil("report", self.out, "--out", report)
        self.assertEqual(run.returncode, 0, run.stderr)
        page = report.read_text()
        planned = spared["planned"]
        for words in ("rim of lesion 1", f"at most {93 * share:.0f}", "further from the head", "placement: navigated",
                      f"{planned['e_mean_roi_v_per_m']:.3g}", "Conventional: ", "Research use only."):
            self.assertIn(words, page)
        for distance in spared["stand_off"]:
            self.assertIn(f"{distance['e_mean_vector_roi_v_per_m']:.3g}", page)

    def test_a_place_to_spare_that_none_can(self):
        self.assert_refused("none of", "plan", "--subject", self.subject(), *COIL, *POINT, *QUICK, "--out", self.out, "--quiet",
                            "--spare", "15,15,55=0.01", code=3)

    def test_refusals(self):
        subject = self.subject()

        def refused(expected, *flags):
            self.assert_refused(expected, "plan", "--subject", subject, *COIL, *QUICK, "--out", self.out, *flags)

        refused("say which side of the body", "--target", "M1_HAND_L")
        refused("did you mean 'M1_HAND_L'", "--target", "M1_HAMD_L")
        refused("outside the head", "--target", "0,0,300")
        refused("no grey matter", *POINT, "--roi", "0,0,88,1")
        refused("PLACE=SHARE", *POINT, "--spare", "M1_HAND_R")
        refused("holds no lesions", *POINT, "--spare", "lesion_rims=0.5")
        refused("lesions are no target", *POINT, "--also", "lesion_rims")
        refused("--direction", *POINT, "--objective", "direction")
        refused("nothing is extrapolated", *POINT, "--motor-threshold", "120", "--mt-target", "M1_HAND_L")
        refused("over which hemisphere", *POINT, "--motor-threshold", "50")
        refused("--pulse-factor", *POINT, "--motor-threshold", "50", "--mt-target", "M1_HAND_L", "--mt-pulse", "monophasic",
                "--pulse", "biphasic")
        refused("not both", *POINT, "--motor-threshold", "50", "--e-dose", "100")
        refused("navigated, cap, hotspot", *POINT, "--placement-error", "by_hand")
        refused("--tilts", *POINT, "--tilts", "80")

    def test_a_coil_without_a_casing_is_warned_of(self):
        bare = self.folder / "bare.ccd"
        bare.write_text("# number of elements\n2\n0 0 -0.005 0 0 1\n0.01 0 -0.005 0 0 -1\n")
        run = corticoil("plan", "--subject", self.subject(), "--coil", bare, *POINT, "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("no casing", run.stderr)

    def test_the_wrong_side_is_warned_of(self):
        run = corticoil("plan", "--subject", self.subject(), *COIL, "--target", "M1_HAND_L", "--affected-side", "left", "--out",
                        self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("is M1_HAND_R meant", run.stderr)


if __name__ == "__main__":
    unittest.main()
