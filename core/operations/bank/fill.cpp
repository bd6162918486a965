#include <cstring>

#include "core/operations/bank/command_checks.h"
#include "core/operations/bank_operation.h"

namespace pim {
namespace {

/// Writes one word to every word of a span of BRAM.
class Fill : public BankOperation {
 public:
  Fill() : BankOperation(BankUnitKind::Bram) {}

  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    const pim_fill& fill = command.body.fill;
    return fill.words != 0 && fill.words <= kMostElements && areWords({fill.bram}) &&
           fits(fill.bram, 4ULL * fill.words, sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t*, std::uint8_t* bram) const override {
    const pim_fill& fill = task.command.body.fill;
    for (std::uint32_t i = 0; i < fill.words; ++i)
      std::memcpy(bram + fill.bram + 4 * i, &fill.value, sizeof fill.value);
  }

  std::vector<BramSpan> results(const BankTask& task) const override {
    return {{task.command.body.fill.bram, 4 * task.command.body.fill.words}};
  }

  ResultLayout resultLayout(const pim_command& command) const override {
    return {command.body.fill.bram, 0, 4};
  }

  std::int64_t resultCycles(const BankTask& task) const override {
    return pim_ceil_div(4 * task.command.body.fill.words, BankCompute::kClearBytes);
  }

  std::uint64_t bramBytes(const BankTask& task) const override { return 4ULL * task.command.body.fill.words; }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_FILL>() {
  static const Fill operation;
  return operation;
}

}  // namespace pim
