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

/// An initiator of somebody else's that knows the TLM-2.0 base protocol and a few ranges of addresses, and
/// keeps to both: random reads and writes, with byte enables, streaming widths, IGNORE, debug accesses and
/// direct pointers, some of them where nothing is. What it reads it compares with what it wrote.
class RandomInitiator : public sc_core::sc_module, private tlm::tlm_mm_interface {
 public:
  /// How it speaks: b_transport ahead of time; or nb_transport, and what it answers to BEGIN_RESP.
  enum class Style { Blocking, FourPhases, Completes, Updates };

  struct Parameters {
    Style style = Style::Blocking;
    unsigned lanes = 1;  ///< how many transactions may be under way together
    std::uint64_t operations = 1000;
    std::uint32_t seed = 1;
    /// Memory that nobody else writes to: each lane takes its share.
    struct Range {
      std::uint64_t base;
      std::uint32_t bytes;
      bool direct = false;         ///< grants direct pointers
      std::uint32_t multiple = 1;  ///< of how many bytes lengths are
    };
    std::vector<Range> own;
    std::vector<Range> readable;       ///< what it reads there is not compared
    std::vector<std::uint64_t> holes;  ///< addresses behind which nothing is
  };

  tlm_utils::simple_initiator_socket<RandomInitiator> socket;

  RandomInitiator(const sc_core::sc_module_name& name, Parameters parameters);
  ~RandomInitiator() override;

  /// Begins no more transactions.
  void stop() { m_stopped = true; }
  bool finished() const { return m_finished; }
  std::uint64_t completed() const { return m_completed; }
  /// Wrong answers and bytes: the first few.
  const std::vector<std::string>& failures() const { return m_failures; }

 private:
  using Payload = tlm::tlm_generic_payload;

  struct Lane {
    bool busy = false;
    Payload* payload = nullptr;
    std::vector<std::uint8_t> data, enables;
    tlm::tlm_response_status expected = tlm::TLM_OK_RESPONSE;
    bool refused = false;                        ///< any error will do
    std::uint8_t* mirror = nullptr;              ///< what the bytes should be; null: not compared
    std::vector<std::vector<std::uint8_t>> own;  ///< what was written to this lane's share of each range
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
  sc_core::sc_time m_ahead;      // of simulated time: Blocking
  Payload* m_request = nullptr;  // between BEGIN_REQ and END_REQ
  sc_core::sc_event m_changed;
  std::deque<Payload*> m_toEnd;  // got BEGIN_RESP, owe END_RESP
  sc_core::sc_event m_owes;
  std::vector<Payload*> m_done;  // to be released
  std::vector<Payload*> m_pool;
  std::vector<std::unique_ptr<Payload>> m_payloads;
  bool m_stopped = false;
  bool m_finished = false;
  std::uint64_t m_completed = 0;
  std::vector<std::string> m_failures;
};

}  // namespace pim::test
