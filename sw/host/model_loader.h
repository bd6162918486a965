#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/host/quantize.h"
#include "sw/host/tokenizer.h"

namespace pim::host {

/// Everything `generate` needs of a user's files.
struct LoadedModel {
  QuantizedModel model;                        ///< with the tokenizer's EOS tokens
  std::shared_ptr<const Tokenizer> tokenizer;  ///< null when the files hold none and none was named
  std::vector<std::string> notices;            ///< lines for stderr
};

/// Loads and quantises the checkpoint at `weights` (loadCheckpoint) and its tokenizer: the file `tokenizer`
/// when it is not empty, else the one inside a GGUF or tokenizer.model in a Hugging Face folder. UserError,
/// also for a vocabulary that disagrees with the embedding.
LoadedModel loadModel(const std::string& weights, const std::string& tokenizer = "",
                      const QuantizeOptions& options = {});

}  // namespace pim::host
