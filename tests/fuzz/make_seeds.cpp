#include <fstream>
#include <iostream>

#include "tests/core/riscv/elf_writer.h"
#include "tests/sw/host/safetensors_writer.h"
#include "tests/sw/host/tokenizer_files.h"

/// Writes the inputs that fuzzing starts from, good files of a few kilobytes: make_seeds FOLDER, with a
/// folder gguf, safetensors, tokenizer and elf in it.
namespace pim::host::test {
namespace {

constexpr uint32_t kHidden = 32;

/// `fill`: of the blocks. Float weights are searched for their best scale, group by group, which is a
/// thousand operations for each that is not zero: it would be nine tenths of what a fuzz target does, and is
/// no reader.
GgufWriter microModel(uint32_t type, uint32_t blockBytes, uint8_t fill) {
  GgufWriter w;
  w.text("general.architecture", "llama").text("general.name", "micro");
  w.number("llama.block_count", 1)
      .number("llama.embedding_length", kHidden)
      .number("llama.feed_forward_length", 32);
  w.number("llama.attention.head_count", 2).number("llama.attention.head_count_kv", 1);
  w.number("llama.context_length", 8).real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  w.real("llama.rope.freq_base", 10000.0f).text("llama.rope.scaling.type", "linear");
  w.real("llama.rope.scaling.factor", 2.0f);
  const auto matrix = [&](const std::string& name, uint64_t rows) {
    std::vector<uint8_t> data(rows * blockBytes, fill);
    w.tensor(name, {kHidden, rows}, type, data);
  };
  const std::vector<float> ones(kHidden, 1.0f);
  matrix("token_embd.weight", 3);
  matrix("output.weight", 3);
  w.floats("output_norm.weight", {kHidden}, ones).floats("blk.0.attn_norm.weight", {kHidden}, ones);
  w.floats("blk.0.ffn_norm.weight", {kHidden}, ones);
  for (const char* name : {"attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"}) {
    matrix(std::string("blk.0.") + name + ".weight", 32);
  }
  matrix("blk.0.attn_k.weight", 16);
  matrix("blk.0.attn_v.weight", 16);
  return w;
}

GgufWriter scoredTokenizer() {
  GgufWriter w;
  w.text("tokenizer.ggml.model", "llama")
      .texts("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>", "<0x0A>", "\u2581", "lo", "l", "o", "<x>"});
  w.array<float>("tokenizer.ggml.scores", 6, {0, 0, 0, 0, -1, -2, -3, -4, 0});
  w.array<int32_t>("tokenizer.ggml.token_type", 5, {2, 3, 3, 6, 1, 1, 1, 1, 4});
  w.number("tokenizer.ggml.bos_token_id", 1).number("tokenizer.ggml.eos_token_id", 2);
  w.number("tokenizer.ggml.unknown_token_id", 0).flag("tokenizer.ggml.add_space_prefix", true);
  return w;
}

std::vector<uint8_t> llama2cTokens() {
  Bytes b;
  b.put<uint32_t>(8);
  for (const char* token : {"<unk>", "<s>", "</s>", "<0x0A>", " ", "lo", "l", "o"}) {
    b.put(-1.0f).put(static_cast<uint32_t>(std::string(token).size())).raw(token);
  }
  return b.get();
}

void write(const std::string& path, const std::vector<uint8_t>& prefix, const std::vector<uint8_t>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(prefix.data()), static_cast<std::streamsize>(prefix.size()));
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// A Hugging Face model of fp16 matrices, as small as the group allows.
std::vector<uint8_t> microHuggingFace() {
  const std::string config =
      R"({"model_type":"llama","hidden_size":32,"intermediate_size":32,"num_hidden_layers":1,"num_attention_heads":2,)"
      R"("num_key_value_heads":1,"vocab_size":3,"max_position_embeddings":8,"rms_norm_eps":1e-5,"rope_scaling":)"
      R"({"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,)"
      R"("original_max_position_embeddings":8192}})";
  SafetensorsWriter w;
  const auto add = [&](const std::string& name, std::vector<uint64_t> shape) {
    uint64_t count = 1;
    for (const uint64_t n : shape) count *= n;
    w.add(name, "F16", std::move(shape),
          halves(count, [](uint64_t) { return 0.0f; }));  // zero: see microModel
  };
  add("model.embed_tokens.weight", {3, 32});
  add("lm_head.weight", {3, 32});
  add("model.norm.weight", {32});
  const std::string l = "model.layers.0.";
  add(l + "input_layernorm.weight", {32});
  add(l + "post_attention_layernorm.weight", {32});
  add(l + "self_attn.q_proj.weight", {32, 32});
  add(l + "self_attn.k_proj.weight", {16, 32});
  add(l + "self_attn.v_proj.weight", {16, 32});
  add(l + "self_attn.o_proj.weight", {32, 32});
  add(l + "mlp.gate_proj.weight", {32, 32});
  add(l + "mlp.up_proj.weight", {32, 32});
  add(l + "mlp.down_proj.weight", {32, 32});
  Bytes out;
  out.put(static_cast<uint16_t>(config.size())).raw(config).append(w.bytes());
  return out.get();
}

void writeAll(const std::string& folder) {
  write(folder + "/gguf/q4_0", {}, microModel(kQ4_0, 18, 0x31).bytes());
  write(folder + "/gguf/q4_1", {}, microModel(kQ4_1, 20, 0).bytes());
  write(folder + "/gguf/q8_0", {}, microModel(kQ8_0, 34, 0).bytes());
  write(folder + "/safetensors/fp16", {}, microHuggingFace());
  write(folder + "/tokenizer/llama2c", {0}, llama2cTokens());
  write(folder + "/tokenizer/scored", {1}, scoredTokenizer().bytes());
  write(folder + "/tokenizer/byte-level", {1}, byteLevelGguf("llama-bpe").bytes());
  const auto scored = scoredTokenizer().bytes();
  const std::string model = sentencePieceModel(GgufFile({scored.data(), scored.size()}, "seed"));
  write(folder + "/tokenizer/sentencepiece", {2}, {model.begin(), model.end()});
  const std::string program = riscv::test::elfFile(0x1000, {{0x1000, "code", 0}, {0x2000, "data", 64}},
                                                   {{"main", 0x1000, 2}, {"end", 0x1002, 2}});
  write(folder + "/elf/program", {}, {program.begin(), program.end()});
  const std::string fpga =
      "pimtlm-fpga-program 1\noperator q 0\nLD all 65536 give=MV\nMV - 4096 wait=LD give=ST,MISC\n"
      "MISC softmax 64 wait=MV\nST one 16 wait=MV give=SYS\nSYS - 1 wait=ST\n";
  write(folder + "/fpga_program/step", {}, {fpga.begin(), fpga.end()});
  const std::string mask = "layer,head,kept_blocks,lower_triangle_rows\n0,0,6,1.3.7\n0,1,4,1.2.6\n";
  write(folder + "/attention_mask/two_heads", {}, {mask.begin(), mask.end()});
  const std::string bits = "default: 3\ndown: 5\n0.output: 8\nhead: 4\nembedding: 4\n";
  write(folder + "/bits_map/mixed", {}, {bits.begin(), bits.end()});
}

}  // namespace
}  // namespace pim::host::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "make_seeds FOLDER\n";
    return 2;
  }
  pim::host::test::writeAll(argv[1]);
  return 0;
}
