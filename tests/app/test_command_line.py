#!/usr/bin/env python3
"""The command line as its users meet it: messages, exit codes, and that bad input leaves nothing behind."""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import jsonschema
import nibabel
import numpy

CORTICOIL = os.environ["CORTICOIL"]
VERBS = ("segment", "mesh", "simulate", "plan", "compare", "render", "view", "export", "report", "demo", "coils list", "coils show", "coils convert",
         "coils metrics", "targets list", "targets show", "map", "poses convert", "poses show", "poses check", "poses deliver")
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs/schemas"
POSE = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 94], [0, 0, 0, 1]]


def corticoil(*arguments, **options):
    return subprocess.run([CORTICOIL, *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False,
                          **options)


class CommandLine(unittest.TestCase):
    """A temporary folder per test, and the check that bad input hurts nothing."""

    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.addCleanup(self.holder.cleanup)
        self.folder = pathlib.Path(self.holder.name)
        self.out = self.folder / "out"

    def assert_refused(self, expected, *arguments, code=2):
        before = sorted(self.folder.rglob("*"))
        run = corticoil(*arguments)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertIn(expected, run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertEqual(sorted(self.folder.rglob("*")), before, "something was written")

    def head(self, n=16, lesion=()):
        """The round head; with `lesion` (x, y, z, radius) in mm a ball of it is one."""
        path = self.folder / "head.msh"
        subprocess.run([os.environ["MAKE_ROUND_HEAD"], path, str(n), *map(str, lesion)], check=True)
        return path

    def pose(self, rows=POSE, name="pose.json"):
        path = self.folder / name
        path.write_text(json.dumps({"head_from_coil": rows}))
        return path

    def nifti(self, name, data, affine=numpy.eye(4), sform=1, qform=1):
        image = nibabel.Nifti1Image(data, affine)
        if sform == 0 or qform == 0:
            image.header.set_sform(None, 0)
            image.header.set_qform(None, 0)
        else:
            image.header.set_sform(affine, sform)
            image.header.set_qform(affine, 0)
        path = self.folder / name
        nibabel.save(image, path)
        if sform == 0:
            content = bytearray(path.read_bytes())
            content[252:256] = bytes(4)  # qform_code, sform_code
            path.write_bytes(content)
        return path


class SolverFlags(CommandLine):
    """simulate's --order, --solver, --dti, and what they leave in the files."""

    TARGET = ("--coil", "figure8_70mm", "--target=-20,10,50")

    def simulated(self, *flags, name="out"):
        """A run's folder, its files checked against their schemas."""
        folder = self.folder / name
        run = corticoil("simulate", "--mesh", self.head(), *self.TARGET, "--out", folder, "--json", "--no-pictures", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        for kind in ("metrics", "run"):
            schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
            jsonschema.validate(json.loads((folder / f"{kind}.json").read_text()), schema)
        return folder

    def metrics(self, *flags, name="out"):
        return json.loads((self.simulated(*flags, name=name) / "metrics.json").read_text())

    def refused(self, expected, *flags, code=2):
        head = self.head()
        self.assert_refused(expected, "simulate", "--mesh", head, *self.TARGET, "--out", self.out, *flags, code=code)

    def tensors(self, name="dti.nii.gz", n_volumes=6, corner_mm=-100):
        """Six times as much diffusion along the head's x as across, everywhere in a cube of 200 mm."""
        data = numpy.zeros((21, 21, 21, n_volumes), "float32")
        data[..., [0, 3, -1]] = (1.8e-3, 0.3e-3, 0.3e-3)  # xx, yy, zz of xx, xy, xz, yy, yz, zz
        affine = numpy.diag([10.0, 10.0, 10.0, 1.0])
        affine[:3, 3] = corner_mm
        return self.nifti(name, data, affine)

    def test_order_and_solver_are_what_was_asked_for(self):
        means = {}
        for order in (1, 2):
            for solver in ("multigrid", "direct"):
                metrics = self.metrics("--order", order, "--solver", solver, name=f"{solver}_{order}")
                self.assertEqual((metrics["solver"]["order"], metrics["solver"]["solver"]), (order, solver))
                self.assertLess(metrics["solver"]["relative_residual"], 1e-6)
                self.assertEqual(metrics["field"], "recovered")
                means[order, solver] = metrics["e_mean_roi_v_per_m"]
                error = metrics["e_mean_roi_relative_error"]
                self.assertTrue(0 < error < 0.1, error)
            # The same equations: as close as both residuals allow. Another order: visibly another field.
            self.assertAlmostEqual(means[order, "multigrid"] / means[order, "direct"], 1, delta=1e-5)
        self.assertGreater(abs(means[1, "direct"] / means[2, "direct"] - 1), 1e-3)
        unknowns = [json.loads((self.folder / f"direct_{order}/metrics.json").read_text())["solver"]["unknowns"]
                    for order in (1, 2)]
        self.assertGreater(unknowns[1], 7 * unknowns[0])

    def test_the_field_file_holds_recovered_field_and_error(self):
        content = (self.simulated() / "field.vtu").read_bytes()
        for name in ("magnE", "E", "E_recovered", "E_error", "tissue"):
            self.assertIn(f'Name="{name}"'.encode(), content)

    def test_run_json_holds_the_new_keys(self):
        folder = self.simulated("--order", 2, "--solver", "direct")
        configuration = json.loads((folder / "run.json").read_text())["configuration"]
        expected = {"order": 2, "solver": "direct", "dti": "", "dti_mapping": ""}
        self.assertEqual({key: configuration[key] for key in expected}, expected)

    def test_unknown_values_name_the_known_ones(self):
        self.refused("--order: 3 not in {1,2}", "--order", "3")
        self.refused("--order: two not in {1,2}", "--order", "two")
        self.refused("--solver: cholesky not in {auto,multigrid,direct}", "--solver", "cholesky")
        self.refused("not in {volume_normalised,direct,mean_conductivity}", "--dti", "t.nii", "--dti-mapping", "linear")
        self.refused("--dti-mapping requires --dti", "--dti-mapping", "direct")

    def test_dry_run_prints_everything_and_prepares_no_solver(self):
        run = corticoil("simulate", "--mesh", self.head(), *self.TARGET, "--out", self.out, "--dry-run", "--order", "2",
                        "--dti", self.tensors())
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stderr, "", "no step of the solver's")
        configuration = json.loads(run.stdout)
        expected = {"order": 2, "solver": "auto", "dti": str(self.folder / "dti.nii.gz"), "dti_mapping": "volume_normalised"}
        self.assertEqual({key: configuration[key] for key in expected}, expected)
        self.assertFalse(self.out.exists())

    def test_dry_run_finds_a_head_in_two_parts(self):
        nodes = [(0, 0, 0), (50, 0, 0), (0, 50, 0), (0, 0, 50), (100, 0, 0), (150, 0, 0), (100, 50, 0), (100, 0, 50)]
        lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat", "$Nodes", "8",
                 *(f"{i} {x} {y} {z}" for i, (x, y, z) in enumerate(nodes, 1)), "$EndNodes",
                 "$Elements", "2", "1 4 2 2 1 1 2 3 4", "2 4 2 2 1 5 6 7 8", "$EndElements"]
        mesh = self.folder / "two.msh"
        mesh.write_text("\n".join(lines) + "\n")
        self.assert_refused("not connected with the largest part", "simulate", "--mesh", mesh, "--coil", "figure8_70mm",
                            "--pose", self.pose(), "--out", self.out, "--dry-run")

    def test_dti_that_is_none(self):
        self.refused("missing.nii.gz", "--dti", self.folder / "missing.nii.gz")
        self.refused("head.msh: not a NIfTI-1 file", "--dti", self.head())
        self.refused("five.nii.gz: 5 volumes along axis 3, 6 are needed", "--dti", self.tensors("five.nii.gz", n_volumes=5))
        self.refused("register it to the T1", "--dti", self.tensors("far.nii.gz", corner_mm=1000))

    def test_dti_changes_the_field_and_is_on_record(self):
        dti = self.tensors()
        isotropic = self.metrics(name="isotropic")
        folder = self.simulated("--dti", dti, name="anisotropic")
        anisotropic = json.loads((folder / "metrics.json").read_text())
        self.assertGreater(abs(anisotropic["e_mean_roi_v_per_m"] / isotropic["e_mean_roi_v_per_m"] - 1), 0.005)
        run = json.loads((folder / "run.json").read_text())
        self.assertEqual(run["inputs_sha256"]["dti"], hashlib.sha256(dti.read_bytes()).hexdigest())
        self.assertEqual(run["configuration"]["dti_mapping"], "volume_normalised")
        # Tensors that are the same everywhere leave their means as they were: only directions matter.
        means = self.metrics("--dti", dti, "--dti-mapping", "mean_conductivity", name="means")
        self.assertAlmostEqual(means["e_mean_roi_v_per_m"] / isotropic["e_mean_roi_v_per_m"], 1, delta=1e-5)

    def test_what_does_not_converge_writes_nothing(self):
        # Rounding in b − Kφ alone leaves some 3e-13 with second-order elements on this head, whoever solves.
        for solver in ("multigrid", "direct"):
            self.refused("did not converge", "--order", "2", "--solver", solver, "--tolerance", "1e-14", code=1)


class Help(CommandLine):
    def test_every_verb_ends_in_two_examples(self):
        for verb in VERBS:
            run = corticoil(*verb.split(), "--help")
            self.assertEqual(run.returncode, 0)
            examples = run.stdout.split("Examples:")[1].strip().splitlines()
            self.assertEqual(len(examples), 2, verb)
            for example in examples:
                self.assertTrue(example.strip().startswith(f"corticoil {verb}"), example)

    def test_examples_use_only_flags_that_exist(self):
        for verb in VERBS:
            text = corticoil(*verb.split(), "--help").stdout
            flags, examples = text.split("Examples:")
            for word in examples.split():
                if word.startswith("--"):
                    self.assertIn(word, flags, f"example of {verb}")

    def test_version_and_json(self):
        version = corticoil("--version").stdout.strip()
        run = corticoil("coils", "list", "--json")
        content = json.loads(run.stdout)
        self.assertEqual(content["verb"], "coils list")
        self.assertEqual(content["version"], version)
        self.assertIn("figure8_70mm", [coil["name"] for coil in content["result"]])
        targets = json.loads(corticoil("targets", "list", "--json").stdout)["result"]
        self.assertEqual(len(targets), len({target["name"] for target in targets}))
        self.assertLessEqual({"M1_HAND_L", "M1_LEG_BILAT", "DLPFC_L_SGC", "PMD_R", "CB_INION_L", "VERTEX"},
                             {target["name"] for target in targets})
        jsonschema.validate(targets, json.loads((SCHEMAS / "targets.schema.json").read_text()))

    def test_coils_write_pictures_only_where_told_to(self):
        with tempfile.TemporaryDirectory() as folder:
            for arguments in (["coils", "list"], ["coils", "show", "double_cone"]):
                subprocess.run([os.path.abspath(CORTICOIL), *arguments], cwd=folder, capture_output=True, check=True)
                self.assertEqual(os.listdir(folder), [])

    def test_a_coil_of_sampled_potential(self):
        with tempfile.TemporaryDirectory() as folder:
            path, out = pathlib.Path(folder) / "sampled.nii", pathlib.Path(folder) / "pictures"
            # A of a dipole along z, 20 mm behind the face, every 10 mm.
            grid = numpy.stack(numpy.meshgrid(*[numpy.arange(-80, 81, 10.0)] * 2, numpy.arange(0, 101, 10.0), indexing="ij"), -1)
            away = 1e-3 * (grid - [0, 0, -20])
            values = 1e-7 * numpy.cross([0, 0, 0.3], away) / numpy.linalg.norm(away, axis=-1, keepdims=True) ** 3
            affine = numpy.diag([10.0, 10, 10, 1])
            affine[:3, 3] = [-80, -80, 0]
            nibabel.save(nibabel.Nifti1Image(values.astype("float32"), affine), path)
            run = corticoil("coils", "show", path, "--out", out, "--json")
            self.assertEqual(run.returncode, 0, run.stderr)
            coil = json.loads(run.stdout)["result"]
            self.assertEqual((coil["samples"], coil["dipoles"], coil["type"], coil["has_casing"]),
                             (17 * 17 * 11, 0, "unknown", False))
            self.assertGreater((out / "sampled.png").stat().st_size, 20_000)
            text = corticoil("coils", "show", path).stdout
            self.assertIn("3179 samples of A", text)
            self.assertIn("no clear direction of E under the centre", text)
        eight = json.loads(corticoil("coils", "show", "figure8_70mm", "--json").stdout)["result"]
        self.assertEqual((eight["samples"], eight["type"], eight["has_casing"]), (0, "figure_of_eight", True))

    def test_research_use_only(self):
        self.assertIn("Research use only", corticoil("--help").stdout)


class ConvertCoils(CommandLine):
    """coils convert: what it writes reads back, and what it refuses leaves nothing."""

    def model(self):
        """A .tcd file with one loop that a rotation moves and one dipole on a stimulator of its own."""
        corners = numpy.array([[30.0, 0, -5], [0, 30, -5], [-30, 0, -5], [0, -30, -5]])
        ends = numpy.roll(corners, -1, axis=0)
        model = {"coilElementList": [{"stimulator": 0, "type": 2, "deformations": [0],
                                      "points": ((corners + ends) / 2).tolist(), "values": (ends - corners).tolist()},
                                     {"stimulator": 1, "type": 1, "points": [[0, 0, -5]], "values": [[0, 0, 0.001]]}],
                 "stimulatorList": [{"name": "A", "maxdIdt": 1e8}, {"name": "B", "maxdIdt": 2e8}],
                 "deformRangeList": [{"initial": 0, "range": [-90, 90]}],
                 "deformList": [{"deformRange": 0, "type": "rot2p", "point1": [0, 0, 0], "point2": [0, 1, 0]}]}
        path = self.folder / "model.tcd"
        path.write_text(json.dumps(model))
        return path

    def converted(self, *arguments):
        run = corticoil("coils", "convert", *arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)["result"]

    def test_a_model_keeps_everything(self):
        model, text, again = self.model(), self.folder / "text.tcd", self.folder / "again.tcd"
        self.assertEqual(self.converted(model, self.folder / "binary.tcd", "--binary")["not_kept"], [])
        self.converted(self.folder / "binary.tcd", text)
        content = json.loads(text.read_text())
        for key, value in json.loads(model.read_text()).items():
            for wanted, found in zip(value, content[key]):
                self.assertEqual(found | wanted, found, key)
        self.converted(text, again)
        self.assertEqual(text.read_text(), again.read_text())

    def test_settings_turn_the_part_and_scale_the_current(self):
        out = self.folder / "set.tcd"
        result = self.converted(self.model(), out, "--set", "0=90", "--current", "B=-2")
        self.assertIn("moving parts (set as they are now)", result["not_kept"])
        self.assertEqual(result["content"]["deformations"], 0)
        elements = {element["type"]: element for element in json.loads(out.read_text())["coilElementList"]}
        # A quarter turn about y takes z = −5 to x = −5.
        numpy.testing.assert_allclose(numpy.array(elements[2]["points"])[:, 0], -5, atol=1e-9)
        self.assertEqual(elements[1]["values"], [[0, 0, -0.002]])

    def test_dipoles_of_closed_wires(self):
        out = self.folder / "out.ccd"
        result = self.converted(self.model(), out, "--rings", "20")
        self.assertEqual(result["files"], [str(out)])
        # The area of the square of 30√2 mm edges, and the dipole.
        rows = numpy.loadtxt(out, skiprows=3)
        self.assertEqual(len(rows), result["content"]["dipoles"])
        numpy.testing.assert_allclose(rows[:, 3:].sum(axis=0), [0, 0, 1.8e-3 + 1e-3], atol=1e-9)
        coil = self.converted("figure8_70mm", self.folder / "eight.ccd")
        self.assertEqual(coil["files"], [str(self.folder / "eight.ccd"), str(self.folder / "eight.stl")])

    def test_what_a_ccd_file_cannot_hold_leaves_the_folder_as_it_was(self):
        content = json.loads(self.model().read_text())
        content["coilCasing"] = 0
        content["coilModels"] = [{"points": [[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, -30]],
                                 "faces": [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]}]
        pulse = {"name": "one", "time": [0, 1e-4], "signal": [0, 1]}
        other = {"name": "two", "time": [0, 2e-4], "signal": [0, 1]}
        content["stimulatorList"] = [{**content["stimulatorList"][0], "waveformList": [pulse, other]},
                                     content["stimulatorList"][1]]
        model, out, casing = self.folder / "pulses.tcd", self.folder / "out.ccd", self.folder / "out.stl"
        model.write_text(json.dumps(content))
        self.assert_refused("is not sampled at the times of", "coils", "convert", model, out)
        casing.write_text("mine")
        self.assert_refused("is not sampled at the times of", "coils", "convert", model, out, "--overwrite")
        self.assertEqual(casing.read_text(), "mine")
        # The same with one pulse is written.
        content["stimulatorList"][0]["waveformList"] = [pulse]
        model.write_text(json.dumps(content))
        self.assertEqual(len(self.converted(model, out, "--overwrite")["files"]), 3)
        self.assertNotEqual(casing.read_bytes(), b"mine")

    def test_refusals(self):
        model = self.model()
        out = self.folder / "out.tcd"
        out.write_text("mine")
        self.assert_refused("exists; name another file or allow replacing it", "coils", "convert", model, out)
        self.assert_refused("exists; name another file", "coils", "convert", model, out, "--dry-run")
        self.assertEqual(out.read_text(), "mine")
        out.unlink()
        self.assert_refused("its ending says no format", "coils", "convert", model, self.folder / "out.json")
        self.assert_refused("goes from -90 to 90; 91 is outside", "coils", "convert", model, out, "--set", "0=91")
        self.assert_refused("no deformation range 1", "coils", "convert", model, out, "--set", "1=0")
        self.assert_refused("has no stimulator 'C'; it has A, B", "coils", "convert", model, out, "--current", "C=1")
        self.assert_refused("must be like 0=2.5", "coils", "convert", model, out, "--set", "0")
        self.assert_refused("has no moving parts", "coils", "convert", "round_90mm", out, "--set", "0=1")
        self.assert_refused("must be at least 1", "coils", "convert", model, self.folder / "out.ccd", "--rings", "0")
        content = json.loads(model.read_text())
        del content["coilElementList"][0]["points"][0], content["coilElementList"][0]["values"][0]
        model.write_text(json.dumps(content))
        self.assert_refused("1 of its 1 wires are not closed", "coils", "convert", model, self.folder / "out.ccd")
        model.write_text('{"coilElementList": [{"type": 7, "stimulator": 0}], "stimulatorList": []}')
        self.assert_refused("model.tcd: coilElementList[0].type is 7", "coils", "convert", model, out)


class BadUsage(CommandLine):
    def test_unknown_words_get_a_suggestion(self):
        self.assert_refused("unknown word 'simulat'; did you mean 'simulate'?", "simulat")
        self.assert_refused("did you mean '--target'?", "simulate", "--tagret", "M1_HAND_L")
        self.assert_refused("unknown word '--frobnicate'; see", "demo", "--frobnicate")

    def test_missing_and_wrong_arguments(self):
        self.assert_refused("see: corticoil --help")
        self.assert_refused("--out is required", "segment", "t1.nii.gz")
        self.assert_refused("--threads", "demo", "--threads", "-3", "--out", self.out)
        self.assert_refused("give either --subject DIR or --mesh", "simulate", "--coil", "round_90mm", "--out", self.out)
        self.assert_refused("resolution 'mist' is unknown", "demo", "--resolution", "mist", "--out", self.out)
        self.assert_refused("target 'nowhere' is not known", "targets", "show", "nowhere")
        self.assert_refused("did you mean 'M1_HAND_L'", "targets", "show", "M1_HNAD_L")
        self.assert_refused("give its side: CB_INION_L or CB_INION_R", "targets", "show", "cb_inion")
        self.assert_refused("is neither a known coil", "coils", "show", "nothing")
        self.assert_refused("see: corticoil coils list --help", "coils", "list", "--frobnicate")
        self.assert_refused("aaaa", "mesh", "a" * 300)


class Segment(CommandLine):
    def refused(self, expected, *arguments):
        self.assert_refused(expected, "segment", *arguments, "--out", self.out)

    def test_truncated_nifti(self):
        whole = self.nifti("t1.nii.gz", numpy.random.default_rng(1).integers(0, 200, (40, 40, 40)).astype("int16"))
        cut = self.folder / "cut.nii.gz"
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        self.refused("cut.nii.gz", cut)
        whole = self.nifti("t1.nii", numpy.ones((20, 20, 20), "float32"))
        cut = self.folder / "cut.nii"
        cut.write_bytes(whole.read_bytes()[:5000])
        self.refused("cut.nii", cut)

    def test_sheared_or_missing_orientation(self):
        sheared = numpy.eye(4)
        sheared[0, 1] = 0.3
        self.refused("shear", self.nifti("t1.nii", numpy.ones((20, 20, 20), "float32"), sheared))
        self.refused("orientation", self.nifti("bare.nii", numpy.ones((20, 20, 20), "float32"), sform=0))

    def test_missing_file_and_no_input(self):
        self.refused("missing.nii.gz", self.folder / "missing.nii.gz")
        self.refused("give a T1")

    def test_an_image_without_a_head(self):
        self.refused("head", self.nifti("noise.nii", numpy.zeros((60, 60, 60), "float32")))

    def test_label_map_with_unknown_labels(self):
        labels = numpy.zeros((30, 30, 30), "uint8")
        labels[5:25, 5:25, 5:25] = 5
        labels[10:20, 10:20, 10:20] = 77
        path = self.nifti("labels.nii.gz", labels)
        self.refused("unknown labels 77", "--labels", path)
        mapping = self.folder / "map.json"
        mapping.write_text('{"77": "gray_stuff"}')
        self.refused("does not map", "--labels", path, "--map", mapping)

    def test_labels_above_255_are_mapped(self):
        labels = numpy.zeros((30, 30, 30), "int32")
        labels[5:25, 5:25, 5:25] = 5
        labels[10:20, 10:20, 10:20] = 1001
        path = self.nifti("labels.nii.gz", labels)
        self.refused("unknown labels 1001 (1000 voxels)", "--labels", path)
        halves = self.nifti("halves.nii.gz", (labels + 0.5).astype("float32"))
        self.refused("voxel (0, 0, 0) holds 0.5", "--labels", halves)
        mapping = self.folder / "map.json"
        mapping.write_text('{"1001": "grey_matter"}')
        run = corticoil("segment", "--labels", path, "--map", mapping, "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        voxels = numpy.asarray(nibabel.load(self.out / "tissues.nii.gz").dataobj)
        self.assertEqual(numpy.count_nonzero(voxels == 2), 1000)

    def test_a_t1_beside_labels_is_looked_at(self):
        labels = self.nifti("labels.nii.gz", numpy.full((30, 30, 30), 5, "uint8"))
        data = numpy.random.default_rng(1).random((20, 20, 20)).astype("float32")
        coarse = self.nifti("coarse.nii.gz", data, numpy.diag([100.0, 100.0, 100.0, 1.0]))
        for flag in ((), ("--dry-run",)):
            self.refused("voxels are up to 100 mm long", coarse, "--labels", labels, *flag)

    def test_a_folder_that_is_not_ours_is_never_replaced(self):
        self.out.mkdir()
        (self.out / "precious.txt").write_text("data")
        labels = numpy.full((30, 30, 30), 5, "uint8")
        self.refused(str(self.out), "--labels", self.nifti("labels.nii.gz", labels), "--overwrite")
        self.assertEqual((self.out / "precious.txt").read_text(), "data")


class Mesh(CommandLine):
    def test_no_subject(self):
        self.assert_refused("is not a folder", "mesh", self.folder / "nobody")
        self.assert_refused("holds no subject.json", "mesh", self.folder)

    def test_unknown_labels(self):
        labels = numpy.zeros((40, 40, 40), "uint8")
        labels[5:35, 5:35, 5:35] = 5
        labels[15:25, 15:25, 15:25] = 99
        self.nifti("tissues.nii.gz", labels)
        (self.folder / "subject.json").write_text("{}")
        self.assert_refused("99", "mesh", self.folder)


class Simulate(CommandLine):
    def refused(self, expected, *arguments, code=2):
        self.assert_refused(expected, "simulate", "--coil", "figure8_70mm", "--out", self.out, *arguments, code=code)

    def test_a_run_and_its_files(self):
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--target=-20,10,50", "--out", self.out,
                        "--json", "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)
        metrics = json.loads(run.stdout)["result"]["metrics"]
        self.assertEqual(metrics, json.loads((self.out / "metrics.json").read_text()))
        self.assertGreater(metrics["e_mean_roi_v_per_m"], 0.1)
        self.assertLess(metrics["solver"]["relative_residual"], 2e-6)
        self.assertEqual({path.name for path in self.out.iterdir()},
                         {"field.vtu", "grey_matter.vtp", "scalp.vtp", "metrics.json", "pose.json", "run.json"})
        # The pose that it wrote gives the same field again, and dI/dt scales it.
        again = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.out / "pose.json",
                          "--roi=-20,10,50,10", "--didt", "2e6", "--out", self.folder / "again", "--json", "--no-pictures")
        twice = json.loads(again.stdout)["result"]["metrics"]
        self.assertAlmostEqual(twice["e_mean_roi_v_per_m"] / metrics["e_mean_roi_v_per_m"], 2, places=6)
        # Nothing is replaced without --overwrite.
        before = (self.out / "run.json").read_bytes()
        self.refused("--overwrite", "--mesh", self.head(), "--target=-20,10,50")
        self.assertEqual((self.out / "run.json").read_bytes(), before)
        self.refused("--overwrite", "--mesh", self.head(), "--target=-20,10,50", "--dry-run")
        # Found before the head is even read.
        self.refused("--overwrite", "--mesh", self.folder / "missing.msh", "--target=-20,10,50")

    def test_a_bent_coil_is_lifted_until_its_casing_clears_the_scalp(self):
        def run_with(coil):
            run = corticoil("simulate", "--mesh", self.head(), "--coil", coil, "--target=0,0,60", "--out", self.folder / coil,
                            "--json", "--no-pictures")
            self.assertEqual(run.returncode, 0, run.stderr)
            result = json.loads(run.stdout)["result"]
            self.assertGreaterEqual(result["metrics"]["coil_clearance_mm"], 3.9)
            return result["warnings"], json.loads((self.folder / coil / "pose.json").read_text())
        warnings, bent = run_with("double_cone")
        self.assertTrue(any("double_cone was lifted by" in warning for warning in warnings), warnings)
        # A flat coil over a round head stays at its stand-off.
        warnings, flat = run_with("figure8_70mm")
        self.assertEqual(warnings, [])
        self.assertGreater(bent["head_from_coil"][2][3], flat["head_from_coil"][2][3] + 1)

    def test_output_in_per_cent_is_the_rate_that_the_stimulator_gives(self):
        common = ("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--target=0,0,60", "--no-pictures", "--json")
        rate = corticoil(*common, "--didt", "57.365e6", "--out", self.folder / "rate")
        output = corticoil(*common, "--mso", "50", "--out", self.folder / "output")
        self.assertEqual((rate.returncode, output.returncode), (0, 0), output.stderr)
        means = [json.loads(run.stdout)["result"]["metrics"]["e_mean_roi_v_per_m"] for run in (rate, output)]
        self.assertAlmostEqual(means[1] / means[0], 1, places=6)
        configuration = json.loads((self.folder / "output/run.json").read_text())["configuration"]
        self.assertEqual((configuration["mso_percent"], configuration["stimulator"]), (50, "Magstim Rapid"))
        self.assertAlmostEqual(configuration["didt"], 57.365e6)

    def test_without_target_or_roi_the_roi_keys_are_null(self):
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "round_90mm", "--pose", self.pose(), "--out", self.out,
                        "--json", "--no-pictures")
        metrics = json.loads(run.stdout)["result"]["metrics"]
        for key in ("e_mean_roi_v_per_m", "e_mean_vector_roi_v_per_m", "roi", "target_depth_mm"):
            self.assertIsNone(metrics[key])

    def test_dry_run_writes_nothing(self):
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.pose(), "--out", self.out,
                        "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["tolerance"], 1e-6)
        self.assertFalse(self.out.exists())

    def test_a_folder_with_the_coils_name_is_not_the_coil(self):
        (self.folder / "figure8_70mm").mkdir()
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.pose(), "--out", self.out,
                        cwd=self.folder)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue((self.out / "figures/close.png").exists())

    def test_overwrite_never_takes_other_files_along(self):
        arguments = ("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.pose(), "--out", self.out,
                     "--no-pictures")
        self.assertEqual(corticoil(*arguments).returncode, 0)
        self.assertEqual(corticoil(*arguments, "--overwrite").returncode, 0)
        (self.out / "notes.txt").write_text("mine")
        self.assert_refused("holds 'notes.txt', which is not part of the earlier result", *arguments, "--overwrite")

    def test_a_roi_without_grey_matter_is_refused_before_solving(self):
        self.refused("holds no grey matter", "--mesh", self.head(), "--pose", self.pose(), "--roi=0,0,500,5")

    def test_labels_of_the_users_own(self):
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.pose(), "--out", self.out,
                        "--conductivity", "17=0.3,csf=1.8", "--dry-run")
        self.assertEqual(json.loads(run.stdout)["conductivity_s_per_m"]["17"], 0.3)

    def test_a_pose_in_metres(self):
        path = self.folder / "pose.json"
        path.write_text(json.dumps({"head_from_coil": POSE, "unit": "m"}))
        self.refused("poses are in mm", "--mesh", self.head(), "--pose", path)

    def test_a_rate_that_is_none(self):
        self.refused("is no rate of a stimulator", "--mesh", self.head(), "--target=-20,10,50", "--didt", "1e-170")

    def test_a_reader_that_goes_away_leaves_nothing(self):
        head, pose = self.head(40), self.pose()
        run = subprocess.run(["sh", "-c", '"$0" simulate --mesh "$1" --coil figure8_70mm --pose "$2" --out "$3" 2>&1 | true',
                              CORTICOIL, str(head), str(pose), str(self.out)], timeout=240, check=False)
        self.assertEqual(run.returncode, 0)
        self.assertEqual([path.name for path in self.folder.glob(".*")], [])

    def test_truncated_mesh(self):
        cut = self.folder / "cut.msh"
        cut.write_bytes(self.head().read_bytes()[:20000])
        self.refused("cut.msh", "--mesh", cut, "--target=-20,10,50")

    def test_conductivities_must_be_positive(self):
        for value in ("0", "-1", "nan", "much"):
            self.refused("must be a positive number", "--mesh", self.head(), "--target=-20,10,50",
                         f"--conductivity=scalp={value}")
        self.refused("did you mean 'grey_matter'?", "--mesh", self.head(), "--target=-20,10,50",
                     "--conductivity=gray_matter=1")

    def test_coil_in_the_head(self):
        deep = [row[:] for row in POSE]
        deep[2][3] = 60
        self.refused("more than 15 mm", "--mesh", self.head(), "--pose", self.pose(deep))
        deep[2][3] = 82
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--pose", self.pose(deep),
                        "--out", self.out, "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stderr, r"warning: coil figure8_70mm reaches [78]\.\d mm inside the head")

    def test_target_outside_the_head(self):
        self.refused("lies outside the head", "--mesh", self.head(), "--target=0,0,200")

    def test_a_named_target_needs_a_subject(self):
        self.refused("needs --subject", "--mesh", self.head(), "--target", "M1_HAND_L")

    def test_a_pose_that_is_not_rigid(self):
        mirrored = [row[:] for row in POSE]
        mirrored[0][0] = -1
        self.refused("is not rigid", "--mesh", self.head(), "--pose", self.pose(mirrored))

    def test_interrupt_leaves_nothing(self):
        head = self.head(56)
        process = subprocess.Popen([CORTICOIL, "simulate", "--mesh", str(head), "--coil", "figure8_70mm", "--pose",
                                    str(self.pose()), "--out", str(self.out)], stderr=subprocess.PIPE)
        deadline = time.time() + 60
        while not list(self.folder.glob(".out.partial-*")) and time.time() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        process.stderr.close()
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"head.msh", "pose.json"})


class Compare(CommandLine):
    """Coils side by side on the round head."""

    COILS = ("--coils", "figure8_70mm,round_90mm")
    TARGET = "--target=-20,10,50"

    def compared(self, *flags, coils=COILS, target=TARGET, name="out"):
        folder = self.folder / name
        run = corticoil("compare", "--mesh", self.head(), *coils, target, "--out", folder, "--json", "--no-pictures", *flags)
        self.assertEqual(run.returncode, 0, run.stderr)
        content = json.loads((folder / "compare.json").read_text())
        self.assertEqual(json.loads(run.stdout)["result"], content)
        schema = json.loads((SCHEMAS / "compare.schema.json").read_text())
        jsonschema.validate(content, schema)
        for key in schema["required"]:  # A file without one of its keys must not pass.
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate({other: value for other, value in content.items() if other != key}, schema)
        return folder, content

    def refused(self, expected, *flags, coils=COILS, target=TARGET, code=2):
        head = self.head()
        self.assert_refused(expected, "compare", "--mesh", head, *coils, target, "--out", self.out, *flags, code=code)

    def test_coils_are_matched_in_three_ways(self):
        folder, content = self.compared()
        self.assertEqual({path.name for path in folder.iterdir()}, {"compare.json", "compare.csv", "runs"})
        figure8, ring = content["coils"]
        for coil in (figure8, ring):
            # The same rate, and the field of the coil's own run.
            run = json.loads((folder / coil["run"] / "metrics.json").read_text())
            self.assertEqual(coil["equal_didt"]["didt_a_per_s"], 1e6)
            for key in ("e_mean_roi_v_per_m", "e_p999_gm_v_per_m"):
                self.assertAlmostEqual(coil["equal_didt"][key] / run[key], 1, places=9)
            self.assertTrue(4 <= coil["clearance_mm"] <= 4.1, coil["clearance_mm"])
            self.assertAlmostEqual(run["e_mean_roi_v_per_m"] / run["e_p999_gm_v_per_m"], coil["selectivity"], places=9)
            # The same mean: everything is scaled alike.
            matched = coil["equal_roi_mean"]
            factor = matched["didt_a_per_s"] / 1e6
            self.assertAlmostEqual(matched["e_mean_roi_v_per_m"] / content["roi_mean_v_per_m"], 1, places=9)
            for key in ("e_p999_gm_v_per_m", "e_p99_scalp_v_per_m"):
                self.assertAlmostEqual(matched[key] / coil["equal_didt"][key], factor, places=9)
        # Matched to the first coil: wrong variant, equal rates do not give equal means.
        self.assertAlmostEqual(figure8["equal_roi_mean"]["didt_a_per_s"], 1e6, places=3)
        self.assertGreater(abs(ring["equal_roi_mean"]["didt_a_per_s"] / 1e6 - 1), 0.05)
        # A round coil has its field around the axis, a figure-of-eight under it.
        self.assertGreater(figure8["selectivity"], ring["selectivity"])
        self.assertGreater(ring["focality_volume_50_mm3"], figure8["focality_volume_50_mm3"])
        # Output: known for one, unknown for the other.
        full = figure8["equal_mso"]
        self.assertAlmostEqual(full["percent_mso"], 100, places=9)
        self.assertAlmostEqual(full["didt_a_per_s"], figure8["didt_at_full_output_a_per_s"], delta=1)
        self.assertFalse(full["exceeds_full_output"])
        if ring["didt_at_full_output_a_per_s"] is None:
            self.assertIsNone(ring["equal_mso"])
            self.assertIsNone(ring["equal_roi_mean"]["percent_mso"])
        rows = (folder / "compare.csv").read_text().splitlines()
        self.assertEqual(len(rows), 1 + sum(coil[key] is not None for coil in (figure8, ring)
                                            for key in ("equal_didt", "equal_mso", "equal_roi_mean")))
        self.assertEqual(len({row.count(",") for row in rows}), 1)

    def test_a_mean_that_the_stimulator_cannot_reach_is_flagged(self):
        _, content = self.compared("--roi-mean", "1000")
        matched = content["coils"][0]["equal_roi_mean"]
        self.assertAlmostEqual(matched["e_mean_roi_v_per_m"], 1000, places=6)
        self.assertGreater(matched["percent_mso"], 100)
        self.assertTrue(matched["exceeds_full_output"])
        run = corticoil("compare", "--mesh", self.head(), *self.COILS, self.TARGET, "--out", self.folder / "text", "--no-pictures",
                        "--roi-mean", "1000")
        self.assertIn("(!)", run.stdout)

    def test_hair_lifts_and_weakens(self):
        means = {}
        for hair in (0, 10):
            _, content = self.compared("--hair", hair, name=f"hair_{hair}")
            for coil in content["coils"]:
                self.assertTrue(hair <= coil["clearance_mm"] <= hair + 0.1, coil["clearance_mm"])
            means[hair] = content["coils"][0]["equal_didt"]["e_mean_roi_v_per_m"]
        self.assertLess(means[10], 0.9 * means[0])

    def test_a_negative_rate_keeps_its_sign_and_three_digits(self):
        run = corticoil("compare", "--mesh", self.head(), *self.COILS, self.TARGET, "--out", self.out, "--no-pictures",
                        "--didt=-4.64e5")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, r"dI/dt, A/µs +-0\.464 ")

    def test_pictures_and_overwrite(self):
        arguments = ("compare", "--mesh", self.head(), *self.COILS, self.TARGET, "--out", self.out)
        self.assertEqual(corticoil(*arguments).returncode, 0)
        self.assertGreater((self.out / "figures/comparison.png").stat().st_size, 50_000)
        self.assertTrue((self.out / "runs/round_90mm/figures/close.png").exists())
        self.assert_refused("--overwrite", *arguments)
        self.assert_refused("--overwrite", *arguments, "--dry-run")
        self.assert_refused("--overwrite", "compare", "--mesh", self.folder / "missing.msh", *self.COILS, self.TARGET,
                            "--out", self.out)
        (self.out / "notes.txt").write_text("mine")
        self.assert_refused("holds 'notes.txt'", *arguments, "--overwrite")

    def test_dry_run_places_the_coils_and_writes_nothing(self):
        run = corticoil("compare", "--mesh", self.head(), *self.COILS, self.TARGET, "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        configuration = json.loads(run.stdout)
        self.assertEqual([coil["coil"] for coil in configuration["coils"]], ["figure8_70mm", "round_90mm"])
        self.assertGreaterEqual(configuration["coils"][0]["clearance_mm"], 4)
        self.assertFalse(self.out.exists())

    def test_best_poses_give_more_than_conventional_ones(self):
        _, usual = self.compared(name="usual")
        folder, best = self.compared("--pose", "best", name="best")
        for one, other in zip(best["coils"], usual["coils"]):
            key = "e_mean_roi_v_per_m"
            self.assertGreater(one["equal_didt"][key], 0.999 * other["equal_didt"][key])
            self.assertTrue(4 <= one["clearance_mm"] <= 4.15, one["clearance_mm"])
            self.assertGreaterEqual(one["lift_mm"], -0.05)
            self.assertEqual(one["direction_rule"], "best mean of |E| in the ROI")
        self.assertEqual(best["configuration"]["pose"], "best")
        # A round coil's field is weakest under its axis: the best place is beside the conventional one.
        ring, usual_ring = best["coils"][1]["equal_didt"], usual["coils"][1]["equal_didt"]
        self.assertGreater(ring["e_mean_roi_v_per_m"], 1.2 * usual_ring["e_mean_roi_v_per_m"])
        run = corticoil("compare", "--mesh", self.head(), *self.COILS, self.TARGET, "--out", self.out, "--pose", "best", "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("lift_mm", json.loads(run.stdout)["coils"][0])  # Not known before the search.

    def test_config_file(self):
        config = self.folder / "study.toml"
        config.write_text('[compare]\ncoils = ["figure8_70mm", "round_90mm"]\nhair = 6\n')
        run = corticoil("compare", "--config", config, "--mesh", self.head(), self.TARGET, "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["hair_mm"], 6)

    def test_bad_input(self):
        self.refused("--pose: worst not in", "--pose", "worst")
        self.refused("--coils: 1 given; give 2 to 8", coils=("--coils", "figure8_70mm"))
        self.refused("two coils are called 'figure8_70mm'", coils=("--coils", "figure8_70mm,figure8_70mm"))
        self.refused("is neither a known coil", coils=("--coils", "figure8_70mm,nothing"))
        self.refused("needs --subject", target="--target=M1_LEG_L")
        self.refused("lies outside the head", target="--target=0,0,200")
        self.refused("--hair: -1 mm", "--hair=-1")
        self.refused("--roi-mean: -5 V/m", "--roi-mean=-5")
        self.refused("holds no grey matter", "--roi=0,0,500,5")

    def test_a_coil_that_fits_nowhere_is_named(self):
        # Two dipoles, one of them 150 mm into the head.
        path = self.folder / "long.ccd"
        path.write_text("# number of elements\n2\n# x y z mx my mz\n0 0 -0.01 0 0 1\n0 0 0.15 0 0 1\n")
        self.refused("coil long: does not fit this place", coils=("--coils", f"figure8_70mm,{path}"), code=3)


class Render(CommandLine):
    def test_pictures_of_a_run(self):
        run = corticoil("simulate", "--mesh", self.head(), "--coil", "figure8_70mm", "--target=-20,10,50", "--out", self.out,
                        "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)
        drawn = corticoil("render", self.out, "--view", "close", "--size", "800x600", "--out", self.folder / "pictures")
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertEqual([path.name for path in (self.folder / "pictures").iterdir()], ["close.png"])
        # Without EGL: exit code 4 and nothing written.
        blind = dict(os.environ, __EGL_VENDOR_LIBRARY_FILENAMES="/nonexistent")
        missing = corticoil("render", self.out, "--out", self.folder / "none", env=blind)
        self.assertEqual(missing.returncode, 4, missing.stderr)
        self.assertIn("libegl1", missing.stderr)
        self.assertFalse((self.folder / "none").exists())

    def test_bad_input(self):
        self.assert_refused("is neither a run folder", "render", self.folder, "--out", self.out)
        self.assert_refused("is not a size", "render", self.folder, "--size", "huge", "--out", self.out)
        self.assert_refused("is not a view", "render", self.folder, "--view", "under", "--out", self.out)


class CoilMetrics(CommandLine):
    """Depth and focality of coils on a sphere."""

    def dipole(self, name="dipole.ccd", position="0 0 -0.012", moment="0 0.3 0", header="# number of elements"):
        path = self.folder / name
        path.write_text(f"{header}\n1\n# centers and moments\n{position} {moment}\n")
        return path

    def schema(self):
        return json.loads((SCHEMAS / "coil_metrics.schema.json").read_text())

    def test_table_and_json(self):
        header = "# dipole.ccd version 1.0 number of elements; dIdtmax=100;coilname=Mine;"
        run = corticoil("coils", "metrics", "figure8_70mm", self.dipole(header=header), "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        content = json.loads(run.stdout)
        self.assertEqual(content["verb"], "coils metrics")
        eight, dipole = content["result"]
        self.assertEqual((eight["name"], eight["contact"]), ("figure8_70mm", "casing"))
        self.assertEqual((dipole["name"], dipole["contact"], dipole["lift_mm"]), ("Mine", "face", 0))
        # Under a dipole across the axis, at r0 = 97 mm: |E| = mu0 m r / (8 pi r0 (r0 - r)^2).
        expected = 1e-7 * 0.3e6 * 0.070 / (2 * 0.097 * 0.027**2)
        self.assertAlmostEqual(dipole["peak_v_per_m_per_a_per_us"] / expected, 1, delta=1e-5)
        self.assertAlmostEqual(dipole["peak_at_full_output_v_per_m"] / (100 * expected), 1, delta=1e-5)
        self.assertAlmostEqual(dipole["peak_position_mm"][2], 15, delta=0.01)
        for coil in content["result"]:
            self.assertAlmostEqual(coil["s_half_cm2"] * coil["d_half_cm"] / coil["v_half_cm3"], 1, delta=1e-9)
            self.assertEqual(coil["profile"]["depth_mm"][10], 10)
        table = corticoil("coils", "metrics", "figure8_70mm", self.dipole()).stdout
        self.assertRegex(table, r"figure8_70mm +0\.00 +1\.40\d +1\.42 +21\.\d +15\.\d\n")
        self.assertRegex(table, r"dipole +.*  \*\n")

    def test_folder(self):
        arguments = ("coils", "metrics", self.dipole("a.ccd"), self.dipole("b.ccd", moment="0 0 1"), "--out", self.out)
        run = corticoil(*arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual({path.name for path in self.out.iterdir()},
                         {"metrics.json", "depth_focality.png", "profiles.png", "sphere.png"})
        content = json.loads((self.out / "metrics.json").read_text())
        jsonschema.validate(content, self.schema())
        self.assertEqual(content["coils"], json.loads(run.stdout)["result"])
        # What the schema is there to notice.
        for change in ({"d_half_cm": None}, {"contact": "none"}, {"peak_v_per_m_per_a_per_us": 0}):
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate({**content, "coils": [{**content["coils"][0], **change}]}, self.schema())
        self.assert_refused("is not empty", *arguments)

    def test_coils_of_one_name_are_told_apart(self):
        header = "# number of elements; coilname=Same;"
        run = corticoil("coils", "metrics", self.dipole("a.ccd", header=header), self.dipole("b.ccd", header=header), "--json")
        self.assertEqual([coil["name"] for coil in json.loads(run.stdout)["result"]], ["Same (a)", "Same (b)"])
        run = corticoil("coils", "metrics", "round_90mm", "round_90mm", "--json")
        self.assertEqual([coil["name"] for coil in json.loads(run.stdout)["result"]], ["round_90mm", "round_90mm (2)"])

    def test_dry_run_says_how_coils_touch(self):
        run = corticoil("coils", "metrics", "figure8_70mm", self.dipole(position="0.051 0 0.03"), "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        lifts = json.loads(run.stdout)["lift_mm"]
        self.assertAlmostEqual(lifts["figure8_70mm"], 0)
        self.assertAlmostEqual(lifts["dipole"], 13)  # 30 mm before the face, where the sphere has fallen by 17 mm.
        self.assertFalse(self.out.exists())

    def test_bad_input(self):
        self.assert_refused("coil is required", "coils", "metrics")
        self.assert_refused("is neither a known coil", "coils", "metrics", "figure8_70mm", "nothing", "--out", self.out)
        self.assert_refused("makes no field", "coils", "metrics", self.dipole(moment="0 0 0"), "--out", self.out)


class Config(CommandLine):
    def test_file_and_command_line(self):
        config = self.folder / "study.toml"
        config.write_text('coil = "round_90mm"\n[simulate]\ndidt = 2e6\ntarget = [-20, 10, 50]\n[demo]\nresolution = "fine"\n')
        run = corticoil("simulate", "--config", config, "--mesh", self.head(), "--out", self.out, "--dry-run",
                        "--coil", "figure8_70mm")
        self.assertEqual(run.returncode, 0, run.stderr)
        resolved = json.loads(run.stdout)
        self.assertEqual(resolved["didt"], 2e6)
        self.assertEqual(resolved["target"], "-20,10,50")
        self.assertEqual(resolved["coil"], "figure8_70mm", "the command line wins")

    def test_bad_files(self):
        config = self.folder / "study.toml"
        config.write_text("coil = \n")
        self.assert_refused("study.toml:1", "simulate", "--config", config)
        config.write_text("coyl = 'round_90mm'\n")
        self.assert_refused("did you mean '--coil'?", "simulate", "--config", config, "--out", self.out)
        self.assert_refused("none.toml", "simulate", "--config", self.folder / "none.toml")
        config.write_text("[simulte]\ndidt = 1e6\n")
        self.assert_refused("[simulte] is no verb; did you mean 'simulate'?", "simulate", "--config", config)
        config.write_text("[simulate.conductivity]\ncsf = 99\n")
        self.assert_refused("holds values only", "simulate", "--config", config)

    def test_verbs_of_two_words(self):
        config = self.folder / "study.toml"
        config.write_text("json = true\n")
        self.assertIn("figure8_70mm", json.loads(corticoil("coils", "list", "--config", config).stdout)["result"][0]["name"])


if __name__ == "__main__":
    unittest.main()
