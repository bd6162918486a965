#pragma once

#include <memory>

#include "sw/host/checkpoint/gguf.h"

namespace pim::host {

/// Opens a GGUF file. If it is the first part of a split model (split.count > 1), opens the other parts and
/// adds their tensors: NAME-00001-of-00003.gguf brings the two files beside it. UserError if the file is
/// another part, a part is missing or belongs to another model, or the number of tensors differs from
/// split.tensors.count.
std::shared_ptr<const GgufFile> openGguf(std::shared_ptr<const MappedFile> file);

}  // namespace pim::host
