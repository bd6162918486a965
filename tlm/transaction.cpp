#include "tlm/transaction.h"

#include <fmt/format.h>

namespace pim {

void requireOk(const Transaction& transaction, const char* who) {
  if (transaction.ok()) return;
  const tlm::tlm_generic_payload& payload = transaction.payload();
  const std::string text =
      fmt::format("{} of {} bytes at {:#x} answered {}", payload.is_write() ? "write" : "read",
                  payload.get_data_length(), payload.get_address(), payload.get_response_string());
  SC_REPORT_FATAL(who, text.c_str());
}

}  // namespace pim
