#pragma once

#include <filesystem>
#include <string>

namespace corticoil::app {

/// What can be made of frames: a file name without a folder that ends in .mp4, .webm or .gif.
/// \throws Error for any other name; MissingPartError, naming the package, where there is no ffmpeg.
void check_video(const std::string& name);

/// Makes a video of 12 frames a second of `<prefix>_0001.png` and so on in a folder, beside them, and deletes
/// the frames. \throws ComputationError if the encoder fails.
void encode_video(const std::filesystem::path& folder, const std::string& prefix, const std::string& name);

} // namespace corticoil::app
