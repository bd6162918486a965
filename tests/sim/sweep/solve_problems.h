#pragma once

#include <cstdint>

namespace pim::sim {

/// Makes random problems (some keys of a chip, prices, a rate to reach), simulates every point of each, and
/// expects of solve() that it finds the cheapest one, or one a step beside it in each key, with at most a
/// twentieth of the runs. `pointsAtLeast`: of each grid.
void expectSolved(std::uint32_t seed, int problems, std::uint64_t pointsAtLeast);

}  // namespace pim::sim
