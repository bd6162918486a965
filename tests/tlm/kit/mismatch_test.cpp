// Where RTL is compared with the model, the observer hears of a difference before the run breaks off. The RTL
// here is a double that differs in everything.
#include <stdexcept>
#include <vector>

#include "core/observe/activity.h"
#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tests/tlm/bank/small_bank.h"
#include "tlm/controller/alu_cluster.h"
#include "tlm/die/die.h"
#include "tlm/kit/memory.h"

namespace pim::test {
namespace {

class Ear : public ActivityObserver {
 public:
  std::vector<Picoseconds> mismatches;
  void onMismatch(Picoseconds at) override { mismatches.push_back(at); }
};

class WrongAlu : public AluEngine {
 public:
  std::int64_t run(const pim_command&, AluMemory&) override { throw std::logic_error("differs"); }
  RtlWork work() const override { return {}; }
};

class WrongDie : public DieEngine {
 public:
  DieAnswer run(const DieAccess&, DieBanks&) override { return {}; }
  std::int64_t elapsed() const override { return 0; }
  void compare(const DieAccess&, const DieAnswer&, const std::vector<DieBankAccess>&) override {
    throw std::logic_error("differs");
  }
  void place(std::int64_t, std::int64_t) override {}
  RtlWork work() const override { return {}; }
};

class MismatchTest : public SystemCTest {
 protected:
  Ear m_ear;
  Counters m_counters;
  Statistics m_statistics;
  ForeignInitiator m_initiator{"initiator"}, m_other{"other"};
};

TEST_F(MismatchTest, OfAnAluIsToldWhenItsCommandBegins) {
  WrongAlu wrong;
  AluParameters parameters;
  parameters.functional = true;
  Wiring wiring;
  wiring.aluEngine = &wrong;
  wiring.activity = &m_ear;
  Memory memory("memory", 4096, 1, Bandwidth::fromGbPerS(100));
  MemoryPorts ports(MemoryRates{}, m_counters);
  AluCluster alus("alus", parameters, ports, m_counters, wiring);
  alus.memory.bind(memory.ports[0]);
  m_initiator.socket.bind(alus.commands);
  pim_command command{};
  command.opcode = PIM_OP_ADD;
  EXPECT_ANY_THROW(m_initiator.write(0, &command, sizeof command, 7500));
  EXPECT_EQ(m_ear.mismatches, std::vector<Picoseconds>{8000}) << "the next edge of its clock";
}

TEST_F(MismatchTest, OfADieIsToldWhenItsAccessBegins) {
  WrongDie wrong;
  const BankParameters bank = smallBank();
  DieParameters parameters;
  parameters.banks = 4;
  parameters.timing.link = Bandwidth::fromGbPerS(32);
  parameters.timing.ram = Bandwidth::fromGbPerS(64);
  parameters.timing.hop = 2000;
  parameters.ramBytes = 8 * 1024;
  parameters.exact = true;
  parameters.compare = true;
  Wiring wiring;
  wiring.dieEngine = &wrong;
  wiring.activity = &m_ear;
  Die die("die", parameters, bank, m_statistics, wiring);
  m_statistics.bankBusy = BankBusy(1, 4);
  m_initiator.socket.bind(die.interconnect().link[DieInterconnect::ProcessorPort]);
  m_other.socket.bind(die.interconnect().link[DieInterconnect::BusPort]);
  const std::uint32_t word = 7;
  simulate([&] {
    EXPECT_ANY_THROW(m_initiator.write(DieAddress::bank(1, BankAddress::kBram), &word, sizeof word, 5000));
  });
  EXPECT_EQ(m_ear.mismatches, std::vector<Picoseconds>{5000});
}

}  // namespace
}  // namespace pim::test
