#include "platform/assembly/rtl_dies.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "platform/assembly/mismatch_file.h"
#ifdef PIM_RTL
#include "tlm/rtl/rtl_die.h"
#endif

namespace pim::platform {

std::unique_ptr<DieEngine> rtlDie(const Config& config, bool functional,
                                  [[maybe_unused]] const DieParameters& die,
                                  [[maybe_unused]] const std::string& mismatchDirectory) {
  if (config.rtl.dies == Fidelity::kTlm) return nullptr;
  if (!functional) throw UserError("rtl.dies: expected tlm in a run without data");
#ifdef PIM_RTL
  if (config.dram.activationLimit != ActivationLimit::kOff)
    throw UserError("dram.activation_limit: expected off, for the sake of rtl.dies");
  if (const std::string why = whyNoRtlDie(die.timing, die.banks, die.ramBytes); !why.empty())
    throw UserError(why + ", for the sake of rtl.dies");
  const std::string block = fmt::format("die{}", die.die.value());
  return std::make_unique<RtlDie>(block, die.banks, !die.timing.fullDuplex, RtlStalls{},
                                  mismatchFile(mismatchDirectory, block));
#else
  throw UserError("rtl.dies: expected tlm; rtl and check: needs the RTL build");
#endif
}

}  // namespace pim::platform
