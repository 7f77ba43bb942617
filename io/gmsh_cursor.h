#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace corticoil::io::detail {

/// How the numbers of a Gmsh file are stored.
enum class GmshEncoding { text, binary, binary_swapped };

/// The least size of something repeated, in either kind of file [bytes].
struct LeastBytes {
    std::size_t text; ///< Two per number: a digit and a space.
    std::size_t binary;
};

/// Reads numbers and words from the bytes of a Gmsh file and never past their end.
///
/// `what` in the functions names the number in messages: "x of a node". All throw Error with the file's name,
/// the section and the line (text) or byte (binary) if the bytes do not hold what is asked for.
class GmshCursor {
  public:
    /// Refers to `bytes`, which must outlive the cursor.
    GmshCursor(std::string file_name, std::string_view bytes);

    void set_encoding(GmshEncoding encoding) { encoding_ = encoding; }
    [[nodiscard]] GmshEncoding encoding() const { return encoding_; }
    [[nodiscard]] const std::string& file_name() const { return file_name_; }

    /// Throws Error about what was read last.
    [[noreturn]] void fail(const std::string& problem) const;

    /// Skips white space; false at the end of the file.
    [[nodiscard]] bool skip_white_space();

    /// Reads "$Name" and makes it the current section; gives "Name".
    std::string enter_section();

    /// Reads "$EndName" of the current section.
    void leave_section();

    /// Skips to behind "$EndName" of the current section.
    void skip_section();

    /// A whole number or a real number written as text, whatever the encoding.
    [[nodiscard]] std::int64_t read_text_integer(std::string_view what);
    [[nodiscard]] double read_text_real(std::string_view what);

    /// Goes behind the end of the line, where a binary block starts.
    void finish_line();

    /// A number in the file's encoding: 4 bytes signed, 8 bytes unsigned, 8 bytes real in a binary file.
    [[nodiscard]] std::int64_t read_integer(std::string_view what);
    [[nodiscard]] std::int64_t read_size(std::string_view what);
    [[nodiscard]] double read_real(std::string_view what);

    /// Skips `count` numbers that `read_integer` or `read_size` would read.
    void skip_integers(std::int64_t count, std::string_view what);
    void skip_sizes(std::int64_t count, std::string_view what);

    /// `count` as it is, if it is not negative, fits an int and so many items of `least` bytes fit the rest
    /// of the file. Nothing is allocated by a count that did not pass here.
    [[nodiscard]] std::int64_t check_count(std::int64_t count, LeastBytes least, std::string_view what) const;

  private:
    [[nodiscard]] std::size_t n_bytes_left() const { return bytes_.size() - position_; }
    [[nodiscard]] std::string_view read_word(std::string_view what);
    template <typename Number>
    [[nodiscard]] Number read_binary(std::string_view what);
    void skip_binary(std::int64_t count, std::size_t bytes_each, std::string_view what);

    std::string file_name_;
    std::string_view bytes_;
    std::size_t position_ = 0;
    std::size_t last_read_ = 0; ///< Where what was read last starts.
    std::string section_;
    GmshEncoding encoding_ = GmshEncoding::text;
};

} // namespace corticoil::io::detail
