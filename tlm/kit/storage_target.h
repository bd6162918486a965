#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tlm>
#include <vector>

#include "tlm/kit/access.h"
#include "tlm/kit/command_extension.h"
#include "tlm/kit/storage.h"

namespace pim {

/// The bytes behind the sockets of a memory. Serves accesses and streams of units, debug accesses, and direct
/// pointers to all bytes. Revokes direct pointers before a unit whose computation may lag behind uses the
/// bytes.
class StorageTarget {
 public:
  explicit StorageTarget(std::size_t bytes, WorkLane* work = nullptr) : m_storage(bytes, work) {}

  std::size_t size() const { return m_storage.size(); }

  /// Moves the payload's bytes, or gives a stream a pointer to them; a command without data gets neither. The
  /// caller has accepted the payload. Calls `revoke()` to invalidate direct pointers that were granted.
  template <typename Revoke>
  void serve(tlm::tlm_generic_payload& payload, StreamExtension* stream, const CommandRequest* command,
             Revoke revoke) {
    if (command != nullptr && command->timingOnly) {
      if (stream != nullptr) stream->view = nullptr;
    } else if (stream != nullptr) {
      revokeDirect(revoke);  // a read may lag behind, too: no one may write before it is done
      stream->view = m_storage.data() + payload.get_address();
    } else {
      moveBytes(payload, m_storage.settled() + payload.get_address());
    }
    payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  /// Gives a write whose bytes have an owner to the work lane. Returns false, without an effect, if that is
  /// impossible.
  template <typename Revoke>
  bool writeLater(tlm::tlm_generic_payload& payload, const CommandRequest* command, Revoke revoke) {
    if (command == nullptr || command->timingOnly || command->kept == nullptr || m_storage.work() == nullptr)
      return false;
    if (!payload.is_write() || payload.get_byte_enable_ptr() != nullptr) return false;
    // A module that forwards a request may send other bytes than the owner's.
    const std::vector<std::uint8_t>& kept = **command->kept;
    const std::uint8_t* const from = payload.get_data_ptr();
    const std::size_t bytes = payload.get_data_length();
    const std::less_equal<> upTo;
    if (!upTo(kept.data(), from) || !upTo(from + bytes, kept.data() + kept.size())) return false;
    revokeDirect(revoke);
    m_storage.work()->add([owner = *command->kept, from, to = m_storage.data() + payload.get_address(),
                           bytes] { std::memcpy(to, from, bytes); });
    payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return true;
  }

  unsigned debug(tlm::tlm_generic_payload& payload) {
    return debugAccess(payload, m_storage.settled(), m_storage.size());
  }

  /// Grants direct access to all bytes; returns true, for get_direct_mem_ptr() to return.
  bool grant(tlm::tlm_dmi& dmi) {
    m_direct = true;
    dmi.set_dmi_ptr(m_storage.settled());
    dmi.set_start_address(0);
    dmi.set_end_address(m_storage.size() - 1);
    dmi.allow_read_write();
    return true;
  }

 private:
  template <typename Revoke>
  void revokeDirect(Revoke revoke) {
    if (!m_direct) return;
    m_direct = false;
    revoke();
  }

  Storage m_storage;
  bool m_direct = false;  // a direct pointer has been granted
};

}  // namespace pim
