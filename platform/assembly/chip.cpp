#include "platform/assembly/chip.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>
#include <thread>

#include "core/base/address_map.h"
#include "core/base/error.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/assembly/controller_cores.h"
#include "platform/assembly/die_factory.h"
#include "platform/assembly/rtl_blocks.h"
#include "platform/config/memory_map.h"
#include "tlm/kit/fatal.h"

namespace pim::platform {
namespace {

std::unique_ptr<WorkPool> makeWorkers(const Config& config, bool functional) {
  const unsigned threads =
      config.simulation.threads != 0 ? config.simulation.threads : std::thread::hardware_concurrency();
  if (!functional || threads <= 1) return nullptr;
  return std::make_unique<WorkPool>(threads);
}

/// Requires a time resolution of 1 ps, which all modules of the chip assume.
void requirePicoseconds(const char* who) {
  if (sc_core::sc_get_time_resolution() == sc_core::sc_time(1, sc_core::SC_PS)) return;
  fatal(who, fmt::format(
                 "the time resolution is {}; expected 1 ps, which sc_set_time_resolution() must not change",
                 sc_core::sc_get_time_resolution().to_string()));
}

}  // namespace

Chip::Chip(const sc_core::sc_module_name& name, const Config& config, const ChipOptions& options)
    : sc_module(name),
      m_map(memoryMap(config)),
      m_load(options.load),
      m_workers(makeWorkers(config, options.functional)),
      m_loader("loader") {
  requirePicoseconds(this->name());
  m_statistics.bankBusy = BankBusy(config.chip.dies, config.chip.banksPerDie);
  const RtlBlocks rtl(config, options);
  Wiring wiring;
  wiring.activity = options.activity;
  wiring.workers = m_workers.get();
  wiring.probe = options.probe;
  std::vector<DiePorts> ports;
  for (std::uint32_t i = 0; i < config.chip.dies; ++i) {
    const DieParameters die = dieParameters(config, options.functional, i);
    m_dieEngines.push_back(rtl.die(die));
    wiring.dieEngine = m_dieEngines.back().get();
    wiring.dram = options.dramObservers.empty() ? nullptr : options.dramObservers[i];
    m_dies.push_back(
        makeDie(config.die.model, {fmt::format("die{}", i), die, bankParameters(config, options.functional),
                                   m_statistics, wiring, rtl.banks(i)}));
    ports.push_back(m_dies.back()->ports());
  }
  const ControllerParameters controller =
      controllerParameters(config, options.functional, options.planAddress);
  m_aluEngine = rtl.alus(controller);
  wiring.aluEngine = m_aluEngine.get();
  m_controller = std::make_unique<Controller>("controller", controller, coreFactory(config, options), ports,
                                              m_statistics, wiring);
  m_loader.bind(probed(options.probe, m_controller->loaderSocket()));
}

Chip::~Chip() {
  m_controller.reset();
  while (!m_dies.empty()) m_dies.pop_back();  // in reverse order, as in Die
}

void Chip::start_of_simulation() {
  if (m_load) m_load(*this);
}

std::vector<RtlWork> Chip::rtlWork() const {
  std::vector<RtlWork> works;
  for (const auto& die : m_dies) {
    for (RtlWork& work : die->rtlWork()) works.push_back(std::move(work));
  }
  for (const auto& die : m_dieEngines) {
    if (die != nullptr) works.push_back(die->work());
  }
  if (m_aluEngine != nullptr) works.push_back(m_aluEngine->work());
  return works;
}

void Chip::load(std::uint64_t address, const void* data, std::size_t bytes) {
  debugAccess(m_transaction.write(address, data, static_cast<std::uint32_t>(bytes)));
}

void Chip::inspect(std::uint64_t address, void* data, std::size_t bytes) {
  debugAccess(m_transaction.read(address, data, static_cast<std::uint32_t>(bytes)));
}

std::uint8_t* Chip::directMemory(std::uint64_t address) {
  tlm::tlm_dmi region;
  std::uint8_t byte = 0;
  if (!m_loader->get_direct_mem_ptr(m_transaction.write(address, &byte, 1), region))
    throw std::logic_error(fmt::format("no direct memory at {:#x}", address));
  return region.get_dmi_ptr() + (address - region.get_start_address());
}

void Chip::debugAccess(tlm::tlm_generic_payload& payload) {
  const unsigned moved = m_loader->transport_dbg(payload);
  if (moved != payload.get_data_length()) requireOk(m_transaction, *this);
}

std::uint64_t Chip::bmemAddress(std::uint32_t die, std::uint32_t bank, std::uint64_t offset) const {
  return m_map.dies.at(die).base + DieAddress::bank(bank, BankAddress::kBmem + offset);
}

}  // namespace pim::platform
