#pragma once

#include <string>

#include "platform/config/config.h"
#include "sw/host/model_loader.h"

namespace pim::sim {

/// A user's checkpoint with what the command line makes of it beyond the model itself.
struct UserModel : host::LoadedModel {
  bool answerReversed = false;  ///< it writes numbers with the last digit first (sw/models/README.md)
};

/// `tokenizerPath` empty: the tokenizer inside the checkpoint, if there is one. UserError names the file. The
/// weight format of the checkpoint is taken over into the configuration, so that what is reported is what
/// ran.
UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config);

}  // namespace pim::sim
