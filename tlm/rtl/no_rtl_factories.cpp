#include "tlm/rtl/rtl_factories.h"

namespace pim {

RtlFactories linkedRtl() {
  return {};
}

}  // namespace pim
