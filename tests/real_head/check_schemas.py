#!/usr/bin/env python3
"""Checks JSON files of a demo and a comparison against the schemas, and that the schemas can fail.

Arguments: the folders of the schemas, the demo and the comparison.
"""

import copy
import json
import pathlib
import sys

import jsonschema

# Schemas of files that the demo does not make, and the folder of tests that checks them.
ELSEWHERE = {"benchmark": "tests/benchmarks", "coil_metrics": "tests/app", "coils_benchmark": "tests/benchmarks",
             "delivered": "tests/app", "export": "tests/app", "lesions": "tests/app", "map": "tests/app", "plan": "tests/app",
             "planning_benchmark": "tests/benchmarks", "poses_check": "tests/app", "poses_convert": "tests/app",
             "poses_show": "tests/app", "targets": "tests/app", "view_benchmark": "tests/benchmarks"}


def main():
    schemas, demo, comparison = map(pathlib.Path, sys.argv[1:4])
    files = {"demo": [demo / "demo.json"], "subject": [demo / "subject/subject.json"], "mni": [demo / "subject/mni.json"],
             "electrodes": [demo / "subject/electrodes.json"],
             "compare": [comparison / "compare.json"]}
    for name in ("metrics", "run", "pose"):
        files[name] = sorted(demo.glob(f"*/{name}.json")) + sorted(comparison.glob(f"runs/*/{name}.json"))
    failures = 0
    for schema_path in sorted(schemas.glob("*.schema.json")):
        name = schema_path.name.removesuffix(".schema.json")
        if name in ELSEWHERE:
            continue
        schema = json.loads(schema_path.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        if not files.get(name):
            print(f"{schema_path.name}: no file of that kind was found in {demo}")
            failures += 1
        for path in files.get(name, []):
            content = json.loads(path.read_text())
            for error in validator.iter_errors(content):
                print(f"{path}: {'/'.join(map(str, error.path))}: {error.message}")
                failures += 1
            # A file without one of its required keys must not pass.
            for key in schema["required"]:
                broken = copy.deepcopy(content)
                del broken[key]
                if validator.is_valid(broken):
                    print(f"{schema_path.name}: a file without '{key}' passes")
                    failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
