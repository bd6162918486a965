#include "sim/cosim/bank_vectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "tlm/rtl/bank_model.h"

namespace pim::cosim {
namespace {

constexpr std::size_t kLineBytes = 32;  // of a line; a line does not cross a multiple of this

/// Returns a number for SystemVerilog's %h: the first byte is the last.
std::string hexNumber(const std::uint8_t* bytes, std::size_t count) {
  std::string digits;
  for (std::size_t i = count; i-- > 0;) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

}  // namespace

BankVectors::BankVectors(const std::string& path) {
  if (path.empty()) return;
  m_file.open(path);
  if (!m_file) throw UserError(fmt::format("--vectors: cannot write {}", path));
}

void BankVectors::bank(const BankParameters& bank, std::uint32_t bankInDie,
                       const std::vector<std::uint8_t>& cells) {
  if (!m_file.is_open()) return;
  const BankStraps s = strapsOf(bank, bankInDie);
  m_file << fmt::format(
      "{{\"pim_vectors\":{},\"block\":\"bank\",\"bank\":{},\"mac_beat\":{},\"bram_bytes\":{},\"bmem_bytes\":{"
      "},"
      "\"t_rcd_read\":{},\"t_rcd_mac\":{},\"t_rcd_write\":{},\"t_rp\":{},\"t_ras\":{},\"t_rc\":{},\"t_ccd\":{"
      "},"
      "\"t_wr\":{},\"t_rtp\":{},\"t_rfc\":{},\"t_refi\":{},\"refresh_first\":{},\"refresh_postpone\":{},"
      "\"refresh_enable\":{},\"two_buffers\":{},\"column_bits\":{}}}\n",
      kVersion, s.bank, s.macBeat, s.bramBytes, s.bmemBytes, s.tRcdRead, s.tRcdMac, s.tRcdWrite, s.tRp,
      s.tRas, s.tRc, s.tCcd, s.tWr, s.tRtp, s.tRfc, s.tRefi, s.firstRefresh, s.postponed, s.refresh ? 1 : 0,
      s.twoRowBuffers ? 1 : 0, s.columnBits);
  bytes("cells", 0, cells.data(), cells.size());
}

void BankVectors::bytes(const char* what, std::size_t offset, const std::uint8_t* bytes, std::size_t count) {
  if (!m_file.is_open()) return;
  while (count != 0) {
    const std::size_t now = std::min(count, kLineBytes - offset % kLineBytes);
    m_file << fmt::format("{{\"{}\":{},\"bytes\":{},\"data\":\"{}\"}}\n", what, offset, now,
                          hexNumber(bytes, now));
    offset += now;
    bytes += now;
    count -= now;
  }
}

void BankVectors::put(std::uint32_t offset, const std::uint8_t* from, std::size_t count) {
  bytes("bram", offset, from, count);
}

void BankVectors::command(const pim_command& command, std::int64_t arrival) {
  if (!m_file.is_open()) return;
  const auto* from = reinterpret_cast<const std::uint8_t*>(&command);
  m_file << fmt::format("{{\"command\":{},\"data\":\"{}\"}}\n", arrival, hexNumber(from, sizeof command));
}

void BankVectors::done(bool refused, std::int64_t done, const std::vector<DramCommand>& dram) {
  if (!m_file.is_open()) return;
  for (const DramCommand& command : dram) {
    m_file << fmt::format("{{\"dram\":{},\"kind\":{},\"row\":{},\"column\":{}}}\n", command.cycle,
                          static_cast<int>(command.kind), command.row, command.column);
  }
  m_file << fmt::format("{{\"done\":{},\"refused\":{}}}\n", done, refused ? 1 : 0);
}

void BankVectors::expectBram(std::uint32_t offset, const std::uint8_t* from, std::size_t count) {
  bytes("expect_bram", offset, from, count);
}

void BankVectors::expectCells(const std::vector<std::uint8_t>& before,
                              const std::vector<std::uint8_t>& after) {
  if (!m_file.is_open()) return;
  for (std::size_t at = 0; at < after.size(); at += kLineBytes) {
    if (!std::equal(after.begin() + static_cast<std::ptrdiff_t>(at),
                    after.begin() + static_cast<std::ptrdiff_t>(at + kLineBytes),
                    before.begin() + static_cast<std::ptrdiff_t>(at)))
      bytes("expect_cells", at, after.data() + at, kLineBytes);
  }
}

}  // namespace pim::cosim
