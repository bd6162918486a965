#include "core/arith/mac.h"

#include <algorithm>
#include <cstring>

#include "core/arith/activation.h"
#include "core/arith/saturation.h"
#include "core/arith/wide_sums.h"
#include "core/operations/bank/command_checks.h"
#include "core/operations/bank/scratch.h"
#include "core/operations/bank_operation.h"

namespace pim {
namespace {

bool isRaw(const pim_command& command) {
  return (command.flags & PIM_FLAG_RAW) != 0;
}
std::uint32_t elementBytes(const pim_command& command) {
  return isRaw(command) ? 8 : 4;
}
bool accumulates(const pim_command& command) {
  return (command.flags & PIM_FLAG_ACCUMULATE) != 0;
}

/// Multiplies weights in BMEM by activation records in BRAM. Writes results, or raw sums, to BRAM.
class Mac : public BankOperation {
 public:
  Mac() : BankOperation(BankUnitKind::MacArray) {}

  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    const pim_mac& mac = command.body.mac;
    if (!oneOf(mac.group, 32u, 64u, 128u) || !oneOf(mac.weight_bits, 3u, 4u, 5u, 8u, 16u) ||
        !oneOf(mac.scale_bits, 0u, 16u) || !oneOf(mac.zero_bits, 0u, storedZeroBits(mac.weight_bits)) ||
        !oneOf(mac.activation_bits, 8u, 16u)) {
      return false;
    }
    if (!oneOf(mac.sparsity, 0u, 8u, 4u, 2u) || (mac.sparsity != 0 && mac.weight_bits != 4)) return false;
    if (mac.k == 0 || mac.k > kMaxK || mac.k % mac.group != 0 || mac.vectors == 0 ||
        mac.vectors > kMostElements) {
      return false;
    }
    if (mac.rows == 0 || mac.rows > mac.out_rows || mac.out_rows > kMostElements || !isColumn(mac.bmem) ||
        !areWords({mac.bram_in, mac.bram_out})) {
      return false;
    }
    const std::uint64_t record = pim_activation_record_bytes(mac.k, mac.group, mac.activation_bits);
    const bool wide = isRaw(command) || accumulates(command);
    return fits(mac.bmem, mac.rows * std::uint64_t{rowBytes(mac)}, sizes.bmem) &&
           fits(mac.bram_in, mac.vectors * record, sizes.bram) &&
           fits(mac.bram_out, std::uint64_t{mac.vectors} * mac.out_rows * (wide ? 8 : 4), sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const override {
    const pim_mac& mac = task.command.body.mac;
    const MacBlock block{mac.rows, mac.k, mac.vectors, weightFormat(mac), mac.activation_bits};
    const std::size_t elements = std::size_t{mac.vectors} * mac.out_rows;
    std::vector<std::int64_t>& sums = scratch<std::int64_t>(elements);
    std::uint8_t* out = bram + mac.bram_out;
    if (accumulates(task.command)) {
      std::memcpy(sums.data(), out, elements * sizeof(std::int64_t));
    } else {
      std::fill_n(sums.begin(), elements, 0);
    }
    const std::uint8_t* records = bram + mac.bram_in;
    macBlock(block, bmem + mac.bmem, records, sums.data(), mac.out_rows);
    if (isRaw(task.command)) {
      for (std::uint32_t v = 0; v < mac.vectors; ++v) {
        const std::size_t first = std::size_t{v} * mac.out_rows;
        std::memcpy(out + first * sizeof(std::int64_t), sums.data() + first, mac.rows * sizeof(std::int64_t));
      }
      return;
    }
    round(mac, records, sums, out);
  }

  std::vector<BramSpan> results(const BankTask& task) const override {
    const pim_mac& mac = task.command.body.mac;
    const std::uint32_t element = elementBytes(task.command);
    std::vector<BramSpan> spans;
    for (std::uint32_t v = 0; v < mac.vectors; ++v)
      spans.push_back({mac.bram_out + v * mac.out_rows * element, mac.rows * element});
    return spans;
  }
  ResultLayout resultLayout(const pim_command& command) const override {
    return {command.body.mac.bram_out, command.body.mac.out_rows, elementBytes(command)};
  }
  std::optional<Unrounded> unrounded(const BankTask& task, const std::uint8_t* bmem, const std::uint8_t* bram,
                                     std::uint32_t vector, std::uint32_t element) const override {
    const pim_mac& mac = task.command.body.mac;
    if (isRaw(task.command)) return std::nullopt;
    const ActivationFormat format{mac.group, mac.activation_bits};
    const ActivationView record(bram + mac.bram_in + vector * activationRecordBytes(mac.k, format), mac.k,
                                format);
    const WeightRowView row(bmem + mac.bmem + std::size_t{element} * rowBytes(mac), mac.k, weightFormat(mac));
    std::int64_t sum = 0;
    if (accumulates(task.command)) {
      const std::size_t index = std::size_t{vector} * mac.out_rows + element;
      std::memcpy(&sum, bram + mac.bram_out + index * sizeof sum, sizeof sum);
    }
    accumulate(sum, macRow(row, record));
    return Unrounded{sum, macResultShift(record.base(), mac.weight_exponent)};
  }
  BramSpan shrunkBlock(const pim_command& command) const override {
    if (isRaw(command) || !accumulates(command)) return {};
    const pim_mac& mac = command.body.mac;
    return {mac.bram_out, 8 * mac.vectors * mac.out_rows};
  }

  void appendRuns(const BankTask& task, std::vector<ColumnRun>& runs) const override {
    const pim_mac& mac = task.command.body.mac;
    runs.push_back({mac.bmem, mac.rows * (rowBytes(mac) / PIM_COLUMN_BYTES), false});
  }
  std::uint32_t vectors(const pim_command& command) const override { return command.body.mac.vectors; }
  std::int64_t columnInterval(const BankTask& task, const BankCompute& compute) const override {
    const pim_mac& mac = task.command.body.mac;
    return std::max<std::int64_t>(compute.columnInterval(weightFormat(mac), mac.activation_bits, mac.vectors),
                                  compute.overhead ? mac.vectors : 0);
  }
  /// Cycles of the rounding in place, after the last K tile of several vectors.
  std::int64_t resultCycles(const BankTask& task) const override {
    const pim_mac& mac = task.command.body.mac;
    const bool last = accumulates(task.command) && !isRaw(task.command);
    return last && mac.vectors > 1
               ? std::int64_t{mac.vectors} * pim_ceil_div(mac.rows, BankCompute::kRoundLanes)
               : 0;
  }

  std::uint64_t products(const BankTask& task) const override {
    const pim_mac& mac = task.command.body.mac;
    const std::uint32_t kept = mac.sparsity == 0 ? mac.k : mac.k / kSparseBlock * mac.sparsity;
    return std::uint64_t{mac.rows} * kept * mac.vectors * passesOf(mac.weight_bits);
  }
  /// Each group of weights reads its activations again for every row, including those of dropped weights.
  /// Results are written once.
  std::uint64_t bramBytes(const BankTask& task) const override {
    const pim_mac& mac = task.command.body.mac;
    const std::uint64_t results = std::uint64_t{mac.rows} * mac.vectors;
    return results * (std::uint64_t{mac.k} * mac.activation_bits / 8 + 8);
  }

 private:
  static std::uint32_t rowBytes(const pim_mac& mac) { return weightRowBytes(mac.k, weightFormat(mac)); }

  static void round(const pim_mac& mac, const std::uint8_t* records, const std::vector<std::int64_t>& sums,
                    std::uint8_t* out) {
    const ActivationFormat format{mac.group, mac.activation_bits};
    const std::uint32_t recordBytes = activationRecordBytes(mac.k, format);
    std::uint64_t clipped = 0;
    for (std::uint32_t v = 0; v < mac.vectors; ++v) {
      const int base = ActivationView(records + v * recordBytes, mac.k, format).base();
      for (std::uint32_t r = 0; r < mac.rows; ++r) {
        const std::size_t element = std::size_t{v} * mac.out_rows + r;
        const Q16 y = macResult(sums[element], base, mac.weight_exponent);
        clipped += isAtLimit(y) ? 1 : 0;
        std::memcpy(out + element * sizeof y, &y, sizeof y);
      }
    }
    countClipped(ClippedAt::Matrix, clipped);
  }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_MAC>() {
  static const Mac operation;
  return operation;
}

}  // namespace pim
