#include "sim/logits_file.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "tlm/core/error.h"

namespace pim::sim {
namespace {

std::string sha256(const std::string& path) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::ifstream file(path, std::ios::binary);
  std::array<char, 1 << 16> block{};
  while (file.read(block.data(), block.size()), file.gcount() > 0) {
    EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace

LogitsFile::LogitsFile(const std::string& path)
    : m_path(path), m_part(path + ".part"), m_stream(m_part, std::ios::binary) {
  if (!m_stream) {
    throw UserError(
        fmt::format("--logits {}: expected a place that can be written to: {}", path, std::strerror(errno)));
  }
}

LogitsFile::~LogitsFile() {
  std::error_code ignored;
  std::filesystem::remove(m_part, ignored);
}

void LogitsFile::append(const std::vector<std::int32_t>& logits) {
  constexpr float kQ16 = 1.0f / 65536.0f;
  std::vector<float> row(logits.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(logits[i]) * kQ16;
  m_stream.write(reinterpret_cast<const char*>(row.data()),
                 static_cast<std::streamsize>(row.size() * sizeof row[0]));
}

std::string LogitsFile::commit() {
  m_stream.close();
  std::error_code error;
  if (m_stream) std::filesystem::rename(m_part, m_path, error);
  if (!m_stream || error) throw UserError(fmt::format("--logits {}: expected room for the logits", m_path));
  return sha256(m_path);
}

}  // namespace pim::sim
