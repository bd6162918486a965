#pragma once

namespace pim::sim {

/// Lets the heap of this process grow in pages of 2 MiB, if the system supports them. A process that builds
/// one chip and ends uses some ten MiB of fresh memory, and with pages of 4 KiB that takes a fifth of its
/// time.
void growHeapInLargePages();

}  // namespace pim::sim
