// A base-protocol checker on every hop of a chip that runs firmware, with eight initiators of others beside
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/base/address_map.h"
#include "platform/assembly/chip.h"
#include "platform/config/loader.h"
#include "sim/run/mapping.h"
#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "tests/platform/assembly/chip_run.h"
#include "tests/support/base_protocol_checker.h"
#include "tests/support/random_initiator.h"
#include "tests/support/seed.h"
#include "tests/support/systemc_test.h"
#include "tlm/host/host.h"
#include "tlm/kit/router.h"

namespace pim::test {
namespace {

/// How many transactions all hops together have to see: a slice in CI, a million at night.
std::uint64_t requiredTransactions() {
  const char* const asked = std::getenv("PIMTLM_PROTOCOL_TRANSACTIONS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 200'000;
}

/// Puts a packed model into a chip: into the banks through direct pointers, since threads pack them.
struct ChipSink : host::MemorySink {
  ChipSink(platform::Chip& of, std::uint32_t dies, std::uint32_t banksPerDie) : chip(of) {
    for (std::uint32_t die = 0; die < dies; ++die) {
      cells.emplace_back();
      for (std::uint32_t bank = 0; bank < banksPerDie; ++bank)
        cells.back().push_back(chip.directMemory(chip.bmemAddress(die, bank, 0)));
    }
  }
  void writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset, const std::uint8_t* data,
                 std::uint32_t bytes) override {
    std::memcpy(cells[die][bank] + offset, data, bytes);
  }
  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override {
    chip.load(address, data, bytes);
  }
  platform::Chip& chip;
  std::vector<std::vector<std::uint8_t*>> cells;  // [die][bank]
};

class BaseProtocol : public SystemCTest, public ::testing::WithParamInterface<platform::Overrides> {
 protected:
  using Style = RandomInitiator::Style;
  static constexpr std::size_t kStrangers = 8;

  BaseProtocol() {
    m_run.shape = tinyShape();
    m_run.prompt = {1, 32, 63};
    m_run.generate = 3;
    // Room beside what the firmware uses; both ways in which commands come.
    m_run.overrides = GetParam() + platform::Overrides{"bank.bmem_mib=2", "controller.cmem_mib=8",
                                                       "schedule.program=cached"};
    m_config = platform::loadPreset("aim8", smallChip() + m_run.overrides);
    m_layout = host::planModel(m_run.shape, sim::chipShape(m_config), sim::mappingOptions(m_config),
                               static_cast<std::uint32_t>(m_run.prompt.size()) + m_run.generate - 1);
    m_model = modelOf(m_run);
    host::bindModel(m_layout, m_model);
    tlm::tlm_global_quantum::instance().set(sc_core::sc_time(10, sc_core::SC_US));
  }

  Probe probe() {
    return [this](tlm::tlm_target_socket<>& target) -> tlm::tlm_target_socket<>& {
      m_checkers.push_back(std::make_unique<BaseProtocolChecker>(sc_core::sc_gen_unique_name("hop")));
      m_checkers.back()->toTarget.bind(target);
      return m_checkers.back()->fromInitiator;
    };
  }

  platform::ChipOptions options() {
    platform::ChipOptions options;
    options.functional = true;
    options.firmware = pim_firmware_main;
    options.planAddress = m_layout.planAddress;
    options.probe = probe();
    options.load = [this](platform::Chip& chip) {
      ChipSink sink(chip, m_config.chip.dies, m_config.chip.banksPerDie);
      host::packModel(m_layout, m_model, sink);
    };
    return options;
  }

  std::uint64_t die(std::uint64_t index) const {
    return m_config.memoryMap.dieBase + index * m_config.memoryMap.dieStride;
  }

  /// What stranger `index` of eight may use: the ends of memories, which the firmware does not.
  RandomInitiator::Parameters stranger(std::size_t index) const {
    static constexpr Style kStyles[kStrangers] = {Style::Blocking,   Style::Blocking,  Style::Blocking,
                                                  Style::FourPhases, Style::Completes, Style::Updates,
                                                  Style::FourPhases, Style::Updates};
    constexpr std::uint32_t kShare = 512;
    RandomInitiator::Parameters parameters;
    parameters.style = kStyles[index];
    parameters.lanes = index >= 6 ? 4 : 1;
    parameters.seed = static_cast<std::uint32_t>(m_seed + index);
    parameters.operations = ~std::uint64_t{0};
    const std::uint64_t back = (index + 1) * kShare;
    const std::uint64_t bank = index % m_config.chip.banksPerDie;
    const std::uint64_t cells = BankAddress::kBmem + m_config.bank.bmemBytes() - back;
    parameters.own = {
        {m_config.memoryMap.cmemBase + m_config.controller.cmemBytes() - back, kShare, true},
        {die(index % 2) + DieAddress::kDieRam + index * kShare, kShare, false},
        {die(0) + DieAddress::bank(static_cast<unsigned>(bank), cells), kShare, true},
        {die(1) + DieAddress::bank(static_cast<unsigned>(bank), cells), kShare, true},
    };
    const auto bram = static_cast<std::uint32_t>(BankAddress::kBram);
    parameters.readable = {{m_config.memoryMap.cramBase, 4096},
                           {die(0) + DieAddress::bank(1, BankAddress::kBram), 1024},
                           {die(0) + DieAddress::gather(0b1010, bram), 512, false, 2},
                           {die(1) + DieAddress::gather(0b1111, bram), 512, false, 4}};
    parameters.holes = {
        m_config.memoryMap.cramBase - 64,    die(2),
        die(0) + DieAddress::bank(4, 0),     die(0) + DieAddress::gather(0, bram),
        die(1) + DieAddress::kRegisterBytes, die(1) + DieAddress::bank(0, BankAddress::kBram - 64)};
    return parameters;
  }

  std::uint64_t transactions() const {
    std::uint64_t sum = 0;
    for (const auto& checker : m_checkers) sum += checker->transactions();
    return sum;
  }

  const std::uint32_t m_seed = seedOr(100);
  ChipRun m_run;
  platform::Config m_config;
  host::Layout m_layout;
  host::QuantizedModel m_model;
  std::vector<std::unique_ptr<BaseProtocolChecker>> m_checkers;
};

TEST_P(BaseProtocol, HoldsOnEveryHop) {
  const ChipOutcome alone = runChip(m_run);
  ASSERT_EQ(alone.error, "");

  platform::Chip chip("chip", m_config, options());
  AddressMap map;
  map.add({"chip", 0, ~std::uint64_t{0}});
  Router outside("outside", map, kStrangers + 1);
  outside.targets[0].bind(probe()(chip.controller().hostSocket()));
  std::vector<std::unique_ptr<RandomInitiator>> strangers;
  for (std::size_t i = 0; i < kStrangers; ++i) {
    strangers.push_back(
        std::make_unique<RandomInitiator>(("stranger" + std::to_string(i)).c_str(), stranger(i)));
    strangers.back()->socket.bind(probe()(outside.initiators[i]));
  }
  std::vector<std::uint32_t> tokens;
  HostJob job;
  job.prompt = m_run.prompt;
  job.generate = m_run.generate;
  job.ignoreEos = true;
  bool over = false;
  Host host(
      "host", {m_config.memoryMap.registersBase, m_layout.jobAddress, m_layout.promptAddress}, job,
      [&](std::uint32_t token, Picoseconds) { tokens.push_back(token); }, [&] { over = true; });
  host.bus.bind(probe()(outside.initiators[kStrangers]));
  host.interrupt.bind(chip.controller().hostInterrupt());

  simulate([&] {
    while (!over || transactions() < requiredTransactions()) sc_core::wait(10, sc_core::SC_US);
    for (auto& one : strangers) one->stop();
    while (!std::all_of(strangers.begin(), strangers.end(), [](const auto& one) { return one->finished(); }))
      sc_core::wait(1, sc_core::SC_US);
  });

  EXPECT_EQ(tokens, alone.result.tokens) << "strangers that keep to their own memory change no result";
  EXPECT_GE(transactions(), requiredTransactions());
  std::uint64_t unseen = 0;
  for (const auto& checker : m_checkers) {
    for (const std::string& violation : checker->violations()) ADD_FAILURE() << violation;
    EXPECT_EQ(checker->violationCount(), 0u) << checker->name();
    EXPECT_EQ(checker->outstanding(), 0u) << checker->name();
    if (checker->transactions() == 0) ++unseen;
  }
  EXPECT_EQ(unseen, 0u) << "hops over which nothing went";
  for (const auto& one : strangers) {
    EXPECT_GT(one->completed(), 100u) << one->name();
    for (const std::string& failure : one->failures()) ADD_FAILURE() << failure;
  }
  RecordProperty("transactions", std::to_string(transactions()));
}

INSTANTIATE_TEST_SUITE_P(, BaseProtocol,
                         ::testing::Values(platform::Overrides{},
                                           platform::Overrides{"link.duplex=half", "dram.refresh=per_bank",
                                                               "mapping.embedding=banks"}));

}  // namespace
}  // namespace pim::test
