#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/pim_plan.h"
#include "core/base/memory_rates.h"

namespace pim::host {

/// The use of the memory of all banks of the chip, in bytes. The parts add up to total.
struct BankCapacity {
  std::uint64_t total = 0;
  std::uint64_t weightCodes = 0;
  std::uint64_t weightScales = 0;
  std::uint64_t weightZeros = 0;  ///< zero points
  std::uint64_t embedding = 0;    ///< 0 when it lies in the Controller or is the head's table
  std::uint64_t kvCache = 0;      ///< room for contextLimit tokens, meta bytes included
  std::uint64_t padding = 0;      ///< column alignment, slots and banks that hold less than others
  std::uint64_t free = 0;
};

struct Capacity {
  BankCapacity banks;
  std::uint64_t controllerTotal = 0;
  std::uint64_t controllerUsed = 0;
  std::uint64_t controllerEmbedding = 0;  ///< of the above
  std::uint64_t model = 0;         ///< the weights alone: codes, scales, zero points, embedding (unless tied)
  std::uint32_t context = 0;       ///< tokens that banks.kvCache is laid out for
  std::uint32_t maxContext = 0;    ///< tokens the banks have room for beside everything else
  std::uint32_t scoreContext = 0;  ///< tokens whose scores fit into BRAM
  std::uint64_t idealContext = 0;  ///< tokens, without scales, embedding or alignment

  /// The longest context that fits, in tokens, and the memory that limits it: "bmem" (the KV cache) or "bram"
  /// (the scores of a token).
  std::uint32_t longestContext() const { return maxContext < scoreContext ? maxContext : scoreContext; }
  const char* contextLimit() const { return maxContext <= scoreContext ? "bmem" : "bram"; }
};

/// An allocation in the Controller's memory.
struct Placement {
  std::string name;
  ControllerMemoryKind memory{};
  std::uint64_t address = 0;  ///< on the Controller's bus
  std::uint64_t bytes = 0;
};

/// A model (or a matrix) placed on a chip: everything that the packer and the firmware need.
struct Layout {
  pim_plan plan{};
  std::vector<pim_layer> layers;
  std::vector<std::uint32_t> maskTable;  ///< behind the layer table: abi/pim_plan.h
  Capacity capacity;
  std::vector<Placement> controllerMemory;  ///< in the order in which CRAM was given away
  std::uint32_t planAddress = 0;
  std::uint32_t jobAddress = 0;  ///< room for a pim_job
  std::uint32_t promptAddress = 0;
  std::uint32_t promptCapacity = 0;  ///< ids that fit there
};

}  // namespace pim::host
