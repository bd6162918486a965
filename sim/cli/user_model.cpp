#include "sim/cli/user_model.h"

#include <filesystem>

#include "sim/run/mapping.h"
#include "sw/host/checkpoint/gguf.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"

namespace pim::sim {
namespace {

/// Metadata of ours in a GGUF file; nothing for other files.
bool writesAnswersReversed(const std::string& path) {
  if (std::filesystem::path(path).extension() != ".gguf") return false;
  const host::GgufFile file(std::make_shared<const host::MappedFile>(path));
  return file.textValue("pimtlm.answer").value_or("") == "reversed";
}

UserModel loadPacked(const std::string& path, const std::string& tokenizerPath) {
  UserModel loaded;
  loaded.packed = std::make_shared<const host::PackedModel>(path);
  loaded.model = loaded.packed->model();
  const host::PackedExtras& extras = loaded.packed->extras();
  loaded.answerReversed = extras.answerReversed;
  if (!tokenizerPath.empty()) {
    loaded.tokenizer = host::loadTokenizer(tokenizerPath);
    loaded.model.eosTokens = loaded.tokenizer->eos();
  } else if (extras.tokenizer) {
    const std::vector<std::uint8_t>& bytes = extras.tokenizer->bytes;
    loaded.tokenizer = host::makeTokenizer(extras.tokenizer->format, {bytes.data(), bytes.size()}, path);
  }
  if (loaded.tokenizer)
    host::requireVocabulary(*loaded.tokenizer, tokenizerPath, loaded.model.shape.vocab, path);
  return loaded;
}

}  // namespace

UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config) {
  UserModel loaded = host::isImage(path) ? loadPacked(path, tokenizerPath)
                                         : UserModel{host::loadModel(path, tokenizerPath),
                                                     writesAnswersReversed(path), nullptr};
  const WeightFormat& format = loaded.model.head.format;
  config.weights.bits = format.weightBits;
  config.weights.group = format.group;
  config.weights.scaleBits = format.scaleBits;
  config.weights.zeroBits = format.zeroBits;
  config.weights.embeddingBits = 0;
  return loaded;
}

host::PlacementRequest placementRequest(const platform::Config& config, std::uint32_t context) {
  return {chipShape(config), mappingOptions(config), context};
}

void placeUserModel(const UserModel& loaded, std::uint32_t context, RunRequest& request) {
  const host::PlacementRequest placement = placementRequest(request.config, context);
  request.layout = host::planModel(loaded.model.shape, placement.chip, placement.options, context);
  host::bindModel(request.layout, loaded.model);
  if (loaded.packed) loaded.packed->requirePlacement(request.layout, placement);
  request.model = &loaded.model;
  request.packed = loaded.packed.get();
}

}  // namespace pim::sim
