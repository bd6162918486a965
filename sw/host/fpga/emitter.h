#pragma once

#include <stdexcept>
#include <vector>

#include "core/fpga/instruction.h"

namespace pim::host::fpga {

using pim::fpga::Instruction;
using pim::fpga::MiscOperation;
using pim::fpga::Operand;
using pim::fpga::Route;
using pim::fpga::Unit;
using pim::fpga::UnitSet;

/// Builds the instructions of one operator. An operator begins when the previous one has ended, and ends when
/// its last result is stored; SYS synchronises both.
class Emitter {
 public:
  explicit Emitter(std::vector<Instruction>& to) : m_to(&to) { to.clear(); }
  /// Counts instructions without storing them.
  Emitter() = default;

  void load(double bytes, Route route, UnitSet waits = {}, UnitSet releases = {}) {
    add({Unit::Load, waits, releases, route, {}, bytes, {}});
  }
  void store(double bytes, Route route, UnitSet waits = {}, UnitSet releases = {}) {
    add({Unit::Store, waits, releases, route, {}, bytes, {}});
  }
  void matrixMatrix(double macs, UnitSet waits, UnitSet releases, const Operand& operand) {
    add({Unit::MatrixMatrix, waits, releases, {}, {}, macs, operand});
  }
  void matrixVector(double macs, UnitSet waits, UnitSet releases, const Operand& operand) {
    add({Unit::MatrixVector, waits, releases, {}, {}, macs, operand});
  }
  void misc(MiscOperation operation, double elements, UnitSet waits, UnitSet releases,
            const Operand& operand) {
    add({Unit::Misc, waits, releases, {}, operation, elements, operand});
  }

  std::size_t size() const { return m_count; }
  /// Returns the bytes that the instructions take in the instruction memory.
  std::uint64_t bytes() const { return m_bytes; }
  /// Sets the tokens for which the instructions from `first` on wait, and those that they release at their
  /// end.
  void frame(std::size_t first, UnitSet waits, UnitSet releases) {
    if (first == m_count) throw std::logic_error("a group of instructions is empty");
    if (m_to == nullptr) return;
    Instruction& begin = (*m_to)[first];
    begin.waits = begin.waits | waits;
    m_to->back().releases = m_to->back().releases | releases;
  }
  /// Ends the operator: its first load waits for the previous operator, and its last store lets SYS start the
  /// next one.
  void finish(bool first, bool last) {
    frame(0, first ? UnitSet() : UnitSet(Unit::System), Unit::System);
    add({Unit::System, Unit::Store, last ? UnitSet() : UnitSet(Unit::Load), {}, {}, 1, {}});
  }

 private:
  void add(const Instruction& instruction) {
    ++m_count;
    m_bytes += pim::fpga::instructionBytes(instruction.unit);
    if (m_to != nullptr) m_to->push_back(instruction);
  }
  std::vector<Instruction>* m_to = nullptr;
  std::size_t m_count = 0;
  std::uint64_t m_bytes = 0;
};

/// A part of an operator's instructions: its first instruction waits for tokens, its last one releases
/// tokens.
class Group {
 public:
  explicit Group(Emitter& emitter) : m_emitter(emitter), m_first(emitter.size()) {}
  void frame(UnitSet waits, UnitSet releases) { m_emitter.frame(m_first, waits, releases); }

 private:
  Emitter& m_emitter;
  std::size_t m_first;
};

}  // namespace pim::host::fpga
