#!/usr/bin/env python3
"""scripts/check_skips must let the one allowed skip pass and name any other: test_check_skips.py PROJECT."""

import pathlib
import subprocess
import sys
import tempfile

RECORD = """{number}/3 Testing: {name}
{number}/3 Test: {name}
Command: "program"
Output:
----------------------------------------------------------
{output}
<end of output>
Test time =   0.01 sec
----------------------------------------------------------
Test Passed.

"""
ALLOWED = "Skipped\ncheck data missing: set CORTICOIL_CHECK_DATA to run this test\n[  SKIPPED ] A.B (0 ms)"
OTHER = "Skipped\nno display\n[  SKIPPED ] C.D (0 ms)"


def check(project, outputs):
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "Testing/Temporary/LastTest.log")
        log.parent.mkdir(parents=True)
        records = (RECORD.format(number=i + 1, name=f"test_{i}", output=output) for i, output in enumerate(outputs))
        log.write_text("Start testing: now\n" + "-" * 58 + "\n" + "".join(records))
        run = subprocess.run([project / "scripts/check_skips", folder], capture_output=True, text=True, check=False)
        return run.returncode, run.stderr


def main():
    project = pathlib.Path(sys.argv[1])
    status, _ = check(project, ["fine", ALLOWED, "fine"])
    bad_status, message = check(project, [ALLOWED, OTHER, "fine"])
    is_right = status == 0 and bad_status == 1 and "test_1" in message and "test_0" not in message
    print(status, bad_status, message)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
