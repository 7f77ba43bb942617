#!/usr/bin/env python3
"""Writes the stored corpus: make_corpus.py [FOLDER]. Small files of each kind, sound and hostile, all made here."""

import base64
import gzip
import json
import pathlib
import pickle
import struct
import sys
import zlib

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")


def put(name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


# .ccd
ROWS = "0.04 0 -0.005 0 0 0.03\n-0.04 0 -0.005 0 0 -3e-2\n"
HEADER = ("# c.ccd version 1.0 number of elements; dIdtmax=146.52;x=-300,300;y=200;z=-200,200;resolution=3;"
          "stimulator=none;brand=B;coilname=C;\n")
put("ccd/full_header", HEADER + "2\n# positions and moments\n" + ROWS)
put("ccd/short_header", "# number of elements\n2\n# c\n" + ROWS)
put("ccd/windows_lines", ("# number of elements\n2\n# c\n" + ROWS).replace("\n", "\r\n"))
put("ccd/not_a_number", "# h\n1\n# c\n0 0 nan 0 0 1\n")
put("ccd/infinite", "# h\n1\n# c\n0 0 0 0 0 1e999\n")
put("ccd/denormal", "# h\n1\n# c\n5e-324 0 0 0 0 5e-324\n")
put("ccd/claims_billions", "# h\n1000000000\n# c\n" + ROWS)
put("ccd/claims_more_than_integers", "# h\n1e300\n# c\n" + ROWS)
put("ccd/cut_off", (HEADER + "2\n# c\n" + ROWS)[:-20])
put("ccd/binary", bytes(range(256)))
put("ccd/odd_header", "# =;;x=;y==3;dIdtmax=1e-400;resolution=1,2,3;x=1;y=1e3,2e3;z=5;coilname=none;\n1\n#\n0 0 0 0 0 1\n")
put("ccd/at_the_probe", "# h\n1\n# c\n0 0 0.02 0 0 1\n")
put("ccd/many_pairs", "# " + ";".join(f"k{i}={i}" for i in range(2000)) + "\n1\n# c\n0 0 0 0 0 1\n")
put("ccd/no_line_end", "1\n0 0 0 0 0 1")

# .stl
CORNERS = [(0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10)]
FACES = [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]


def binary_stl(claimed=4, corners=CORNERS, head=b"binary"):
    body = b"".join(struct.pack("<3f", 0, 0, 0) + b"".join(struct.pack("<3f", *corners[i]) for i in face) + b"\0\0"
                    for face in FACES)
    return head.ljust(80, b"\0") + struct.pack("<I", claimed) + body


TEXT_STL = "solid c\n" + "".join(
    "facet normal 0 0 0\nouter loop\n" + "".join("vertex {} {} {}\n".format(*CORNERS[i]) for i in face) +
    "endloop\nendfacet\n" for face in FACES) + "endsolid c\n"
put("stl/binary", binary_stl())
put("stl/binary_that_says_solid", binary_stl(head=b"solid c"))
put("stl/text", TEXT_STL)
put("stl/claims_billions", binary_stl(claimed=1000000000))
put("stl/claims_all_bits", binary_stl(claimed=0xFFFFFFFF))
put("stl/claims_none", bytes(84))
put("stl/cut_off", binary_stl()[:-7])
put("stl/text_cut_off", TEXT_STL[:-60])
put("stl/not_a_number", binary_stl(corners=[(float("nan"), 0, 0)] + CORNERS[1:]))
put("stl/infinite", binary_stl(corners=[(float("inf"), 0, 0)] + CORNERS[1:]))
put("stl/text_not_a_number", TEXT_STL.replace("vertex 10 0 0", "vertex nan 0 0"))
put("stl/quadrangle", TEXT_STL.replace("endloop", "vertex 1 2 3\nendloop"))
put("stl/one_point", binary_stl(corners=[(1, 1, 1)] * 4))

# .tsv
put("tsv/pulse", "# Time\tRapid\tRapid_fit\n" + "".join(f"{i * 1e-6!r}\t{i % 7}\t{i % 5}\n" for i in range(20)))
put("tsv/two_pulses", "# Time\ta\tb\n0\t1\t2\n1\t2\t3\n")
put("tsv/fits_of_fits", "# Time\ta_fit_fit\ta_fit\ta\tb_fit\n0\t1\t2\t3\t4\n")
put("tsv/not_a_number", "# Time\ta\n0\tnan\n")
put("tsv/backwards", "# Time\ta\n1\t1\n0\t1\n")
put("tsv/ragged", "# Time\ta\tb\n0\t1\n")
put("tsv/no_header", "0\t1\n")
put("tsv/no_rows", "# Time\ta\n")
put("tsv/wide", "# Time" + "".join(f"\t{i}" for i in range(5000)) + "\n")
put("tsv/same_names", "# Time\ta\ta\n0\t1\t2\n")

# .nii
def nifti(size=(5, 4, 3), datatype=16, dims=None, swapped=False, sform=True, qform=False, values=None, fields=()):
    order = ">" if swapped else "<"
    header = bytearray(352)
    dims = dims or (4, *size, 3, 1, 1, 1)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, *dims)
    struct.pack_into(order + "h", header, 70, datatype)
    struct.pack_into(order + "8f", header, 76, 1, 20, 20, 20, 1, 1, 1, 1)
    struct.pack_into(order + "3f", header, 108, 352, 1e-9 if datatype == 4 else 1, 0)
    header[123] = 2
    struct.pack_into(order + "2h", header, 252, int(qform), int(sform))
    struct.pack_into(order + "3f", header, 268, -40, -30, 0)
    struct.pack_into(order + "12f", header, 280, 20, 0, 0, -40, 0, 20, 0, -30, 0, 0, 20, 0)
    header[344:348] = b"n+1\0"
    for offset, kind, value in fields:
        struct.pack_into(order + kind, header, offset, value)
    if values is None:
        # A of one dipole along z at z = −20 mm: m × r/|r|³.
        values = []
        for component in range(3):
            for k in range(size[2]):
                for j in range(size[1]):
                    for i in range(size[0]):
                        r = (i * 0.02 - 0.04, j * 0.02 - 0.03, k * 0.02 + 0.02)
                        cube = (r[0] ** 2 + r[1] ** 2 + r[2] ** 2) ** 1.5
                        values.append(1e-9 * (-r[1], r[0], 0)[component] / cube)
        copies = dims[4] * dims[5] // 3 if dims[4] > 0 and dims[5] > 0 else 1
        values = values * max(1, min(copies, 4))
    kind = {4: "h", 16: "f", 64: "d"}.get(datatype, "f")
    scale = 1e9 if datatype == 4 else 1
    return bytes(header) + struct.pack(f"{order}{len(values)}{kind}", *(int(v * scale) if kind == "h" else v for v in values))


def zipped(data):
    return gzip.compress(data, mtime=0)


GOOD = nifti()
put("nii/float32", GOOD)
put("nii/float64_big_endian", nifti(datatype=64, swapped=True))
put("nii/int16_qform", nifti(datatype=4, sform=False, qform=True))
put("nii/two_stimulators", nifti(dims=(5, 5, 4, 3, 3, 2, 1, 1)))
put("nii/components_last", nifti(dims=(5, 5, 4, 3, 1, 3, 1, 1)))
put("nii/gzip", zipped(GOOD))
put("nii/gzip_members", zipped(GOOD[:400]) + zipped(GOOD[400:]))
put("nii/gzip_cut_off", zipped(GOOD)[:-100])
put("nii/gzip_damaged", zipped(GOOD)[:60] + b"\xff" * 20 + zipped(GOOD)[80:])
put("nii/cut_off", GOOD[:-5])
put("nii/header_only", GOOD[:352])
put("nii/claims_everything", nifti(dims=(5, 32767, 32767, 32767, 3, 32767, 1, 1)))
put("nii/claims_everything_gzip", zipped(nifti(dims=(4, 32767, 32767, 32767, 3, 1, 1, 1))))
put("nii/claims_a_gigabyte_gzip", zipped(nifti(dims=(4, 447, 447, 447, 3, 1, 1, 1))))
put("nii/bomb", zipped(nifti(dims=(4, 50, 50, 50, 3, 1, 1, 1)) + bytes(1500000)))
put("nii/fitted", nifti(size=(6, 5, 4)))
put("nii/negative_lengths", nifti(dims=(4, -5, 4, 3, 3, 1, 1, 1)))
put("nii/not_a_number", nifti(values=[float("nan")] * 180))
put("nii/infinite", nifti(values=[float("inf")] * 180))
put("nii/zero", nifti(values=[0.0] * 180))
put("nii/affine_not_a_number", nifti(fields=[(280, "f", float("nan"))]))
put("nii/affine_collapsed", nifti(fields=[(280, "f", 0.0)]))
put("nii/offset_not_a_number", nifti(fields=[(108, "f", float("nan"))]))
put("nii/offset_huge", nifti(fields=[(108, "f", 9e7)]))
put("nii/slope_infinite", nifti(fields=[(112, "f", float("inf"))]))
put("nii/intercept_not_a_number", nifti(fields=[(116, "f", float("nan"))]))
put("nii/unknown_type", nifti(datatype=512))

# .tcd
def encoded(numbers, kind="d"):
    return base64.b64encode(zlib.compress(struct.pack(f"<{len(numbers)}{kind}", *numbers))).decode()


def tcd(**changes):
    coil = {
        "name": "c", "limits": [[-100, 100], [-90, 90], [-3, 70]], "resolution": [1, 2, 3], "coilCasing": 0,
        "coilElementList": [
            {"name": "dipoles", "stimulator": 0, "elementCasing": 0, "deformations": [0, 1], "type": 1,
             "points": [[10, 0, -5], [-10, 0, -5]], "values": [[0, 0, 1e-3], [0, 0, -1e-3]]},
            {"stimulator": 1, "type": 2, "points": [[0, 5, -5], [5, 0, -5], [0, -5, -5], [-5, 0, -5]],
             "values": [[-10, 0, 0], [0, -10, 0], [10, 0, 0], [0, 10, 0]]}],
        "stimulatorList": [{"name": "s", "maxdIdt": 1e8, "waveformList": [{"time": [0, 1], "signal": [0, 1]}]}, {}],
        "deformRangeList": [{"initial": 1, "range": [0, 5]}, {"initial": 0, "range": [-30, 30]}],
        "deformList": [{"deformRange": 0, "type": "z"},
                       {"deformRange": 1, "type": "rot2p", "point1": [0, 0, 0], "point2": [0, 1, 0]}],
        "coilModels": [{"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
                        "faces": [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], "minDistancePoints": [[0, 0, 0]]}],
        "selfIntersectionTest": [[0, 1, 2]],
    }
    coil.update(changes)
    return json.dumps(coil)


def one_element(**keys):
    element = {"stimulator": 0, "type": 1, "points": [[0, 0, -5]], "values": [[0, 0, 1]]}
    element.update(keys)
    return tcd(coilElementList=[element], selfIntersectionTest=[], coilCasing=0)


put("tcd/full", tcd())
put("tcd/binary_arrays", one_element(points=encoded([0, 0, -5, 1, 2, -6]), values=encoded([0, 0, 1, 0, 0, 2])))
put("tcd/binary_faces", tcd(coilModels=[{"points": encoded([0, 0, 0, 1, 0, 0, 0, 1, 0]),
                                         "faces": encoded([0, 1, 2], "q")}]))
put("tcd/grid", one_element(type=3, points=None, values=None, affine=[[20, 0, 0, -10], [0, 20, 0, -10], [0, 0, 20, 0],
                            [0, 0, 0, 1]], data=[[[[1e-6, 2e-6, 0]] * 2] * 2] * 2))
put("tcd/grid_ragged", one_element(type=3, affine=[[20, 0, 0, -10]] * 4, data=[[[[1e-6, 2e-6]] * 2] * 3, [[]]]))
put("tcd/grid_pickled", one_element(type=3, affine=[[20, 0, 0, -10], [0, 20, 0, -10], [0, 0, 20, 0], [0, 0, 0, 1]],
                                    data=base64.b64encode(zlib.compress(pickle.dumps([1.0, 2.0], 4))).decode()))
put("tcd/bomb", one_element(points=encoded([0.0] * 3000), values=encoded([0.0] * 3000)))
put("tcd/bomb_not_whole", one_element(points=base64.b64encode(zlib.compress(bytes(4000001))).decode()))
put("tcd/base64_damaged", one_element(points="!!!!", values=encoded([0, 0, 1])))
put("tcd/zlib_cut_off", one_element(points=encoded([0, 0, -5])[:-8], values=encoded([0, 0, 1])))
put("tcd/cyclic_deformations", one_element(deformations=[0, 1, 0, 1, 0, 1]))
put("tcd/index_out_of_range", one_element(stimulator=1000000000))
put("tcd/index_negative", one_element(elementCasing=-1))
put("tcd/not_a_number", one_element().replace("-5", "NaN"))
put("tcd/infinite", one_element().replace("-5", "1e999"))
put("tcd/line_of_light_years", tcd(coilElementList=[{"stimulator": 0, "type": 2, "points": [[0, 0, -5]],
                                                    "values": [[1e21, 0, 0]]}], selfIntersectionTest=[], coilCasing=0))
put("tcd/casing_of_light_years", tcd(coilModels=[{"points": [[-1e200, 0, 0], [1e200, 1, 0], [0, 1e100, 0]],
                                                  "faces": [[0, 1, 2]]}]))
put("tcd/moment_beyond_reason", one_element(points=[[0, 0, -5]], values=[[0, 0, 1e300]]))
put("tcd/range_beyond_reason", tcd(deformRangeList=[{"initial": 1e299, "range": [0, 1e300]},
                                                    {"initial": 0, "range": [-30, 30]}]))
put("tcd/negative_zero", one_element(points=[[-0.0, 0, -5]], values=[[0, -0.0, 1]]).replace("-0.0", "-0e16"))
put("tcd/limits_of_no_extent", tcd(limits=[[100, 100], [-90, 90], [-3, 70]]))
put("tcd/huge_integer", one_element().replace("-5", "9" * 400))
put("tcd/faces_out_of_range", tcd(coilModels=[{"points": [[0, 0, 0]], "faces": [[0, 1, 99999999999]]}]))
put("tcd/deep", "[" * 20000)
put("tcd/deep_objects", '{"a":' * 5000 + "1" + "}" * 5000)
put("tcd/cut_off", tcd()[:-40])
put("tcd/empty_lists", tcd(coilElementList=[], stimulatorList=[], coilModels=[]))
put("tcd/wrong_types", tcd(coilElementList={"a": 1}, limits="x", resolution=None))
put("tcd/same_key_twice", tcd()[:-1] + ', "name": "d"}')
put("tcd/not_utf8", tcd().encode().replace(b'"c"', b'"\xff\xfe"'))
put("tcd/many_empty_lists", '{"coilElementList":[' + ",".join(["[]"] * 5000) + "]}")
put("tcd/not_an_object", "3")

# Poses: the first byte stands for the file's ending, in the order of the check's list.
ENDINGS = ("txt", "xml", "mrk", "stmpx", "json", "csv")


def poses(name, ending, content):
    put(f"poses/{name}", bytes([ENDINGS.index(ending) + 6 * 8]) + (content.encode() if isinstance(content, str) else content))


LOCATIONS = "Loc. X\tLoc. Y\tLoc. Z\tm0n0\tm0n1\tm0n2\tm1n0\tm1n1\tm1n2\tm2n0\tm2n1\tm2n2"
BRAINSIGHT = ("# Version: 13\n# Coordinate system: NIfTI:Scanner\n# Units: millimetres, degrees\n# Encoding: UTF-8\n"
              f"# Target Name\t{LOCATIONS}\nhand\t-40\t-20\t80\t1\t0\t0\t0\t1\t0\t0\t0\t1\n"
              f"# Sample Name\tSession Name\tIndex\tAssoc. Target\t{LOCATIONS}\n"
              "pulse 1\tSession 1\t0\thand\t-40.123\t-20\t80\t1\t0\t0\t0\t1\t0\t0\t0\t1\n"
              "pulse 2\tSession 1\t1\t(null)" + "\t(null)" * 12 + "\n")
poses("brainsight", "txt", BRAINSIGHT)
poses("brainsight_mirrored", "txt", BRAINSIGHT.replace("80\t1\t0", "80\t-1\t0"))
poses("brainsight_sheared", "txt", BRAINSIGHT.replace("80\t1\t0", "80\t1\t0.5"))
poses("brainsight_not_a_number", "txt", BRAINSIGHT.replace("-40", "nan"))
poses("brainsight_far", "txt", BRAINSIGHT.replace("-40", "1e308"))
poses("brainsight_cut_off", "txt", BRAINSIGHT[:-30])
poses("brainsight_mni", "txt", BRAINSIGHT.replace("Scanner", "MNI-152"))
poses("brainsight_with_mark", "txt", b"\xef\xbb\xbf" + BRAINSIGHT.encode())
poses("utf16", "txt", b"\xff\xfe" + BRAINSIGHT.encode("utf-16-le"))
MATRIX = "".join(f' data{i}{j}="{float(i == j) if j < 3 else 10.0 * i}"' for i in range(4) for j in range(4))
MARKER = ('<?xml version="1.0" encoding="UTF-8"?><{0}List coordinateSpace="RAS">'
          '<{0}Marker><Marker description="a &amp; b" index="0" selected="true"><Matrix4D{1}/></Marker></{0}Marker></{0}List>')
poses("localite_instrument", "xml", MARKER.format("Instrument", MATRIX.replace('data33="30.0"', 'data33="1.0"')))
poses("localite_trigger", "xml", '<?xml version="1.0"?><TriggerMarkerList coordinateSpace="RAS"><TriggerMarker recordingTime="12">'
      '<ResponseValues><Value key="valueA" response="41"/><Value key="valueDIDT" response="1e308"/></ResponseValues>'
      f'<Matrix4D{MATRIX}/></TriggerMarker></TriggerMarkerList>')
poses("localite_entities", "xml", '<!DOCTYPE a [<!ENTITY b "bbbb">]><InstrumentMarkerList coordinateSpace="&b;&b;"/>')
poses("localite_deep", "xml", "<a>" * 5000)
poses("softaxic", "stmpx", f"<StimPoints><Point><Matrix4D{MATRIX}/></Point></StimPoints>")
IDENTITY = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
poses("matrices", "json", json.dumps([IDENTITY, IDENTITY]))
poses("matrix_by_key", "json", json.dumps({"matsimnibs": IDENTITY}))
poses("matrix_of_words", "json", json.dumps([[["a"] * 4] * 4]))
poses("our_pose", "json", json.dumps({"head_from_coil": IDENTITY, "coil": "c", "target": "t"}))


def ant(axes="simnibs", pixdim=(1, 1, 1, 1), matrix=sum(IDENTITY, [])):
    return json.dumps({
        "Configuration": {"AssociatedImageInfo": {"NIfTI_quatern": [0, 0, 0], "NIfTI_qoffset": [-90, -126, -72],
                                                  "NIfTI_pixdim": pixdim}},
        "TargetMarkers": [{"CoilTarget": {"Name": "t", "CoordinateSystem": "ASSOCIATED_IMAGE", "PositionalUnit": "mm",
                                          "CoilAxesConvention": axes, "CoilInfo": {"Type": "c"},
                                          "CoilPose": {"RigidTransformMatrix4x4": matrix}}}]})


poses("ant", "mrk", ant())
poses("ant_visor2", "mrk", ant(axes="visor2"))
poses("ant_matrix_of_rows", "mrk", ant(matrix=IDENTITY))
poses("ant_image_without_end", "mrk", ant(pixdim=[1, 1e308, 1e308, 1e308]))
poses("ant_matrix_of_one", "mrk", ant(matrix=[1]))
HEADER = "name,target,recorded,time,didt_a_per_us,mso_percent,r00,r01,r02,x_mm,r10,r11,r12,y_mm,r20,r21,r22,z_mm\n"
poses("table", "csv", HEADER + '"a, ""b""",t,1,12:00,1.5,40,1,0,0,10,0,1,0,20,0,0,1,30\n')
poses("table_beyond_reason", "csv", HEADER + "a,t,1,,1e308,40,1,0,0,10,0,1,0,20,0,0,1,30\n")
poses("table_cut_off", "csv", HEADER + "a,t,1,,1.5\n")
poses("matrix_as_text", "csv", "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1\n")
poses("matrix_cut_off", "csv", "1 0 0 0\n0 1 0 0\n")
