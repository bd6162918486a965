#include "core/operations/alu_port.h"

#include <algorithm>
#include <stdexcept>

#include "abi/pim_layout.h"

namespace pim {
namespace {

// Cycles of rtl_ref/alu.
constexpr std::int64_t kShare = 11;    // divides the tokens among segments, before the first row of a softmax
constexpr std::int64_t kWord = 3;      // until the id of an embedding row has arrived
constexpr std::int64_t kToBuffer = 3;  // from the input queue until a row is in its buffer
constexpr std::int64_t kMeasureOnly = 2;  // the same for a row that is not stored
constexpr std::int64_t kRotation = 3;     // in addition, for a rotation
constexpr std::int64_t kSigmoid = 21;     // in addition, for a sigmoid
constexpr std::int64_t kNorm = 68;        // mean, root and inverse of a norm
constexpr std::int64_t kPass = 3;         // of a pass, in addition to one cycle per chunk
constexpr std::int64_t kReciprocal = 17;
constexpr std::int64_t kToQueue = 3;  // from the start of output to the first bytes in the output queue

bool rotates(std::uint8_t opcode) {
  return opcode == PIM_OP_ROPE_Q || opcode == PIM_OP_ROPE_K;
}

bool isHead(std::uint8_t opcode) {
  return rotates(opcode) || opcode == PIM_OP_KV_V;
}

/// Returns the operation whose results a row of the command writes first.
std::uint8_t firstOperation(std::uint8_t opcode) {
  return opcode == PIM_OP_ADD_RMSNORM ? std::uint8_t{PIM_OP_ADD} : opcode;
}

}  // namespace

AluPort::AluPort(const pim_command& command, const AluCompute& compute, Clock clock,
                 const MemoryRates& memory)
    : m_command(command),
      m_compute(compute),
      m_clock(clock),
      m_memory(memory),
      m_chunk(std::max(compute.lanes / 2, 1u)),
      m_beat(4 * m_chunk),
      m_opcode(firstOperation(command.opcode)) {
  if (command.opcode != PIM_OP_ALU_SOFTMAX) return;
  m_prepared = kShare;
  m_now += kShare;
}

// ---- Operands

void AluPort::read(std::uint32_t address, std::uint32_t bytes) {
  m_rate = m_memory.at(address);
  if (m_writing) beginRow();
  cut();
  // The segments of a softmax row pass the input queue as one stream.
  const bool joins = m_command.opcode == PIM_OP_ALU_SOFTMAX && m_parts.left != 0;
  if (bytes != 0 && !joins) m_parts = partsOf(bytes);
  occupyMemory(std::min(m_beat, bytes));
  ++m_now;
  takeBeats(bytes);
  if (isWord()) {
    m_now += kWord;
    m_prepared = kWord;
  }
  ++m_reads;
}

void AluPort::takeBeats(std::uint32_t bytes) {
  std::uint32_t asked = 0;  // bytes of the beat at the port
  std::uint32_t moved = 0;
  std::uint32_t taken = 0;
  while (taken != bytes) {
    const std::uint32_t askedBefore = asked, enteredBefore = m_entered, movedBefore = moved;
    const Picoseconds aheadBefore = m_memoryFree - m_clock.cycles(m_now);
    if (asked == 0 && memoryIsReady()) {
      asked = std::min(m_beat, bytes - moved);
      moved += asked;
      occupyMemory(std::min(m_beat, bytes - moved));
    }
    cut();
    if (asked != 0 && m_entered <= m_beat) {
      m_entered += asked;
      taken += asked;
      asked = 0;
    }
    ++m_now;
    // A cycle that leaves the queue and the memory as they were repeats until a beat or a chunk is shorter.
    if (asked == askedBefore && m_entered == enteredBefore && moved == movedBefore + m_beat &&
        m_memoryFree - m_clock.cycles(m_now) == aheadBefore) {
      const std::uint32_t most = std::min({bytes - moved, m_parts.left, m_parts.partLeft}) / m_beat;
      if (most <= 1) continue;
      const std::uint32_t skipped = (most - 1) * m_beat;
      moved += skipped;
      taken += skipped;
      m_parts.left -= skipped;
      m_parts.partLeft -= skipped;
      m_now += most - 1;
      m_memoryFree += m_clock.cycles(most - 1);
      m_lastCut = m_now - 1;
    }
  }
}

AluPort::Parts AluPort::partsOf(std::uint32_t bytes) const {
  const pim_alu& alu = m_command.body.alu;
  Parts parts{bytes, bytes, bytes};
  if (m_command.opcode == PIM_OP_ALU_SOFTMAX) {
    parts.left = parts.partLeft = 4 * aluRowElements(alu, m_command.opcode, m_row);
  } else if (isHead(m_command.opcode) && !(rotates(m_command.opcode) && m_reads == 0)) {
    parts.partLeft = parts.part = 4u * alu.head_dim;
  } else if (m_command.opcode == PIM_OP_EMBED && !isWord()) {
    const std::uint32_t meta = pim_weight_meta_bytes(alu.count, alu.group, alu.scale_bits, alu.zero_bits);
    if (meta != 0) parts.partLeft = meta;
  }
  return parts;
}

bool AluPort::isWord() const {
  return m_command.opcode == PIM_OP_EMBED && m_command.body.alu.src != 0 && m_reads % 2 == 0;
}

void AluPort::cut() {
  const std::uint32_t bytes = std::min({m_parts.left, m_parts.partLeft, m_beat});
  if (bytes == 0 || m_entered < bytes) return;
  m_entered -= bytes;
  m_parts.left -= bytes;
  m_parts.partLeft -= bytes;
  if (m_parts.partLeft == 0) m_parts.partLeft = m_parts.part;
  m_lastCut = m_now;
}

// ---- Results

void AluPort::compute() {
  const pim_alu& alu = m_command.body.alu;
  const Cycle asked = m_now;
  for (; m_parts.left != 0; ++m_now) cut();
  // Several small heads arrive in one beat, so the unit waits for them. Other rows arrive completely while
  // the unit computes.
  if (!isHead(m_opcode)) m_now = asked;
  m_computed = m_now;
  const std::int64_t blocks = isHead(m_opcode) ? std::max(alu.blocks, 1u) : 1;
  const Cycle end = m_now - m_prepared + blocks * aluRowCycles(alu, m_opcode, m_row, m_compute);
  m_firstResult = firstResult();
  m_results.emplace(m_command, m_opcode, m_row, m_chunk);
  while (m_now < end) pass(0);
}

void AluPort::computeNorm() {
  const pim_alu& alu = m_command.body.alu;
  // What comes before the pass takes its time from the begin of the row's phase on.
  const std::int64_t all = aluRowCycles(alu, PIM_OP_ADD_RMSNORM, m_row, m_compute),
                     last = pim_ceil_div(alu.count, m_compute.lanes) +
                            aluRowCycles(alu, PIM_OP_ADD, m_row, m_compute);
  const Cycle end = std::max(m_now, m_computed + all - last) + last;
  m_opcode = PIM_OP_RMSNORM;
  m_firstResult = std::max(firstResult(), m_now + kToQueue + passing());
  m_results.emplace(m_command, m_opcode, m_row, m_chunk);
  while (m_now < end) pass(0);
}

AluPort::Cycle AluPort::passing() const {
  return kPass + pim_ceil_div(aluRowElements(m_command.body.alu, m_opcode, m_row), m_compute.lanes);
}

AluPort::Cycle AluPort::firstResult() const {
  const Cycle ready = m_lastCut + kToQueue;
  switch (m_opcode) {
    case PIM_OP_ARGMAX:
    case PIM_OP_SAMPLE:
      return ready + kMeasureOnly;
    case PIM_OP_ROPE_Q:
    case PIM_OP_ROPE_K:
      return ready + kToBuffer + kRotation;
    case PIM_OP_SILU_MUL:
      return ready + kToBuffer + kSigmoid;
    case PIM_OP_RMSNORM:
      return ready + kToBuffer + kNorm + passing();
    case PIM_OP_ALU_SOFTMAX:
      return ready + kToBuffer + passing() + kReciprocal;
    default:
      return ready + kToBuffer;
  }
}

void AluPort::write(std::uint32_t address, std::uint32_t bytes) {
  if (!m_writing) {
    compute();
  } else if (m_command.opcode == PIM_OP_ADD_RMSNORM && m_opcode == PIM_OP_ADD) {
    computeNorm();
  }
  m_writing = true;
  m_rate = m_memory.at(address);
  pass(0);  // takes one cycle for the request
  while (bytes != 0) {
    const std::uint32_t beat = std::min(m_beat, bytes);
    const bool moves = m_leaving >= beat && memoryIsReady();
    if (moves) occupyMemory(beat);
    if (moves) bytes -= beat;
    if (m_leaving < beat && m_results->empty())
      throw std::logic_error("AluPort: a stream of more bytes than the results of its row");
    pass(moves ? beat : 0);
  }
}

void AluPort::pass(std::uint32_t taken) {
  m_leaving -= taken;
  if (m_now >= m_firstResult && m_leaving <= m_beat && !m_results->empty()) m_leaving += m_results->take();
  ++m_now;
}

void AluPort::beginRow() {
  m_writing = false;
  m_prepared = 0;
  m_opcode = firstOperation(m_command.opcode);
  ++m_row;
}

std::int64_t AluPort::cycles() const {
  const Picoseconds rest = m_memoryFree - m_clock.cycles(m_now + 1);
  return m_now - 1 + m_clock.covering(std::max<Picoseconds>(rest, 0));
}

void AluPort::occupyMemory(std::uint32_t bytes) {
  m_memoryFree = std::max(m_memoryFree, m_clock.cycles(m_now)) + m_rate.timeFor(bytes);
}

}  // namespace pim
