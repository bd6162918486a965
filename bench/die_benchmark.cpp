#include <benchmark/benchmark.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>

#include "core/base/address_map.h"
#include "platform/assembly/chip_parameters.h"
#include "platform/config/loader.h"
#include "tlm/die/die.h"
#include "tlm/kit/transaction.h"

namespace {

using namespace pim;

/// A die of aim8 in the hands of an initiator that posts commands.
struct Rig : sc_core::sc_module {
  Rig(const sc_core::sc_module_name& name, const platform::Config& config)
      : sc_module(name),
        die("die", platform::dieParameters(config, false, 0), platform::bankParameters(config, false),
            statistics) {
    statistics.bankBusy = BankBusy(1, config.chip.banksPerDie);
    link.bind(die.interconnect().link[DieInterconnect::ProcessorPort]);
    bus.bind(die.interconnect().link[DieInterconnect::BusPort]);
  }

  Statistics statistics;
  Die die;
  tlm_utils::simple_initiator_socket<Rig> link{"link"};
  tlm_utils::simple_initiator_socket<Rig> bus{"bus"};
  Transaction transaction;
};

/// A MAC of a 4096 x 4096 matrix's part, posted to all banks of a die.
void postMac(benchmark::State& state, Rig& rig) {
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  command.banks_per_group = 1;
  pim_mac& mac = command.body.mac;
  mac.rows = mac.out_rows = 32;
  mac.k = 4096;
  mac.group = 128;
  mac.weight_bits = 4;
  mac.scale_bits = mac.activation_bits = 16;
  mac.vectors = 1;
  mac.bram_out = 32 * 1024;
  const std::uint64_t address =
      DieAddress::broadcast(rig.die.interconnect().allBanks().mask32(), BankAddress::kRegisters);
  for (auto _ : state) {
    sc_core::sc_time delay;
    rig.transaction.command.request.timingOnly = true;
    rig.link->b_transport(rig.transaction.write(address, &command, sizeof command), delay);
    requireOk(rig.transaction, rig);
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

int sc_main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  Rig lockstep("lockstep", platform::loadPreset("aim8"));
  Rig exact("exact", platform::loadPreset("aim8", {"simulation.exact_banks=on"}));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);  // binds
  benchmark::RegisterBenchmark("postMacToADie/lockstep", [&](benchmark::State& s) { postMac(s, lockstep); });
  benchmark::RegisterBenchmark("postMacToADie/exact_banks", [&](benchmark::State& s) { postMac(s, exact); });
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
