#include "sim/analysis/closed_form_chip.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "abi/pim_layout.h"
#include "core/operations/bank_cost.h"
#include "platform/assembly/chip_parameters.h"
#include "sim/run/mapping.h"

namespace pim::sim {
namespace {

constexpr double kColumnBytes = static_cast<double>(PIM_COLUMN_BYTES);
constexpr std::uint32_t kQ16Bytes = 4;  // results, residual, gains
constexpr std::uint32_t kSumBytes = 8;  // exact partial sums
constexpr std::uint32_t kScoreBytes = 4;
constexpr std::uint32_t kProbabilityBytes = 2;
constexpr std::uint32_t kWordBytes = 4;  // ids, rotary frequencies

void add(Part& part, double bytes, double seconds) {
  part.bytes += bytes;
  part.seconds += seconds;
}

class ChipForm {
 public:
  ChipForm(const ModelShape& shape, const platform::Config& config, const LayoutChoices& choices,
           std::uint32_t context)
      : m_shape(shape),
        m_config(config),
        m_choices(choices),
        m_rates(peakRates(config)),
        m_formats(mappingOptions(config).weights),
        m_mask(mappingOptions(config).mask),
        m_context(context) {}

  DecodeCost decode() {
    embedding();
    for (m_layer = 0; m_layer < m_shape.layers; ++m_layer) {
      normalise(m_choices.qkvTile);
      queryKeyValue();
      cache();
      attention();
      quantise(m_shape.queryWidth(), m_shape.queryWidth(), m_choices.outputTile);
      matrix(MatrixKind::Output, m_shape.hidden, m_shape.queryWidth(), m_choices.outputTile);
      residual();
      normalise(m_choices.gateUpTile);
      gateUp();
      quantise(2.0 * m_shape.mlp, m_shape.mlp, m_choices.downTile);
      matrix(MatrixKind::Down, m_shape.hidden, m_shape.mlp, m_choices.downTile);
      residual();
    }
    normalise(m_choices.headTile);
    matrix(MatrixKind::Head, m_shape.vocab, m_shape.hidden, m_choices.headTile);
    controller(m_cost.controllerWeights, m_shape.vocab * kQ16Bytes + kWordBytes);  // argmax
    return m_cost;
  }

 private:
  // ---- rates
  // ----------------------------------------------------------------------------------------------------

  /// Returns the time of a column for `vectors` vectors: DRAM or the multipliers, in whole cycles.
  double columnSeconds(std::uint32_t vectors) const {
    const double cycle = m_config.dram.tCkNs;
    const double products = static_cast<double>(BankCompute::kProductsPerColumn) * vectors;
    const double macs = products / m_config.bank.macLanes * m_config.bank.macClockNs;
    return std::max(std::ceil(m_config.dram.tCcdNs / cycle), std::ceil(macs / cycle - 1e-9)) * cycle * 1e-9;
  }

  /// Returns the time of a column of weights for one vector: DRAM, the multipliers, or BRAM's port. The port
  /// delivers activations for a dense column one by one, for a sparse column in whole lines.
  double columnSeconds(const WeightFormat& format) const {
    const double cycle = m_config.dram.tCkNs, beat = m_config.bank.macClockNs;
    const ColumnShape shape = columnShape(format);
    const double columns = shape.bits / (8.0 * kColumnBytes);
    const double macs = shape.codes * shape.passes / columns / m_config.bank.macLanes;
    const double port = platform::operandPortBits(m_config.bank);
    double lines = shape.positions / columns * m_config.activation.bits / port;
    if (format.isSparse()) lines = std::ceil(lines);
    const double cycles = std::ceil(std::max(macs, lines) * beat / cycle - 1e-9);
    return std::max(std::ceil(m_config.dram.tCcdNs / cycle), cycles) * cycle * 1e-9;
  }

  void controller(Part& part, double bytes) { add(part, bytes, bytes / m_rates.controller); }
  /// Adds a message of `bytes` over all links, `perLink` on the busiest, of which `moved` pass the port of
  /// Controller memory. If the port takes longer than the links, the difference is charged to the Controller.
  void link(Part& part, Part& memory, double bytes, double perLink, double moved) {
    const double seconds = perLink / m_rates.link;
    add(part, bytes, seconds);
    memory.seconds += std::max(moved / m_rates.controller - seconds, 0.0);
  }
  void linkWeights(Part& part, double bytes, double perLink, double moved) {
    link(part, m_cost.controllerWeights, bytes, perLink, moved);
  }
  void linkKv(Part& part, double bytes, double perLink, double moved) {
    link(part, m_cost.controllerKv, bytes, perLink, moved);
  }

  // ---- matrices
  // -------------------------------------------------------------------------------------------------

  std::uint32_t parts() const { return m_config.columnParts(); }
  std::uint32_t group() const { return m_config.weights.group; }
  std::uint32_t partElements(std::uint32_t k) const { return pim_ceil_div(k / group(), parts()) * group(); }

  /// Returns the bytes of the activation records for one column part of an input of k elements.
  std::uint32_t recordBytes(std::uint32_t k, std::uint32_t tile) const {
    const std::uint32_t elements = partElements(k), full = elements / tile, rest = elements % tile;
    const auto record = [&](std::uint32_t n) {
      return pim_activation_record_bytes(n, group(), m_config.activation.bits);
    };
    return full * record(tile) + (rest != 0 ? record(rest) : 0);
  }

  void matrix(MatrixKind kind, std::uint32_t rows, std::uint32_t k, std::uint32_t tile) {
    const std::uint32_t rowsPerBank = pim_ceil_div(rows, m_rates.banks / parts());
    const std::uint32_t banks = pim_ceil_div(rows, rowsPerBank) * parts();
    const std::uint32_t banksOfDie = pim_ceil_div(banks, m_rates.dies);
    const WeightFormat format = m_formats.of(kind, m_layer);

    const double slice =
        pim_weight_slice_bytes(rowsPerBank, partElements(k), tile, format.group, format.weightBits,
                               format.scaleBits, format.zeroBits, format.sparsity);
    add(m_cost.bankWeights, slice * banks, slice / kColumnBytes * columnSeconds(format));

    // The banks of a die need every gcd-th column part.
    const std::uint32_t slices = std::min(parts() / std::gcd(parts(), m_rates.dies), banksOfDie);
    const double input = static_cast<double>(slices) * recordBytes(k, tile);
    const double read =
        static_cast<double>(parts()) * recordBytes(k, tile);  // each slice once, for all its banks
    linkWeights(m_cost.linkInWeights, input * std::min(m_rates.dies, banks), input, read);

    const double result = static_cast<double>(rowsPerBank) * (parts() > 1 ? kSumBytes : kQ16Bytes);
    linkWeights(m_cost.linkOutWeights, result * banks, result * banksOfDie, result * banks);
    m_cost.messagesWeights += 2;

    if (parts() > 1) {  // partial sums and the input's base exponent come in, rounded results leave
      const double sums = result * banks;
      controller(m_cost.controllerWeights, sums + sums / parts() / kSumBytes * kQ16Bytes + 1);
    }
  }

  void queryKeyValue() {
    const std::uint32_t q = m_shape.queryWidth(), kv = m_shape.kvWidth();
    if (m_config.mapping.fuseQkv)
      return matrix(MatrixKind::Query, q + 2 * kv, m_shape.hidden, m_choices.qkvTile);
    matrix(MatrixKind::Query, q, m_shape.hidden, m_choices.qkvTile);
    matrix(MatrixKind::Key, kv, m_shape.hidden, m_choices.qkvTile);
    matrix(MatrixKind::Value, kv, m_shape.hidden, m_choices.qkvTile);
  }

  void gateUp() {
    if (m_config.mapping.fuseGateUp)
      return matrix(MatrixKind::Gate, 2 * m_shape.mlp, m_shape.hidden, m_choices.gateUpTile);
    for (const MatrixKind kind : {MatrixKind::Gate, MatrixKind::Up})
      matrix(kind, m_shape.mlp, m_shape.hidden, m_choices.gateUpTile);
  }

  // ---- the Controller between them
  // ------------------------------------------------------------------------------

  void embedding() {
    const double row = weightRowBytes(m_shape.hidden, m_formats.of(MatrixKind::Embedding));
    controller(m_cost.controllerWeights,
               row + m_shape.hidden * kQ16Bytes + (m_choices.embeddingInBanks ? 0 : kWordBytes));
    if (!m_choices.embeddingInBanks) return;
    linkWeights(m_cost.linkOutWeights, row, row, row);
    add(m_cost.bankWeights, row, 0);  // included in the time of the message
    m_cost.messagesWeights += 1;
  }

  /// Adds the quantisation of `read` Q16 elements to the activation records of an input of k.
  void quantise(double read, std::uint32_t k, std::uint32_t tile) {
    controller(m_cost.controllerWeights,
               read * kQ16Bytes + static_cast<double>(parts()) * recordBytes(k, tile));
  }
  void normalise(std::uint32_t tile) {
    quantise(2.0 * m_shape.hidden, m_shape.hidden, tile);
  }  // input and gains
  /// Adds a matrix's result to the residual. A norm in the same command does not read the sum again.
  void residual() {
    const bool fused = m_config.alu.fuse == platform::AluFusion::kResidualNorm;
    controller(m_cost.controllerWeights, (fused ? 2.0 : 3.0) * m_shape.hidden * kQ16Bytes);
  }

  // ---- attention
  // ------------------------------------------------------------------------------------------------

  std::uint32_t banksPerHead() const { return m_config.mapping.banksPerHead; }
  std::uint32_t queryRecord() const {
    return pim_query_record_bytes(m_shape.headsPerKvHead(), m_shape.headDim);
  }
  std::uint32_t kvRecord() const { return pim_kv_record_bytes(m_shape.headDim, m_config.kv.bits); }

  /// Calls visit(heads, heads of the busiest die) for each round of KV heads that the chip processes
  /// together.
  template <typename Visit>
  void forEachRound(Visit visit) const {
    const std::uint32_t most = m_rates.dies * (m_config.chip.banksPerDie / banksPerHead());
    for (std::uint32_t first = 0; first < m_shape.kvHeads; first += most) {
      const std::uint32_t heads = std::min(most, m_shape.kvHeads - first);
      visit(heads, pim_ceil_div(heads, m_rates.dies));
    }
  }

  /// Returns the columns of K or V for `tokens` tokens, from a block of the cache on.
  std::uint32_t columnsOf(std::uint32_t tokens) const {
    const std::uint32_t rest = tokens % PIM_KV_BLOCK_TOKENS;
    const std::uint32_t block = pim_kv_block_bytes(m_shape.headDim, m_config.kv.bits) / PIM_COLUMN_BYTES;
    const std::uint32_t codes = pim_ceil_div(rest * m_shape.headDim * m_config.kv.bits / 8, PIM_COLUMN_BYTES);
    return tokens / PIM_KV_BLOCK_TOKENS * block + (rest != 0 ? 1 + codes : 0);
  }

  bool isMasked() const { return !m_mask.isNone() && m_mask.phase() != host::BlockMask::Phase::Prefill; }

  /// Calls visit(tokens) for each block of cached tokens that the mask shows to the new token.
  template <typename Visit>
  void forEachSeenBlock(Visit visit) const {
    const std::uint32_t row = (m_context - 1) / PIM_MASK_TOKENS;
    for (std::uint32_t column = 0; column <= row; ++column) {
      if (m_mask.keeps(m_layer, row, column))
        visit(std::min<std::uint32_t>(m_context - column * PIM_MASK_TOKENS, PIM_MASK_TOKENS));
    }
  }

  /// Returns the columns of K or V of a head in its bank `index`.
  std::uint32_t cachedColumns(std::uint32_t index) const {
    if (!isMasked()) return columnsOf(pim_tokens_held(m_context, banksPerHead(), index));
    std::uint32_t columns = 0;
    forEachSeenBlock([&](std::uint32_t tokens) { columns += columnsOf(tokens); });
    return columns;
  }

  /// Returns the number of cached tokens that the new token sees.
  std::uint32_t tokensSeen() const {
    if (!isMasked()) return m_context;
    std::uint32_t seen = 0;
    forEachSeenBlock([&](std::uint32_t tokens) { seen += tokens; });
    return seen;
  }

  /// Returns the columns with the new token's K and V, meta bytes included.
  std::uint32_t appendedColumns() const {
    const std::uint32_t place = (m_context - 1) / banksPerHead() % PIM_KV_BLOCK_TOKENS;
    const std::uint32_t token = m_shape.headDim * m_config.kv.bits / 8;
    const std::uint32_t columns =
        pim_ceil_div((place + 1) * token, PIM_COLUMN_BYTES) - place * token / PIM_COLUMN_BYTES;
    return 2 * (1 + columns);
  }

  void cache() {
    const double frequencies = m_shape.headDim / 2.0 * kWordBytes;
    const double heads = m_shape.kvHeads;
    controller(m_cost.controllerKv, frequencies + m_shape.kvWidth() * kQ16Bytes + heads * kvRecord());  // K
    controller(m_cost.controllerKv, m_shape.kvWidth() * kQ16Bytes + heads * kvRecord());                // V
    controller(m_cost.controllerKv,
               frequencies + m_shape.queryWidth() * kQ16Bytes + heads * queryRecord());  // Q
    forEachRound([&](std::uint32_t all, std::uint32_t ofDie) {
      linkKv(m_cost.linkInKv, 2.0 * all * kvRecord(), 2.0 * ofDie * kvRecord(), 2.0 * all * kvRecord());
      add(m_cost.bankKv, static_cast<double>(all) * appendedColumns() * kColumnBytes,
          appendedColumns() * columnSeconds(0));
      m_cost.messagesKvAppend += 1;
    });
  }

  void attention() {
    forEachRound([&](std::uint32_t all, std::uint32_t ofDie) {
      const double queries = static_cast<double>(all) * queryRecord();
      linkKv(m_cost.linkInKv, queries, static_cast<double>(ofDie) * queryRecord(), queries);
      double columns = 0;
      for (std::uint32_t bank = 0; bank < banksPerHead(); ++bank) columns += cachedColumns(bank);
      add(m_cost.bankKv, 2 * columns * all * kColumnBytes,
          2 * cachedColumns(0) * columnSeconds(m_shape.headsPerKvHead()));
      m_cost.messagesKv += 2;  // queries in, results out
      if (banksPerHead() == 1) {
        softmaxInBank();
        finishedHeads(all, ofDie);
      } else {
        softmaxInController(all, ofDie);
        partialHeads(all, ofDie);
      }
    });
  }

  void softmaxInBank() {
    constexpr double kPasses = 3;  // maximum, exponentials and their sum, probabilities
    const double fixed = m_config.bank.commandOverhead ? BankCompute::kSoftmaxFixed : 0;
    const double cycles =
        kPasses * std::ceil(static_cast<double>(tokensSeen()) / m_config.bank.softmaxLanes) + fixed;
    add(m_cost.bankKv, 0, m_shape.headsPerKvHead() * cycles * m_config.dram.tCkNs * 1e-9);
  }

  void finishedHeads(double all, double ofDie) {
    const double head = m_shape.headsPerKvHead() * m_shape.headDim * kQ16Bytes;
    linkKv(m_cost.linkOutKv, all * head, ofDie * head, all * head);
  }

  /// Adds the softmax in the Controller. A row of scores is transferred with the length of the fullest bank's
  /// row, rounded up to even.
  void softmaxInController(double all, double ofDie) {
    const double row =
        m_shape.headsPerKvHead() * banksPerHead() * pim_round_up(pim_ceil_div(m_context, banksPerHead()), 2);
    linkKv(m_cost.linkOutKv, all * row * kScoreBytes, ofDie * row * kScoreBytes, all * row * kScoreBytes);
    linkKv(m_cost.linkInKv, all * row * kProbabilityBytes, ofDie * row * kProbabilityBytes,
           all * row * kProbabilityBytes);
    m_cost.messagesKv += 2;
    controller(m_cost.controllerKv,
               all * m_shape.headsPerKvHead() * m_context * (kScoreBytes + kProbabilityBytes));
  }

  void partialHeads(double all, double ofDie) {
    const double head = m_shape.headsPerKvHead() * m_shape.headDim;
    const double sums = head * banksPerHead() * kSumBytes;
    linkKv(m_cost.linkOutKv, all * sums, ofDie * sums, all * sums);
    controller(m_cost.controllerKv, all * (sums + head * kQ16Bytes));
  }

  const ModelShape& m_shape;
  const platform::Config& m_config;
  const LayoutChoices& m_choices;
  PeakRates m_rates;
  ModelFormats m_formats;
  host::BlockMask m_mask;
  std::uint32_t m_layer = 0;
  std::uint32_t m_context;
  DecodeCost m_cost;
};

}  // namespace

DecodeCost chipDecode(const ModelShape& shape, const platform::Config& config, const LayoutChoices& choices,
                      std::uint32_t context) {
  return ChipForm(shape, config, choices, context).decode();
}

}  // namespace pim::sim
