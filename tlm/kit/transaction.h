#pragma once

#include <systemc>
#include <tlm>

#include "tlm/kit/command_extension.h"

namespace pim {

inline Picoseconds toPicoseconds(const sc_core::sc_time& time) {
  return static_cast<Picoseconds>(time.value());
}
inline sc_core::sc_time toScTime(Picoseconds time) {
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(time));
}
/// Returns the absolute time of a decoupled transaction: simulated time plus its delay.
inline Picoseconds absoluteTime(const sc_core::sc_time& delay) {
  return toPicoseconds(sc_core::sc_time_stamp()) + toPicoseconds(delay);
}

/// Waits until the annotated time of a transaction and sets its delay to zero, for registers
/// whose state events change. The caller must be a thread unless the delay is zero.
inline void synchronise(sc_core::sc_time& delay) {
  if (delay == sc_core::SC_ZERO_TIME) return;
  sc_core::wait(delay);
  delay = sc_core::SC_ZERO_TIME;
}

/// Converts like toScTime(), and stores the last result, because the conversion of the kernel takes tens of
/// instructions.
class RepeatedTime {
 public:
  const sc_core::sc_time& operator()(Picoseconds time) {
    if (time != m_picoseconds) {
      m_picoseconds = time;
      m_time = toScTime(time);
    }
    return m_time;
  }

 private:
  Picoseconds m_picoseconds = 0;
  sc_core::sc_time m_time;
};

/// A payload with extensions that an initiator owns and reuses, so that no transaction allocates memory.
class Transaction {
 public:
  Transaction() {
    m_payload.set_extension(&command);
    m_payload.set_byte_enable_ptr(nullptr);
    m_payload.set_byte_enable_length(0);
  }
  ~Transaction() {
    m_payload.clear_extension(&command);
    m_payload.clear_extension(&stream);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  CommandExtension command;
  StreamExtension stream;

  /// Makes the transaction a stream of a bank's unit.
  void enableStream() { m_payload.set_extension(&stream); }

  tlm::tlm_generic_payload& read(std::uint64_t address, void* data, std::uint32_t bytes) {
    return prepare(tlm::TLM_READ_COMMAND, address, data, bytes);
  }
  tlm::tlm_generic_payload& write(std::uint64_t address, const void* data, std::uint32_t bytes) {
    // TLM payloads have one pointer for both directions; targets do not write through it on a write.
    return prepare(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
  }
  bool ok() const { return m_payload.is_response_ok(); }
  const tlm::tlm_generic_payload& payload() const { return m_payload; }

 private:
  tlm::tlm_generic_payload& prepare(tlm::tlm_command kind, std::uint64_t address, void* data,
                                    std::uint32_t bytes) {
    m_payload.set_command(kind);
    m_payload.set_address(address);
    m_payload.set_data_ptr(static_cast<unsigned char*>(data));
    m_payload.set_data_length(bytes);
    m_payload.set_streaming_width(bytes);
    m_payload.set_dmi_allowed(false);
    m_payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return m_payload;
  }

  tlm::tlm_generic_payload m_payload;
};

/// Reports a failed transaction as a bug of the model, because the model computed its address itself.
[[noreturn]] void reportFailed(const Transaction& transaction, const sc_core::sc_object& who);
inline void requireOk(const Transaction& transaction, const sc_core::sc_object& who) {
  if (!transaction.ok()) reportFailed(transaction, who);
}

}  // namespace pim
