#include "tlm/rtl/pin_tape.h"

#include <cstring>
#include <stdexcept>

namespace pim {
namespace {

PinRecording* recording = nullptr;

}  // namespace

void PinTape::record(unsigned clock) {
  std::size_t at = m_bytes.size();
  std::size_t bytes = 0;
  for (const Pin& pin : m_pins) bytes += pin.bytes;
  m_bytes.resize(at + bytes);
  for (const Pin& pin : m_pins) {
    std::memcpy(m_bytes.data() + at, pin.at, pin.bytes);
    at += pin.bytes;
  }
  m_clocks.push_back(static_cast<std::uint8_t>(clock));
}

bool PinTape::replay() const {
  const Bare bare = m_makeBare();
  if (bare.pins.size() != m_pins.size()) throw std::logic_error("PinTape: other pins than were recorded");
  const std::uint8_t* from = m_bytes.data();
  const auto drive = [&bare](const std::uint8_t* bytes) {
    for (const Pin& pin : bare.pins) {
      std::memcpy(pin.at, bytes, pin.bytes);
      bytes += pin.bytes;
    }
    return bytes;
  };
  if (!m_clocks.empty()) drive(from);
  bare.reset();
  std::uint64_t outputs = 0;
  for (const std::uint8_t clock : m_clocks) {
    from = drive(from);
    bare.tick(clock);
    outputs = mixed(outputs, bare.outputs());
  }
  return outputs == m_outputs;
}

PinRecording::PinRecording() {
  if (recording != nullptr) throw std::logic_error("PinRecording: one at a time");
  recording = this;
}

PinRecording::~PinRecording() {
  recording = nullptr;
}

std::shared_ptr<PinTape> PinRecording::tape(const char* block, std::vector<PinTape::Pin> pins,
                                            std::function<PinTape::Bare()> makeBare) {
  if (recording == nullptr) return nullptr;
  auto tape = std::make_shared<PinTape>(block, std::move(pins), std::move(makeBare));
  recording->m_tapes.push_back(tape);
  return tape;
}

}  // namespace pim
