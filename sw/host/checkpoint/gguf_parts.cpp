#include "sw/host/checkpoint/gguf_parts.h"

#include <fmt/format.h>

#include "core/base/error.h"

namespace pim::host {
namespace {

constexpr uint64_t kMostParts = 65535;  // 16 bits in the format

struct Split {
  uint64_t count = 1;
  uint64_t number = 0;
  std::optional<uint64_t> tensors;  ///< in all parts
};

Split splitOf(const GgufFile& file) {
  Split split;
  split.count = file.unsignedValue("split.count").value_or(1);
  split.number = file.unsignedValue("split.no").value_or(0);
  split.tensors = file.unsignedValue("split.tensors.count");
  if (split.count > kMostParts || split.number >= std::max<uint64_t>(split.count, 1)) {
    throw UserError(fmt::format("{}: split.count: expected 1..{} and a split.no below it, found {} and {}",
                                file.source(), kMostParts, split.count, split.number));
  }
  return split;
}

std::string ending(uint64_t number, uint64_t count) {
  return fmt::format("-{:05}-of-{:05}.gguf", number + 1, count);
}

/// Returns the path without the suffix that numbers the part.
std::string prefixOf(const GgufFile& file, const Split& split) {
  const std::string& path = file.source();
  const std::string own = ending(split.number, split.count);
  if (path.size() > own.size() && path.compare(path.size() - own.size(), own.size(), own) == 0)
    return path.substr(0, path.size() - own.size());
  throw UserError(fmt::format(
      "{}: split.count: part {} of {}; expected a name that ends in {}, by which the others are found", path,
      split.number + 1, split.count, own));
}

std::shared_ptr<const GgufFile> openPart(const std::string& prefix, uint64_t number, const GgufFile& first,
                                         uint64_t count) {
  const std::string path = prefix + ending(number, count);
  if (!isRegularFile(path)) {
    throw UserError(
        fmt::format("{}: split.count: expected {} parts, {} is missing", first.source(), count, path));
  }
  auto part = std::make_shared<const GgufFile>(std::make_shared<const MappedFile>(path));
  const Split split = splitOf(*part);
  if (split.count != count || split.number != number) {
    throw UserError(fmt::format("{}: split.no: expected part {} of {}, found part {} of {}", path, number + 1,
                                count, split.number + 1, split.count));
  }
  return part;
}

}  // namespace

std::shared_ptr<const GgufFile> openGguf(std::shared_ptr<const MappedFile> mapped) {
  auto file = std::make_shared<GgufFile>(std::move(mapped));
  const Split split = splitOf(*file);
  if (split.count > 1) {
    const std::string prefix = prefixOf(*file, split);
    if (split.number != 0) {
      throw UserError(fmt::format("{}: split.no: part {} of {}; expected the first, {}", file->source(),
                                  split.number + 1, split.count, prefix + ending(0, split.count)));
    }
    for (uint64_t number = 1; number < split.count; ++number)
      file->addPart(openPart(prefix, number, *file, split.count));
  }
  if (split.tensors && *split.tensors != file->tensors().size()) {
    throw UserError(fmt::format("{}: split.tensors.count: expected {} tensors, found {}", file->source(),
                                *split.tensors, file->tensors().size()));
  }
  return file;
}

}  // namespace pim::host
