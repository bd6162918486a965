#include "sw/host/layout/planner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "core/arith/attention.h"
#include "core/base/chip_limits.h"
#include "core/base/error.h"
#include "sw/host/layout/bank_layout.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/capacity_refusal.h"
#include "sw/host/layout/controller_memory.h"
#include "sw/host/layout/mapping_checks.h"
#include "sw/host/layout/matrix_layout.h"
#include "sw/host/layout/plan_fields.h"
#include "sw/host/layout/program_size.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host {
namespace {

/// Returns the options with the largest token tile, up to the configured one, for which the banks have room
/// for `context` tokens. A larger tile makes K tiles shorter, and short K tiles need more padding.
MappingOptions withTileThatFits(const ModelShape& shape, const ChipShape& chip, MappingOptions options,
                                bool embeddingInBanks, std::uint32_t context) {
  for (;;) {
    const BankLayout banks(shape, chip, options, embeddingInBanks);
    options.tokenTile = banks.matrices().tokenTile();
    if (options.tokenTile == 1 || banks.missing(context) == 0) return options;
    options.tokenTile /= 2;
  }
}

/// Plans with the embedding in the Controller, or with the embedding in the banks.
class ModelPlanner {
 public:
  ModelPlanner(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
               bool embeddingInBanks, std::uint32_t requestedContext, const CanPlan& canPlan)
      : m_shape(shape),
        m_chip(chip),
        m_options(withTileThatFits(shape, chip, options, embeddingInBanks, std::max(requestedContext, 1u))),
        m_embeddingInBanks(embeddingInBanks),
        m_requested(requestedContext),
        m_canPlan([&canPlan, tile = options.tokenTile](const ChipShape& other, MappingOptions otherwise,
                                                       std::uint32_t context) {
          otherwise.tokenTile = tile;  // as configured, not as reduced here
          return canPlan(other, otherwise, context);
        }),
        m_banks(shape, chip, m_options, embeddingInBanks) {}

  /// Throws a UserError if the banks have no room.
  const Layout& plan() {
    MappingOptions roomiest = m_options;
    roomiest.tokenTile = 1;
    m_layout.capacity.maxContext = BankLayout(m_shape, m_chip, roomiest, m_embeddingInBanks).maxContext();
    m_layout.capacity.scoreContext = longestAttention(m_shape, m_chip, m_options);
    chooseContext();
    fillPlan();
    placeInController();
    countBankBytes();
    return m_layout;
  }

  bool fitsController() const { return m_cmemBytesMissing + m_externalBytesMissing == 0; }
  [[noreturn]] void refuseController() const;

 private:
  void chooseContext();
  void fillPlan();
  void placeInController();
  /// Places buffers for `tokens` tokens at once; their names begin with `whose`.
  void placeBuffers(ControllerMemory& memory, std::uint32_t tokens, const std::string& whose,
                    pim_buffers& buffers) const;
  void placeProgram(ControllerMemory& memory);
  std::vector<std::uint32_t> maskTable();
  void countBankBytes();
  void countWeights(BankCapacity& banks) const;
  std::uint64_t embeddingTableBytes() const;

  ModelShape m_shape;
  ChipShape m_chip;
  MappingOptions m_options;
  bool m_embeddingInBanks;
  std::uint32_t m_requested;
  CanPlan m_canPlan;
  BankLayout m_banks;
  std::uint64_t m_cmemBytesMissing = 0;
  std::uint64_t m_externalBytesMissing = 0;
  std::uint32_t m_context = 0;
  Layout m_layout;
};

void ModelPlanner::chooseContext() {
  const Capacity& capacity = m_layout.capacity;
  m_context = m_requested;
  if (m_requested == 0) {
    m_context = std::min(m_banks.maxContext(), capacity.scoreContext);
    if (m_shape.context != 0) m_context = std::min(m_context, m_shape.context);
  }
  const std::uint32_t needed = std::max(m_context, 1u);
  if (needed > capacity.maxContext)
    refuseCapacity(m_shape, m_chip, m_options, m_embeddingInBanks, needed, m_canPlan);
  if (needed > capacity.scoreContext) refuseScores(m_shape, m_chip, m_options, needed, m_canPlan);
}

void ModelPlanner::fillPlan() {
  pim_plan& plan = m_layout.plan;
  m_banks.fill(plan, m_layout.layers);
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
  setOptions(plan, m_chip, m_options);
  plan.kv_region_bytes =
      pim_kv_region_bytes(pim_ceil_div(m_context, m_options.banksPerHead), m_shape.headDim, m_options.kvBits);
  plan.token_tile = m_banks.matrices().tokenTile();
  setMatrixBuffers(plan, m_banks.matrices().buffers());
  const AttentionBuffers attention = fitAttention(m_shape, m_context, plan.token_tile, m_chip, m_options);
  plan.attention_tile = attention.tokens;
  plan.bram_query = attention.query;
  plan.bram_score = attention.score;
  plan.bram_value = attention.value;
  plan.score_pitch = attention.pitch;
  const pim_layer& layer = m_banks.matrices().layer();
  const auto width = [](const pim_matrix* matrices, std::uint32_t count) {
    std::uint32_t sum = 0;
    for (std::uint32_t m = 0; m < count; ++m) sum += resultWidth(matrices[m]);
    return sum;
  };
  plan.qkv_pitch = width(layer.qkv, plan.qkv_matrices);
  plan.gate_up_pitch = width(layer.gate_up, plan.gate_up_matrices);
  plan.hidden_pitch = std::max(resultWidth(layer.output), resultWidth(layer.down));
  plan.head_pitch = resultWidth(plan.head);
}

void ModelPlanner::placeBuffers(ControllerMemory& memory, std::uint32_t tokens, const std::string& whose,
                                pim_buffers& buffers) const {
  const pim_plan& plan = m_layout.plan;
  std::uint64_t activation = 0, partial = 0;
  const auto consider = [&](const pim_matrix& matrix, std::uint32_t vectors) {
    activation = std::max<std::uint64_t>(activation, inputBytes(matrix, vectors, m_options));
    if (matrix.column_parts > 1)
      partial = std::max(partial, std::uint64_t{matrix.slots} * vectors * matrix.rows * 8);
  };
  pim_layer layer = m_banks.matrices().layer();
  for (const pim_matrix* matrix : ModelMatrices::of(layer)) consider(*matrix, tokens);
  consider(plan.head, 1);
  const std::uint64_t vectors =
      std::uint64_t{std::min(plan.attention_tile, tokens)} * m_shape.headsPerKvHead();
  const std::uint64_t headBanks =
      m_options.banksPerHead > 1 ? std::min(plan.heads_per_round, m_shape.kvHeads) * m_options.banksPerHead
                                 : 0;
  partial = std::max(partial, headBanks * vectors * m_shape.headDim * 8);

  const std::uint64_t n = tokens;
  const auto take = [&](const char* name, std::uint64_t bytes) {
    return memory.takeActivations((whose + name).c_str(), bytes);
  };
  buffers.residual = take("residual", n * m_shape.hidden * 4);
  buffers.activation = take("activation", activation);
  buffers.query =
      take("query", n * m_shape.kvHeads * pim_query_record_bytes(m_shape.headsPerKvHead(), m_shape.headDim));
  buffers.kv_records =
      take("kv_records", n * 2 * m_shape.kvHeads * pim_kv_record_bytes(m_shape.headDim, m_options.kvBits));
  buffers.attention = take("attention", n * m_shape.queryWidth() * 4);
  buffers.result = take("result", n * plan.hidden_pitch * 4);
  buffers.qkv = take("qkv", n * plan.qkv_pitch * 4);
  buffers.gate_up = take("gate_up", n * plan.gate_up_pitch * 4);
  buffers.partial = take("partial", partial);
  buffers.scores = take("scores", headBanks * vectors * plan.score_pitch * 4);
  buffers.probabilities = take("probabilities", headBanks * vectors * plan.score_pitch * 2);
}

/// Places the buffers. CRAM is given in this order, by traffic per byte: buffers that every command uses;
/// buffers of a decode token, used several times per layer; the same for the tiles of a prefill, which are
/// larger; and last, data that a token reads once.
void ModelPlanner::placeInController() {
  pim_plan& plan = m_layout.plan;
  ControllerMemory memory(m_chip, m_options.activations);
  m_layout.planAddress = memory.take("plan", sizeof(pim_plan));
  m_layout.jobAddress = memory.take("job", sizeof(pim_job));
  plan.token = memory.take("token", sizeof(std::uint32_t));
  plan.ring_size = m_options.queueDepth;
  plan.ring = memory.take("ring", std::uint64_t{plan.ring_size} * PIM_COMMAND_BYTES);
  plan.rope_frequencies = memory.take("rope_frequencies", std::uint64_t{m_shape.headDim} / 2 * 4);
  placeBuffers(memory, 1, "decode.", plan.decode_buffers);
  for (std::uint32_t tile = 0; tile < plan.tiles_in_flight; ++tile)
    placeBuffers(memory, plan.token_tile, fmt::format("tile{}.", tile), plan.buffers[tile]);
  if (m_embeddingInBanks) {
    plan.embedding_buffer =
        memory.take("embedding_rows", std::uint64_t{plan.token_tile} * plan.embedding_row_bytes);
  }
  m_layout.promptCapacity = m_context;
  m_layout.promptAddress = memory.take("prompt", std::uint64_t{m_context} * 4);
  m_layout.maskTable = maskTable();
  plan.layer_table = memory.take("layer_table", m_layout.layers.size() * sizeof(pim_layer) +
                                                    m_layout.maskTable.size() * sizeof(std::uint32_t));
  const std::uint64_t gainBytes = std::uint64_t{m_shape.hidden} * 4;
  plan.final_gain = memory.take("final_gain", gainBytes);
  plan.logits = memory.takeActivations("logits", std::uint64_t{plan.head_pitch} * 4);
  for (pim_layer& layer : m_layout.layers) {
    layer.attention_gain = memory.take("attention_gain", gainBytes);
    layer.mlp_gain = memory.take("mlp_gain", gainBytes);
  }
  if (m_options.cachedProgram) placeProgram(memory);
  if (!m_embeddingInBanks) {
    m_layout.capacity.controllerEmbedding = std::uint64_t{m_shape.vocab} * plan.embedding_row_bytes;
    plan.embedding = memory.take("embedding", m_layout.capacity.controllerEmbedding);
  }
  m_layout.controllerMemory = memory.placements();
  m_layout.capacity.controllerTotal = memory.total();
  m_layout.capacity.controllerUsed = memory.used();
  m_cmemBytesMissing = memory.missingIn(ControllerMemoryKind::kCmem);
  m_externalBytesMissing = memory.missingIn(ControllerMemoryKind::kExternal);
}

void ModelPlanner::placeProgram(ControllerMemory& memory) {
  pim_plan& plan = m_layout.plan;
  const ProgramSize size = programSize(plan, m_layout.layers, m_options, m_embeddingInBanks);
  if (size.commands > PIM_MAX_UNDER_WAY) {
    throw UserError(
        fmt::format("schedule.program=cached: a decode step of {} has {} commands, a program at most {}",
                    m_shape.name, size.commands, unsigned{PIM_MAX_UNDER_WAY}));
  }
  plan.program = memory.take("program", size.commandBytes());
  plan.program_notes = memory.take("program_notes", size.noteBytes());
}

/// Of the rows that the context has; a longer context than a mask can have is refused.
std::vector<std::uint32_t> ModelPlanner::maskTable() {
  if (m_options.mask.isNone()) return {};
  const std::uint32_t rows = pim_ceil_div(m_context, PIM_MASK_TOKENS);
  if (rows > BlockMask::kMostRows) {
    throw UserError(fmt::format("attention.mask: a context of {} tokens, masks are for at most {}", m_context,
                                BlockMask::kMostRows * PIM_MASK_TOKENS));
  }
  m_layout.plan.mask_rows = static_cast<std::uint8_t>(rows);
  m_layout.plan.mask_phases = static_cast<std::uint8_t>(m_options.mask.phase());
  return m_options.mask.table(m_shape.layers, rows);
}

void ModelPlanner::refuseController() const {
  std::vector<std::string> remedies;
  MappingOptions inBanks = m_options;
  inBanks.embedding = EmbeddingPlacement::kBanks;
  if (!m_embeddingInBanks && m_canPlan(m_chip, inBanks, m_context))
    remedies.push_back("mapping.embedding=banks");
  // Tries the smallest sizes that are sufficient, as far as the keys and the bus allow them.
  ChipShape larger = m_chip;
  std::vector<std::string> sizes;
  const auto enlarge = [&](const char* key, std::uint64_t& bytes, std::uint64_t base, std::uint64_t missing) {
    if (missing == 0) return true;
    const std::uint64_t mib = (bytes + missing + (1u << 20) - 1) >> 20;
    bytes = mib << 20;
    sizes.push_back(fmt::format("{}={}", key, mib));
    return bytes <= kMostCmemBytes && base + bytes <= std::uint64_t{1} << 32;
  };
  const bool cmem = enlarge("controller.cmem_mib", larger.cmemBytes, m_chip.cmemBase, m_cmemBytesMissing);
  const bool external =
      enlarge("controller.external_mib", larger.externalBytes, m_chip.externalBase, m_externalBytesMissing);
  if (cmem && external && m_canPlan(larger, m_options, m_context))
    remedies.push_back(fmt::to_string(fmt::join(sizes, " with ")));
  remedies.push_back("a smaller mapping.token_tile or context");
  throw UserError(fmt::format("{}: the Controller's memory is short of {} bytes; {} would do", m_shape.name,
                              m_cmemBytesMissing + m_externalBytesMissing, fmt::join(remedies, " or ")));
}

void ModelPlanner::countBankBytes() {
  BankCapacity& banks = m_layout.capacity.banks;
  const std::uint64_t slots = m_chip.slots();
  const std::uint64_t cache = m_banks.cacheBytes(m_context);
  const std::uint64_t regions = std::uint64_t{2} * m_shape.layers * m_shape.kvHeads * m_options.banksPerHead;
  m_layout.capacity.context = m_context;
  banks.total = slots * m_chip.bmemBytes;
  countWeights(banks);
  banks.embedding = slots * m_banks.embeddingBytes();
  banks.kvCache = regions * m_layout.plan.kv_region_bytes;
  banks.free = slots * (m_chip.bmemBytes - m_banks.weightBytes() - cache);
  const std::uint64_t matrices = banks.weightCodes + banks.weightScales + banks.weightZeros;
  banks.padding = banks.total - matrices - banks.embedding - banks.kvCache - banks.free;
  m_layout.capacity.model = matrices + embeddingTableBytes();
  const std::uint64_t tokenBits = std::uint64_t{2} * m_shape.layers * m_shape.kvWidth() * m_options.kvBits;
  m_layout.capacity.idealContext = banks.total > banks.weightCodes ? (banks.total - banks.weightCodes) * 8 /
                                                                         std::max<std::uint64_t>(tokenBits, 1)
                                                                   : 0;
}

void ModelPlanner::countWeights(BankCapacity& banks) const {
  std::uint64_t codeBits = 0, groups = 0, zeroBits = 0;
  const auto count = [&](MatrixKind kind, std::uint32_t layer, std::uint32_t rows, std::uint32_t k) {
    const WeightFormat format = m_options.weights.of(kind, layer);
    const std::uint64_t weights = std::uint64_t{rows} * k;
    codeBits += weightCodeBits(weights, format);
    groups += weights / format.group;
    zeroBits += weights / format.group * format.zeroBits;
  };
  for (std::uint32_t layer = 0; layer < m_shape.layers; ++layer) {
    count(MatrixKind::Query, layer, m_shape.queryWidth(), m_shape.hidden);
    count(MatrixKind::Key, layer, m_shape.kvWidth(), m_shape.hidden);
    count(MatrixKind::Value, layer, m_shape.kvWidth(), m_shape.hidden);
    count(MatrixKind::Output, layer, m_shape.hidden, m_shape.queryWidth());
    count(MatrixKind::Gate, layer, m_shape.mlp, m_shape.hidden);
    count(MatrixKind::Up, layer, m_shape.mlp, m_shape.hidden);
    count(MatrixKind::Down, layer, m_shape.hidden, m_shape.mlp);
  }
  count(MatrixKind::Head, 0, m_shape.vocab, m_shape.hidden);
  banks.weightCodes = codeBits / 8;
  banks.weightScales = groups * m_options.weights.scaleBits() / 8;
  banks.weightZeros = zeroBits / 8;
}

std::uint64_t ModelPlanner::embeddingTableBytes() const {
  const WeightFormat format = m_options.weights.of(MatrixKind::Embedding);
  if (m_shape.tiedEmbeddings && format == m_options.weights.of(MatrixKind::Head)) return 0;
  const std::uint64_t elements = std::uint64_t{m_shape.vocab} * m_shape.hidden;
  return (elements * format.weightBits + elements / format.group * (format.scaleBits + format.zeroBits)) / 8;
}

Layout planWhole(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                 std::uint32_t context, const CanPlan& canPlan) {
  checkOptions(chip, options);
  checkShape(shape, options);
  if (!ModelMatrices::fit(shape, chip, options)) refuseVectors(shape, chip, options, context, canPlan);
  if (options.embedding != EmbeddingPlacement::kBanks) {
    ModelPlanner planner(shape, chip, options, false, context, canPlan);
    const Layout& layout = planner.plan();
    if (planner.fitsController()) return layout;
    if (options.embedding == EmbeddingPlacement::kController) planner.refuseController();
  }
  ModelPlanner planner(shape, chip, options, true, context, canPlan);
  const Layout& layout = planner.plan();
  if (!planner.fitsController()) planner.refuseController();
  return layout;
}

}  // namespace

Layout planModel(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                 std::uint32_t context) {
  const CanPlan neither = [](const ChipShape&, const MappingOptions&, std::uint32_t) { return false; };
  return planWhole(shape, chip, options, context,
                   [&](const ChipShape& other, const MappingOptions& otherwise, std::uint32_t tokens) {
                     try {
                       planWhole(shape, other, otherwise, tokens, neither);
                       return true;
                     } catch (const UserError&) {
                       return false;
                     }
                   });
}

}  // namespace pim::host
