#pragma once

#include <string>
#include <string_view>

namespace pim {

/// Text of a file, for an error message: in quotes, control characters and invalid UTF-8
/// as \xNN, cut after 60 bytes. Messages stay on one line whatever the file contains.
std::string printable(std::string_view text);

/// Whether printable() would change no character of the text. Names of tensors and keys must satisfy this.
bool isPrintable(std::string_view text);

}  // namespace pim
