// pim_measure_firmware TABLE: writes to stdout the cycles of the firmware's work on a core with that cycle
// table, and to stderr the error with which they predict the measured jobs.
#include <fmt/format.h>

#include <cstdio>
#include <systemc>

#include "core/base/error.h"
#include "platform/assembly/firmware_measurement.h"
#include "platform/config/core_table.h"

int sc_main(int count, char** words) {
  using namespace pim::platform;
  if (count != 2) {
    fmt::print(stderr, "pim_measure_firmware: expected a cycle table\n");
    return 2;
  }
  try {
    const FirmwareMeasurement measured = measureFirmware(loadCycleTable(words[1]));
    fmt::print("{}", firmwareCostsYaml(measured.costs, words[1]));
    fmt::print(stderr, "{}: at worst {:.2f} % beside a job's cycles\n", words[1], 100 * measured.worstError);
  } catch (const pim::UserError& error) {
    fmt::print(stderr, "pim_measure_firmware: {}\n", error.what());
    return 2;
  }
  return 0;
}
