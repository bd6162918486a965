#include "rtl_ref/model/alu_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tlm/core/command/alu_port.h"

namespace pim {

/// Passes on what the RTL does to the memory, and remembers it.
class AluCheck::Recorder : public AluMemory {
 public:
  Recorder(AluMemory& memory, std::vector<Stream>& streams) : m_memory(memory), m_streams(streams) {}

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
    m_streams.push_back({isWrite, address, {from, from + bytes}});
  }

  AluMemory& m_memory;
  std::vector<Stream>& m_streams;
};

/// The memory of the model: what the RTL read, and what the RTL must have written.
class AluCheck::Replay : public AluMemory {
 public:
  Replay(const std::vector<Stream>& streams, const pim_command& command, const AluModel::Memory& memory,
         std::string text)
      : m_streams(streams),
        m_port(command, kRtlAluLanes, memory.clock),
        m_bandwidth(memory.bandwidth),
        m_command(std::move(text)) {}

  std::int64_t portCycles() const { return m_port.cycles(); }

  void read(std::uint32_t address, void* to, std::uint32_t bytes) override {
    m_port.read(bytes, m_bandwidth.timeFor(bytes));
    if (bytes == 0) return;
    std::memcpy(to, next(false, address, bytes).data.data(), bytes);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override {
    m_port.write(bytes, m_bandwidth.timeFor(bytes));
    if (bytes == 0) return;
    const Stream& stream = next(true, address, bytes);
    const auto* expected = static_cast<const std::uint8_t*>(from);
    const auto at = std::mismatch(stream.data.begin(), stream.data.end(), expected);
    if (at.first == stream.data.end()) return;
    fail(fmt::format("byte {} of the {}: expected {:#04x}, actual {:#04x}", at.first - stream.data.begin(),
                     describe(true, address, bytes), *at.second, *at.first));
  }
  void requireEnd() const {
    if (m_next == m_streams.size()) return;
    const Stream& extra = m_streams[m_next];
    fail(fmt::format("stream {}: expected none, actual {}", m_next,
                     describe(extra.write, extra.address, extra.data.size())));
  }
  [[noreturn]] void fail(const std::string& what) const { throw RtlMismatch(m_command + ": " + what); }

 private:
  static std::string describe(bool write, std::uint32_t address, std::size_t bytes) {
    return fmt::format("{} of {} bytes at {:#x}", write ? "write" : "read", bytes, address);
  }
  const Stream& next(bool write, std::uint32_t address, std::uint32_t bytes) {
    const std::string expected = describe(write, address, bytes);
    if (m_next == m_streams.size())
      fail(fmt::format("stream {}: expected {}, actual none", m_next, expected));
    const Stream& stream = m_streams[m_next];
    const std::string actual = describe(stream.write, stream.address, stream.data.size());
    if (actual != expected) fail(fmt::format("stream {}: expected {}, actual {}", m_next, expected, actual));
    ++m_next;
    return stream;
  }

  const std::vector<Stream>& m_streams;
  AluPort m_port;
  Bandwidth m_bandwidth;
  std::string m_command;
  std::size_t m_next = 0;
};

std::int64_t AluCheck::run(const pim_command& command, AluMemory& memory) {
  const pim_alu& alu = command.body.alu;
  m_streams.clear();
  Recorder recorder(memory, m_streams);
  const std::int64_t total = m_rtl.run(command, recorder);
  const std::int64_t actual = m_rtl.cycles().compute;
  ++m_commands;

  Replay replay(
      m_streams, command, m_memory,
      fmt::format("ALU, command {} (opcode {}, rows {}, count {}, blocks {}, segments {}, position {}, "
                  "head_dim {}) done in cycle {}",
                  m_commands, command.opcode, alu.rows, alu.count, alu.blocks, alu.segments, alu.position,
                  alu.head_dim, m_rtl.now()));
  m_model.run(command, replay, true);
  replay.requireEnd();
  const std::int64_t expected = aluCycles(alu, command.opcode, {kRtlAluLanes, true});
  if (actual != expected)
    replay.fail(fmt::format("compute cycles: expected {}, actual {}", expected, actual));
  m_modelCycles = expected + replay.portCycles();
  return total;
}

}  // namespace pim
