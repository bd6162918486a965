#pragma once

#include "platform/config/config.h"
#include "sw/host/layout/block_mask.h"

namespace pim::sim {

/// The mask that attention.mask asks for. UserError: a text that is none, a file that cannot be read, or one
/// whose heads differ within a layer.
host::BlockMask blockMask(const platform::AttentionConfig& attention);

}  // namespace pim::sim
