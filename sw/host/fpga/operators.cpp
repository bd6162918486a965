#include "sw/host/fpga/operators.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"

namespace pim::host::fpga {

using namespace pim::fpga;

Pieces cutIntoPieces(std::uint32_t blocks, std::uint32_t addresses, std::uint32_t perBlock,
                     std::uint64_t wholeLine, std::uint32_t metaAddresses, const char* bufferKey) {
  constexpr std::uint32_t kInFlight = 2;
  constexpr std::uint32_t kMetaPerBlock = 8;  // 256 indices of 4 bits, 16 bytes per address
  const auto refuse = [&] {
    throw UserError(fmt::format("{}: expected room for {} blocks of 16 x 16 weights, got {} addresses",
                                bufferKey, kInFlight, std::min(addresses, metaAddresses)));
  };
  if (addresses < kInFlight) refuse();
  const auto fewest = divideUp<std::uint64_t>(wholeLine, addresses / kInFlight);
  for (std::uint64_t parts = fewest;; ++parts) {
    if (parts > blocks) refuse();
    const auto piece = static_cast<std::uint32_t>(blocks / parts);
    const std::uint32_t weights = addresses / (perBlock * piece);
    const std::uint32_t meta = metaAddresses / (kMetaPerBlock * piece);
    if (weights < kInFlight || meta < kInFlight) continue;
    Pieces pieces;
    for (std::uint32_t begin = 0; begin < blocks; begin += piece)
      pieces.blocks.push_back(std::min(piece, blocks - begin));
    const auto longest = divideUp(blocks, static_cast<std::uint32_t>(pieces.blocks.size()));
    const std::uint32_t kept =
        metaAddresses / longest;  // one byte per block: the number of kept weights of 16
    if (kept < kInFlight) refuse();
    pieces.depth = std::min({weights, meta, kept});
    return pieces;
  }
}

double weightBytes(double weights, double density, const CompilerOptions& options) {
  const double kept = weights * density;
  const std::uint32_t index = density < 1 ? options.sparseIndexBits : 0;
  return kept * (options.weightBits + index) / 8;
}

void normOperator(Emitter& emitter, std::uint32_t rows, std::uint32_t elements,
                  const CompilerOptions& options) {
  const std::uint32_t addresses = divideUp(elements, kGlobalWidthMisc * kLoadChannels);
  const std::uint32_t depth = options.depths.global / addresses;
  if (depth < 2) {
    throw UserError(
        fmt::format("fpga.global_buffer_depth: expected room for two rows of {} elements ({}), got {}",
                    elements, 2 * addresses, options.depths.global));
  }
  const double width = blocksOf(elements) * kBlock;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const bool full = row >= depth;        // the buffer is full: wait until its oldest row has left
    const bool more = row + depth < rows;  // a later row waits until this one has left
    emitter.load(elements, Route::OneChannel, full ? UnitSet(Unit::Misc) : UnitSet(), Unit::Misc);
    emitter.misc(MiscOperation::Norm, width, full ? Unit::Load | Unit::Store : UnitSet(Unit::Load),
                 more ? Unit::Load | Unit::Store : UnitSet(Unit::Store), {0, 1, row, 0, elements, 0, 0});
    emitter.store(elements, Route::OneChannel, Unit::Misc, more ? UnitSet(Unit::Misc) : UnitSet());
  }
}

}  // namespace pim::host::fpga
