#pragma once

#include <cstdint>

namespace pim::cli {

/// Runs the executable with `count` configurations drawn over every key of the schema: presets with up to
/// five keys set to the ends of their range, beside them, or anywhere between. Each gives a result in which
/// what must hold holds (numbers are numbers, parts sum, nothing is used more than wholly), or one line and
/// exit status 2. Fails the test otherwise, with the command that shows it.
/// `anyMachine`: also FPGAs and phones.
void expectResultOrOneLine(std::uint64_t seed, std::uint32_t count, bool anyMachine);

}  // namespace pim::cli
