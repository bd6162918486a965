#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/formats/weight_format.h"

namespace pim {

/// The purpose of a matrix of a model.
enum class MatrixKind : std::uint8_t { Query, Key, Value, Output, Gate, Up, Down, Head, Embedding };
constexpr std::uint32_t kMatrixKinds = 9;

/// Name in configurations and reports: "q", "k", "v", "output", "gate", "up", "down", "head", "embedding".
const char* nameOf(MatrixKind kind);

/// The formats of the matrices of a model: one for all, with exceptions. Group and scales are the same for
/// all.
class ModelFormats {
 public:
  ModelFormats() = default;
  /// The constructor is implicit, because most models have one format. The embedding is always dense, because
  /// it is a table of rows that are read one at a time.
  ModelFormats(const WeightFormat& all) : m_all(all) {}

  WeightFormat of(MatrixKind kind, std::uint32_t layer = 0) const;
  const WeightFormat& all() const { return m_all; }
  std::uint32_t group() const { return m_all.group; }
  std::uint32_t scaleBits() const { return m_all.scaleBits; }

  /// Sets the bits of `kind` in `layer`, or in every layer. A later call overrides an earlier one.
  void setBits(MatrixKind kind, std::optional<std::uint32_t> layer, std::uint32_t bits);
  /// Gives `high` bits to a share `highShare` of the layers, spread evenly, and to the embedding and the
  /// head; the other layers get `low` bits. Exceptions take precedence.
  void takeTurns(std::uint32_t low, std::uint32_t high, double highShare) {
    m_turns = {low, high, highShare};
  }
  /// Gives the embedding 16 bits and no scales, for its size and time only.
  void widenEmbedding() { m_wideEmbedding = true; }
  /// Returns the same formats with another group and with or without zero points, as the checkpoint requires.
  ModelFormats with(std::uint32_t group, bool storesZeros) const;

  struct Exception {
    MatrixKind kind;
    std::optional<std::uint32_t> layer;  ///< none: all
    std::uint32_t bits;
  };
  const std::vector<Exception>& exceptions() const { return m_exceptions; }
  /// See takeTurns().
  struct Turns {
    std::uint32_t low = 0, high = 0;  ///< 0: there are none
    double highShare = 0;
  };
  const Turns& turns() const { return m_turns; }

 private:
  std::uint32_t bitsInTurn(MatrixKind kind, std::uint32_t layer) const;

  WeightFormat m_all;
  std::vector<Exception> m_exceptions;
  Turns m_turns;
  bool m_wideEmbedding = false;
};

}  // namespace pim
