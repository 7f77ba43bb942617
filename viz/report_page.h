#pragma once

#include "viz/embedded_picture.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corticoil::viz {

/// A piece of a page. Made from plain text it is escaped; only the functions below put mark-up in it.
class Html {
  public:
    Html() = default;
    Html(std::string_view plain);                                     // NOLINT(google-explicit-constructor)
    Html(const std::string& plain) : Html(std::string_view(plain)) {} // NOLINT(google-explicit-constructor)
    Html(const char* plain) : Html(std::string_view(plain)) {}        // NOLINT(google-explicit-constructor)

    [[nodiscard]] static Html marked_up(std::string markup);
    [[nodiscard]] const std::string& markup() const { return markup_; }
    Html& operator+=(const Html& more);

  private:
    std::string markup_;
};

[[nodiscard]] Html operator+(Html first, const Html& second);

/// Text that stands out.
[[nodiscard]] Html strong(const Html& text);
/// A name as it is typed: a flag, a file, a checksum.
[[nodiscard]] Html code(std::string_view text);

/// A table; the first column holds each row's heading.
struct ReportTable {
    std::string caption;
    std::vector<Html> header;
    std::vector<std::vector<Html>> rows;
    bool has_numbers = true; ///< Columns after the first are aligned on the right.
};

/// One HTML file that needs no other: sections with a list of them, tables, pictures, and the interactive
/// view. Reads in light and dark, on a phone, printed, and by keyboard.
class ReportPage {
  public:
    /// `kind`: what the page is, above its title; `subtitle` stands beneath.
    ReportPage(std::string title, std::string kind, std::string subtitle);

    /// Begins a section; `id` is its anchor.
    void section(const std::string& id, const std::string& heading);
    void subsection(const std::string& heading);
    void paragraph(const Html& text);
    /// What a reader must not miss.
    void notice(const Html& text);
    void list(const std::vector<Html>& items);
    void table(const ReportTable& table);
    /// Figures that say most, large.
    void facts(const std::vector<std::pair<Html, Html>>& facts);
    void figure(const EmbeddedPicture& picture, const std::string& alternative, const Html& caption);
    /// What is folded away until asked for; open in print.
    void begin_details(const std::string& summary);
    void end_details();
    /// The interactive view of `data` (report_view_data()), and beside it how to use it; or a word that this
    /// build has none.
    void view(const std::string& data);

    /// A word whose definition shows under the pointer and with the keyboard's focus, and in print.
    [[nodiscard]] Html term(const std::string& word, const std::string& definition);

    /// The whole file.
    [[nodiscard]] std::string html() const;

  private:
    void close_section();

    std::string title_;
    std::string kind_;
    std::string subtitle_;
    std::string body_;
    std::vector<std::pair<std::string, std::string>> sections_;
    std::string scene_data_;
    int n_terms_ = 0;
    int n_figures_ = 0;
    bool has_open_section_ = false;
};

} // namespace corticoil::viz
