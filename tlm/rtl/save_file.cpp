#include "tlm/rtl/save_file.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/error.h"
#include "core/base/part_file.h"

namespace pim {

void writeSaveFile(const std::string& vcd, std::int64_t fromPicoseconds, std::int64_t toPicoseconds) {
  constexpr double kPixels = 1280;
  const std::filesystem::path path = std::filesystem::absolute(vcd);
  const std::string saveFile = std::filesystem::path(path).replace_extension(".gtkw");
  std::string save;
  // At this zoom, GTKWave shows 2^-zoom picoseconds on 200 pixels.
  const double perFrame = 200 * static_cast<double>(toPicoseconds - fromPicoseconds + 1) / kPixels;
  save += fmt::format(
      "[dumpfile] \"{}\"\n[savefile] \"{}\"\n[timestart] {}\n[size] 1600 1000\n[pos] 0 0\n*{:.6f} {}\n",
      path.string(), saveFile, fromPicoseconds, -std::log2(perFrame), toPicoseconds);
  std::ifstream header(vcd);
  std::string outer, scope;
  for (std::string line; std::getline(header, line) && line.find("$enddefinitions") == std::string::npos;) {
    std::istringstream words(line);
    std::string word, kind, name, range;
    words >> word;
    if (word == "$scope") {
      words >> kind >> name;
      outer = scope;
      scope += scope.empty() ? name : "." + name;
    } else if (word == "$upscope") {
      break;  // the pins come first, then the inside of the block
    } else if (word == "$var") {
      int width = 0;
      std::string code;
      words >> kind >> width >> code >> name >> range;
      if (range == "$end") range.clear();
      save += fmt::format("@{}\n{}.{}{}\n", width == 1 ? 28 : 22, scope, name, range);
    }
  }
  try {
    writeWhole("", saveFile, save);
  } catch (const UserError&) {
    // The waveform alone is sufficient.
  }
}

}  // namespace pim
