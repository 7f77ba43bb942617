"""Records as scripts/benchmark solver writes them, with times made up so that ratios are easy to check."""

COMMON = {"contrast": "1:165", "order": 1, "tetrahedra": 400000, "threads": 2, "processes": 1, "tolerance": 1e-6,
          "iterations": None, "relative_residual": None, "peak_mib": 300.5, "machine": "a processor", "version": "0.1.0"}
SOLVED = {"iterations": 20, "relative_residual": 9e-7}
PETSC = {"threads": 1, "options": "-ksp_type cg -pc_type hypre"}


def record(name, mesh, unknowns, seconds, **more):
    return {**COMMON, "name": name, "mesh": mesh, "unknowns": unknowns, "seconds": seconds, **more}


def mesh_records(mesh, unknowns):
    """All cases on a mesh: ours 1 s, PETSc 8 s with one process and 6 s with two, in blocks of 16 a quarter of a second."""
    scale = unknowns / 60000  # slope 1
    return [
        record("rhs_volume", mesh, unknowns, 0.02 * scale),
        record("ours_p1_setup", mesh, unknowns, 2 * scale),
        record("ours_p1_single", mesh, unknowns, 1 * scale, matrix_bytes_per_solve=8e9 * scale, **SOLVED),
        record("ours_p1_block", mesh, unknowns, 0.5 * scale, block=8, matrix_bytes_per_solve=8e9 * scale, **SOLVED),
        record("ours_p1_block", mesh, unknowns, 0.25 * scale, block=16, matrix_bytes_per_solve=8e9 * scale, **SOLVED),
        record("petsc_boomeramg_setup", mesh, unknowns, 4 * scale, **PETSC),
        record("petsc_boomeramg_single", mesh, unknowns, 8 * scale, **{**PETSC, **SOLVED}),
        record("petsc_boomeramg_setup", mesh, unknowns, 3 * scale, **PETSC, processes=2),
        record("petsc_boomeramg_single", mesh, unknowns, 6 * scale, **{**PETSC, **SOLVED}, processes=2),
        record("eigen_cg_diagonal", mesh, unknowns, 20 * scale**1.3, entries=900000, iterations=300, relative_residual=1e-6),
        record("ours_p2_setup", mesh, unknowns, 9 * scale, order=2),
        record("ours_p2_single", mesh, 8 * unknowns, 7 * scale, order=2, **SOLVED),
    ]


def sample_records():
    bandwidth = {**COMMON, "name": "read_bandwidth", "mesh": None, "contrast": None, "order": None, "unknowns": None,
                 "tetrahedra": None, "seconds": None, "peak_mib": None, "bytes_per_second": 2e10}
    small, large, head = (mesh_records(*mesh) for mesh in (("sphere_0.06M", 60000), ("sphere_0.69M", 690000), ("colin27", 385000)))
    factor = [record("direct_setup", "sphere_0.06M", 60000, 1.5, factor_bytes=4e8),
              record("direct_single", "sphere_0.06M", 60000, 0.05, **SOLVED),
              record("direct_setup", "sphere_0.69M", 690000, None, skipped="the factor needs 9.0 GB of memory and 8.0 GB may be used")]
    other_contrast = [record("ours_p1_single", "colin27", 385000, 0.01, **{**SOLVED, "iterations": 21}, contrast="1:1")]
    return [bandwidth, *small, *large, *head, *factor, *other_contrast]
