#include "sw/host/pack/packed_model.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/parallel_for.h"

namespace pim::host {
namespace {

using Json = nlohmann::ordered_json;
using Settings = std::vector<std::pair<std::string, std::uint64_t>>;

enum Section : std::uint32_t {
  kDescription = 1,  ///< JSON
  kTables = 2,       ///< frequencies and gains in the order of tablesOf()
  kPlacement = 3,    ///< uint32 words in the order of placementOf()
  kTokenizer = 4,    ///< a tokenizer file; the description states its format
  kEmbedding = 5,    ///< the table in Controller memory, row after row
  kBank = 6          ///< BMEM from its start to the cache; index die * banks + bank
};

constexpr const char* kContextKey = "context";

/// Returns the settings that affect the placement of weights; the context is the last one.
Settings settingsOf(const PlacementRequest& request) {
  const ChipShape& chip = request.chip;
  const MappingOptions& options = request.options;
  return {{"chip.dies", chip.dies},
          {"chip.banks_per_die", chip.banksPerDie},
          {"bank.bram_kib", chip.bramBytes >> 10},
          {"die.ram_kib", chip.dieRamBytes >> 10},
          {"bank.bmem_mib", chip.bmemBytes >> 20},
          {"bank.vector_buffer_bytes", chip.vectorBufferBytes},
          {"controller.cmem_mib", chip.cmemBytes >> 20},
          {"mapping.column_parts", options.columnParts},
          {"mapping.banks_per_head", options.banksPerHead},
          {"mapping.fuse_qkv", options.fuseQkv},
          {"mapping.fuse_gate_up", options.fuseGateUp},
          {"mapping.token_tile", options.tokenTile},
          {"mapping.embedding", static_cast<std::uint64_t>(options.embedding)},
          {"activation.bits", options.activationBits},
          {"kv.bits", options.kvBits},
          {kContextKey, request.context}};
}

void append(std::vector<std::uint32_t>& words, const pim_matrix& matrix) {
  words.insert(words.end(),
               {matrix.bmem, matrix.rows, matrix.total_rows, matrix.k, matrix.k_tile, matrix.slots,
                matrix.column_parts, matrix.weight_bits, matrix.zero_bits, matrix.sparsity});
}

/// Returns all addresses that depend on the model alone.
std::vector<std::uint32_t> placementOf(const Layout& layout) {
  const pim_plan& plan = layout.plan;
  std::vector<std::uint32_t> words{plan.dies,           plan.banks_per_die,   plan.group,
                                   plan.scale_bits,     plan.kv_bmem,         plan.embedding != 0,
                                   plan.embedding_rows, plan.embedding_bmem,  plan.embedding_row_bytes,
                                   plan.qkv_matrices,   plan.gate_up_matrices};
  for (const pim_layer& layer : layout.layers) {
    for (std::uint32_t m = 0; m < plan.qkv_matrices; ++m) append(words, layer.qkv[m]);
    append(words, layer.output);
    for (std::uint32_t m = 0; m < plan.gate_up_matrices; ++m) append(words, layer.gate_up[m]);
    append(words, layer.down);
  }
  append(words, plan.head);
  return words;
}

std::vector<std::vector<Q16>*> gainsOf(QuantizedModel& model) {
  std::vector<std::vector<Q16>*> gains{&model.finalGain};
  for (QuantizedLayer& layer : model.layers) {
    gains.push_back(&layer.attentionGain);
    gains.push_back(&layer.mlpGain);
  }
  return gains;
}

std::vector<std::uint8_t> tablesOf(QuantizedModel model) {
  std::vector<std::uint8_t> bytes;
  const auto add = [&](const auto& values) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(values.data());
    bytes.insert(bytes.end(), from, from + values.size() * sizeof values[0]);
  };
  add(model.ropeFrequencies);
  for (const std::vector<Q16>* gain : gainsOf(model)) add(*gain);
  return bytes;
}

Json describe(const TokenizerSettings& settings) {
  Json json = Json::object();
  if (settings.addBos) json["add_bos"] = *settings.addBos;
  if (settings.bos) json["bos"] = *settings.bos;
  if (settings.eos) json["eos"] = *settings.eos;
  for (const AddedToken& token : settings.added)
    json["added"].push_back({{"id", token.id}, {"text", token.text}, {"control", token.control}});
  return json;
}

TokenizerSettings tokenizerSettingsOf(const Json& json) {
  TokenizerSettings settings;
  if (json.contains("add_bos")) settings.addBos = json.at("add_bos").get<bool>();
  if (json.contains("bos")) settings.bos = json.at("bos").get<std::string>();
  if (json.contains("eos")) settings.eos = json.at("eos").get<std::string>();
  if (!json.contains("added")) return settings;
  for (const Json& token : json.at("added"))
    settings.added.push_back({token.at("id"), token.at("text"), token.at("control")});
  return settings;
}

Json describe(const QuantizedModel& model, const PlacementRequest& request, const PackedExtras& extras) {
  const ModelShape& s = model.shape;
  const WeightFormat& format = model.formats.all();
  Json json;
  json["source"] = extras.source;
  json["shape"] = {{"name", s.name},
                   {"layers", s.layers},
                   {"hidden", s.hidden},
                   {"heads", s.heads},
                   {"kv_heads", s.kvHeads},
                   {"head_dim", s.headDim},
                   {"mlp", s.mlp},
                   {"vocab", s.vocab},
                   {"context", s.context},
                   {"rope_theta", s.ropeTheta},
                   {"rms_epsilon", s.rmsEpsilon},
                   {"tied_embeddings", s.tiedEmbeddings}};
  json["format"] = {{"group", format.group},
                    {"weight_bits", format.weightBits},
                    {"scale_bits", format.scaleBits},
                    {"zero_bits", format.zeroBits},
                    {"sparsity", format.sparsity}};
  const ModelFormats::Turns& turns = model.formats.turns();
  if (turns.low != 0) json["format"]["turns"] = {turns.low, turns.high, turns.highShare};
  for (const ModelFormats::Exception& exception : model.formats.exceptions()) {
    json["format"]["exceptions"].push_back({static_cast<std::uint32_t>(exception.kind),
                                            exception.layer ? Json(*exception.layer) : Json(nullptr),
                                            exception.bits});
  }
  json["exponents"] = {{"embedding", model.embedding.weightExponent}, {"head", model.head.weightExponent}};
  for (const QuantizedLayer& layer : model.layers) {
    json["exponents"]["layers"].push_back({layer.q.weightExponent, layer.output.weightExponent,
                                           layer.gate.weightExponent, layer.down.weightExponent});
  }
  json["eos"] = model.eosTokens;
  json["packed_for"] = Json::object();
  for (const auto& [key, value] : settingsOf(request)) json["packed_for"][key] = value;
  json["answer_reversed"] = extras.answerReversed;
  if (extras.tokenizer) {
    json["tokenizer"] = static_cast<int>(extras.tokenizer->format);
    json["tokenizer_settings"] = describe(extras.tokenizer->settings);
  }
  return json;
}

/// Writes the packer's bytes to an image.
class ImageSink : public MemorySink {
 public:
  ImageSink(ImageWriter& image, const pim_plan& plan, std::size_t firstBank, std::uint8_t* embedding)
      : m_image(image), m_plan(plan), m_firstBank(firstBank), m_embedding(embedding) {}
  void writeBank(std::uint32_t die, std::uint32_t bank, std::uint32_t offset, const std::uint8_t* data,
                 std::uint32_t bytes) override {
    const std::size_t index = std::size_t{die} * m_plan.banks_per_die + bank;
    std::memcpy(m_image.section(m_firstBank + index) + offset, data, bytes);
  }
  void writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) override {
    std::memcpy(m_embedding + (address - m_plan.embedding), data, bytes);
  }

 private:
  ImageWriter& m_image;
  const pim_plan& m_plan;
  std::size_t m_firstBank;
  std::uint8_t* m_embedding;
};

std::uint64_t embeddingBytes(const pim_plan& plan) {
  return plan.embedding != 0 ? std::uint64_t{plan.vocab} * plan.embedding_row_bytes : 0;
}

QuantizedMatrix matrixWithoutRows(std::uint32_t rows, std::uint32_t k, const WeightFormat& format,
                                  int exponent) {
  QuantizedMatrix matrix;
  matrix.rows = rows;
  matrix.k = k;
  matrix.format = format;
  matrix.weightExponent = exponent;
  return matrix;
}

ModelShape shapeOf(const Json& json) {
  ModelShape s;
  s.name = json.at("name");
  s.layers = json.at("layers");
  s.hidden = json.at("hidden");
  s.heads = json.at("heads");
  s.kvHeads = json.at("kv_heads");
  s.headDim = json.at("head_dim");
  s.mlp = json.at("mlp");
  s.vocab = json.at("vocab");
  s.context = json.at("context");
  s.ropeTheta = json.at("rope_theta");
  s.rmsEpsilon = json.at("rms_epsilon");
  s.tiedEmbeddings = json.at("tied_embeddings");
  return s;
}

ModelFormats formatsOf(const Json& json) {
  // Images of earlier versions contain only dense matrices of one width.
  ModelFormats formats(WeightFormat{json.at("group"), json.at("weight_bits"), json.at("scale_bits"),
                                    json.at("zero_bits"), json.value("sparsity", 0u)});
  if (json.contains("turns")) {
    const Json& turns = json.at("turns");
    formats.takeTurns(turns.at(0), turns.at(1), turns.at(2));
  }
  if (!json.contains("exceptions")) return formats;
  for (const Json& exception : json.at("exceptions")) {
    const auto kind = exception.at(0).get<std::uint32_t>();
    if (kind >= kMatrixKinds) continue;
    std::optional<std::uint32_t> layer;
    if (!exception.at(1).is_null()) layer = exception.at(1).get<std::uint32_t>();
    formats.setBits(static_cast<MatrixKind>(kind), layer, exception.at(2));
  }
  return formats;
}

QuantizedModel modelOf(const Json& json) {
  QuantizedModel model;
  model.shape = shapeOf(json.at("shape"));
  const ModelShape& s = model.shape;
  model.formats = formatsOf(json.at("format"));
  const Json& exponents = json.at("exponents");
  std::uint32_t layerIndex = 0;
  const auto matrix = [&](MatrixKind kind, std::uint32_t rows, std::uint32_t k, const Json& exponent) {
    return matrixWithoutRows(rows, k, model.formats.of(kind, layerIndex), exponent.get<int>());
  };
  model.embedding = matrix(MatrixKind::Embedding, s.vocab, s.hidden, exponents.at("embedding"));
  model.head = matrix(MatrixKind::Head, s.vocab, s.hidden, exponents.at("head"));
  for (const Json& e : exponents.at("layers")) {
    QuantizedLayer layer;
    layer.q = matrix(MatrixKind::Query, s.queryWidth(), s.hidden, e.at(0));
    layer.k = matrix(MatrixKind::Key, s.kvWidth(), s.hidden, e.at(0));
    layer.v = matrix(MatrixKind::Value, s.kvWidth(), s.hidden, e.at(0));
    layer.output = matrix(MatrixKind::Output, s.hidden, s.queryWidth(), e.at(1));
    layer.gate = matrix(MatrixKind::Gate, s.mlp, s.hidden, e.at(2));
    layer.up = matrix(MatrixKind::Up, s.mlp, s.hidden, e.at(2));
    layer.down = matrix(MatrixKind::Down, s.hidden, s.mlp, e.at(3));
    model.layers.push_back(layer);
    ++layerIndex;
  }
  model.eosTokens = json.at("eos").get<std::vector<std::uint32_t>>();
  return model;
}

}  // namespace

std::uint64_t writePackedModel(const std::string& path, const QuantizedModel& model, const Layout& layout,
                               const PlacementRequest& request, const PackedExtras& extras) {
  const std::string description = describe(model, request, extras).dump();
  const std::vector<std::uint8_t> tables = tablesOf(model);
  const std::vector<std::uint32_t> placement = placementOf(layout);
  const std::size_t tokenizerBytes = extras.tokenizer ? extras.tokenizer->bytes.size() : 0;
  std::vector<ImageSection> sections{{kDescription, 0, description.size()},
                                     {kTables, 0, tables.size()},
                                     {kPlacement, 0, placement.size() * 4},
                                     {kTokenizer, 0, tokenizerBytes},
                                     {kEmbedding, 0, embeddingBytes(layout.plan)}};
  const std::size_t firstBank = sections.size();
  for (std::uint32_t i = 0; i < request.chip.slots(); ++i)
    sections.push_back({kBank, i, layout.plan.kv_bmem});

  ImageWriter image(path, sections);
  std::memcpy(image.section(0), description.data(), description.size());
  std::memcpy(image.section(1), tables.data(), tables.size());
  std::memcpy(image.section(2), placement.data(), placement.size() * 4);
  if (extras.tokenizer) std::memcpy(image.section(3), extras.tokenizer->bytes.data(), tokenizerBytes);
  ImageSink sink(image, layout.plan, firstBank, image.section(4));
  packWeights(layout, model, sink);
  return image.commit();
}

PackedModel::PackedModel(const std::string& path) : m_file(path) {
  for (const ImageSection& section : m_file.sections()) {
    if (section.kind != kBank && section.kind != kEmbedding) m_file.verify(section, "description and tables");
  }
  if (m_file.size() <= kVerifiedBytes) verify();
  try {
    readDescription();
  } catch (const nlohmann::json::exception& error) {
    throw UserError(fmt::format("{}: description: {}", path, error.what()));
  }
  readTables();
}

ByteSpan PackedModel::section(std::uint32_t kind, const char* name) const {
  const ImageSection* found = m_file.find(kind);
  if (found == nullptr)
    throw UserError(fmt::format("{}: expected a section with the {}", m_file.path(), name));
  return m_file.bytes(*found);
}

void PackedModel::readDescription() {
  const ByteSpan text = section(kDescription, "description");
  const Json json = Json::parse(text.data, text.data + text.size);
  m_model = modelOf(json);
  m_extras.source = json.at("source");
  m_extras.answerReversed = json.at("answer_reversed");
  for (const auto& [key, value] : json.at("packed_for").items()) m_settings[key] = value;
  if (!json.contains("tokenizer")) return;
  const ByteSpan bytes = section(kTokenizer, "tokenizer");
  m_extras.tokenizer = TokenizerFile{static_cast<TokenizerFormat>(json.at("tokenizer").get<int>()),
                                     {bytes.data, bytes.data + bytes.size},
                                     {}};
  // Images of earlier versions do not contain it.
  if (json.contains("tokenizer_settings"))
    m_extras.tokenizer->settings = tokenizerSettingsOf(json.at("tokenizer_settings"));
}

void PackedModel::readTables() {
  const ModelShape& shape = m_model.shape;
  const ByteSpan bytes = section(kTables, "tables");
  const std::uint64_t vectors = 1 + 2 * std::uint64_t{m_model.layers.size()};
  if (m_model.layers.size() != shape.layers ||
      bytes.size != std::uint64_t{shape.headDim} / 2 * 4 + vectors * shape.hidden * 4)
    throw UserError(
        fmt::format("{}: the sizes of the tables do not match the described shape", m_file.path()));
  const std::uint8_t* from = bytes.data;
  const auto take = [&](auto& values, std::uint32_t count) {
    values.resize(count);
    std::memcpy(values.data(), from, count * sizeof values[0]);
    from += count * sizeof values[0];
  };
  take(m_model.ropeFrequencies, shape.headDim / 2);
  for (std::vector<Q16>* gain : gainsOf(m_model)) take(*gain, shape.hidden);
}

void PackedModel::requirePlacement(const Layout& layout, const PlacementRequest& request) const {
  const std::vector<std::uint32_t> expected = placementOf(layout);
  const ByteSpan found = section(kPlacement, "placement");
  bool same = found.size == expected.size() * 4 && std::memcmp(found.data, expected.data(), found.size) == 0;
  for (std::uint32_t i = 0; same && i < request.chip.slots(); ++i) {
    const ImageSection* bank = m_file.find(kBank, i);
    same = bank != nullptr && bank->bytes == layout.plan.kv_bmem;
  }
  const ImageSection* embedding = m_file.find(kEmbedding);
  if (same && embedding != nullptr && embedding->bytes == embeddingBytes(layout.plan)) return;
  const std::string differences = differencesTo(request);
  throw UserError(fmt::format("{}: packed for another chip: {}; pack it again for this one", m_file.path(),
                              differences.empty() ? "by another version of pimtlm" : differences));
}

std::string PackedModel::differencesTo(const PlacementRequest& request) const {
  std::string text;
  for (const auto& [key, here] : settingsOf(request)) {
    const auto packed = m_settings.find(key);
    if (packed == m_settings.end() || packed->second == here) continue;
    // The context usually differs between runs. Report it only if no other setting differs.
    if (key == kContextKey && !text.empty()) continue;
    text += fmt::format("{}{} {} (here {})", text.empty() ? "" : ", ", key, packed->second, here);
  }
  return text;
}

void PackedModel::load(
    const Layout& layout, MemorySink& sink,
    const std::function<std::uint8_t*(std::uint32_t die, std::uint32_t bank)>& bankMemory) const {
  packTables(layout, m_model, sink);
  const pim_plan& plan = layout.plan;
  if (plan.embedding != 0) {
    const ByteSpan table = section(kEmbedding, "embedding");
    sink.writeController(plan.embedding, table.data, static_cast<std::uint32_t>(table.size));
  }
  for (std::uint32_t die = 0; die < plan.dies; ++die) {
    for (std::uint32_t bank = 0; bank < plan.banks_per_die; ++bank)
      m_file.mapOver(*m_file.find(kBank, die * plan.banks_per_die + bank), bankMemory(die, bank));
  }
}

void PackedModel::verify() const {
  parallelFor(m_file.sections().size(), [this](std::uint64_t i) {
    const ImageSection& section = m_file.sections()[i];
    m_file.verify(section, section.kind == kBank ? fmt::format("weights of bank {}", section.index)
                                                 : fmt::format("section {}", section.kind));
  });
}

}  // namespace pim::host
