#include "platform/assembly/rtl_alus.h"

#include "core/base/error.h"
#include "platform/assembly/mismatch_file.h"
#ifdef PIM_RTL
#include "platform/assembly/chip_parameters.h"
#include "tlm/rtl/alu_check.h"
#endif

namespace pim::platform {

std::unique_ptr<AluEngine> rtlAlus(const Config& config, bool functional,
                                   [[maybe_unused]] const std::string& mismatchDirectory) {
  if (config.rtl.alus == Fidelity::kTlm) return nullptr;
  if (!functional) throw UserError("rtl.alus: expected tlm in a run without data");
#ifdef PIM_RTL
  const ControllerParameters controller = controllerParameters(config, functional, 0);
  const AluModel::Memory memory{controller.memory, controller.alus.clock};
  if (config.rtl.alus == Fidelity::kRtl) return std::make_unique<AluModel>(memory);
  return std::make_unique<AluCheck>(memory, RtlStalls{}, mismatchFile(mismatchDirectory, "alu"));
#else
  throw UserError("rtl.alus: expected tlm; rtl and check: needs the RTL build");
#endif
}

}  // namespace pim::platform
