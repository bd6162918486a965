#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tlm/rtl/block_trace.h"
#include "tlm/rtl/coverage.h"
#include "tlm/rtl/pin_tape.h"
#include "tlm/rtl/tape.h"

namespace pim {

/// The last clock edges of a Verilated block, for a waveform of the time before an event: stores the
/// registers at some edge, and the input pins at each edge since.
template <typename Block>
class PinHistory {
 public:
  static constexpr std::size_t kSegment = 1024;  ///< edges: a waveform shows from this many to twice as many

  PinHistory(Block& block, std::vector<PinTape::Pin> pins) : m_block(block), m_pins(std::move(pins)) {}

  /// Records the input pins before clock edge `edge`.
  void beforeEdge(std::int64_t edge) {
    if (!kCanBeSaved) return;
    if (m_segments[1].edges == 0 || m_segments[1].edges == kSegment) {
      std::swap(m_segments[0], m_segments[1]);
      begin(m_segments[1], edge);
    }
    appendPins(m_segments[1].pins);
    ++m_segments[1].edges;
  }

  /// Repeats the edges for the waveform `file`, with `period` picoseconds per edge. `tick` makes an edge and
  /// settles the block. At the end, the block has its original state. Returns false if the file cannot be
  /// written.
  template <typename Tick>
  bool show(const std::string& file, std::int64_t period, Tick tick) {
    if (!kCanBeSaved || m_segments[1].edges == 0) return false;
    BlockTrace trace;
    if (!trace.open(m_block, file)) return false;
    std::vector<std::uint8_t> now;
    appendPins(now);
    const Segment& first = m_segments[0].edges != 0 ? m_segments[0] : m_segments[1];
    {
      TapeReader tape(first.registers);
      tape >> m_block;
    }
    std::int64_t edge = first.begin;
    for (const Segment& segment : m_segments) {
      for (std::size_t i = 0; i < segment.edges; ++i, ++edge) {
        putPins(segment.pins.data() + i * segment.pins.size() / segment.edges);
        m_block.eval();
        trace.dump(edge * period + period / 2);
        tick();
        trace.dump((edge + 1) * period);
      }
    }
    putPins(now.data());
    m_block.eval();
    trace.dump(edge * period + period / 2);
    return true;
  }

 private:
  struct Segment {
    std::int64_t begin = 0;
    std::size_t edges = 0;
    std::vector<std::uint8_t> registers, pins;
  };

  void begin(Segment& segment, std::int64_t edge) {
    segment.begin = edge;
    segment.edges = 0;
    segment.pins.clear();
    segment.registers.clear();
    Tape tape(segment.registers);
    tape << m_block;
  }
  void appendPins(std::vector<std::uint8_t>& to) const {
    for (const PinTape::Pin& pin : m_pins) {
      const auto* from = static_cast<const std::uint8_t*>(pin.at);
      to.insert(to.end(), from, from + pin.bytes);
    }
  }
  void putPins(const std::uint8_t* from) {
    for (const PinTape::Pin& pin : m_pins) {
      std::memcpy(pin.at, from, pin.bytes);
      from += pin.bytes;
    }
  }

  Block& m_block;
  std::vector<PinTape::Pin> m_pins;
  std::array<Segment, 2> m_segments;
};

}  // namespace pim
