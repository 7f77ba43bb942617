#include "core/conductivity.h"

#include "core/error.h"

#include <utility>

namespace corticoil {

Conductivity::Conductivity(Eigen::VectorXd isotropic) : isotropic_(std::move(isotropic)) {}

Conductivity::Conductivity(SymmetricTensors tensors) : tensors_(std::move(tensors)) {}

int Conductivity::size() const {
    return static_cast<int>(is_isotropic() ? isotropic_.size() : tensors_.cols());
}

double& Conductivity::operator[](Eigen::Index tetrahedron) {
    CORTICOIL_ASSERT(is_isotropic());
    return isotropic_[tetrahedron];
}

double Conductivity::operator[](Eigen::Index tetrahedron) const {
    CORTICOIL_ASSERT(is_isotropic());
    return isotropic_[tetrahedron];
}

const Eigen::VectorXd& Conductivity::isotropic() const {
    CORTICOIL_ASSERT(is_isotropic());
    return isotropic_;
}

const SymmetricTensors& Conductivity::tensors() const {
    CORTICOIL_ASSERT(!is_isotropic());
    return tensors_;
}

Eigen::Matrix3d Conductivity::tensor(int tetrahedron) const {
    if (is_isotropic()) return isotropic_[tetrahedron] * Eigen::Matrix3d::Identity();
    const auto s = tensors_.col(tetrahedron);
    Eigen::Matrix3d matrix;
    matrix << s[0], s[3], s[4], s[3], s[1], s[5], s[4], s[5], s[2];
    return matrix;
}

double Conductivity::mean(int tetrahedron) const {
    return is_isotropic() ? isotropic_[tetrahedron] : tensors_.col(tetrahedron).head<3>().mean();
}

Vector3 Conductivity::times(int tetrahedron, const Vector3& v) const {
    if (is_isotropic()) return isotropic_[tetrahedron] * v;
    const auto s = tensors_.col(tetrahedron);
    return {s[0] * v[0] + s[3] * v[1] + s[4] * v[2], s[3] * v[0] + s[1] * v[1] + s[5] * v[2],
            s[4] * v[0] + s[5] * v[1] + s[2] * v[2]};
}

Conductivity& Conductivity::operator*=(double factor) {
    isotropic_ *= factor;
    tensors_ *= factor;
    return *this;
}

} // namespace corticoil
