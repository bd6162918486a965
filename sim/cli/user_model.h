#pragma once

#include <string>

#include "platform/config/config.h"
#include "platform/config/loader.h"
#include "sim/run/simulation.h"
#include "sw/host/pack/model_loader.h"
#include "sw/host/pack/packed_model.h"

namespace pim::sim {

/// A user's checkpoint, with its use by the command line.
struct UserModel : host::LoadedModel {
  bool answerReversed = false;  ///< the model writes numbers with the last digit first (sw/models/README.md)
  std::shared_ptr<const host::PackedModel>
      packed;  ///< where the weights are, if they come from `pimtlm pack`
};

/// Loads a checkpoint. `tokenizerPath` empty: uses the tokenizer inside the checkpoint, if there is one.
/// UserError names the file. The weights get the widths and the sparsity of the configuration. The remaining
/// format of the checkpoint is copied to the configuration, so that the result reports the format that ran.
/// `asked`: keys that the user set. If one of them requests another format than the checkpoint's, a key from
/// --set is a UserError, a key from a file gives a notice. `calibration`: as in host::loadModel().
UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config,
                        const std::vector<platform::AskedKey>& asked = {},
                        const std::string& calibration = "");

/// Plans the layout of the model on the chip of request.config with room for `context` tokens, and makes it
/// the model of the request, which it must outlive. UserError if it does not fit, or was packed for another
/// chip.
void placeUserModel(const UserModel& loaded, std::uint32_t context, RunRequest& request);

/// Returns the settings that determine the placement of its weights.
host::PlacementRequest placementRequest(const platform::Config& config, const UserModel& loaded,
                                        std::uint32_t context);

}  // namespace pim::sim
