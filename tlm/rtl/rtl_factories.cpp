#include "tlm/rtl/rtl_factories.h"

#include "tlm/rtl/alu_check.h"
#include "tlm/rtl/checked_bank.h"
#include "tlm/rtl/reference_bank.h"
#include "tlm/rtl/rtl_die.h"

namespace pim {
namespace {

class VerilatedDie : public RtlDieFactory {
 public:
  std::string unsupportedReason(const RtlDieParameters& parameters) const override {
    return pim::unsupportedReason(parameters.timing, parameters.banks, parameters.ramBytes);
  }
  std::unique_ptr<DieEngine> make(const RtlDieParameters& parameters, const RtlPlace& place) const override {
    return std::make_unique<RtlDie>(place.block, parameters.banks, !parameters.timing.fullDuplex, RtlStalls{},
                                    place.waveFile);
  }
};

class VerilatedAlu : public RtlAluFactory {
 public:
  std::string unsupportedReason(const RtlAluParameters&) const override { return {}; }
  std::unique_ptr<AluEngine> make(const RtlAluParameters& parameters, const RtlPlace& place) const override {
    const AluModel::Memory memory{parameters.memory, parameters.clock};
    if (!place.compare) return std::make_unique<AluModel>(memory);
    return std::make_unique<AluCheck>(memory, RtlStalls{}, place.waveFile);
  }
};

}  // namespace

RtlFactories linkedRtl() {
  return {checkedBanks(makeReferenceBank), std::make_shared<VerilatedDie>(),
          std::make_shared<VerilatedAlu>()};
}

}  // namespace pim
