#pragma once

#include "core/surface_mesh.h"

#include <Eigen/Core>

#include <filesystem>

namespace corticoil::io {

/// Writes a surface as FreeSurfer does (its binary triangle format), in mm. FreeSurfer's surfaces live in a
/// frame of their own (the centre of their volume at the origin); the file names a volume centred on the
/// scanner's origin, so that both frames are the same and freeview shows the surface over the T1. Source: the
/// format as nibabel documents it (freesurfer.io). \throws Error if the file cannot be written.
void write_freesurfer_surface(const std::filesystem::path& path, const SurfaceMesh& surface);

/// Writes one value per node as an overlay (FreeSurfer's curvature format) in 32-bit floats; the number of
/// triangles is part of it. \throws Error as write_freesurfer_surface().
void write_freesurfer_overlay(const std::filesystem::path& path, const Eigen::VectorXd& values,
                              int n_triangles);

} // namespace corticoil::io
