#pragma once

namespace pim {

/// Where the embedding table lies: in the Controller's memory, in the banks, or wherever it fits.
enum class EmbeddingPlacement { kAuto, kController, kBanks };

}  // namespace pim
