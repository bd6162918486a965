#include "tlm/rtl/alu_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/operations/alu_port.h"
#include "core/operations/command_names.h"

namespace pim {
namespace {

std::string describe(bool write, std::uint32_t address, std::size_t bytes) {
  return fmt::format("{} of {} bytes at {:#x}", write ? "write" : "read", bytes, address);
}

/// Returns whether a draw may differ by this number of cycles. It takes one more if the drawn token lies in
/// the last lane of the last chunk of logits, which the model does not know without the draw.
bool leavesLate(const pim_command& command, std::int64_t cycles) {
  return command.opcode == PIM_OP_SAMPLE && cycles == 1;
}

/// Returns a mismatch without block and command.
Mismatch difference(const std::string& field, const std::string& expected, const std::string& actual,
                    std::int64_t cycle) {
  return {{}, {}, field, expected, actual, cycle};
}

/// Gives the RTL the same data as in the first run.
class SameReads : public AluMemory {
 public:
  explicit SameReads(std::vector<std::vector<std::uint8_t>> reads) : m_reads(std::move(reads)) {}

  void read(std::uint32_t, void* to, std::uint32_t bytes) override {
    std::memset(to, 0, bytes);
    if (m_next == m_reads.size()) return;
    const std::vector<std::uint8_t>& data = m_reads[m_next++];
    std::memcpy(to, data.data(), std::min<std::size_t>(bytes, data.size()));
  }
  void write(std::uint32_t, const void*, std::uint32_t) override {}

 private:
  std::vector<std::vector<std::uint8_t>> m_reads;
  std::size_t m_next = 0;
};

}  // namespace

/// Forwards the RTL's accesses to the memory and records them.
class AluCheck::Recorder : public AluMemory {
 public:
  Recorder(AluMemory& memory, const AluModel& rtl, std::vector<Stream>& streams)
      : m_memory(memory), m_rtl(rtl), m_streams(streams) {}

  void read(std::uint32_t address, void* to, std::uint32_t bytes) override {
    m_memory.read(address, to, bytes);
    record(false, address, to, bytes);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override {
    m_memory.write(address, from, bytes);
    record(true, address, from, bytes);
  }

 private:
  void record(bool isWrite, std::uint32_t address, const void* data, std::uint32_t bytes) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    m_streams.push_back({isWrite, address, {from, from + bytes}, m_rtl.now()});
  }

  AluMemory& m_memory;
  const AluModel& m_rtl;
  std::vector<Stream>& m_streams;
};

/// The memory for the model: reads return what the RTL read, and writes are compared with the RTL's. Throws a
/// Mismatch.
class AluCheck::Replay : public AluMemory {
 public:
  Replay(const std::vector<Stream>& streams, const pim_command& command, const AluModel::Memory& memory,
         std::int64_t end)
      : m_streams(streams), m_port(command, {kRtlAluLanes, true}, memory.clock, memory.rates), m_end(end) {}

  std::int64_t cycles() const { return m_port.cycles(); }

  void read(std::uint32_t address, void* to, std::uint32_t bytes) override {
    m_port.read(address, bytes);
    if (bytes == 0) return;
    std::memcpy(to, next(false, address, bytes).data.data(), bytes);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override {
    m_port.write(address, bytes);
    if (bytes == 0) return;
    const Stream& stream = next(true, address, bytes);
    const auto* expected = static_cast<const std::uint8_t*>(from);
    const auto at = std::mismatch(stream.data.begin(), stream.data.end(), expected);
    if (at.first == stream.data.end()) return;
    throw difference(
        fmt::format("byte {} of the {}", at.first - stream.data.begin(), describe(true, address, bytes)),
        fmt::format("{:#04x}", *at.second), fmt::format("{:#04x}", *at.first), stream.cycle);
  }
  void requireEnd() const {
    if (m_next == m_streams.size()) return;
    const Stream& extra = m_streams[m_next];
    throw difference(fmt::format("stream {}", m_next), "none",
                     describe(extra.write, extra.address, extra.data.size()), extra.cycle);
  }

 private:
  const Stream& next(bool write, std::uint32_t address, std::uint32_t bytes) {
    const std::string field = fmt::format("stream {}", m_next);
    const std::string expected = describe(write, address, bytes);
    if (m_next == m_streams.size()) throw difference(field, expected, "none", m_end);
    const Stream& stream = m_streams[m_next];
    const std::string actual = describe(stream.write, stream.address, stream.data.size());
    if (actual != expected) throw difference(field, expected, actual, stream.cycle);
    ++m_next;
    return stream;
  }

  const std::vector<Stream>& m_streams;
  AluPort m_port;
  std::int64_t m_end;
  std::size_t m_next = 0;
};

std::int64_t AluCheck::run(const pim_command& command, AluMemory& memory) {
  m_streams.clear();
  if (!m_waveFile.empty()) m_rtl.save(m_before);
  ++m_commands;
  const std::int64_t expected = aluCycles(command.body.alu, command.opcode, {kRtlAluLanes, true});
  try {
    Recorder recorder(memory, m_rtl, m_streams);
    const std::int64_t total = m_rtl.run(command, recorder);
    const std::int64_t actual = m_rtl.cycles().compute;
    Replay replay(m_streams, command, m_memory, m_rtl.now());
    m_model.run(command, replay, true);
    replay.requireEnd();
    if (actual != expected)
      throw difference("compute cycles", fmt::format("{}", expected), fmt::format("{}", actual), m_rtl.now());
    if (!m_stalls && total != replay.cycles() && !leavesLate(command, total - replay.cycles()))
      throw difference("cycles", fmt::format("{}", replay.cycles()), fmt::format("{}", total), m_rtl.now());
    return total;
  } catch (const Mismatch& mismatch) {
    fail(command, mismatch);
  } catch (const RtlAssertion& assertion) {
    fail(command, mismatchOf(assertion, m_rtl.now()));
  } catch (const RtlHang&) {
    const std::int64_t lastSeen = m_streams.empty() ? m_before.cycle : m_streams.back().cycle;
    fail(command, difference("compute cycles", fmt::format("{}", expected), "no end", lastSeen));
  }
}

void AluCheck::fail(const pim_command& command, const Mismatch& mismatch) {
  Mismatch named = mismatch;
  named.block = "alu";
  named.command = fmt::format("command {}, {}", m_commands, commandText(command));
  if (m_waveFile.empty()) throw RtlMismatch(named, {});

  constexpr std::int64_t kBefore = 2000, kAfter = 50;  // cycles before and after the mismatch in the waveform
  std::vector<std::vector<std::uint8_t>> reads;
  for (const Stream& stream : m_streams) {
    if (!stream.write) reads.push_back(stream.data);
  }
  m_rtl.restore(m_before);
  const std::int64_t from = std::max(m_before.cycle, mismatch.cycle - kBefore);
  const bool traced = m_rtl.trace({m_waveFile, from, mismatch.cycle + kAfter});
  SameReads memory(std::move(reads));
  try {
    if (traced) m_rtl.run(command, memory);
  } catch (const RtlHang&) {  // the same error as in the first run
  } catch (const RtlAssertion&) {
  }
  m_rtl.trace({});
  throw RtlMismatch(named, traced ? m_waveFile : "");
}

RtlWork AluCheck::work() const {
  RtlWork work = m_rtl.work();
  work.compared = true;
  return work;
}

}  // namespace pim
