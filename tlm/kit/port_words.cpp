#include "tlm/kit/port_words.h"

#include <algorithm>
#include <utility>

namespace pim {
namespace {

/// The responses that ports can distinguish; any other is a generic error.
constexpr std::pair<tlm::tlm_response_status, BusError> kAnswers[] = {
    {tlm::TLM_OK_RESPONSE, BusError::None},
    {tlm::TLM_ADDRESS_ERROR_RESPONSE, BusError::Address},
    {tlm::TLM_COMMAND_ERROR_RESPONSE, BusError::Command},
    {tlm::TLM_BURST_ERROR_RESPONSE, BusError::Burst},
    {tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, BusError::ByteEnable}};

}  // namespace

BusError errorOf(const tlm::tlm_generic_payload& payload) {
  for (const auto& [status, error] : kAnswers)
    if (status == payload.get_response_status()) return error;
  return BusError::Generic;
}

tlm::tlm_response_status statusOf(BusError error) {
  for (const auto& [status, known] : kAnswers)
    if (known == error) return status;
  return tlm::TLM_GENERIC_ERROR_RESPONSE;
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
