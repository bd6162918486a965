#include "tlm/kit/fatal.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <systemc>

namespace pim {
namespace {

TEST(Fatal, EndsWhatGoesWrongWhateverTheArchitectMakesOfReports) {
  const sc_core::sc_actions before =
      sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_DO_NOTHING);
  EXPECT_THROW(fatal("test", "a copy beyond the buffer"), std::logic_error);
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, before);
}

}  // namespace
}  // namespace pim
