#pragma once

#include <string>
#include <string_view>

namespace pim {

/// Text of a file as an error message may show it: in quotes, control characters and broken UTF-8 as \xNN,
/// cut after 60 bytes. Keeps messages to one line whatever the file holds.
std::string printable(std::string_view text);

/// Whether printable() would show the text as it is, however long: what names of tensors and keys have to be.
bool isPrintable(std::string_view text);

}  // namespace pim
