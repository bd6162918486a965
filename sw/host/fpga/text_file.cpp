#include "sw/host/fpga/text_file.h"

#include <fmt/format.h>

#include <fstream>

#include "core/base/error.h"

namespace pim::host::fpga {

std::string readTextFile(const std::string& path) {
  constexpr std::size_t kMostBytes = std::size_t{256} << 20;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError(fmt::format("{}: expected a file that can be read", path));
  std::string text;
  std::string piece(std::size_t{1} << 16, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    text.append(piece, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMostBytes)
      throw UserError(fmt::format("{}: expected at most {} bytes", path, kMostBytes));
  }
  if (file.bad() || (!file.eof() && file.fail()))
    throw UserError(fmt::format("{}: expected a file that can be read", path));
  return text;
}

}  // namespace pim::host::fpga
