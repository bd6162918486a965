#include "platform/assembly/die_factory.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "core/base/error.h"
#include "tests/platform/assembly/chip_run.h"
#include "tlm/kit/command_extension.h"

namespace pim::test {
namespace {

/// The die of this project behind sockets of its own, as an architect would write it (examples/own_die), with
/// `latency` added to what it is asked for.
class ForeignDie : public DieModule {
 public:
  ForeignDie(const sc_core::sc_module_name& name, const platform::DieOrder& order,
             const sc_core::sc_time& latency)
      : DieModule(name),
        m_latency(latency),
        m_link("link", kPorts),
        m_inner("inner", kPorts),
        m_die("die", order.die, order.bank, order.statistics, order.wiring, order.interposers) {
    for (int port = 0; port < static_cast<int>(kPorts); ++port) {
      m_link[at(port)].register_b_transport(this, &ForeignDie::transport, port);
      m_link[at(port)].register_transport_dbg(this, &ForeignDie::debug, port);
      m_link[at(port)].register_get_direct_mem_ptr(this, &ForeignDie::directPointer, port);
      m_inner[at(port)].register_invalidate_direct_mem_ptr(this, &ForeignDie::invalidate, port);
    }
    m_inner[kProcessor].bind(*m_die.ports().processor);
    m_inner[kBus].bind(*m_die.ports().bus);
  }

  DiePorts ports() override { return {&m_link[kProcessor], &m_link[kBus], nullptr}; }

 private:
  enum Port : int { kProcessor, kBus, kPorts };
  static std::size_t at(int port) { return static_cast<std::size_t>(port); }

  void transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    delay += m_latency;
    m_inner[at(port)]->b_transport(payload, delay);
  }
  unsigned debug(int port, tlm::tlm_generic_payload& payload) {
    return m_inner[at(port)]->transport_dbg(payload);
  }
  bool directPointer(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    return m_inner[at(port)]->get_direct_mem_ptr(payload, dmi);
  }
  void invalidate(int port, sc_dt::uint64 start, sc_dt::uint64 end) {
    m_link[at(port)]->invalidate_direct_mem_ptr(start, end);
  }

  sc_core::sc_time m_latency;
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<ForeignDie>> m_link;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<ForeignDie>> m_inner;
  Die m_die;
};

void registerForeignDie(const std::string& name, double latencyNs) {
  platform::registerDie(name, [latencyNs](const platform::DieOrder& order) {
    return std::make_unique<ForeignDie>(order.name.c_str(), order,
                                        sc_core::sc_time(latencyNs, sc_core::SC_NS));
  });
}

ChipRun runWith(const std::string& die, bool functional) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 5, 9};
  run.generate = 4;
  run.functional = functional;
  run.overrides = {"die.model=" + die};
  return run;
}

TEST(DieFactory, NamesWhatItKnowsWhenItIsAskedForAnotherDie) {
  Statistics statistics;
  const MakeBankInterposer none;
  try {
    platform::makeDie("nobody", {"die0", {}, {}, statistics, {}, none});
    FAIL() << "a die that nobody registered was made";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("die.model=nobody: expected "), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("pim"), std::string::npos);
  }
}

TEST(DieFactory, AForeignDieWithoutLatencyChangesNothing) {
  registerForeignDie("foreign", 0);
  for (const bool functional : {true, false}) {
    const ChipOutcome own = runChip(runWith("pim", functional));
    const ChipOutcome foreign = runChip(runWith("foreign", functional));
    ASSERT_EQ(own.error, "");
    ASSERT_EQ(foreign.error, "");
    EXPECT_EQ(own.result.tokens, foreign.result.tokens);
    EXPECT_EQ(own.logits, foreign.logits);
    EXPECT_EQ(own.result.tokenTimes, foreign.result.tokenTimes) << (functional ? "with data" : "timing only");
  }
}

TEST(DieFactory, TheLatencyOfAForeignDieIsPaid) {
  registerForeignDie("slow", 100);
  // With a core that never bounds: the firmware of so small a model takes longer than its dies, and hides 100
  // ns.
  const auto onFastCore = [](const char* die) {
    ChipRun run = runWith(die, false);
    run.overrides.emplace_back("controller.firmware_clock_ns=0.001");
    return runChip(run);
  };
  const ChipOutcome own = onFastCore("pim");
  const ChipOutcome slow = onFastCore("slow");
  ASSERT_EQ(slow.error, "");
  // Each layer asks the dies for more than ten things, one after the other.
  EXPECT_GT(slow.result.tokenTimes.back() - own.result.tokenTimes.back(), Picoseconds{4} * 2 * 10 * 100'000);
}

}  // namespace
}  // namespace pim::test
