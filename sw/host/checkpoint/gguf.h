#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sw/host/checkpoint/mapped_file.h"
#include "sw/host/checkpoint/tensor_format.h"

namespace pim::host {

/// Value types of GGUF metadata, with the numbers of the format.
enum class GgufType : uint32_t {
  Uint8 = 0,
  Int8 = 1,
  Uint16 = 2,
  Int16 = 3,
  Uint32 = 4,
  Int32 = 5,
  Float32 = 6,
  Bool = 7,
  String = 8,
  Array = 9,
  Uint64 = 10,
  Int64 = 11,
  Float64 = 12
};

/// A metadata value in place in the file: `bytes` are the raw value, the elements of an array or the text of
/// a string.
struct GgufValue {
  GgufType type = GgufType::Uint8;
  GgufType elementType = GgufType::Uint8;  ///< of an array
  uint64_t count = 1;                      ///< elements of an array
  ByteSpan bytes;
};

struct GgufTensor {
  std::string name;
  TensorType type = TensorType::F32;
  std::vector<uint64_t> shape;  ///< fastest dimension first: {K, rows} of a matrix
  ByteSpan bytes;
};

/// Returns whether the bytes begin with GGUF's magic.
bool isGguf(ByteSpan bytes);

/// The header of a GGUF file, version 2 or 3 (little-endian): metadata and the positions of the tensors,
/// which lie inside the file and do not overlap. The constructor reads the header alone, not the tensors.
/// UserError names file and key.
class GgufFile {
 public:
  explicit GgufFile(std::shared_ptr<const MappedFile> file);
  /// Reads bytes that are not a file (tests, fuzzing); they must outlive the object.
  GgufFile(ByteSpan bytes, const std::string& source);

  const std::string& source() const { return m_source; }
  /// Returns whether the bytes are those of a mapped file.
  bool mapped() const { return m_file != nullptr; }
  const std::map<std::string, GgufTensor, std::less<>>& tensors() const { return m_tensors; }

  /// Adds the tensors of another part of a split model. UserError for a tensor that both contain.
  void addPart(std::shared_ptr<const GgufFile> part);

  /// Returns all keys of the metadata.
  std::vector<std::string_view> keys() const;

  /// Returns the bytes of a GGUF file with the same metadata and no tensor.
  std::vector<uint8_t> withoutTensors() const;

  bool has(std::string_view key) const { return m_values.find(key) != m_values.end(); }
  /// Return the value of a key; nothing if the key is absent. UserError for a value of another kind. An
  /// unsigned value may have any integer type, if it is not negative.
  std::optional<uint64_t> unsignedValue(std::string_view key) const;
  std::optional<double> floatValue(std::string_view key) const;
  std::optional<bool> boolValue(std::string_view key) const;
  std::optional<std::string_view> textValue(std::string_view key) const;
  std::optional<std::vector<std::string_view>> textArray(std::string_view key) const;
  std::optional<std::vector<float>> floatArray(std::string_view key) const;
  std::optional<std::vector<int64_t>> integerArray(std::string_view key) const;

 private:
  void parse(ByteSpan bytes);
  const GgufValue* find(std::string_view key) const;
  const GgufValue* findArray(std::string_view key, std::string_view expected) const;
  [[noreturn]] void refuse(std::string_view key, std::string_view expected) const;

  std::shared_ptr<const MappedFile> m_file;
  std::string m_source;
  ByteSpan m_metadata;  // from the start of the file to the end of its metadata
  std::map<std::string, GgufValue, std::less<>> m_values;
  std::map<std::string, GgufTensor, std::less<>> m_tensors;
  std::vector<std::shared_ptr<const GgufFile>> m_parts;
};

}  // namespace pim::host
