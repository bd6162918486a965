#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "sw/host/checkpoint/rope_frequencies.h"

namespace pim::host {

/// The settings of a model in the config.json and generation_config.json of a Hugging Face folder.
struct HuggingFaceConfig {
  ModelShape shape;
  RopeScaling rope;
  uint32_t awqGroup = 0;  ///< group of AWQ weights; 0: not quantised
  std::vector<uint32_t>
      endTokens;  ///< of generation_config.json, else of config.json; empty if neither names any
  std::vector<std::string> notices;  ///< assumptions for absent settings, and settings that are not used
};

/// Reads config.json and, if it exists, generation_config.json; `source` names config.json. The rotary
/// settings may be those of transformers 5 (one object, rope_parameters) or the older rope_theta and
/// rope_scaling. UserError names file and key.
HuggingFaceConfig readHuggingFaceConfig(const nlohmann::json& configuration, const std::string& source,
                                        const nlohmann::json* generation = nullptr);

/// Reads the file at `configPath` and the generation_config.json beside it.
HuggingFaceConfig readHuggingFaceConfig(const std::string& configPath);

}  // namespace pim::host
