#include "planning/mni_pose.h"

#include <Eigen/Geometry>
#include <Eigen/SVD>

#include <functional>

namespace corticoil::planning {

namespace {

using PointMap = std::function<Vector3(const Vector3&)>;

RigidTransform mapped(const RigidTransform& pose, const PointMap& map, const Eigen::Matrix3d& linear) {
    // Both lie in the head where the origin is at most 10 mm above the scalp.
    constexpr double first_depth = 0.010;  // [m]
    constexpr double second_depth = 0.030; // [m]
    const Vector3 axis = pose.rotation().col(2);
    const Vector3 first = map(pose.translation() + first_depth * axis);
    const Vector3 second = map(pose.translation() + second_depth * axis);
    Eigen::Matrix3d rotation;
    rotation.col(2) = (second - first).normalized();
    const Vector3 along = linear * pose.rotation().col(1);
    rotation.col(1) = (along - along.dot(rotation.col(2)) * rotation.col(2)).normalized();
    rotation.col(0) = rotation.col(1).cross(rotation.col(2));
    return RigidTransform(rotation, first - first_depth * rotation.col(2), "mapped pose");
}

} // namespace

Eigen::Matrix3d mni_from_head_rotation(const MniMapping& mapping) {
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(mapping.mni_from_head.linear(),
                                                Eigen::ComputeFullU | Eigen::ComputeFullV);
    return svd.matrixU() * svd.matrixV().transpose();
}

RigidTransform pose_to_head(const MniMapping& mapping, const RigidTransform& mni_from_coil) {
    return mapped(
        mni_from_coil, [&mapping](const Vector3& point) { return mapping.to_head(point); },
        mapping.mni_from_head.linear().inverse());
}

RigidTransform pose_to_mni(const MniMapping& mapping, const RigidTransform& head_from_coil) {
    return mapped(
        head_from_coil, [&mapping](const Vector3& point) { return mapping.to_mni(point); },
        mapping.mni_from_head.linear());
}

} // namespace corticoil::planning
