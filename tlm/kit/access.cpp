#include "tlm/kit/access.h"

#include <cstring>

namespace pim {
namespace {

bool refuse(tlm::tlm_generic_payload& payload, tlm::tlm_response_status status) {
  payload.set_response_status(status);
  return false;
}

}  // namespace

bool acceptAccess(tlm::tlm_generic_payload& payload, std::uint64_t size) {
  if (!payload.is_read() && !payload.is_write()) return refuse(payload, tlm::TLM_COMMAND_ERROR_RESPONSE);
  const std::uint64_t address = payload.get_address();
  const std::uint64_t length = payload.get_data_length();
  if (length == 0 || payload.get_streaming_width() < length)
    return refuse(payload, tlm::TLM_BURST_ERROR_RESPONSE);
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0) {
    return refuse(payload, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  }
  if (address >= size || length > size - address) return refuse(payload, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return true;
}

bool acceptRegisterAccess(tlm::tlm_generic_payload& payload, std::uint64_t size) {
  if (!acceptAccess(payload, size)) return false;
  if (payload.get_byte_enable_ptr() != nullptr) return refuse(payload, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (payload.get_data_length() != 4) return refuse(payload, tlm::TLM_BURST_ERROR_RESPONSE);
  if (payload.get_address() % 4 != 0) return refuse(payload, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return true;
}

unsigned debugAccess(tlm::tlm_generic_payload& payload, std::uint8_t* bytes, std::uint64_t size) {
  const std::uint64_t address = payload.get_address();
  const unsigned length = payload.get_data_length();
  tlm::tlm_response_status answer = tlm::TLM_OK_RESPONSE;
  if (address >= size || length > size - address) {
    answer = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  } else if (payload.is_write()) {
    std::memcpy(bytes + address, payload.get_data_ptr(), length);
  } else if (payload.is_read()) {
    std::memcpy(payload.get_data_ptr(), bytes + address, length);
  } else {
    answer = tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  payload.set_response_status(answer);
  return answer == tlm::TLM_OK_RESPONSE ? length : 0;
}

bool denyDirectPointer(tlm::tlm_dmi& dmi, std::uint64_t start, std::uint64_t end) {
  dmi.allow_read_write();
  dmi.set_start_address(start);
  dmi.set_end_address(end);
  return false;
}

void moveBytes(tlm::tlm_generic_payload& payload, std::uint8_t* bytes) {
  std::uint8_t* data = payload.get_data_ptr();
  const std::size_t length = payload.get_data_length();
  const std::uint8_t* enable = payload.get_byte_enable_ptr();
  const bool write = payload.is_write();
  if (enable == nullptr) {
    if (write) {
      std::memcpy(bytes, data, length);
    } else {
      std::memcpy(data, bytes, length);
    }
    return;
  }
  const std::size_t period = payload.get_byte_enable_length();
  for (std::size_t i = 0; i < length; ++i) {
    if (enable[i % period] != TLM_BYTE_ENABLED) continue;
    (write ? bytes : data)[i] = (write ? data : bytes)[i];
  }
}

}  // namespace pim
