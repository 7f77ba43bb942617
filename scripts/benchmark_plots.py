"""The solver benchmark's plots, for scripts/benchmark_report."""

import math

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker  # noqa: E402

# Okabe & Ito's palette, which colour-blind readers tell apart; the markers differ too.
SERIES = {
    "ours_p1_single": ("ours, single", "#0072B2", "o"),
    "ours_p1_block": ("ours, block", "#56B4E9", "s"),
    "ours_p2_single": ("ours, P2, single", "#009E73", "^"),
    "petsc_boomeramg_single": ("PETSc CG + BoomerAMG", "#D55E00", "D"),
    "direct_single": ("direct, single", "#000000", "v"),
    "direct_block": ("direct, block", "#999999", "<"),
    "eigen_cg_diagonal": ("Eigen CG, diagonal", "#CC79A7", "P"),
    "eigen_cg_incomplete_cholesky": ("Eigen CG, incomplete Cholesky", "#E69F00", "X"),
}
USUAL_CONTRAST = "1:165"
# Bytes of an entry of a matrix by rows (value and column) and of a row's start.
ENTRY_BYTES = 12
ROW_BYTES = 4
SIZE_INCHES = (7.2, 4.8)
DOTS_PER_INCH = 110


def is_sphere(mesh):
    return mesh.startswith("sphere_")


def best_per_mesh(records, name):
    """Mesh → fastest record of a name, at the usual contrast."""
    best = {}
    for record in records:
        if record["name"] != name or record["contrast"] != USUAL_CONTRAST or record.get("seconds") is None:
            continue
        if record["mesh"] not in best or record["seconds"] < best[record["mesh"]]["seconds"]:
            best[record["mesh"]] = record
    return best


def fitted_slope(points):
    """Slope of the regression of log y on log x; None for fewer than two abscissae."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs))
    return (sum((x - mean_x) * (y - mean_y) for x, y in logs)) / sum((x - mean_x) ** 2 for x, _ in logs)


def new_axes(x_label, y_label, title):
    figure, axes = pyplot.subplots(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    axes.set(xscale="log", xlabel=x_label, ylabel=y_label)
    axes.set_title(title, fontsize=10, loc="left")
    axes.grid(which="major", alpha=0.35)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def plain_numbers(axis):
    """1, 10, 100 and, where there is room, 2 and 5 between them, instead of powers."""
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(ticker.NullFormatter())


def save(figure, path):
    figure.savefig(path)
    pyplot.close(figure)
    return path


def draw_time(records, path):
    """Seconds against unknowns; the slope is of the spheres, heads are open markers."""
    figure, axes = new_axes("unknowns (millions)", "seconds per right-hand side",
                            "Time of a solve. Filled: spheres, with fitted slope; open: heads")
    for name, (label, colour, marker) in SERIES.items():
        best = best_per_mesh(records, name)
        spheres = sorted((record["unknowns"] * 1e-6, record["seconds"]) for mesh, record in best.items() if is_sphere(mesh))
        heads = [(record["unknowns"] * 1e-6, record["seconds"]) for mesh, record in best.items() if not is_sphere(mesh)]
        if not best:
            continue
        slope = fitted_slope(spheres)
        shown = label if slope is None else f"{label}: {slope:.2f}"
        axes.plot(*zip(*(spheres or [(math.nan, math.nan)])), color=colour, marker=marker, markersize=6, linewidth=1.4, label=shown)
        if heads:
            axes.plot(*zip(*heads), color=colour, marker=marker, markersize=7, linestyle="none", markerfacecolor="white")
    axes.set_yscale("log")
    plain_numbers(axes.xaxis)
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return save(figure, path)


def draw_error(records, path):
    """Error of E against the time to it, P1 and P2; None without such records."""
    chosen = {"error_p1": ("P1", "#0072B2", "o"), "error_p1_recovered": ("P1, recovered", "#56B4E9", "s"),
              "error_p2": ("P2", "#009E73", "^")}
    if not any(record["name"] in chosen for record in records):
        return None
    figure, axes = new_axes("seconds", "relative L2 error of E (%)", "Error against time on nested spheres")
    for name, (label, colour, marker) in chosen.items():
        points = sorted((record["seconds"], 100 * record["relative_l2_error"]) for record in records
                        if record["name"] == name and record["mesh"].startswith("sphere"))
        if points:
            axes.plot(*zip(*points), color=colour, marker=marker, linewidth=1.4, label=label)
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        plain_numbers(axis)
    axes.legend(frameon=False)
    return save(figure, path)


def bytes_moved(record, factors):
    """Bytes of matrices that a solve reads, all passes together; None where they are not known."""
    if record.get("matrix_bytes_per_solve"):
        return record["matrix_bytes_per_solve"]
    if record["name"] == "eigen_cg_diagonal":
        return record["iterations"] * (ENTRY_BYTES * record["entries"] + ROW_BYTES * record["unknowns"])
    if record["name"] == "direct_single" and record["mesh"] in factors:
        return 2 * factors[record["mesh"]]  # forward and backward
    return None


def draw_bandwidth(records, path):
    """Achieved bytes per second against bytes moved, under the machine's; None without that."""
    machine = max((record["bytes_per_second"] for record in records if record["name"] == "read_bandwidth"), default=None)
    if machine is None:
        return None
    factors = {mesh: record["factor_bytes"] for mesh, record in best_per_mesh(records, "direct_setup").items()
               if record.get("factor_bytes")}
    figure, axes = new_axes("matrix bytes that a solve reads (GB)", "achieved (GB/s)",
                            "Matrix traffic against the memory's read bandwidth. Filled: spheres; open: heads")
    axes.axhline(machine * 1e-9, color="#555555", linestyle="--", linewidth=1.2)
    for name, (label, colour, marker) in SERIES.items():
        for is_head, fill in ((False, colour), (True, "white")):
            points = []
            for mesh, record in best_per_mesh(records, name).items():
                moved = bytes_moved(record, factors)
                if moved and is_sphere(mesh) != is_head:
                    points.append((moved * 1e-9, moved / (record["seconds"] * record.get("block", 1)) * 1e-9))
            if points:
                axes.plot(*zip(*sorted(points)), color=colour, marker=marker, markersize=7, markerfacecolor=fill,
                          linestyle="none" if is_head else "-", linewidth=1, label=None if is_head else label)
    axes.set_ylim(bottom=0)
    axes.annotate(f"measured read bandwidth: {machine * 1e-9:.1f} GB/s", (0.01, machine * 1e-9), xycoords=("axes fraction", "data"),
                  xytext=(0, 3), textcoords="offset points", fontsize=8, color="#555555")
    plain_numbers(axes.xaxis)
    axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return save(figure, path)


def draw_all(records, folder):
    """Draws what the records allow; returns the pictures' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [draw_time(records, folder / "solver_time.png"), draw_error(records, folder / "solver_error.png"),
                draw_bandwidth(records, folder / "solver_bandwidth.png")]
    return [picture for picture in pictures if picture]
