#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace pim::test {

/// Checks the rules of the TLM-2.0 base protocol (IEEE 1666-2011, clauses 11, 14 and 15). Stands between an
/// initiator and a target, forwards every call unchanged, and records each rule that either of them breaks.
/// Each text names the clause.
///
/// Checked of initiators: the attributes of a payload when it is sent, one use of a payload at a time, a
/// memory manager for the non-blocking interface. Checked of targets: the attributes that they must not
/// change, the response status, times that do not decrease, ranges of direct pointers. Checked of both: the
/// order of phases and the exclusion rules.
class BaseProtocolChecker : public sc_core::sc_module,
                            private tlm::tlm_fw_transport_if<>,
                            private tlm::tlm_bw_transport_if<> {
 public:
  tlm::tlm_target_socket<> fromInitiator;
  tlm::tlm_initiator_socket<> toTarget;

  explicit BaseProtocolChecker(const sc_core::sc_module_name& name);

  /// Number of transactions begun: blocking, non-blocking, debug and requests for direct pointers.
  std::uint64_t transactions() const { return m_transactions; }
  std::uint64_t violationCount() const { return m_violationCount; }
  /// The first violations.
  const std::vector<std::string>& violations() const { return m_violations; }
  /// Number of payloads of the non-blocking interface that have no response yet.
  std::size_t outstanding() const { return m_inFlight.size(); }

 private:
  using Payload = tlm::tlm_generic_payload;
  using Phase = tlm::tlm_phase;
  using Sync = tlm::tlm_sync_enum;
  using Time = sc_core::sc_time;

  /// The attributes of a payload that only its initiator may change, and the bytes that must not change.
  class Sent {
   public:
    Sent() = default;
    explicit Sent(const Payload& payload);
    /// Calls tell(text) for each attribute that has changed.
    template <typename Tell>
    void compare(const Payload& payload, bool isOver, Tell tell) const;

   private:
    static std::vector<std::uint8_t> bytes(const std::uint8_t* from, std::size_t count);

    tlm::tlm_command m_command = tlm::TLM_IGNORE_COMMAND;
    std::uint64_t m_address = 0;
    std::uint8_t* m_data = nullptr;
    unsigned m_length = 0;
    unsigned m_streamingWidth = 0;
    std::uint8_t* m_enables = nullptr;
    unsigned m_enablesLength = 0;
    tlm::tlm_gp_option m_option = tlm::TLM_MIN_PAYLOAD;
    std::vector<std::uint8_t> m_enableBytes;
    std::vector<std::uint8_t> m_dataBytes;
    std::vector<tlm::tlm_extension_base*> m_extensions;
  };
  /// A transaction of the non-blocking interface.
  struct InFlight {
    Sent sent;
    tlm::tlm_phase_enum last = tlm::BEGIN_REQ;
    Time at;  ///< time of the last phase
  };

  void b_transport(Payload& payload, Time& delay) override;
  Sync nb_transport_fw(Payload& payload, Phase& phase, Time& delay) override;
  Sync nb_transport_bw(Payload& payload, Phase& phase, Time& delay) override;
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) override;
  unsigned transport_dbg(Payload& payload) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override;

  void checkSent(const Payload& payload);
  void checkAnswered(const Payload& payload);
  /// Checks a phase that arrives for a payload, as an argument of a call or of its return, on either path.
  void enterPhase(Payload& payload, const Phase& phase, const Time& delay, bool forward);
  void checkReturn(Payload& payload, Sync answer, const Phase& before, const Phase& phase,
                   const Time& delayBefore, const Time& delay, bool forward);
  void endOf(Payload& payload);
  void violate(const Payload& payload, const std::string& rule);
  void violate(const std::string& rule);

  std::uint64_t m_transactions = 0;
  std::uint64_t m_violationCount = 0;
  std::vector<std::string> m_violations;
  std::map<const Payload*, unsigned> m_blocking;  // payloads in b_transport, and the number of calls
  std::map<const Payload*, InFlight> m_inFlight;
  const Payload* m_request = nullptr;   // between BEGIN_REQ and END_REQ
  const Payload* m_response = nullptr;  // between BEGIN_RESP and END_RESP
};

}  // namespace pim::test
