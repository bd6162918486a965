#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_plan.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// What a decode step is as a program of the command processor (sw/firmware/program.h): the commands that the
/// firmware posts for a token, and the notes of their words that depend on the context.
struct ProgramSize {
  std::uint32_t commands = 0;
  std::uint32_t notes = 0;

  std::uint64_t commandBytes() const;
  std::uint64_t noteBytes() const;
};

/// `plan` may lack its addresses.
ProgramSize programSize(const pim_plan& plan, const std::vector<pim_layer>& layers,
                        const MappingOptions& options, bool embeddingInBanks);

}  // namespace pim::host
