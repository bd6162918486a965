#include "tlm/trace/wave_span.h"

#include <algorithm>

namespace pim {

WaveSpan::WaveSpan(const WaveWindow& window) : m_window(window) {
  switch (window.at) {
    case WaveWindow::At::Run:
      m_near = m_came = true;
      m_to = window.to;
      break;
    case WaveWindow::At::Time:
      m_near = true;
      m_from = m_nearSince = window.from;
      m_to = m_latest = window.to;
      break;
    case WaveWindow::At::FirstMismatch:
      m_near = true;
      break;
    case WaveWindow::At::Prefill:
    case WaveWindow::At::Decode:
      break;
  }
}

bool WaveSpan::isPhase(std::uint32_t kind, std::uint32_t index) const {
  if (m_window.at == WaveWindow::At::Prefill) return kind == PIM_MARK_PREFILL;
  if (m_window.at != WaveWindow::At::Decode || kind != PIM_MARK_DECODE) return false;
  return m_window.token == WaveWindow::kAll || m_window.token == index;
}

void WaveSpan::mark(std::uint32_t kind, std::uint32_t index, Picoseconds now) {
  if (m_window.at != WaveWindow::At::Prefill && m_window.at != WaveWindow::At::Decode) return;
  const bool inside = isPhase(kind, index);
  if (inside && !m_near) {
    m_near = true;
    m_nearSince = now;
    if (m_window.layer == WaveWindow::kAll) {
      m_came = true;
      m_from = now;
    }
  } else if (!inside && m_near) {
    // The next access of each bank after the window still shows its idle time within the window.
    if (m_came && !m_sealed) seal(m_window.layer == WaveWindow::kAll ? now : m_to);
    if (!m_came) m_near = false;
  }
}

void WaveSpan::doorbell(Picoseconds now) {
  if (m_window.at != WaveWindow::At::Time || m_sealed || now < m_from) return;
  m_came = true;
  if (now > m_to) seal(m_to);
}

void WaveSpan::command(const pim_command& command, const CommandRecord& record) {
  if (!m_near || m_sealed || m_window.layer == WaveWindow::kAll) return;
  const bool ofLayer = command.step >= PIM_STEP_QKV && command.step <= PIM_STEP_DOWN &&
                       command.layer == static_cast<std::uint8_t>(m_window.layer);
  if (!ofLayer) {
    // The next tiles of a prompt pass through the same layers again.
    if (m_came && command.step == PIM_STEP_EMBED) seal(m_to);
    return;
  }
  if (command.opcode == PIM_OP_NOP) return;
  m_from = m_came ? std::min(m_from, record.start) : record.start;
  m_to = std::max(m_to, record.done);
  m_came = true;
}

void WaveSpan::mismatch(Picoseconds at) {
  if (m_window.at != WaveWindow::At::FirstMismatch || m_came) return;
  m_came = true;
  m_from = std::max<Picoseconds>(0, at - m_window.before);
  m_to = at + m_window.after;
}

void WaveSpan::cut(Picoseconds at) {
  if (m_sealed || !m_came) return;
  m_cut = true;
  seal(std::max(m_from, at));
}

void WaveSpan::finish(Picoseconds end) {
  if (m_window.at == WaveWindow::At::Time) m_came = m_from < end;
  if (m_came && !m_sealed) {
    const bool open = m_window.layer == WaveWindow::kAll &&
                      (m_window.at == WaveWindow::At::Prefill || m_window.at == WaveWindow::At::Decode);
    seal(open ? end : std::min(m_to, end));
  }
}

Picoseconds WaveSpan::keepFrom(Picoseconds now) const {
  if (m_came || m_window.at == WaveWindow::At::Time) return m_from;
  return m_window.at == WaveWindow::At::FirstMismatch ? now - m_window.before : now;
}

void WaveSpan::seal(Picoseconds to) {
  m_sealed = true;
  m_to = m_latest = to;
}

}  // namespace pim
