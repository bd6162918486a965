#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/memory_rates.h"
#include "core/base/time.h"
#include "core/link/die_engine.h"
#include "core/link/die_timing.h"
#include "core/operations/alu_engine.h"
#include "tlm/bank/bank_interposer.h"
#include "tlm/rtl/rtl_place.h"

namespace pim {

/// Makes the RTL of one kind of block behind the interface through which the chip reaches that block.
template <typename Block, typename Parameters>
class RtlFactory {
 public:
  virtual ~RtlFactory() = default;
  /// Returns why this RTL cannot replace a block with these parameters ("bank.mac_lanes: expected 64, ...");
  /// empty if it can.
  virtual std::string unsupportedReason(const Parameters& parameters) const = 0;
  /// Makes the block. Called only for parameters that are supported.
  virtual std::unique_ptr<Block> make(const Parameters& parameters, const RtlPlace& place) const = 0;
};

struct RtlBankParameters {
  BankParameters bank;
  std::uint32_t die = 0;
  std::uint32_t bankInDie = 0;
};

struct RtlDieParameters {
  DieTiming::Parameters timing;
  std::uint32_t banks = 0;
  std::uint32_t ramBytes = 0;
};

struct RtlAluParameters {
  MemoryRates memory;
  Clock clock{1000};
};

using RtlBankFactory = RtlFactory<BankInterposer, RtlBankParameters>;
using RtlDieFactory = RtlFactory<DieEngine, RtlDieParameters>;
using RtlAluFactory = RtlFactory<AluEngine, RtlAluParameters>;

/// The factories of the blocks that can be RTL. Null: there is no RTL of that block.
struct RtlFactories {
  std::shared_ptr<const RtlBankFactory> bank;
  std::shared_ptr<const RtlDieFactory> die;
  std::shared_ptr<const RtlAluFactory> alu;
};

/// Returns the RTL of this build: that of rtl_ref, or none without Verilator.
RtlFactories linkedRtl();

}  // namespace pim
