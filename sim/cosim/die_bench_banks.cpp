#include "sim/cosim/die_bench_banks.h"

#include <fmt/format.h>

#include "tlm/kit/port_words.h"

namespace pim::cosim {
namespace {

BankParameters bankParameters(std::uint32_t bramBytes) {
  DramSettings dram;
  dram.ns.tCk = 1;
  dram.organisation.bankBytes = kDieBenchBmem;
  BankParameters parameters;
  parameters.dram = BankTiming(resolveDramTiming(dram));
  parameters.compute.clock = Clock(parameters.dram.timing().tCkPs);
  parameters.bramBytes = bramBytes;
  parameters.functional = true;
  return parameters;
}

}  // namespace

DieBenchCommons::DieBenchCommons(Counters& counters)
    : m_usual(bankParameters(kDieBenchBram), counters),
      m_shortBram(bankParameters(kDieBenchShortBram), counters) {}

BanksBehindRtl::BanksBehindRtl(const sc_core::sc_module_name& name, std::uint32_t count)
    : sc_module(name), m_ports("port", count) {
  for (std::uint32_t b = 0; b < count; ++b) {
    m_banks.push_back(std::make_unique<Bank>(fmt::format("bank{}", b).c_str(), m_shared.of(b), b));
    m_ports[b].bind(m_banks.back()->socket());
  }
}

BusError BanksBehindRtl::write(std::uint32_t bank, std::uint32_t offset,
                               const std::vector<std::uint8_t>& bytes,
                               const std::vector<std::uint8_t>& strobes) {
  auto& payload = m_access.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  setStrobes(payload, strobes, m_enables);
  const BusError error = access(bank, payload, writing);
  setStrobes(payload, {}, m_enables);
  return error;
}

BusError BanksBehindRtl::read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) {
  std::int64_t none = 0;  // BRAM adds no time
  return access(bank, m_access.read(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), none);
}

BusError BanksBehindRtl::open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                              std::int64_t& cycles) {
  return access(bank, m_access.read(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), cycles);
}

BusError BanksBehindRtl::command(std::uint32_t bank, std::uint32_t offset,
                                 const std::vector<std::uint8_t>& bytes) {
  std::int64_t none = 0;  // a doorbell returns at once
  return access(bank, m_access.write(offset, bytes.data(), static_cast<std::uint32_t>(bytes.size())), none);
}

std::uint32_t BanksBehindRtl::word(std::uint32_t bank, std::uint64_t offset) {
  std::uint32_t value = 0;
  m_ports[bank]->transport_dbg(m_access.read(offset, &value, 4));
  return value;
}

BusError BanksBehindRtl::access(std::uint32_t bank, tlm::tlm_generic_payload& payload, std::int64_t& cycles) {
  sc_core::sc_time delay = toScTime(now * kDieCycle);
  m_ports[bank]->b_transport(payload, delay);
  cycles = toPicoseconds(delay) / kDieCycle - now;
  return errorOf(payload);
}

}  // namespace pim::cosim
