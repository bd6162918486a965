#include "tlm/kit/transaction.h"

#include <fmt/format.h>

#include "tlm/kit/fatal.h"

namespace pim {

void reportFailed(const Transaction& transaction, const sc_core::sc_object& who) {
  const tlm::tlm_generic_payload& payload = transaction.payload();
  const std::string text =
      fmt::format("{} of {} bytes at {:#x} answered {}", payload.is_write() ? "write" : "read",
                  payload.get_data_length(), payload.get_address(), payload.get_response_string());
  fatal(who.name(), text);
}

}  // namespace pim
