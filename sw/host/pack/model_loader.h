#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sw/host/quantise/quantize.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {

/// Everything `generate` needs of a user's files.
struct LoadedModel {
  QuantizedModel model;                        ///< with the tokenizer's EOS tokens
  std::shared_ptr<const Tokenizer> tokenizer;  ///< null when the files hold none and none was named
  std::vector<std::string> notices;            ///< lines for stderr
};

/// The file with the tokenizer of the checkpoint at `weights`: `named` when it is not empty, else a GGUF
/// checkpoint itself, or tokenizer.model beside it or in its folder; nothing when there is none.
std::optional<std::string> findTokenizer(const std::string& weights, const std::string& named);

/// Throws a UserError unless the tokenizer (of the file `name`, or inside `weights`) has `vocab` tokens.
void requireVocabulary(const Tokenizer& tokenizer, const std::string& name, std::uint32_t vocab,
                       const std::string& weights);

/// Loads and quantises the checkpoint at `weights` (loadCheckpoint) and its tokenizer
/// (findTokenizer). UserError, also for a vocabulary that disagrees with the embedding.
LoadedModel loadModel(const std::string& weights, const std::string& tokenizer = "",
                      const QuantizeOptions& options = {});

}  // namespace pim::host
