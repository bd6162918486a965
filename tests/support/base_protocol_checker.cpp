#include "tests/support/base_protocol_checker.h"

#include <fmt/format.h>

#include <algorithm>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace pim::test {
namespace {

const char* nameOf(unsigned phase) {
  static constexpr const char* kNames[] = {"none", "BEGIN_REQ", "END_REQ", "BEGIN_RESP", "END_RESP"};
  return phase < 5 ? kNames[phase] : "a phase of its own";
}

/// The phases that may follow `last`; END_REQ may be left out.
bool follows(tlm::tlm_phase_enum last, unsigned next) {
  switch (last) {
    case tlm::BEGIN_REQ:
      return next == tlm::END_REQ || next == tlm::BEGIN_RESP;
    case tlm::END_REQ:
      return next == tlm::BEGIN_RESP;
    case tlm::BEGIN_RESP:
      return next == tlm::END_RESP;
    default:
      return false;
  }
}

}  // namespace

BaseProtocolChecker::BaseProtocolChecker(const sc_core::sc_module_name& name)
    : sc_module(name), fromInitiator("from_initiator"), toTarget("to_target") {
  fromInitiator.bind(*this);
  toTarget.bind(*this);
}

void BaseProtocolChecker::violate(const std::string& rule) {
  constexpr std::size_t kKept = 20;
  ++m_violationCount;
  if (m_violations.size() < kKept)
    m_violations.push_back(fmt::format("{} at {}: {}", name(), sc_core::sc_time_stamp().to_string(), rule));
}

void BaseProtocolChecker::violate(const Payload& payload, const std::string& rule) {
  violate(fmt::format("{} ({} of {} bytes at {:#x}, {})", rule,
                      payload.is_write()  ? "write"
                      : payload.is_read() ? "read"
                                          : "ignore",
                      payload.get_data_length(), payload.get_address(), payload.get_response_string()));
}

// ---- the payload

std::vector<std::uint8_t> BaseProtocolChecker::Sent::bytes(const std::uint8_t* from, std::size_t count) {
  return from == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(from, from + count);
}

BaseProtocolChecker::Sent::Sent(const Payload& payload)
    : m_command(payload.get_command()),
      m_address(payload.get_address()),
      m_data(payload.get_data_ptr()),
      m_length(payload.get_data_length()),
      m_streamingWidth(payload.get_streaming_width()),
      m_enables(payload.get_byte_enable_ptr()),
      m_enablesLength(payload.get_byte_enable_length()),
      m_option(payload.get_gp_option()),
      m_enableBytes(bytes(m_enables, m_enablesLength)),
      m_dataBytes(bytes(m_data, m_length)) {
  for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) m_extensions.push_back(payload.get_extension(i));
}

template <typename Tell>
void BaseProtocolChecker::Sent::compare(const Payload& payload, bool isOver, Tell tell) const {
  if (payload.get_command() != m_command) tell("14.7: the command was changed");
  if (isOver && payload.get_address() != m_address) tell("14.7: the address was not restored");
  if (payload.get_data_ptr() != m_data) tell("14.7: the data pointer was changed");
  if (payload.get_data_length() != m_length) tell("14.7: the data length was changed");
  if (payload.get_streaming_width() != m_streamingWidth) tell("14.7: the streaming width was changed");
  if (payload.get_byte_enable_ptr() != m_enables) tell("14.7: the byte enable pointer was changed");
  if (payload.get_byte_enable_length() != m_enablesLength) tell("14.7: the byte enable length was changed");
  if (payload.get_gp_option() != m_option) tell("14.8: the generic payload option was changed");
  if (!std::equal(m_enableBytes.begin(), m_enableBytes.end(), m_enables))
    tell("14.13: the byte enables were changed");
  if (payload.get_data_ptr() == m_data && payload.get_data_length() == m_length && m_data != nullptr) {
    const bool read = m_command == tlm::TLM_READ_COMMAND;
    if (!read && !std::equal(m_dataBytes.begin(), m_dataBytes.end(), m_data))
      tell("14.11: a target changed the data of what is no read");
    for (std::size_t i = 0; read && !m_enableBytes.empty() && i < m_length; ++i) {
      if (m_enableBytes[i % m_enablesLength] == TLM_BYTE_DISABLED && m_data[i] != m_dataBytes[i]) {
        tell("14.13: a byte that is not enabled was read");
        break;
      }
    }
  }
  for (unsigned i = 0; isOver && i < tlm::max_num_extensions(); ++i) {
    tlm::tlm_extension_base* const before = i < m_extensions.size() ? m_extensions[i] : nullptr;
    if (payload.get_extension(i) != before) {
      tell(before == nullptr ? "14.21: an extension was left behind"
                             : "14.21: an extension was taken or replaced");
    }
  }
}

void BaseProtocolChecker::checkSent(const Payload& payload) {
  if (payload.get_data_ptr() == nullptr) violate(payload, "14.11: sent without data");
  if (payload.get_data_length() == 0) violate(payload, "14.12: sent with a data length of 0");
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0)
    violate(payload, "14.14: sent with byte enables of length 0");
  if (payload.get_streaming_width() == 0) violate(payload, "14.15: sent with a streaming width of 0");
  if (payload.is_dmi_allowed()) violate(payload, "14.16: sent with a hint at direct pointers");
  if (payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE)
    violate(payload, "14.17: sent with a response status");
  if (payload.get_gp_option() != tlm::TLM_MIN_PAYLOAD)
    violate(payload, "14.8: sent with a generic payload option");
  if (payload.has_mm() && payload.get_ref_count() < 1)
    violate(payload, "14.5: sent with a memory manager and a reference count of 0");
}

void BaseProtocolChecker::checkAnswered(const Payload& payload) {
  if (payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE)
    violate(payload, "14.17: answered without a response status");
}

// ---- blocking

void BaseProtocolChecker::b_transport(Payload& payload, Time& delay) {
  ++m_transactions;
  checkSent(payload);
  if (m_blocking[&payload]++ != 0 || m_inFlight.count(&payload) != 0)
    violate(payload, "14.5: sent while it was under way");
  const Sent sent(payload);
  const Time due = sc_core::sc_time_stamp() + delay;
  toTarget->b_transport(payload, delay);
  if (sc_core::sc_time_stamp() + delay < due) violate(payload, "11.1: the annotated time ran backwards");
  checkAnswered(payload);
  sent.compare(payload, true, [&](const char* rule) { violate(payload, rule); });
  if (--m_blocking[&payload] == 0) m_blocking.erase(&payload);
}

// ---- non-blocking

void BaseProtocolChecker::enterPhase(Payload& payload, const Phase& phase, const Time& delay, bool forward) {
  const Time at = sc_core::sc_time_stamp() + delay;
  const unsigned next = phase;
  if (next < tlm::BEGIN_REQ || next > tlm::END_RESP) return;  // ignorable phases are free (15.2)
  const bool byInitiator = next == tlm::BEGIN_REQ || next == tlm::END_RESP;
  if (byInitiator != forward) violate(payload, fmt::format("15.2: {} on the wrong path", nameOf(next)));
  if (next == tlm::BEGIN_REQ) {
    ++m_transactions;
    checkSent(payload);
    if (!payload.has_mm()) violate(payload, "14.5: no memory manager for nb_transport");
    if (m_inFlight.count(&payload) != 0 || m_blocking.count(&payload) != 0)
      violate(payload, "14.5: sent while it was under way");
    if (m_request != nullptr) violate(payload, "15.2: a request before END_REQ of the one before it");
    m_request = &payload;
    m_inFlight[&payload] = {Sent(payload), tlm::BEGIN_REQ, at};
    return;
  }
  const auto found = m_inFlight.find(&payload);
  if (found == m_inFlight.end())
    return violate(payload, fmt::format("15.2: {} for a payload that is not under way", nameOf(next)));
  InFlight& known = found->second;
  if (!follows(known.last, next))
    violate(payload, fmt::format("15.2: {} after {}", nameOf(next), nameOf(known.last)));
  if (at < known.at) violate(payload, fmt::format("15.2: {} before {}", nameOf(next), nameOf(known.last)));
  if (payload.get_ref_count() < 1) violate(payload, "14.5: a reference count of 0 while it is under way");
  known.sent.compare(payload, next >= tlm::BEGIN_RESP, [&](const char* rule) { violate(payload, rule); });
  if (m_request == &payload) m_request = nullptr;  // BEGIN_RESP implies END_REQ
  if (next == tlm::BEGIN_RESP) {
    checkAnswered(payload);
    if (m_response != nullptr) violate(payload, "15.2: a response before END_RESP of the one before it");
    m_response = &payload;
  }
  known.last = static_cast<tlm::tlm_phase_enum>(next);
  known.at = at;
  if (next == tlm::END_RESP) endOf(payload);
}

void BaseProtocolChecker::endOf(Payload& payload) {
  if (m_request == &payload) m_request = nullptr;
  if (m_response == &payload) m_response = nullptr;
  m_inFlight.erase(&payload);
}

void BaseProtocolChecker::checkReturn(Payload& payload, Sync answer, const Phase& before, const Phase& phase,
                                      const Time& delayBefore, const Time& delay, bool forward) {
  switch (answer) {
    case tlm::TLM_ACCEPTED:
      if (phase != before) violate(payload, "15.2: TLM_ACCEPTED with another phase");
      if (delay != delayBefore) violate(payload, "15.2: TLM_ACCEPTED with another time");
      break;
    case tlm::TLM_UPDATED:
      if (delay < delayBefore) violate(payload, "15.2: TLM_UPDATED with an earlier time");
      enterPhase(payload, phase, delay, !forward);
      break;
    case tlm::TLM_COMPLETED: {
      if (delay < delayBefore) violate(payload, "15.2: TLM_COMPLETED with an earlier time");
      const auto found = m_inFlight.find(&payload);
      if (found == m_inFlight.end()) break;  // after END_RESP it means the same as TLM_ACCEPTED
      // By the target: in place of the response. By the initiator: of END_RESP, which only BEGIN_RESP has.
      if (!forward && found->second.last != tlm::BEGIN_RESP)
        violate(payload, fmt::format("15.2: the initiator completes after {}", nameOf(found->second.last)));
      checkAnswered(payload);
      found->second.sent.compare(payload, true, [&](const char* rule) { violate(payload, rule); });
      endOf(payload);
      break;
    }
  }
}

tlm::tlm_sync_enum BaseProtocolChecker::nb_transport_fw(Payload& payload, Phase& phase, Time& delay) {
  const Phase phaseBefore = phase;
  const Time delayBefore = delay;
  enterPhase(payload, phase, delay, true);
#ifdef __SANITIZE_ADDRESS__
  // For a caller that does not block, a simple socket spawns processes, which SystemC 2.3.4 never takes down.
  const __lsan::ScopedDisabler noLeaks;
#endif
  const Sync answer = toTarget->nb_transport_fw(payload, phase, delay);
  checkReturn(payload, answer, phaseBefore, phase, delayBefore, delay, true);
  return answer;
}

tlm::tlm_sync_enum BaseProtocolChecker::nb_transport_bw(Payload& payload, Phase& phase, Time& delay) {
  const Phase phaseBefore = phase;
  const Time delayBefore = delay;
  enterPhase(payload, phase, delay, false);
  const Sync answer = fromInitiator->nb_transport_bw(payload, phase, delay);
  checkReturn(payload, answer, phaseBefore, phase, delayBefore, delay, false);
  return answer;
}

// ---- debug and direct memory

unsigned BaseProtocolChecker::transport_dbg(Payload& payload) {
  ++m_transactions;
  const Sent sent(payload);
  const Time began = sc_core::sc_time_stamp();
  const unsigned moved = toTarget->transport_dbg(payload);
  if (sc_core::sc_time_stamp() != began) violate(payload, "11.3: a debug access took time");
  if (moved > payload.get_data_length())
    violate(payload, "11.3: a debug access moved more than it was asked for");
  sent.compare(payload, true, [&](const char* rule) { violate(payload, rule); });
  return moved;
}

bool BaseProtocolChecker::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  ++m_transactions;
  const std::uint64_t address = payload.get_address();
  const Time began = sc_core::sc_time_stamp();
  const bool granted = toTarget->get_direct_mem_ptr(payload, dmi);
  if (sc_core::sc_time_stamp() != began) violate(payload, "11.2: a request for a direct pointer took time");
  if (payload.get_address() != address) violate(payload, "14.7: the address was not restored");
  if (dmi.get_start_address() > dmi.get_end_address())
    violate(payload, fmt::format("11.2.5: the range {:#x}..{:#x} ends before it starts",
                                 dmi.get_start_address(), dmi.get_end_address()));
  else if (address < dmi.get_start_address() || address > dmi.get_end_address())
    violate(payload, "11.2.5: the range does not hold the address that was asked for");
  if (granted && dmi.get_dmi_ptr() == nullptr) violate(payload, "11.2.5: granted without a pointer");
  if (dmi.is_none_allowed())
    violate(payload, granted ? "11.2.5: granted for no access" : "11.2.5: denied for no access");
  return granted;
}

void BaseProtocolChecker::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
  if (start > end) violate(fmt::format("11.2.6: the range {:#x}..{:#x} ends before it starts", start, end));
  fromInitiator->invalidate_direct_mem_ptr(start, end);
}

}  // namespace pim::test
