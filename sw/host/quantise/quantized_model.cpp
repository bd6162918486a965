#include "sw/host/quantise/quantized_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pim::host {
namespace {

class ContiguousRows : public WeightRows {
 public:
  ContiguousRows(std::shared_ptr<const void> owner, const std::uint8_t* first, std::uint32_t rowBytes)
      : m_owner(std::move(owner)), m_first(first), m_rowBytes(rowBytes) {}

  const std::uint8_t* row(std::uint32_t index, std::uint8_t* /*scratch*/) const override {
    return m_first + std::size_t{index} * m_rowBytes;
  }

 private:
  std::shared_ptr<const void> m_owner;
  const std::uint8_t* m_first;
  std::uint32_t m_rowBytes;
};

}  // namespace

std::uint32_t normEpsilon(const ModelShape& shape) {
  const double scaled = std::floor(shape.rmsEpsilon * 4294967296.0 + 0.5);
  return static_cast<std::uint32_t>(std::clamp(scaled, 1.0, 4294967295.0));
}

std::shared_ptr<const WeightRows> ownedRows(std::vector<std::uint8_t> packed, std::uint32_t rowBytes) {
  auto owner = std::make_shared<const std::vector<std::uint8_t>>(std::move(packed));
  const std::uint8_t* first = owner->data();
  return mappedRows(std::move(owner), first, rowBytes);
}

std::shared_ptr<const WeightRows> mappedRows(std::shared_ptr<const void> owner, const std::uint8_t* first,
                                             std::uint32_t rowBytes) {
  return std::make_shared<ContiguousRows>(std::move(owner), first, rowBytes);
}

}  // namespace pim::host
