#pragma once

#include <functional>
#include <tlm>

namespace pim {

/// Puts a module of somebody's own on a hop. Called with the target of the hop before that is bound; returns
/// what is to be bound in its place: the target socket of the module, whose initiator socket is bound to the
/// target, or the target itself. Empty: nobody looks.
using Probe = std::function<tlm::tlm_target_socket<>&(tlm::tlm_target_socket<>&)>;

/// What to bind in place of a target.
inline tlm::tlm_target_socket<>& probed(const Probe& probe, tlm::tlm_target_socket<>& target) {
  return probe ? probe(target) : target;
}

}  // namespace pim
