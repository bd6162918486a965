#pragma once

#include <functional>
#include <tlm>

namespace pim {

/// Places a user's module between two sockets. Called with a target before it is bound; returns the socket to
/// bind in its place: the target socket of the user's module, whose initiator socket is bound to the target,
/// or the target itself. Empty: no probe.
using Probe = std::function<tlm::tlm_target_socket<>&(tlm::tlm_target_socket<>&)>;

/// Returns the socket to bind in place of a target.
inline tlm::tlm_target_socket<>& probed(const Probe& probe, tlm::tlm_target_socket<>& target) {
  return probe ? probe(target) : target;
}

}  // namespace pim
