#include "tlm/rtl/bram_watch.h"

#include "core/base/address_map.h"

namespace pim {

BramWatch::BramWatch(BankModel& model, const BramSpan& span)
    : m_model(model), m_span(span), m_bytes(read()) {}

void BramWatch::look() {
  std::vector<std::uint8_t> now = read();
  if (now == m_bytes) return;
  m_bytes = std::move(now);
  m_lastChange = m_model.cycle() - 1;
}

std::vector<std::uint8_t> BramWatch::read() {
  std::vector<std::uint8_t> bytes(m_span.bytes);
  m_model.read(static_cast<std::uint32_t>(BankAddress::kBram) + m_span.offset, bytes.data(), m_span.bytes);
  return bytes;
}

}  // namespace pim
