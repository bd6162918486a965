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
  QuantizedModel model;                        ///< with the tokens that end a text
  std::shared_ptr<const Tokenizer> tokenizer;  ///< null when the files hold none that can be used
  std::string tokenizerError;                  ///< why the files' own tokenizer cannot be used, if so
  std::vector<std::string> notices;            ///< lines for stderr
};

/// The file with the tokenizer of the checkpoint at `weights`: `named` when it is not empty, else a GGUF
/// checkpoint itself, or tokenizer.model beside it or in its folder; nothing when there is none.
std::optional<std::string> findTokenizer(const std::string& weights, const std::string& named);

/// Throws a UserError unless the tokenizer (of the file `name`, or inside `weights`) has `vocab` tokens.
void requireVocabulary(const Tokenizer& tokenizer, const std::string& name, std::uint32_t vocab,
                       const std::string& weights);

/// Gives the model the tokens that end a text. The chip knows PIM_MAX_EOS: a notice says which it does
/// without.
void setEndTokens(QuantizedModel& model, std::vector<std::uint32_t> ids, std::vector<std::string>& notices);

/// Loads and quantises the checkpoint at `weights` (loadCheckpoint) and its tokenizer (findTokenizer). What
/// ends a text: generation_config.json, else config.json of Hugging Face, else the tokenizer. UserError, also
/// for a tokenizer that was named and cannot be used; one that was not named is told in tokenizerError: ids
/// do without.
///
/// `calibration`: a text over which the inputs of the matrices are measured before they are pruned; empty:
/// weights are pruned by their magnitude alone. It needs a tokenizer.
LoadedModel loadModel(const std::string& weights, const std::string& tokenizer = "",
                      const QuantizeOptions& options = {}, const std::string& calibration = "");

}  // namespace pim::host
