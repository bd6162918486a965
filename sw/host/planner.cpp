#include "sw/host/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sw/abi/pim_abi.h"
#include "sw/abi/pim_layout.h"
#include "sw/host/bram_layout.h"
#include "sw/host/controller_memory.h"
#include "sw/host/matrix_layout.h"
#include "sw/host/quantized_model.h"
#include "tlm/core/arith/attention.h"
#include "tlm/core/error.h"

namespace pim::host {
namespace {

constexpr std::uint32_t kTileOverheadPercent = 10;

void checkOptions(const ChipShape& chip, const MappingOptions& options) {
  const auto expect = [](bool holds, const std::string& message) {
    if (!holds) throw UserError(message);
  };
  expect(chip.dies > 0 && chip.banksPerDie > 0, "chip.dies, chip.banks_per_die: expected at least 1");
  expect(chip.slots() <= std::numeric_limits<std::uint16_t>::max(),
         fmt::format("chip.dies={}: at most 65535 banks in all", chip.dies));
  expect(chip.bmemBytes <= std::uint64_t{1} << 31, "bank.bmem_mib: at most 2048");
  expect(std::uint64_t{chip.cmemBase} + chip.cmemBytes <= std::uint64_t{1} << 32,
         "controller.cmem_mib: CMEM must end below 4 GiB of the Controller's bus");
  expect(options.banksPerHead > 0 && options.banksPerHead <= chip.banksPerDie,
         fmt::format("mapping.banks_per_head={}: a head's banks lie in one die, which has {}",
                     options.banksPerHead, chip.banksPerDie));
  expect(options.tokenTile > 0, "mapping.token_tile: expected at least 1");
  expect(
      options.tilesInFlight >= 1 && options.tilesInFlight <= PIM_MAX_IN_FLIGHT,
      fmt::format("schedule.tiles_in_flight={}: expected 1..{}", options.tilesInFlight, +PIM_MAX_IN_FLIGHT));
  expect(options.queueDepth > 0, "controller.queue_depth: expected at least 1");
}

void checkShape(const ModelShape& shape, const MappingOptions& options) {
  const auto expect = [&](bool holds, const char* message) {
    if (!holds) throw UserError(fmt::format("model {}: {}", shape.name, message));
  };
  expect(shape.layers > 0 && shape.hidden > 0 && shape.mlp > 0 && shape.vocab > 0,
         "all sizes must be at least 1");
  expect(shape.kvHeads > 0 && shape.heads > 0 && shape.heads % shape.kvHeads == 0,
         "heads must be a multiple of kv_heads");
  expect(shape.headsPerKvHead() <= 255, "at most 255 query heads share a KV head");
  expect(shape.headDim > 0 && shape.headDim % 2 == 0 && shape.headDim <= kMaxHeadDim,
         "head_dim must be even and at most 1024");
  expect(shape.headDim * options.kvBits % 8 == 0, "head_dim times kv.bits must be whole bytes");
}

/// Which banks take which KV heads.
struct HeadMapping {
  std::uint32_t headsPerRound;
  std::uint32_t rounds;
  std::uint32_t setBanks;  ///< banks of a die that one layer takes
  std::uint32_t sets;      ///< layers that can have banks of their own
};

HeadMapping mapHeads(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options) {
  HeadMapping mapping{};
  mapping.headsPerRound = chip.dies * (chip.banksPerDie / options.banksPerHead);
  mapping.rounds = pim_ceil_div(shape.kvHeads, mapping.headsPerRound);
  const std::uint32_t groups = std::min(shape.kvHeads, mapping.headsPerRound);
  mapping.setBanks = pim_ceil_div(groups, chip.dies) * options.banksPerHead;
  mapping.sets = std::min(chip.banksPerDie / mapping.setBanks, shape.layers);
  return mapping;
}

/// Every matrix of the model on this chip, cut for a token tile that fits BRAM.
struct Matrices {
  pim_layer layer{};
  pim_matrix head{};
  std::uint32_t tokenTile = 0;
  MatrixBuffers buffers;

  std::vector<pim_matrix*> ofLayer() {
    std::vector<pim_matrix*> all;
    for (pim_matrix& matrix : layer.qkv)
      if (matrix.rows != 0) all.push_back(&matrix);
    all.push_back(&layer.output);
    for (pim_matrix& matrix : layer.gate_up)
      if (matrix.rows != 0) all.push_back(&matrix);
    all.push_back(&layer.down);
    return all;
  }

  /// Of one layer and the head, in a bank.
  std::uint64_t bankBytes(const WeightFormat& format) {
    std::uint64_t bytes = sliceBytes(head, format);
    for (const pim_matrix* matrix : ofLayer()) bytes += sliceBytes(*matrix, format);
    return bytes;
  }
};

class ModelPlanner {
 public:
  ModelPlanner(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options)
      : m_shape(shape), m_chip(chip), m_options(options), m_heads(mapHeads(shape, chip, options)) {
    dealOutMatrices();
    fitBram();
  }

  /// Nothing when the Controller's memory is too small.
  std::optional<Layout> tryPlan(std::uint32_t requestedContext, bool embeddingInBanks) {
    m_embeddingInBanks = embeddingInBanks;
    m_layout = {};
    placeInBanks();
    m_layout.capacity.maxContext = contextWithin(m_chip.bmemBytes);
    m_layout.capacity.scoreContext = longestAttention(m_shape, m_chip, m_options);
    chooseContext(requestedContext);
    fillPlan();
    placeInController();
    countBankBytes();
    if (m_controllerBytesMissing != 0) return std::nullopt;
    return m_layout;
  }

  Layout plan(std::uint32_t requestedContext, bool embeddingInBanks) {
    if (auto layout = tryPlan(requestedContext, embeddingInBanks)) return *layout;
    throw UserError(fmt::format(
        "{}: the Controller's memory is short of {} bytes; {}controller.cmem_mib={}, or a smaller "
        "mapping.token_tile or "
        "context, would do",
        m_shape.name, m_controllerBytesMissing, embeddingInBanks ? "" : "mapping.embedding=banks, ",
        (m_chip.cmemBytes + m_controllerBytesMissing + (1u << 20) - 1) >> 20));
  }

  /// Bytes a bank lacks for a cache of `context` tokens.
  std::uint64_t bankBytesMissing(std::uint32_t context, bool embeddingInBanks) {
    m_embeddingInBanks = embeddingInBanks;
    m_layout = {};
    placeInBanks();
    const std::uint64_t needed = m_bankBytes + cacheBytes(context);
    return needed > m_chip.bmemBytes ? needed - m_chip.bmemBytes : 0;
  }

 private:
  std::uint32_t qkvWidth() const { return m_shape.queryWidth() + 2 * m_shape.kvWidth(); }
  std::uint32_t groups() const { return std::min(m_heads.headsPerRound, m_shape.kvHeads); }
  std::uint32_t embeddingRowBytes() const { return weightRowBytes(m_shape.hidden, m_options.weights); }

  void dealOutMatrices() {
    const auto deal = [&](std::uint32_t rows, std::uint32_t k) {
      return dealOut(rows, k, m_chip.slots(), m_options);
    };
    pim_layer& layer = m_matrices.layer;
    if (m_options.fuseQkv) {
      layer.qkv[0] = deal(qkvWidth(), m_shape.hidden);
    } else {
      layer.qkv[0] = deal(m_shape.queryWidth(), m_shape.hidden);
      layer.qkv[1] = deal(m_shape.kvWidth(), m_shape.hidden);
      layer.qkv[2] = deal(m_shape.kvWidth(), m_shape.hidden);
    }
    layer.output = deal(m_shape.hidden, m_shape.queryWidth());
    if (m_options.fuseGateUp) {
      layer.gate_up[0] = deal(2 * m_shape.mlp, m_shape.hidden);
    } else {
      layer.gate_up[0] = deal(m_shape.mlp, m_shape.hidden);
      layer.gate_up[1] = deal(m_shape.mlp, m_shape.hidden);
    }
    layer.down = deal(m_shape.hidden, m_shape.mlp);
    m_matrices.head = deal(m_shape.vocab, m_shape.hidden);
  }

  /// The largest token tile for which short K tiles do not spoil what every token pays: their scales are
  /// padded to columns, and the rows of decode are those of prefill.
  void fitBram() {
    if (!tryTile(1)) {
      throw UserError(fmt::format(
          "bank.bram_kib={}: too small for the input and result of a single token; a larger BRAM, a smaller "
          "weights.group or a bank.vector_buffer_bytes of at least {} would do",
          m_chip.bramBytes >> 10, m_options.weights.group * m_options.activationBits / 8));
    }
    const std::uint64_t most = m_matrices.bankBytes(m_options.weights) * (100 + kTileOverheadPercent) / 100;
    for (std::uint32_t tokens = m_options.tokenTile; tokens > 1; --tokens)
      if (tryTile(tokens) && m_matrices.bankBytes(m_options.weights) <= most) return;
    tryTile(1);
  }

  bool tryTile(std::uint32_t tokens) {
    const std::uint32_t storeBytes = 2 * pim_kv_record_bytes(m_shape.headDim, m_options.kvBits);
    std::vector<TiledMatrix> tiled{{&m_matrices.head, 1}};
    for (pim_matrix* matrix : m_matrices.ofLayer()) tiled.push_back({matrix, tokens});
    const auto buffers = fitMatrixBuffers(tiled, storeBytes, m_chip, m_options);
    if (!buffers) return false;
    m_matrices.tokenTile = tokens;
    m_matrices.buffers = *buffers;
    return true;
  }

  std::uint32_t takeBankBytes(std::uint64_t bytes) {
    const std::uint64_t offset = m_bankBytes;
    m_bankBytes += bytes;
    return static_cast<std::uint32_t>(offset);
  }

  void placeInBanks() {
    m_bankBytes = 0;
    m_layout.layers.assign(m_shape.layers, m_matrices.layer);
    for (pim_layer& layer : m_layout.layers) {
      for (pim_matrix& matrix : layer.qkv) place(matrix);
      place(layer.output);
      for (pim_matrix& matrix : layer.gate_up) place(matrix);
      place(layer.down);
    }
    pim_plan& plan = m_layout.plan;
    plan.head = m_matrices.head;
    place(plan.head);
    plan.embedding_row_bytes = embeddingRowBytes();
    if (m_embeddingInBanks) placeEmbedding(plan);
    plan.kv_bmem = static_cast<std::uint32_t>(m_bankBytes);
  }

  void place(pim_matrix& matrix) {
    if (matrix.rows != 0) matrix.bmem = takeBankBytes(sliceBytes(matrix, m_options.weights));
  }

  /// A tied head is the embedding table already where each of its rows lies in one piece.
  void placeEmbedding(pim_plan& plan) {
    const bool headServes = m_shape.tiedEmbeddings && m_options.columnParts == 1 && tileCount(plan.head) == 1;
    plan.embedding_rows = headServes ? plan.head.rows : pim_ceil_div(m_shape.vocab, m_chip.slots());
    plan.embedding_bmem = headServes
                              ? plan.head.bmem
                              : takeBankBytes(std::uint64_t{plan.embedding_rows} * plan.embedding_row_bytes);
    m_embeddingBankBytes = headServes ? 0 : std::uint64_t{plan.embedding_rows} * plan.embedding_row_bytes;
  }

  std::uint64_t regions() const {
    return std::uint64_t{2} * pim_ceil_div(m_shape.layers, m_heads.sets) * m_heads.rounds;
  }

  /// Of a cache for `context` tokens, in each bank.
  std::uint64_t cacheBytes(std::uint32_t context) const {
    const std::uint64_t blocks =
        pim_ceil_div(pim_ceil_div(context, m_options.banksPerHead), PIM_KV_BLOCK_TOKENS);
    return regions() * blocks * pim_kv_block_bytes(m_shape.headDim, m_options.kvBits);
  }

  std::uint32_t contextWithin(std::uint64_t bankBytes) const {
    if (m_bankBytes >= bankBytes) return 0;
    const std::uint64_t block = pim_kv_block_bytes(m_shape.headDim, m_options.kvBits);
    const std::uint64_t blocks = (bankBytes - m_bankBytes) / (regions() * block);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(
        blocks * PIM_KV_BLOCK_TOKENS * m_options.banksPerHead, std::numeric_limits<std::int32_t>::max()));
  }

  void chooseContext(std::uint32_t requested) {
    const Capacity& capacity = m_layout.capacity;
    if (requested == 0) {
      m_context = std::min(capacity.maxContext, capacity.scoreContext);
      if (m_shape.context != 0) m_context = std::min(m_context, m_shape.context);
      if (capacity.maxContext == 0) refuseCapacity(1);
      if (m_context == 0) refuseScores(1);
      return;
    }
    if (requested > capacity.maxContext) refuseCapacity(requested);
    if (requested > capacity.scoreContext) refuseScores(requested);
    m_context = requested;
  }

  [[noreturn]] void refuseCapacity(std::uint32_t context) const;
  [[noreturn]] void refuseScores(std::uint32_t context) const;
  std::vector<std::string> capacityRemedies(std::uint32_t context) const;

  void fillPlan();
  void placeInController();
  void placeTileBuffers(ControllerMemory& memory, pim_buffers& buffers) const;
  void countBankBytes();

  ModelShape m_shape;
  ChipShape m_chip;
  MappingOptions m_options;
  HeadMapping m_heads;
  Matrices m_matrices;
  bool m_embeddingInBanks = false;
  std::uint64_t m_embeddingBankBytes = 0;
  std::uint64_t m_bankBytes = 0;  ///< weights, in each bank
  std::uint64_t m_controllerBytesMissing = 0;
  std::uint32_t m_context = 0;
  Layout m_layout;
};

void ModelPlanner::fillPlan() {
  pim_plan& plan = m_layout.plan;
  plan.magic = PIM_PLAN_MAGIC;
  plan.version = PIM_PLAN_VERSION;
  plan.layers = m_shape.layers;
  plan.hidden = m_shape.hidden;
  plan.heads = m_shape.heads;
  plan.kv_heads = m_shape.kvHeads;
  plan.head_dim = m_shape.headDim;
  plan.mlp = m_shape.mlp;
  plan.vocab = m_shape.vocab;
  plan.context_limit = m_context;
  plan.eps32 = normEpsilon(m_shape);
  const ScoreScale scale = scoreScale(m_shape.headDim);
  plan.attention_multiplier = scale.multiplier;
  plan.attention_shift = scale.shift;
  plan.dies = m_chip.dies;
  plan.banks_per_die = m_chip.banksPerDie;
  plan.weight_bits = static_cast<std::uint8_t>(m_options.weights.weightBits);
  plan.scale_bits = static_cast<std::uint8_t>(m_options.weights.scaleBits);
  plan.zero_bits = static_cast<std::uint8_t>(m_options.weights.zeroBits);
  plan.activation_bits = static_cast<std::uint8_t>(m_options.activationBits);
  plan.kv_bits = static_cast<std::uint8_t>(m_options.kvBits);
  plan.group = m_options.weights.group;
  plan.qkv_matrices = m_options.fuseQkv ? 1 : 3;
  plan.gate_up_matrices = m_options.fuseGateUp ? 1 : 2;
  plan.banks_per_head = m_options.banksPerHead;
  plan.heads_per_round = m_heads.headsPerRound;
  plan.kv_sets = m_heads.sets;
  plan.kv_set_banks = m_heads.setBanks;
  plan.kv_region_bytes =
      pim_kv_region_bytes(pim_ceil_div(m_context, m_options.banksPerHead), m_shape.headDim, m_options.kvBits);
  plan.token_tile = m_matrices.tokenTile;
  plan.tiles_in_flight = m_options.tilesInFlight;
  plan.overlap = m_options.overlap;
  std::copy_n(m_matrices.buffers.vector, 2, plan.bram_vector);
  std::copy_n(m_matrices.buffers.result, 2, plan.bram_result);
  plan.bram_input_bytes = m_matrices.buffers.inputBytes;
  const AttentionBuffers attention = fitAttention(m_shape, m_context, plan.token_tile, m_chip, m_options);
  plan.attention_tile = attention.tokens;
  plan.bram_query = attention.query;
  plan.bram_score = attention.score;
  plan.bram_value = attention.value;
  plan.score_pitch = attention.pitch;
  const auto width = [](const pim_matrix* matrices, std::uint32_t count) {
    std::uint32_t sum = 0;
    for (std::uint32_t m = 0; m < count; ++m) sum += resultWidth(matrices[m]);
    return sum;
  };
  plan.qkv_pitch = width(m_matrices.layer.qkv, plan.qkv_matrices);
  plan.gate_up_pitch = width(m_matrices.layer.gate_up, plan.gate_up_matrices);
  plan.hidden_pitch = std::max(resultWidth(m_matrices.layer.output), resultWidth(m_matrices.layer.down));
  plan.head_pitch = resultWidth(m_matrices.head);
}

void ModelPlanner::placeTileBuffers(ControllerMemory& memory, pim_buffers& buffers) const {
  const pim_plan& plan = m_layout.plan;
  const std::uint64_t tokens = plan.token_tile;
  std::uint64_t activation = 0, partial = 0;
  const auto consider = [&](const pim_matrix& matrix, std::uint32_t vectors) {
    activation = std::max<std::uint64_t>(activation, inputBytes(matrix, vectors, m_options));
    if (matrix.column_parts > 1)
      partial = std::max(partial, std::uint64_t{matrix.slots} * vectors * matrix.rows * 8);
  };
  Matrices matrices = m_matrices;
  for (const pim_matrix* matrix : matrices.ofLayer()) consider(*matrix, plan.token_tile);
  consider(plan.head, 1);
  const std::uint64_t vectors = std::uint64_t{plan.attention_tile} * m_shape.headsPerKvHead();
  const std::uint64_t headBanks = m_options.banksPerHead > 1 ? groups() * m_options.banksPerHead : 0;
  partial = std::max(partial, headBanks * vectors * m_shape.headDim * 8);

  buffers.residual = memory.take(tokens * m_shape.hidden * 4);
  buffers.activation = memory.take(activation);
  buffers.query = memory.take(tokens * m_shape.kvHeads *
                              pim_query_record_bytes(m_shape.headsPerKvHead(), m_shape.headDim));
  buffers.kv_records =
      memory.take(tokens * 2 * m_shape.kvHeads * pim_kv_record_bytes(m_shape.headDim, m_options.kvBits));
  buffers.attention = memory.take(tokens * m_shape.queryWidth() * 4);
  buffers.result = memory.take(tokens * plan.hidden_pitch * 4);
  buffers.qkv = memory.take(tokens * plan.qkv_pitch * 4);
  buffers.gate_up = memory.take(tokens * plan.gate_up_pitch * 4);
  buffers.partial = memory.take(partial);
  buffers.scores = memory.take(headBanks * vectors * plan.score_pitch * 4);
  buffers.probabilities = memory.take(headBanks * vectors * plan.score_pitch * 2);
}

void ModelPlanner::placeInController() {
  pim_plan& plan = m_layout.plan;
  ControllerMemory memory(m_chip);
  m_layout.planAddress = memory.take(sizeof(pim_plan));
  m_layout.jobAddress = memory.take(sizeof(pim_job));
  plan.token = memory.take(sizeof(std::uint32_t));
  plan.ring_size = m_options.queueDepth;
  plan.ring = memory.take(std::uint64_t{plan.ring_size} * PIM_COMMAND_BYTES);
  m_layout.promptCapacity = m_context;
  m_layout.promptAddress = memory.take(std::uint64_t{m_context} * 4);
  plan.rope_frequencies = memory.take(std::uint64_t{m_shape.headDim} / 2 * 4);
  plan.logits = memory.take(std::uint64_t{plan.head_pitch} * 4);
  for (std::uint32_t tile = 0; tile < plan.tiles_in_flight; ++tile)
    placeTileBuffers(memory, plan.buffers[tile]);
  plan.layer_table = memory.take(m_layout.layers.size() * sizeof(pim_layer));
  const std::uint64_t gainBytes = std::uint64_t{m_shape.hidden} * 4;
  plan.final_gain = memory.take(gainBytes);
  for (pim_layer& layer : m_layout.layers) {
    layer.attention_gain = memory.take(gainBytes);
    layer.mlp_gain = memory.take(gainBytes);
  }
  if (m_embeddingInBanks) {
    plan.embedding_buffer = memory.take(std::uint64_t{plan.token_tile} * plan.embedding_row_bytes);
  } else {
    m_layout.capacity.controllerEmbedding = std::uint64_t{m_shape.vocab} * plan.embedding_row_bytes;
    plan.embedding = memory.take(m_layout.capacity.controllerEmbedding);
  }
  m_layout.capacity.controllerTotal = memory.total();
  m_layout.capacity.controllerUsed = memory.used();
  m_controllerBytesMissing = memory.missing();
}

void ModelPlanner::countBankBytes() {
  BankCapacity& banks = m_layout.capacity.banks;
  const std::uint64_t slots = m_chip.slots(), weights = m_shape.matrixWeights();
  const WeightFormat& format = m_options.weights;
  const std::uint64_t cache = cacheBytes(m_context);
  const std::uint64_t regions = std::uint64_t{2} * m_shape.layers * m_shape.kvHeads * m_options.banksPerHead;
  banks.total = slots * m_chip.bmemBytes;
  banks.weightCodes = weights * format.weightBits / 8;
  banks.weightScales = weights / format.group * (format.scaleBits + format.zeroBits) / 8;
  banks.embedding = m_embeddingInBanks ? slots * m_embeddingBankBytes : 0;
  banks.kvCache = regions * m_layout.plan.kv_region_bytes;
  banks.free = slots * (m_chip.bmemBytes - m_bankBytes - cache);
  banks.padding =
      banks.total - banks.weightCodes - banks.weightScales - banks.embedding - banks.kvCache - banks.free;
  const std::uint64_t tokenBits = std::uint64_t{2} * m_shape.layers * m_shape.kvWidth() * m_options.kvBits;
  m_layout.capacity.idealContext =
      banks.total > banks.weightCodes ? (banks.total - banks.weightCodes) * 8 / tokenBits : 0;
}

/// Settings, each of which alone would make room.
std::vector<std::string> ModelPlanner::capacityRemedies(std::uint32_t context) const {
  std::vector<std::string> remedies;
  const auto fits = [&](const ChipShape& chip, const MappingOptions& options) {
    return chip.slots() <= std::numeric_limits<std::uint16_t>::max() &&
           ModelPlanner(m_shape, chip, options).bankBytesMissing(context, m_embeddingInBanks) == 0;
  };
  ChipShape chip = m_chip;
  for (chip.dies = 1; chip.dies < 1024; chip.dies *= 2) {
    if (chip.dies <= m_chip.dies || !fits(chip, m_options)) continue;
    remedies.push_back(fmt::format("chip.dies={}", chip.dies));
    break;
  }
  chip = m_chip;
  for (chip.bmemBytes = 1u << 20; chip.bmemBytes <= std::uint64_t{2048} << 20; chip.bmemBytes *= 2) {
    if (chip.bmemBytes <= m_chip.bmemBytes || !fits(chip, m_options)) continue;
    remedies.push_back(fmt::format("bank.bmem_mib={}", chip.bmemBytes >> 20));
    break;
  }
  for (const std::uint32_t bits : {8u, 4u}) {
    MappingOptions options = m_options;
    options.kvBits = bits;
    if (bits >= m_options.kvBits || m_shape.headDim * bits % 8 != 0 || !fits(m_chip, options)) continue;
    remedies.push_back(fmt::format("kv.bits={}", bits));
    break;
  }
  if (m_layout.capacity.maxContext > 0)
    remedies.push_back(fmt::format("a context of at most {} tokens", m_layout.capacity.maxContext));
  return remedies;
}

void ModelPlanner::refuseCapacity(std::uint32_t context) const {
  const std::uint64_t slots = m_chip.slots(), cache = cacheBytes(context);
  std::string remedies;
  for (const std::string& remedy : capacityRemedies(context))
    remedies += (remedies.empty() ? "" : " or ") + remedy;
  throw UserError(
      fmt::format("{} does not fit with a context of {} tokens: the banks are short of {} bytes (weights {}, "
                  "KV cache {}, banks {}); "
                  "{}",
                  m_shape.name, context, slots * (m_bankBytes + cache - m_chip.bmemBytes),
                  slots * m_bankBytes, slots * cache, slots * m_chip.bmemBytes,
                  remedies.empty() ? "no single setting makes room" : remedies + " would do"));
}

void ModelPlanner::refuseScores(std::uint32_t context) const {
  std::string remedies;
  MappingOptions options = m_options;
  for (options.banksPerHead = m_options.banksPerHead + 1; options.banksPerHead <= m_chip.banksPerDie;
       ++options.banksPerHead) {
    if (m_chip.banksPerDie % options.banksPerHead != 0 ||
        longestAttention(m_shape, m_chip, options) < context)
      continue;
    remedies = fmt::format("mapping.banks_per_head={} or ", options.banksPerHead);
    break;
  }
  ChipShape chip = m_chip;
  while (chip.bramBytes < (1u << 30) && longestAttention(m_shape, chip, m_options) < context)
    chip.bramBytes *= 2;
  remedies += fmt::format("bank.bram_kib={}", chip.bramBytes >> 10);
  if (m_layout.capacity.scoreContext > 0)
    remedies += fmt::format(" or a context of at most {} tokens", m_layout.capacity.scoreContext);
  throw UserError(fmt::format(
      "{}: the scores of one token at a context of {} tokens need {} bytes of a bank's BRAM and "
      "bank.bram_kib={} has room for {}; {} would do",
      m_shape.name, context,
      std::uint64_t{m_shape.headsPerKvHead()} * 4 * pim_ceil_div(context, m_options.banksPerHead),
      m_chip.bramBytes >> 10,
      std::uint64_t{m_shape.headsPerKvHead()} * 4 * (m_layout.capacity.scoreContext / m_options.banksPerHead),
      remedies));
}

}  // namespace

Layout planModel(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                 std::uint32_t context) {
  checkOptions(chip, options);
  checkShape(shape, options);
  ModelPlanner planner(shape, chip, options);
  if (options.embedding != EmbeddingPlacement::kAuto)
    return planner.plan(context, options.embedding == EmbeddingPlacement::kBanks);
  if (auto layout = planner.tryPlan(context, false)) return *layout;
  return planner.plan(context, true);
}

Layout planMatrix(std::uint32_t rows, std::uint32_t k, std::uint32_t batch, const ChipShape& chip,
                  const MappingOptions& options) {
  checkOptions(chip, options);
  if (rows == 0 || k == 0 || batch == 0) throw UserError("gemv: rows, cols and batch must be at least 1");
  Layout layout;
  pim_plan& plan = layout.plan;
  plan.head = dealOut(rows, k, chip.slots(), options);
  std::optional<MatrixBuffers> buffers;
  for (plan.token_tile = std::min(batch, options.tokenTile); plan.token_tile > 0; --plan.token_tile)
    if ((buffers = fitMatrixBuffers({{&plan.head, plan.token_tile}}, 0, chip, options))) break;
  if (!buffers) {
    throw UserError(fmt::format("bank.bram_kib={}: too small for a vector of one group and a result",
                                chip.bramBytes >> 10));
  }
  const std::uint64_t bytes = sliceBytes(plan.head, options.weights);
  if (bytes > chip.bmemBytes) {
    throw UserError(
        fmt::format("the matrix does not fit: each bank is short of {} bytes; more chip.dies or a larger "
                    "bank.bmem_mib would do",
                    bytes - chip.bmemBytes));
  }
  plan.magic = PIM_PLAN_MAGIC;
  plan.version = PIM_PLAN_VERSION;
  plan.hidden = k;
  plan.vocab = rows;
  plan.dies = chip.dies;
  plan.banks_per_die = chip.banksPerDie;
  plan.weight_bits = static_cast<std::uint8_t>(options.weights.weightBits);
  plan.scale_bits = static_cast<std::uint8_t>(options.weights.scaleBits);
  plan.zero_bits = static_cast<std::uint8_t>(options.weights.zeroBits);
  plan.activation_bits = static_cast<std::uint8_t>(options.activationBits);
  plan.kv_bits = static_cast<std::uint8_t>(options.kvBits);
  plan.group = options.weights.group;
  plan.banks_per_head = options.banksPerHead;
  plan.tiles_in_flight = options.tilesInFlight;
  plan.overlap = options.overlap;
  std::copy_n(buffers->vector, 2, plan.bram_vector);
  std::copy_n(buffers->result, 2, plan.bram_result);
  plan.bram_input_bytes = buffers->inputBytes;
  plan.head_pitch = resultWidth(plan.head);

  ControllerMemory memory(chip);
  layout.planAddress = memory.take(sizeof(pim_plan));
  layout.jobAddress = memory.take(sizeof(pim_job));
  plan.ring_size = options.queueDepth;
  plan.ring = memory.take(std::uint64_t{plan.ring_size} * PIM_COMMAND_BYTES);
  plan.buffers[0].residual = memory.take(std::uint64_t{batch} * k * 4);
  for (std::uint32_t tile = 0; tile < plan.tiles_in_flight; ++tile) {
    plan.buffers[tile].activation = memory.take(inputBytes(plan.head, plan.token_tile, options));
    if (plan.head.column_parts > 1) {
      plan.buffers[tile].partial =
          memory.take(std::uint64_t{plan.head.slots} * plan.token_tile * plan.head.rows * 8);
    }
  }
  plan.logits = memory.take(std::uint64_t{batch} * plan.head_pitch * 4);
  if (memory.missing() != 0)
    throw UserError(fmt::format("gemv: the Controller's memory is short of {} bytes", memory.missing()));
  return layout;
}

}  // namespace pim::host
