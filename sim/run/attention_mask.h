#pragma once

#include "platform/config/config.h"
#include "sw/host/layout/block_mask.h"

namespace pim::sim {

/// Returns the mask named by attention.mask. UserError: invalid text, a file that cannot be read, or a file
/// in which the heads of a layer differ.
host::BlockMask blockMask(const platform::AttentionConfig& attention);

}  // namespace pim::sim
