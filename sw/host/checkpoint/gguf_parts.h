#pragma once

#include <memory>

#include "sw/host/checkpoint/gguf.h"

namespace pim::host {

/// The GGUF file with the tensors of all its parts, where it is the first of a split model (split.count > 1):
/// NAME-00001-of-00003.gguf brings the two files beside it. UserError where it is another part, a part is
/// missing or belongs to another model, or the tensors are not as many as split.tensors.count says.
std::shared_ptr<const GgufFile> openGguf(std::shared_ptr<const MappedFile> file);

}  // namespace pim::host
