#!/usr/bin/env python3
"""The records' schema, and the report that is made of them."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "scripts"))
from sample_records import record, sample_records  # noqa: E402

BEGIN = "<!-- solver benchmark: begin; made by scripts/benchmark_report -->"
END = "<!-- solver benchmark: end -->"


def find(records, name, mesh):
    return next(entry for entry in records if entry["name"] == name and entry["mesh"] == mesh)


class Schema(unittest.TestCase):
    def setUp(self):
        schema = json.loads((PROJECT / "docs/schemas/benchmark.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        self.required = schema["items"]["required"]
        self.validator = jsonschema.Draft7Validator(schema)

    def test_sample_passes(self):
        self.assertEqual([error.message for error in self.validator.iter_errors(sample_records())], [])

    def test_each_key_of_the_contract_is_needed(self):
        for key in self.required:
            broken = copy.deepcopy(sample_records())
            del broken[1][key]
            self.assertFalse(self.validator.is_valid(broken), key)

    def test_broken_records_fail(self):
        def without(name, key):
            return lambda records: find(records, name, "sphere_0.06M").pop(key)

        def with_value(name, key, value):
            return lambda records: find(records, name, "sphere_0.06M").update({key: value})

        breaks = {
            "an unknown name": with_value("ours_p1_setup", "name", "ours_p3_setup"),
            "no residual of a solve": with_value("ours_p1_single", "relative_residual", None),
            "no residual of a peer": with_value("eigen_cg_diagonal", "relative_residual", None),
            "no iterations": with_value("petsc_boomeramg_single", "iterations", None),
            "a block without its size": without("ours_p1_block", "block"),
            "a peer without its options": without("petsc_boomeramg_single", "options"),
            "no time and no reason": with_value("direct_setup", "seconds", None),
            "a time of zero": with_value("ours_p1_single", "seconds", 0),
            "a word as time": with_value("ours_p1_single", "seconds", "1 s"),
            "another contrast": with_value("ours_p1_single", "contrast", "1:2"),
        }
        for what, break_it in breaks.items():
            broken = copy.deepcopy(sample_records())
            break_it(broken)
            self.assertFalse(self.validator.is_valid(broken), what)


class WithFolder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def report(self, records, *options):
        path = self.folder / "solver.json"
        path.write_text(records if isinstance(records, str) else json.dumps(records))
        return subprocess.run([sys.executable, PROJECT / "scripts/benchmark_report", "--records", path, *options],
                              capture_output=True, text=True, check=False)


class Report(WithFolder):
    def cells(self, text, first_heading, mesh):
        """The row of a mesh in the table whose second heading begins so."""
        table = next(part for part in text.split("\n\n") if part.startswith(f"| mesh | {first_heading}"))
        row = next(line for line in table.splitlines() if line.startswith(f"| {mesh} |"))
        return [cell.strip() for cell in row.strip("|").split("|")]

    def test_ratios_are_of_the_better_number_of_processes_and_the_better_block(self):
        run = self.report(sample_records())
        self.assertEqual(run.returncode, 0, run.stderr)
        row = self.cells(run.stdout, "unknowns", "sphere_0.06M")
        # Set-up 3/2, single 6/1, block 6/0.25.
        self.assertEqual(row, ["sphere_0.06M", "60,000", "2", "1", "0.25 (of 16)", "4 / 8", "3 / 6", "1.5×", "6.0×", "24.0×"])
        for mesh in ("sphere_0.69M", "colin27"):
            self.assertEqual(self.cells(run.stdout, "unknowns", mesh)[-3:], ["1.5×", "6.0×", "24.0×"])

    def test_other_contrasts_do_not_count_as_times(self):
        # The sample has a solve of 0.01 s at contrast 1:1.
        run = self.report(sample_records())
        self.assertEqual(self.cells(run.stdout, "unknowns", "colin27")[3], "6.42")
        self.assertIn("| colin27 | 21 | 20 |", run.stdout)

    def test_a_faster_peer_shows_as_a_ratio_below_one(self):
        records = sample_records()
        find(records, "petsc_boomeramg_single", "sphere_0.06M")["seconds"] = 0.5
        self.assertEqual(self.cells(self.report(records).stdout, "unknowns", "sphere_0.06M")[-2], "0.5×")

    def test_skipped_direct_solver_says_why(self):
        self.assertIn("skipped: the factor needs 9.0 GB", self.report(sample_records()).stdout)

    def test_machine_threads_tolerance_and_options_are_stated(self):
        text = self.report(sample_records()).stdout
        for word in ("a processor", "2 threads", "1e-06", "20.0 GB/s", "-ksp_type cg"):
            self.assertIn(word, text)

    def test_iterations_of_the_slowest_column(self):
        records = sample_records()
        next(entry for entry in records if entry.get("block") == 16)["iterations"] = 23
        self.assertEqual(self.cells(self.report(records).stdout, "iterations", "sphere_0.06M")[1], "20 / 23")

    def test_missing_peers_leave_gaps(self):
        ours = [entry for entry in sample_records() if not entry["name"].startswith(("petsc", "eigen"))]
        run = self.report(ours)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.cells(run.stdout, "unknowns", "sphere_0.06M")[-5:], ["– / –", "– / –", "–", "–", "–"])

    def test_tables_without_rows_are_left_out(self):
        run = self.report([entry for entry in sample_records() if not entry["name"].startswith(("direct", "eigen"))])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("| mesh | direct", run.stdout)

    def test_residual_beyond_twice_the_tolerance_is_refused(self):
        for name in ("ours_p1_block", "petsc_boomeramg_single", "eigen_cg_diagonal"):
            for residual in (2.01e-6, None, float("nan")):
                records = sample_records()
                find(records, name, "sphere_0.69M")["relative_residual"] = residual
                run = self.report(records)
                self.assertEqual((run.returncode, run.stdout), (1, ""))
                self.assertIn(f"{name} on sphere_0.69M", run.stderr)
        records = sample_records()
        find(records, "ours_p1_block", "sphere_0.69M")["relative_residual"] = 1.99e-6
        self.assertEqual(self.report(records).returncode, 0)

    def test_what_is_no_list_of_records_is_bad_input(self):
        for text in ("", "{}", "[]", "[1]", '[{"mesh": "x"}]'):
            run = self.report(text)
            self.assertEqual(run.returncode, 2, text)
            self.assertNotIn("Traceback", run.stderr)

    def test_table_goes_between_the_markers(self):
        page = self.folder / "page.md"
        page.write_text(f"before\n{BEGIN}\nold table\n{END}\nafter\n")
        for _ in range(2):
            self.assertEqual(self.report(sample_records(), "--into", page).returncode, 0)
        text = page.read_text()
        self.assertTrue(text.startswith(f"before\n{BEGIN}\nMeasured with"))
        self.assertTrue(text.endswith(f"\n{END}\nafter\n"))
        self.assertNotIn("old table", text)
        self.assertEqual(text.count("| sphere_0.06M | 60,000 |"), 1)

    def test_page_without_markers_stays(self):
        page = self.folder / "page.md"
        page.write_text("no markers\n")
        self.assertEqual(self.report(sample_records(), "--into", page).returncode, 2)
        self.assertEqual(page.read_text(), "no markers\n")

    def test_page_of_the_documentation_has_the_markers(self):
        text = (PROJECT / "docs/benchmarks.md").read_text()
        self.assertEqual((text.count(BEGIN), text.count(END)), (1, 1))


class Plots(WithFolder):
    def names(self, records):
        run = self.report(records, "--plots", self.folder / "plots")
        self.assertEqual(run.returncode, 0, run.stderr)
        for path in map(pathlib.Path, run.stdout.split()):
            self.assertEqual(path.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        return [pathlib.Path(line).name for line in run.stdout.split()]

    def test_pictures_are_drawn_where_their_records_are(self):
        self.assertEqual(self.names(sample_records()), ["solver_time.png", "solver_bandwidth.png"])
        errors = [record(f"error_p{order}", mesh, 10000, seconds, order=order, relative_l2_error=error)
                  for order, mesh, seconds, error in ((1, "sphere_0.06M", 1, 0.1), (2, "sphere_0.06M", 3, 0.01))]
        self.assertIn("solver_error.png", self.names(sample_records() + errors))

    def test_slope_is_that_of_the_power_law(self):
        from benchmark_plots import fitted_slope

        self.assertAlmostEqual(fitted_slope([(n, 3e-6 * n**1.1) for n in (6e4, 2.5e5, 6.9e5, 2e6)]), 1.1)
        self.assertIsNone(fitted_slope([(6e4, 1), (6e4, 2)]))

    def test_bytes_of_solvers_without_a_count_of_their_own(self):
        from benchmark_plots import bytes_moved

        records = sample_records()
        eigen = find(records, "eigen_cg_diagonal", "sphere_0.06M")
        self.assertEqual(bytes_moved(eigen, {}), 300 * (12 * 900000 + 4 * 60000))
        direct = find(records, "direct_single", "sphere_0.06M")
        self.assertEqual(bytes_moved(direct, {"sphere_0.06M": 4e8}), 8e8)
        self.assertIsNone(bytes_moved(find(records, "petsc_boomeramg_single", "colin27"), {}))


if __name__ == "__main__":
    unittest.main()
