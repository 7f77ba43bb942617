#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::io::detail {

/// A start tag in a VTK XML file.
struct VtkElement {
    std::string name;
    std::string parent; ///< Name of the element around it.
    std::map<std::string, std::string, std::less<>> attributes;
};

/// The header of a VTK XML file, and its arrays, which follow the header as raw bytes ("appended"). The
/// format: The VTK User's Guide, "XML file formats". VTK's own reader trusts counts and sizes in the file;
/// this one does not.
class VtkXmlFile {
  public:
    /// Refers to `bytes`, which must outlive the object. \throws Error if this is not a VTK XML file of raw
    /// appended data, little endian, with zlib or no compression.
    VtkXmlFile(std::string file_name, std::string_view bytes);

    /// All start tags before the appended data, in order.
    [[nodiscard]] const std::vector<VtkElement>& elements() const { return elements_; }

    /// The attribute of `element`, or nothing.
    [[nodiscard]] static std::optional<std::string> attribute(const VtkElement& element,
                                                              std::string_view name);

    /// An attribute that counts something; 0 if absent. Refuses counts beyond what the file can hold.
    [[nodiscard]] std::size_t count(const VtkElement& element, std::string_view name) const;

    /// The values of the DataArray `element`, of which there must be `n_values`; integers up to 2⁵³ are
    /// exact.
    [[nodiscard]] std::vector<double> values(const VtkElement& element, std::size_t n_values) const;

    [[noreturn]] void fail(const std::string& problem) const;

  private:
    void read_header(std::string_view header);
    void read_file_attributes();
    [[nodiscard]] std::uint64_t read_header_number(std::size_t& position, const std::string& array) const;
    /// The stored bytes of the array that starts at `position`, of which there must be `n_bytes`.
    [[nodiscard]] std::string array_bytes(const std::string& array, std::size_t position,
                                          std::size_t n_bytes) const;
    [[nodiscard]] std::string inflated(const std::string& array, std::size_t position,
                                       std::size_t n_bytes) const;

    std::string file_name_;
    std::vector<VtkElement> elements_;
    std::string_view appended_; ///< Behind the underscore.
    std::size_t n_file_bytes_ = 0;
    std::size_t header_number_size_ = 4;
    bool is_compressed_ = false;
};

} // namespace corticoil::io::detail
