#include "sw/host/checkpoint/huggingface_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/checkpoint/huggingface_config.h"
#include "sw/host/checkpoint/json_settings.h"
#include "sw/host/checkpoint/mapped_file.h"
#include "sw/host/checkpoint/safetensors.h"

namespace pim::host {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// All tensors of a checkpoint, from one file or from the shards of an index.
class TensorFiles {
 public:
  void addFile(const std::string& path) {
    auto file = std::make_shared<const MappedFile>(path);
    addBytes(file->bytes(), path);
    m_files.push_back(std::move(file));
  }

  void addBytes(ByteSpan bytes, const std::string& source) {
    for (auto& [name, tensor] : parseSafetensors(bytes, source)) {
      if (!m_tensors.try_emplace(name, tensor).second) {
        throw UserError(fmt::format("{}: tensor {} appears in two files", source, name));
      }
    }
  }

  void addIndex(const std::string& path) {
    const json index = readJsonObject(path);
    const auto map = index.find("weight_map");
    if (map == index.end() || !map->is_object())
      throw UserError(fmt::format("{}: weight_map: expected an object", path));
    std::set<std::string> shards;
    for (const auto& [name, file] : map->items()) {
      // A name that contains a path could refer to files outside the checkpoint.
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
    // The path of config.json selects the folder.
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
    } else if (m_tensors.find(prefix + ".compressed") != nullptr) {
      fillSparse24(view, prefix);
    } else if (m_tensors.find(prefix + ".qweight") != nullptr) {
      throw UserError(fmt::format(
          "{}: tensor {}: found {}.qweight instead: quantised weights (AWQ?) whose config.json lacks "
          "quantization_config",
          m_checkpoint.source(), view.name, prefix));
    } else {
      throw UserError(fmt::format("{}: tensor {} is missing", m_checkpoint.source(), view.name));
    }
    m_checkpoint.add(role, layer, view);
  }

  bool foundSparse24() const { return m_sparse24; }

  /// Refuses tensors that the builder did not use, except those without weights.
  void checkLeftovers() {
    for (const auto& [name, tensor] : m_tensors.all()) {
      const bool harmless = name.find("rotary_emb.inv_freq") != std::string::npos ||
                            (m_checkpoint.shape().tiedEmbeddings && name == "lm_head.weight");
      if (m_used.count(name) == 0 && !harmless) {
        throw UserError(
            fmt::format("{}: tensor {} is not part of a plain LLaMA", m_checkpoint.source(), name));
      }
    }
    if (m_checkpoint.shape().tiedEmbeddings && m_tensors.find("lm_head.weight") != nullptr) {
      m_checkpoint.addNotice(fmt::format(
          "{}: tensor lm_head.weight is not used: tie_word_embeddings says that the embedding is the head",
          m_checkpoint.source()));
    }
  }

 private:
  TensorType floatType(const std::string& name, const SafeTensor& tensor) const {
    if (tensor.dtype == "F32") return TensorType::F32;
    if (tensor.dtype == "F16") return TensorType::F16;
    if (tensor.dtype == "BF16") return TensorType::BF16;
    refuse(name, fmt::format("dtype F32, F16 or BF16, found {}", tensor.dtype));
  }

  void fillPlain(TensorView& view, const SafeTensor& tensor) {
    view.type = floatType(view.name, tensor);
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

  void fillSparse24(TensorView& view, const std::string& prefix) {
    const SafeTensor& values = part(prefix + ".compressed");
    const SafeTensor& bits = part(prefix + ".bitmask", "U8");
    const SafeTensor& shape = part(prefix + ".shape");
    if (shape.dtype != "I64" || shape.bytes.size != 2 * sizeof(uint64_t))
      refuse(prefix + ".shape", "two numbers of dtype I64");
    view.name = prefix + ".compressed";
    view.type = TensorType::Sparse24;
    view.rows = loadLittle<uint64_t>(shape.bytes.data);
    view.columns = loadLittle<uint64_t>(shape.bytes.data + sizeof(uint64_t));
    if (view.columns % 8 != 0 || view.columns == 0)
      refuse(prefix + ".shape", fmt::format("columns in eights, found {}", view.columns));
    if (bits.shape != std::vector<uint64_t>{view.rows, view.columns / 8})
      refuse(prefix + ".bitmask", fmt::format("{} x {} bytes", view.rows, view.columns / 8));
    if (values.shape != std::vector<uint64_t>{view.rows, view.columns / 2})
      refuse(prefix + ".compressed", fmt::format("{} x {} numbers", view.rows, view.columns / 2));
    const auto isTwoOfFour = [](uint8_t eight) {
      return __builtin_popcount(eight & 15u) == 2 && __builtin_popcount(eight & 240u) == 2;
    };
    if (!std::all_of(bits.bytes.data, bits.bytes.data + bits.bytes.size, isTwoOfFour))
      refuse(prefix + ".bitmask", "two bits set of each four");
    view.sparse24 = {values.bytes.data, bits.bytes.data, floatType(view.name, values)};
    m_sparse24 = true;
  }

  const SafeTensor& part(const std::string& name) {
    const SafeTensor* tensor = m_tensors.find(name);
    if (tensor == nullptr)
      throw UserError(fmt::format("{}: tensor {} is missing", m_checkpoint.source(), name));
    m_used.insert(name);
    return *tensor;
  }

  const SafeTensor& part(const std::string& name, const char* dtype) {
    const SafeTensor* tensor = &part(name);
    if (tensor->dtype != dtype || tensor->shape.size() != 2) {
      refuse(name, fmt::format("a matrix of dtype {}, found {}", dtype, tensor->dtype));
    }
    return *tensor;
  }

  [[noreturn]] void refuse(const std::string& name, const std::string& expected) const {
    throw UserError(fmt::format("{}: tensor {}: expected {}", m_checkpoint.source(), name, expected));
  }

  const TensorFiles& m_tensors;
  Checkpoint& m_checkpoint;
  uint32_t m_awqGroup;
  bool m_sparse24 = false;
  std::set<std::string> m_used;
};

}  // namespace

namespace {

Checkpoint build(const std::string& path, const HuggingFaceConfig& config, const TensorFiles& tensors) {
  Checkpoint checkpoint(path, config.shape);
  checkpoint.setRope(config.rope);
  checkpoint.setEndTokens(config.endTokens);
  for (const std::string& notice : config.notices) checkpoint.addNotice(notice);
  const ModelShape& shape = checkpoint.shape();
  Builder builder(tensors, checkpoint, config.awqGroup);
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
  builder.checkLeftovers();
  if (builder.foundSparse24()) {
    checkpoint.addNotice(fmt::format(
        "{}: two of each four weights are zero: weights.sparsity=8 keeps all others and reads fewer bytes",
        path));
  }
  for (const auto& file : tensors.files()) checkpoint.keepAlive(file);
  return checkpoint;
}

}  // namespace

Checkpoint huggingFaceCheckpoint(const std::string& path) {
  const Sources sources = openSources(path);
  return build(path, readHuggingFaceConfig(sources.config), sources.tensors);
}

Checkpoint huggingFaceCheckpoint(ByteSpan config, ByteSpan tensors, const std::string& source) {
  const json configuration = parseJsonObject(config, source + ": config.json");
  TensorFiles files;
  files.addBytes(tensors, source + ": model.safetensors");
  return build(source, readHuggingFaceConfig(configuration, source + ": config.json"), files);
}

}  // namespace pim::host
