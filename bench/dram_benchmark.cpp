#include <benchmark/benchmark.h>

#include "core/dram/bank_timing.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/config/loader.h"

namespace pim {
namespace {

class Discard : public DramObserver {
 public:
  void command(const DramCommand& command) override { benchmark::DoNotOptimize(command.cycle); }
};

/// The MAC columns of one weight matrix in a bank of aim8: `rows` DRAM rows, a column every `interval`
/// cycles.
template <typename Serve>
void stream(benchmark::State& state, Serve serve) {
  const BankTiming dram(platform::dramTiming(platform::loadPreset("aim8")));
  StreamRequest request;
  request.columns = static_cast<std::uint64_t>(state.range(0) * dram.timing().columnsPerRow());
  request.columnInterval = state.range(1);
  BankTiming::State bank;
  DramCycles now = 0;
  for (auto _ : state) now = serve(dram, bank, now, request).end;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(request.columns));
}

void streamInClosedForm(benchmark::State& state) {
  stream(state, [](const BankTiming& dram, BankTiming::State& bank, DramCycles start,
                   const StreamRequest& r) { return dram.stream(bank, start, r); });
}
BENCHMARK(streamInClosedForm)->ArgNames({"rows", "interval"})->Args({33, 2})->Args({90, 2})->Args({33, 16});

void streamCommandByCommand(benchmark::State& state) {
  Discard observer;
  stream(state, [&](const BankTiming& dram, BankTiming::State& bank, DramCycles start,
                    const StreamRequest& r) { return dram.streamExact(bank, start, r, observer); });
}
BENCHMARK(streamCommandByCommand)
    ->ArgNames({"rows", "interval"})
    ->Args({33, 2})
    ->Args({90, 2})
    ->Args({33, 16});

}  // namespace
}  // namespace pim
