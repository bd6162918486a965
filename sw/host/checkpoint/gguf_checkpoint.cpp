#include "sw/host/checkpoint/gguf_checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "core/base/error.h"
#include "core/base/printable.h"

namespace pim::host {
namespace {

/// Reads the metadata of the file; throws the errors for required keys.
class Metadata {
 public:
  explicit Metadata(const GgufFile& file) : m_file(file) {}

  uint32_t required(const char* key) const {
    const auto value = optional(key);
    if (!value) throw UserError(fmt::format("{}: {}: the key is missing", m_file.source(), key));
    return *value;
  }
  std::optional<uint32_t> optional(const char* key) const {
    const auto value = m_file.unsignedValue(key);
    if (!value) return std::nullopt;
    if (*value > UINT32_MAX) {
      throw UserError(
          fmt::format("{}: {}: expected a 32-bit number, found {}", m_file.source(), key, *value));
    }
    return static_cast<uint32_t>(*value);
  }

 private:
  const GgufFile& m_file;
};

const GgufTensor& requireTensor(const GgufFile& file, const char* name) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end())
    throw UserError(fmt::format("{}: tensor {} is missing", file.source(), name));
  return found->second;
}

uint64_t rowsOf(const GgufTensor& tensor) {
  uint64_t rows = 1;
  for (size_t i = 1; i < tensor.shape.size(); ++i) rows *= tensor.shape[i];
  return rows;
}

ModelShape readShape(const GgufFile& file) {
  const auto architecture = file.textValue("general.architecture");
  if (!architecture)
    throw UserError(fmt::format("{}: general.architecture: the key is missing", file.source()));
  if (*architecture != "llama") {
    throw UserError(fmt::format("{}: general.architecture: expected \"llama\", found {}", file.source(),
                                printable(*architecture)));
  }
  const Metadata metadata(file);
  if (metadata.optional("llama.expert_count").value_or(0) != 0) {
    throw UserError(
        fmt::format("{}: llama.expert_count: mixtures of experts are not supported", file.source()));
  }
  ModelShape shape;
  shape.name = std::string(file.textValue("general.name").value_or("llama"));
  shape.layers = metadata.required("llama.block_count");
  shape.hidden = metadata.required("llama.embedding_length");
  shape.heads = metadata.required("llama.attention.head_count");
  shape.kvHeads = metadata.optional("llama.attention.head_count_kv").value_or(shape.heads);
  shape.mlp = metadata.required("llama.feed_forward_length");
  shape.context = metadata.required("llama.context_length");
  if (shape.heads == 0) throw UserError(fmt::format("{}: llama.attention.head_count is 0", file.source()));
  shape.headDim = metadata.optional("llama.attention.key_length").value_or(shape.hidden / shape.heads);
  shape.ropeTheta = file.floatValue("llama.rope.freq_base").value_or(10000.0);
  const auto epsilon = file.floatValue("llama.attention.layer_norm_rms_epsilon");
  if (!epsilon) {
    throw UserError(
        fmt::format("{}: llama.attention.layer_norm_rms_epsilon: the key is missing", file.source()));
  }
  shape.rmsEpsilon = *epsilon;
  shape.tiedEmbeddings = file.tensors().count("output.weight") == 0;
  const uint64_t vocab = rowsOf(requireTensor(file, "token_embd.weight"));
  shape.vocab = static_cast<uint32_t>(std::min<uint64_t>(vocab, UINT32_MAX));

  if (metadata.optional("llama.rope.dimension_count").value_or(shape.headDim) != shape.headDim) {
    throw UserError(fmt::format("{}: llama.rope.dimension_count: expected the head size, {}", file.source(),
                                shape.headDim));
  }
  if (metadata.optional("llama.attention.value_length").value_or(shape.headDim) != shape.headDim) {
    throw UserError(fmt::format("{}: llama.attention.value_length: expected the head size, {}", file.source(),
                                shape.headDim));
  }
  const uint32_t named = metadata.optional("llama.vocab_size").value_or(shape.vocab);
  if (named != shape.vocab) {
    throw UserError(fmt::format("{}: llama.vocab_size: {} tokens, token_embd.weight has {} rows",
                                file.source(), named, shape.vocab));
  }
  return shape;
}

void readRope(const GgufFile& file, Checkpoint& checkpoint) {
  const auto factors = file.tensors().find("rope_freqs.weight");
  if (factors != file.tensors().end()) {
    const GgufTensor& tensor = factors->second;
    const uint64_t pairs = checkpoint.shape().headDim / 2;
    if (tensor.type != TensorType::F32 || tensor.shape != std::vector<uint64_t>{pairs}) {
      throw UserError(
          fmt::format("{}: tensor rope_freqs.weight: expected {} F32 factors", file.source(), pairs));
    }
    std::vector<float> values(pairs);
    dequantize(tensor.type, tensor.bytes.data, pairs, values.data());
    checkpoint.setRopeFactors(std::move(values));
  }
  const auto type = file.textValue("llama.rope.scaling.type");
  if (type && *type != "linear" && *type != "none") {
    throw UserError(fmt::format("{}: llama.rope.scaling.type: expected \"linear\" or \"none\", found {}",
                                file.source(), printable(*type)));
  }
  const bool named = file.has("llama.rope.scaling.factor");
  const auto factor = file.floatValue(named ? "llama.rope.scaling.factor" : "llama.rope.scale_linear");
  if (type && *type == "linear" && !factor) {
    throw UserError(fmt::format("{}: llama.rope.scaling.factor: the key is missing", file.source()));
  }
  if (factor && type.value_or("linear") == "linear") {
    RopeScaling linear;
    linear.kind = RopeScaling::Kind::kLinear;
    linear.factor = *factor;
    checkpoint.setRope(linear);
  }
}

/// Returns keys about tokens that this program does not use, although they may change a model's output.
std::vector<std::string> unusedKeys(const GgufFile& file) {
  static const std::set<std::string_view> kKnown = {"llama.block_count",
                                                    "llama.context_length",
                                                    "llama.embedding_length",
                                                    "llama.feed_forward_length",
                                                    "llama.attention.head_count",
                                                    "llama.attention.head_count_kv",
                                                    "llama.attention.key_length",
                                                    "llama.attention.value_length",
                                                    "llama.attention.layer_norm_rms_epsilon",
                                                    "llama.rope.freq_base",
                                                    "llama.rope.dimension_count",
                                                    "llama.rope.scaling.type",
                                                    "llama.rope.scaling.factor",
                                                    "llama.rope.scaling.original_context_length",
                                                    "llama.rope.scaling.finetuned",
                                                    "llama.rope.scale_linear",
                                                    "llama.vocab_size",
                                                    "llama.expert_count",
                                                    "llama.expert_used_count",
                                                    "llama.attention.sliding_window",
                                                    "llama.tensor_data_layout",
                                                    "tokenizer.ggml.model",
                                                    "tokenizer.ggml.pre",
                                                    "tokenizer.ggml.tokens",
                                                    "tokenizer.ggml.scores",
                                                    "tokenizer.ggml.token_type",
                                                    "tokenizer.ggml.merges",
                                                    "tokenizer.ggml.bos_token_id",
                                                    "tokenizer.ggml.eos_token_id",
                                                    "tokenizer.ggml.eot_token_id",
                                                    "tokenizer.ggml.eom_token_id",
                                                    "tokenizer.ggml.unknown_token_id",
                                                    "tokenizer.ggml.padding_token_id",
                                                    "tokenizer.ggml.seperator_token_id",
                                                    "tokenizer.ggml.add_bos_token",
                                                    "tokenizer.ggml.add_space_prefix"};
  std::vector<std::string> unused;
  for (const std::string_view key : file.keys()) {
    const bool concerned = key.substr(0, 6) == "llama." || key.substr(0, 15) == "tokenizer.ggml.";
    const bool isOff = key == "tokenizer.ggml.add_eos_token" && !file.boolValue(key).value_or(false);
    if (concerned && !isOff && kKnown.count(key) == 0)
      unused.emplace_back(key);  // can be read: the file checks it
  }
  return unused;
}

void noticeMetadata(const GgufFile& file, Checkpoint& checkpoint) {
  if (!file.has("llama.rope.freq_base"))
    checkpoint.addNotice(fmt::format("{}: not given: llama.rope.freq_base is taken as 10000", file.source()));
  if (checkpoint.shape().tiedEmbeddings) {
    checkpoint.addNotice(
        fmt::format("{}: no tensor output.weight: token_embd.weight is the head, too (tied)", file.source()));
  }
  if (const auto unused = unusedKeys(file); !unused.empty())
    checkpoint.addNotice(fmt::format("{}: not used: {}", file.source(), fmt::join(unused, ", ")));
  const auto window = file.unsignedValue("llama.attention.sliding_window").value_or(0);
  if (window != 0 && window < checkpoint.shape().context) {
    checkpoint.addNotice(
        fmt::format("{}: attention is full, not limited to a window of {} tokens: results differ beyond it",
                    file.source(), window));
  }
}

struct NamedRole {
  const char* name;
  TensorRole role;
};

void addTensor(Checkpoint& checkpoint, const GgufFile& file, const GgufTensor& tensor, TensorRole role,
               uint32_t layer) {
  TensorView view;
  view.name = tensor.name;
  view.type = tensor.type;
  view.rows = rowsOf(tensor);
  view.columns = tensor.shape[0];
  view.data = tensor.bytes.data;
  view.mapped = file.mapped();
  checkpoint.add(role, layer, view);
}

}  // namespace

Checkpoint ggufCheckpoint(std::shared_ptr<const GgufFile> file) {
  constexpr NamedRole kOfModel[] = {{"token_embd.weight", TensorRole::TokenEmbedding},
                                    {"output_norm.weight", TensorRole::OutputNorm},
                                    {"output.weight", TensorRole::Output}};
  constexpr NamedRole kOfLayer[] = {{"attn_norm.weight", TensorRole::AttentionNorm},
                                    {"attn_q.weight", TensorRole::Query},
                                    {"attn_k.weight", TensorRole::Key},
                                    {"attn_v.weight", TensorRole::Value},
                                    {"attn_output.weight", TensorRole::AttentionOutput},
                                    {"ffn_norm.weight", TensorRole::MlpNorm},
                                    {"ffn_gate.weight", TensorRole::Gate},
                                    {"ffn_up.weight", TensorRole::Up},
                                    {"ffn_down.weight", TensorRole::Down}};

  Checkpoint checkpoint(file->source(), readShape(*file));
  const ModelShape& shape = checkpoint.shape();
  readRope(*file, checkpoint);
  size_t used = file->tensors().count("rope_freqs.weight");
  for (const NamedRole& entry : kOfModel) {
    if (entry.role == TensorRole::Output && shape.tiedEmbeddings) continue;
    addTensor(checkpoint, *file, requireTensor(*file, entry.name), entry.role, 0);
    ++used;
  }
  for (uint32_t layer = 0; layer < shape.layers; ++layer) {
    for (const NamedRole& entry : kOfLayer) {
      const std::string name = fmt::format("blk.{}.{}", layer, entry.name);
      addTensor(checkpoint, *file, requireTensor(*file, name.c_str()), entry.role, layer);
      ++used;
    }
  }
  checkpoint.checkComplete();
  if (used != file->tensors().size()) {
    // Without a bias or an adapter the tokens would be wrong, without a warning.
    throw UserError(
        fmt::format("{}: {} tensors are not part of a plain LLaMA (a bias, experts or an adapter?)",
                    file->source(), file->tensors().size() - used));
  }
  noticeMetadata(*file, checkpoint);
  checkpoint.keepAlive(std::move(file));
  return checkpoint;
}

}  // namespace pim::host
