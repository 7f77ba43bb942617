#!/usr/bin/env python3
"""The include check must fail where a rule is broken: each broken rule is planted in a copy of the project."""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_includes  # noqa: E402


def copy_of(project, folder):
    copy = pathlib.Path(folder)
    for name in check_includes.FOLDERS:
        shutil.copytree(project / name, copy / name)
    (copy / "docs").mkdir()
    shutil.copy(project / "docs/architecture.md", copy / "docs")
    return copy


def plant(path, text):
    path.write_text(text + path.read_text())


BREAKS = {
    "a forbidden include": (
        lambda copy: plant(copy / "solver/stiffness.h", '#include "coils/coil.h"\n'), "may not include coils"),
    "a forbidden include through another header": (
        lambda copy: plant(copy / "core/error.h", '#include "imaging/nifti.h"\n'), "may not include imaging"),
    "a heavy library away from home": (
        lambda copy: plant(copy / "solver/stiffness.cpp", "#include <CGAL/AABB_tree.h>\n"), "belongs to"),
    "a heavy library in a public header": (
        lambda copy: plant(copy / "planning/scalp.h", "#include <CGAL/AABB_tree.h>\n"), "public header"),
    "USES that differs from the table": (
        lambda copy: (copy / "coils/CMakeLists.txt").write_text(
            (copy / "coils/CMakeLists.txt").read_text().replace("USES core", "USES core solver")), "differs from the table"),
    "a file that does not exist": (
        lambda copy: plant(copy / "core/error.cpp", '#include "core/nothing.h"\n'), "is no file"),
}


def main():
    project = pathlib.Path(sys.argv[1])
    failures = 0
    for what, (break_it, expected) in BREAKS.items():
        with tempfile.TemporaryDirectory() as folder:
            copy = copy_of(project, folder)
            break_it(copy)
            found = list(check_includes.problems(copy))
            if not any(expected in problem for problem in found):
                print(f"not noticed: {what}; found {found[:3]}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
