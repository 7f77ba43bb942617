#!/usr/bin/env python3
"""scripts/benchmark with a stand-in for the programs that it runs: what it writes, and that a failure leaves nothing."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema

PROJECT = pathlib.Path(__file__).resolve().parents[2]

# Writes the records of a case; the environment says which case goes wrong, and how.
STAND_IN = """#!/usr/bin/python3
import json, os, pathlib, signal, sys, time
sys.path.insert(0, os.environ["SAMPLES"])
from sample_records import COMMON, record, sample_records
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if "--bandwidth" in sys.argv:
    records = sample_records()[:1]
    options["--out"] = sys.argv[-1]
else:
    case, mesh = options["--case"], options["--mesh"]
    bad, how = os.environ.get("BAD", ":").split(":")
    if case == "head":
        pathlib.Path(options["--system"]).write_text("a system")
    elif not case.endswith("_head") and not pathlib.Path(options["--system"]).exists():
        sys.exit("no system file")
    if case == bad and how == "fails":
        sys.exit("solver_benchmark: did not converge")
    if case == bad and how == "is_killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if case == bad and how == "hangs":
        pathlib.Path(os.environ["PID_FILE"]).write_text(str(os.getpid()))
        time.sleep(60)
    if case == bad and how == "too_large":
        sys.exit("solver_benchmark: direct solver: the factor needs 9.0 GB of memory and 8.0 GB may be used; use another")
    residual = 5e-6 if case == bad and how == "inexact" else 9e-7
    names = {"head": ["rhs_volume"], "multigrid": ["ours_p1_setup", "ours_p1_single"], "direct": ["direct_setup"],
             "p1_head": ["ours_p1_head_single"], "p2_head": ["ours_p2_single"]}[case]
    solved = {"iterations": 9, "relative_residual": residual}
    known = {"tetrahedra": 7} if case == "head" else {"tetrahedra": None}
    records = [record(name, mesh, 60000, 1.0, **(solved if "single" in name else {})) | known for name in names]
    for one in records:
        one["contrast"] = options["--contrast"]
pathlib.Path(options["--out"]).write_text(json.dumps(records))
"""


class WithPrograms(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.out = self.folder / "out/solver.json"
        self.pid_file = self.folder / "pid"
        for name in ("programs", "temporary"):
            (self.folder / name).mkdir()
        program = self.folder / "programs/solver_benchmark"
        program.write_text(STAND_IN)
        program.chmod(0o755)

    def environment(self, bad):
        return dict(os.environ, SAMPLES=str(pathlib.Path(__file__).parent), BAD=bad, PID_FILE=str(self.pid_file),
                    TMPDIR=str(self.folder / "temporary"))

    def command(self, *options):
        return [sys.executable, PROJECT / "scripts/benchmark_solver", "--programs", self.folder / "programs", "--out", self.out,
                *options]

    def run_it(self, *options, bad=":"):
        run = subprocess.run(self.command(*options), env=self.environment(bad), capture_output=True, text=True, check=False)
        self.assertNotIn("Traceback", run.stderr)
        return run

    def records(self):
        return json.loads(self.out.read_text())

    def assert_nothing_temporary(self):
        self.assertEqual(list((self.folder / "temporary").iterdir()), [])
        if self.out.parent.exists():
            self.assertEqual([path for path in self.out.parent.iterdir() if path != self.out], [])


class Run(WithPrograms):
    def test_quick_run_writes_records_that_the_schema_accepts(self):
        run = self.run_it("--quick", "--without-peers")
        self.assertEqual(run.returncode, 0, run.stderr)
        schema = json.loads((PROJECT / "docs/schemas/benchmark.schema.json").read_text())
        jsonschema.validate(self.records(), schema)
        self.assertEqual([record["name"] for record in self.records()],
                         ["read_bandwidth", "rhs_volume", "ours_p1_setup", "ours_p1_single", "direct_setup", "ours_p1_head_single",
                          "ours_p2_single"])
        self.assertEqual({record["mesh"] for record in self.records()[1:]}, {"sphere_0.06M"})
        # The system file knows no tetrahedra: they come from the case that made it.
        self.assertEqual({record["tetrahedra"] for record in self.records()[1:]}, {7})
        self.assertIn("[6/6] sphere_0.06M: p2_head", run.stderr)
        self.assert_nothing_temporary()

    def test_contrasts_where_they_are_asked_for(self):
        run = self.run_it("--meshes", "sphere_0.06M,sphere_0.25M", "--cases", "multigrid,contrasts")
        self.assertEqual(run.returncode, 0, run.stderr)
        found = {(record["mesh"], record["contrast"]) for record in self.records() if record["name"] == "ours_p1_single"}
        self.assertEqual(found, {("sphere_0.06M", "1:165"), ("sphere_0.25M", "1:165"), ("sphere_0.25M", "1:1"),
                                 ("sphere_0.25M", "1:200")})

    def test_factor_that_does_not_fit_is_recorded_as_skipped(self):
        run = self.run_it("--quick", "--without-peers", bad="direct:too_large")
        self.assertEqual(run.returncode, 0, run.stderr)
        direct = [record for record in self.records() if record["name"] == "direct_setup"]
        self.assertEqual([record["skipped"] for record in direct],
                         ["the factor needs 9.0 GB of memory and 8.0 GB may be used"])
        self.assertIsNone(direct[0]["seconds"])

    def test_missing_peer(self):
        run = self.run_it("--quick")
        self.assertEqual(run.returncode, 4)
        self.assertIn("--without-peers", run.stderr)
        self.assertFalse(self.out.exists())

    def test_bad_usage(self):
        for options in (["--cases", "fast"], ["--meshes", "cube"], ["--subject", self.folder], ["--quick", "--meshes", "colin27"]):
            self.assertEqual(self.run_it(*options).returncode, 2, options)
        for words, named in ((["imaging"], "there are solver, coils, planning and view"), ([], "solver, coils, planning or view"), (["coils", "--cases", "x"], "--cases"),
                             (["solver", "--coil", "x"], "--coil"), (["coils", "--places", "1,2,3 4,5,6"], "--places"),
                             (["solver", "--fast"], "--fast"), (["solver", "--out"], "--out needs a value")):
            run = subprocess.run([PROJECT / "scripts/benchmark", *words], capture_output=True, text=True, check=False)
            self.assertEqual((run.returncode, run.stdout), (2, ""), words)
            self.assertIn(named, run.stderr)


# As coils_benchmark writes its records, or fails where the coil is unknown.
COILS_STAND_IN = """#!/usr/bin/python3
import json, pathlib, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if options["--coil"] == "none":
    sys.exit("coils_benchmark: coil 'none' is neither a known coil nor a file")
nulls = dict.fromkeys(["contrast", "order", "unknowns", "tetrahedra", "tolerance", "iterations", "relative_residual"])
records = [dict(nulls, name=name, coil=options["--coil"], mesh=options["--mesh"], threads=2, processes=1, seconds=0.1,
                repetitions=int(options["--repetitions"]), peak_mib=9, machine="m", version="1", points=5)
           for name in ("coil_direct", "coil_interpolant")]
pathlib.Path(options["--out"]).write_text(json.dumps(records))
"""


class WithOneProgram(unittest.TestCase):
    """A stand-in for one program, what `scripts/benchmark_NAME` runs it for, and a subject."""

    NAME = ""
    STAND_IN = ""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.out = self.folder / f"out/{self.NAME}.json"
        program = self.folder / f"{self.NAME}_benchmark"
        program.write_text(self.STAND_IN)
        program.chmod(0o755)
        (self.folder / "s01").mkdir()
        (self.folder / "s01/head.msh").write_text("a head")

    def run_it(self, *options):
        run = subprocess.run([sys.executable, PROJECT / f"scripts/benchmark_{self.NAME}", "--programs", self.folder, "--out",
                              self.out, *options], capture_output=True, text=True, check=False)
        self.assertNotIn("Traceback", run.stderr)
        return run


class Coils(WithOneProgram):
    NAME = "coils"
    STAND_IN = COILS_STAND_IN

    def test_records_of_both_heads_that_the_schema_accepts(self):
        run = self.run_it("--subject", self.folder / "s01", "--coil", "round_90mm")
        self.assertEqual(run.returncode, 0, run.stderr)
        records = json.loads(self.out.read_text())
        schema = json.loads((PROJECT / "docs/schemas/coils_benchmark.schema.json").read_text())
        jsonschema.validate(records, schema)
        self.assertEqual([(record["mesh"], record["coil"]) for record in records],
                         [("sphere_0.69M", "round_90mm")] * 2 + [("s01", "round_90mm")] * 2)
        del records[1]["seconds"]
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(records, schema)

    def test_failure_leaves_nothing(self):
        run = self.run_it("--quick", "--coil", "none")
        self.assertEqual(run.returncode, 1)
        self.assertIn("neither a known coil", run.stderr)
        self.assertFalse(self.out.exists())
        self.assertEqual(self.run_it("--subject", self.folder).returncode, 2)


# As planning_benchmark writes its records.
PLANNING_STAND_IN = """#!/usr/bin/python3
import json, pathlib, sys
targets = [word.split("=")[1] for word in sys.argv if word.startswith("--target=")]
words = [word for word in sys.argv[1:] if not word.startswith("--target=")]
options = dict(zip(words[0::2], words[1::2]))
if options["--coil"] == "none":
    sys.exit("planning_benchmark: coil 'none' is neither a known coil nor a file")
common = dict(coil=options["--coil"], mesh=options["--mesh"], unknowns=9, tetrahedra=9, threads=2, processes=1, seconds=0.1,
              repetitions=int(options.get("--repetitions", 3)), peak_mib=9, machine="m", version="1")
records = [dict(common, name="search", placements=2100000, evaluated=9, without_clearance=0, angles=11, interpolation_error=0),
           dict(common, name="total_first_target"), dict(common, name="brute_force_per_placement", ratio=1e5, places=len(targets))]
pathlib.Path(options["--out"]).write_text(json.dumps(records))
"""


class Planning(WithOneProgram):
    NAME = "planning"
    STAND_IN = PLANNING_STAND_IN

    def test_records_that_the_schema_accepts(self):
        schema = json.loads((PROJECT / "docs/schemas/planning_benchmark.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        subject = ["--subject", self.folder / "s01", "--places", "-37,-21,58 1,2,3"]
        for options, mesh in ((["--quick"], "sphere_0.06M"), (subject, "s01")):
            run = self.run_it(*options)
            self.assertEqual(run.returncode, 0, run.stderr)
            records = json.loads(self.out.read_text())
            jsonschema.validate(records, schema)
            self.assertEqual((records[0]["mesh"], records[2]["places"]), (mesh, 2))
        del records[1]["seconds"]
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(records, schema)

    def test_failure_leaves_nothing(self):
        run = self.run_it("--quick", "--coil", "none")
        self.assertEqual(run.returncode, 1)
        self.assertIn("neither a known coil", run.stderr)
        self.assertFalse(self.out.exists())
        self.assertEqual(self.run_it("--subject", self.folder / "s01").returncode, 2)
        self.assertEqual(self.run_it("--places", "1,2,3 4,5,6").returncode, 2)


# As view_benchmark writes its records.
VIEW_STAND_IN = """#!/usr/bin/python3
import json, pathlib, sys
words = [word for word in sys.argv[1:] if not word.startswith("--target=") and word != "--off-screen"]
options = dict(zip(words[0::2], words[1::2]))
if options["--coil"] == "none":
    sys.exit("view_benchmark: coil 'none' is neither a known coil nor a file")
common = dict(coil=options["--coil"], mesh=options["--mesh"], threads=2, processes=1, seconds=0.1, peak_mib=9, machine="m", version="1",
              repetitions=int(options.get("--repetitions", 5)), width=1280, height=720,
              window="off-screen" if "--off-screen" in sys.argv else "on a display")
records = [dict(common, name="frame_moving", frames_per_second=40, slowest_of_20=0.2, triangles=40000, has_translucent=False),
           dict(common, name="field_solved"), dict(common, name="release_to_full", slowest=0.2)]
pathlib.Path(options["--out"]).write_text(json.dumps(records))
"""


class View(WithOneProgram):
    NAME = "view"
    STAND_IN = VIEW_STAND_IN

    def setUp(self):
        super().setUp()
        self.subject = ("--subject", self.folder / "s01", "--places=-37,-21,58")

    def test_records_of_both_windows_that_the_schema_accepts(self):
        schema = json.loads((PROJECT / "docs/schemas/view_benchmark.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        run = self.run_it(*self.subject, "--quick")
        self.assertEqual(run.returncode, 0, run.stderr)
        records = json.loads(self.out.read_text())
        jsonschema.validate(records, schema)
        self.assertEqual([record["window"] for record in records], ["on a display"] * 3 + ["off-screen"] * 3)
        for key in ("seconds", "window"):
            broken = [dict(record) for record in records]
            del broken[1][key]
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(broken, schema)

    def test_failure_leaves_nothing(self):
        run = self.run_it(*self.subject, "--coil", "none")
        self.assertEqual(run.returncode, 1)
        self.assertIn("neither a known coil", run.stderr)
        self.assertFalse(self.out.exists())
        self.assertEqual(self.run_it("--subject", self.folder / "s01").returncode, 2)


class Stop(WithPrograms):
    def test_failed_step_fails_the_run_and_leaves_the_old_records(self):
        messages = {"multigrid:fails": "did not converge", "p1_head:is_killed": "killed by signal 9",
                    "multigrid:inexact": "ours_p1_single on sphere_0.06M", "direct:fails": "did not converge"}
        for bad, message in messages.items():
            self.out.parent.mkdir(exist_ok=True)
            self.out.write_text("old")
            run = self.run_it("--quick", "--without-peers", bad=bad)
            self.assertEqual(run.returncode, 1, bad)
            self.assertIn(message, run.stderr)
            self.assertEqual(self.out.read_text(), "old")
            self.assert_nothing_temporary()

    def test_stopped_run_stops_its_program_and_leaves_nothing(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            self.pid_file.unlink(missing_ok=True)
            with subprocess.Popen(self.command("--quick", "--without-peers"), env=self.environment("multigrid:hangs"),
                                  stderr=subprocess.PIPE, text=True) as run:
                deadline = time.monotonic() + 30
                while not (self.pid_file.exists() and self.pid_file.read_text()) and time.monotonic() < deadline:
                    time.sleep(0.05)
                run.send_signal(stop)
                _, message = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 130)
            self.assertIn("interrupted", message)
            with self.assertRaises(ProcessLookupError):
                os.kill(int(self.pid_file.read_text()), 0)
            self.assertFalse(self.out.exists())
            self.assert_nothing_temporary()


if __name__ == "__main__":
    unittest.main()
