#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/sw/host/gguf_writer.h"

namespace pim::host::test {

/// A LLaMA of one layer that fills a few pages: hidden 64, 2 heads of 32, 1 KV head, MLP 96, 40 tokens.
/// Weights come from `value(tensor, index)`.
inline GgufWriter tinyModel(const std::function<float(const std::string&, uint64_t)>& value =
                                [](const std::string& name, uint64_t i) {
                                  return static_cast<float>((i * 2654435761u + name.size() * 97u) % 1009u) /
                                             1009.0f -
                                         0.5f;
                                }) {
  constexpr uint32_t kHidden = 64, kMlp = 96, kKv = 32, kVocab = 40;
  GgufWriter w;
  w.text("general.architecture", "llama").text("general.name", "tiny");
  w.number("llama.block_count", 1)
      .number("llama.embedding_length", kHidden)
      .number("llama.feed_forward_length", kMlp);
  w.number("llama.attention.head_count", 2).number("llama.attention.head_count_kv", 1);
  w.number("llama.context_length", 128).real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  const auto add = [&](const std::string& name, std::vector<uint64_t> shape) {
    uint64_t count = 1;
    for (const uint64_t n : shape) count *= n;
    std::vector<float> values;
    for (uint64_t i = 0; i < count; ++i) values.push_back(value(name, i));
    w.floats(name, std::move(shape), values);
  };
  add("token_embd.weight", {kHidden, kVocab});
  add("output_norm.weight", {kHidden});
  add("output.weight", {kHidden, kVocab});
  add("blk.0.attn_norm.weight", {kHidden});
  add("blk.0.attn_q.weight", {kHidden, kHidden});
  add("blk.0.attn_k.weight", {kHidden, kKv});
  add("blk.0.attn_v.weight", {kHidden, kKv});
  add("blk.0.attn_output.weight", {kHidden, kHidden});
  add("blk.0.ffn_norm.weight", {kHidden});
  add("blk.0.ffn_gate.weight", {kHidden, kMlp});
  add("blk.0.ffn_up.weight", {kHidden, kMlp});
  add("blk.0.ffn_down.weight", {kMlp, kHidden});
  return w;
}

}  // namespace pim::host::test
