#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/part_file.h"

namespace pim::sim {

/// Writes logits as float32, one row of the vocabulary per token, like the dumps of other engines.
class LogitsFile {
 public:
  /// UserError: the file cannot be written.
  explicit LogitsFile(const std::string& path);

  void append(const std::vector<std::int32_t>& logits);

  /// Gives the file its name and returns the SHA-256 of its bytes in hexadecimal.
  std::string commit();

 private:
  PartFile m_file;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> m_digest;  // of what was written so far
};

}  // namespace pim::sim
