#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "sw/host/checkpoint/mapped_file.h"

namespace pim::host {

/// Parses bytes as a JSON object. UserError names `source` and the position of a syntax error.
inline nlohmann::json parseJsonObject(ByteSpan bytes, const std::string& source) {
  const char* text = reinterpret_cast<const char*>(bytes.data);
  nlohmann::json value;
  try {
    value = nlohmann::json::parse(text, text + bytes.size);
  } catch (const nlohmann::json::exception& error) {
    // Example: "[json.exception.parse_error.101] parse error at line 1, column 9: ..."
    const std::string reason = error.what();
    const size_t begin = reason.find("] ");
    std::string line = reason.substr(begin == std::string::npos ? 0 : begin + 2);
    for (char& c : line) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    throw UserError(fmt::format("{}: expected a JSON object: {}", source, line));
  }
  if (!value.is_object()) throw UserError(fmt::format("{}: expected a JSON object", source));
  return value;
}

/// Parses a file as a JSON object.
inline nlohmann::json readJsonObject(const std::string& path) {
  const MappedFile file(path);
  return parseJsonObject(file.bytes(), path);
}

/// A JSON object with typed lookups that name file and key. Null counts as absent.
class JsonSettings {
 public:
  JsonSettings(const nlohmann::json& object, std::string source)
      : m_object(object), m_source(std::move(source)) {}

  const std::string& source() const { return m_source; }
  const nlohmann::json* find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
  }
  bool has(const char* key) const { return find(key) != nullptr; }
  uint32_t number(const char* key, std::optional<uint32_t> absent = std::nullopt) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr && absent) return *absent;
    if (value == nullptr || !value->is_number_unsigned() || value->get<uint64_t>() > UINT32_MAX) {
      refuse(key, "a positive 32-bit integer");
    }
    return value->get<uint32_t>();
  }
  std::optional<double> real(const char* key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) refuse(key, "a number");
    return value->get<double>();
  }
  double requiredReal(const char* key) const {
    const auto value = real(key);
    if (!value) refuse(key, "a number, found nothing");
    return *value;
  }
  std::optional<bool> flag(const char* key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_boolean()) refuse(key, "true or false");
    return value->get<bool>();
  }
  std::string text(const char* key, const std::string& absent) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return absent;
    if (!value->is_string()) refuse(key, "a string");
    return value->get<std::string>();
  }
  JsonSettings object(const char* key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr || !value->is_object()) refuse(key, "an object");
    return JsonSettings(*value, m_source + ": " + key);
  }
  /// Returns one token id or a list of them; nothing if the key is absent. UserError for an id of `vocab` or
  /// more.
  std::vector<uint32_t> tokenIds(const char* key, uint32_t vocab) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return {};
    std::vector<uint32_t> ids;
    const auto take = [&](const nlohmann::json& id) {
      if (!id.is_number_unsigned() || id.get<uint64_t>() >= vocab)
        refuse(key, fmt::format("token ids below {}", vocab));
      ids.push_back(id.get<uint32_t>());
    };
    if (value->is_array()) {
      for (const nlohmann::json& id : *value) take(id);
    } else {
      take(*value);
    }
    return ids;
  }
  [[noreturn]] void refuse(const char* key, const std::string& expected) const {
    throw UserError(fmt::format("{}: {}: expected {}", m_source, key, expected));
  }

 private:
  const nlohmann::json& m_object;
  std::string m_source;
};

}  // namespace pim::host
