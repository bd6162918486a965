// Writes inputs and expected outputs of the common blocks for rtl_ref/tb/pim_common_tb.sv, which any Verilog
// simulator runs: one line of hex digits a vector, in the order of the files' concatenation there.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

#include "core/arith/exp2.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/sample.h"
#include "core/base/fixed_point.h"

namespace {

constexpr int kVectors = 4096;

/// Hex digits of a `bits` wide field, for $readmemh.
class Line {
 public:
  Line& add(std::uint64_t value, unsigned digits) {
    for (unsigned i = digits; i-- > 0;) m_text += "0123456789abcdef"[i < 16 ? value >> 4 * i & 15 : 0];
    return *this;
  }
  std::string text() const { return m_text + '\n'; }

 private:
  std::string m_text;
};

std::string exp2Vectors() {
  std::string text;
  for (std::uint32_t t = 0; t <= 65535; ++t) text += Line().add(pim::exp2neg(t), 4).text();
  return text;
}

std::string sineVectors(std::mt19937_64& random) {
  std::string text;
  for (int i = 0; i < kVectors; ++i) {
    const auto phase = static_cast<std::uint32_t>(i < 1024 ? std::uint64_t(i) << 22 : random());
    text += Line().add(phase, 8).add(static_cast<std::uint32_t>(pim::ropeSin(phase)), 8).text();
  }
  return text;
}

std::string roundVectors(std::mt19937_64& random) {
  std::string text;
  for (int i = 0; i < kVectors; ++i) {
    const std::int64_t x = static_cast<std::int64_t>(random()) >> (random() % 64);
    const int shift = static_cast<int>(random() % 140) - 70;
    const auto y = static_cast<std::uint32_t>(pim::sat32(pim::roundShift(x, shift)));
    text += Line()
                .add(static_cast<std::uint64_t>(x), 16)
                .add(static_cast<std::uint32_t>(shift), 8)
                .add(y, 8)
                .text();
  }
  return text;
}

std::string inverseVectors(std::mt19937_64& random) {
  std::string text;
  for (int i = 0; i < kVectors / 16; ++i) {
    const std::uint64_t n = 1 + random() % 65536, eps = 1 + (random() >> (32 + random() % 32));
    const std::uint64_t largest = random() >> (33 + random() % 31);
    const pim::UInt128 squares = pim::UInt128{largest * largest} * n;
    const std::uint64_t root = pim::integerSquareRoot((squares / n + eps) << 16);
    const std::uint64_t inverse = ((std::uint64_t{1} << 56) + root / 2) / root;
    text += Line()
                .add(static_cast<std::uint64_t>(squares >> 64), 4)
                .add(static_cast<std::uint64_t>(squares), 16)
                .add(eps, 8)
                .add(n, 8)
                .add(inverse, 16)
                .text();
  }
  return text;
}

std::string logitVectors(std::mt19937_64& random) {
  std::string text;
  for (int i = 0; i < kVectors; ++i) {
    const auto largest = static_cast<pim::Q16>(random());
    const auto below = static_cast<std::int64_t>((random() >> 32) >> (random() % 32));
    const auto logit = static_cast<pim::Q16>(std::max<std::int64_t>(largest - below, INT32_MIN));
    pim::SampleRule rule;
    rule.multiplier = static_cast<std::uint16_t>(32768 + random() % 32768);
    rule.shift = static_cast<std::uint16_t>(random() % 63);
    const std::uint32_t distance = pim::sampleDistance(largest, logit, rule);
    const auto bound = static_cast<std::uint16_t>(distance + random() % 3 - 1);
    text += Line()
                .add(static_cast<std::uint32_t>(largest), 8)
                .add(static_cast<std::uint32_t>(logit), 8)
                .add(rule.multiplier, 4)
                .add(rule.shift, 2)
                .add(bound, 4)
                .add(distance < bound, 1)
                .add(distance == bound, 1)
                .add(pim::sampleWeight(distance), 8)
                .text();
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: pim_generate_vectors DIRECTORY\n";
    return 2;
  }
  std::mt19937_64 random(1);
  const std::pair<const char*, std::string> files[] = {{"exp2.hex", exp2Vectors()},
                                                       {"sine.hex", sineVectors(random)},
                                                       {"round.hex", roundVectors(random)},
                                                       {"inverse.hex", inverseVectors(random)},
                                                       {"logit.hex", logitVectors(random)}};
  for (const auto& [name, text] : files) {
    std::ofstream file(std::string(argv[1]) + "/" + name, std::ios::binary);
    file << text << std::flush;
    if (!file) {
      std::cerr << argv[1] << '/' << name << ": cannot be written\n";
      return 1;
    }
  }
  return 0;
}
