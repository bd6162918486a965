#include "sw/host/checkpoint/huggingface_checkpoint.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/checkpoint/mapped_file.h"
#include "sw/host/checkpoint/safetensors.h"

namespace pim::host {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json readJson(const std::string& path) {
  const MappedFile file(path);
  const char* text = reinterpret_cast<const char*>(file.bytes().data);
  json value = json::parse(text, text + file.bytes().size, nullptr, false);
  if (!value.is_object()) throw UserError(fmt::format("{}: expected a JSON object", path));
  return value;
}

/// A JSON object with typed lookups that name file and key.
class Settings {
 public:
  Settings(const json& object, std::string source) : m_object(object), m_source(std::move(source)) {}

  /// Null counts as absent.
  const json* find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
  }
  uint32_t number(const char* key, std::optional<uint32_t> absent = std::nullopt) const {
    const json* value = find(key);
    if (value == nullptr && absent) return *absent;
    if (value == nullptr || !value->is_number_unsigned() || value->get<uint64_t>() > UINT32_MAX) {
      refuse(key, "a positive 32-bit integer");
    }
    return value->get<uint32_t>();
  }
  double real(const char* key, double absent) const {
    const json* value = find(key);
    if (value == nullptr) return absent;
    if (!value->is_number()) refuse(key, "a number");
    return value->get<double>();
  }
  bool flag(const char* key) const {
    const json* value = find(key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) refuse(key, "true or false");
    return value->get<bool>();
  }
  std::string text(const char* key, const std::string& absent) const {
    const json* value = find(key);
    if (value == nullptr) return absent;
    if (!value->is_string()) refuse(key, "a string");
    return value->get<std::string>();
  }
  Settings object(const char* key) const {
    const json* value = find(key);
    if (value == nullptr || !value->is_object()) refuse(key, "an object");
    return Settings(*value, m_source + ": " + key);
  }
  [[noreturn]] void refuse(const char* key, const std::string& expected) const {
    throw UserError(fmt::format("{}: {}: expected {}", m_source, key, expected));
  }

 private:
  const json& m_object;
  std::string m_source;
};

ModelShape readShape(const Settings& config) {
  const std::string type = config.text("model_type", "");
  if (type != "llama" && type != "mistral") config.refuse("model_type", "\"llama\" or \"mistral\"");
  if (config.text("hidden_act", "silu") != "silu") config.refuse("hidden_act", "\"silu\"");
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    if (config.flag(key)) config.refuse(key, "false: biases are not supported");
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
  shape.context = config.number("max_position_embeddings", 2048);
  shape.ropeTheta = config.real("rope_theta", 10000.0);
  shape.rmsEpsilon = config.real("rms_norm_eps", 1e-6);
  shape.tiedEmbeddings = config.flag("tie_word_embeddings");
  return shape;
}

RopeScaling readRope(const Settings& config) {
  RopeScaling rope;
  if (config.find("rope_scaling") == nullptr) return rope;
  const Settings scaling = config.object("rope_scaling");
  const std::string type = scaling.text("rope_type", scaling.text("type", "default"));
  if (type == "default") return rope;
  if (type != "linear" && type != "llama3") scaling.refuse("rope_type", "\"linear\" or \"llama3\"");
  rope.kind = type == "linear" ? RopeScaling::Kind::kLinear : RopeScaling::Kind::kLlama3;
  rope.factor = scaling.real("factor", rope.factor);
  rope.lowFrequencyFactor = scaling.real("low_freq_factor", rope.lowFrequencyFactor);
  rope.highFrequencyFactor = scaling.real("high_freq_factor", rope.highFrequencyFactor);
  rope.originalContext = scaling.real("original_max_position_embeddings", rope.originalContext);
  return rope;
}

/// The group of AWQ weights; 0 when the checkpoint is not quantised.
uint32_t readAwqGroup(const Settings& config) {
  if (config.find("quantization_config") == nullptr) return 0;
  const Settings awq = config.object("quantization_config");
  if (awq.text("quant_method", "") != "awq") awq.refuse("quant_method", "\"awq\"");
  if (awq.text("version", "gemm") != "gemm" && awq.text("version", "gemm") != "GEMM")
    awq.refuse("version", "\"gemm\"");
  if (awq.number("bits") != 4) awq.refuse("bits", "4");
  const uint32_t group = awq.number("group_size");
  if (group != 32 && group != 64 && group != 128) awq.refuse("group_size", "32, 64 or 128");
  return group;
}

/// All tensors of a checkpoint, from one file or from the shards of an index.
class TensorFiles {
 public:
  void addFile(const std::string& path) {
    auto file = std::make_shared<const MappedFile>(path);
    for (auto& [name, tensor] : parseSafetensors(file->bytes(), path)) {
      if (!m_tensors.try_emplace(name, tensor).second) {
        throw UserError(fmt::format("{}: tensor {} appears in two files", path, name));
      }
    }
    m_files.push_back(std::move(file));
  }

  void addIndex(const std::string& path) {
    const json index = readJson(path);
    const auto map = index.find("weight_map");
    if (map == index.end() || !map->is_object())
      throw UserError(fmt::format("{}: weight_map: expected an object", path));
    std::set<std::string> shards;
    for (const auto& [name, file] : map->items()) {
      // A name with a path in it could reach outside the checkpoint.
      if (!file.is_string() ||
          fs::path(file.get<std::string>()).filename() != fs::path(file.get<std::string>())) {
        throw UserError(fmt::format("{}: weight_map: {}: expected the name of a file beside the index", path,
                                    printable(name)));
      }
      shards.insert(file.get<std::string>());
    }
    for (const std::string& shard : shards) addFile(fs::path(path).parent_path() / shard);
    for (const auto& [name, file] : map->items()) {
      if (m_tensors.count(name) == 0) {
        throw UserError(fmt::format("{}: tensor {} is missing from {}", path, printable(name),
                                    printable(file.get<std::string>())));
      }
    }
  }

  const SafeTensor* find(const std::string& name) const {
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? nullptr : &found->second;
  }
  const std::map<std::string, SafeTensor>& all() const { return m_tensors; }
  const std::vector<std::shared_ptr<const MappedFile>>& files() const { return m_files; }

 private:
  std::map<std::string, SafeTensor> m_tensors;
  std::vector<std::shared_ptr<const MappedFile>> m_files;
};

struct Sources {
  std::string config;
  TensorFiles tensors;
};

Sources openSources(const std::string& path) {
  Sources sources;
  const bool folder = isFolder(path);
  const fs::path root = folder ? fs::path(path) : fs::path(path).parent_path();
  sources.config = root / "config.json";
  const fs::path index = root / "model.safetensors.index.json", single = root / "model.safetensors";
  const std::string named = folder ? (isRegularFile(index) ? index : single) : fs::path(path);
  if (fs::path(named).extension() == ".json") {
    // config.json itself stands for the folder.
    sources.tensors.addIndex(fs::path(named).filename() == "config.json" ? index.string() : named);
  } else {
    sources.tensors.addFile(named);
  }
  return sources;
}

class Builder {
 public:
  Builder(const TensorFiles& tensors, Checkpoint& checkpoint, uint32_t awqGroup)
      : m_tensors(tensors), m_checkpoint(checkpoint), m_awqGroup(awqGroup) {}

  void add(TensorRole role, uint32_t layer, const std::string& prefix, uint32_t halfSplitHead = 0) {
    TensorView view;
    view.name = prefix + ".weight";
    view.halfSplitHead = halfSplitHead;
    if (const SafeTensor* plain = m_tensors.find(view.name)) {
      fillPlain(view, *plain);
    } else if (m_awqGroup != 0 && m_tensors.find(prefix + ".qweight") != nullptr) {
      fillAwq(view, prefix);
    } else {
      throw UserError(fmt::format("{}: tensor {} is missing", m_checkpoint.source(), view.name));
    }
    m_checkpoint.add(role, layer, view);
  }

  /// Tensors the builder did not take, other than those that carry no weights.
  void refuseLeftovers() const {
    for (const auto& [name, tensor] : m_tensors.all()) {
      const bool harmless = name.find("rotary_emb.inv_freq") != std::string::npos ||
                            (m_checkpoint.shape().tiedEmbeddings && name == "lm_head.weight");
      if (m_used.count(name) == 0 && !harmless) {
        throw UserError(
            fmt::format("{}: tensor {} is not part of a plain LLaMA", m_checkpoint.source(), name));
      }
    }
  }

 private:
  void fillPlain(TensorView& view, const SafeTensor& tensor) {
    if (tensor.dtype == "F32") {
      view.type = TensorType::F32;
    } else if (tensor.dtype == "F16") {
      view.type = TensorType::F16;
    } else if (tensor.dtype == "BF16") {
      view.type = TensorType::BF16;
    } else {
      refuse(view.name, fmt::format("dtype F32, F16 or BF16, found {}", tensor.dtype));
    }
    if (tensor.shape.empty() || tensor.shape.size() > 2) refuse(view.name, "one or two dimensions");
    view.rows = tensor.shape.size() == 2 ? tensor.shape[0] : 1;
    view.columns = tensor.shape.back();
    view.data = tensor.bytes.data;
    m_used.insert(view.name);
  }

  void fillAwq(TensorView& view, const std::string& prefix) {
    const SafeTensor& codes = part(prefix + ".qweight", "I32");
    const SafeTensor& zeros = part(prefix + ".qzeros", "I32");
    const SafeTensor& scales = part(prefix + ".scales", "F16");
    const uint64_t inputs = codes.shape[0], words = codes.shape[1];
    if (words > UINT64_MAX / 8 || inputs % m_awqGroup != 0) {
      refuse(prefix + ".qweight", fmt::format("inputs in groups of {}", m_awqGroup));
    }
    const uint64_t groups = inputs / m_awqGroup, outputs = words * 8;
    if (zeros.shape != std::vector<uint64_t>{groups, words}) {
      refuse(prefix + ".qzeros", fmt::format("{} x {} words", groups, words));
    }
    if (scales.shape != std::vector<uint64_t>{groups, outputs}) {
      refuse(prefix + ".scales", fmt::format("{} x {} numbers", groups, outputs));
    }
    view.name = prefix + ".qweight";
    view.type = TensorType::Awq4;
    view.rows = outputs;
    view.columns = inputs;
    view.awq = {codes.bytes.data, zeros.bytes.data, scales.bytes.data, m_awqGroup};
  }

  const SafeTensor& part(const std::string& name, const char* dtype) {
    const SafeTensor* tensor = m_tensors.find(name);
    if (tensor == nullptr)
      throw UserError(fmt::format("{}: tensor {} is missing", m_checkpoint.source(), name));
    if (tensor->dtype != dtype || tensor->shape.size() != 2) {
      refuse(name, fmt::format("a matrix of dtype {}, found {}", dtype, tensor->dtype));
    }
    m_used.insert(name);
    return *tensor;
  }

  [[noreturn]] void refuse(const std::string& name, const std::string& expected) const {
    throw UserError(fmt::format("{}: tensor {}: expected {}", m_checkpoint.source(), name, expected));
  }

  const TensorFiles& m_tensors;
  Checkpoint& m_checkpoint;
  uint32_t m_awqGroup;
  std::set<std::string> m_used;
};

}  // namespace

Checkpoint huggingFaceCheckpoint(const std::string& path) {
  const Sources sources = openSources(path);
  const json configuration = readJson(sources.config);
  const Settings config(configuration, sources.config);
  Checkpoint checkpoint(path, readShape(config));
  checkpoint.setRope(readRope(config));
  const ModelShape& shape = checkpoint.shape();
  Builder builder(sources.tensors, checkpoint, readAwqGroup(config));
  builder.add(TensorRole::TokenEmbedding, 0, "model.embed_tokens");
  builder.add(TensorRole::OutputNorm, 0, "model.norm");
  if (!shape.tiedEmbeddings) builder.add(TensorRole::Output, 0, "lm_head");
  for (uint32_t l = 0; l < shape.layers; ++l) {
    const std::string layer = fmt::format("model.layers.{}.", l);
    builder.add(TensorRole::AttentionNorm, l, layer + "input_layernorm");
    builder.add(TensorRole::Query, l, layer + "self_attn.q_proj", shape.headDim);
    builder.add(TensorRole::Key, l, layer + "self_attn.k_proj", shape.headDim);
    builder.add(TensorRole::Value, l, layer + "self_attn.v_proj");
    builder.add(TensorRole::AttentionOutput, l, layer + "self_attn.o_proj");
    builder.add(TensorRole::MlpNorm, l, layer + "post_attention_layernorm");
    builder.add(TensorRole::Gate, l, layer + "mlp.gate_proj");
    builder.add(TensorRole::Up, l, layer + "mlp.up_proj");
    builder.add(TensorRole::Down, l, layer + "mlp.down_proj");
  }
  checkpoint.checkComplete();
  builder.refuseLeftovers();
  const uint32_t window = config.number("sliding_window", 0);
  if (window != 0 && window < shape.context) {
    checkpoint.addNotice(
        fmt::format("{}: attention is full, not limited to a window of {} tokens: results differ beyond it",
                    path, window));
  }
  for (const auto& file : sources.tensors.files()) checkpoint.keepAlive(file);
  return checkpoint;
}

}  // namespace pim::host
