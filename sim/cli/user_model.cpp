#include "sim/cli/user_model.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "platform/config/weight_formats.h"
#include "sim/run/mapping.h"
#include "sw/host/checkpoint/gguf.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"

namespace pim::sim {
namespace {

/// Returns whether a GGUF file states that its model writes numbers with the last digit first. That metadata
/// is this project's own; false for other files.
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
    host::setEndTokens(loaded.model, loaded.tokenizer->eos(), loaded.notices);
  } else if (extras.tokenizer) {
    loaded.tokenizer = host::makeTokenizer(*extras.tokenizer, path);
  }
  if (loaded.tokenizer)
    host::requireVocabulary(*loaded.tokenizer, tokenizerPath, loaded.model.shape.vocab, path);
  return loaded;
}

std::map<std::string, std::string> weightSettings(const platform::Config& config) {
  platform::Config copy = config;  // the schema points into the object
  std::map<std::string, std::string> texts;
  for (const platform::Field& field : platform::configSchema(copy)) {
    if (field.section() == "weights") texts[field.key] = field.text();
  }
  return texts;
}

/// Throws a UserError for a key that the user set to another value than the checkpoint has.
void checkAsked(const std::vector<platform::AskedKey>& keys, const platform::Config& asked,
                const platform::Config& found, const std::string& path, std::vector<std::string>& notices) {
  const auto before = weightSettings(asked), after = weightSettings(found);
  for (const platform::AskedKey& key : keys) {
    const auto value = before.find(key.key);
    if (value == before.end() || value->second == after.at(key.key)) continue;
    const std::string has = after.at(key.key);
    if (key.place == "--set") {
      throw UserError(
          fmt::format("--set: {}: expected {}, as {} has, got {}", key.key, has, path, value->second));
    }
    notices.push_back(
        fmt::format("{}: {}: {} is not used: {} has {}", key.place, key.key, value->second, path, has));
  }
}

}  // namespace

namespace {

/// Returns the options for the conversion of a checkpoint: widths and sparsity of the configuration. The
/// checkpoint determines everything else.
host::QuantizeOptions asAsked(const platform::Config& config) {
  platform::WeightConfig weights = config.weights;
  if (config.timingOnly()) weights.bits = 4;
  weights.scaleBits = 16;
  weights.embeddingBits = 0;
  host::QuantizeOptions options;
  options.formats = platform::modelFormats(weights);
  return options;
}

}  // namespace

UserModel loadUserModel(const std::string& path, const std::string& tokenizerPath, platform::Config& config,
                        const std::vector<platform::AskedKey>& asked, const std::string& calibration) {
  const platform::Config before = config;
  UserModel loaded = host::isImage(path)
                         ? loadPacked(path, tokenizerPath)
                         : UserModel{host::loadModel(path, tokenizerPath, asAsked(config), calibration),
                                     writesAnswersReversed(path), nullptr};
  const WeightFormat& format = loaded.model.formats.all();
  if (loaded.packed) config.weights.bitsMap.clear();
  config.weights.bits = format.weightBits;
  config.weights.group = format.group;
  config.weights.scaleBits = format.scaleBits;
  config.weights.zeroBits = format.zeroBits == 0 ? 0 : 4;
  config.weights.sparsity = platform::sparsityOf(format.sparsity);
  config.weights.embeddingBits = 0;
  checkAsked(asked, before, config, path, loaded.notices);
  return loaded;
}

host::PlacementRequest placementRequest(const platform::Config& config, const UserModel& loaded,
                                        std::uint32_t context) {
  host::PlacementRequest request{chipShape(config), mappingOptions(config), context};
  request.options.weights = loaded.model.formats;
  return request;
}

void placeUserModel(const UserModel& loaded, std::uint32_t context, RunRequest& request) {
  const host::PlacementRequest placement = placementRequest(request.config, loaded, context);
  request.layout = host::planModel(loaded.model.shape, placement.chip, placement.options, context);
  host::bindModel(request.layout, loaded.model);
  if (loaded.packed) loaded.packed->requirePlacement(request.layout, placement);
  request.model = &loaded.model;
  request.packed = loaded.packed.get();
}

}  // namespace pim::sim
