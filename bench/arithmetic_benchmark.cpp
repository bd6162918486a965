#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "core/arith/mac.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/softmax.h"

namespace pim {
namespace {

const ActivationFormat kActivation{128, 16};
const WeightFormat kWeights{128, 4, 16, 0};

template <typename T>
std::vector<T> random(std::size_t n, T least, T most) {
  std::mt19937 bits(1);
  std::uniform_int_distribution<std::int64_t> distribution(least, most);
  std::vector<T> values(n);
  for (T& value : values) value = static_cast<T>(distribution(bits));
  return values;
}

/// `vectors` activation records of k elements, one after another.
std::vector<std::uint8_t> records(std::uint32_t k, std::uint32_t vectors) {
  const std::uint32_t bytes = activationRecordBytes(k, kActivation);
  std::vector<std::uint8_t> all(std::size_t{bytes} * vectors);
  const std::vector<Q16> x = random<Q16>(k, -(1 << 24), 1 << 24);
  for (std::uint32_t v = 0; v < vectors; ++v) {
    writeRecord(x.data(), k, kActivation, chooseScale(x.data(), k, kActivation),
                &all[std::size_t{bytes} * v]);
  }
  return all;
}

void macRowOf(benchmark::State& state) {
  const auto k = static_cast<std::uint32_t>(state.range(0));
  const std::vector<std::uint8_t> weights = random<std::uint8_t>(weightRowBytes(k, kWeights), 0, 127);
  const std::vector<std::uint8_t> record = records(k, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        macRow(WeightRowView(weights.data(), k, kWeights), ActivationView(record.data(), k, kActivation)));
  }
  state.SetItemsProcessed(state.iterations() * k);
}
BENCHMARK(macRowOf)->ArgName("k")->Arg(4096);

/// A bank's part of a matrix of llama-7b on 128 banks.
void macBlockOf(benchmark::State& state) {
  MacBlock block;
  block.rows = static_cast<std::uint32_t>(state.range(0));
  block.k = static_cast<std::uint32_t>(state.range(1));
  block.vectors = static_cast<std::uint32_t>(state.range(2));
  block.format = kWeights;
  const std::vector<std::uint8_t> weights =
      random<std::uint8_t>(std::size_t{block.rows} * weightRowBytes(block.k, kWeights), 0, 127);
  const std::vector<std::uint8_t> vectors = records(block.k, block.vectors);
  std::vector<std::int64_t> sums(std::size_t{block.rows} * block.vectors);
  for (auto _ : state) {
    macBlock(block, weights.data(), vectors.data(), sums.data(), block.rows);
    benchmark::DoNotOptimize(sums.data());
  }
  state.SetItemsProcessed(state.iterations() * block.rows * block.k * block.vectors);
}
BENCHMARK(macBlockOf)
    ->ArgNames({"rows", "k", "vectors"})
    ->Args({32, 4096, 1})
    ->Args({86, 4096, 1})
    ->Args({32, 11008, 1})
    ->Args({250, 4096, 1})
    ->Args({32, 4096, 8})
    ->Args({86, 4096, 8})
    ->Args({32, 11008, 8});

void softmaxOf(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  const std::vector<std::int32_t> scores = random<std::int32_t>(n, -(10 << 11), 10 << 11);
  std::vector<std::uint16_t> probabilities(n);
  for (auto _ : state) {
    softmax(scores.data(), n, probabilities.data());
    benchmark::DoNotOptimize(probabilities.data());
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(softmaxOf)->ArgName("scores")->Arg(128)->Arg(2048);

void rmsNormOf(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  const std::vector<Q16> x = random<Q16>(n, -(1 << 20), 1 << 20);
  std::vector<Q16> y(n);
  for (auto _ : state) {
    rmsNorm(x.data(), x.data(), n, 43, y.data());
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(rmsNormOf)->ArgName("n")->Arg(4096);

}  // namespace
}  // namespace pim
