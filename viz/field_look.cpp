#include "viz/field_look.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace corticoil::viz {

namespace {
constexpr std::array views{NamedView{"close", FieldView::close},
                           NamedView{"overview", FieldView::overview},
                           NamedView{"motor", FieldView::motor},
                           NamedView{"leg", FieldView::leg},
                           NamedView{"prefrontal", FieldView::prefrontal},
                           NamedView{"cerebellar", FieldView::cerebellar},
                           NamedView{"left", FieldView::left},
                           NamedView{"right", FieldView::right},
                           NamedView{"front", FieldView::front},
                           NamedView{"back", FieldView::back},
                           NamedView{"top", FieldView::top},
                           NamedView{"bottom", FieldView::bottom},
                           NamedView{"cut", FieldView::cut},
                           NamedView{"arrows", FieldView::arrows},
                           NamedView{"streamlines", FieldView::streamlines},
                           NamedView{"candidates", FieldView::candidates}};

constexpr std::array parts{NamedPart{"cortex", Part::cortex},   NamedPart{"white_matter", Part::white_matter},
                           NamedPart{"skull", Part::skull},     NamedPart{"scalp", Part::scalp},
                           NamedPart{"lesions", Part::lesions}, NamedPart{"windings", Part::windings},
                           NamedPart{"casing", Part::casing},   NamedPart{"axes", Part::axes},
                           NamedPart{"marks", Part::marks},     NamedPart{"roi", Part::roi}};
} // namespace

std::span<const NamedView> named_views() {
    return views;
}

std::string_view name_of(FieldView view) {
    return std::find_if(views.begin(), views.end(),
                        [&](const NamedView& named) { return named.view == view; })
        ->name;
}

std::span<const NamedPart> named_parts() {
    return parts;
}

bool FieldLook::shows(Part part) const {
    const auto found = chosen.find(part);
    if (found != chosen.end()) return found->second;
    return part != Part::white_matter && part != Part::skull && part != Part::axes;
}

FieldLook look_in(FieldView view, FieldLook look) {
    const auto leave_out = [&](std::initializer_list<Part> parts) {
        for (const Part part : parts) look.chosen.try_emplace(part, false);
    };
    if (view == FieldView::cut) leave_out({Part::lesions, Part::marks});
    if (view == FieldView::arrows) leave_out({Part::windings, Part::casing, Part::marks});
    if (view == FieldView::streamlines) leave_out({Part::casing});
    if (view == FieldView::candidates) leave_out({Part::casing, Part::marks, Part::roi, Part::lesions});
    // They show something else in its place.
    if (view == FieldView::cut || view == FieldView::candidates) look.chosen[Part::cortex] = false;
    return look;
}

bool needs_volume(FieldView view) {
    return view == FieldView::cut || view == FieldView::arrows || view == FieldView::streamlines;
}

bool is_framed(FieldView view) {
    return view == FieldView::arrows || view == FieldView::streamlines || view == FieldView::candidates ||
           view == FieldView::close || view == FieldView::motor || view == FieldView::leg ||
           view == FieldView::prefrontal || view == FieldView::cerebellar;
}

} // namespace corticoil::viz
