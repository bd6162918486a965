#include "tlm/core/command/bank_decoder.h"

#include <cstddef>
#include <cstring>

namespace pim {
namespace {

std::size_t placeInGroup(const void* descriptor, std::uint32_t bankInDie) {
  const auto* bytes = static_cast<const std::uint8_t*>(descriptor);
  const std::uint8_t banks = bytes[offsetof(pim_command, banks_per_group)];
  return banks > 1 ? bankInDie % banks : 0;
}

/// In place, since commands come by the million and their runs find room where those of the last one were.
void decodeAnew(DecodedCommand& decoded, const void* descriptor, std::uint32_t bankInDie,
                const BankCompute& compute, std::uint64_t bramBytes, std::uint64_t bmemBytes) {
  std::memcpy(&decoded.command, descriptor, sizeof decoded.command);
  decoded.check = checkBankCommand(decoded.command, bramBytes, bmemBytes);
  if (decoded.check != CommandCheck::Ok) return;
  decoded.runs.clear();
  decoded.columns = 0;
  const BankWork work(decoded.command, bankInDie);
  work.forEachRun([&](const ColumnRun& run) {
    decoded.runs.push_back(run);
    decoded.columns += run.columns;
  });
  decoded.vectors = work.vectors();
  decoded.columnInterval = work.columnInterval(compute);
  decoded.resultCycles = work.resultCycles(compute);
  decoded.softmaxCycles = work.softmaxCycles(compute);
  decoded.bramBytes = work.bramBytes();
}

}  // namespace

const DecodedCommand& BankDecoder::decode(const void* descriptor, std::uint32_t bankInDie,
                                          const BankCompute& compute, std::uint64_t bramBytes,
                                          std::uint64_t bmemBytes) {
  // What was never decoded is a descriptor of zeros, and that is no command.
  DecodedCommand& last = m_last[placeInGroup(descriptor, bankInDie) % kPlaces];
  // The bytes as they came, whatever the opcode makes of them.
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
  if (std::memcmp(&last.command, descriptor, sizeof last.command) != 0)
    decodeAnew(last, descriptor, bankInDie, compute, bramBytes, bmemBytes);
  return last;
}

}  // namespace pim
