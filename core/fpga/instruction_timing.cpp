#include "core/fpga/instruction_timing.h"

namespace pim::fpga {

InstructionTiming::InstructionTiming(const TimingParameters& p)
    : m_perMmMac(0), m_perMvMac(0), m_cycle(1e9 / (p.clockMhz * p.speedup)) {
  const double perSecond = 1 / kSecondsPerFemtosecond / p.speedup;
  const double own = p.channelBytesPerSecond * p.efficiencySame;
  m_perByte[static_cast<std::size_t>(Route::OneChannel)] = perSecond / own;
  m_perByte[static_cast<std::size_t>(Route::AllChannels)] = perSecond / (own * p.loadChannels);
  m_perByte[static_cast<std::size_t>(Route::CrossChannel)] =
      perSecond / (p.channelBytesPerSecond * p.efficiencyCross);
  m_perByte[static_cast<std::size_t>(Route::ZeroFill)] = m_cycle / (p.bufferBytes * p.loadChannels);

  constexpr double kTwoPasses = 2;  // softmax and norms read every element before they write the first
  m_perElement[static_cast<std::size_t>(MiscOperation::Elementwise)] = m_cycle / p.eltwiseLanes;
  m_perElement[static_cast<std::size_t>(MiscOperation::Softmax)] = kTwoPasses * m_cycle / p.softmaxLanes;
  m_perElement[static_cast<std::size_t>(MiscOperation::Norm)] = kTwoPasses * m_cycle / p.normLanes;
  m_perElement[static_cast<std::size_t>(MiscOperation::Silu)] = m_cycle / p.siluLanes;

  m_perMmMac = m_cycle / p.mmMacs;
  m_perMvMac = m_cycle / p.mvMacs;
}

}  // namespace pim::fpga
