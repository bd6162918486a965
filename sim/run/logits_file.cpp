#include "sim/run/logits_file.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

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

void LogitsFile::append(const std::vector<std::int32_t>& logits) {
  constexpr float kQ16 = 1.0f / 65536.0f;
  std::vector<float> row(logits.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(logits[i]) * kQ16;
  m_file.write({reinterpret_cast<const char*>(row.data()), row.size() * sizeof row[0]});
}

std::string LogitsFile::commit() {
  m_file.commit();
  return sha256(m_file.path());
}

}  // namespace pim::sim
