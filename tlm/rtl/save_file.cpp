#include "tlm/rtl/save_file.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/error.h"
#include "core/base/part_file.h"

namespace pim {

namespace {

std::string saveFileOf(const std::string& vcd) {
  return std::filesystem::absolute(vcd).replace_extension(".gtkw");
}

void writeQuietly(const std::string& saveFile, const std::string& save) {
  try {
    writeWhole("", saveFile, save);
  } catch (const UserError&) {
    // The waveform alone is sufficient.
  }
}

}  // namespace

void writeSaveFile(const std::string& vcd, std::int64_t fromPicoseconds, std::int64_t toPicoseconds) {
  constexpr double kPixels = 1280;
  const std::string saveFile = saveFileOf(vcd);
  std::string save;
  // At this zoom, GTKWave shows 2^-zoom picoseconds on 200 pixels.
  const double perFrame = 200 * static_cast<double>(toPicoseconds - fromPicoseconds + 1) / kPixels;
  save += fmt::format(
      "[dumpfile] \"{}\"\n[savefile] \"{}\"\n[timestart] {}\n[size] 1600 1000\n[pos] 0 0\n*{:.6f} {}\n",
      std::filesystem::absolute(vcd).string(), saveFile, fromPicoseconds, -std::log2(perFrame),
      toPicoseconds);
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
  writeQuietly(saveFile, save);
}

void markSaveFile(const std::string& vcd, std::int64_t picoseconds) {
  std::ifstream file(saveFileOf(vcd));
  std::string save;
  for (std::string line; std::getline(file, line);) {
    // "*zoom marker", then the named markers, of which there are none
    if (line.rfind('*', 0) == 0) line = fmt::format("{} {}", line.substr(0, line.find(' ')), picoseconds);
    save += line + '\n';
  }
  if (!save.empty()) writeQuietly(saveFileOf(vcd), save);
}

}  // namespace pim
