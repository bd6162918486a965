#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/arith/elementwise.h"
#include "sw/host/quantise/quantize.h"
#include "sw/host/tokenizer/tokenizer.h"
#include "tests/reference/plain_llama.h"

namespace pim {
namespace {

/// The model that ships with the project, loaded as users load it, in the chip's integers.
class ShippedAdder : public ::testing::Test {
 protected:
  void SetUp() override {
    m_tokenizer = host::loadTokenizer(PIMTLM_ADDER);
    m_model =
        host::quantize(std::make_shared<const host::Checkpoint>(host::loadCheckpoint(PIMTLM_ADDER))).model;
  }

  /// What the model writes after `prompt`, units first, without the end of the text.
  std::string answer(const std::string& prompt, std::uint32_t kvBits, std::uint32_t activationBits) const {
    reference::PlainLlama llama(m_model, {kvBits}, activationBits);
    std::vector<Q16> logits;
    for (const std::uint32_t id : m_tokenizer->encode(prompt)) logits = llama.step(id);
    std::vector<std::uint32_t> written;
    const std::size_t longest = std::string("19998").size();
    for (std::uint32_t id = argmax(logits.data(), m_model.shape.vocab);
         id != m_tokenizer->eos().front() && written.size() <= longest;
         id = argmax(llama.step(id).data(), m_model.shape.vocab))
      written.push_back(id);
    return m_tokenizer->decode(written);
  }

  std::uint32_t right(std::uint32_t sums, std::uint32_t kvBits, std::uint32_t activationBits) const {
    std::mt19937 random(4);
    const auto below = [&random](std::uint32_t limit) {
      return static_cast<std::uint32_t>(random() % limit);
    };
    const auto operand = [&below] {
      const std::uint32_t limits[] = {10000, 10000, 1000, 100};
      const std::uint32_t limit = limits[below(4)];
      return below(limit);
    };
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < sums; ++i) {
      const std::uint32_t a = operand();
      const std::uint32_t b = operand();
      const std::string sum = std::to_string(a + b);
      count += answer(std::to_string(a) + "+" + std::to_string(b) + "=", kvBits, activationBits) ==
               std::string(sum.rbegin(), sum.rend());
    }
    return count;
  }

  std::shared_ptr<const host::Tokenizer> m_tokenizer;
  host::QuantizedModel m_model;
};

TEST_F(ShippedAdder, IsSmall) {
  const ModelShape& shape = m_model.shape;
  EXPECT_EQ(shape.hidden, 128u);
  EXPECT_EQ(shape.layers, 3u);
  EXPECT_EQ(shape.vocab, 32u);
}

TEST_F(ShippedAdder, PromptsAreOneTokenACharacterWithoutALeadingSpace) {
  const std::vector<std::uint32_t> ids = m_tokenizer->encode("1234+5678=");
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{1, 4, 5, 6, 7, 13, 8, 9, 10, 11, 14}));
  EXPECT_EQ(m_tokenizer->eos(), std::vector<std::uint32_t>{2});
  EXPECT_EQ(m_tokenizer->decode({5, 4, 12, 9}), "2196");
}

TEST_F(ShippedAdder, WritesTheUnitsFirst) {
  EXPECT_EQ(answer("1234+5678=", 16, 16), "2196");
}

TEST_F(ShippedAdder, CarriesThroughEveryDigit) {
  EXPECT_EQ(answer("9999+1=", 16, 16), "00001");
  EXPECT_EQ(answer("9999+9999=", 16, 16), "89991");
  EXPECT_EQ(answer("0+0=", 16, 16), "0");
}

TEST_F(ShippedAdder, AddsWithTheChipsArithmetic) {
  EXPECT_GE(right(100, 16, 16), 99u);
}

}  // namespace
}  // namespace pim
