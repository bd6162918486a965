#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sw/host/quantise/quantize.h"
#include "sw/host/tokenizer/tokenizer.h"

namespace pim::host {

/// Everything that `generate` needs from the user's files.
struct LoadedModel {
  QuantizedModel model;                        ///< with the tokens that end a text
  std::shared_ptr<const Tokenizer> tokenizer;  ///< null when the files hold none that can be used
  std::string tokenizerError;                  ///< why the files' own tokenizer cannot be used, if so
  std::vector<std::string> notices;            ///< lines for stderr
};

/// Returns the file with the tokenizer of the checkpoint at `weights`: `named` if it is not empty, else a
/// GGUF checkpoint itself, or tokenizer.model beside it or in its folder; nothing if there is none.
std::optional<std::string> findTokenizer(const std::string& weights, const std::string& named);

/// UserError unless the tokenizer (of the file `name`, or inside `weights`) has `vocab` tokens.
void requireVocabulary(const Tokenizer& tokenizer, const std::string& name, std::uint32_t vocab,
                       const std::string& weights);

/// Sets the tokens that end a text. The chip supports PIM_MAX_EOS of them; a notice names those that are
/// ignored.
void setEndTokens(QuantizedModel& model, std::vector<std::uint32_t> ids, std::vector<std::string>& notices);

/// Loads and quantises the checkpoint at `weights` (loadCheckpoint) and its tokenizer (findTokenizer). The
/// tokens that end a text come from generation_config.json, else from config.json of Hugging Face, else from
/// the tokenizer. UserError, also if a named tokenizer cannot be used. If a tokenizer that was not named
/// cannot be used, tokenizerError has the reason, because token ids need no tokenizer.
///
/// `calibration`: a text over which the inputs of the matrices are measured before pruning; empty: weights
/// are pruned by magnitude alone. It needs a tokenizer.
LoadedModel loadModel(const std::string& weights, const std::string& tokenizer = "",
                      const QuantizeOptions& options = {}, const std::string& calibration = "");

}  // namespace pim::host
