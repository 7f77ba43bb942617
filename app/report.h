#pragma once

#include <filesystem>
#include <string>

namespace corticoil::app {

/// A report as one HTML file's content, and what it is of.
struct Report {
    std::string kind; ///< "run", "plan" or "comparison".
    std::string html;
    bool has_view = false;
};

/// The report of a run, plan or comparison folder. \throws Error for another folder, and for one whose files
/// are missing, broken or hold a field that is not finite; MissingPartError with `needs_view` in a build
/// without the interactive view.
[[nodiscard]] Report make_report(const std::filesystem::path& folder, bool needs_view);

/// What a folder is, by its files: "run", "plan" or "comparison". \throws Error for anything else.
[[nodiscard]] std::string kind_of_result(const std::filesystem::path& folder);

} // namespace corticoil::app
