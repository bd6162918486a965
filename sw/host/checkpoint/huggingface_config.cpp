#include "sw/host/checkpoint/huggingface_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "core/base/printable.h"
#include "sw/host/checkpoint/json_settings.h"

namespace pim::host {
namespace {

using nlohmann::json;

/// Collects the values that the reader assumed because the file has none.
class Assumed {
 public:
  template <typename T>
  T orElse(const char* key, const std::optional<T>& value, T absent) {
    if (value) return *value;
    m_texts.push_back(fmt::format("{} is taken as {}", key, absent));
    return absent;
  }
  const std::vector<std::string>& texts() const { return m_texts; }

 private:
  std::vector<std::string> m_texts;
};

std::optional<uint32_t> optionalNumber(const JsonSettings& config, const char* key) {
  if (!config.has(key)) return std::nullopt;
  return config.number(key);
}

ModelShape readShape(const JsonSettings& config, Assumed& assumed) {
  const std::string type = config.text("model_type", "");
  if (type != "llama" && type != "mistral") config.refuse("model_type", "\"llama\" or \"mistral\"");
  const std::string activation = config.text("hidden_act", "silu");
  if (activation != "silu" && activation != "swish") config.refuse("hidden_act", "\"silu\"");
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    if (config.flag(key).value_or(false)) config.refuse(key, "false: biases are not supported");
  }
  ModelShape shape;
  shape.name = config.text("_name_or_path", "");
  if (shape.name.empty()) shape.name = type;
  shape.layers = config.number("num_hidden_layers");
  shape.hidden = config.number("hidden_size");
  shape.heads = config.number("num_attention_heads");
  shape.kvHeads = config.number("num_key_value_heads", shape.heads);
  if (shape.heads == 0) config.refuse("num_attention_heads", "at least 1");
  shape.headDim = config.number("head_dim", shape.hidden / shape.heads);
  shape.mlp = config.number("intermediate_size");
  shape.vocab = config.number("vocab_size");
  shape.context = assumed.orElse<uint32_t>("max_position_embeddings",
                                           optionalNumber(config, "max_position_embeddings"), 2048);
  shape.rmsEpsilon = assumed.orElse("rms_norm_eps", config.real("rms_norm_eps"), 1e-6);
  shape.tiedEmbeddings = config.flag("tie_word_embeddings").value_or(false);
  return shape;
}

/// Reads the scaling from one object: rope_parameters or rope_scaling.
RopeScaling readScaling(const JsonSettings& scaling) {
  RopeScaling rope;
  const std::string type = scaling.text("rope_type", scaling.text("type", "default"));
  if (type == "default") return rope;
  if (type != "linear" && type != "llama3") {
    scaling.refuse("rope_type", fmt::format("\"linear\" or \"llama3\", found {}", printable(type)));
  }
  rope.kind = type == "linear" ? RopeScaling::Kind::kLinear : RopeScaling::Kind::kLlama3;
  rope.factor = scaling.requiredReal("factor");
  if (rope.kind == RopeScaling::Kind::kLinear) return rope;
  rope.lowFrequencyFactor = scaling.requiredReal("low_freq_factor");
  rope.highFrequencyFactor = scaling.requiredReal("high_freq_factor");
  rope.originalContext = scaling.requiredReal("original_max_position_embeddings");
  return rope;
}

void refusePartialRotation(const JsonSettings& settings) {
  if (settings.real("partial_rotary_factor").value_or(1.0) != 1.0)
    settings.refuse("partial_rotary_factor", "1: all elements of a head turn");
}

/// Returns the object of transformers 5 with the base and the scaling.
std::optional<JsonSettings> ropeParameters(const JsonSettings& config) {
  if (!config.has("rope_parameters")) return std::nullopt;
  const JsonSettings parameters = config.object("rope_parameters");
  for (const auto& [key, value] : config.find("rope_parameters")->items()) {
    if (value.is_object())
      config.refuse("rope_parameters", "one set of values, found one for each kind of layer");
  }
  refusePartialRotation(parameters);
  return parameters;
}

void readRope(const JsonSettings& config, HuggingFaceConfig& result, Assumed& assumed) {
  refusePartialRotation(config);
  const auto parameters = ropeParameters(config);
  std::optional<double> theta = config.real("rope_theta");
  if (parameters && parameters->has("rope_theta")) {
    if (theta && *theta != parameters->requiredReal("rope_theta"))
      config.refuse("rope_theta", "the value of rope_parameters beside it");
    theta = parameters->requiredReal("rope_theta");
  }
  result.shape.ropeTheta = assumed.orElse("rope_theta", theta, 10000.0);
  if (parameters) result.rope = readScaling(*parameters);
  if (!config.has("rope_scaling")) return;
  const RopeScaling older = readScaling(config.object("rope_scaling"));
  if (parameters && !(older == result.rope))
    config.refuse("rope_scaling", "what rope_parameters says beside it");
  result.rope = older;
}

/// Accepts compressed-tensors with sparse weights and refuses quantised ones. The tensors themselves show
/// which matrices are sparse.
void refuseQuantised(const JsonSettings& compressed) {
  if (compressed.text("format", "dense") != "dense")
    compressed.refuse("format", "\"dense\": weights that are not quantised");
  if (!compressed.has("sparsity_config")) return;
  const JsonSettings sparsity = compressed.object("sparsity_config");
  const std::string format = sparsity.text("format", "dense");
  if (format != "dense" && format != "sparse-24-bitmask")
    sparsity.refuse("format", "\"dense\" or \"sparse-24-bitmask\"");
}

uint32_t readAwqGroup(const JsonSettings& config) {
  if (!config.has("quantization_config")) return 0;
  const JsonSettings awq = config.object("quantization_config");
  if (awq.text("quant_method", "") == "compressed-tensors") {
    refuseQuantised(awq);
    return 0;
  }
  if (awq.text("quant_method", "") != "awq") awq.refuse("quant_method", "\"awq\" or \"compressed-tensors\"");
  if (awq.text("version", "gemm") != "gemm" && awq.text("version", "gemm") != "GEMM")
    awq.refuse("version", "\"gemm\"");
  if (awq.number("bits") != 4) awq.refuse("bits", "4");
  const uint32_t group = awq.number("group_size");
  if (group != 32 && group != 64 && group != 128) awq.refuse("group_size", "32, 64 or 128");
  return group;
}

/// Returns whether a key is read, or has no effect on the tokens.
bool isKnown(const std::string& key) {
  static const std::set<std::string> kKnown = {
      // read
      "model_type", "hidden_act", "attention_bias", "mlp_bias", "_name_or_path", "num_hidden_layers",
      "hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim", "intermediate_size",
      "vocab_size", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "rope_parameters",
      "rope_theta", "rope_scaling", "partial_rotary_factor", "quantization_config", "eos_token_id",
      "sliding_window",
      // no effect on the tokens of a prompt
      "architectures", "transformers_version", "torch_dtype", "dtype", "use_cache", "initializer_range",
      "attention_dropout", "pretraining_tp", "bos_token_id", "pad_token_id", "unk_token_id",
      "max_sequence_length", "_attn_implementation_autoset", "use_sliding_window", "max_window_layers"};
  return kKnown.count(key) != 0;
}

std::string unusedKeys(const json& configuration) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : configuration.items()) {
    if (!value.is_null() && !isKnown(key)) keys.push_back(isPrintable(key) ? key : printable(key));
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace

HuggingFaceConfig readHuggingFaceConfig(const json& configuration, const std::string& source,
                                        const json* generation) {
  const JsonSettings config(configuration, source);
  HuggingFaceConfig result;
  Assumed assumed;
  result.shape = readShape(config, assumed);
  readRope(config, result, assumed);
  result.awqGroup = readAwqGroup(config);
  result.endTokens = config.tokenIds("eos_token_id", result.shape.vocab);
  if (generation != nullptr) {
    const auto ids = JsonSettings(*generation, "generation_config.json beside " + source)
                         .tokenIds("eos_token_id", result.shape.vocab);
    if (!ids.empty()) result.endTokens = ids;
  }
  if (!assumed.texts().empty())
    result.notices.push_back(fmt::format("{}: not given: {}", source, fmt::join(assumed.texts(), ", ")));
  if (const std::string unused = unusedKeys(configuration); !unused.empty())
    result.notices.push_back(fmt::format("{}: not used: {}", source, unused));
  const uint32_t window = config.number("sliding_window", 0);
  if (window != 0 && window < result.shape.context && config.flag("use_sliding_window").value_or(true)) {
    result.notices.push_back(
        fmt::format("{}: attention is full, not limited to a window of {} tokens: results differ beyond it",
                    source, window));
  }
  return result;
}

HuggingFaceConfig readHuggingFaceConfig(const std::string& configPath) {
  const std::string beside = std::filesystem::path(configPath).replace_filename("generation_config.json");
  const json configuration = readJsonObject(configPath);
  if (!isRegularFile(beside)) return readHuggingFaceConfig(configuration, configPath);
  const json generation = readJsonObject(beside);
  return readHuggingFaceConfig(configuration, configPath, &generation);
}

}  // namespace pim::host
