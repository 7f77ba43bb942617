#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "core/tet_mesh.h"
#include "imaging/carry.h"
#include "meshing/mesh_quality.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// A subject folder: t1.nii.gz, tissues.nii.gz, head.msh, mni.json, subject.json (see docs/formats.md).
class SubjectFolder {
  public:
    /// \throws Error if `path` is no folder with a subject.json.
    static SubjectFolder open(const std::filesystem::path& path);

    /// For a folder that is being made.
    explicit SubjectFolder(std::filesystem::path path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path t1() const { return path_ / "t1.nii.gz"; }
    [[nodiscard]] std::filesystem::path tissues() const { return path_ / "tissues.nii.gz"; }
    [[nodiscard]] std::filesystem::path head_mesh() const { return path_ / "head.msh"; }
    [[nodiscard]] std::filesystem::path mni_file() const { return path_ / "mni.json"; }
    [[nodiscard]] std::filesystem::path surfaces() const { return path_ / "surfaces"; }
    [[nodiscard]] std::filesystem::path electrodes() const { return path_ / "electrodes.json"; }
    [[nodiscard]] std::filesystem::path electrode_picture() const { return path_ / "electrodes.png"; }
    /// Displacements of the mapping in both directions, beside mni.json.
    [[nodiscard]] std::filesystem::path mni_warp() const { return path_ / "mni_warp.nii.gz"; }
    [[nodiscard]] std::filesystem::path head_warp() const { return path_ / "head_warp.nii.gz"; }
    [[nodiscard]] std::filesystem::path picture() const { return path_ / "segmentation.png"; }
    [[nodiscard]] std::filesystem::path description() const { return path_ / "subject.json"; }

    /// The head mesh. \throws Error that says which verb makes it when it is missing.
    [[nodiscard]] TetMesh read_mesh() const;

    /// The mapping to MNI space, with its displacements where mni.json names them. \throws Error that says
    /// how to get one when the subject has none.
    [[nodiscard]] MniMapping read_mni() const;
    /// Writes mni.json, and where the mapping is deformable the files of its displacements.
    void write_mni(const MniMapping& mapping) const;

    /// Adds to subject.json how a file of the folder was made: `details`, the program's version and the
    /// file's checksum.
    void record(const std::string& file, const nlohmann::json& details) const;

    /// Deletes a file of the folder, if it is there, and what subject.json says of it.
    void remove(const std::string& file) const;

  private:
    std::filesystem::path path_;
};

/// The grid of the subject's T1, or of its labels where it has no T1. \throws Error where neither can be
/// read.
[[nodiscard]] imaging::VoxelGrid image_grid(const SubjectFolder& subject);

/// Where the folder may be that a run's configuration names: beside the run, as a demo has it, in folders
/// above it, or from where the program was started. Those that hold a subject, in this order.
[[nodiscard]] std::vector<std::filesystem::path> subject_places(const std::filesystem::path& run,
                                                                const std::string& named);

/// The name of the subject folder in a run's run.json; empty where it was made of a mesh alone.
/// \throws Error for a folder without a readable run.json.
[[nodiscard]] std::string subject_name_of_run(const std::filesystem::path& run);

/// What a subject folder may hold.
[[nodiscard]] std::vector<std::string> subject_entries();

/// Millilitres per tissue key, for labels that occur.
[[nodiscard]] nlohmann::json volumes_in_ml(const std::array<double, 256>& volumes);

/// A mesh's quality in the units of its keys.
[[nodiscard]] nlohmann::json quality_as_json(const meshing::MeshQuality& quality);

} // namespace corticoil::app
