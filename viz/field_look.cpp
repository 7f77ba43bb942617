#include "viz/field_look.h"

#include <algorithm>
#include <array>

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
                           NamedView{"bottom", FieldView::bottom}};

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

bool is_framed(FieldView view) {
    return view == FieldView::close || view == FieldView::motor || view == FieldView::leg ||
           view == FieldView::prefrontal || view == FieldView::cerebellar;
}

} // namespace corticoil::viz
