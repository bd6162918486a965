#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "abi/pim_abi.h"
#include "core/arith/elementwise.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/reference/divergence.h"
#include "tests/reference/float_llama.h"
#include "tests/reference/plain_llama.h"

namespace pim::test {
namespace {

const std::vector<std::uint32_t> kPrompt{1, 32, 63, 94, 125};
constexpr std::uint32_t kGenerate = 6;

/// What the definitions say: logits after the last token of the prompt and after each generated one but the
/// last.
struct Expectation {
  std::vector<std::uint32_t> tokens;
  std::vector<std::vector<std::int32_t>> logits;
};

Expectation evaluatePlainly(const ChipRun& run, const host::QuantizedModel& model, std::uint32_t kvBits = 16,
                            std::uint32_t activationBits = 16, const reference::PlainLlama::Sees& sees = {}) {
  reference::PlainLlama plain(model, {kvBits}, activationBits);
  plain.setMask(sees);
  Expectation expected;
  std::vector<std::uint32_t> input = run.prompt;
  for (std::size_t i = 0; expected.tokens.size() < run.generate; ++i) {
    const std::vector<Q16> logits = plain.step(input[i]);
    if (i + 1 < run.prompt.size() && !run.everyPosition) continue;
    const std::uint32_t best = argmax(logits.data(), run.shape.vocab);
    expected.logits.push_back(logits);
    if (i + 1 < run.prompt.size()) continue;  // the prompt goes on, whatever the model would have said
    expected.tokens.push_back(best);
    input.push_back(best);
  }
  return expected;
}

Expectation evaluatePlainly(const ChipRun& run, std::uint32_t kvBits = 16,
                            std::uint32_t activationBits = 16) {
  return evaluatePlainly(run, modelOf(run), kvBits, activationBits);
}

ChipRun tinyRun(platform::Overrides overrides = {}) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = kPrompt;
  run.generate = kGenerate;
  run.overrides = std::move(overrides);
  return run;
}

/// One line if the chip did anything but what is expected.
void expectSameBits(const ChipRun& run, const Expectation& expected, const std::string& what) {
  const ChipOutcome found = runChip(run);
  ASSERT_EQ(found.error, "") << what;
  ASSERT_EQ(found.logits.size(), expected.logits.size()) << what;
  for (std::size_t i = 0; i < expected.logits.size(); ++i) {
    ASSERT_EQ(found.logits[i], expected.logits[i]) << what << ", logits of token " << i;
  }
  const std::vector<std::uint32_t>& tokens = found.result.tokens;
  ASSERT_GE(tokens.size(), run.generate) << what;
  EXPECT_EQ(
      std::vector<std::uint32_t>(tokens.end() - static_cast<std::ptrdiff_t>(run.generate), tokens.end()),
      expected.tokens)
      << what;
}

void expectSameBits(const ChipRun& run, const std::string& what) {
  expectSameBits(run, evaluatePlainly(run), what);
}

const char* onOff(bool value) {
  return value ? "on" : "off";
}

/// The property of docs/numerics.md: no split of the work changes a bit.
class NoSplitChangesABit : public ::testing::TestWithParam<const char*> {};

TEST_P(NoSplitChangesABit, OverDiesBanksTilesAndOrder) {
  const Expectation expected = evaluatePlainly(tinyRun());
  for (const unsigned banksPerHead : {1u, 2u, 4u}) {
    for (const unsigned tokenTile : {1u, 4u, 16u}) {
      for (const unsigned dies : {1u, 2u, 8u}) {
        for (const bool overlap : {false, true}) {
          for (const bool fused : {false, true}) {
            ChipRun run = tinyRun(weightMapping(GetParam()) +
                                  platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                                      fmt::format("mapping.token_tile={}", tokenTile),
                                                      fmt::format("chip.dies={}", dies),
                                                      fmt::format("schedule.overlap={}", onOff(overlap)),
                                                      fmt::format("mapping.fuse_qkv={}", onOff(fused)),
                                                      fmt::format("mapping.fuse_gate_up={}", onOff(fused))});
            expectSameBits(run, expected, fmt::format("{}", fmt::join(run.overrides, " ")));
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

/// The model with every matrix in dense codes that hold those of any format: what sparse rows drop is at the
/// zero point.
host::QuantizedModel denseTwin(const host::QuantizedModel& model) {
  const WeightFormat dense{model.formats.group(), 8, 16, 8, 0};
  const auto twin = [&](const host::QuantizedMatrix& matrix) {
    host::QuantizedMatrix copy{matrix.rows, matrix.k, dense, matrix.weightExponent, nullptr};
    std::vector<std::uint8_t> packed(std::size_t{copy.rows} * copy.rowBytes()), scratch(matrix.rowBytes());
    for (std::uint32_t r = 0; r < matrix.rows; ++r) {
      const WeightRowView row = matrix.view(r, scratch.data());
      std::vector<std::uint8_t> codes(row.k()), zeros(row.groups());
      std::vector<std::uint16_t> scales(row.groups());
      for (std::uint32_t i = 0; i < row.k(); ++i) codes[i] = row.code(i);
      for (std::uint32_t g = 0; g < row.groups(); ++g) {
        zeros[g] = row.zero(g);
        scales[g] = row.scale(g);
      }
      writeWeightRow(codes.data(), zeros.data(), scales.data(), row.k(), dense,
                     packed.data() + std::size_t{r} * copy.rowBytes());
    }
    copy.source = host::ownedRows(std::move(packed), copy.rowBytes());
    return copy;
  };
  host::QuantizedModel copy = model;
  copy.formats = dense;
  copy.embedding = twin(model.embedding);
  copy.head = twin(model.head);
  for (host::QuantizedLayer& layer : copy.layers) {
    for (host::QuantizedMatrix* matrix :
         {&layer.q, &layer.k, &layer.v, &layer.output, &layer.gate, &layer.up, &layer.down})
      *matrix = twin(*matrix);
  }
  return copy;
}

/// Sparse weights and weights of any width: the logits of the dense twin, whatever the mapping.
class AnyFormat : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(AnyFormat, GivesTheLogitsOfItsDenseTwin) {
  const auto& [format, mapping] = GetParam();
  const platform::Overrides formats{format};
  const ChipRun any = tinyRun(formats);
  const Expectation expected = evaluatePlainly(any, denseTwin(modelOf(any)));
  for (const unsigned banksPerHead : {1u, 4u}) {
    for (const unsigned tokenTile : {1u, 4u}) {
      for (const unsigned dies : {1u, 2u, 8u}) {
        for (const bool fused : {false, true}) {
          const ChipRun run =
              tinyRun(formats + weightMapping(mapping) +
                      platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                          fmt::format("mapping.token_tile={}", tokenTile),
                                          fmt::format("chip.dies={}", dies),
                                          fmt::format("mapping.fuse_qkv={}", onOff(fused)),
                                          fmt::format("mapping.fuse_gate_up={}", onOff(fused))});
          expectSameBits(run, expected, fmt::format("{}", fmt::join(run.overrides, " ")));
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, AnyFormat,
                         ::testing::Combine(::testing::Values("weights.sparsity=8", "weights.sparsity=4",
                                                              "weights.sparsity=2", "weights.bits=3",
                                                              "weights.bits=5", "weights.bits=8"),
                                            ::testing::Values("1d", "2d")),
                         [](const auto& test) {
                           std::string name = std::get<0>(test.param);
                           for (char& c : name)
                             if (c == '.' || c == '=') c = '_';
                           return name + "_" + std::get<1>(test.param);
                         });

TEST(Logits, FormatsGoWithZeroPointsTilesAndTiedEmbeddings) {
  for (const char* format : {"weights.sparsity=4", "weights.bits=3", "weights.bits=5"}) {
    for (const char* other :
         {"weights.zero_bits=4", "bank.vector_buffer_bytes=64", "mapping.embedding=banks"}) {
      for (const bool tied : {false, true}) {
        ChipRun run = tinyRun(weightMapping("2d") + platform::Overrides{format, other});
        run.shape.tiedEmbeddings = tied;
        expectSameBits(run, evaluatePlainly(run, denseTwin(modelOf(run))),
                       fmt::format("{} {} {}", format, other, tied ? "tied" : ""));
        if (HasFatalFailure()) return;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Mappings, NoSplitChangesABit, ::testing::Values("1d", "2d"),
                         [](const auto& mapping) { return std::string("weights") + mapping.param; });

TEST(Logits, FewerBitsInCacheAndActivationsAreThoseOfTheDefinitions) {
  for (const unsigned kvBits : {16u, 8u, 4u}) {
    for (const unsigned activationBits : {16u, 8u}) {
      for (const unsigned banksPerHead : {1u, 4u}) {
        const ChipRun run =
            tinyRun({fmt::format("kv.bits={}", kvBits), fmt::format("activation.bits={}", activationBits),
                     fmt::format("mapping.banks_per_head={}", banksPerHead)});
        expectSameBits(run, evaluatePlainly(run, kvBits, activationBits),
                       fmt::format("{}", fmt::join(run.overrides, " ")));
      }
    }
  }
}

TEST(Logits, TilesInFlightChangeNoBit) {
  for (const unsigned tiles : {1u, 2u}) {
    expectSameBits(tinyRun({fmt::format("schedule.tiles_in_flight={}", tiles), "mapping.token_tile=2"}),
                   fmt::format("{} tiles", tiles));
  }
}

TEST(Logits, EmbeddingsComeFromEitherPlace) {
  for (const char* place : {"controller", "banks"}) {
    expectSameBits(tinyRun({fmt::format("mapping.embedding={}", place)}), place);
  }
}

TEST(Logits, TiedEmbeddingsShareTheTableOfTheHead) {
  for (const char* place : {"controller", "banks"}) {
    ChipRun run = tinyRun({fmt::format("mapping.embedding={}", place)});
    run.shape.tiedEmbeddings = true;
    expectSameBits(run, place);
  }
}

TEST(Logits, InputsBeyondTheVectorBufferComeInTiles) {
  for (const char* mapping : {"1d", "2d"}) {
    // 64 bytes hold 32 mantissas: every matrix takes two to seven tiles.
    expectSameBits(tinyRun(weightMapping(mapping) + platform::Overrides{"bank.vector_buffer_bytes=64"}),
                   mapping);
  }
}

TEST(Logits, ZeroPointsAndGroupsAreThoseOfTheWeights) {
  expectSameBits(tinyRun({"weights.zero_bits=4"}), "zero points");
  ChipRun run = tinyRun({"weights.group=128", "weights.zero_bits=4"});
  run.shape.mlp = 256;
  expectSameBits(run, "groups of 128");
}

TEST(Logits, EveryHeadOrOneKvHead) {
  for (const std::uint32_t kvHeads : {8u, 2u, 1u}) {
    ChipRun run = tinyRun();
    run.shape.kvHeads = kvHeads;
    expectSameBits(run, fmt::format("{} KV heads", kvHeads));
  }
}

TEST(Logits, MoreHeadsThanBanksTakeTurns) {
  ChipRun run = tinyRun({"chip.dies=1", "chip.banks_per_die=2"});
  run.shape.kvHeads = 8;
  expectSameBits(run, "8 heads on 2 banks");
}

TEST(Logits, EveryPositionOfThePromptCanBeAsked) {
  ChipRun run = tinyRun({"mapping.token_tile=2"});
  run.everyPosition = true;
  const Expectation expected = evaluatePlainly(run);
  ASSERT_EQ(expected.logits.size(), kPrompt.size() + kGenerate - 1);
  expectSameBits(run, expected, "every position");
}

TEST(Logits, LongerSequencesCrossTheBlocksOfTheCache) {
  for (const unsigned banksPerHead : {1u, 2u}) {
    ChipRun run = tinyRun({fmt::format("mapping.banks_per_head={}", banksPerHead)});
    run.prompt.clear();
    for (std::uint32_t i = 0; i < 30; ++i) run.prompt.push_back((1 + 31 * i) % run.shape.vocab);
    run.generate = 40;  // past 64 tokens: three blocks in one bank, two in each of two
    run.shape.context = 96;
    expectSameBits(run, fmt::format("{} banks a head", banksPerHead));
  }
}

/// A run of 300 tokens: five blocks of a mask, the last of them partly filled.
ChipRun longRun(const platform::Overrides& overrides) {
  ChipRun run = tinyRun(platform::Overrides{"bank.bram_kib=32"} + overrides);
  run.prompt.clear();
  for (std::uint32_t i = 0; i < 250; ++i) run.prompt.push_back((1 + 31 * i) % run.shape.vocab);
  run.generate = 50;
  run.shape.context = 320;
  return run;
}

struct MaskCase {
  const char* text;
  const char* phase;
  std::function<bool(std::uint32_t row, std::uint32_t column)> keeps;
};

TEST(Logits, AMaskIsAScoreOfMinusInfinity) {
  const std::vector<MaskCase> cases{
      {"sliding:64", "both", [](auto row, auto column) { return column + 1 >= row; }},
      {"sliding:66", "both", [](auto row, auto column) { return column + 2 >= row; }},
      {"sinks:1+1", "both", [](auto row, auto column) { return column == 0 || column == row; }},
      {"strided:2", "both", [](auto row, auto column) { return column % 2 == 0 || column == row; }},
      {"sliding:64", "decode", [](auto row, auto column) { return column + 1 >= row; }},
      {"sliding:64", "prefill", [](auto row, auto column) { return column + 1 >= row; }}};
  for (const MaskCase& c : cases) {
    // Tiles that end between blocks, and more query heads than KV heads.
    const ChipRun run = longRun({std::string("attention.mask=") + c.text,
                                 std::string("attention.phase=") + c.phase, "mapping.token_tile=5"});
    const auto prompt = static_cast<std::uint32_t>(run.prompt.size());
    const std::string phase = c.phase;
    const auto sees = [&](std::uint32_t, std::uint32_t query, std::uint32_t key) {
      const bool masked = phase == "both" || (phase == "prefill") == (query < prompt);
      return !masked || c.keeps(query / PIM_MASK_TOKENS, key / PIM_MASK_TOKENS);
    };
    expectSameBits(run, evaluatePlainly(run, modelOf(run), 16, 16, sees), c.text + (" " + phase));
    if (HasFatalFailure()) return;
  }
}

TEST(Logits, AMaskThatKeepsEverythingIsNone) {
  const ChipRun none = longRun({});
  const Expectation expected = evaluatePlainly(none);
  for (const char* mask : {"sliding:16320", "strided:1", "sinks:320+1"})
    expectSameBits(longRun({std::string("attention.mask=") + mask}), expected, mask);
}

TEST(Logits, FollowTheFloatReferenceWithin1e4Nats) {
  ChipRun run = tinyRun();
  run.generate = 40;
  const ChipOutcome found = runChip(run);
  ASSERT_EQ(found.error, "");
  ASSERT_EQ(found.logits.size(), run.generate);

  reference::FloatLlama truth(modelOf(run));
  Eigen::VectorXd expected;
  for (const std::uint32_t token : run.prompt) expected = truth.step(token);
  double sum = 0;
  for (std::size_t i = 0; i < found.logits.size(); ++i) {
    const auto bits = Eigen::Map<const Eigen::VectorXi>(found.logits[i].data(), expected.size());
    sum += reference::divergence(expected, bits.cast<double>() / 65536.0);
    expected = truth.step(found.result.tokens[i]);
  }
  const double mean = sum / run.generate;
  RecordProperty("meanDivergence", fmt::format("{:.2e}", mean));
  EXPECT_GT(mean, 0);
  EXPECT_LE(mean, 1e-4);
}

}  // namespace
}  // namespace pim::test
