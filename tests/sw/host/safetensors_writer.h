#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/sw/host/gguf_writer.h"
#include "tests/sw/host/test_files.h"

namespace pim::host::test {

/// Writes safetensors files, good ones and bad ones.
class SafetensorsWriter {
 public:
  struct Tensor {
    std::string dtype;
    std::vector<uint64_t> shape;
    std::vector<uint8_t> data;
    std::string offsets;  ///< JSON instead of the right ones
  };
  std::map<std::string, Tensor> tensors;

  void add(const std::string& name, const std::string& dtype, std::vector<uint64_t> shape,
           std::vector<uint8_t> data) {
    tensors[name] = {dtype, std::move(shape), std::move(data), ""};
  }

  std::vector<uint8_t> bytes() const {
    std::string header = "{\"__metadata__\":{\"format\":\"pt\"}";
    Bytes data;
    for (const auto& [name, t] : tensors) {
      const size_t from = data.get().size();
      data.append(t.data);
      std::string shape;
      for (const uint64_t n : t.shape) shape += fmt::format("{}{}", shape.empty() ? "" : ",", n);
      const std::string offsets =
          t.offsets.empty() ? fmt::format("[{},{}]", from, data.get().size()) : t.offsets;
      header += fmt::format(R"(,"{}":{{"dtype":"{}","shape":[{}],"data_offsets":{}}})", name, t.dtype, shape,
                            offsets);
    }
    Bytes out;
    out.text(header + "}").append(data.get());
    return out.get();
  }
};

/// fp16 bits of a number that fp16 holds exactly.
inline uint16_t exactHalf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7FFFFFFFu) == 0) return static_cast<uint16_t>(bits >> 16);
  return static_cast<uint16_t>((bits >> 16 & 0x8000u) | ((bits >> 23 & 255u) - 112u) << 10 |
                               (bits >> 13 & 1023u));
}

inline std::vector<uint8_t> halves(uint64_t count, const std::function<float(uint64_t)>& value) {
  Bytes data;
  for (uint64_t i = 0; i < count; ++i) data.put(exactHalf(value(i)));
  return data.get();
}

/// A Hugging Face LLaMA of one layer: hidden 256, 2 heads of 128, 1 KV head, MLP 384, 40 tokens.
struct TinyHuggingFace {
  static constexpr uint32_t kHidden = 256, kHead = 128, kKv = 128, kMlp = 384, kVocab = 40, kGroup = 128;
  std::map<std::string, std::string> config = {
      {"model_type", "\"llama\""},        {"hidden_size", "256"},          {"intermediate_size", "384"},
      {"num_hidden_layers", "1"},         {"num_attention_heads", "2"},    {"num_key_value_heads", "1"},
      {"rms_norm_eps", "1e-05"},          {"rope_theta", "10000.0"},       {"vocab_size", "40"},
      {"max_position_embeddings", "256"}, {"tie_word_embeddings", "false"}};
  SafetensorsWriter weights;

  struct Matrix {
    std::string name;
    uint32_t outputs, inputs;
  };
  static std::vector<Matrix> matrices() {
    const std::string l = "model.layers.0.";
    return {{l + "self_attn.q_proj", kHidden, kHidden}, {l + "self_attn.k_proj", kKv, kHidden},
            {l + "self_attn.v_proj", kKv, kHidden},     {l + "self_attn.o_proj", kHidden, kHidden},
            {l + "mlp.gate_proj", kMlp, kHidden},       {l + "mlp.up_proj", kMlp, kHidden},
            {l + "mlp.down_proj", kHidden, kMlp}};
  }

  /// The weight of row r (of `inputs` columns) and column c in fp16: 1/16 steps that tell rows apart.
  static float plainWeight(uint64_t r, uint64_t c) {
    return static_cast<float>((r * 7 + c * 3) % 31) / 16.0f - 1.0f;
  }
  // AWQ: codes, zero points and scales by formula.
  static uint32_t code(uint64_t r, uint64_t c) {
    return static_cast<uint32_t>((r * 5 + c * 11 + r * c) % 16);
  }
  static uint32_t zero(uint64_t r, uint64_t g) { return static_cast<uint32_t>((r + 3 * g) % 16); }
  static float scale(uint64_t r, uint64_t g) { return static_cast<float>(1 + (r + g) % 7) / 64.0f; }

  static TinyHuggingFace plain() {
    TinyHuggingFace m;
    m.addCommon();
    for (const Matrix& x : matrices()) {
      m.addFloat(x.name, x.outputs, x.inputs);
    }
    return m;
  }

  static TinyHuggingFace awq() {
    TinyHuggingFace m;
    m.addCommon();
    m.config["quantization_config"] =
        R"({"quant_method":"awq","bits":4,"group_size":128,"version":"gemm","zero_point":true})";
    // Output number of each nibble of a word, from the low end.
    constexpr uint32_t kOrder[8] = {0, 2, 4, 6, 1, 3, 5, 7};
    const auto pack = [&](uint64_t inputs, uint64_t outputs, uint32_t (*value)(uint64_t, uint64_t)) {
      Bytes data;
      for (uint64_t c = 0; c < inputs; ++c) {
        for (uint64_t r = 0; r < outputs; r += 8) {
          uint32_t word = 0;
          for (uint32_t n = 0; n < 8; ++n) word |= value(r + kOrder[n], c) << (4 * n);
          data.put(word);
        }
      }
      return data.get();
    };
    for (const Matrix& x : matrices()) {
      const uint64_t groups = x.inputs / kGroup;
      m.weights.add(x.name + ".qweight", "I32", {x.inputs, x.outputs / 8}, pack(x.inputs, x.outputs, code));
      m.weights.add(x.name + ".qzeros", "I32", {groups, x.outputs / 8}, pack(groups, x.outputs, zero));
      m.weights.add(
          x.name + ".scales", "F16", {groups, x.outputs},
          halves(groups * x.outputs, [&](uint64_t i) { return scale(i % x.outputs, i / x.outputs); }));
    }
    return m;
  }

  /// Whether element (r, c) of a 2:4 matrix is kept: two of each four, another pair for each row and four.
  static bool isKept(uint64_t r, uint64_t c) {
    constexpr bool kPairs[6][4] = {{true, true, false, false}, {true, false, true, false},
                                   {true, false, false, true}, {false, true, true, false},
                                   {false, true, false, true}, {false, false, true, true}};
    return kPairs[(r + c / 4 * 5) % 6][c % 4];
  }
  /// A weight that is never zero where it is kept.
  static float sparseWeight(uint64_t r, uint64_t c) {
    return isKept(r, c) ? plainWeight(r, c) * 2.0f + 1.0f / 16.0f : 0.0f;
  }

  /// 2:4, as compressed-tensors writes it; `dense`: the same weights with their zeros.
  static TinyHuggingFace sparse24(bool dense = false) {
    TinyHuggingFace m;
    m.addCommon();
    m.config["quantization_config"] =
        R"({"quant_method":"compressed-tensors","format":"dense","config_groups":{},)"
        R"("sparsity_config":{"format":"sparse-24-bitmask","sparsity_structure":"2:4","ignore":["lm_head"]}})";
    for (const Matrix& x : matrices()) {
      Bytes values, bits, all, shape;
      for (uint64_t r = 0; r < x.outputs; ++r) {
        for (uint64_t c = 0; c < x.inputs; c += 8) {
          uint32_t eight = 0;
          for (uint32_t b = 0; b < 8; ++b) {
            all.put(exactHalf(sparseWeight(r, c + b)));
            if (!isKept(r, c + b)) continue;
            eight |= 1u << b;
            values.put(exactHalf(sparseWeight(r, c + b)));
          }
          bits.put(static_cast<uint8_t>(eight));
        }
      }
      if (dense) {
        m.weights.add(x.name + ".weight", "F16", {x.outputs, x.inputs}, all.get());
        continue;
      }
      shape.put(uint64_t{x.outputs}).put(uint64_t{x.inputs});
      m.weights.add(x.name + ".compressed", "F16", {x.outputs, x.inputs / 2}, values.get());
      m.weights.add(x.name + ".bitmask", "U8", {x.outputs, x.inputs / 8}, bits.get());
      m.weights.add(x.name + ".shape", "I64", {2, 1}, shape.get());
    }
    return m;
  }

  std::string configText() const {
    std::string text;
    for (const auto& [key, value] : config)
      text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", key, value);
    return "{" + text + "}";
  }
  /// Writes the checkpoint; the folder's path.
  std::string write(const TemporaryFolder& folder) const {
    folder.write("config.json", configText());
    folder.write("model.safetensors", weights.bytes());
    return folder.path("");
  }
  void addFloat(const std::string& name, uint64_t rows, uint64_t columns) {
    weights.add(name + ".weight", "F16", {rows, columns},
                halves(rows * columns, [&](uint64_t i) { return plainWeight(i / columns, i % columns); }));
  }

 private:
  void addCommon() {
    addFloat("model.embed_tokens", kVocab, kHidden);
    addFloat("lm_head", kVocab, kHidden);
    for (const char* norm :
         {"model.norm", "model.layers.0.input_layernorm", "model.layers.0.post_attention_layernorm"}) {
      weights.add(std::string(norm) + ".weight", "F16", {kHidden},
                  halves(kHidden, [](uint64_t) { return 1.0f; }));
    }
  }
};

}  // namespace pim::host::test
