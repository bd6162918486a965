#pragma once

#include <string>

#include "platform/config/config.h"
#include "platform/config/loader.h"
#include "sim/run/simulation.h"
#include "sw/host/pack/model_loader.h"
#include "sw/host/pack/packed_model.h"

namespace pim::sim {

/// A user's checkpoint with what the command line makes of it beyond the model itself.
struct UserModel : host::LoadedModel {
  bool answerReversed = false;  ///< it writes numbers with the last digit first (sw/models/README.md)
  std::shared_ptr<const host::PackedModel>
      packed;  ///< where the weights are, if they come from `pimtlm pack`
};

/// `tokenizerPath` empty: the tokenizer inside the checkpoint, if there is one. UserError names the file. The
/// weights get the widths and the sparsity of the configuration; the rest of the checkpoint's format is taken
/// over into it, so that what is reported is what ran. `asked`: keys that the user set himself; where one
/// asks for another format than the checkpoint's,
/// --set is a UserError, a file gives a notice. `calibration`: as in host::loadModel().
UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config,
                        const std::vector<platform::AskedKey>& asked = {},
                        const std::string& calibration = "");

/// Lays the model out over the chip of request.config with room for `context` tokens, and makes it the one
/// that request runs; it must live as long as that. UserError when it does not fit, or was packed for another
/// chip.
void placeUserModel(const UserModel& loaded, std::uint32_t context, RunRequest& request);

/// What decides where its weights lie.
host::PlacementRequest placementRequest(const platform::Config& config, const UserModel& loaded,
                                        std::uint32_t context);

}  // namespace pim::sim
