#include "sw/host/fpga/attention_mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/base/error.h"
#include "core/fpga/buffers.h"
#include "sw/host/fpga/text_file.h"

namespace pim::host::fpga {
namespace {

constexpr std::uint32_t kMostLayers = 1024;
constexpr std::uint32_t kMostHeads = 1024;
constexpr std::uint32_t kMostBlocks = 64;  // per row: one bit of a word each
constexpr const char* kHeader = "layer,head,kept_blocks,lower_triangle_rows";

/// One line of the file: the rows of blocks of one head in one layer.
struct HeadRows {
  std::uint32_t layer, head;
  std::vector<std::uint64_t> rows;
};

class LineReader {
 public:
  LineReader(const std::string& line, const std::string& place) : m_line(line), m_place(place) {}

  std::uint64_t number(int base, char end, std::uint64_t most, const char* what) {
    const std::size_t begin = m_at;
    std::uint64_t value = 0;
    for (; m_at < m_line.size() && digit(m_line[m_at]) < base; ++m_at) {
      const auto next = static_cast<std::uint64_t>(digit(m_line[m_at]));
      if (value > (most - next) / static_cast<std::uint64_t>(base)) refuse(what);
      value = value * static_cast<std::uint64_t>(base) + next;
    }
    if (m_at == begin || m_at - begin > 16) refuse(what);
    if (end != '\0') {
      if (m_at >= m_line.size() || m_line[m_at] != end) refuse(what);
      ++m_at;
    }
    return value;
  }
  bool take(char c) {
    if (m_at >= m_line.size() || m_line[m_at] != c) return false;
    ++m_at;
    return true;
  }
  bool done() const { return m_at == m_line.size(); }
  [[noreturn]] void refuse(const char* what) const {
    throw UserError(fmt::format("{}: expected {}", m_place, what));
  }

 private:
  /// Returns the value of a digit, 99 for any other character.
  static int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
  }
  const std::string& m_line;
  const std::string& m_place;
  std::size_t m_at = 0;
};

HeadRows readHead(const std::string& line, const std::string& place) {
  LineReader reader(line, place);
  HeadRows head;
  head.layer = static_cast<std::uint32_t>(reader.number(10, ',', kMostLayers - 1, "a layer from 0 to 1023"));
  head.head = static_cast<std::uint32_t>(reader.number(10, ',', kMostHeads - 1, "a head from 0 to 1023"));
  const std::uint64_t expected = reader.number(10, ',', kMostBlocks * kMostBlocks, "a number of kept blocks");
  std::uint64_t found = 0;
  do {
    if (head.rows.size() == kMostBlocks) reader.refuse("at most 64 rows of blocks");
    const std::uint64_t row =
        reader.number(16, '\0', std::numeric_limits<std::uint64_t>::max(), "rows of hexadecimal digits");
    const auto index = static_cast<std::uint32_t>(head.rows.size());
    if (index < kMostBlocks - 1 && row >> (index + 1) != 0) reader.refuse("no block above the diagonal");
    if (row == 0) reader.refuse("a block that is kept in each row");
    std::uint64_t columns = 0;  // column 0 is the lowest bit
    for (std::uint32_t column = 0; column <= index; ++column) {
      const std::uint64_t kept = row >> (index - column) & 1U;
      columns |= kept << column;
      found += kept;
    }
    head.rows.push_back(columns);
  } while (reader.take('.'));
  if (!reader.done()) reader.refuse("nothing behind the last row");
  if (found != expected)
    throw UserError(fmt::format("{}: expected {} kept blocks, found {}", place, expected, found));
  return head;
}

}  // namespace

AttentionMask AttentionMask::full() {
  AttentionMask mask;
  mask.m_full = true;
  return mask;
}

AttentionMask AttentionMask::causal() {
  return {};
}

AttentionMask AttentionMask::fromFile(const std::string& path) {
  return fromText(readTextFile(path), path);
}

AttentionMask AttentionMask::fromText(const std::string& text, const std::string& name) {
  std::size_t at = 0;
  const auto nextLine = [&](std::string& line) {
    if (at >= text.size()) return false;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    line = text.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    at = end + 1;
    return true;
  };
  std::string line;
  if (!nextLine(line) || line != kHeader)
    throw UserError(fmt::format("{}:1: expected the line {}", name, kHeader));

  std::vector<HeadRows> heads;
  for (std::size_t number = 2; nextLine(line); ++number) {
    const std::string place = fmt::format("{}:{}", name, number);
    heads.push_back(readHead(line, place));
    const HeadRows& head = heads.back();
    if (head.rows.size() != heads.front().rows.size())
      throw UserError(fmt::format("{}: expected {} rows of blocks as before, found {}", place,
                                  heads.front().rows.size(), head.rows.size()));
  }
  if (heads.empty()) throw UserError(fmt::format("{}: expected a line for each head", name));

  AttentionMask mask;
  mask.m_name = name;
  mask.m_blocks = static_cast<std::uint32_t>(heads.front().rows.size());
  for (const HeadRows& head : heads) {
    mask.m_layers = std::max(mask.m_layers, head.layer + 1);
    mask.m_heads = std::max(mask.m_heads, head.head + 1);
  }
  if (heads.size() != std::size_t{mask.m_layers} * mask.m_heads) {
    throw UserError(fmt::format("{}: expected {} layers of {} heads, found {} lines", mask.m_name,
                                mask.m_layers, mask.m_heads, heads.size()));
  }
  mask.m_rows.resize(heads.size() *
                     mask.m_blocks);  // a row always keeps a block, so 0 means that it was not read yet
  for (const HeadRows& head : heads) {
    const auto first = mask.m_rows.begin() +
                       static_cast<std::ptrdiff_t>((head.layer * mask.m_heads + head.head) * mask.m_blocks);
    if (*first != 0)
      throw UserError(fmt::format("{}: expected layer {}, head {} once", mask.m_name, head.layer, head.head));
    std::copy(head.rows.begin(), head.rows.end(), first);
  }
  return mask;
}

void AttentionMask::require(std::uint32_t layers, std::uint32_t heads, std::uint32_t tokens) const {
  if (uniform()) return;
  if (layers > m_layers || heads > m_heads || tokens > m_blocks * pim::fpga::kMaskBlock) {
    throw UserError(fmt::format(
        "{}: expected masks of {} layers, {} heads and {} tokens, found {} layers, {} heads and {} tokens",
        m_name, layers, heads, tokens, m_layers, m_heads, m_blocks * pim::fpga::kMaskBlock));
  }
}

}  // namespace pim::host::fpga
