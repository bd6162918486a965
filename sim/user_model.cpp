#include "sim/user_model.h"

#include <filesystem>

#include "sw/host/gguf.h"

namespace pim::sim {
namespace {

/// Metadata of ours in a GGUF file; nothing for other files.
bool writesAnswersReversed(const std::string& path) {
  if (std::filesystem::path(path).extension() != ".gguf") return false;
  const host::GgufFile file(std::make_shared<const host::MappedFile>(path));
  return file.textValue("pimtlm.answer").value_or("") == "reversed";
}

}  // namespace

UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config) {
  UserModel loaded{host::loadModel(path, tokenizerPath), writesAnswersReversed(path)};
  const WeightFormat& format = loaded.model.head.format;
  config.weights.bits = format.weightBits;
  config.weights.group = format.group;
  config.weights.scaleBits = format.scaleBits;
  config.weights.zeroBits = format.zeroBits;
  return loaded;
}

}  // namespace pim::sim
