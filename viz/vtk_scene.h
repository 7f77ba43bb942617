#pragma once

#include "viz/layers.h"
#include "viz/picture_camera.h"

#include <vector>

class vtkCamera;
class vtkPolyData;
class vtkProperty;
class vtkRenderer;
class vtkUnsignedCharArray;

namespace corticoil::viz {

/// VTK works in millimetres here: its near and far planes and its single-precision coordinates suit that
/// scale.
inline constexpr double vtk_units_per_metre = 1e3;

/// Nodes, triangles and normals of a surface [m].
void put_surface(vtkPolyData& data, const SurfaceMesh& surface);

/// Red, green, blue per node; one colour stands for all.
void put_colours(vtkUnsignedCharArray& array, int n_nodes, const std::vector<Colour>& colours);

/// How a surface answers to the light.
void put_material(vtkProperty& property, Light light);

/// From here on `outside` draws the outer side of a body only and `inside` its inner one in plain grey:
/// through a hole in the surface one must not read values from its far side.
void split_sides(vtkProperty& outside, vtkProperty& inside);

/// The lights of a scene, in the camera's frame.
void put_lights(vtkRenderer& renderer, Light light);

/// Aims VTK's camera; near and far plane lie `depth` [m] on either side of the camera's centre.
void aim(vtkCamera& view, const PictureCamera& camera, double depth);

} // namespace corticoil::viz
