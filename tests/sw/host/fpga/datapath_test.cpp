// What the FPGA's programs compute against docs/numerics.md read aloud: the same bits.
#include "core/fpga/datapath.h"

#include <gtest/gtest.h>

#include "sw/host/fpga/model_data.h"
#include "sw/host/quantise/quantize.h"
#include "sw/host/quantise/random_model.h"
#include "tests/reference/plain_llama.h"
#include "tests/sw/host/fpga/flightllm.h"

namespace pim::host::fpga {
namespace {

using pim::fpga::Datapath;

CompilerOptions options() {
  CompilerOptions o = test::asPublished();
  o.depths = {4096, 4096, 512};
  return o;
}

/// Runs programs instruction by instruction with data.
class Core {
 public:
  Core(const QuantizedModel& model, KvFormat kv, const CompilerOptions& compilerOptions)
      : m_data(modelData(model)), m_datapath(m_data, kv), m_compiler(model.shape, compilerOptions) {}

  std::vector<std::vector<Q16>> prefill(const std::vector<std::uint32_t>& tokens, std::uint32_t padded) {
    m_datapath.begin(tokens);
    m_compiler.prefill(padded, AttentionMask::causal(), sink());
    m_length = static_cast<std::uint32_t>(tokens.size());
    return m_datapath.logits();
  }
  std::vector<Q16> decode(std::uint32_t token, std::uint32_t padded = 0) {
    m_datapath.begin(std::vector<std::uint32_t>{token});
    ++m_length;
    m_compiler.decode(padded == 0 ? m_length : padded, sink());
    return m_datapath.logits().front();
  }
  /// Leaves out the n-th instruction of that unit in the next program.
  void leaveOut(pim::fpga::Unit unit, std::uint32_t n) { m_unit = unit, m_left = n; }

 private:
  OperatorSink sink() {
    return [this](const Operator& what, const std::vector<Instruction>& instructions) {
      m_datapath.begin(what);
      for (const Instruction& instruction : instructions) {
        if (m_left > 0 && instruction.unit == m_unit && --m_left == 0) continue;
        m_datapath.execute(instruction);
      }
    };
  }
  pim::fpga::ModelData m_data;
  Datapath m_datapath;
  Compiler m_compiler;
  std::uint32_t m_length = 0;
  pim::fpga::Unit m_unit{};
  std::uint32_t m_left = 0;
};

ModelShape smallShape() {
  ModelShape s;
  s.name = "small";
  s.layers = 2;
  s.hidden = 128;
  s.heads = 8;
  s.kvHeads = 4;
  s.headDim = 16;
  s.mlp = 384;
  s.vocab = 700;  // more than one MV, and no whole number of them
  s.context = 512;
  s.ropeTheta = 10000;
  s.rmsEpsilon = 1e-5;
  return s;
}

QuantizedModel smallModel(std::uint32_t zeroBits) {
  return makeRandomModel(smallShape(), WeightFormat{64, 4, 16, zeroBits}, 7);
}

TEST(FpgaDatapath, DecodeStepsAreThoseOfTheDefinition) {
  for (const std::uint32_t kvBits : {4U, 8U, 16U}) {
    for (const std::uint32_t zeroBits : {0U, 4U}) {
      const QuantizedModel model = smallModel(zeroBits);
      Core core(model, KvFormat{kvBits}, options());
      reference::PlainLlama plain(model, KvFormat{kvBits}, 8);
      for (std::uint32_t i = 0; i < 20; ++i) {
        const std::uint32_t token = (1 + 31 * i) % model.shape.vocab;
        EXPECT_EQ(core.decode(token, i % 2 == 0 ? 0 : 32), plain.step(token))
            << kvBits << ' ' << zeroBits << ' ' << i;
      }
    }
  }
}

TEST(FpgaDatapath, APrefillIsTheSameAsItsTokensOneByOne) {
  const QuantizedModel model = smallModel(0);
  Core core(model, KvFormat{8}, options());
  reference::PlainLlama plain(model, KvFormat{8}, 8);
  std::vector<std::uint32_t> prompt;
  for (std::uint32_t i = 0; i < 150; ++i) prompt.push_back((5 + 17 * i) % model.shape.vocab);
  const auto logits = core.prefill(prompt, 256);  // two tiles of rows, the second one padded
  ASSERT_EQ(logits.size(), prompt.size());
  for (std::size_t i = 0; i < prompt.size(); ++i) ASSERT_EQ(logits[i], plain.step(prompt[i])) << i;
  EXPECT_EQ(core.decode(3), plain.step(3)) << "the cache is the same";
}

TEST(FpgaDatapath, HowTheCompilerCutsAMatrixChangesNoBit) {
  const QuantizedModel model = smallModel(0);
  reference::PlainLlama plain(model, KvFormat{8}, 8);
  const std::vector<Q16> expected = plain.step(9);
  for (const std::uint32_t depth : {64U, 100U, 4096U}) {
    for (const std::uint32_t outputs : {256U, 512U, 1024U}) {
      CompilerOptions o = options();
      o.depths.a = depth == 100 ? 400 : depth * 8;
      o.depths.b = depth == 64 ? 64 : 4096;
      o.mvOutputs = outputs;
      o.outputPadding = o.loadPadding = depth != 100;
      EXPECT_EQ(Core(model, KvFormat{8}, o).decode(9), expected) << depth << ' ' << outputs;
    }
  }
}

TEST(FpgaDatapath, AProgramThatLeavesWorkOutDoesNotEnd) {
  const QuantizedModel model = smallModel(0);
  for (const auto unit : {pim::fpga::Unit::MatrixVector, pim::fpga::Unit::Misc}) {
    for (const std::uint32_t n : {1U, 3U, 8U}) {
      Core core(model, KvFormat{8}, options());
      core.leaveOut(unit, n);
      EXPECT_THROW(core.decode(1), std::logic_error) << pim::fpga::unitName(unit) << ' ' << n;
    }
  }
}

}  // namespace
}  // namespace pim::host::fpga
