#include "tests/support/random_initiator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pim::test {
namespace {

constexpr std::uint32_t kLongest = 64;  // bytes of an access

bool isEnabled(const std::vector<std::uint8_t>& enables, std::size_t byte) {
  return enables.empty() || enables[byte % enables.size()] == TLM_BYTE_ENABLED;
}

}  // namespace

RandomInitiator::RandomInitiator(const sc_core::sc_module_name& name, Parameters parameters)
    : sc_module(name),
      socket("socket"),
      m_parameters(std::move(parameters)),
      m_random(m_parameters.seed),
      m_lanes(m_parameters.lanes) {
  socket.register_nb_transport_bw(this, &RandomInitiator::backward);
  for (Lane& lane : m_lanes) {
    for (const Parameters::Range& range : m_parameters.own)
      lane.own.emplace_back(range.bytes / m_parameters.lanes);
  }
  SC_HAS_PROCESS(RandomInitiator);
  SC_THREAD(run);
  set_stack_size(1 << 20);
  if (m_parameters.style == Style::FourPhases) {
    SC_THREAD(sendEndResponses);
    set_stack_size(1 << 20);
  }
}

RandomInitiator::~RandomInitiator() = default;

void RandomInitiator::free(Payload* payload) {
  payload->reset();
  m_pool.push_back(payload);
}

void RandomInitiator::fail(const Lane& lane, const std::string& what) {
  constexpr std::size_t kKept = 5;
  if (m_failures.size() < kKept)
    m_failures.push_back(fmt::format("{}, {} of {} bytes at {:#x}: {}", name(),
                                     lane.payload->is_write() ? "write" : "read",
                                     lane.payload->get_data_length(), lane.payload->get_address(), what));
}

void RandomInitiator::run() {
  for (std::uint64_t n = 0; n < m_parameters.operations && !m_stopped; ++n) {
    auto lane = m_lanes.end();
    while ((lane = std::find_if(m_lanes.begin(), m_lanes.end(), [](const Lane& l) { return !l.busy; })) ==
           m_lanes.end())
      wait(m_changed);
    prepare(*lane);
    if (m_parameters.style == Style::Blocking) {
      block(*lane);
      if (below(8) == 0) peek(*lane);
    } else {
      issue(*lane);
    }
    if (below(4) == 0) wait(sc_core::sc_time(below(100'000), sc_core::SC_PS));
  }
  while (std::any_of(m_lanes.begin(), m_lanes.end(), [](const Lane& l) { return l.busy; })) wait(m_changed);
  m_finished = true;
}

/// Draws the next transaction of a lane.
void RandomInitiator::prepare(Lane& lane) {
  for (Payload* done : m_done) done->release();
  m_done.clear();
  if (m_pool.empty()) {
    m_payloads.emplace_back(new Payload(this));  // the base is private: not for make_unique
    m_pool.push_back(m_payloads.back().get());
  }
  Payload& payload = *m_pool.back();
  m_pool.pop_back();
  payload.acquire();
  lane.busy = true;
  lane.payload = &payload;
  lane.expected = tlm::TLM_OK_RESPONSE;
  lane.refused = false;
  lane.mirror = nullptr;
  lane.enables.clear();

  const auto index = static_cast<std::size_t>(&lane - m_lanes.data());
  const std::uint32_t kind = below(20);
  std::uint64_t address = 0;
  std::uint32_t length = 1 + below(kLongest);
  tlm::tlm_command command = below(2) == 0 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
  if (kind == 0 && !m_parameters.holes.empty()) {
    address = m_parameters.holes[below(static_cast<std::uint32_t>(m_parameters.holes.size()))];
    lane.refused = true;
  } else if (kind < 4 && !m_parameters.readable.empty()) {
    const auto& range =
        m_parameters.readable[below(static_cast<std::uint32_t>(m_parameters.readable.size()))];
    length = std::max(std::min(length, range.bytes) / range.multiple, 1u) * range.multiple;
    address = range.base + below(range.bytes - length + 1);
    command = tlm::TLM_READ_COMMAND;
  } else {
    const std::size_t which = below(static_cast<std::uint32_t>(m_parameters.own.size()));
    const auto share = static_cast<std::uint32_t>(lane.own[which].size());
    length = std::min(length, share);
    const std::uint32_t offset = below(share - length + 1);
    address = m_parameters.own[which].base + index * share + offset;
    lane.mirror = lane.own[which].data() + offset;
  }
  lane.data.resize(length);
  for (std::uint8_t& byte : lane.data) byte = static_cast<std::uint8_t>(m_random());
  if (below(4) == 0) {
    lane.enables.resize(1 + below(9));
    for (std::uint8_t& enable : lane.enables) enable = below(2) == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
  }
  std::uint32_t streamingWidth = length;
  if (below(16) == 0) {
    streamingWidth = 1 + below(2 * kLongest);
    if (streamingWidth < length && !lane.refused) lane.expected = tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (below(32) == 0) {
    command = tlm::TLM_IGNORE_COMMAND;
    lane.refused = true;  // each target says in its own way that it does not know it
  }
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(lane.data.data());
  payload.set_data_length(length);
  payload.set_streaming_width(streamingWidth);
  payload.set_byte_enable_ptr(lane.enables.empty() ? nullptr : lane.enables.data());
  payload.set_byte_enable_length(static_cast<unsigned>(lane.enables.size()));
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

/// Compares the answer of a lane's transaction, and gives its payload back.
void RandomInitiator::complete(Lane& lane) {
  const Payload& payload = *lane.payload;
  const tlm::tlm_response_status answer = payload.get_response_status();
  if (lane.refused ? answer >= tlm::TLM_INCOMPLETE_RESPONSE : answer != lane.expected)
    fail(lane, payload.get_response_string());
  if (answer == tlm::TLM_OK_RESPONSE && lane.mirror != nullptr) {
    for (std::size_t i = 0; i < lane.data.size(); ++i) {
      if (!isEnabled(lane.enables, i)) continue;
      if (payload.is_write()) lane.mirror[i] = lane.data[i];
      if (lane.data[i] != lane.mirror[i]) fail(lane, fmt::format("byte {} is another", i));
    }
  }
  ++m_completed;
  lane.busy = false;
  m_done.push_back(lane.payload);  // kept until its response has ended
  lane.payload = nullptr;
  m_changed.notify(sc_core::SC_ZERO_TIME);
}

RandomInitiator::Lane& RandomInitiator::laneOf(const Payload& payload) {
  return *std::find_if(m_lanes.begin(), m_lanes.end(), [&](const Lane& l) { return l.payload == &payload; });
}

// ---- blocking

void RandomInitiator::block(Lane& lane) {
  const sc_core::sc_time quantum(200, sc_core::SC_NS);
  socket->b_transport(*lane.payload, m_ahead);
  complete(lane);
  if (m_ahead < quantum) return;
  wait(m_ahead);
  m_ahead = sc_core::SC_ZERO_TIME;
}

/// Looks at a byte of its own by a debug access and through a direct pointer.
void RandomInitiator::peek(Lane& lane) {
  const std::size_t which = below(static_cast<std::uint32_t>(m_parameters.own.size()));
  const auto offset = below(static_cast<std::uint32_t>(lane.own[which].size()));
  const auto index = static_cast<std::size_t>(&lane - m_lanes.data());
  const std::uint64_t address = m_parameters.own[which].base + index * lane.own[which].size() + offset;
  std::uint8_t byte = 0;
  Payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(&byte);
  payload.set_data_length(1);
  lane.payload = &payload;
  const std::uint8_t expected = lane.own[which][offset];
  if (socket->transport_dbg(payload) != 1 || byte != expected) fail(lane, "a debugger sees another byte");
  Payload request;
  request.set_command(tlm::TLM_READ_COMMAND);
  request.set_address(address);
  tlm::tlm_dmi dmi;
  const bool granted = socket->get_direct_mem_ptr(request, dmi);
  if (granted != m_parameters.own[which].direct) fail(lane, "a direct pointer was granted or denied");
  if (granted && dmi.get_dmi_ptr()[address - dmi.get_start_address()] != expected)
    fail(lane, "a direct pointer leads to another byte");
  lane.payload = nullptr;
}

// ---- non-blocking

void RandomInitiator::issue(Lane& lane) {
  while (m_request != nullptr) wait(m_changed);
  Payload& payload = *lane.payload;
  m_request = &payload;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay(below(3) * 1000.0, sc_core::SC_PS);
  switch (socket->nb_transport_fw(payload, phase, delay)) {
    case tlm::TLM_ACCEPTED:
      break;
    case tlm::TLM_UPDATED:
      backward(payload, phase, delay);
      break;
    case tlm::TLM_COMPLETED:
      m_request = nullptr;
      complete(lane);
      break;
  }
}

tlm::tlm_sync_enum RandomInitiator::backward(Payload& payload, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
  if (m_request == &payload) m_request = nullptr;  // END_REQ, or a response that implies it
  m_changed.notify(sc_core::SC_ZERO_TIME);
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  if (m_parameters.style == Style::FourPhases) {
    m_toEnd.push_back(&payload);
    m_owes.notify(delay + sc_core::sc_time(below(5000), sc_core::SC_PS));
    return tlm::TLM_ACCEPTED;
  }
  complete(laneOf(payload));
  if (m_parameters.style == Style::Completes) return tlm::TLM_COMPLETED;
  phase = tlm::END_RESP;
  return tlm::TLM_UPDATED;
}

void RandomInitiator::sendEndResponses() {
  for (;;) {
    wait(m_owes);
    while (!m_toEnd.empty()) {
      Payload& payload = *m_toEnd.front();
      m_toEnd.pop_front();
      tlm::tlm_phase phase = tlm::END_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      Lane& lane = laneOf(payload);
      socket->nb_transport_fw(payload, phase, delay);
      complete(lane);
    }
  }
}

}  // namespace pim::test
