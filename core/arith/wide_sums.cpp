#include "core/arith/wide_sums.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/arith/wide_sums.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace pim {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

std::int64_t dot(const std::int16_t* a, const std::int16_t* b, std::uint32_t n) {
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void weighted(std::int32_t weight, const std::int16_t* values, std::uint32_t n, std::int64_t* sums) {
  for (std::uint32_t i = 0; i < n; ++i) accumulate(sums[i], std::int64_t{weight} * values[i]);
}

#else

std::int64_t dot(const std::int16_t* a, const std::int16_t* b, std::uint32_t n) {
  const hn::ScalableTag<std::int64_t> wide;
  const hn::Rebind<std::int32_t, decltype(wide)> words;
  const hn::Rebind<std::int16_t, decltype(wide)> halves;
  const std::size_t lanes = Lanes(wide);
  auto sum = Zero(wide);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto products = Mul(PromoteTo(words, LoadU(halves, a + i)), PromoteTo(words, LoadU(halves, b + i)));
    sum = Add(sum, PromoteTo(wide, products));
  }
  std::int64_t rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return rest + GetLane(SumOfLanes(wide, sum));
}

void weighted(std::int32_t weight, const std::int16_t* values, std::uint32_t n, std::int64_t* sums) {
  const hn::ScalableTag<std::int64_t> wide;
  const hn::Repartition<std::int32_t, decltype(wide)> words;
  const hn::Rebind<std::int16_t, decltype(wide)> halves;
  const std::size_t lanes = Lanes(wide);
  const auto factor = Set(words, weight);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto value =
        PromoteTo(wide, PromoteTo(hn::Rebind<std::int32_t, decltype(wide)>(), LoadU(halves, values + i)));
    // MulEven multiplies the even 32-bit lane, which is the lower half of a 64-bit lane.
    StoreU(Add(LoadU(wide, sums + i), MulEven(BitCast(words, value), factor)), wide, sums + i);
  }
  for (; i < n; ++i) accumulate(sums[i], std::int64_t{weight} * values[i]);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace pim
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pim {

HWY_EXPORT(dot);
HWY_EXPORT(weighted);

std::int64_t dotProduct(const std::int16_t* a, const std::int16_t* b, std::uint32_t n) {
  return HWY_DYNAMIC_DISPATCH(dot)(a, b, n);
}

void addWeighted(std::int32_t weight, const std::int16_t* values, std::uint32_t n, std::int64_t* sums) {
  HWY_DYNAMIC_DISPATCH(weighted)(weight, values, n, sums);
}

}  // namespace pim
#endif
