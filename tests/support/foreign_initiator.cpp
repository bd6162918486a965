#include "tests/support/foreign_initiator.h"

#include <gtest/gtest.h>

#include "tlm/kit/transaction.h"

namespace pim::test {

ForeignInitiator::ForeignInitiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  socket.register_nb_transport_bw(this, &ForeignInitiator::backward);
  socket.register_invalidate_direct_mem_ptr(this, &ForeignInitiator::invalidate);
  m_payload.set_mm(this);
  m_payload.acquire();
}

ForeignInitiator::~ForeignInitiator() {
  m_payload.release();
  m_payload.set_mm(nullptr);
}

void ForeignInitiator::free(tlm::tlm_generic_payload* payload) {
  payload->reset();
}

ForeignInitiator& ForeignInitiator::byteEnables(const std::uint8_t* enables, std::uint32_t length) {
  m_enables = enables;
  m_enablesLength = length;
  return *this;
}

ForeignInitiator& ForeignInitiator::streamingWidth(std::uint32_t bytes) {
  m_streamingWidth = bytes;
  return *this;
}

void ForeignInitiator::prepare(tlm::tlm_command command, std::uint64_t address, void* data,
                               std::uint32_t bytes) {
  m_sent = {address, bytes, m_streamingWidth != 0 ? m_streamingWidth : bytes, data};
  m_payload.set_command(command);
  m_payload.set_address(address);
  m_payload.set_data_ptr(static_cast<unsigned char*>(data));
  m_payload.set_data_length(bytes);
  m_payload.set_streaming_width(m_sent.streamingWidth);
  m_payload.set_byte_enable_ptr(const_cast<unsigned char*>(m_enables));
  m_payload.set_byte_enable_length(m_enablesLength);
  m_payload.set_dmi_allowed(false);
  m_payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  m_enables = nullptr;
  m_enablesLength = m_streamingWidth = 0;
}

ForeignInitiator::Answer ForeignInitiator::finish(Picoseconds delay) {
  const bool kept =
      m_payload.get_address() == m_sent.address && m_payload.get_data_length() == m_sent.bytes &&
      m_payload.get_streaming_width() == m_sent.streamingWidth && m_payload.get_data_ptr() == m_sent.data;
  return {m_payload.get_response_status(), delay, kept, m_payload.is_dmi_allowed()};
}

ForeignInitiator::Answer ForeignInitiator::transport(tlm::tlm_command command, std::uint64_t address,
                                                     void* data, std::uint32_t bytes, Picoseconds delay) {
  prepare(command, address, data, bytes);
  sc_core::sc_time time = toScTime(delay);
  socket->b_transport(m_payload, time);
  return finish(toPicoseconds(time));
}

ForeignInitiator::Answer ForeignInitiator::nonBlocking(tlm::tlm_command command, std::uint64_t address,
                                                       void* data, std::uint32_t bytes, Response response) {
  prepare(command, address, data, bytes);
  m_response = response;
  const sc_core::sc_time begin = sc_core::sc_time_stamp();
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const tlm::tlm_sync_enum answer = socket->nb_transport_fw(m_payload, phase, delay);
  const bool responded =
      answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP);
  if (responded) {
    m_annotated = delay;
  } else {
    wait(m_responded);
  }
  const Picoseconds elapsed = toPicoseconds(sc_core::sc_time_stamp() - begin + m_annotated);
  if (answer != tlm::TLM_COMPLETED && response == Response::EndResponsePhase) {
    phase = tlm::END_RESP;
    delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(m_payload, phase, delay);
  }
  return finish(elapsed);
}

tlm::tlm_sync_enum ForeignInitiator::backward(tlm::tlm_generic_payload&, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;  // END_REQ
  m_annotated = delay;
  m_responded.notify(sc_core::SC_ZERO_TIME);
  return m_response == Response::Complete ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
}

unsigned ForeignInitiator::debug(tlm::tlm_command command, std::uint64_t address, void* data,
                                 std::uint32_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_byte_enable_ptr(const_cast<unsigned char*>(m_enables));
  payload.set_byte_enable_length(m_enablesLength);
  m_enables = nullptr;
  m_enablesLength = 0;
  return socket->transport_dbg(payload);
}

void ForeignInitiator::invalidate(sc_dt::uint64 start, sc_dt::uint64 end) {
  m_revoked.emplace_back(start, end);
}

bool ForeignInitiator::direct(std::uint64_t address, tlm::tlm_dmi& dmi) {
  prepare(tlm::TLM_READ_COMMAND, address, nullptr, 0);
  return socket->get_direct_mem_ptr(m_payload, dmi);
}

void ForeignInitiator::writeWord(std::uint64_t address, std::uint32_t value) {
  ASSERT_EQ(write(address, &value, sizeof value).status, tlm::TLM_OK_RESPONSE) << "write to " << address;
}

std::uint32_t ForeignInitiator::readWord(std::uint64_t address, Picoseconds delay) {
  std::uint32_t value = 0;
  EXPECT_EQ(read(address, &value, sizeof value, delay).status, tlm::TLM_OK_RESPONSE) << "read of " << address;
  return value;
}

}  // namespace pim::test
