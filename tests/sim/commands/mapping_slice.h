#pragma once

#include <string>

namespace pim::cli {

/// Runs a trained LLaMA under mappings number first, first + stride, ... of the 216 of the property test
/// (tests/sw/firmware/firmware_logits_test.cpp) and expects the text and the logits of all to be the same,
/// bit for bit. Skips the test where the model is absent.
void expectSameTextUnderMappings(unsigned first, unsigned stride);

}  // namespace pim::cli
