#pragma once

#include "core/phone/kernel_timing.h"
#include "platform/config/config.h"

namespace pim::platform {

// What the kernels of a phone need to know of its configuration.

phone::GpuParameters phoneGpu(const Config& config);
phone::Storage phoneStorage(const Config& config);
phone::Fusions phoneFusions(const Config& config);

}  // namespace pim::platform
