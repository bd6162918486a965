#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "sw/host/quantized_model.h"
#include "sw/host/tokenizer.h"

namespace pim::sim {

/// A checkpoint as a user brought it, in the numbers of the chip, with the tokenizer that belongs to it.
struct LoadedModel {
  host::QuantizedModel model;
  std::shared_ptr<const host::Tokenizer> tokenizer;  ///< null: none was given and none lies in the checkpoint
  bool answerReversed = false;  ///< the model writes numbers with the last digit first (sw/models/README.md)
  std::vector<std::string> notices;
};

/// `tokenizerPath` empty: the tokenizer inside the checkpoint, if there is one. UserError names the file. The
/// weight format of the checkpoint is taken over into the configuration, so that what is reported is what
/// ran.
LoadedModel loadModelFile(const std::string& path, const std::string& tokenizerPath,
                          platform::Config& config);

}  // namespace pim::sim
