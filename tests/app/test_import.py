#!/usr/bin/env python3
"""Heads that others made: a folder of SimNIBS and surfaces become subjects, or are refused in words."""

import json
import shutil
import unittest

import nibabel
import numpy

from test_command_line import CommandLine, corticoil

SURFACES = (("scalp", 45), ("skull", 40), ("csf", 36), ("grey", 33), ("white", 26))


def icosphere(radius, centre=(0, 0, 0), n_divisions=3):
    """Nodes and triangles of a sphere."""
    golden = (1 + 5**0.5) / 2
    nodes = [(-1, golden, 0), (1, golden, 0), (-1, -golden, 0), (1, -golden, 0), (0, -1, golden), (0, 1, golden),
             (0, -1, -golden), (0, 1, -golden), (golden, 0, -1), (golden, 0, 1), (-golden, 0, -1), (-golden, 0, 1)]
    nodes = [numpy.array(node, float) for node in nodes]
    triangles = [(0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2),
                 (10, 7, 6), (7, 1, 8), (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11),
                 (6, 2, 10), (8, 6, 7), (9, 8, 1)]
    for _ in range(n_divisions):
        middle, finer = {}, []

        def between(a, b):
            key = (min(a, b), max(a, b))
            if key not in middle:
                middle[key] = len(nodes)
                nodes.append((nodes[a] + nodes[b]) / 2)
            return middle[key]

        for a, b, c in triangles:
            ab, bc, ca = between(a, b), between(b, c), between(c, a)
            finer += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        nodes = [node / numpy.linalg.norm(node) for node in nodes]
        triangles = finer
    return radius * numpy.array([node / numpy.linalg.norm(node) for node in nodes]) + centre, numpy.array(triangles)


class Surfaces(CommandLine):
    """Nested spheres in three kinds of files."""

    def off(self, name, nodes, triangles):
        path = self.folder / f"{name}.off"
        lines = ["OFF", "# a sphere", f"{len(nodes)} {len(triangles)} 0"]
        lines += [" ".join(f"{x:.6f}" for x in node) for node in nodes]
        lines += ["3 {} {} {} 0.5 0.5 0.5".format(*triangle) for triangle in triangles]
        path.write_text("\n".join(lines) + "\n")
        return path

    def gifti(self, name, nodes, triangles, encoding, shift=None):
        """As nibabel writes it; with a shift the points lie elsewhere and a matrix takes them to the scanner."""
        space = nibabel.gifti.GiftiCoordSystem(0, 1, numpy.eye(4))
        if shift is not None:
            matrix = numpy.eye(4)
            matrix[:3, 3] = shift
            space = nibabel.gifti.GiftiCoordSystem(0, 1, matrix)
            nodes = nodes - numpy.array(shift)
        arrays = [nibabel.gifti.GiftiDataArray(nodes.astype("float32"), "NIFTI_INTENT_POINTSET", encoding=encoding,
                                               coordsys=space),
                  nibabel.gifti.GiftiDataArray(triangles.astype("int32"), "NIFTI_INTENT_TRIANGLE", encoding=encoding)]
        path = self.folder / f"{name}.surf.gii"
        nibabel.save(nibabel.gifti.GiftiImage(darrays=arrays), path)
        return path

    def stl(self, name, nodes, triangles):
        path = self.folder / f"{name}.stl"
        record = numpy.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
        record["corners"] = nodes[triangles]
        path.write_bytes(bytes(80) + numpy.uint32(len(triangles)).tobytes() + record.tobytes())
        return path

    def files(self):
        shapes = {name: icosphere(radius) for name, radius in SURFACES}
        return {"scalp": self.stl("scalp", *shapes["scalp"]), "skull": self.off("skull", *shapes["skull"]),
                "csf": self.gifti("csf", *shapes["csf"], "GIFTI_ENCODING_B64GZ"),
                "grey": self.gifti("grey", *shapes["grey"], "GIFTI_ENCODING_ASCII"),
                "white": self.gifti("white", *shapes["white"], "GIFTI_ENCODING_B64BIN", (10, -20, 30))}

    @staticmethod
    def listed(files):
        return ",".join(f"{name}={path}" for name, path in files.items())

    def test_spheres_are_meshed_with_their_volumes(self):
        subject = self.folder / "subject"
        run = corticoil("segment", "--surfaces", self.listed(self.files()), "--out", subject, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual({path.stem for path in (subject / "surfaces").iterdir()}, {name for name, _ in SURFACES})
        voxels = numpy.asarray(nibabel.load(subject / "tissues.nii.gz").dataobj)
        run = corticoil("mesh", subject, "--resolution", "draft", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        tissues = json.loads(run.stdout)["result"]["quality"]["tissues"]
        keys = ("scalp", "bone", "csf", "grey_matter", "white_matter")
        inner = [radius for _, radius in SURFACES[1:]] + [0]
        for label, key, (_, outer), hole in zip((5, 4, 3, 2, 1), keys, SURFACES, inner):
            ball = 4 / 3 * numpy.pi * (outer**3 - hole**3)
            self.assertAlmostEqual(tissues[key]["volume_mm3"] / ball, 1, delta=0.02, msg=key)
            self.assertAlmostEqual(numpy.count_nonzero(voxels == label) / ball, 1, delta=0.02, msg=key)

    def test_refusals(self):
        files = self.files()
        segment = ("segment", "--out", self.out, "--surfaces")
        nodes, triangles = icosphere(40)
        wrong = dict(files)
        wrong["skull"] = self.off("open", nodes, triangles[:-1])
        self.assert_refused("surface is open (3 boundary edges, first at", *segment, self.listed(wrong))
        wrong["skull"] = self.off("moved", nodes + (4.5, 0, 0), triangles)
        self.assert_refused("touches or cuts", *segment, self.listed(wrong))
        wrong["skull"] = self.off("outside", nodes * 1.5, triangles)
        self.assert_refused("does not lie within", *segment, self.listed(wrong))
        wrong["skull"] = self.folder / "nothing.obj"
        self.assert_refused(".stl, .off and .gii", *segment, self.listed(wrong))
        del wrong["scalp"]
        self.assert_refused("needs its scalp", *segment, self.listed(wrong))
        self.assert_refused("is not one of scalp=FILE", *segment, "brain=x.stl")
        self.assert_refused("given twice", *segment, self.listed(files) + "," + self.listed(files))

    def test_flags_that_change_labels_are_refused(self):
        files = self.listed({"scalp": self.stl("scalp", *icosphere(45))})
        for flag, value in (("--lesions", "lesions.nii.gz"), ("--csf-layer", "2"), ("--cortex-thinning", "1")):
            self.assert_refused(f"without {flag}; import it first", "segment", "--surfaces", files, flag, value, "--out",
                                self.out)

    def test_a_t1_that_is_none_is_refused(self):
        files = self.listed({"scalp": self.stl("scalp", *icosphere(45))})
        data = numpy.random.default_rng(1).random((20, 20, 20)).astype("float32")
        coarse = self.nifti("coarse.nii.gz", data, numpy.diag([100.0, 100.0, 100.0, 1.0]))
        self.assert_refused("coarse.nii.gz: voxels are up to 100 mm long", "segment", coarse, "--surfaces", files, "--out",
                            self.out)

    def test_damaged_files(self):
        nodes, triangles = icosphere(40, n_divisions=1)
        good = self.gifti("good", nodes, triangles, "GIFTI_ENCODING_B64GZ").read_text()
        damaged = {"empty.gii": "", "cut.gii": good[:len(good) // 2], "no_xml.gii": "hello", "huge.gii":
                   good.replace(f'Dim0="{len(nodes)}"', 'Dim0="99999999"'), "base64.gii": good.replace("<Data>", "<Data>!!"),
                   "external.gii": good.replace("GZipBase64Binary", "ExternalFileBinary"),
                   "one.gii": good.replace("NIFTI_INTENT_TRIANGLE", "NIFTI_INTENT_SHAPE"),
                   "far.off": "OFF\n3 1 0\n0 0 0\n1e30 0 0\n0 1 0\n3 0 1 2\n", "short.off": "OFF\n3 1 0\n0 0 0\n",
                   "claims.off": "OFF\n2000000000 2000000000 0\n", "quad.off": "OFF\n4 1 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n"
                   "4 0 1 2 3\n", "corner.off": "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", "ply.off": "ply\n"}
        for name, content in damaged.items():
            (self.folder / name).write_text(content)
            self.assert_refused(name, "segment", "--surfaces", f"scalp={self.folder / name}", "--out", self.out)


class M2m(CommandLine):
    """A folder as SimNIBS leaves it, of the round head."""

    def m2m(self):
        folder = self.folder / "m2m_round"
        folder.mkdir()
        self.head(20).rename(folder / "round.msh")
        i, j, k = numpy.indices((100, 100, 100)) * 2.0 - 99
        distance = numpy.sqrt(i**2 + j**2 + k**2)
        labels = numpy.where(distance < 67, 2, numpy.where(distance < 90, 5, 0)).astype("uint16")
        affine = numpy.diag([2.0, 2.0, 2.0, 1.0])
        affine[:3, 3] = -99
        self.nifti("final_tissues.nii.gz", labels, affine).rename(folder / "final_tissues.nii.gz")
        return folder

    def test_labels_and_mesh_are_taken_over(self):
        folder = self.m2m()
        subject = self.folder / "subject"
        run = corticoil("segment", "--m2m", folder, "--out", subject, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("no T1.nii.gz", run.stderr)
        self.assertTrue(json.loads(run.stdout)["result"]["found"]["mesh"].endswith("round.msh"))
        described = json.loads((subject / "subject.json").read_text())["files"]
        self.assertIn("grey_matter", described["head.msh"]["quality"]["tissues"])
        self.assertIn("tissues.nii.gz", described)
        run = corticoil("simulate", "--subject", subject, "--coil", "figure8_70mm", "--target=0,0,60", "--out", self.out,
                        "--no-pictures")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_flags_that_change_labels_are_refused(self):
        self.assert_refused("--m2m: takes a head over as it is, without --black-holes, --posterior-layer", "segment", "--m2m",
                            self.m2m(), "--black-holes", "holes.nii.gz", "--posterior-layer", "3", "--out", self.out)

    def test_labels_of_a_mesh_get_no_neck(self):
        folder = self.m2m()
        labels = nibabel.load(folder / "final_tissues.nii.gz")
        voxels = numpy.asarray(labels.dataobj)[:, :, 50:]  # Cut through the middle.
        affine = labels.affine.copy()
        affine[2, 3] += 100
        nibabel.save(nibabel.Nifti1Image(voxels, affine), folder / "final_tissues.nii.gz")
        for name, added in (("with_mesh", 0), ("without", 30)):
            subject = self.folder / name
            run = corticoil("segment", "--m2m", folder, "--out", subject)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(nibabel.load(subject / "tissues.nii.gz").shape[2], 50 + added)
            (folder / "round.msh").unlink(missing_ok=True)
        # Imported again, it ends in a neck already.
        again = self.folder / "again"
        run = corticoil("segment", "--labels", self.folder / "without/tissues.nii.gz", "--out", again)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(nibabel.load(again / "tissues.nii.gz").shape[2], 80)

    def test_without_a_mesh_it_says_how_to_make_one(self):
        folder = self.m2m()
        (folder / "round.msh").unlink()
        run = corticoil("segment", "--m2m", folder, "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("holds no head mesh", run.stderr)
        self.assertFalse((self.out / "head.msh").exists())

    def test_refusals(self):
        self.assert_refused("is no folder", "segment", "--m2m", self.folder / "nowhere", "--out", self.out)
        folder = self.m2m()
        self.assert_refused("excludes", "segment", "--m2m", folder, "--labels",
                            folder / "final_tissues.nii.gz", "--out", self.out)
        (folder / "final_tissues.nii.gz").unlink()
        self.assert_refused("holds no final_tissues.nii.gz", "segment", "--m2m", folder, "--out", self.out)
        shutil.rmtree(folder)


class Aseg(CommandLine):
    """What is refused before anything is segmented."""

    def mgz(self, name, labels):
        path = self.folder / name
        nibabel.save(nibabel.MGHImage(labels.astype("int32"), numpy.diag([2.0, 2.0, 2.0, 1.0])), path)
        return path

    def test_refusals(self):
        t1 = self.nifti("t1.nii.gz", numpy.ones((10, 10, 10), "float32"))
        labels = numpy.full((10, 10, 10), 2)
        good = self.mgz("aseg.mgz", labels)
        self.assert_refused("give the T1 as well", "segment", "--aseg", good, "--out", self.out)
        labels[0, 0, :3] = 777
        unknown = self.mgz("unknown.mgz", labels)
        self.assert_refused("unknown labels 777 (3 voxels)", "segment", t1, "--aseg", unknown, "--out", self.out)
        self.assert_refused("no grey or white matter", "segment", t1, "--aseg", self.mgz("empty.mgz", 0 * labels), "--out",
                            self.out)
        cut = self.folder / "cut.mgh"
        cut.write_bytes(nibabel.MGHImage(labels.astype("int32"), numpy.eye(4)).to_bytes()[:1000])
        self.assert_refused("truncated or damaged", "segment", t1, "--aseg", cut, "--out", self.out)
        self.assert_refused("excludes", "segment", t1, "--aseg", good, "--labels", t1, "--out", self.out)


class T2(CommandLine):
    """What is refused before anything is segmented."""

    def test_refusals(self):
        t1 = self.nifti("t1.nii.gz", numpy.ones((10, 10, 10), "float32"))
        series = self.nifti("t2.nii.gz", numpy.ones((10, 10, 10, 2), "float32"))
        self.assert_refused("give the T1 as well", "segment", "--t2", t1, "--out", self.out)
        self.assert_refused("this is a series", "segment", t1, "--t2", series, "--out", self.out)
        self.assert_refused("excludes", "segment", t1, "--t2", t1, "--labels", t1, "--out", self.out)
        self.assert_refused("No such file", "segment", t1, "--t2", self.folder / "none.nii.gz", "--out", self.out)


if __name__ == "__main__":
    unittest.main()
