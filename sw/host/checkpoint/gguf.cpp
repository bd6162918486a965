#include "sw/host/checkpoint/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/checkpoint/byte_reader.h"

namespace pim::host {
namespace {

constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr uint32_t kDefaultAlignment = 32;
constexpr uint32_t kMaxAlignment = 1u << 16;
constexpr uint64_t kMaxNameBytes = 65535;
constexpr uint32_t kMaxDimensions = 4;
// Smallest sizes of a metadata entry and a tensor entry. They limit the number of entries by the size of the
// file.
constexpr uint64_t kMinValueBytes = 8 + 4 + 1;
constexpr uint64_t kMinTensorBytes = 8 + 4 + 8 + 4 + 8;

uint32_t scalarBytes(GgufType type) {
  switch (type) {
    case GgufType::Uint8:
    case GgufType::Int8:
    case GgufType::Bool:
      return 1;
    case GgufType::Uint16:
    case GgufType::Int16:
      return 2;
    case GgufType::Uint32:
    case GgufType::Int32:
    case GgufType::Float32:
      return 4;
    case GgufType::Uint64:
    case GgufType::Int64:
    case GgufType::Float64:
      return 8;
    case GgufType::String:
    case GgufType::Array:
      return 0;
  }
  return 0;
}

std::string readName(ByteReader& in, const std::string& source, std::string_view what) {
  const auto size = in.read<uint64_t>(what);
  if (size == 0 || size > kMaxNameBytes) {
    throw UserError(
        fmt::format("{}: {}: expected a name of 1..{} bytes, found {}", source, what, kMaxNameBytes, size));
  }
  const std::string_view name = in.takeText(size, what);
  if (!isPrintable(name)) {
    throw UserError(fmt::format("{}: {}: expected printable UTF-8, found {}", source, what, printable(name)));
  }
  return std::string(name);
}

GgufType readType(ByteReader& in, const std::string& source, const std::string& key) {
  const auto code = in.read<uint32_t>(key);
  if (code > static_cast<uint32_t>(GgufType::Float64)) {
    throw UserError(fmt::format("{}: {}: unknown value type {}, expected 0..12", source, key, code));
  }
  return static_cast<GgufType>(code);
}

GgufValue readArray(ByteReader& in, const std::string& source, const std::string& key) {
  GgufValue value;
  value.type = GgufType::Array;
  value.elementType = readType(in, source, key);
  value.count = in.read<uint64_t>(key);
  if (value.elementType == GgufType::Array) {
    throw UserError(fmt::format("{}: {}: arrays of arrays are not supported", source, key));
  }
  const uint32_t size = scalarBytes(value.elementType);
  if (value.count > in.remaining() / std::max(size, 1u)) {
    throw UserError(
        fmt::format("{}: {}: array of {} elements goes beyond the file", source, key, value.count));
  }
  if (value.elementType != GgufType::String) {
    value.bytes = {in.take(value.count * size, key), value.count * size};
    return value;
  }
  const uint8_t* start = in.take(0, key);
  const uint64_t from = in.position();
  for (uint64_t i = 0; i < value.count; ++i) in.take(in.read<uint64_t>(key), key);
  value.bytes = {start, in.position() - from};
  return value;
}

GgufValue readValue(ByteReader& in, const std::string& source, const std::string& key) {
  GgufValue value;
  value.type = readType(in, source, key);
  if (value.type == GgufType::Array) return readArray(in, source, key);
  const uint64_t size = value.type == GgufType::String ? in.read<uint64_t>(key) : scalarBytes(value.type);
  value.bytes = {in.take(size, key), size};
  return value;
}

TensorType tensorType(uint32_t code, const std::string& source, const std::string& name) {
  switch (code) {
    case 0:
      return TensorType::F32;
    case 1:
      return TensorType::F16;
    case 2:
      return TensorType::Q4_0;
    case 3:
      return TensorType::Q4_1;
    case 6:
      return TensorType::Q5_0;
    case 7:
      return TensorType::Q5_1;
    case 8:
      return TensorType::Q8_0;
    case 10:
      return TensorType::Q2K;
    case 11:
      return TensorType::Q3K;
    case 12:
      return TensorType::Q4K;
    case 13:
      return TensorType::Q5K;
    case 14:
      return TensorType::Q6K;
    case 30:
      return TensorType::BF16;
    default:
      break;
  }
  throw UserError(
      fmt::format("{}: tensor {}: unknown quantisation {}, expected F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, "
                  "Q8_0 or Q2_K..Q6_K",
                  source, name, code));
}

struct TensorEntry {
  GgufTensor tensor;
  uint64_t offset = 0;
  uint64_t size = 0;
};

uint64_t tensorBytes(const GgufTensor& tensor, const std::string& source) {
  const TensorFormat& format = tensorFormat(tensor.type);
  if (tensor.shape[0] % format.blockElements != 0) {
    throw UserError(fmt::format("{}: tensor {}: row of {} elements, {} expects a multiple of {}", source,
                                tensor.name, tensor.shape[0], format.name, format.blockElements));
  }
  uint64_t bytes = 0;
  bool overflow =
      __builtin_mul_overflow(tensor.shape[0] / format.blockElements, uint64_t{format.blockBytes}, &bytes);
  for (size_t i = 1; i < tensor.shape.size(); ++i) {
    overflow = __builtin_mul_overflow(bytes, tensor.shape[i], &bytes) || overflow;
  }
  if (overflow)
    throw UserError(fmt::format("{}: tensor {}: its shape overflows 64 bits", source, tensor.name));
  return bytes;
}

TensorEntry readTensorEntry(ByteReader& in, const std::string& source) {
  TensorEntry entry;
  GgufTensor& tensor = entry.tensor;
  tensor.name = readName(in, source, "tensor name");
  const auto dimensions = in.read<uint32_t>(tensor.name);
  if (dimensions == 0 || dimensions > kMaxDimensions) {
    throw UserError(fmt::format("{}: tensor {}: {} dimensions, expected 1..{}", source, tensor.name,
                                dimensions, kMaxDimensions));
  }
  for (uint32_t i = 0; i < dimensions; ++i) {
    tensor.shape.push_back(in.read<uint64_t>(tensor.name));
    if (tensor.shape.back() == 0) {
      throw UserError(fmt::format("{}: tensor {}: dimension {} is 0", source, tensor.name, i));
    }
  }
  tensor.type = tensorType(in.read<uint32_t>(tensor.name), source, tensor.name);
  entry.offset = in.read<uint64_t>(tensor.name);
  entry.size = tensorBytes(tensor, source);
  return entry;
}

// Throws a UserError if tensors, sorted by offset, overlap.
void refuseOverlaps(std::vector<TensorEntry>& entries, const std::string& source) {
  std::sort(entries.begin(), entries.end(),
            [](const TensorEntry& a, const TensorEntry& b) { return a.offset < b.offset; });
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i - 1].offset + entries[i - 1].size > entries[i].offset) {
      throw UserError(fmt::format("{}: tensor {} overlaps tensor {}", source, entries[i].tensor.name,
                                  entries[i - 1].tensor.name));
    }
  }
}

}  // namespace

bool isGguf(ByteSpan bytes) {
  return bytes.size >= sizeof kMagic && loadLittle<uint32_t>(bytes.data) == kMagic;
}

GgufFile::GgufFile(std::shared_ptr<const MappedFile> file)
    : m_file(std::move(file)), m_source(m_file->path()) {
  parse(m_file->bytes());
}

GgufFile::GgufFile(ByteSpan bytes, const std::string& source) : m_source(source) {
  parse(bytes);
}

void GgufFile::parse(ByteSpan bytes) {
  ByteReader in(bytes, m_source);
  if (in.read<uint32_t>("magic") != kMagic)
    throw UserError(fmt::format("{}: magic: expected \"GGUF\"", m_source));
  const auto version = in.read<uint32_t>("version");
  if (version != 2 && version != 3) {
    throw UserError(fmt::format("{}: version: expected 2 or 3 (little-endian), found {}", m_source, version));
  }
  const auto tensorCount = in.read<uint64_t>("tensor count");
  const auto valueCount = in.read<uint64_t>("metadata count");
  if (valueCount > in.remaining() / kMinValueBytes || tensorCount > in.remaining() / kMinTensorBytes) {
    throw UserError(fmt::format("{}: {} metadata entries and {} tensors do not fit into the file", m_source,
                                valueCount, tensorCount));
  }
  for (uint64_t i = 0; i < valueCount; ++i) {
    std::string key = readName(in, m_source, "metadata key");
    GgufValue value = readValue(in, m_source, key);
    const bool isNew = m_values.try_emplace(key, value).second;
    if (!isNew) throw UserError(fmt::format("{}: {}: the key appears twice", m_source, key));
  }
  m_metadata = {bytes.data, in.position()};
  std::vector<TensorEntry> entries;
  for (uint64_t i = 0; i < tensorCount; ++i) entries.push_back(readTensorEntry(in, m_source));

  const uint64_t alignment = unsignedValue("general.alignment").value_or(kDefaultAlignment);
  if (alignment == 0 || alignment > kMaxAlignment || (alignment & (alignment - 1)) != 0) {
    throw UserError(fmt::format("{}: general.alignment: expected a power of two up to {}, found {}", m_source,
                                kMaxAlignment, alignment));
  }
  const uint64_t dataStart = (in.position() + alignment - 1) / alignment * alignment;
  const uint64_t dataBytes = bytes.size > dataStart ? bytes.size - dataStart : 0;
  for (TensorEntry& entry : entries) {
    if (entry.offset % alignment != 0) {
      throw UserError(fmt::format("{}: tensor {}: offset {} is not a multiple of {}", m_source,
                                  entry.tensor.name, entry.offset, alignment));
    }
    if (entry.offset > dataBytes || entry.size > dataBytes - entry.offset) {
      throw UserError(
          fmt::format("{}: tensor {}: {} bytes at data offset {} go beyond the file, which has {}", m_source,
                      entry.tensor.name, entry.size, entry.offset, dataBytes));
    }
    entry.tensor.bytes = {bytes.data + dataStart + entry.offset, entry.size};
  }
  refuseOverlaps(entries, m_source);
  for (TensorEntry& entry : entries) {
    std::string name = entry.tensor.name;
    const bool isNew = m_tensors.try_emplace(name, std::move(entry.tensor)).second;
    if (!isNew) throw UserError(fmt::format("{}: tensor {} appears twice", m_source, name));
  }
}

void GgufFile::addPart(std::shared_ptr<const GgufFile> part) {
  for (const auto& [name, tensor] : part->tensors()) {
    if (!m_tensors.try_emplace(name, tensor).second)
      throw UserError(fmt::format("{}: tensor {} is in {}, too", part->source(), name, m_source));
  }
  m_parts.push_back(std::move(part));
}

std::vector<std::string_view> GgufFile::keys() const {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : m_values) keys.push_back(key);
  return keys;
}

std::vector<uint8_t> GgufFile::withoutTensors() const {
  std::vector<uint8_t> copy(m_metadata.data, m_metadata.data + m_metadata.size);
  constexpr size_t kTensorCount = 8;  // after magic and version
  std::fill_n(copy.begin() + kTensorCount, sizeof(uint64_t), uint8_t{0});
  return copy;
}

const GgufValue* GgufFile::find(std::string_view key) const {
  const auto found = m_values.find(key);
  return found == m_values.end() ? nullptr : &found->second;
}

const GgufValue* GgufFile::findArray(std::string_view key, std::string_view expected) const {
  const GgufValue* value = find(key);
  if (value != nullptr && value->type != GgufType::Array) refuse(key, expected);
  return value;
}

void GgufFile::refuse(std::string_view key, std::string_view expected) const {
  throw UserError(fmt::format("{}: {}: expected {}", m_source, key, expected));
}

namespace {

std::optional<int64_t> asInteger(GgufType type, const uint8_t* at) {
  switch (type) {
    case GgufType::Uint8:
      return loadLittle<uint8_t>(at);
    case GgufType::Int8:
      return loadLittle<int8_t>(at);
    case GgufType::Uint16:
      return loadLittle<uint16_t>(at);
    case GgufType::Int16:
      return loadLittle<int16_t>(at);
    case GgufType::Uint32:
      return loadLittle<uint32_t>(at);
    case GgufType::Int32:
      return loadLittle<int32_t>(at);
    case GgufType::Uint64:
    case GgufType::Int64:
      return loadLittle<int64_t>(at);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<uint64_t> GgufFile::unsignedValue(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = asInteger(value->type, value->bytes.data);
  if (!number || *number < 0) refuse(key, "an integer that is not negative");
  return static_cast<uint64_t>(*number);
}

std::optional<double> GgufFile::floatValue(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  double number = NAN;
  if (value->type == GgufType::Float32) number = loadLittle<float>(value->bytes.data);
  if (value->type == GgufType::Float64) number = loadLittle<double>(value->bytes.data);
  if (!std::isfinite(number)) refuse(key, "a finite floating-point number");
  return number;
}

std::optional<bool> GgufFile::boolValue(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::Bool) refuse(key, "a boolean");
  return *value->bytes.data != 0;
}

std::optional<std::string_view> GgufFile::textValue(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::String) refuse(key, "a string");
  return std::string_view(reinterpret_cast<const char*>(value->bytes.data), value->bytes.size);
}

std::optional<std::vector<std::string_view>> GgufFile::textArray(std::string_view key) const {
  const GgufValue* value = findArray(key, "an array of strings");
  if (value == nullptr) return std::nullopt;
  if (value->elementType != GgufType::String) refuse(key, "an array of strings");
  ByteReader in(value->bytes, m_source);
  std::vector<std::string_view> texts;
  texts.reserve(value->count);
  for (uint64_t i = 0; i < value->count; ++i) texts.push_back(in.takeText(in.read<uint64_t>(key), key));
  return texts;
}

std::optional<std::vector<float>> GgufFile::floatArray(std::string_view key) const {
  const GgufValue* value = findArray(key, "an array of 32-bit floats");
  if (value == nullptr) return std::nullopt;
  if (value->elementType != GgufType::Float32) refuse(key, "an array of 32-bit floats");
  std::vector<float> numbers(value->count);
  if (!numbers.empty()) std::memcpy(numbers.data(), value->bytes.data, value->bytes.size);
  return numbers;
}

std::optional<std::vector<int64_t>> GgufFile::integerArray(std::string_view key) const {
  const GgufValue* value = findArray(key, "an array of integers");
  if (value == nullptr) return std::nullopt;
  const uint32_t size = scalarBytes(value->elementType);
  std::vector<int64_t> numbers;
  numbers.reserve(value->count);
  for (uint64_t i = 0; i < value->count; ++i) {
    const auto number =
        size == 0 ? std::nullopt : asInteger(value->elementType, value->bytes.data + i * size);
    if (!number) refuse(key, "an array of integers");
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace pim::host
