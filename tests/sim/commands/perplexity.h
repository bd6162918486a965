#pragma once

#include <cstddef>

namespace pim::cli {

/// Expects the chip's perplexity over the first `stories` stories of the sample text to be within 0.5 % of a
/// float evaluation of the same 4-bit weights. Skips the test where model or text are absent.
void expectPerplexityOfFloat(std::size_t stories);

}  // namespace pim::cli
