#include "sim/timeline/bandwidth.h"

#include <algorithm>
#include <cstdint>

namespace pim::sim {

void BandwidthCounter::add(double bytes, Picoseconds begin, Picoseconds end) {
  if (end <= begin) {
    m_bytes[begin / kSlice] += bytes;
    return;
  }
  const double perPicosecond = bytes / static_cast<double>(end - begin);
  for (std::int64_t slice = begin / kSlice; slice * kSlice < end; ++slice) {
    const Picoseconds from = std::max(begin, slice * kSlice);
    const Picoseconds to = std::min(end, (slice + 1) * kSlice);
    m_bytes[slice] += perPicosecond * static_cast<double>(to - from);
  }
}

void BandwidthCounter::advance(Picoseconds time) {
  while (!m_bytes.empty() && (m_bytes.begin()->first + 1) * kSlice <= time) {
    emit(m_bytes.begin()->first, m_bytes.begin()->second);
    m_bytes.erase(m_bytes.begin());
  }
}

void BandwidthCounter::finish() {
  advance(INT64_MAX);
  if (m_after >= 0) m_sink(m_after * kSlice, 0);
}

void BandwidthCounter::emit(std::int64_t slice, double bytes) {
  if (m_after >= 0 && m_after < slice) m_sink(m_after * kSlice, 0);
  constexpr double kPerNanosecond = 1000;
  m_sink(slice * kSlice, bytes * kPerNanosecond / static_cast<double>(kSlice));
  m_after = slice + 1;
}

}  // namespace pim::sim
