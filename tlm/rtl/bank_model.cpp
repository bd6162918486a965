#include "tlm/rtl/bank_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/base/address_map.h"
#include "core/base/error.h"

namespace pim {
namespace {

constexpr std::uint32_t kBeatBytes = 32;

/// The largest value on the timing inputs of pim_bank.
constexpr DramCycles kMaxTiming = (1 << 12) - 1;
constexpr DramCycles kMaxRefresh = (1 << 28) - 1;

}  // namespace

std::string unsupportedReason(const BankParameters& parameters) {
  const DramTiming& dram = parameters.dram.timing();
  const BankCompute& compute = parameters.compute;
  if (compute.macLanes != 64) return "bank.mac_lanes: expected 64, the lanes of the RTL";
  if (compute.operandPortBits != 1024)
    return "bank.operand_port_bits: expected 1024, 16 for each of the RTL's lanes";
  if (compute.softmaxLanes != 4) return "bank.softmax_lanes: expected 4, the lanes of the RTL";
  if (!compute.overhead) return "bank.command_overhead: expected on";
  if (compute.macClock % compute.clock.period() != 0 || compute.macClock < 2 * compute.clock.period() ||
      compute.macClock > 63 * compute.clock.period()) {
    return "bank.mac_clock_ns: expected a multiple of dram.t_ck_ns, 2 to 63 of them";
  }
  if (parameters.bramBytes > BankModel::kBramBytes) return "bank.bram_kib: expected at most 64";
  if (dram.model != DramTimingModel::Timed) return "dram.model: expected timed";
  if (dram.activationLimit != DramActivationLimit::Off)
    return "dram.activation_limit: expected off, since the RTL's banks do not know of each other";
  if (dram.organisation.columnBytes != PIM_COLUMN_BYTES) return "dram.column_bytes: expected 32";
  if (dram.rowBits > 15) return "dram.page_bytes: expected at most 1 MiB";
  if (dram.tCcd < 2) return "dram.t_ccd_ns: expected at least 2 t_ck_ns";
  for (const DramCycles atLeastOne :
       {dram.tRcdRead, dram.tRcdMac, dram.tRcdWrite, dram.tRp, dram.tRtp, dram.tRas, dram.tRfc}) {
    if (atLeastOne < 1) return "dram: expected t_rcd_*, t_rp, t_rtp, t_ras and t_rfc of at least one t_ck_ns";
  }
  for (const DramTimingField& field : kDramTimingFields) {
    if (field.cycles != &DramTiming::tRefi && dram.*field.cycles > kMaxTiming)
      return fmt::format("dram.{}: expected at most {} t_ck_ns", field.key, kMaxTiming);
  }
  if (dram.tRefi * (dram.refreshPostponeMax + 2) > kMaxRefresh)
    return fmt::format("dram.t_refi_ns: expected at most {} t_ck_ns with what may be postponed", kMaxRefresh);
  return {};
}

BankStraps strapsOf(const BankParameters& parameters, std::uint32_t bankInDie) {
  const DramTiming& t = parameters.dram.timing();
  const auto word = [](auto value) { return static_cast<std::uint32_t>(value); };
  const bool perBank = t.refresh == DramRefresh::PerBank;
  BankStraps straps;
  straps.dramClock = t.tCkPs;
  straps.bank = bankInDie;
  straps.macBeat = word(parameters.compute.macClock / parameters.compute.clock.period());
  straps.bramBytes = parameters.bramBytes;
  straps.bmemBytes = word(t.organisation.bankBytes);
  straps.columnBits = word(t.rowBits);
  straps.twoRowBuffers = t.organisation.rowBuffers == 2;
  straps.tRcdRead = word(t.tRcdRead);
  straps.tRcdMac = word(t.tRcdMac);
  straps.tRcdWrite = word(t.tRcdWrite);
  straps.tRp = word(t.tRp);
  straps.tRas = word(t.tRas);
  straps.tRc = word(t.tRc);
  straps.tCcd = word(t.tCcd);
  straps.tWr = word(t.tWr);
  straps.tRtp = word(t.tRtp);
  straps.tRfc = word(perBank ? t.tRfcPb : t.tRfc);
  straps.tRefi = word(t.tRefi);
  straps.refresh = t.refresh != DramRefresh::Off;
  straps.firstRefresh = word(t.tRefi + (perBank ? t.tRefi * bankInDie / t.organisation.banksPerDie : 0));
  straps.postponed = word(t.tRefi * t.refreshPostponeMax);
  return straps;
}

BankModel::BankModel(const BankParameters& parameters, std::uint32_t bankInDie, std::uint8_t* cells,
                     const MakeBankTransactor& make)
    : m_tick([this] { tick(); }),
      m_bank(bankInDie),
      m_cells(cells),
      m_columnBits(parameters.dram.timing().rowBits),
      m_writer([this](std::uint64_t offset, const std::uint8_t* data, std::uint32_t mask) {
        for (unsigned i = 0; i < kBeatBytes; ++i) {
          if ((mask >> i & 1) != 0) m_cells[offset + i] = data[i];
        }
      }) {
  if (const std::string reason = unsupportedReason(parameters); !reason.empty())
    throw std::logic_error("BankModel: " + reason);
  m_rtl = make();
  m_rtl->reset(strapsOf(parameters, bankInDie));
}

std::int64_t BankModel::cycle() const {
  return m_cycle;
}

void BankModel::tick() {
  const BankCycle now = m_rtl->outputs();
  serveCells(now);
  if (now.done) {
    m_refused = now.refused;
    m_lastDone = m_cycle + 1;
    ++m_commandsDone;
  }
  const bool read = now.column && now.kind != DramCommandKind::Write;
  m_rtl->clock(read ? m_cells + offsetOf(now) : nullptr);
  ++m_cycle;
  tellState();
}

std::uint64_t BankModel::offsetOf(const BankCycle& now) const {
  return ((std::uint64_t{now.columnRow} << m_columnBits) + now.columnIndex) * PIM_COLUMN_BYTES;
}

void BankModel::serveCells(const BankCycle& now) {
  for (unsigned b = 0; b < 2; ++b) {
    if ((now.precharge >> b & 1) != 0) emit(DramCommandKind::Precharge, m_openRow[b], 0);
  }
  for (unsigned b = 0; b < 2; ++b) {
    if ((now.activate >> b & 1) == 0) continue;
    m_openRow[b] = now.row[b];
    emit(DramCommandKind::Activate, now.row[b], 0);
  }
  if (now.refresh) emit(DramCommandKind::Refresh, 0, 0);
  if (now.column) emit(now.kind, now.columnRow, now.columnIndex);
  if (now.write) {
    if (m_pendingWrites.empty())
      throw std::logic_error("the RTL of a bank writes to the cells without a column");
    m_writer(m_pendingWrites.front(), now.writeData, now.writeMask);
    m_pendingWrites.pop_front();
  }
  if (now.column && now.kind == DramCommandKind::Write) m_pendingWrites.push_back(offsetOf(now));
}

void BankModel::tellState() {
  if (!m_stateWatcher) return;
  const RtlBankState now = m_rtl->outputs().state;
  if (now == m_state) return;
  m_state = now;
  m_stateWatcher(m_state, m_cycle);
}

void BankModel::emit(DramCommandKind kind, std::uint32_t row, std::uint32_t column) {
  if (m_observer != nullptr) m_observer->command({kind, m_cycle, m_bank, row, column});
}

void BankModel::runTo(std::int64_t cycle) {
  while (m_cycle < cycle) tick();
}

bool BankModel::busy() const {
  return m_rtl->outputs().busy;
}

bool BankModel::writesPending() const {
  return !m_pendingWrites.empty();
}

std::uint64_t BankModel::commandsDone() const {
  return m_commandsDone;
}

std::int64_t BankModel::lastDone() const {
  return m_lastDone;
}

bool BankModel::refused() const {
  return m_refused;
}

void BankModel::busWrite(std::uint32_t address, const std::uint8_t* data, std::uint32_t byteEnables,
                         Stalls stalls) {
  m_rtl->write(address, data, byteEnables, stalls, m_tick);
}

void BankModel::busRead(std::uint32_t address, std::uint8_t* data, Stalls stalls) {
  m_rtl->read(address, data, stalls, m_tick);
}

void BankModel::write(std::uint32_t address, const void* data, std::uint32_t bytes) {
  const auto* from = static_cast<const std::uint8_t*>(data);
  while (bytes != 0) {
    const std::uint32_t first = address % kBeatBytes;
    const std::uint32_t count = std::min(kBeatBytes - first, bytes);
    std::uint8_t beat[kBeatBytes] = {};
    std::memcpy(beat + first, from, count);
    const std::uint32_t enables = (count == kBeatBytes ? ~0u : (1u << count) - 1) << first;
    busWrite(address - first, beat, enables, {});
    from += count;
    address += count;
    bytes -= count;
  }
}

void BankModel::read(std::uint32_t address, void* data, std::uint32_t bytes) {
  auto* to = static_cast<std::uint8_t*>(data);
  while (bytes != 0) {
    const std::uint32_t first = address % kBeatBytes;
    const std::uint32_t count = std::min(kBeatBytes - first, bytes);
    std::uint8_t beat[kBeatBytes];
    busRead(address - first, beat, {});
    std::memcpy(to, beat + first, count);
    to += count;
    address += count;
    bytes -= count;
  }
}

void BankModel::post(const pim_command& command) {
  write(static_cast<std::uint32_t>(BankAddress::kRegisters), &command, sizeof command);
}

void BankModel::observe(DramObserver* observer) {
  m_observer = observer;
}

void BankModel::watchState(StateWatcher watcher) {
  m_stateWatcher = std::move(watcher);
}

void BankModel::writeCellsWith(CellWriter writer) {
  m_writer = std::move(writer);
}

bool BankModel::trace(const std::string& vcdFile) {
  return m_rtl->trace(vcdFile);
}

void BankModel::record(const std::string& file) {
  if (!m_rtl->record(file)) throw UserError(fmt::format("--record: cannot write {}", file));
}

BankModel::Snapshot BankModel::save() {
  return {m_rtl->save(), m_cycle, {m_openRow[0], m_openRow[1]}, m_pendingWrites};
}

void BankModel::restore(const Snapshot& snapshot) {
  m_rtl->restore(snapshot.registers, snapshot.cycle);
  m_cycle = snapshot.cycle;
  m_state = m_rtl->outputs().state;
  m_openRow[0] = snapshot.openRow[0];
  m_openRow[1] = snapshot.openRow[1];
  m_pendingWrites = snapshot.pendingWrites;
}

}  // namespace pim
