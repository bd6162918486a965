#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/operations/alu_operation.h"
#include "platform/assembly/firmware_program.h"
#include "platform/assembly/wave_profile_loader.h"
#include "sim/run/mapping.h"
#include "sim/run/simulation.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/rtl_build.h"
#include "tests/support/systemc_test.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vcd_reader.h"
#include "tlm/trace/gtkw_file.h"
#include "tlm/trace/vcd_file.h"
#include "tlm/trace/wave_trace.h"

namespace pim::test {
namespace {

using Intervals = std::vector<Vcd::Interval>;  // value: sequence of the command

/// When each unit worked on which command, as the model says it.
class Truth : public ActivityObserver {
 public:
  std::map<std::string, Intervals> units;
  std::vector<CommandRecord> layerRecords;
  Picoseconds mark = 0;  // of decode token 0

  void onMark(std::uint32_t kind, std::uint32_t index, Picoseconds now) override {
    m_inToken = kind == PIM_MARK_DECODE && index == 0;
    if (m_inToken) mark = now;
  }
  void onDispatch(const pim_command&, std::uint32_t sequence) override { m_sequence = sequence; }
  void onTransfer(std::uint64_t dies, LinkDirection direction, std::uint64_t, Picoseconds begin,
                  Picoseconds end) override {
    const char* link = direction == LinkDirection::Down ? "link_down" : "link_up";
    for (unsigned die = 0; die < 2; ++die) {
      if ((dies >> die & 1) != 0)
        units[fmt::format("chip.die{}.{}", die, link)].push_back({begin, end, m_sequence});
    }
  }
  void onBankWork(std::uint64_t dies, std::uint64_t banks, Picoseconds begin, Picoseconds end) override {
    for (unsigned i = 0; i < 8; ++i) {
      if ((dies >> i / 4 & 1) != 0 && (banks >> i % 4 & 1) != 0)
        units[fmt::format("chip.die{}.bank{}", i / 4, i % 4)].push_back({begin, end, m_sequence});
    }
  }
  void onCommand(const pim_command& command, std::uint32_t sequence, const CommandRecord& record,
                 const Counters&) override {
    if (isAluOpcode(command.opcode))
      units["chip.controller.alu"].push_back({record.start, record.done, sequence});
    const bool inLayer = command.step >= PIM_STEP_QKV && command.step <= PIM_STEP_DOWN;
    if (m_inToken && inLayer && command.layer == 1 && command.opcode != PIM_OP_NOP)
      layerRecords.push_back(record);
  }

 private:
  bool m_inToken = false;
  std::uint32_t m_sequence = 0;
};

/// The blocks of the firmware's program, as the hart counts their cycles.
class Blocks : public riscv::BlockObserver {
 public:
  struct Block {
    Picoseconds begin;
    std::uint64_t pc;
  };
  std::vector<Block> list;
  Picoseconds clock = 0;

  void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t) override {
    list.push_back({static_cast<Picoseconds>(cycle) * clock, pc});
  }
};

const char* const kProfile = R"(
dies: all
banks: all
signals: firmware, handshake, queue, alu, memory, link, die_ram, bank, dram, columns
window: {at: decode, token: 0, layer: 1}
)";

struct Recording {
  std::string vcd;
  Picoseconds from = 0, to = 0;
  Truth truth;
  Blocks blocks;            // of the RV32 core
  riscv::ElfImage program;  // its program
};

class Waveform : public SystemCTest {
 protected:
  /// A run of the tiny model on 2 dies x 4 banks, in a simulation of its own; with data where RTL is.
  void record(const std::string& profileText, Recording& recording, const platform::Overrides& more = {}) {
    sc_core::sc_simcontext own;
    sc_core::sc_simcontext* before = std::exchange(sc_core::sc_curr_simcontext, &own);
    const std::string profilePath = m_directory.write("profile.yaml", profileText);

    sim::RunRequest request;
    request.config = platform::loadPreset("aim8", smallChip() + more);
    request.job.prompt = {1, 2, 3};
    request.job.generate = 3;
    request.job.ignoreEos = true;
    request.layout =
        host::planModel(tinyShape(), sim::chipShape(request.config), sim::mappingOptions(request.config), 5);
    host::QuantizedModel model;
    if (request.config.rtl.banks != platform::Fidelity::kTlm) {
      ChipRun run;
      run.shape = tinyShape();
      run.overrides = more;
      model = modelOf(run);
      host::bindModel(request.layout, model);
      request.model = &model;
    }
    const WaveProfile profile = platform::loadWaveProfile(profilePath, request.config);
    WaveChip chip = platform::waveChip(request.config);
    if (request.config.controller.core == platform::ControllerCoreKind::kRv32) {
      recording.program = platform::firmwareProgram(request.config, "");
      recording.blocks.clock =
          static_cast<Picoseconds>(std::llround(request.config.controller.firmwareClockNs * 1e3));
      request.program = chip.program = &recording.program;
      request.programObserver = &recording.blocks;
    }
    WaveTrace trace(profile, profile.windows.at(0), chip);
    request.observers = {&recording.truth, &trace};
    trace.finish(sim::simulate(request).end);
    sc_core::sc_curr_simcontext = before;

    ASSERT_TRUE(trace.span().came());
    recording.from = trace.span().from();
    recording.to = trace.span().to();
    const std::string path = m_directory.path("wave.vcd");
    writeVcd(path, trace.signals(), trace.stretch());
    recording.vcd = readAll(path);
  }

  TemporaryFolder m_directory;
};

/// Those that have a part in the window, cut off at its edges.
Intervals within(const Intervals& all, Picoseconds from, Picoseconds to) {
  Intervals list;
  for (const Vcd::Interval& i : all) {
    if (i.end > from && i.begin <= to && i.begin < i.end)
      list.push_back({std::max<Picoseconds>(i.begin, from), std::min<Picoseconds>(i.end, to + 1), i.value});
  }
  return list;
}

/// A signal does not show that a command takes a unit twice without a gap.
Intervals joined(const Intervals& all) {
  Intervals list;
  for (const Vcd::Interval& i : all) {
    if (!list.empty() && list.back().end == i.begin && list.back().value == i.value) {
      list.back().end = i.end;
    } else {
      list.push_back(i);
    }
  }
  return list;
}

/// Neighbours without a gap become one.
Intervals busyOf(const Intervals& all) {
  Intervals list;
  for (const Vcd::Interval& i : all) {
    if (!list.empty() && list.back().end == i.begin) {
      list.back().end = i.end;
    } else {
      list.push_back({i.begin, i.end, 1});
    }
  }
  return list;
}

TEST_F(Waveform, ShowsEveryUnitsCommandsToThePicosecond) {
  Recording run;
  record(kProfile, run);
  const Vcd vcd = readVcd(run.vcd);
  EXPECT_EQ(vcd.timescale, "1 ps");
  EXPECT_EQ(vcd.begin, run.from);
  ASSERT_EQ(run.truth.units.size(), 2u * 4 + 4 + 1);
  for (const auto& [unit, all] : run.truth.units) {
    const Intervals expected = within(all, run.from, run.to);
    EXPECT_EQ(vcd.intervals(unit + ".sequence"), joined(expected)) << unit;
    EXPECT_EQ(vcd.intervals(unit + ".busy"), busyOf(expected)) << unit;
    EXPECT_FALSE(expected.empty()) << unit;
  }
}

TEST_F(Waveform, OfALayerReachesFromItsFirstCommandToTheEndOfItsLast) {
  Recording run;
  record(kProfile, run);
  Picoseconds first = run.truth.layerRecords.at(0).start, last = 0;
  for (const CommandRecord& record : run.truth.layerRecords) {
    first = std::min(first, record.start);
    last = std::max(last, record.done);
  }
  EXPECT_EQ(run.from, first);
  EXPECT_EQ(run.to, last);
}

TEST_F(Waveform, KeepsTheLastChange) {
  Recording run;
  record(kProfile, run);
  const Vcd vcd = readVcd(run.vcd);
  bool any = false;
  for (const auto& [path, changes] : vcd.changes) any = any || changes.back().time == run.to;
  EXPECT_TRUE(any) << "some unit stops when the layer ends";
  EXPECT_EQ(vcd.end, run.to + 1);
}

TEST_F(Waveform, ShowsUnitsAtWorkAtTheSameTimeWhereTheScheduleOverlaps) {
  const auto overlaps = [](const Vcd& vcd, const std::string& a, const std::string& b) {
    for (const Vcd::Interval& x : vcd.intervals(a)) {
      for (const Vcd::Interval& y : vcd.intervals(b)) {
        if (x.begin < y.end && y.begin < x.end) return true;
      }
    }
    return false;
  };
  Recording on, off;
  record(kProfile, on);
  record(kProfile, off, {"schedule.overlap=off"});
  const Vcd with = readVcd(on.vcd), without = readVcd(off.vcd);
  EXPECT_TRUE(overlaps(with, "chip.die0.link_down.busy", "chip.controller.alu.busy"));
  EXPECT_FALSE(overlaps(without, "chip.die0.link_down.busy", "chip.controller.alu.busy"));
  EXPECT_TRUE(overlaps(without, "chip.die0.bank0.busy", "chip.die1.bank0.busy"));
}

TEST_F(Waveform, HasTheSameBytesEachTime) {
  Recording once, again;
  record(kProfile, once);
  record(kProfile, again);
  EXPECT_EQ(once.vcd, again.vcd);
}

TEST_F(Waveform, HasTheSameBytesWhereLeadersStandForBanks) {
  for (const char* window : {"{at: decode, token: 0, layer: 1}", "{at: decode, token: 1}", "{at: run}",
                             "{at: time, from_us: 3, to_us: 9}", "{at: prefill, layer: 0}"}) {
    const std::string profile =
        "dies: 1\nbanks: 0, 2..3\nsignals: alu, queue, link, die_ram, bank, dram, columns\nwindow: " +
        std::string(window);
    Recording lockStep, exact;
    record(profile, lockStep);
    record(profile, exact, {"simulation.exact_banks=on"});
    EXPECT_TRUE(lockStep.vcd == exact.vcd) << window;
  }
}

TEST_F(Waveform, OfAWholeRunContainsThatOfEachWindow) {
  Recording whole;
  const std::string profile =
      "dies: all\nbanks: 1\nsignals: bank, dram, columns, strobes, link, alu\nwindow: ";
  record(profile + "{at: run}", whole);
  const Vcd all = readVcd(whole.vcd);
  const auto microseconds = [](Picoseconds time) { return static_cast<double>(time) / 1e6; };
  std::vector<std::string> windows{"{at: decode, token: 1}", "{at: decode, token: 0, layer: 1}",
                                   "{at: time, from_us: 3, to_us: 9}"};
  // Moments in which a bank computes, refreshes, idles.
  const auto refresh = all.intervals("chip.die1.bank1.refresh").at(1);
  const auto busy = all.intervals("chip.die1.bank1.busy").at(20);
  for (const auto& [from, to] : {std::pair{refresh.begin + 10'000, refresh.end - 10'000},
                                 {busy.begin + 5'000, busy.begin + 9'000},
                                 {busy.end + 1'000, busy.end + 2'000}}) {
    windows.push_back(
        fmt::format("{{at: time, from_us: {:.6f}, to_us: {:.6f}}}", microseconds(from), microseconds(to)));
  }
  for (const std::string& window : windows) {
    Recording recording;
    record(profile + window, recording);
    const Vcd part = readVcd(recording.vcd);
    for (const auto& [path, changes] : part.changes) {
      std::vector<std::pair<std::int64_t, std::uint64_t>> expected, seen;
      std::uint64_t initial = 0;
      for (const Vcd::Change& c : all.changes.at(path)) {
        if (c.time <= recording.from) initial = c.value;
        if (c.time > recording.from && c.time <= recording.to) expected.emplace_back(c.time, c.value);
      }
      for (const Vcd::Change& c : changes) seen.emplace_back(c.time, c.value);
      expected.insert(expected.begin(), {recording.from, initial});
      EXPECT_EQ(seen, expected) << window << ' ' << path;
    }
  }
}

TEST_F(Waveform, FollowsDramOnlyWhereItsWindowIs) {
  SKIP_WITHOUT_RTL();
  const std::string profilePath =
      m_directory.write("late.yaml", "signals: dram\nwindow: {at: time, from_us: 5, to_us: 6}\n");
  const platform::Config config = platform::loadPreset("aim8", smallChip());
  const WaveProfile profile = platform::loadWaveProfile(profilePath, config);
  WaveTrace trace(profile, profile.windows.at(0), platform::waveChip(config));
  const auto followed = [&](Picoseconds idleSince, Picoseconds end) {
    BankTiming::State before;
    before.columnReady = idleSince / platform::waveChip(config).dram.tCkPs;
    return trace.dramObserver({1, 1, before, end}, nullptr) != nullptr;
  };
  EXPECT_FALSE(followed(0, 4'900'000));
  EXPECT_TRUE(followed(4'800'000, 5'100'000));
  EXPECT_TRUE(followed(5'900'000, 7'000'000));
  EXPECT_FALSE(followed(6'100'000, 7'000'000));
}

// ---- the firmware's program

/// What a signal does in the window, if these are its values, each from a time on.
std::vector<std::pair<std::int64_t, std::uint64_t>> shown(
    const std::vector<std::pair<std::int64_t, std::uint64_t>>& values, Picoseconds from, Picoseconds to) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> list{{from, 0}};
  for (const auto& [time, value] : values) {
    if (time <= from) list.front().second = value;
    if (time > from && time <= to && value != list.back().second) list.emplace_back(time, value);
  }
  return list;
}

TEST_F(Waveform, ShowsThePcAndItsFunctionFromTheCycleOfEachBlock) {
  if (platform::builtinFirmware().empty()) GTEST_SKIP() << "built without riscv64-unknown-elf-gcc";
  for (const char* window :
       {"{at: decode, token: 1}", "{at: time, from_us: 3, to_us: 9}", "{at: decode, token: 0, layer: 1}"}) {
    Recording run;
    record("signals: firmware\nwindow: " + std::string(window), run, {"controller.core=rv32"});
    const Vcd vcd = readVcd(run.vcd);
    std::vector<std::pair<std::int64_t, std::uint64_t>> pcs, functions;
    for (const Blocks::Block& block : run.blocks.list) {
      pcs.emplace_back(block.begin, block.pc);
      std::uint64_t number = 0;
      for (std::size_t i = 0; i < run.program.functions.size(); ++i) {
        const riscv::ElfFunction& function = run.program.functions[i];
        if (block.pc - function.address < function.bytes) number = i + 1;
      }
      functions.emplace_back(block.begin, number);
    }
    const auto changes = [&](const std::string& path) {
      std::vector<std::pair<std::int64_t, std::uint64_t>> list;
      for (const Vcd::Change& c : vcd.changes.at("chip.controller.firmware." + path))
        list.emplace_back(c.time, c.value);
      return list;
    };
    EXPECT_EQ(changes("pc"), shown(pcs, run.from, run.to)) << window;
    EXPECT_EQ(changes("function"), shown(functions, run.from, run.to)) << window;
    EXPECT_GT(changes("function").size(), 50u) << window;
    EXPECT_EQ(vcd.widths.at("chip.controller.firmware.pc"), 32u);
  }
}

TEST_F(Waveform, NamesTheFunctionsForGtkwave) {
  riscv::ElfImage program;
  program.functions = {{0x100, 0x10, "pim_start"}, {0x110, 0x10, "pim_post"}};
  EXPECT_EQ(waveFunctionAt(program, 0x118), 2u);
  EXPECT_EQ(waveFunctionAt(program, 0x200), 0u);
  const auto files = waveNameFiles(&program);
  EXPECT_EQ(files.back(),
            (std::pair<std::string, std::string>{"wave_function.txt", "0 -\n1 pim_start\n2 pim_post\n"}));
  EXPECT_EQ(waveNameFiles(nullptr).size(), files.size() - 1);
}

TEST_F(Waveform, HasNoPcWhereTheFirmwareIsHostCode) {
  Recording run;
  record("signals: firmware\nwindow: {at: decode, token: 1}", run);
  const Vcd vcd = readVcd(run.vcd);
  EXPECT_EQ(vcd.changes.count("chip.controller.firmware.state"), 1u);
  EXPECT_EQ(vcd.changes.count("chip.controller.firmware.pc"), 0u);
  EXPECT_EQ(vcd.changes.count("chip.controller.firmware.function"), 0u);
}

// ---- RTL beside the model

const platform::Overrides kOneBankInRtl{"rtl.banks=check", "rtl.bank_select=die1.bank2"};

/// What a signal does up to a time.
std::vector<std::pair<std::int64_t, std::uint64_t>> changesUntil(const Vcd& vcd, const std::string& path,
                                                                 Picoseconds end) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> list;
  for (const Vcd::Change& c : vcd.changes.at(path)) {
    if (c.time <= end) list.emplace_back(c.time, c.value);
  }
  return list;
}

TEST_F(Waveform, ShowsEachDramCommandOfTheRtlAtTheTimeOfTheModels) {
  SKIP_WITHOUT_RTL();
  for (const char* buffers : {"dram.row_buffers=1", "dram.row_buffers=2"}) {
    Recording run;
    record("dies: all\nbanks: 2\nsignals: bank, dram, columns, strobes\nwindow: {at: run}", run,
           kOneBankInRtl + platform::Overrides{buffers});
    const Vcd vcd = readVcd(run.vcd);
    EXPECT_EQ(vcd.changes.count("chip.die0.bank2.rtl.busy"), 0u) << "that one is the model's alone";
    // How the bank idles after its last command nobody asks the model any more.
    const Picoseconds end = vcd.intervals("chip.die1.bank2.busy").back().end;
    for (const char* signal : {"activate", "precharge", "column", "open_row", "refresh", "columns"}) {
      const auto model = changesUntil(vcd, fmt::format("chip.die1.bank2.{}", signal), end);
      EXPECT_EQ(model, changesUntil(vcd, fmt::format("chip.die1.bank2.rtl.{}", signal), end))
          << signal << ", " << buffers;
      EXPECT_GT(model.size(), 6u) << signal << ", " << buffers;
    }
  }
}

TEST_F(Waveform, ShowsTheRtlBusyWithTheCommandsOfTheModel) {
  SKIP_WITHOUT_RTL();
  Recording run;
  record("dies: 1\nbanks: 2\nsignals: bank\nwindow: {at: decode, token: 0}", run, kOneBankInRtl);
  const Vcd vcd = readVcd(run.vcd);
  const auto model = vcd.intervals("chip.die1.bank2.sequence"),
             rtl = vcd.intervals("chip.die1.bank2.rtl.busy");
  ASSERT_EQ(model.size(), rtl.size());
  EXPECT_GT(model.size(), 10u);
  for (std::size_t i = 0; i < model.size(); ++i) {
    EXPECT_EQ(rtl[i].begin - model[i].begin, 500) << "the edge that takes the descriptor: " << i;
    EXPECT_EQ(rtl[i].end, model[i].end) << i;
  }
  std::set<std::uint64_t> states;
  for (const Vcd::Interval& i : vcd.intervals("chip.die1.bank2.rtl.state")) states.insert(i.value);
  EXPECT_EQ(states.size(), 5u) << "decode, columns, drain, softmax, store";
}

TEST_F(Waveform, GroupsTheRtlBesideTheBankInTheSaveFile) {
  SKIP_WITHOUT_RTL();
  const platform::Config config = platform::loadPreset("aim8", smallChip() + kOneBankInRtl);
  const std::string profilePath =
      m_directory.write("rtl.yaml", "dies: 1\nbanks: 2..3\nsignals: dram.open_row\n");
  const WaveProfile profile = platform::loadWaveProfile(profilePath, config);
  const WaveTrace trace(profile, profile.windows.at(0), platform::waveChip(config));
  const std::string text = gtkwText(trace.signals(), 0, 1000, "rtl.vcd", ".");
  std::size_t at = 0;
  for (const char* line : {"-die1", "chip.die1.bank2.open_row", "-bank2 RTL", "chip.die1.bank2.rtl.open_row",
                           "-bank2 RTL", "chip.die1.bank3.open_row", "-die1"}) {
    at = text.find(line, at + 1);
    ASSERT_NE(at, std::string::npos) << line << '\n' << text;
  }
}

TEST_F(Waveform, ShowsTheRowsThatDramOpensAndItsRefreshes) {
  Recording run;
  record("signals: dram, columns, bank\nwindow: {at: run}", run);
  const Vcd vcd = readVcd(run.vcd);
  const Intervals refreshes = vcd.intervals("chip.die0.bank0.refresh");
  EXPECT_GT(refreshes.size(), 3u);
  for (const Vcd::Interval& r : refreshes) EXPECT_EQ((r.end - r.begin) % 120'000, 0) << "tRFC";
  const auto& rows = vcd.changes.at("chip.die0.bank0.open_row");
  const auto rowAt = [&](std::int64_t time) {
    std::uint64_t row = 0;
    for (const Vcd::Change& c : rows) {
      if (c.time <= time) row = c.value;
    }
    return row;
  };
  for (const Vcd::Interval& r : refreshes) EXPECT_EQ(rowAt(r.begin), kNoOpenRow);
  const Intervals columns = vcd.intervals("chip.die0.bank0.columns");
  EXPECT_GT(columns.size(), 10u);
  for (const Vcd::Interval& c : columns) EXPECT_NE(rowAt(c.begin), kNoOpenRow);
}

TEST_F(Waveform, ShowsNoDataUnlessAskedFor) {
  Recording without, with;
  record("signals: bank, link, alu\nwindow: {at: decode, token: 0}", without);
  record("signals: bank, link, alu\ndata: on\nwindow: {at: decode, token: 0}", with);
  EXPECT_EQ(readVcd(without.vcd).changes.count("chip.die0.bank0.bmem_address"), 0u);
  EXPECT_EQ(readVcd(with.vcd).changes.count("chip.die0.bank0.bmem_address"), 1u);
}

}  // namespace
}  // namespace pim::test
