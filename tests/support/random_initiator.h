#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace pim::test {

/// A third-party initiator that follows the TLM-2.0 base protocol within some ranges of addresses. Sends
/// random reads and writes with byte enables, streaming widths and IGNORE, debug accesses and requests for
/// direct pointers, some of them to addresses where nothing is mapped. Compares the bytes that it reads with
/// those that it wrote.
class RandomInitiator : public sc_core::sc_module, private tlm::tlm_mm_interface {
 public:
  /// The interface: b_transport ahead of simulated time, or nb_transport with one of three answers to
  /// BEGIN_RESP.
  enum class Style { Blocking, FourPhases, Completes, Updates };

  struct Parameters {
    Style style = Style::Blocking;
    unsigned lanes = 1;  ///< number of transactions in flight together
    std::uint64_t operations = 1000;
    std::uint32_t seed = 1;
    /// Memory that no other initiator writes to. Each lane has its own share.
    struct Range {
      std::uint64_t base;
      std::uint32_t bytes;
      bool direct = false;         ///< the target grants direct pointers
      std::uint32_t multiple = 1;  ///< lengths are multiples of this number of bytes
    };
    std::vector<Range> own;
    std::vector<Range> readable;       ///< bytes read there are not compared
    std::vector<std::uint64_t> holes;  ///< addresses from which on nothing is mapped
  };

  tlm_utils::simple_initiator_socket<RandomInitiator> socket;

  RandomInitiator(const sc_core::sc_module_name& name, Parameters parameters);
  ~RandomInitiator() override;

  /// Begins no further transactions.
  void stop() { m_stopped = true; }
  bool finished() const { return m_finished; }
  std::uint64_t completed() const { return m_completed; }
  /// The first wrong answers and bytes.
  const std::vector<std::string>& failures() const { return m_failures; }

 private:
  using Payload = tlm::tlm_generic_payload;

  struct Lane {
    bool busy = false;
    Payload* payload = nullptr;
    std::vector<std::uint8_t> data, enables;
    tlm::tlm_response_status expected = tlm::TLM_OK_RESPONSE;
    bool refused = false;                        ///< any error response is accepted
    std::uint8_t* mirror = nullptr;              ///< the expected bytes; null: not compared
    std::vector<std::vector<std::uint8_t>> own;  ///< bytes written to this lane's share of each range
  };

  void run();
  void sendEndResponses();
  void prepare(Lane& lane);
  void block(Lane& lane);
  void issue(Lane& lane);
  void complete(Lane& lane);
  void peek(Lane& lane);
  Lane& laneOf(const Payload& payload);
  tlm::tlm_sync_enum backward(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void free(Payload* payload) override;
  void fail(const Lane& lane, const std::string& what);
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(m_random() % limit); }

  const Parameters m_parameters;
  std::mt19937 m_random;
  std::vector<Lane> m_lanes;
  sc_core::sc_time m_ahead;      // offset to simulated time: Blocking
  Payload* m_request = nullptr;  // between BEGIN_REQ and END_REQ
  sc_core::sc_event m_changed;
  std::deque<Payload*> m_toEnd;  // received BEGIN_RESP, must send END_RESP
  sc_core::sc_event m_owes;
  std::vector<Payload*> m_done;  // must be released
  std::vector<Payload*> m_pool;
  std::vector<std::unique_ptr<Payload>> m_payloads;
  bool m_stopped = false;
  bool m_finished = false;
  std::uint64_t m_completed = 0;
  std::vector<std::string> m_failures;
};

}  // namespace pim::test
