#include "io/staged_output.h"

#include "core/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <system_error>
#include <utility>

namespace corticoil::io {

namespace fs = std::filesystem;

namespace {

/// The uncommitted outputs of this process. A signal concerns the process, so their list does too.
class Registry {
  public:
    /// Runs `make` and remembers `path` if it returned true, with no removal in between.
    template <typename Action>
    bool add_if_made(const fs::path& path, Action make) {
        const std::lock_guard lock(mutex_);
        if (!make()) return false;
        paths_.insert(path);
        return true;
    }

    /// Forgets `path` and removes it.
    void discard(const fs::path& path) noexcept {
        const std::lock_guard lock(mutex_);
        if (paths_.erase(path) > 0) remove_tree(path);
    }

    void discard_all() noexcept {
        const std::lock_guard lock(mutex_);
        for (const fs::path& path : paths_) remove_tree(path);
        paths_.clear();
    }

    /// Runs `put_in_place` and forgets `path`, with no removal in between.
    /// \throws Error if `path` was removed before.
    template <typename Action>
    void commit(const fs::path& path, Action put_in_place) {
        const std::lock_guard lock(mutex_);
        if (!paths_.contains(path)) {
            throw Error(fmt::format("{}: was removed because the run was interrupted", path.string()));
        }
        put_in_place();
        paths_.erase(path);
    }

  private:
    /// Renames first: a thread that is still writing must not add files to a folder that is being emptied.
    static void remove_tree(const fs::path& path) noexcept {
        try {
            const fs::path renamed = path.string() + ".removed";
            std::error_code error;
            fs::rename(path, renamed, error);
            fs::remove_all(error ? path : renamed, error);
        } catch (const std::exception&) {
            return; // Out of memory: the folder stays, there is nobody to tell.
        }
    }

    std::mutex mutex_;
    std::set<fs::path> paths_;
};

Registry& registry() {
    static Registry instance;
    return instance;
}

/// Six letters, as mkdtemp uses; mkdtemp itself would leave the final folder readable by its owner only.
std::string random_suffix() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device source;
    std::uniform_int_distribution<std::size_t> pick(0, letters.size() - 1);
    std::string suffix(6, ' ');
    for (char& letter : suffix) letter = letters[pick(source)];
    return suffix;
}

fs::path hidden_sibling(const fs::path& final_path, std::string_view kind) {
    return final_path.parent_path() /
           fmt::format(".{}.{}-{}", final_path.filename().string(), kind, random_suffix());
}

/// Absolute, links followed, no trailing slash.
fs::path resolved(const fs::path& path) {
    std::error_code error;
    fs::path result = path.empty() ? fs::path() : fs::weakly_canonical(fs::absolute(path, error), error);
    if (!result.has_filename()) result = result.parent_path();
    if (error || !result.has_filename()) {
        throw Error(fmt::format("'{}': cannot be written; name a folder or file to make", path.string()));
    }
    return result;
}

[[noreturn]] void throw_cannot(const fs::path& path, std::string_view action, const std::string& reason) {
    throw Error(fmt::format("{}: cannot {}: {}", path.string(), action, reason));
}

/// True if the file was made; false without an error if it exists.
bool make_empty_file(const fs::path& path, std::error_code& error) {
    constexpr mode_t readable_and_writable = 0666; // less the umask
    const int descriptor = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, readable_and_writable);
    if (descriptor >= 0) {
        close(descriptor);
        return true;
    }
    if (errno != EEXIST) error.assign(errno, std::generic_category());
    return false;
}

/// \throws Error unless a result may take this name.
void check_resolved(const fs::path& final_path, const StagedFolderOptions& options) {
    std::error_code error;
    const fs::file_status status = fs::status(final_path, error);
    if (!fs::exists(status)) return;
    const std::string name = final_path.string();
    if (!fs::is_directory(status)) {
        throw Error(fmt::format("{}: exists and is not a folder; name another output folder", name));
    }
    const bool is_empty = fs::is_empty(final_path, error);
    if (error) throw_cannot(final_path, "list the folder", error.message());
    if (is_empty) return;
    if (options.marker_file.empty()) {
        throw Error(fmt::format("{}: exists and is not empty; name another output folder", name));
    }
    if (!fs::is_regular_file(final_path / options.marker_file, error)) {
        throw Error(fmt::format(
            "{}: exists, is not empty and holds no {}, so it is not an earlier result and is never "
            "replaced; name another output folder",
            name, options.marker_file));
    }
    if (!options.overwrite) {
        throw Error(fmt::format(
            "{}: already holds a result ({}); name another output folder or allow replacing it (--overwrite)",
            name, options.marker_file));
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(final_path)) {
        const std::string entry_name = entry.path().filename().string();
        if (entry_name == options.marker_file) continue;
        if (std::find(options.own_entries.begin(), options.own_entries.end(), entry_name) !=
            options.own_entries.end()) {
            continue;
        }
        throw Error(fmt::format("{}: holds '{}', which is not part of the earlier result and would be lost; "
                                "move it away first, or name another output folder",
                                name, entry_name));
    }
}

constexpr int most_name_attempts = 100;

} // namespace

void check_output_folder(const fs::path& final_path, const StagedFolderOptions& options) {
    check_resolved(resolved(final_path), options);
}

StagedFolder::StagedFolder(const fs::path& final_path, StagedFolderOptions options)
    : final_path_(resolved(final_path)), options_(std::move(options)) {
    check_resolved(final_path_, options_);
    std::error_code error;
    fs::create_directories(final_path_.parent_path(), error);
    if (error) throw_cannot(final_path_.parent_path(), "make the folder", error.message());
    for (int attempt = 0; attempt < most_name_attempts; ++attempt) {
        const fs::path candidate = hidden_sibling(final_path_, "partial");
        if (registry().add_if_made(candidate, [&] { return fs::create_directory(candidate, error); })) {
            path_ = candidate;
            return;
        }
        if (error) break;
    }
    throw_cannot(final_path_, "make a folder beside it", error.message());
}

StagedFolder::~StagedFolder() {
    if (!is_committed_) registry().discard(path_);
}

void StagedFolder::commit() {
    CORTICOIL_ASSERT(!is_committed_);
    fs::path replaced;
    registry().commit(path_, [&] {
        check_resolved(final_path_, options_);
        std::error_code error;
        if (fs::exists(final_path_, error) && !fs::is_empty(final_path_, error)) {
            replaced = hidden_sibling(final_path_, "replaced");
            fs::rename(final_path_, replaced, error);
            if (error) throw_cannot(final_path_, "move the earlier result aside", error.message());
        }
        fs::rename(path_, final_path_, error);
        if (error) {
            std::error_code ignored;
            if (!replaced.empty()) fs::rename(replaced, final_path_, ignored);
            throw_cannot(final_path_, "put the result in place", error.message());
        }
    });
    path_ = final_path_;
    is_committed_ = true;
    if (!replaced.empty()) {
        registry().add_if_made(replaced, [] { return true; });
        registry().discard(replaced);
    }
}

StagedFile::StagedFile(const fs::path& final_path) : final_path_(resolved(final_path)) {
    std::error_code error;
    const fs::file_status status = fs::status(final_path_, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw Error(fmt::format("{}: exists and is not a regular file; name another output file",
                                final_path.string()));
    }
    if (!fs::is_directory(final_path_.parent_path(), error)) {
        throw Error(fmt::format("{}: its folder does not exist; make the folder first", final_path.string()));
    }
    for (int attempt = 0; attempt < most_name_attempts; ++attempt) {
        const fs::path candidate = hidden_sibling(final_path_, "partial");
        if (registry().add_if_made(candidate, [&] { return make_empty_file(candidate, error); })) {
            path_ = candidate;
            return;
        }
        if (error) break;
    }
    throw_cannot(final_path_, "make a file beside it", error.message());
}

StagedFile::~StagedFile() {
    if (!is_committed_) registry().discard(path_);
}

void StagedFile::commit() {
    CORTICOIL_ASSERT(!is_committed_);
    registry().commit(path_, [&] {
        std::error_code error;
        fs::rename(path_, final_path_, error);
        if (error) throw_cannot(final_path_, "put the file in place", error.message());
    });
    is_committed_ = true;
}

void write_file_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
    StagedFile staged(path);
    std::ofstream stream(staged.path(), std::ios::binary | std::ios::trunc);
    if (stream) write(stream);
    errno = 0;
    stream.close();
    if (!stream) {
        throw_cannot(path, "write the file", errno != 0 ? std::strerror(errno) : "is the disk full?");
    }
    staged.commit();
}

void write_file_atomically(const fs::path& path, std::string_view content) {
    write_file_atomically(path, [&](std::ostream& stream) {
        stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    });
}

void remove_unfinished_outputs() noexcept {
    registry().discard_all();
}

} // namespace corticoil::io
