#pragma once

#include "core/phone/kernel_timing.h"
#include "platform/config/config.h"

namespace pim::platform {

// Converts the configuration of a phone into the parameters of its kernels.

phone::GpuParameters phoneGpu(const Config& config);
/// The same for the CPU, which has neither launches nor tiles.
phone::GpuParameters phoneCpu(const Config& config);
phone::Storage phoneStorage(const Config& config);
phone::Fusions phoneFusions(const Config& config);

}  // namespace pim::platform
