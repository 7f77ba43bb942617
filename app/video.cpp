#include "app/video.h"

#include "core/error.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

extern char** environ; // NOLINT: POSIX declares it nowhere

namespace corticoil::app {

namespace {

constexpr const char* even_size = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white";
constexpr const char* few_colours = "split[a][b];[a]palettegen[p];[b][p]paletteuse";

/// Where ffmpeg lies; empty if it is not on the PATH.
std::string find_ffmpeg() {
    const char* const path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const std::string file = std::string(rest.substr(0, end)) + "/ffmpeg";
        if (access(file.c_str(), X_OK) == 0) return file;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

int run(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str())); // NOLINT
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (posix_spawn(&child, arguments.front(), nullptr, nullptr, arguments.data(), environ) != 0) return -1;
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

} // namespace

void check_video(const std::string& name) {
    const bool is_known = name.ends_with(".mp4") || name.ends_with(".webm") || name.ends_with(".gif");
    if (!is_known || name.find('/') != std::string::npos) {
        throw Error(
            fmt::format("--video: '{}' is not a video's name; give one that ends in .mp4, .webm or .gif, "
                        "without a folder: it is made in --out",
                        name));
    }
    if (find_ffmpeg().empty()) {
        throw MissingPartError(
            "--video needs ffmpeg, which is not on the PATH; install the package ffmpeg, or "
            "leave --video out and take the frames");
    }
}

void encode_video(const std::filesystem::path& folder, const std::string& prefix, const std::string& name) {
    std::vector<std::string> command{
        find_ffmpeg(), "-nostdin", "-v", "error",
        "-framerate",  "12",       "-i", (folder / (prefix + "_%04d.png")).string()};
    if (name.ends_with(".gif")) {
        command.insert(command.end(), {"-vf", few_colours});
    } else {
        command.insert(command.end(), {"-vf", even_size, "-pix_fmt", "yuv420p"});
    }
    if (name.ends_with(".webm"))
        command.insert(command.end(), {"-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "32"});
    command.push_back((folder / name).string());
    const int code = run(command);
    if (code != 0 || !std::filesystem::exists(folder / name))
        throw ComputationError(fmt::format("ffmpeg made no {} (exit code {}); try another kind", name, code));
    std::vector<std::filesystem::path> frames;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        if (file.starts_with(prefix + "_") && file.ends_with(".png")) frames.push_back(entry.path());
    }
    for (const std::filesystem::path& frame : frames) std::filesystem::remove(frame);
}

} // namespace corticoil::app
