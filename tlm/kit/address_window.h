#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tlm>
#include <utility>

namespace pim {

/// Maps a range of an initiator's addresses to the offsets of a target, from 0 on. Forwards the calls of both
/// paths. Restores the address before a call returns, and clips ranges of direct pointers to the window.
struct AddressWindow {
  std::uint64_t base = 0;
  std::uint64_t size = 0;  ///< bytes; not 0

  /// `target`: a pointer or socket whose -> gives a tlm_fw_transport_if.
  template <typename Target>
  void transport(Target&& target, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) const {
    const std::uint64_t address = payload.get_address();
    payload.set_address(address - base);
    target->b_transport(payload, delay);
    payload.set_address(address);
  }

  template <typename Target>
  unsigned debug(Target&& target, tlm::tlm_generic_payload& payload) const {
    const std::uint64_t address = payload.get_address();
    payload.set_address(address - base);
    const unsigned moved = target->transport_dbg(payload);
    payload.set_address(address);
    return moved;
  }

  template <typename Target>
  bool directPointer(Target&& target, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) const {
    const std::uint64_t address = payload.get_address();
    payload.set_address(address - base);
    const bool granted = target->get_direct_mem_ptr(payload, dmi);
    payload.set_address(address);
    dmi.set_start_address(base + std::min<std::uint64_t>(dmi.get_start_address(), size - 1));
    dmi.set_end_address(base + std::min<std::uint64_t>(dmi.get_end_address(), size - 1));
    return granted;
  }

  using Range = std::pair<std::uint64_t, std::uint64_t>;  ///< first and last address
  /// Converts a range of the target into addresses of the initiator. Empty if no byte of it lies in the
  /// window.
  std::optional<Range> outside(std::uint64_t start, std::uint64_t end) const {
    if (start >= size) return std::nullopt;
    return Range{base + start, base + std::min(end, size - 1)};
  }
};

}  // namespace pim
