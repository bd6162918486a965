#include "platform/assembly/firmware_measurement.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/riscv/hart.h"
#include "platform/assembly/firmware_program.h"
#include "platform/assembly/instant_machine.h"
#include "platform/config/loader.h"
#include "platform/config/memory_map.h"
#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/planner.h"

namespace pim::platform {
namespace {

constexpr std::size_t kKinds = PIM_WORK_KINDS;
using Counts = std::array<double, kKinds>;

bool isDoorbell(std::uint32_t address) {
  return address == PIM_REG_QUEUE_TAIL || address == PIM_REG_PROGRAM_RUN;
}

/// A job on a model on a chip.
struct Case {
  ModelShape shape;
  ChipShape chip;
  host::MappingOptions options;
  pim_job job{};
  std::uint32_t context = 512;
};

/// Runs the job as host code and records its work up to each doorbell.
class NativeRun {
 public:
  NativeRun(const host::Layout& layout, const pim_job& job) {
    host::packPlan(layout, m_machine);
    m_machine.submit(job, layout.jobAddress);
    m_hal.context = this;
    m_hal.read32 = [](void* self, std::uint32_t address) { return of(self).m_machine.read(address); };
    m_hal.write32 = [](void* self, std::uint32_t address, std::uint32_t value) {
      if (isDoorbell(address)) of(self).m_samples.push_back(of(self).m_counts);
      of(self).m_machine.write(address, value);
    };
    m_hal.read_block = [](void* self, std::uint32_t address, void* to, std::uint32_t bytes) {
      for (std::uint32_t i = 0; i < bytes / 4; ++i)
        static_cast<std::uint32_t*>(to)[i] = of(self).m_machine.read(address + 4 * i);
    };
    m_hal.write_block = [](void* self, std::uint32_t address, const void* from, std::uint32_t bytes) {
      of(self).m_machine.writeController(address, static_cast<const std::uint8_t*>(from), bytes);
    };
    m_hal.wait_for_interrupt = [](void*) {};
    m_hal.did = [](void* self, pim_work work, std::uint32_t count) { of(self).m_counts[work] += count; };
    if (pim_firmware_main(&m_hal, 0, layout.planAddress) != PIM_OK)
      throw std::logic_error("a job that fails");
  }
  std::vector<Counts> take() { return std::move(m_samples); }

 private:
  static NativeRun& of(void* self) { return *static_cast<NativeRun*>(self); }

  InstantMachine m_machine;
  pim_hal m_hal{};
  Counts m_counts{};
  std::vector<Counts> m_samples;
};

/// Runs the same job as the program on the core and records its cycles up to each doorbell.
class ProgramRun : private riscv::Bus {
 public:
  ProgramRun(const riscv::ElfImage& program, const riscv::CycleTable& table, const MemoryMap& map,
             const host::Layout& layout, const pim_job& job) {
    const auto codeBase = static_cast<std::uint32_t>(map.instructions.base);
    const auto dataBase = static_cast<std::uint32_t>(map.data.base);
    std::vector<std::uint8_t> code(map.instructions.size), data(map.data.size);
    for (const riscv::ElfSegment& segment : program.segments) {
      if (segment.bytes.empty()) continue;
      const std::size_t at = segment.address - codeBase;
      if (at + segment.bytes.size() > code.size()) throw std::logic_error("a program that does not fit");
      std::copy(segment.bytes.begin(), segment.bytes.end(), code.begin() + static_cast<std::ptrdiff_t>(at));
    }
    host::packPlan(layout, m_machine);
    m_machine.submit(job, layout.jobAddress);
    riscv::Hart hart(table, {codeBase, static_cast<std::uint32_t>(code.size()), code.data()},
                     {dataBase, static_cast<std::uint32_t>(data.size()), data.data()}, *this);
    hart.reset(program.entry);
    constexpr unsigned kA1 = 11;
    hart.setX(kA1, layout.planAddress);
    hart.setInterrupt(true);
    constexpr std::uint64_t kBetweenLooks = 10000;
    while (!m_machine.isDone()) {
      if (hart.run(hart.cycles() + kBetweenLooks) != riscv::Stop::Budget)
        throw std::logic_error("lost firmware");
      if (m_machine.hasFailed()) throw std::logic_error("a job that fails");
    }
  }
  std::vector<double> take() { return std::move(m_samples); }

 private:
  Answer read(std::uint32_t address, std::uint32_t /*bytes*/, std::uint64_t /*cycle*/) override {
    return {true, m_machine.read(address), 0};
  }
  Answer write(std::uint32_t address, std::uint32_t value, std::uint32_t bytes,
               std::uint64_t cycle) override {
    if (bytes != 4) throw std::logic_error("the firmware writes words");
    if (isDoorbell(address)) m_samples.push_back(static_cast<double>(cycle));
    m_machine.write(address, value);
    return {true, 0, 0};
  }

  InstantMachine m_machine;
  std::vector<double> m_samples;
};

/// Accumulates the equations counts . costs = cycles and solves them by least squares.
class LeastSquares {
 public:
  void add(const Counts& counts, double cycles) {
    for (std::size_t i = 0; i < kKinds; ++i) {
      if (counts[i] == 0) continue;
      m_right[i] += counts[i] * cycles;
      for (std::size_t j = 0; j < kKinds; ++j) m_left[i][j] += counts[i] * counts[j];
    }
  }
  /// Solves the equations. A small value is added to the diagonal, so that the solution exists even if some
  /// kinds of work always occur together. Such kinds share their cost, or the first of them takes it.
  Counts solve() {
    for (std::size_t i = 0; i < kKinds; ++i) m_left[i][i] += 1e-3;
    for (std::size_t i = 0; i < kKinds; ++i) {  // Gaussian elimination: the matrix is symmetric and positive
      for (std::size_t row = i + 1; row < kKinds; ++row) {
        const double factor = m_left[row][i] / m_left[i][i];
        if (factor == 0) continue;
        for (std::size_t j = i; j < kKinds; ++j) m_left[row][j] -= factor * m_left[i][j];
        m_right[row] -= factor * m_right[i];
      }
    }
    Counts costs{};
    for (std::size_t i = kKinds; i-- > 0;) {
      double rest = m_right[i];
      for (std::size_t j = i + 1; j < kKinds; ++j) rest -= m_left[i][j] * costs[j];
      costs[i] = rest / m_left[i][i];
    }
    return costs;
  }

 private:
  std::array<Counts, kKinds> m_left{};
  Counts m_right{};
};

/// Returns models, chips and mappings that vary everything on which the firmware's time depends.
std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&all](std::uint32_t heads, std::uint32_t kvHeads, unsigned dies, unsigned banks,
                          auto change) {
    Case c;
    c.shape = {"measured", 5, 1024, heads, kvHeads, 1024 / heads, 2816, 4096, 2048, 10000.0, 1e-5, false};
    c.chip.dies = dies;
    c.chip.banksPerDie = banks;
    c.options.queueDepth = 64;
    c.options.tokenTile = 8;
    c.job.prompt_tokens = 20;
    c.job.generate = 12;
    c.job.ignore_eos = 1;
    c.job.position = 40;
    change(c);
    all.push_back(c);
  };
  for (const std::uint32_t kvHeads : {16u, 4u}) {
    for (const unsigned dies : {8u, 2u}) {
      for (const bool fused : {true, false}) {
        const auto fuse = [fused](Case& c) { c.options.fuseQkv = c.options.fuseGateUp = fused; };
        add(16, kvHeads, dies, 16, fuse);
        add(16, kvHeads, dies, 16, [&](Case& c) {
          fuse(c);
          c.options.kvBits = 4;
          c.options.queueDepth = 16;
          c.options.embedding = EmbeddingPlacement::kBanks;
        });
        add(16, kvHeads, dies, 16, [&](Case& c) {
          fuse(c);
          c.options.columnParts = 2;
          c.options.tilesInFlight = 1;
          c.job.multiplier = 100;
          c.job.top_p = 65536;
        });
        add(16, kvHeads, dies, 16, [&](Case& c) {
          fuse(c);
          c.options.banksPerHead = 2;
          c.options.embedding = EmbeddingPlacement::kController;
          c.job.emit_prompt_logits = 1;
        });
        add(16, kvHeads, dies, 16, [&](Case& c) {
          fuse(c);
          c.options.overlap = false;
        });
        add(16, kvHeads, dies, 16, [&](Case& c) {
          fuse(c);
          c.options.fuseResidualNorm = true;
        });
        for (const std::uint32_t banksPerHead : {1u, 2u}) {  // decode steps as a program
          add(16, kvHeads, dies, 16, [&](Case& c) {
            fuse(c);
            c.options.cachedProgram = true;
            c.shape.layers = fused ? 3 : 16;
            c.options.banksPerHead = banksPerHead;
            c.options.embedding = EmbeddingPlacement::kBanks;
            c.job.generate = 40;
            if (banksPerHead == 1) return;
            c.job.multiplier = 100;
            c.job.top_p = 65536;
          });
        }
        for (const std::uint32_t position : {40u, 2100u}) {  // masks of one word and of two
          add(16, kvHeads, dies, 16, [&](Case& c) {
            fuse(c);
            c.options.mask = host::BlockMask::window(64, 128);
            c.context = c.shape.context = 2560;
            c.job.position = position;
          });
        }
        add(16, kvHeads, dies, 4, [&](Case& c) {
          fuse(c);
          c.chip.bramBytes = 16u << 10;
          c.options.tokenTile = 4;
        });
        for (const bool overlap : {true, false}) {  // inputs with several K tiles
          add(32, 2 * kvHeads, dies, 16, [&](Case& c) {
            fuse(c);
            c.shape.hidden = 4096;
            c.shape.headDim = 128;
            c.shape.mlp = 11008;
            c.options.overlap = overlap;
            c.job.generate = 20;
          });
        }
      }
    }
  }
  return all;
}

double cyclesOf(const Counts& counts, Counts costs) {
  costs[PIM_WORK_JOB] = 0;
  return std::inner_product(counts.begin(), counts.end(), costs.begin(), 0.0);
}

}  // namespace

FirmwareMeasurement measureFirmware(const riscv::CycleTable& table) {
  Config config = loadPreset("aim8");
  config.controller.core = ControllerCoreKind::kRv32;
  const riscv::ElfImage program = firmwareProgram(config, "");
  const MemoryMap map = memoryMap(config);
  LeastSquares squares;
  std::vector<std::pair<Counts, double>> totals, begins;
  for (const Case& c : cases()) {
    host::Layout layout = host::planModel(c.shape, c.chip, c.options, c.context);
    pim_job job = c.job;
    job.prompt = layout.promptAddress;
    const std::vector<Counts> work = NativeRun(layout, job).take();
    const std::vector<double> cycles = ProgramRun(program, table, map, layout, job).take();
    if (work.size() != cycles.size() || work.size() < 2) throw std::logic_error("two runs of one job differ");
    for (std::size_t i = 1; i < work.size(); ++i) {
      Counts counts;
      std::transform(work[i].begin(), work[i].end(), work[i - 1].begin(), counts.begin(), std::minus<>());
      squares.add(counts, cycles[i] - cycles[i - 1]);
    }
    Counts counts;
    std::transform(work.back().begin(), work.back().end(), work.front().begin(), counts.begin(),
                   std::minus<>());
    totals.emplace_back(counts, cycles.back() - cycles.front());
    begins.emplace_back(work.front(), cycles.front());
  }
  Counts costs = squares.solve();
  costs[PIM_WORK_JOB] = 0;  // cycles before the first doorbell that no other cost explains
  for (const auto& [counts, cycles] : begins)
    costs[PIM_WORK_JOB] += (cycles - cyclesOf(counts, costs)) / static_cast<double>(begins.size());
  FirmwareMeasurement measured;
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    measured.costs[kind] = static_cast<std::int32_t>(std::lround(costs[kind] * 100));
  for (const auto& [counts, cycles] : totals)
    measured.worstError = std::max(measured.worstError, std::abs(cyclesOf(counts, costs) / cycles - 1));
  return measured;
}

}  // namespace pim::platform
