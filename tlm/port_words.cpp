#include "tlm/port_words.h"

#include <algorithm>

namespace pim {

BusError errorOf(const tlm::tlm_generic_payload& payload) {
  switch (payload.get_response_status()) {
    case tlm::TLM_OK_RESPONSE:
      return BusError::None;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return BusError::Address;
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
      return BusError::Command;
    case tlm::TLM_BURST_ERROR_RESPONSE:
      return BusError::Burst;
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return BusError::ByteEnable;
    default:
      return BusError::Generic;
  }
}

tlm::tlm_response_status statusOf(BusError error) {
  switch (error) {
    case BusError::None:
      return tlm::TLM_OK_RESPONSE;
    case BusError::Address:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case BusError::Command:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
    case BusError::Burst:
      return tlm::TLM_BURST_ERROR_RESPONSE;
    case BusError::ByteEnable:
      return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    default:
      return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
}

std::vector<std::uint8_t> strobesOf(const tlm::tlm_generic_payload& payload) {
  std::vector<std::uint8_t> strobes;
  const unsigned length = payload.get_byte_enable_length();
  for (unsigned i = 0; payload.get_byte_enable_ptr() != nullptr && i < payload.get_data_length(); ++i)
    strobes.push_back(payload.get_byte_enable_ptr()[i % length] == TLM_BYTE_ENABLED);
  return strobes;
}

void setStrobes(tlm::tlm_generic_payload& payload, const std::vector<std::uint8_t>& strobes,
                std::vector<std::uint8_t>& enables) {
  if (std::find(strobes.begin(), strobes.end(), 0) == strobes.end()) {
    payload.set_byte_enable_ptr(nullptr);
    payload.set_byte_enable_length(0);
    return;
  }
  enables.clear();
  for (const std::uint8_t strobe : strobes)
    enables.push_back(strobe != 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED);
  payload.set_byte_enable_ptr(enables.data());
  payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
}

}  // namespace pim
