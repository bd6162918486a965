#include <gtest/gtest.h>

#include <cmath>

#include "sw/host/checkpoint/checkpoint.h"
#include "sw/host/checkpoint/safetensors.h"
#include "sw/host/quantise/quantize.h"
#include "tests/sw/host/safetensors_writer.h"

namespace pim::host::test {
namespace {

using Tiny = TinyHuggingFace;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string errorOf(const Tiny& model) {
  TemporaryFolder folder;
  const std::string path = model.write(folder);
  return userError([&] { loadCheckpoint(path); });
}

/// Row of the file that chip row `row` of q or k is: rotary pair (2j, 2j+1) of a head was (j, j + 64).
uint32_t fileRow(uint32_t row) {
  return row / 128 * 128 + row % 2 * 64 + row % 128 / 2;
}

TEST(HuggingFace, ShapeComesFromTheConfiguration) {
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(Tiny::plain().write(folder));
  const ModelShape& shape = checkpoint.shape();
  EXPECT_EQ(shape.hidden, 256u);
  EXPECT_EQ(shape.heads, 2u);
  EXPECT_EQ(shape.kvHeads, 1u);
  EXPECT_EQ(shape.headDim, 128u);
  EXPECT_EQ(shape.mlp, 384u);
  EXPECT_EQ(shape.vocab, 40u);
  EXPECT_EQ(shape.context, 256u);
  EXPECT_EQ(shape.rmsEpsilon, 1e-5);
  EXPECT_FALSE(shape.tiedEmbeddings);
}

TEST(HuggingFace, QueryAndKeyRowsBecomeNeighbouringRotaryPairs) {
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(Tiny::plain().write(folder));
  std::vector<float> row(256);
  for (const uint32_t r : {0u, 1u, 2u, 127u, 128u, 255u}) {
    checkpoint.tensor(TensorRole::Query).readRow(r, row.data());
    for (uint32_t c = 0; c < 256; ++c) ASSERT_EQ(row[c], Tiny::plainWeight(fileRow(r), c)) << r << ' ' << c;
    checkpoint.tensor(TensorRole::AttentionOutput).readRow(r, row.data());
    for (uint32_t c = 0; c < 256; ++c) ASSERT_EQ(row[c], Tiny::plainWeight(r, c)) << r << ' ' << c;
  }
}

TEST(HuggingFace, BFloat16AndFloat32AreRead) {
  Tiny model = Tiny::plain();
  Bytes bf16, f32;
  for (uint32_t i = 0; i < 256; ++i) {
    bf16.put<uint16_t>(static_cast<uint16_t>(0x3F80 + i % 128));  // 1 + i/128
    f32.put(static_cast<float>(i));
  }
  model.weights.add("model.norm.weight", "BF16", {256}, bf16.get());
  model.weights.add("model.layers.0.input_layernorm.weight", "F32", {256}, f32.get());
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(model.write(folder));
  std::vector<float> row(256);
  checkpoint.tensor(TensorRole::OutputNorm).readRow(0, row.data());
  EXPECT_EQ(row[3], 1.0f + 3.0f / 128.0f);
  checkpoint.tensor(TensorRole::AttentionNorm).readRow(0, row.data());
  EXPECT_EQ(row[200], 200.0f);
}

TEST(HuggingFace, AwqCodesZerosAndScalesAreTakenOverExactly) {
  TemporaryFolder folder;
  const auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(Tiny::awq().write(folder)));
  const QuantizedCheckpoint quantized = quantize(checkpoint);
  const QuantizedLayer& layer = quantized.model.layers[0];
  const auto check = [&](const QuantizedMatrix& matrix, bool rotary) {
    EXPECT_EQ(matrix.format.group, 128u);
    EXPECT_EQ(matrix.format.zeroBits, 4u);
    std::vector<uint8_t> scratch(matrix.rowBytes());
    for (uint32_t r = 0; r < matrix.rows; ++r) {
      const WeightRowView row = matrix.view(r, scratch.data());
      const uint32_t f = rotary ? fileRow(r) : r;
      for (uint32_t c = 0; c < matrix.k; ++c) ASSERT_EQ(row.code(c), Tiny::code(f, c)) << r << ' ' << c;
      for (uint32_t g = 0; g < row.groups(); ++g) {
        ASSERT_EQ(row.zero(g), Tiny::zero(f, g)) << r << ' ' << g;
        // The largest scale is 7/64, so all of these are whole multiples of 2^wexp.
        ASSERT_EQ(std::ldexp(row.scale(g), matrix.weightExponent), static_cast<double>(Tiny::scale(f, g)));
      }
    }
  };
  check(layer.q, true);
  check(layer.k, true);
  check(layer.v, false);
  check(layer.output, false);
  check(layer.gate, false);
  check(layer.up, false);
  check(layer.down, false);
  EXPECT_EQ(quantized.model.embedding.format, layer.q.format);
  ASSERT_EQ(quantized.notices.size(), 1u);
  EXPECT_TRUE(
      contains(quantized.notices[0], "2 F16 matrices were quantised to 4 bits, group 128, with zero points"));
}

TEST(HuggingFace, AwqGroupsMayBeSplit) {
  TemporaryFolder folder;
  const auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(Tiny::awq().write(folder)));
  const QuantizedMatrix matrix = quantize(checkpoint, {64}).model.layers[0].down;
  std::vector<uint8_t> scratch(matrix.rowBytes());
  const WeightRowView row = matrix.view(17, scratch.data());
  for (uint32_t g = 0; g < row.groups(); ++g) EXPECT_EQ(row.zero(g), Tiny::zero(17, g / 2));
  for (uint32_t c = 0; c < matrix.k; ++c) EXPECT_EQ(row.code(c), Tiny::code(17, c));
}

std::vector<uint32_t> frequenciesOf(const Tiny& model) {
  TemporaryFolder folder;
  return loadCheckpoint(model.write(folder)).ropeFrequencyTable();
}

TEST(HuggingFace, RopeParametersOfTransformers5MeanTheSameAsTheOlderKeys) {
  Tiny older = Tiny::plain(), newer = Tiny::plain();
  older.config["rope_theta"] = "500000.0";
  newer.config.erase("rope_theta");
  newer.config["rope_parameters"] = R"({"rope_theta": 500000.0, "rope_type": "default"})";
  EXPECT_EQ(frequenciesOf(newer), frequenciesOf(older));
  EXPECT_EQ(frequenciesOf(newer), ropeFrequencies(128, 500000.0));

  older.config["rope_scaling"] = R"({"type": "linear", "factor": 4.0})";
  newer.config["rope_parameters"] = R"({"rope_theta": 500000.0, "rope_type": "linear", "factor": 4.0})";
  EXPECT_EQ(frequenciesOf(newer), frequenciesOf(older));
  EXPECT_NE(frequenciesOf(newer), ropeFrequencies(128, 500000.0));

  const std::string llama3 =
      R"("rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, )"
      R"("original_max_position_embeddings": 8192)";
  older.config["rope_scaling"] = "{" + llama3 + "}";
  newer.config["rope_parameters"] = R"({"rope_theta": 500000.0, )" + llama3 + "}";
  EXPECT_EQ(frequenciesOf(newer), frequenciesOf(older));
}

TEST(HuggingFace, RotarySettingsThatItDoesNotHaveAreRefused) {
  const std::pair<const char*, const char*> kRefused[] = {
      {R"({"rope_theta": 1e4, "rope_type": "yarn", "factor": 4.0})", "rope_parameters: rope_type"},
      {R"({"rope_type": "dynamic", "factor": 4.0})", "rope_parameters: rope_type"},
      {R"({"full_attention": {"rope_theta": 1e4}})", "one for each kind of layer"},
      {R"({"rope_type": "linear"})", "factor: expected a number, found nothing"},
      {R"({"rope_type": "llama3", "factor": 8.0})", "low_freq_factor: expected a number, found nothing"},
      {R"({"rope_theta": 7.0})", "rope_theta: expected the value of rope_parameters"},
      {R"({"partial_rotary_factor": 0.5})", "partial_rotary_factor: expected 1"},
      {R"([])", "rope_parameters: expected an object"}};
  for (const auto& [value, message] : kRefused) {
    Tiny model = Tiny::plain();
    model.config["rope_parameters"] = value;
    EXPECT_TRUE(contains(errorOf(model), message)) << value << ": " << errorOf(model);
  }
  Tiny both = Tiny::plain();
  both.config["rope_parameters"] = R"({"rope_type": "linear", "factor": 4.0})";
  both.config["rope_scaling"] = R"({"rope_type": "linear", "factor": 2.0})";
  EXPECT_TRUE(contains(errorOf(both), "rope_scaling: expected what rope_parameters says beside it"));
}

TEST(HuggingFace, WhatIsAbsentAndWhatIsNotUsedIsSaid) {
  const auto noticesOf = [](const Tiny& model) {
    TemporaryFolder folder;
    std::string text;
    const Checkpoint checkpoint = loadCheckpoint(model.write(folder));
    for (const std::string& line : checkpoint.notices()) text += line + '\n';
    return text;
  };
  Tiny model = Tiny::plain();
  EXPECT_EQ(noticesOf(model), "");
  model.config.erase("rope_theta");
  model.config.erase("rms_norm_eps");
  model.config["residual_multiplier"] = "2.5";
  model.config["use_cache"] = "true";
  const std::string notices = noticesOf(model);
  EXPECT_TRUE(contains(notices, "not given: rms_norm_eps is taken as 1e-06, rope_theta is taken as 10000"))
      << notices;
  EXPECT_TRUE(contains(notices, "not used: residual_multiplier\n")) << notices;
  Tiny tied = Tiny::plain();
  tied.config["tie_word_embeddings"] = "true";
  EXPECT_TRUE(contains(noticesOf(tied), "lm_head.weight is not used"));
}

TEST(HuggingFace, SaysWhereItsJsonEnds) {
  Tiny model = Tiny::plain();
  model.config["initializer_range"] = "NaN";
  EXPECT_TRUE(contains(errorOf(model), "config.json: expected a JSON object: parse error at line 1, column"))
      << errorOf(model);
}

TEST(HuggingFace, QuantisedWeightsWithoutTheirSettingsAreNamed) {
  Tiny model = Tiny::awq();
  model.config.erase("quantization_config");
  EXPECT_TRUE(contains(errorOf(model), "q_proj.qweight instead")) << errorOf(model);
  EXPECT_TRUE(contains(errorOf(model), "quantization_config"));
}

TEST(HuggingFace, SwishIsAnotherNameOfSilu) {
  Tiny model = Tiny::plain();
  model.config["hidden_act"] = "\"swish\"";
  EXPECT_EQ(errorOf(model), "");
}

TEST(HuggingFace, AwqReaderMultipliesLikeTheFormat) {
  TemporaryFolder folder;
  const Checkpoint checkpoint = loadCheckpoint(Tiny::awq().write(folder));
  std::vector<float> row(384);
  checkpoint.tensor(TensorRole::Down).readRow(9, row.data());
  for (uint32_t c = 0; c < 384; ++c) {
    const float level = static_cast<float>(Tiny::code(9, c)) - static_cast<float>(Tiny::zero(9, c / 128));
    EXPECT_EQ(row[c], level * Tiny::scale(9, c / 128));
  }
}

TEST(HuggingFace, ShardsWithAnIndexAreOneCheckpoint) {
  const Tiny whole = Tiny::plain();
  TemporaryFolder folder;
  SafetensorsWriter parts[2];
  std::string map;
  size_t i = 0;
  for (const auto& [name, tensor] : whole.weights.tensors) {
    const size_t part = i++ % 2;
    parts[part].tensors[name] = tensor;
    map += fmt::format("{}\"{}\": \"part{}.safetensors\"", map.empty() ? "" : ", ", name, part);
  }
  folder.write("config.json", whole.configText());
  folder.write("part0.safetensors", parts[0].bytes());
  folder.write("part1.safetensors", parts[1].bytes());
  const std::string index = folder.write("model.safetensors.index.json", "{\"weight_map\": {" + map + "}}");
  EXPECT_EQ(userError([&] { loadCheckpoint(folder.path("")); }), "");
  EXPECT_EQ(userError([&] { loadCheckpoint(index); }), "");

  std::filesystem::remove(folder.path("part1.safetensors"));
  EXPECT_TRUE(contains(userError([&] { loadCheckpoint(index); }), "part1.safetensors: no such file"));
  parts[1].tensors.erase("model.norm.weight");
  parts[1].tensors.erase("model.layers.0.mlp.up_proj.weight");
  folder.write("part1.safetensors", parts[1].bytes());
  EXPECT_TRUE(contains(userError([&] { loadCheckpoint(index); }), "is missing from \"part1.safetensors\""));
  folder.write("model.safetensors.index.json", R"({"weight_map": {"x": "../config.json"}})");
  EXPECT_TRUE(
      contains(userError([&] { loadCheckpoint(index); }), "expected the name of a file beside the index"));
}

TEST(HuggingFace, RopeScalingOfLlama3) {
  Tiny model = Tiny::plain();
  TemporaryFolder a, b;
  const auto plain = loadCheckpoint(model.write(a)).ropeFrequencyTable();
  model.config["rope_scaling"] =
      R"({"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,)"
      R"("original_max_position_embeddings":8192})";
  const auto scaled = loadCheckpoint(model.write(b)).ropeFrequencyTable();
  EXPECT_EQ(scaled.front(), plain.front());             // short wavelengths are kept
  EXPECT_NEAR(scaled.back(), plain.back() / 8.0, 1.0);  // long ones divided in full
  model.config["rope_scaling"] = R"({"rope_type":"yarn","factor":8.0})";
  EXPECT_TRUE(contains(errorOf(model), "rope_scaling: rope_type: expected \"linear\" or \"llama3\""));
  model.config["rope_scaling"] = R"({"rope_type":"linear","factor":0.0})";
  EXPECT_TRUE(contains(errorOf(model), "RoPE scaling: expected a factor of at least 1"));
}

TEST(HuggingFace, TiedEmbeddingsNeedNoHead) {
  Tiny model = Tiny::plain();
  model.weights.tensors.erase("lm_head.weight");
  EXPECT_TRUE(contains(errorOf(model), "tensor lm_head.weight is missing"));
  model.config["tie_word_embeddings"] = "true";
  EXPECT_EQ(errorOf(model), "");
}

TEST(HuggingFace, WrongConfigurationIsRefusedByKey) {
  const auto with = [](const std::string& key, const std::string& value) {
    Tiny model = Tiny::plain();
    model.config[key] = value;
    return errorOf(model);
  };
  EXPECT_TRUE(
      contains(with("model_type", "\"gpt2\""), "config.json: model_type: expected \"llama\" or \"mistral\""));
  EXPECT_TRUE(contains(with("hidden_size", "-256"), "hidden_size: expected a positive 32-bit integer"));
  EXPECT_TRUE(contains(with("hidden_size", "4294967296"), "hidden_size: expected a positive 32-bit integer"));
  EXPECT_TRUE(contains(with("num_attention_heads", "0"), "num_attention_heads: expected at least 1"));
  EXPECT_TRUE(contains(with("num_key_value_heads", "3"), "3 do not divide 2 heads"));
  EXPECT_TRUE(contains(with("attention_bias", "true"), "biases are not supported"));
  EXPECT_TRUE(contains(with("vocab_size", "41"),
                       "model.embed_tokens.weight (token embedding): 40 x 256, expected 41 x 256"));
  EXPECT_TRUE(contains(with("rope_theta", "1e999"), "config.json: expected a JSON object"));
  EXPECT_TRUE(
      contains(with("quantization_config", R"({"quant_method":"gptq"})"), "quant_method: expected \"awq\""));
  EXPECT_TRUE(contains(with("intermediate_size", "{"), "config.json: expected a JSON object"));
}

TEST(HuggingFace, WrongTensorsAreRefusedByName) {
  const auto with = [](auto&& change) {
    Tiny model = Tiny::plain();
    change(model.weights.tensors);
    return errorOf(model);
  };
  const std::string up = "model.layers.0.mlp.up_proj.weight";
  EXPECT_TRUE(contains(with([&](auto& t) { t.erase(up); }), up + " is missing"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].offsets = "[0,9999999999]"; }),
                       up + ": data_offsets go beyond the file"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].offsets = "[8,4]"; }), "go beyond the file"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].offsets = "[0,16]"; }),
                       "16 bytes at data_offsets, expected 196608"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].offsets = "[0,196608]"; }), "overlaps"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].offsets = "[-1,5]"; }),
                       "data_offsets: expected a list of integers"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].shape = {UINT64_MAX, 2}; }), "its shape overflows"));
  EXPECT_TRUE(contains(with([&](auto& t) {
                         t[up].shape = {256, 384};
                       }),
                       "(up): 256 x 384, expected 384 x 256"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].dtype = "Q9"; }), up + ": dtype: expected"));
  EXPECT_TRUE(contains(with([&](auto& t) { t[up].dtype = "I16"; }), "dtype F32, F16 or BF16, found I16"));
  EXPECT_TRUE(
      contains(with([&](auto& t) { t["model.layers.0.self_attn.q_proj.bias"] = t["model.norm.weight"]; }),
               "q_proj.bias is not part of a plain LLaMA"));
}

TEST(HuggingFace, WrongAwqPartsAreRefused) {
  const auto with = [](auto&& change) {
    Tiny model = Tiny::awq();
    change(model);
    return errorOf(model);
  };
  const std::string down = "model.layers.0.mlp.down_proj";
  EXPECT_TRUE(contains(with([&](Tiny& m) { m.weights.tensors.erase(down + ".scales"); }),
                       down + ".scales is missing"));
  EXPECT_TRUE(contains(with([&](Tiny& m) {
                         m.weights.tensors[down + ".qzeros"].shape = {96, 1};
                       }),
                       down + ".qzeros: expected 3 x 32 words"));
  EXPECT_TRUE(contains(with([&](Tiny& m) { m.weights.tensors[down + ".qzeros"].dtype = "F32"; }),
                       down + ".qzeros: expected a matrix of dtype I32"));
  EXPECT_TRUE(contains(with([&](Tiny& m) {
                         m.config["quantization_config"] =
                             R"({"quant_method":"awq","bits":3,"group_size":128})";
                       }),
                       "quantization_config: bits: expected 4"));
}

TEST(HuggingFace, AwqScalesThatAreNotFiniteAreRefused) {
  Tiny model = Tiny::awq();
  auto& scales = model.weights.tensors["model.layers.0.mlp.down_proj.scales"].data;
  scales[10] = 0x00;
  scales[11] = 0x7C;  // +infinity
  TemporaryFolder folder;
  const auto checkpoint = std::make_shared<const Checkpoint>(loadCheckpoint(model.write(folder)));
  EXPECT_TRUE(contains(userError([&] { quantize(checkpoint); }),
                       "model.layers.0.mlp.down_proj.qweight: row 5: a scale is inf"));
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const auto whole = Tiny::plain().weights.bytes();
  for (size_t size = 0; size < whole.size(); size = size < 2500 ? size + 1 : (size / 4096 + 1) * 4096) {
    EXPECT_NE(userError([&] {
                parseSafetensors({whole.data(), size}, "m.safetensors");
              }),
              "")
        << size << " bytes";
  }
  EXPECT_EQ(userError([&] { parseSafetensors({whole.data(), whole.size()}, "m.safetensors"); }), "");
}

TEST(Safetensors, DamagedHeadersAreRefused) {
  const auto error = [](uint64_t length, const std::string& header) {
    Bytes b;
    b.put(length).raw(header);
    return userError([&] { parseSafetensors({b.get().data(), b.get().size()}, "x"); });
  };
  EXPECT_TRUE(contains(error(UINT64_MAX, "{}"), "header length: expected at most"));
  EXPECT_TRUE(contains(error(3, "{}"), "expected 3 bytes"));
  EXPECT_TRUE(contains(error(2, "[]"), "expected a JSON object"));
  EXPECT_TRUE(contains(error(9, "{\"a\": 12}"), "tensor a: expected an object"));
  EXPECT_TRUE(contains(error(13, "{\"a\\nb\": null}"), "x: header: expected a JSON object"));
  EXPECT_TRUE(contains(error(12, "{\"a\\nb\": 12}"), "expected printable names, found \"a\\x0Ab\""));
  const std::string deep(50000, '[');
  EXPECT_TRUE(contains(error(deep.size(), deep), "expected a JSON object"));
}

}  // namespace
}  // namespace pim::host::test
