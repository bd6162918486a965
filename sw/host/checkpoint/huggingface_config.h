#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "sw/host/checkpoint/rope_frequencies.h"

namespace pim::host {

/// What config.json and generation_config.json of a Hugging Face folder say about a model.
struct HuggingFaceConfig {
  ModelShape shape;
  RopeScaling rope;
  uint32_t awqGroup = 0;             ///< group of AWQ weights; 0: not quantised
  std::vector<uint32_t> endTokens;   ///< of generation_config.json, else of config.json; none: neither says
  std::vector<std::string> notices;  ///< what is assumed because it is absent, and what is not used
};

/// Reads config.json and, where there is one, generation_config.json; `source` names config.json. The rotary
/// settings may be those of transformers 5 (one object, rope_parameters) or the older rope_theta and
/// rope_scaling. UserError names file and key.
HuggingFaceConfig readHuggingFaceConfig(const nlohmann::json& configuration, const std::string& source,
                                        const nlohmann::json* generation = nullptr);

/// The same of a file and its neighbour.
HuggingFaceConfig readHuggingFaceConfig(const std::string& configPath);

}  // namespace pim::host
