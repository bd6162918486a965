#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace pim {

/// What lay on the input pins of a Verilated block at every clock edge, to drive another one of it by nothing
/// else: so fast the block itself is.
class PinTape {
 public:
  struct Pin {
    void* at;
    std::size_t bytes;
  };
  /// A block with its pins in the order of the recorded one's.
  struct Bare {
    std::shared_ptr<void> block;
    std::vector<Pin> pins;
    std::function<void()> reset;
    std::function<void(unsigned clock)> tick;  ///< both edges of that clock
    std::function<std::uint64_t()> outputs;    ///< something of them that tells whether it did the same
  };

  PinTape(const char* block, std::vector<Pin> pins, std::function<Bare()> makeBare)
      : m_block(block), m_pins(std::move(pins)), m_makeBare(std::move(makeBare)) {}

  /// A clock is about to tick.
  void record(unsigned clock);
  /// It has; `outputs` as Bare::outputs says.
  void saw(std::uint64_t outputs) { m_outputs = mixed(m_outputs, outputs); }

  /// Runs what was recorded; false if the outputs were others.
  bool replay() const;

  const char* block() const { return m_block; }
  std::size_t ticks() const { return m_clocks.size(); }

 private:
  static std::uint64_t mixed(std::uint64_t sum, std::uint64_t outputs) {
    return (sum ^ outputs) * 0x9E37'79B9'7F4A'7C15;
  }

  const char* m_block;
  std::vector<Pin> m_pins;
  std::function<Bare()> m_makeBare;
  std::vector<std::uint8_t> m_bytes;
  std::vector<std::uint8_t> m_clocks;
  std::uint64_t m_outputs = 0;
};

/// While one is alive, blocks that are made record their pins.
class PinRecording {
 public:
  PinRecording();
  ~PinRecording();
  PinRecording(const PinRecording&) = delete;
  PinRecording& operator=(const PinRecording&) = delete;

  /// For blocks: a tape, or null where nobody records.
  static std::shared_ptr<PinTape> tape(const char* block, std::vector<PinTape::Pin> pins,
                                       std::function<PinTape::Bare()> makeBare);

  const std::vector<std::shared_ptr<PinTape>>& tapes() const { return m_tapes; }

 private:
  std::vector<std::shared_ptr<PinTape>> m_tapes;
};

}  // namespace pim
