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

/// In place, since commands come by the million and their streams find room where those of the last one were.
void decodeAnew(DecodedCommand& decoded, const void* descriptor, std::uint32_t bankInDie,
                const BankCompute& compute, std::uint64_t bramBytes, const BankTiming& dram) {
  std::memcpy(&decoded.command, descriptor, sizeof decoded.command);
  decoded.check = checkBankCommand(decoded.command, bramBytes, dram.timing().organisation.bankBytes);
  if (decoded.check != CommandCheck::Ok) return;
  decoded.streams.clear();
  decoded.columns = 0;
  const BankWork work(decoded.command, bankInDie);
  decoded.columnInterval = work.columnInterval(compute);
  work.forEachRun([&](const ColumnRun& run) {
    const auto kind = run.write ? StreamRequest::Kind::Write : StreamRequest::Kind::Mac;
    decoded.streams.push_back(dram.plan({kind, run.offset, run.columns, decoded.columnInterval}));
    decoded.columns += run.columns;
  });
  decoded.products = work.products();
  decoded.resultCycles = work.resultCycles(compute);
  decoded.softmaxCycles = work.softmaxCycles(compute);
  decoded.bramBytes = work.bramBytes();
}

}  // namespace

const DecodedCommand& BankDecoder::decode(const void* descriptor, std::uint32_t bankInDie,
                                          const BankCompute& compute, std::uint64_t bramBytes,
                                          const BankTiming& dram) {
  // What was never decoded is a descriptor of zeros, and that is no command.
  DecodedCommand& last = m_last[placeInGroup(descriptor, bankInDie) % kPlaces];
  // The bytes as they came, whatever the opcode makes of them.
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
  if (std::memcmp(&last.command, descriptor, sizeof last.command) != 0)
    decodeAnew(last, descriptor, bankInDie, compute, bramBytes, dram);
  return last;
}

}  // namespace pim
