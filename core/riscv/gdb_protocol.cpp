#include "core/riscv/gdb_protocol.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "core/riscv/hart.h"

namespace pim::riscv {
namespace {

constexpr unsigned kRegisters = 33;  // x0..x31, pc
constexpr unsigned kPc = 32;
constexpr std::size_t kLongestAccess = 4096;  // bytes; GDB asks again for more
const char* const kError = "E01";

const char* const kTarget =
    "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
    "<architecture>riscv:rv32</architecture></target>";

/// A hexadecimal number that ends at one of `ends` or at the end of the text; `at` moves behind it.
std::optional<std::uint32_t> number(const std::string& text, std::size_t& at, const char* ends) {
  std::uint32_t value = 0;
  const char* const begin = text.data() + at;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value, 16);
  if (error != std::errc{} || stop == begin) return std::nullopt;
  if (stop != end && std::string(ends).find(*stop) == std::string::npos) return std::nullopt;
  at = static_cast<std::size_t>(stop - text.data()) + (stop != end ? 1 : 0);
  return value;
}

std::string hex(const std::uint8_t* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

std::optional<std::vector<std::uint8_t>> bytesOf(const std::string& text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::uint8_t byte = 0;
    const auto [stop, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc{} || stop != text.data() + i + 2) return std::nullopt;
    bytes.push_back(byte);
  }
  return bytes;
}

std::uint32_t registerOf(const Hart& hart, unsigned index) {
  return index == kPc ? hart.pc() : hart.x(index);
}

void setRegister(Hart& hart, unsigned index, std::uint32_t value) {
  if (index == kPc) {
    hart.setPc(value);
  } else {
    hart.setX(index, value);
  }
}

std::string littleEndian(std::uint32_t value) {
  const std::uint8_t bytes[] = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
                                static_cast<std::uint8_t>(value >> 16),
                                static_cast<std::uint8_t>(value >> 24)};
  return hex(bytes, sizeof bytes);
}

std::uint32_t fromLittleEndian(const std::uint8_t* bytes) {
  return bytes[0] | std::uint32_t{bytes[1]} << 8u | std::uint32_t{bytes[2]} << 16u |
         std::uint32_t{bytes[3]} << 24u;
}

std::string readRegisters(const Hart& hart) {
  std::string text;
  for (unsigned i = 0; i < kRegisters; ++i) text += littleEndian(registerOf(hart, i));
  return text;
}

std::string writeRegisters(Hart& hart, const std::string& text) {
  const auto bytes = bytesOf(text);
  if (!bytes || bytes->size() < std::size_t{kRegisters} * 4) return kError;
  for (unsigned i = 0; i < kRegisters; ++i) setRegister(hart, i, fromLittleEndian(bytes->data() + i * 4));
  return "OK";
}

std::string readRegister(const Hart& hart, const std::string& packet) {
  std::size_t at = 1;
  const auto index = number(packet, at, "");
  return index && *index < kRegisters ? littleEndian(registerOf(hart, *index)) : kError;
}

std::string writeRegister(Hart& hart, const std::string& packet) {
  std::size_t at = 1;
  const auto index = number(packet, at, "=");
  const auto bytes = bytesOf(packet.substr(at));
  if (!index || *index >= kRegisters || !bytes || bytes->size() != 4) return kError;
  setRegister(hart, *index, fromLittleEndian(bytes->data()));
  return "OK";
}

std::string readMemory(DebugMemory& memory, const std::string& packet) {
  std::size_t at = 1;
  const auto address = number(packet, at, ",");
  const auto count = address ? number(packet, at, "") : std::nullopt;
  if (!count || *count > kLongestAccess) return kError;
  std::vector<std::uint8_t> bytes(*count);
  return memory.peek(*address, bytes.data(), bytes.size()) ? hex(bytes.data(), bytes.size()) : kError;
}

std::string writeMemory(Hart& hart, DebugMemory& memory, const std::string& packet) {
  std::size_t at = 1;
  const auto address = number(packet, at, ",");
  const auto count = address ? number(packet, at, ":") : std::nullopt;
  const auto bytes = bytesOf(packet.substr(at));
  if (!count || !bytes || bytes->size() != *count) return kError;
  if (!memory.poke(*address, bytes->data(), bytes->size())) return kError;
  hart.forgetBlocks();  // it may have been code
  return "OK";
}

/// "qXfer:features:read:target.xml:OFFSET,LENGTH"
std::string readTarget(const std::string& packet, std::size_t at) {
  const std::string target = kTarget;
  const auto offset = number(packet, at, ",");
  const auto length = offset ? number(packet, at, "") : std::nullopt;
  if (!length) return kError;
  if (*offset >= target.size()) return "l";
  const std::string part = target.substr(*offset, *length);
  return (*offset + part.size() == target.size() ? 'l' : 'm') + part;
}

std::string query(const std::string& packet) {
  const auto begins = [&](const std::string& with) { return packet.rfind(with, 0) == 0; };
  if (begins("qSupported")) return "PacketSize=4000;qXfer:features:read+;swbreak-;hwbreak-";
  const std::string features = "qXfer:features:read:target.xml:";
  if (begins(features)) return readTarget(packet, features.size());
  if (begins("qAttached")) return "1";
  if (begins("qfThreadInfo")) return "m1";
  if (begins("qsThreadInfo")) return "l";
  if (packet == "qC") return "QC1";
  return "";  // not known, which GDB takes for an answer
}

}  // namespace

GdbProtocol::Answer GdbProtocol::breakpoint(const std::string& packet, Hart& hart) {
  if (packet.size() < 3 || (packet[1] != '0' && packet[1] != '1')) return {""};  // no watchpoints
  std::size_t at = 3;
  const auto address = number(packet, at, ",");
  if (!address) return {kError};
  if (packet[0] == 'Z') {
    m_breakpoints.insert(*address);
  } else {
    m_breakpoints.erase(*address);
  }
  hart.blocks().setBreakpoints(m_breakpoints);
  return {"OK"};
}

GdbProtocol::Answer GdbProtocol::handle(const std::string& packet, Hart& hart, DebugMemory& memory) {
  const auto goOn = [&](Debugger::Next next) -> Answer {
    std::size_t at = 1;
    if (packet.size() > 1) {
      const auto address = number(packet, at, "");
      if (!address) return {kError};
      hart.setPc(*address);
    }
    return {std::nullopt, next};
  };
  switch (packet.empty() ? '\0' : packet.front()) {
    case '?':
      return {stopReply()};
    case 'g':
      return {readRegisters(hart)};
    case 'G':
      return {writeRegisters(hart, packet.substr(1))};
    case 'p':
      return {readRegister(hart, packet)};
    case 'P':
      return {writeRegister(hart, packet)};
    case 'm':
      return {readMemory(memory, packet)};
    case 'M':
      return {writeMemory(hart, memory, packet)};
    case 'Z':
    case 'z':
      return breakpoint(packet, hart);
    case 'c':
      return goOn(Debugger::Next::Run);
    case 's':
      return goOn(Debugger::Next::Step);
    case 'H':
    case 'T':
      return {"OK"};  // there is one thread
    case 'q':
      return {query(packet)};
    case 'D':
    case 'k':
      m_breakpoints.clear();
      hart.blocks().setBreakpoints({});
      return {packet.front() == 'D' ? std::optional<std::string>("OK") : std::nullopt, Debugger::Next::Run,
              true};
    default:
      return {""};
  }
}

}  // namespace pim::riscv
