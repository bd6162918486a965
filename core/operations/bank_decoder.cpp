#include "core/operations/bank_decoder.h"

#include <cstddef>
#include <cstring>

namespace pim {
namespace {

std::size_t placeInGroup(const void* descriptor, std::uint32_t bankInDie) {
  const auto* bytes = static_cast<const std::uint8_t*>(descriptor);
  const std::uint8_t banks = bytes[offsetof(pim_command, banks_per_group)];
  return banks > 1 ? bankInDie % banks : 0;
}

}  // namespace

void BankDecoder::decodeAnew(DecodedCommand& decoded, const void* descriptor, std::uint32_t bankInDie,
                             const BankCompute& compute, std::uint64_t bramBytes, const BankTiming& dram) {
  std::memcpy(&decoded.command, descriptor, sizeof decoded.command);
  decoded.check = checkBankCommand(decoded.command, bramBytes, dram.timing().organisation.bankBytes);
  if (decoded.check != CommandCheck::Ok) return;
  const BankOperation& operation = bankOperation(decoded.command.opcode);
  const BankTask task{decoded.command, bankInDie};
  decoded.unit = operation.unit();
  decoded.columnInterval = operation.columnInterval(task, compute);
  decoded.resultCycles = compute.overhead ? operation.resultCycles(task) : 0;
  decoded.softmaxCycles = operation.softmaxCycles(task, compute);
  decoded.products = operation.products(task);
  decoded.bramBytes = operation.bramBytes(task);
  m_runs.clear();
  operation.appendRuns(task, m_runs);
  decoded.streams.clear();
  decoded.columns = 0;
  for (const ColumnRun& run : m_runs) {
    const auto kind = run.write ? StreamRequest::Kind::Write : StreamRequest::Kind::Mac;
    decoded.streams.push_back(dram.plan({kind, run.offset, run.columns, decoded.columnInterval}));
    decoded.columns += run.columns;
  }
}

const DecodedCommand& BankDecoder::decode(const void* descriptor, std::uint32_t bankInDie,
                                          const BankCompute& compute, std::uint64_t bramBytes,
                                          const BankTiming& dram) {
  // An entry that was never used holds a descriptor of zeros, which is not a command.
  DecodedCommand& last = m_last[placeInGroup(descriptor, bankInDie) % kPlaces];
  // Compares all bytes, including those that the opcode does not use.
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
  if (std::memcmp(&last.command, descriptor, sizeof last.command) != 0)
    decodeAnew(last, descriptor, bankInDie, compute, bramBytes, dram);
  return last;
}

}  // namespace pim
