#!/usr/bin/env python3
"""Checks who includes whom: check_includes.py PROJECT.

Three sources must agree: the table in docs/architecture.md, USES in each folder's CMakeLists.txt, and the #include lines,
followed transitively. Third-party headers with one home, and types that may not stand in headers, are checked too.
"""

import pathlib
import re
import sys

FOLDERS = ("core", "imaging", "meshing", "coils", "solver", "planning", "io", "viz")

# First path component or prefix of a heavy library's headers, and the folders that may include it.
HOMES = {
    "itk": {"imaging"},
    "CGAL/": {"meshing", "planning"},
    "vtk": {"io", "viz"},
    "EGL/": {"viz"},
    "pugixml": {"io"},
    "CLI/": {"app"},
    "toml++/": {"app"},
    "openssl/": {"app"},
}


def table_of(project):
    """Folder → set of folders that it may include, from the table under '| folder | may include |'."""
    text = (project / "docs/architecture.md").read_text()
    table = text.split("| folder | may include | third party |", 1)[1]
    allowed = {}
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 3:
            break
        if cells[0] in FOLDERS:
            allowed[cells[0]] = set(re.findall(r"[a-z]+", cells[1]))
    return allowed


def uses_of(project, folder):
    text = (project / folder / "CMakeLists.txt").read_text()
    found = re.search(r"\bUSES\s+((?:[a-z]+\s+)+)", text)
    return set(found.group(1).split()) if found else set()


def sources_of(project, folder):
    return sorted(path for path in (project / folder).rglob("*") if path.suffix in (".h", ".cpp"))


def includes_of(path):
    quoted, angled = [], []
    for line in path.read_text().splitlines():
        found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if found:
            (quoted if found.group(1) == '"' else angled).append(found.group(2))
    return quoted, angled


def reached_from(project, path):
    """Project headers reached from a file, each with the chain that leads there."""
    reached, waiting = {}, [(path, ())]
    while waiting:
        current, chain = waiting.pop()
        for name in includes_of(current)[0]:
            target = project / name
            if name not in reached and target.exists():
                reached[name] = chain + (name,)
                waiting.append((target, chain + (name,)))
    return reached


def problems(project):
    allowed = table_of(project)
    for folder in FOLDERS:
        if folder not in allowed:
            yield f"docs/architecture.md: the table has no row for {folder}"
            continue
        uses = uses_of(project, folder)
        if uses != allowed[folder]:
            yield (f"{folder}/CMakeLists.txt: USES {sorted(uses)} differs from the table in docs/architecture.md: "
                   f"{sorted(allowed[folder])}")
        for path in sources_of(project, folder):
            place = path.relative_to(project)
            for name, chain in reached_from(project, path).items():
                home = name.split("/", 1)[0]
                if home != folder and home not in allowed[folder]:
                    yield f"{place}: includes {' → '.join(chain)}, but {folder} may not include {home}"
            for name in includes_of(path)[0]:
                if not (project / name).exists():
                    yield f'{place}: "{name}" is no file from the project\'s root'
            for name in includes_of(path)[1]:
                for prefix, homes in HOMES.items():
                    if not name.startswith(prefix):
                        continue
                    if folder not in homes:
                        yield f"{place}: <{name}> belongs to {sorted(homes)}"
                    elif path.suffix == ".h" and is_public(project, folder, path):
                        yield f"{place}: <{name}> in a public header; keep it in a .cpp"


def is_public(project, folder, path):
    """Whether a header is installed: listed under HEADERS."""
    text = (project / folder / "CMakeLists.txt").read_text()
    found = re.search(r"\bHEADERS\s+((?:[\w./]+\s+)+)", text)
    return bool(found) and path.name in found.group(1).split()


def main():
    found = list(problems(pathlib.Path(sys.argv[1])))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
