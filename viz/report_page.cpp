#include "viz/report_page.h"

#include "core/error.h"
#include "viz/report_assets.h"

#include <fmt/format.h>

namespace corticoil::viz {

Html::Html(std::string_view plain) {
    for (const char c : plain) {
        switch (c) {
        case '&':
            markup_ += "&amp;";
            break;
        case '<':
            markup_ += "&lt;";
            break;
        case '>':
            markup_ += "&gt;";
            break;
        case '"':
            markup_ += "&quot;";
            break;
        default:
            markup_ += c;
        }
    }
}

Html Html::marked_up(std::string markup) {
    Html html;
    html.markup_ = std::move(markup);
    return html;
}

Html& Html::operator+=(const Html& more) {
    markup_ += more.markup_;
    return *this;
}

Html operator+(Html first, const Html& second) {
    first += second;
    return first;
}

Html strong(const Html& text) {
    return Html::marked_up("<strong>" + text.markup() + "</strong>");
}

Html code(std::string_view text) {
    return Html::marked_up("<code>" + Html(text).markup() + "</code>");
}

ReportPage::ReportPage(std::string title, std::string kind, std::string subtitle)
    : title_(std::move(title)), kind_(std::move(kind)), subtitle_(std::move(subtitle)) {}

void ReportPage::close_section() {
    if (has_open_section_) body_ += "</section>\n";
    has_open_section_ = false;
}

void ReportPage::section(const std::string& id, const std::string& heading) {
    close_section();
    sections_.emplace_back(id, heading);
    body_ +=
        fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-heading\">\n<h2 id=\"{0}-heading\">{1}</h2>\n",
                    id, Html(heading).markup());
    has_open_section_ = true;
}

void ReportPage::subsection(const std::string& heading) {
    body_ += fmt::format("<h3>{}</h3>\n", Html(heading).markup());
}

void ReportPage::paragraph(const Html& text) {
    body_ += fmt::format("<p>{}</p>\n", text.markup());
}

void ReportPage::notice(const Html& text) {
    body_ += fmt::format("<p class=\"notice\">{}</p>\n", text.markup());
}

void ReportPage::list(const std::vector<Html>& items) {
    body_ += "<ul>\n";
    for (const Html& item : items) body_ += fmt::format("<li>{}</li>\n", item.markup());
    body_ += "</ul>\n";
}

void ReportPage::table(const ReportTable& table) {
    const std::string caption = Html(table.caption).markup();
    // A table that is wider than a phone scrolls in its own box; the keyboard scrolls what has the focus.
    body_ +=
        fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table{}>\n"
                    "<caption>{}</caption>\n",
                    caption, table.has_numbers ? " class=\"numbers\"" : "", caption);
    if (!table.header.empty()) {
        body_ += "<thead><tr>";
        for (const Html& cell : table.header) {
            // An empty corner is no heading.
            body_ +=
                cell.markup().empty() ? "<td></td>" : fmt::format("<th scope=\"col\">{}</th>", cell.markup());
        }
        body_ += "</tr></thead>\n";
    }
    body_ += "<tbody>\n";
    for (const std::vector<Html>& row : table.rows) {
        body_ += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) {
            body_ += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", row[i].markup())
                            : fmt::format("<td>{}</td>", row[i].markup());
        }
        body_ += "</tr>\n";
    }
    body_ += "</tbody>\n</table>\n</div>\n";
}

void ReportPage::facts(const std::vector<std::pair<Html, Html>>& facts) {
    body_ += "<dl class=\"facts\">\n";
    for (const auto& [name, value] : facts)
        body_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name.markup(), value.markup());
    body_ += "</dl>\n";
}

void ReportPage::figure(const EmbeddedPicture& picture, const std::string& alternative, const Html& caption) {
    body_ += fmt::format(
        "<figure>\n<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\">\n<figcaption><b>Figure {}.</b> "
        "{}</figcaption>\n</figure>\n",
        picture.data_uri, picture.width, picture.height, Html(alternative).markup(), ++n_figures_,
        caption.markup());
}

void ReportPage::begin_details(const std::string& summary) {
    body_ += fmt::format("<details>\n<summary>{}</summary>\n", Html(summary).markup());
}

void ReportPage::end_details() {
    body_ += "</details>\n";
}

void ReportPage::view(const std::string& data) {
    if (report_script().empty()) {
        notice("The interactive view is left out: this program was built without npm (CORTICOIL_REPORT_3D).");
        return;
    }
    scene_data_ = data;
    body_ +=
        "<div class=\"screen-only\">\n<p id=\"view-keys\">Drag to turn, pinch or scroll to zoom (click "
        "first), Shift and drag "
        "to move; point at the cortex to read |E|. Keys: <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> "
        "<kbd>↓</kbd> turn, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>Enter</kbd> reads |E| in the middle, "
        "<kbd>0</kbd> resets.</p>\n"
        "<div id=\"view3d\"><noscript><p class=\"notice\">The interactive view needs JavaScript; the "
        "pictures show the same.</p></noscript></div>\n</div>\n"
        "<p class=\"print-only\">The interactive view is in the HTML file; the pictures show the same.</p>\n";
}

Html ReportPage::term(const std::string& word, const std::string& definition) {
    const int number = ++n_terms_;
    return Html::marked_up(
        fmt::format("<span class=\"term\"><button type=\"button\" aria-describedby=\"term-{0}\">{1}</button>"
                    "<span role=\"tooltip\" id=\"term-{0}\">{2}</span></span>",
                    number, Html(word).markup(), Html(definition).markup()));
}

std::string ReportPage::html() const {
    CORTICOIL_ASSERT(has_open_section_);
    std::string contents;
    for (const auto& [id, heading] : sections_)
        contents += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, Html(heading).markup());
    std::string scripts;
    std::string licences;
    if (!scene_data_.empty()) {
        scripts = fmt::format(
            "<script type=\"application/json\" id=\"scene-data\">{}</script>\n<script>{}</script>\n",
            scene_data_, report_script());
        licences = fmt::format(
            "<details class=\"screen-only\">\n<summary>Licences of the interactive view</summary>\n"
            "<pre>{}</pre>\n</details>\n",
            Html(report_licences()).markup());
    }
    // Escape hides an open definition; details open for print.
    constexpr std::string_view behaviour =
        "document.addEventListener('keydown',e=>{if(e.key==='Escape')document.activeElement?.closest('.term')"
        "&&document.activeElement.blur()});"
        "addEventListener('beforeprint',()=>document.querySelectorAll('details:not(.screen-only)')"
        ".forEach(d=>{d.open=true}));";
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"generator\" content=\"Corticoil\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
        "<header>\n<p class=\"kind\">{2}</p>\n<h1>{0}</h1>\n<p class=\"subtitle\">{3}</p>\n"
        "<p class=\"research\">Research use only.</p>\n</header>\n"
        "<nav aria-label=\"Sections\">\n<ol>\n{4}</ol>\n</nav>\n"
        "<main id=\"main\" tabindex=\"-1\">\n{5}</section>\n</main>\n"
        "<footer>\n{6}<p>Made by Corticoil. Research use only.</p>\n</footer>\n"
        "{7}<script>{8}</script>\n</body>\n</html>\n",
        Html(title_).markup(), report_style(), Html(kind_).markup(), Html(subtitle_).markup(), contents,
        body_, licences, scripts, behaviour);
}

} // namespace corticoil::viz
