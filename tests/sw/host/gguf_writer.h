#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pim::host::test {

/// Bytes in the making, little-endian.
class Bytes {
 public:
  template <typename T>
  Bytes& put(T value) {
    const auto* from = reinterpret_cast<const uint8_t*>(&value);
    m_bytes.insert(m_bytes.end(), from, from + sizeof value);
    return *this;
  }
  Bytes& text(const std::string& value) {
    put<uint64_t>(value.size());
    return raw(value);
  }
  Bytes& raw(const std::string& value) {
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    return *this;
  }
  Bytes& append(const std::vector<uint8_t>& value) {
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    return *this;
  }
  void padTo(size_t alignment) { m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment); }
  const std::vector<uint8_t>& get() const { return m_bytes; }

 private:
  std::vector<uint8_t> m_bytes;
};

/// Type codes of GGUF tensors.
enum GgmlType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ8_0 = 8,
  kQ6K = 14,
  kBF16 = 30
};

/// Writes small GGUF files, good ones and bad ones.
class GgufWriter {
 public:
  uint32_t magic = 0x46554747;
  uint32_t version = 3;

  GgufWriter& number(const std::string& key, uint32_t value) {
    startValue(key, 4).put(value);
    return *this;
  }
  GgufWriter& real(const std::string& key, float value) {
    startValue(key, 6).put(value);
    return *this;
  }
  GgufWriter& flag(const std::string& key, bool value) {
    startValue(key, 7).put<uint8_t>(value ? 1 : 0);
    return *this;
  }
  GgufWriter& text(const std::string& key, const std::string& value) {
    startValue(key, 8).text(value);
    return *this;
  }
  GgufWriter& texts(const std::string& key, const std::vector<std::string>& values) {
    startValue(key, 9).put<uint32_t>(8).put<uint64_t>(values.size());
    for (const std::string& value : values) m_values.text(value);
    return *this;
  }
  template <typename T>
  GgufWriter& array(const std::string& key, uint32_t elementType, const std::vector<T>& values) {
    startValue(key, 9).put(elementType).template put<uint64_t>(values.size());
    for (const T value : values) m_values.put(value);
    return *this;
  }
  /// shape: fastest dimension first.
  GgufWriter& tensor(const std::string& name, std::vector<uint64_t> shape, uint32_t type,
                     std::vector<uint8_t> data) {
    m_tensors.push_back({name, std::move(shape), type, std::move(data), std::nullopt});
    return *this;
  }
  GgufWriter& floats(const std::string& name, std::vector<uint64_t> shape, const std::vector<float>& values) {
    Bytes data;
    for (const float value : values) data.put(value);
    return tensor(name, std::move(shape), kF32, data.get());
  }
  void drop(const std::string& name) {
    for (size_t i = 0; i < m_tensors.size(); ++i) {
      if (m_tensors[i].name == name) m_tensors.erase(m_tensors.begin() + static_cast<std::ptrdiff_t>(i--));
    }
  }

  struct Tensor {
    std::string name;
    std::vector<uint64_t> shape;
    uint32_t type;
    std::vector<uint8_t> data;
    std::optional<uint64_t> offset;  ///< a wrong one; else one after another
  };
  /// For tests that break it.
  Tensor& find(const std::string& name) {
    for (Tensor& t : m_tensors) {
      if (t.name == name) return t;
    }
    throw std::logic_error("no tensor " + name);
  }

  uint64_t offsetOf(const std::string& name) const {
    uint64_t offset = 0;
    for (const Tensor& t : m_tensors) {
      if (t.name == name) break;
      offset += paddedBytes(t);
    }
    return offset;
  }

  std::vector<uint8_t> bytes() const {
    Bytes out;
    out.put(magic).put(version).put<uint64_t>(m_tensors.size()).put<uint64_t>(m_count).append(m_values.get());
    uint64_t offset = 0;
    for (const Tensor& t : m_tensors) {
      out.text(t.name).put(static_cast<uint32_t>(t.shape.size()));
      for (const uint64_t n : t.shape) out.put(n);
      out.put(t.type).put(t.offset.value_or(offset));
      offset += paddedBytes(t);
    }
    out.padTo(32);
    for (const Tensor& t : m_tensors) {
      out.append(t.data);
      out.padTo(32);
    }
    return out.get();
  }

 private:
  static uint64_t paddedBytes(const Tensor& t) { return (t.data.size() + 31) / 32 * 32; }

  Bytes& startValue(const std::string& key, uint32_t type) {
    ++m_count;
    return m_values.text(key).put(type);
  }

  Bytes m_values;
  uint64_t m_count = 0;
  std::vector<Tensor> m_tensors;
};

}  // namespace pim::host::test
