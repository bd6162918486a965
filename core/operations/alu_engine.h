#pragma once

#include <cstdint>

#include "core/observe/rtl_work.h"
#include "core/operations/alu_operation.h"

namespace pim {

/// Lanes of the ALU that rtl_ref/alu describes.
constexpr std::uint32_t kRtlAluLanes = 64;

/// Executes the commands of an AluCluster: the model, its RTL, or both.
class AluEngine {
 public:
  virtual ~AluEngine() = default;
  /// Runs one command on the memory and returns its cycles, streams included. Throws std::logic_error if it
  /// differs from the implementation with which it is compared.
  virtual std::int64_t run(const pim_command& command, AluMemory& memory) = 0;
  /// Returns the work of its RTL so far.
  virtual RtlWork work() const = 0;
};

}  // namespace pim
