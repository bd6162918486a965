#include "tlm/rtl/checked_bank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/base/address_map.h"
#include "core/operations/bank_operation.h"
#include "core/operations/command_names.h"
#include "tlm/kit/access.h"
#include "tlm/kit/fatal.h"
#include "tlm/rtl/bram_watch.h"
#include "tlm/rtl/result_difference.h"
#include "tlm/rtl/rtl_mismatch.h"
#include "tlm/rtl/save_file.h"

namespace pim {
namespace {

bool isBram(std::uint64_t address) {
  return address >= BankAddress::kBram && address < BankAddress::kBram + BankAddress::kBramLimit;
}

}  // namespace

CheckedBank::CheckedBank(const sc_core::sc_module_name& name, const BankParameters& parameters,
                         std::uint32_t die, std::uint32_t bankInDie, RtlPlace place, MakeBankTransactor make)
    : BankInterposer(name),
      m_parameters(parameters),
      m_die(die),
      m_bankInDie(bankInDie),
      m_place(std::move(place)),
      m_make(std::move(make)),
      m_socket("socket"),
      m_bankSocket("bank") {
  m_socket.register_b_transport(this, &CheckedBank::transport);
  m_socket.register_transport_dbg(this, &CheckedBank::debug);
  m_socket.register_get_direct_mem_ptr(this, &CheckedBank::directPointer);
  m_bankSocket.register_invalidate_direct_mem_ptr(this, &CheckedBank::invalidate);
}

std::uint8_t* CheckedBank::memory(std::uint64_t address) {
  tlm::tlm_dmi dmi;
  if (!m_bankSocket->get_direct_mem_ptr(m_probe.read(address, nullptr, 1), dmi))
    fatal(name(), "the TLM bank grants no direct access to its memories");
  return dmi.get_dmi_ptr();
}

BankModel& CheckedBank::model() {
  if (m_model == nullptr) {
    m_cells = memory(BankAddress::kBmem);
    m_model = std::make_unique<BankModel>(m_parameters, m_bankInDie, m_cells, m_make);
    if (m_place.activity != nullptr) watchRtl();
    copyToRtl(BankAddress::kBram, m_parameters.bramBytes);
    if (m_place.compare) {
      // The TLM bank has already stored the same data.
      m_model->writeCellsWith([this](std::uint64_t offset, const std::uint8_t* data, std::uint32_t mask) {
        if (m_writesSeen != 0) {
          --m_writesSeen;
          return;
        }
        for (unsigned i = 0; i < PIM_COLUMN_BYTES; ++i) {
          if ((mask >> i & 1) != 0 && m_cells[offset + i] != data[i])
            mismatch(fmt::format("cells byte {:#x}", offset + i), hexOf(m_cells + offset + i, 1),
                     hexOf(data + i, 1));
        }
      });
    }
  }
  return *m_model;
}

void CheckedBank::watchRtl() {
  m_model->observe(this);
  m_model->watchState([this](RtlBankState state, std::int64_t cycle) {
    m_place.activity->onRtlState(m_die, m_bankInDie, state, m_parameters.compute.clock.cycles(cycle));
  });
}

void CheckedBank::command(const DramCommand& command) {
  m_place.activity->onRtlDram(m_die, command);
}

void CheckedBank::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  try {
    access(payload, delay);
  } catch (const RtlAssertion& assertion) {
    const Mismatch what = mismatchOf(assertion, 0);
    mismatch(what.field, what.expected, what.actual);
  }
}

void CheckedBank::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  if (address == BankAddress::kRegisters && payload.is_write()) return runCommand(payload, delay);
  if (isBram(address)) return accessBram(payload, delay);
  if (address >= BankAddress::kBmem)
    fatal(name(), "pim_bank has no port to its cells; keep the embedding in the Controller");
  m_bankSocket->b_transport(payload, delay);
}

void CheckedBank::accessBram(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const std::uint32_t bytes = payload.get_data_length();
  BankModel& rtl = model();
  ++m_work.accesses;
  m_bankSocket->b_transport(payload, delay);
  const auto* origin = payload.get_extension<CommandExtension>();
  if (!payload.is_response_ok() || (origin != nullptr && origin->request.timingOnly)) return;
  payload.set_dmi_allowed(false);
  if (payload.is_write()) return copyToRtl(address, bytes);
  if (payload.get_byte_enable_ptr() != nullptr || payload.get_streaming_width() < bytes) return;
  m_bytes.resize(bytes);
  rtl.read(static_cast<std::uint32_t>(address), m_bytes.data(), bytes);
  if (m_place.compare && std::memcmp(m_bytes.data(), payload.get_data_ptr(), bytes) != 0)
    compareBytes("BRAM", address, bytes);
  std::memcpy(payload.get_data_ptr(), m_bytes.data(), bytes);
}

void CheckedBank::copyToRtl(std::uint64_t address, std::uint32_t bytes) {
  m_tlmBram = memory(BankAddress::kBram);  // includes writes that were still pending on the bank's work lane
  model().write(static_cast<std::uint32_t>(address), m_tlmBram + (address - BankAddress::kBram), bytes);
}

void CheckedBank::runCommand(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  model();  // created before the command, to see its start
  if (m_place.compare) {
    const std::uint8_t* bram = memory(BankAddress::kBram);
    m_bramBefore.assign(bram, bram + m_parameters.bramBytes);
    m_before = m_model->save();
  }
  const Picoseconds now = absoluteTime(delay);
  withCommand(payload, [&](const CommandRequest&, CommandAnswer& answer) {
    m_bankSocket->b_transport(payload, delay);
    runOnRtl(payload, now, answer);
  });
}

void CheckedBank::runOnRtl(tlm::tlm_generic_payload& payload, Picoseconds now, CommandAnswer& answer) {
  BankModel& rtl = model();
  const tlm::tlm_response_status status = payload.get_response_status();
  // Malformed accesses are refused before the pins.
  if (status == tlm::TLM_BURST_ERROR_RESPONSE || status == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE) return;

  std::memcpy(&m_command, payload.get_data_ptr(), sizeof m_command);
  m_arrival = m_parameters.compute.clock.covering(now);
  m_tlmBram = memory(BankAddress::kBram);
  m_given = &answer;
  ++m_commands;
  ++m_work.commands[m_command.opcode];
  const bool refused = status != tlm::TLM_OK_RESPONSE;
  m_expected = refused ? m_arrival : answer.done / m_parameters.compute.clock.period();
  if (!runOnPins()) mismatch("completion", fmt::format("cycle {}", m_expected), "none");
  awaitWrites();
  const Picoseconds done = m_parameters.compute.clock.cycles(rtl.lastDone());
  if (m_place.compare) {
    if (rtl.refused() != refused) mismatch("refused", refused ? "yes" : "no", rtl.refused() ? "yes" : "no");
    if (!refused && done != answer.done)
      mismatch("completion", fmt::format("cycle {}", m_expected), fmt::format("cycle {}", rtl.lastDone()));
    if (!refused) compareResults();
  }
  m_given = nullptr;
  if (rtl.refused()) {
    if (!refused) payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  } else {
    answer.done = done;
  }
}

bool CheckedBank::runOnPins(BramWatch* watch) {
  // Limit for a command to finish: enough to decode and refuse a command that has to wait for a refresh.
  constexpr std::int64_t kPatience = 10'000;
  const std::uint64_t before = m_model->commandsDone();
  m_model->runTo(m_arrival);
  m_model->post(m_command);
  const std::int64_t limit = std::max(m_model->cycle(), m_expected) + kPatience;
  while (m_model->commandsDone() == before && m_model->cycle() < limit) {
    m_model->tick();
    if (watch != nullptr) watch->look();
  }
  return m_model->commandsDone() != before;
}

void CheckedBank::awaitWrites() {
  if (!m_model->writesPending()) return;
  const BankModel::Snapshot end = m_model->save();
  m_model->observe(nullptr);
  m_model->watchState({});
  while (m_model->writesPending()) m_model->tick();
  m_model->restore(end);
  m_writesSeen = end.pendingWrites.size();
  if (m_place.activity != nullptr) watchRtl();
}

void CheckedBank::compareResults() {
  const RanCommand ran{{m_command, m_bankInDie}, m_cells, m_bramBefore.data(), m_tlmBram};
  for (const BramSpan& span : bankOperation(m_command.opcode).results(ran.task)) {
    if (span.bytes == 0) continue;
    m_bytes.resize(span.bytes);
    m_model->read(static_cast<std::uint32_t>(BankAddress::kBram) + span.offset, m_bytes.data(), span.bytes);
    if (const auto difference = differenceIn(span, ran, m_bytes.data()))
      mismatch(difference->field, difference->expected, difference->actual, difference->element);
  }
  // Copies bytes that the command leaves undefined to the RTL, so that later comparisons do not fail.
  const BramSpan undefined = bankOperation(m_command.opcode).shrunkBlock(m_command);
  if (undefined.bytes != 0) copyToRtl(BankAddress::kBram + undefined.offset, undefined.bytes);
}

void CheckedBank::compareBytes(const std::string& field, std::uint64_t address, std::uint32_t bytes) {
  m_bytes.resize(bytes);
  m_model->read(static_cast<std::uint32_t>(address), m_bytes.data(), bytes);
  const std::uint8_t* expected = m_tlmBram + (address - BankAddress::kBram);
  if (std::memcmp(expected, m_bytes.data(), bytes) == 0) return;
  const auto at =
      static_cast<std::size_t>(std::mismatch(expected, expected + bytes, m_bytes.data()).first - expected) /
      4 * 4;
  const std::size_t count = std::min<std::size_t>(8, bytes - at);
  mismatch(fmt::format("{}, byte {} at BRAM {:#x}", field, at, address - BankAddress::kBram + at),
           hexOf(expected + at, count), hexOf(m_bytes.data() + at, count));
}

void CheckedBank::tellMismatch() {
  m_model->observe(nullptr);
  m_model->watchState({});
  ActivityObserver* activity = m_place.activity;
  if (activity == nullptr) return;
  if (m_given != nullptr) {
    activity->onBankWork(std::uint64_t{1} << m_die, std::uint64_t{1} << m_bankInDie, m_given->serviceStart,
                         m_given->done);
  }
  activity->onMismatch(m_parameters.compute.clock.cycles(m_model->cycle()));
}

void CheckedBank::mismatch(const std::string& field, const std::string& expected, const std::string& actual,
                           std::optional<BramSpan> element) {
  const std::string command = m_commands == 0
                                  ? "before any command"
                                  : fmt::format("command {}, {}", m_commands, commandText(m_command));
  Mismatch mismatch{m_place.block, command, field, expected, actual, m_model->cycle()};
  tellMismatch();
  bool traced = false;
  if (!m_before.registers.empty()) {
    // The cells hold the data that the TLM bank stored.
    m_model->writeCellsWith([](std::uint64_t, const std::uint8_t*, std::uint32_t) {});
    if (element) findWrite(*element, mismatch);
    m_model->restore(m_before);
    m_model->runTo(std::max(m_model->cycle(), m_arrival - 100));
    traced = m_model->trace(m_place.waveFile);
    runAgain(nullptr);
    m_model->trace("");
    markSaveFile(m_place.waveFile, m_parameters.compute.clock.cycles(mismatch.cycle));
  }
  throw RtlMismatch(mismatch, traced ? m_place.waveFile : "");
}

void CheckedBank::findWrite(const BramSpan& element, Mismatch& mismatch) {
  m_model->restore(m_before);
  BramWatch watch(*m_model, element);
  runAgain(&watch);
  mismatch.tellWrite(watch.lastChange());
}

void CheckedBank::runAgain(BramWatch* watch) {
  try {
    runOnPins(watch);
    m_model->runTo(m_model->cycle() + 20);
  } catch (const RtlAssertion&) {  // the same error as in the first run
  }
}

RtlWork CheckedBank::work() const {
  RtlWork work = m_work;
  work.block = m_place.block;
  work.compared = m_place.compare;
  work.cycles = m_model == nullptr ? 0 : m_model->cycle();
  return work;
}

unsigned CheckedBank::debug(tlm::tlm_generic_payload& payload) {
  const unsigned moved = m_bankSocket->transport_dbg(payload);
  if (payload.is_write() && isBram(payload.get_address()) && moved != 0)
    copyToRtl(payload.get_address(), moved);
  return moved;
}

bool CheckedBank::directPointer(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  // Changes of BRAM must be observed, so it has no direct pointers; the cells are shared.
  if (payload.get_address() >= BankAddress::kBmem) return m_bankSocket->get_direct_mem_ptr(payload, dmi);
  return denyDirectPointer(dmi, payload.get_address(), payload.get_address());
}

void CheckedBank::invalidate(sc_dt::uint64 start, sc_dt::uint64 end) {
  m_socket->invalidate_direct_mem_ptr(start, end);
}

namespace {

class CheckedBankFactory : public RtlBankFactory {
 public:
  explicit CheckedBankFactory(MakeBankTransactor make) : m_make(std::move(make)) {}

  std::string unsupportedReason(const RtlBankParameters& parameters) const override {
    return pim::unsupportedReason(parameters.bank);
  }
  std::unique_ptr<BankInterposer> make(const RtlBankParameters& parameters,
                                       const RtlPlace& place) const override {
    return std::make_unique<CheckedBank>(fmt::format("rtl_bank{}", parameters.bankInDie).c_str(),
                                         parameters.bank, parameters.die, parameters.bankInDie, place,
                                         m_make);
  }

 private:
  MakeBankTransactor m_make;
};

}  // namespace

std::shared_ptr<const RtlBankFactory> checkedBanks(MakeBankTransactor make) {
  return std::make_shared<CheckedBankFactory>(std::move(make));
}

}  // namespace pim
