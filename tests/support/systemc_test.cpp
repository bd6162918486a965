#define SC_INCLUDE_DYNAMIC_PROCESSES  // sc_spawn
#include "tests/support/systemc_test.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "tlm/kit/transaction.h"

namespace pim::test {
namespace {

void failOnReport(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  if (report.get_severity() == sc_core::SC_FATAL) {
    throw std::logic_error(std::string(report.get_msg_type()) + ": " + report.get_msg());
  }
  if (report.get_severity() >= sc_core::SC_WARNING) {
    ADD_FAILURE() << "SystemC reports " << report.get_msg_type() << ": " << report.get_msg();
    return;
  }
  sc_core::sc_report_handler::default_handler(report, actions);
}

/// The convenience sockets serve nb_transport with threads that they spawn below the caller and never end; a
/// thread that waits holds itself, so that neither module nor context would free it.
void endThreadsBelow(const sc_core::sc_process_handle& caller) {
  const std::vector<sc_core::sc_object*> children = caller.get_child_objects();
  for (sc_core::sc_object* child : children) {
    sc_core::sc_process_handle process(child);
    if (process.valid()) process.kill();
  }
}

}  // namespace

SystemCTest::SystemCTest()
    : m_previous(sc_core::sc_curr_simcontext), m_previousDefault(sc_core::sc_default_global_context) {
  // The context that elaboration and simulation of this test use; modules are members of derived fixtures or
  // tests.
  sc_core::sc_curr_simcontext = &m_context;
  sc_core::sc_default_global_context = &m_context;
  sc_core::sc_report_handler::set_handler(failOnReport);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  tlm::tlm_global_quantum::instance().set(sc_core::SC_ZERO_TIME);
}

SystemCTest::~SystemCTest() {
  sc_core::sc_report_handler::set_handler(nullptr);
  sc_core::sc_curr_simcontext = m_previous;
  sc_core::sc_default_global_context = m_previousDefault;
}

void SystemCTest::simulate(std::function<void()> body) {
  sc_core::sc_spawn_options options;
  options.set_stack_size(1 << 20);
  const auto run = [body = std::move(body)] {
    body();
    endThreadsBelow(sc_core::sc_get_current_process_handle());
  };
  sc_core::sc_spawn(run, "test", &options);
  sc_core::sc_start();
}

Picoseconds SystemCTest::now() {
  return toPicoseconds(sc_core::sc_time_stamp());
}

void SystemCTest::waitUntil(Picoseconds time) {
  sc_core::wait(toScTime(time) - sc_core::sc_time_stamp());
}

}  // namespace pim::test
