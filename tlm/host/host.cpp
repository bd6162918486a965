#include "tlm/host/host.h"

namespace pim {

Host::Host(const sc_core::sc_module_name& name, const Addresses& addresses, HostJob job,
           TokenObserver onToken, EndObserver onEnd)
    : sc_module(name),
      bus("bus"),
      interrupt("interrupt"),
      m_addresses(addresses),
      m_job(std::move(job)),
      m_onToken(std::move(onToken)),
      m_onEnd(std::move(onEnd)) {
  SC_HAS_PROCESS(Host);
  SC_THREAD(run);
  set_stack_size(1 << 20);  // observers that print and compute run in this thread
}

void Host::run() {
  pim_job job{};
  job.kind = m_job.kind;
  job.prompt = m_addresses.promptAddress;
  job.prompt_tokens = static_cast<std::uint32_t>(m_job.prompt.size());
  job.generate = m_job.generate;
  job.position = m_job.position;
  job.ignore_eos = m_job.ignoreEos ? 1 : 0;
  job.emit_prompt_logits = m_job.everyPosition ? 1 : 0;
  job.multiplier = m_job.sampling.multiplier;
  job.multiplier_shift = m_job.sampling.shift;
  job.top_p = m_job.sampling.topP;
  job.seed[0] = static_cast<std::uint32_t>(m_job.seed);
  job.seed[1] = static_cast<std::uint32_t>(m_job.seed >> 32);
  if (m_job.kind == PIM_JOB_GENERATE)
    write(m_addresses.promptAddress, m_job.prompt.data(), job.prompt_tokens * 4);
  write(m_addresses.jobAddress, &job, sizeof job);
  const std::uint32_t one = 1;
  write(m_addresses.registersBase + PIM_REG_JOB_ADDRESS, &m_addresses.jobAddress, 4);
  write(m_addresses.registersBase + PIM_REG_HOST_DOORBELL, &one, 4);

  do {
    wait(sc_core::SC_ZERO_TIME);  // the line may fall as a result of this read
    if (!interrupt.read()) wait(interrupt.posedge_event());
    for (bool any = true; any;) {
      const std::uint32_t token = readRegister(PIM_REG_TOKEN, any);
      if (any) m_onToken(token, toPicoseconds(sc_core::sc_time_stamp()));
    }
    bool ok = false;
    m_status = readRegister(PIM_REG_STATUS, ok);
  } while (m_status == PIM_STATUS_BUSY);
  m_onEnd();
}

void Host::write(std::uint64_t address, const void* data, std::uint32_t bytes) {
  sc_core::sc_time unaccounted = sc_core::SC_ZERO_TIME;  // not used: the chip's time starts with the doorbell
  bus->b_transport(m_transaction.write(address, data, bytes), unaccounted);
  requireOk(m_transaction, *this);
}

std::uint32_t Host::readRegister(std::uint32_t offset, bool& ok) {
  std::uint32_t value = 0;
  sc_core::sc_time unaccounted = sc_core::SC_ZERO_TIME;
  bus->b_transport(m_transaction.read(m_addresses.registersBase + offset, &value, 4), unaccounted);
  ok = m_transaction.ok();
  return value;
}

}  // namespace pim
