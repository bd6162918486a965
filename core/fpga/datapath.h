#pragma once

#include <cstdint>
#include <vector>

#include "core/arith/activation.h"
#include "core/base/model_shape.h"
#include "core/formats/kv_cache.h"
#include "core/formats/weight_row.h"
#include "core/fpga/instruction.h"
#include "core/fpga/operator.h"

namespace pim::fpga {

/// A matrix with its packed rows, one after another.
struct MatrixData {
  std::uint32_t rows = 0;
  std::uint32_t k = 0;
  WeightFormat format;
  int exponent = 0;
  std::vector<std::uint8_t> bytes;

  WeightRowView row(std::uint32_t index) const {
    return WeightRowView(bytes.data() + std::size_t{index} * weightRowBytes(k, format), k, format);
  }
};

struct LayerData {
  MatrixData query, key, value, output, gate, up, down;
  std::vector<Q16> attentionGain, mlpGain;
};

/// A model in the numbers of docs/numerics.md.
struct ModelData {
  ModelShape shape;
  MatrixData embedding, head;
  std::vector<LayerData> layers;
  std::vector<Q16> finalGain;
  std::vector<std::uint32_t> ropeFrequencies;
  std::uint32_t epsilon = 0;
};

/// Computes the data of a core's units in the integers of docs/numerics.md, with 8-bit activations. The
/// result has the same bits as the PIM chip's with activation.bits = 8. MM, MV and MISC compute exactly the
/// part that their instruction names: a program that omits a part of a matrix does not complete. LD and ST
/// take time but move no data here; the tokens ensure that the data would be there.
///
/// Two operations differ from the instructions, so that a number is rounded once, as in docs/numerics.md:
/// SiLU keeps its factors until they are multiplied, and a rotation is one operation of three instructions.
class Datapath {
 public:
  /// `model` must outlive the object.
  Datapath(const ModelData& model, KvFormat kv);

  /// Starts a program. `tokens` follow the tokens in the cache. If the program is for more tokens, the
  /// additional ones compute nothing.
  void begin(const std::vector<std::uint32_t>& tokens);
  /// Starts an operator: the instructions up to SYS belong to it.
  void begin(const Operator& what);
  /// Executes an instruction. Throws std::logic_error if SYS comes before the operator is complete.
  void execute(const Instruction& instruction);

  /// Returns the logits of each token of a completed program, Q16.
  const std::vector<std::vector<Q16>>& logits() const { return m_logits; }
  std::uint32_t position() const { return m_position; }

 private:
  /// One row of Q16 per token of the program.
  using Rows = std::vector<std::vector<Q16>>;
  struct Cache {
    std::vector<std::vector<std::uint8_t>> keys, values;  ///< one region per KV head
  };

  const MatrixData* matrix() const;
  void multiply(const Instruction& instruction);
  void attend(const Instruction& instruction);
  void misc(const Instruction& instruction);
  void norm(std::uint32_t row);
  void softmaxRow(std::uint32_t head, std::uint32_t row);
  void weightValues(std::uint32_t head, std::uint32_t row);
  void finish();
  void finishLinear();
  void rotate(Rows& rows, std::uint32_t heads) const;
  void remember(const Rows& rows, std::vector<std::vector<std::uint8_t>>& regions);
  std::vector<std::uint8_t> quantised(const std::vector<Q16>& x) const;
  void requireAll(std::uint64_t wanted, std::uint64_t found, const char* what) const;

  const ModelData& m_model;
  KvFormat m_kv;
  ActivationFormat m_activation;
  std::vector<Cache> m_caches;

  Operator m_operator;
  std::uint32_t m_tokens = 0;    ///< of the program
  std::uint32_t m_position = 0;  ///< of its first token
  Rows m_residual, m_query, m_gate, m_context, m_logits;
  std::vector<std::vector<std::uint8_t>> m_records;         ///< input of the next matrix
  std::vector<std::vector<std::uint16_t>> m_probabilities;  ///< [head * tokens + row]

  std::vector<std::vector<std::int64_t>> m_sums;  ///< [row][output]
  std::uint64_t m_products = 0;  ///< computed so far in this operator: blocks of 16 inputs by one output
  std::uint64_t m_elements = 0;  ///< processed by MISC, or heads and rows that attention completed
};

}  // namespace pim::fpga
