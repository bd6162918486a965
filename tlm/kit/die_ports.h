#pragma once

#include <tlm>

#include "core/lockstep/lockstep.h"

namespace pim {

/// The connections of a die to the Controller.
struct DiePorts {
  tlm::tlm_target_socket<>* processor;  ///< for the command processor
  tlm::tlm_target_socket<>* bus;        ///< for anyone else
  LockstepMember* lockstep;             ///< null: it is always simulated by itself; exact mode only
};

}  // namespace pim
