#include "sim/run/logits_file.h"

#include <fmt/format.h>

namespace pim::sim {
namespace {

std::string hex(const unsigned char* bytes, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

}  // namespace

LogitsFile::LogitsFile(const std::string& path)
    : m_file("--logits", path), m_digest(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  EVP_DigestInit_ex(m_digest.get(), EVP_sha256(), nullptr);
}

void LogitsFile::append(const std::vector<std::int32_t>& logits) {
  constexpr float kQ16 = 1.0f / 65536.0f;
  std::vector<float> row(logits.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(logits[i]) * kQ16;
  m_file.write({reinterpret_cast<const char*>(row.data()), row.size() * sizeof row[0]});
  EVP_DigestUpdate(m_digest.get(), row.data(), row.size() * sizeof row[0]);
}

std::string LogitsFile::commit() {
  m_file.commit();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(m_digest.get(), digest, &length);
  return hex(digest, length);
}

}  // namespace pim::sim
