#include "sw/host/quantise/pruned_rows.h"

#include <cstdlib>
#include <vector>

#include "sw/host/quantise/pruning.h"

namespace pim::host {
namespace {

class PrunedRows : public WeightRows {
 public:
  PrunedRows(std::shared_ptr<const WeightRows> dense, std::uint32_t k, const WeightFormat& sparse,
             std::vector<float> inputs)
      : m_dense(std::move(dense)),
        m_k(k),
        m_denseFormat(sparse.withSparsity(0)),
        m_format(sparse),
        m_inputs(std::move(inputs)) {}

  const std::uint8_t* row(std::uint32_t index, std::uint8_t* scratch) const override {
    std::vector<std::uint8_t> denseScratch(weightRowBytes(m_k, m_denseFormat));
    const WeightRowView dense(m_dense->row(index, denseScratch.data()), m_k, m_denseFormat);
    std::vector<std::uint8_t> codes(m_k), zeros(dense.groups());
    std::vector<std::uint16_t> scales(dense.groups());
    for (std::uint32_t g = 0; g < dense.groups(); ++g) {
      zeros[g] = dense.zero(g);
      scales[g] = dense.scale(g);
    }
    dense.decode(0, m_k, codes.data());
    std::vector<float> scores(m_k);
    for (std::uint32_t i = 0; i < m_k; ++i) {
      const std::uint32_t g = i / m_format.group;
      scores[i] = static_cast<float>(std::abs(int{codes[i]} - int{zeros[g]}) * int{scales[g]});
      if (i < m_inputs.size()) scores[i] *= m_inputs[i];
    }
    Pruning(m_format.sparsity).apply(scores.data(), m_k, [&](std::uint32_t i) {
      codes[i] = zeros[i / m_format.group];
    });
    writeWeightRow(codes.data(), zeros.data(), scales.data(), m_k, m_format, scratch);
    return scratch;
  }

  void release() const override { m_dense->release(); }

 private:
  std::shared_ptr<const WeightRows> m_dense;
  std::uint32_t m_k;
  WeightFormat m_denseFormat, m_format;
  std::vector<float> m_inputs;
};

}  // namespace

std::shared_ptr<const WeightRows> prunedRows(std::shared_ptr<const WeightRows> dense, std::uint32_t k,
                                             const WeightFormat& sparse, std::vector<float> inputs) {
  return std::make_shared<PrunedRows>(std::move(dense), k, sparse, std::move(inputs));
}

}  // namespace pim::host
