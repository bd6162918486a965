#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace pim {

/// Records the input pins of a Verilated block at every clock edge, to drive a second block without a
/// simulation around it. This measures the speed of the block alone.
class PinTape {
 public:
  struct Pin {
    void* at;
    std::size_t bytes;
  };
  /// A block with its pins in the order of the recorded block.
  struct Bare {
    std::shared_ptr<void> block;
    std::vector<Pin> pins;
    std::function<void()> reset;
    std::function<void(unsigned clock)> tick;  ///< makes both edges of that clock
    std::function<std::uint64_t()> outputs;    ///< a value of the outputs, for comparison
  };

  PinTape(const char* block, std::vector<Pin> pins, std::function<Bare()> makeBare)
      : m_block(block), m_pins(std::move(pins)), m_makeBare(std::move(makeBare)) {}

  /// Records the pins before a clock ticks.
  void record(unsigned clock);
  /// Records the outputs after it; `outputs` as in Bare::outputs.
  void saw(std::uint64_t outputs) { m_outputs = mixed(m_outputs, outputs); }

  /// Runs the recording; returns false if the outputs differ.
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

/// While an object exists, new blocks record their pins.
class PinRecording {
 public:
  PinRecording();
  ~PinRecording();
  PinRecording(const PinRecording&) = delete;
  PinRecording& operator=(const PinRecording&) = delete;

  /// Returns a tape for a block, or null if no recording is active.
  static std::shared_ptr<PinTape> tape(const char* block, std::vector<PinTape::Pin> pins,
                                       std::function<PinTape::Bare()> makeBare);

  const std::vector<std::shared_ptr<PinTape>>& tapes() const { return m_tapes; }

 private:
  std::vector<std::shared_ptr<PinTape>> m_tapes;
};

}  // namespace pim
