#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace pim::test {

/// An initiator as a third party would write it: it follows the TLM-2.0 base protocol and uses none of this
/// project's extensions or payload pools. Before the simulation starts it may use the blocking and the debug
/// interface; the non-blocking one needs a thread.
class ForeignInitiator : public sc_core::sc_module, private tlm::tlm_mm_interface {
 public:
  tlm_utils::simple_initiator_socket<ForeignInitiator> socket;

  explicit ForeignInitiator(const sc_core::sc_module_name& name);
  ~ForeignInitiator() override;

  /// The answer of an initiator to BEGIN_RESP.
  enum class Response { Complete, EndResponsePhase };

  struct Answer {
    tlm::tlm_response_status status;
    Picoseconds
        delay;  ///< blocking: as annotated; non-blocking: simulated time until BEGIN_RESP, with annotation
    bool payloadKept;  ///< address, length, streaming width and data pointer are unchanged
    bool directHint;   ///< the target states that it would grant a direct pointer
  };

  /// Set attributes of the next transaction only; later ones have the usual values.
  ForeignInitiator& byteEnables(const std::uint8_t* enables, std::uint32_t length);
  ForeignInitiator& streamingWidth(std::uint32_t bytes);

  Answer transport(tlm::tlm_command command, std::uint64_t address, void* data, std::uint32_t bytes,
                   Picoseconds delay = 0);
  Answer nonBlocking(tlm::tlm_command command, std::uint64_t address, void* data, std::uint32_t bytes,
                     Response response);
  /// Returns the number of bytes moved. Sets the attributes that IEEE 1666-2011 (11.3.4) requires: command,
  /// address, data and length; and byte enables if there are any, which a target must ignore.
  unsigned debug(tlm::tlm_command command, std::uint64_t address, void* data, std::uint32_t bytes);
  bool direct(std::uint64_t address, tlm::tlm_dmi& dmi);
  /// First and last addresses of all direct pointers that were revoked.
  const std::vector<std::pair<std::uint64_t, std::uint64_t>>& revoked() const { return m_revoked; }

  Answer write(std::uint64_t address, const void* data, std::uint32_t bytes, Picoseconds delay = 0) {
    return transport(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes, delay);
  }
  Answer read(std::uint64_t address, void* data, std::uint32_t bytes, Picoseconds delay = 0) {
    return transport(tlm::TLM_READ_COMMAND, address, data, bytes, delay);
  }
  /// Access a 32-bit register, which must respond.
  void writeWord(std::uint64_t address, std::uint32_t value);
  std::uint32_t readWord(std::uint64_t address, Picoseconds delay = 0);

 private:
  void prepare(tlm::tlm_command command, std::uint64_t address, void* data, std::uint32_t bytes);
  Answer finish(Picoseconds delay);
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);
  void free(tlm::tlm_generic_payload* payload) override;
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end);

  tlm::tlm_generic_payload m_payload;
  const std::uint8_t* m_enables = nullptr;
  std::uint32_t m_enablesLength = 0;
  std::uint32_t m_streamingWidth = 0;
  struct {
    std::uint64_t address;
    std::uint32_t bytes, streamingWidth;
    void* data;
  } m_sent{};
  Response m_response = Response::Complete;
  sc_core::sc_event m_responded;
  sc_core::sc_time m_annotated;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> m_revoked;
};

}  // namespace pim::test
