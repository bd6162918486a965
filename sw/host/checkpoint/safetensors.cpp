#include "sw/host/checkpoint/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/checkpoint/byte_reader.h"

namespace pim::host {
namespace {

using nlohmann::json;

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // limit of the format

uint64_t elementBytes(const std::string& dtype) {
  static const std::map<std::string, uint64_t> kBytes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"I64", 8},     {"U64", 8}, {"F64", 8}};
  const auto found = kBytes.find(dtype);
  return found == kBytes.end() ? 0 : found->second;
}

std::vector<uint64_t> unsignedList(const json& entry, const char* key, const std::string& where) {
  const auto found = entry.find(key);
  std::vector<uint64_t> numbers;
  bool good = found != entry.end() && found->is_array();
  for (size_t i = 0; good && i < found->size(); ++i) {
    good = (*found)[i].is_number_unsigned();
    if (good) numbers.push_back((*found)[i].get<uint64_t>());
  }
  if (!good)
    throw UserError(fmt::format("{}: {}: expected a list of integers that are not negative", where, key));
  return numbers;
}

SafeTensor parseEntry(const json& entry, ByteSpan data, const std::string& where) {
  if (!entry.is_object())
    throw UserError(fmt::format("{}: expected an object with dtype, shape, data_offsets", where));
  SafeTensor tensor;
  const auto dtype = entry.find("dtype");
  if (dtype != entry.end() && dtype->is_string()) tensor.dtype = dtype->get<std::string>();
  const uint64_t size = elementBytes(tensor.dtype);
  if (size == 0) throw UserError(fmt::format("{}: dtype: expected F32, F16, BF16 or I32", where));
  tensor.shape = unsignedList(entry, "shape", where);
  uint64_t bytes = size;
  for (const uint64_t n : tensor.shape) {
    if (__builtin_mul_overflow(bytes, n, &bytes)) {
      throw UserError(fmt::format("{}: its shape overflows 64 bits", where));
    }
  }
  const auto offsets = unsignedList(entry, "data_offsets", where);
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size) {
    throw UserError(
        fmt::format("{}: data_offsets go beyond the file, which has {} bytes of data", where, data.size));
  }
  if (offsets[1] - offsets[0] != bytes) {
    throw UserError(fmt::format("{}: {} bytes at data_offsets, expected {} by its shape", where,
                                offsets[1] - offsets[0], bytes));
  }
  tensor.bytes = {data.data + offsets[0], bytes};
  return tensor;
}

void refuseOverlaps(const std::map<std::string, SafeTensor>& tensors, const std::string& source) {
  std::vector<std::pair<const uint8_t*, const std::string*>> byPlace;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.bytes.size != 0) byPlace.emplace_back(tensor.bytes.data, &name);
  }
  std::sort(byPlace.begin(), byPlace.end());
  for (size_t i = 1; i < byPlace.size(); ++i) {
    const SafeTensor& before = tensors.at(*byPlace[i - 1].second);
    if (before.bytes.data + before.bytes.size > byPlace[i].first) {
      throw UserError(fmt::format("{}: tensor {} overlaps tensor {}", source, *byPlace[i].second,
                                  *byPlace[i - 1].second));
    }
  }
}

}  // namespace

std::map<std::string, SafeTensor> parseSafetensors(ByteSpan bytes, const std::string& source) {
  ByteReader in(bytes, source);
  const auto headerBytes = in.read<uint64_t>("header length");
  if (headerBytes > kMaxHeaderBytes) {
    throw UserError(fmt::format("{}: header length: expected at most {}, found {}", source, kMaxHeaderBytes,
                                headerBytes));
  }
  const std::string_view text = in.takeText(headerBytes, "header");
  const json header = json::parse(text.begin(), text.end(), nullptr, false);
  if (!header.is_object()) throw UserError(fmt::format("{}: header: expected a JSON object", source));
  const ByteSpan data{bytes.data + in.position(), in.remaining()};
  std::map<std::string, SafeTensor> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    if (!isPrintable(name)) {
      throw UserError(fmt::format("{}: header: expected printable names, found {}", source, printable(name)));
    }
    tensors.emplace(name, parseEntry(entry, data, fmt::format("{}: tensor {}", source, name)));
  }
  refuseOverlaps(tensors, source);
  return tensors;
}

}  // namespace pim::host
