#pragma once

#include <cstdint>
#include <vector>

namespace pim::sim {

enum class Stages { kDecode, kDecodeAndPrefill };

/// Looks for the best mapping of random chips at some contexts, and by looking at every mapping; expects the
/// same time each time, with at most a third of the simulations.
void expectBestMappings(std::uint32_t seed, int chips, Stages stages,
                        const std::vector<std::uint32_t>& contexts = {64, 512, 1500});

}  // namespace pim::sim
