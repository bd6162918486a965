#include "sim/cosim/bank_bench.h"

#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <systemc>
#include <tuple>
#include <vector>

#include "core/base/address_map.h"
#include "core/operations/bank_operation.h"
#include "core/operations/command_names.h"
#include "sim/cosim/bank_formats.h"
#include "sim/cosim/bank_stimulus.h"
#include "sim/cosim/bank_vectors.h"
#include "tlm/bank/bank.h"
#include "tlm/kit/transaction.h"
#include "tlm/rtl/bank_model.h"
#include "tlm/rtl/bram_watch.h"
#include "tlm/rtl/result_difference.h"

namespace pim::cosim {
namespace {

constexpr std::uint64_t kCommandsPerBank = 250;
constexpr std::uint64_t kCommandsPerSweep = 16;  // period of comparisons of the complete BRAM

/// Records the DRAM commands of one side; commands of the same cycle are sorted.
class DramTrace : public DramObserver {
 public:
  void command(const DramCommand& command) override { m_commands.push_back(command); }

  DramCycles last() const {
    DramCycles last = -1;
    for (const DramCommand& command : m_commands) last = std::max(last, command.cycle);
    return last;
  }

  /// Returns the commands up to `cycle`, in order, and removes them.
  std::vector<DramCommand> takeUntil(DramCycles cycle) {
    const auto key = [](const DramCommand& c) { return std::tuple(c.cycle, c.kind, c.row, c.column); };
    std::sort(m_commands.begin(), m_commands.end(),
              [&](const DramCommand& a, const DramCommand& b) { return key(a) < key(b); });
    const auto end = std::find_if(m_commands.begin(), m_commands.end(),
                                  [&](const DramCommand& c) { return c.cycle > cycle; });
    std::vector<DramCommand> taken(m_commands.begin(), end);
    m_commands.erase(m_commands.begin(), end);
    return taken;
  }

 private:
  std::vector<DramCommand> m_commands;
};

std::string text(const DramCommand& command) {
  static constexpr const char* kNames[] = {"ACT", "PRE", "RD", "MAC", "WR", "REF"};
  return fmt::format("{} row {} column {} in cycle {}", kNames[static_cast<int>(command.kind)], command.row,
                     command.column, command.cycle);
}

/// A TLM bank that the bench drives.
class Reference : public sc_core::sc_module {
 public:
  Reference(const sc_core::sc_module_name& name, const BankParameters& parameters, const Wiring& wiring,
            std::uint32_t bank)
      : sc_module(name), m_commons(parameters, m_counters, wiring), m_bank("bank", m_commons, bank) {
    m_socket.bind(m_bank.socket());
    bram = memory(BankAddress::kBram);
    bmem = memory(BankAddress::kBmem);
  }

  struct Answer {
    tlm::tlm_response_status status;
    Picoseconds done;
  };
  Answer ring(const pim_command& command, Picoseconds at) {
    sc_core::sc_time delay = toScTime(at);
    m_socket->b_transport(m_transaction.write(BankAddress::kRegisters, &command, sizeof command), delay);
    return {m_transaction.payload().get_response_status(), m_transaction.command.answer.done};
  }

  std::uint8_t* bram;
  std::uint8_t* bmem;

 private:
  std::uint8_t* memory(std::uint64_t address) {
    tlm::tlm_dmi dmi;
    if (!m_socket->get_direct_mem_ptr(m_transaction.read(address, nullptr, 1), dmi))
      throw std::logic_error("the TLM bank grants no direct access");
    return dmi.get_dmi_ptr();
  }

  Counters m_counters;
  BankCommons m_commons;
  Bank m_bank;
  tlm_utils::simple_initiator_socket<Reference> m_socket;
  Transaction m_transaction;
};

/// The RTL and the model of one bank, and the commands for both.
class BankPair {
 public:
  BankPair(const BankBenchOptions& options, std::uint64_t index, BankVectors& vectors,
           BankBenchResult& result)
      : m_options(options),
        m_formats(options.towards.empty() ? bankFormats() : options.towards),
        m_random(seedOf(options.seed, index, kBankSeed)),
        m_vectors(vectors),
        m_result(result),
        m_parameters(m_random.parameters(options.settings)),
        m_bank(m_random.below(16)),
        m_reference("reference", m_parameters, observedBy(&m_expected), m_bank),
        m_cells(m_random.cells(m_parameters)),
        m_model(m_parameters, m_bank, m_cells.data(), options.rtl) {
    if (!options.record.empty()) m_model.record(options.record);
    std::memcpy(m_reference.bmem, m_cells.data(), m_cells.size());
    m_vectors.bank(m_parameters, m_bank, m_cells);
    m_cellsBefore = m_cells;
    std::vector<std::uint8_t> bram(m_parameters.bramBytes);
    m_random.fill(bram.data(), bram.size());
    writeBram(0, bram);
    m_model.observe(&m_actual);
    m_result.clock = m_parameters.compute.clock.period();
  }

  /// Posts one command. The results of the previous one are compared before the next one can start.
  void step(std::uint64_t index) {
    guarded([&] { post(index); });
  }

  /// Posts commands that the model would execute and the RTL refuses, before all other commands.
  void refuseBeyondRtl() {
    guarded([&] { postBeyondRtl(); });
  }

  /// Runs the last command to its end and compares.
  void finish() {
    guarded([&] { complete(); });
  }

  std::int64_t cycles() const { return m_model.cycle(); }

 private:
  static constexpr std::uint64_t kBankSeed = 1, kCommandSeed = 2;

  /// Returns the seed of one bank or command, which does not depend on earlier ones.
  static std::uint64_t seedOf(std::uint64_t seed, std::uint64_t index, std::uint64_t what) {
    std::seed_seq sequence{seed, seed >> 32, index, index >> 32, what};
    std::array<std::uint32_t, 2> words{};
    sequence.generate(words.begin(), words.end());
    return std::uint64_t{words[1]} << 32 | words[0];
  }

  template <typename Work>
  void guarded(Work work) {
    try {
      work();
    } catch (const RtlAssertion& assertion) {
      const Mismatch what = mismatchOf(assertion, m_model.cycle());
      report(what.field, what.expected, what.actual);
    }
  }

  BankStimulus draw(std::uint64_t index, BramWindow window) {
    m_random.reseed(seedOf(m_options.seed, index, kCommandSeed));
    if (index % 2 == 0) return m_random.command(m_parameters, m_bank, window);
    return m_random.commandOf(m_formats[index / 2 % m_formats.size()], m_parameters, m_bank, window);
  }

  /// Even and odd commands use one half of BRAM each, so that one can be prepared while the other runs. The
  /// first command of a bank uses all of BRAM, but not in recordings for other simulators, which would take
  /// minutes for its longest rows.
  BramWindow windowOf(std::uint64_t index) const {
    const bool isForOthers = !m_options.record.empty() || !m_options.vectors.empty();
    if (index % kCommandsPerBank == 0 && !isForOthers) return {0, m_parameters.bramBytes};
    const std::uint32_t half = m_parameters.bramBytes / 2;
    return {static_cast<std::uint32_t>(index % 2) * half, half};
  }

  void post(std::uint64_t index) {
    if (m_running && windowOf(m_index).overlaps(windowOf(index))) complete();
    if (m_result.mismatch) return;
    m_index = index;
    m_result.lastPosted = index;
    trace();
    const BramWindow window = windowOf(index);
    BankStimulus next = draw(index, window);
    writeBram(next.bram, next.operands);
    m_stalled = false;
    if (m_random.chance(30)) readBack(window);
    m_model.runTo(arrivalTime());
    for (std::uint32_t beat = 0; beat < PIM_COMMAND_BYTES; beat += 32) {
      m_model.busWrite(static_cast<std::uint32_t>(BankAddress::kRegisters) + beat,
                       reinterpret_cast<const std::uint8_t*>(&next.command) + beat, ~0u, stalls());
    }
    const std::int64_t arrival = m_model.cycle();
    m_vectors.command(next.command, arrival);
    const bool stalled = m_stalled;
    complete();
    if (m_result.mismatch) return;
    start(std::move(next), arrival);
    m_event.stalls = stalled;
    if (m_options.watch && index + 1 == m_options.commands) {
      m_watch.emplace(m_model, *m_options.watch);
    } else if (m_random.chance(10)) {
      readStatus();
    }
  }

  void postBeyondRtl() {
    for (const pim_command& command : commandsBeyondRtl()) {
      if (m_result.mismatch) return;
      m_stimulus.command = command;
      if (checkBankCommand(command, m_parameters.bramBytes, m_cells.size()) != CommandCheck::Ok)
        return report("accepted by the model", "yes", "no");
      m_model.post(command);
      ++m_started;
      m_model.runTo(m_model.cycle() + 20);
      if (m_model.commandsDone() != m_started || !m_model.refused()) report("refused", "yes", "no");
    }
  }

  void complete() {
    if (!m_running) return;
    m_running = false;
    constexpr std::int64_t kPatience = 20'000;
    const std::int64_t limit = std::max(m_done, m_model.cycle()) + kPatience;
    while (m_model.commandsDone() < m_started && m_model.cycle() < limit) {
      m_model.tick();
      if (m_watch) m_watch->look();
    }
    if (m_watch) m_result.writtenIn = m_watch->lastChange();
    const bool refused = m_status != tlm::TLM_OK_RESPONSE;
    if (m_model.commandsDone() < m_started)
      return report("completion", fmt::format("cycle {}", m_done), "none");
    if (m_model.refused() != refused)
      return report("refused", refused ? "yes" : "no", m_model.refused() ? "yes" : "no");
    ++m_result.commands;
    if (refused) {
      ++m_result.refused;
    } else {
      ++m_result.formats[bankFormat(m_stimulus.command)];
      if (m_stimulus.command.opcode == PIM_OP_MAC) ++m_result.formats[weightsOf(m_stimulus.command)];
      compareTime();
    }
    if (!m_result.mismatch) compareData();
  }

  static Wiring observedBy(DramObserver* observer) {
    Wiring wiring;
    wiring.dram = observer;
    return wiring;
  }

  BankModel::Stalls stalls() {
    BankModel::Stalls stalls;
    while (m_random.chance(m_options.stallPercent)) ++stalls.request;
    while (m_random.chance(m_options.stallPercent)) ++stalls.answer;
    m_stalled = m_stalled || stalls.request != 0;
    return stalls;
  }

  void writeBram(std::uint32_t offset, const std::vector<std::uint8_t>& bytes) {
    std::copy(bytes.begin(), bytes.end(), m_reference.bram + offset);
    m_vectors.put(offset, bytes.data(), bytes.size());
    const auto address = static_cast<std::uint32_t>(BankAddress::kBram) + offset;
    std::size_t at = 0;
    while (at < bytes.size()) {
      const std::uint32_t first = (address + static_cast<std::uint32_t>(at)) % 32;
      const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(32 - first, bytes.size() - at));
      std::uint8_t beat[32];
      std::memset(beat, 0xA5, sizeof beat);  // bytes that are not enabled must not be written
      std::memcpy(beat + first, bytes.data() + at, count);
      const std::uint32_t enables = (count == 32 ? ~0u : (1u << count) - 1) << first;
      m_model.busWrite(address + static_cast<std::uint32_t>(at) - first, beat, enables, stalls());
      if (m_random.chance(20)) m_model.tick();
      at += count;
    }
  }

  /// Reads a part of that half of BRAM that no command is using.
  void readBack(BramWindow window) {
    const std::uint32_t offset = window.offset + 32 * m_random.below(window.bytes / 32);
    std::uint8_t beat[32];
    m_model.busRead(static_cast<std::uint32_t>(BankAddress::kBram) + offset, beat, stalls());
    if (std::memcmp(beat, m_reference.bram + offset, sizeof beat) != 0)
      report(fmt::format("BRAM read at {:#x}", offset), "as written", "other bytes");
  }

  /// Reads the status while the last command runs, or soon afterwards. The TLM bank counts no time for a
  /// refused command.
  void readStatus() {
    if (m_status != tlm::TLM_OK_RESPONSE) return;
    if (m_random.chance(50)) m_model.runTo(m_done - 4 + m_random.below(8));
    const std::uint8_t expected = m_model.cycle() < m_done ? 1 : 0;
    std::uint8_t beat[32];
    m_model.busRead(static_cast<std::uint32_t>(BankAddress::kStatus), beat, stalls());
    if (beat[0] != expected || std::any_of(beat + 1, beat + 32, [](std::uint8_t byte) { return byte != 0; }))
      report("status", fmt::format("{}", expected), fmt::format("{}", beat[0]));
  }

  std::int64_t arrivalTime() {
    const std::int64_t now = m_model.cycle();
    const std::uint32_t kind = m_random.below(20);
    // A refused command occupies the RTL during its decoding, which the TLM bank does not count.
    if (m_running && m_status == tlm::TLM_OK_RESPONSE && kind < 8)
      return now + m_random.below(static_cast<std::uint32_t>(std::max<std::int64_t>(m_done - now, 1)));
    const std::int64_t idle = std::max(now, m_done) + 4;
    if (kind == 19)
      return idle + m_random.below(static_cast<std::uint32_t>(3 * m_parameters.dram.timing().tRefi));
    return idle + m_random.below(60);
  }

  void start(BankStimulus next, std::int64_t arrival) {
    m_bramBefore.assign(m_reference.bram, m_reference.bram + m_parameters.bramBytes);
    const auto answer = m_reference.ring(next.command, m_parameters.compute.clock.cycles(arrival));
    ++m_started;
    m_status = answer.status;
    if (m_status == tlm::TLM_OK_RESPONSE) m_done = answer.done / m_parameters.compute.clock.period();
    m_stimulus = std::move(next);
    m_running = true;
    m_runningIndex = m_index;
    m_event = {};
  }

  void compareTime() {
    // The TLM bank computes the refreshes of an idle bank when the next stream arrives.
    const DramCycles last = m_expected.last();
    const std::vector<DramCommand> expected = m_expected.takeUntil(last);
    const std::vector<DramCommand> actual = m_actual.takeUntil(last);
    m_result.dramCommands += actual.size();
    m_event.format = bankFormat(m_stimulus.command);
    m_event.weights = weightsOf(m_stimulus.command);
    m_event.mask = maskOf(m_stimulus.command);
    m_event.refresh = refreshPhase(actual);
    m_result.coverage.count(m_event, m_parameters);
    m_vectors.done(false, m_done, expected);
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
      const std::string wanted = i < expected.size() ? text(expected[i]) : "nothing";
      const std::string seen = i < actual.size() ? text(actual[i]) : "nothing";
      if (wanted != seen) {
        const bool late = i < expected.size() && (i >= actual.size() || expected[i].cycle <= actual[i].cycle);
        return report("DRAM command", wanted, seen, late ? expected[i].cycle : actual[i].cycle);
      }
    }
    if (m_model.lastDone() != m_done)
      report("completion", fmt::format("cycle {}", m_done), fmt::format("cycle {}", m_model.lastDone()));
  }

  void compareData() {
    if (m_status == tlm::TLM_OK_RESPONSE) {
      compareResults();
    } else {
      m_vectors.done(true, m_model.lastDone(), {});
    }
    // The comparison of all BRAM finds writes to a wrong address, a little later.
    const bool sweeps = m_index % kCommandsPerSweep == 0 || !m_options.only.empty();
    if (sweeps && !m_result.mismatch) {
      readBram(0, m_parameters.bramBytes);
      compareBram(0, m_parameters.bramBytes);
    }
    const bool refused =
        m_status != tlm::TLM_OK_RESPONSE;  // the command has invalid contents, so its results are undefined
    if (m_result.mismatch || (!refused && !writesCells())) return;
    // The last write reaches the cells a few cycles after its column, and earlier than any further column.
    m_model.tick();
    m_model.tick();
    m_model.tick();
    expectCells();
    compareBytes("cells", 0, m_reference.bmem, m_cells.data(), m_cells.size());
  }

  bool writesCells() const {
    std::vector<ColumnRun> runs;
    operation().appendRuns({m_stimulus.command, m_bank}, runs);
    return std::any_of(runs.begin(), runs.end(), [](const ColumnRun& run) { return run.write; });
  }

  void compareResults() {
    std::uint32_t begin = m_parameters.bramBytes, end = 0;
    const std::vector<BramSpan> results = operation().results({m_stimulus.command, m_bank});
    for (const BramSpan& span : results) {
      if (span.bytes == 0) continue;
      begin = std::min(begin, span.offset);
      end = std::max(end, span.offset + span.bytes);
    }
    if (begin >= end) return;
    readBram(begin, end - begin);
    if (m_options.plant == m_runningIndex) m_bram[end - 1] ^= 1;
    for (const BramSpan& span : results)
      m_vectors.expectBram(span.offset, m_reference.bram + span.offset, span.bytes);
    for (const BramSpan& span : results) compareResult(span);
    const BramSpan undefined = operation().shrunkBlock(m_stimulus.command);
    if (undefined.bytes == 0)
      return compareBram(begin, end - begin);  // the bytes between results do not change
    readBram(undefined.offset, undefined.bytes);
    std::memcpy(m_reference.bram + undefined.offset, m_bram.data() + undefined.offset, undefined.bytes);
    // Sets undefined bytes to a known value in the vectors, too, so that later comparisons do not fail.
    m_vectors.put(undefined.offset, m_bram.data() + undefined.offset, undefined.bytes);
  }

  void expectCells() {
    m_vectors.expectCells(m_cellsBefore, m_cells);
    m_cellsBefore = m_cells;
  }

  /// Returns the operation of the running command.
  const BankOperation& operation() const { return bankOperation(m_stimulus.command.opcode); }

  /// Compares a part of the results; reports the element that differs as a number.
  void compareResult(const BramSpan& span) {
    const RanCommand ran{
        {m_stimulus.command, m_bank}, m_reference.bmem, m_bramBefore.data(), m_reference.bram};
    const auto difference = differenceIn(span, ran, m_bram.data() + span.offset);
    if (!difference) return;
    report(difference->field, difference->expected, difference->actual);
    m_result.element = difference->element;
  }

  void readBram(std::uint32_t offset, std::uint32_t bytes) {
    m_bram.resize(m_parameters.bramBytes);
    m_model.read(static_cast<std::uint32_t>(BankAddress::kBram) + offset, m_bram.data() + offset, bytes);
  }

  void compareBram(std::uint32_t offset, std::uint32_t bytes) {
    compareBytes("BRAM", offset, m_reference.bram, m_bram.data(), offset + bytes);
  }

  void compareBytes(const char* where, std::size_t first, const std::uint8_t* expected,
                    const std::uint8_t* actual, std::size_t end) {
    if (std::memcmp(expected + first, actual + first, end - first) == 0) return;
    const auto at = static_cast<std::size_t>(
        std::mismatch(expected + first, expected + end, actual + first).first - expected);
    const std::size_t begin = at / 8 * 8;
    const auto hex = [&](const std::uint8_t* from) {
      return hexOf(from + begin, std::min(begin + 8, end) - begin);
    };
    report(fmt::format("{} byte {:#x}", where, at), hex(expected), hex(actual));
  }

  void report(const std::string& field, const std::string& expected, const std::string& actual,
              std::int64_t cycle = -1) {
    if (m_result.mismatch) return;
    m_result.mismatchAt = m_runningIndex;
    m_result.mismatch = Mismatch{fmt::format("bank {}", m_bank),     describe(), field, expected, actual,
                                 cycle < 0 ? m_model.cycle() : cycle};
  }

  std::string describe() const {
    return fmt::format("command {} of seed {}, {}", m_runningIndex, m_options.seed,
                       commandText(m_stimulus.command));
  }

  void trace() {
    if (m_options.wave.empty()) return;
    if (m_index == m_options.traceFrom) m_model.trace(m_options.wave);
    if (m_index == m_options.traceTo) m_model.trace("");
  }

  const BankBenchOptions& m_options;
  std::vector<std::string> m_formats;  ///< in the order in which they are drawn
  BankStimuli m_random;
  BankVectors& m_vectors;
  BankBenchResult& m_result;
  BankParameters m_parameters;
  std::uint32_t m_bank;
  DramTrace m_expected, m_actual;
  Reference m_reference;
  std::vector<std::uint8_t> m_cells, m_bram;
  std::vector<std::uint8_t> m_cellsBefore, m_bramBefore;
  BankModel m_model;
  std::optional<BramWatch> m_watch;

  std::uint64_t m_index = 0;
  BankStimulus m_stimulus;
  bool m_running = false;
  std::uint64_t m_runningIndex = 0;
  bool m_stalled = false;  ///< the bus has waited
  BankCoverage::Event m_event;
  std::uint64_t m_started = 0;  ///< number of commands
  std::int64_t m_done = 0;      ///< when the last command that was not refused ended
  tlm::tlm_response_status m_status = tlm::TLM_OK_RESPONSE;
};

/// Returns the options without files.
BankBenchOptions quietly(BankBenchOptions options) {
  options.wave.clear();
  options.record.clear();
  options.vectors.clear();
  return options;
}

}  // namespace

BankBenchResult runBankBench(const BankBenchOptions& options) {
  BankBenchResult result;
  BankVectors vectors(options.vectors);
  for (const std::string& format : bankFormats()) result.formats[format] = 0;
  for (const std::string& weights : bankWeights()) result.formats[weights] = 0;
  const std::uint64_t firstCommand = options.only.empty() ? options.from : options.only.front();
  const auto isPlayed = [&](std::uint64_t command) {
    return command >= options.from &&
           (options.only.empty() || std::binary_search(options.only.begin(), options.only.end(), command));
  };
  for (std::uint64_t bank = firstCommand / kCommandsPerBank;
       bank * kCommandsPerBank < options.commands && !result.mismatch; ++bank) {
    BankPair pair(options, bank, vectors, result);
    if (bank == 0 && options.only.empty() && options.vectors.empty()) pair.refuseBeyondRtl();
    const std::uint64_t end = std::min((bank + 1) * kCommandsPerBank, options.commands);
    for (std::uint64_t i = bank * kCommandsPerBank; i < end && !result.mismatch; ++i) {
      if (isPlayed(i)) pair.step(i);
    }
    if (!result.mismatch) pair.finish();
    result.cycles += static_cast<std::uint64_t>(pair.cycles());
  }
  return result;
}

void findWriteOfMismatch(const BankBenchOptions& options, BankBenchResult& failing) {
  if (!failing.element) return;
  BankBenchOptions quiet = quietly(options);
  quiet.commands = failing.mismatchAt + 1;
  quiet.watch = failing.element;
  const BankBenchResult again = runBankBench(quiet);
  if (!again.mismatch || again.mismatch->field != failing.mismatch->field) return;
  failing.mismatch->tellWrite(again.writtenIn);
}

std::vector<std::uint64_t> minimalSequence(const BankBenchOptions& options, const BankBenchResult& failing) {
  BankBenchOptions quiet = quietly(options);
  quiet.from = 0;
  quiet.commands = failing.lastPosted + 1;
  const auto fails = [&](const std::vector<std::uint64_t>& commands) {
    quiet.only = commands;
    return runBankBench(quiet).mismatch.has_value();
  };
  // Adds the commands before it, more and more of them, until the run fails. Most faults need none.
  const std::uint64_t first = failing.lastPosted / kCommandsPerBank * kCommandsPerBank;
  std::vector<std::uint64_t> commands;
  for (std::uint64_t before = 1;; before *= 2) {
    const std::uint64_t begin =
        failing.lastPosted + 1 > first + before ? failing.lastPosted + 1 - before : first;
    commands.clear();
    for (std::uint64_t i = begin; i <= failing.lastPosted; ++i) commands.push_back(i);
    if (fails(commands) || begin == first) break;
  }
  // Then leaves out parts of the sequence, the largest parts first.
  for (std::size_t part = std::max<std::size_t>(commands.size() / 2, 1);; part /= 2) {
    for (std::size_t at = 0; at < commands.size() && commands.size() > 1;) {
      std::vector<std::uint64_t> fewer = commands;
      const std::size_t last = std::min(at + part, commands.size());
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at),
                  fewer.begin() + static_cast<std::ptrdiff_t>(last));
      if (!fewer.empty() && fails(fewer)) {
        commands = fewer;
      } else {
        at = last;
      }
    }
    if (part <= 1) break;
  }
  return commands;
}

}  // namespace pim::cosim
