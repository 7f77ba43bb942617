#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::io {

/// Where a result folder goes and when it may replace what is there.
struct StagedFolderOptions {
    std::string marker_file; ///< A file that only our own result folders hold, such as `run.json`; empty:
                             ///< never replace.
    bool overwrite = false;  ///< Replace an existing folder that holds the marker file.
    /// Names that such a result may hold at its top; a folder with anything else in it is never replaced.
    std::vector<std::string> own_entries;
};

/// Whether a StagedFolder could take its final name, without making anything: for work that takes long before
/// the folder is needed. \throws Error as StagedFolder() for what is there already.
void check_output_folder(const std::filesystem::path& final_path, const StagedFolderOptions& options);

/// A result folder that appears under its final name only when it is complete.
///
/// Files are written into a hidden folder beside the final one, which `commit()` renames into place. Without
/// a commit the destructor removes it, so a failed run leaves nothing. Not to be shared between threads.
class StagedFolder {
  public:
    /// Makes `<parent>/.<name>.partial-XXXXXX`, and the parent if needed.
    /// \throws Error if `final_path` exists and is not an empty folder, unless `overwrite` is set and the
    /// folder holds the marker file; or if the folder cannot be made.
    StagedFolder(const std::filesystem::path& final_path, StagedFolderOptions options);
    ~StagedFolder();
    StagedFolder(const StagedFolder&) = delete;
    StagedFolder& operator=(const StagedFolder&) = delete;

    /// The folder to write into; after `commit()`, the final one.
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Renames the folder into place. A folder that it replaces is moved aside first and removed only after
    /// the rename succeeded. \throws Error if the final folder was filled meanwhile or the rename fails; what
    /// was there before is then still there.
    void commit();

  private:
    std::filesystem::path final_path_;
    StagedFolderOptions options_;
    std::filesystem::path path_;
    bool is_committed_ = false;
};

/// A file that appears under its final name only when it is complete, for libraries that write by name.
class StagedFile {
  public:
    /// Makes an empty hidden file beside `final_path`, which a symbolic link is followed to.
    /// \throws Error if its folder does not exist or cannot be written, or if `final_path` is something other
    /// than a regular file.
    explicit StagedFile(const std::filesystem::path& final_path);
    ~StagedFile();
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    /// The file to write.
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Renames the file into place, replacing what is there. \throws Error if that fails.
    void commit();

  private:
    std::filesystem::path final_path_;
    std::filesystem::path path_;
    bool is_committed_ = false;
};

/// Writes a file through `write`, so that it appears complete or not at all.
/// \throws Error if writing fails (disk full, no permission), and what `write` throws.
void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(std::ostream&)>& write);

/// The same with the content at hand.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Deletes every staged folder and file of this process that is not committed. For an interrupted process,
/// from any thread, right before it exits: threads that still write get errors, and their commits throw
/// Error.
void remove_unfinished_outputs() noexcept;

} // namespace corticoil::io
