#include "sim/cosim/die_accesses.h"

#include <algorithm>
#include <cstring>

#include "abi/pim_abi.h"
#include "core/base/address_map.h"
#include "sim/cosim/die_bench_banks.h"

namespace pim::cosim {

DieBenchAccess DieAccessSource::draw() {
  DieBenchAccess access;
  switch (below(12)) {
    case 0:
    case 1:
    case 2:
      broadcast(access);
      break;
    case 3:
    case 4:
      gather(access);
      break;
    case 5:
      bankByAddress(access, true);
      break;
    case 6:
      bankByAddress(access, false);
      break;
    case 7:
      dieRam(access, below(2) == 0);
      break;
    case 8:
      registerAccess(access);
      break;
    case 9:
      wrong(access);
      break;
    default:
      doorbell(access);
  }
  return access;
}

std::uint32_t DieAccessSource::mask() {
  if (below(30) == 0) return 0;
  if (below(30) == 0) return static_cast<std::uint32_t>(m_random()) | 1u << m_die.banks;
  return static_cast<std::uint32_t>(1 + below(allBanks()));
}

std::uint32_t DieAccessSource::length() {
  switch (below(8)) {
    case 0:
      return static_cast<std::uint32_t>(1 + below(32));
    case 1:
      return static_cast<std::uint32_t>(64 * (1 + below(16)));
    default:
      return static_cast<std::uint32_t>(1 + below(400));
  }
}

std::uint32_t DieAccessSource::bramOffset(std::uint32_t bytes) {
  const std::uint32_t size = below(4) == 0 ? kDieBenchShortBram : kDieBenchBram;
  const std::uint64_t slack = below(10) == 0 ? 64 : 0;
  const std::uint64_t room = size + slack > bytes ? size + slack - bytes : 1;
  return static_cast<std::uint32_t>(BankAddress::kBram + below(room));
}

void DieAccessSource::fill(DieBenchAccess& access) {
  if (!access.request.write) return;
  access.request.data.resize(access.request.bytes);
  for (auto& byte : access.request.data) byte = static_cast<std::uint8_t>(m_random());
}

void DieAccessSource::disableSomeBytes(DieBenchAccess& access) {
  if (below(6) != 0) return;
  for (std::uint32_t i = 0; i < access.request.bytes; ++i)
    access.request.strobes.push_back(static_cast<std::uint8_t>(below(2)));
}

void DieAccessSource::broadcast(DieBenchAccess& access) {
  access.request.write = true;
  access.request.bytes = below(60) == 0 ? m_die.ramBytes + static_cast<std::uint32_t>(below(2)) : length();
  const std::uint32_t banks = mask();
  access.request.address = DieAddress::broadcast(banks, bramOffset(access.request.bytes));
  access.devices = banks & allBanks();
  fill(access);
  disableSomeBytes(access);
}

void DieAccessSource::gather(DieBenchAccess& access) {
  const std::uint32_t banks = mask();
  access.parts = static_cast<std::uint32_t>(__builtin_popcount(banks));
  access.request.bytes = below(60) == 0 ? m_die.ramBytes + static_cast<std::uint32_t>(below(2)) : length();
  access.request.address = DieAddress::gather(banks, bramOffset(access.request.bytes));
  access.devices = banks & allBanks();
}

void DieAccessSource::bankByAddress(DieBenchAccess& access, bool write) {
  const auto bank = static_cast<unsigned>(below(m_die.banks + (below(20) == 0 ? 1 : 0)));
  access.request.write = write;
  access.request.bytes = length();
  std::uint64_t offset = bramOffset(access.request.bytes);
  if (below(2) == 0) offset = BankAddress::kBmem + below(kDieBenchBmem - access.request.bytes + 32);
  if (!write && below(6) == 0) {
    offset = BankAddress::kStatus + 4 * below(2);
    access.request.bytes = 4;
  }
  access.request.address = DieAddress::bank(bank, offset);
  access.devices = (1u << bank) & allBanks();
  fill(access);
  if (write) disableSomeBytes(access);
}

void DieAccessSource::dieRam(DieBenchAccess& access, bool write) {
  access.request.write = write;
  access.request.bytes = length();
  access.request.address =
      DieAddress::kDieRam + below(m_die.ramBytes + 8 - std::min(access.request.bytes, m_die.ramBytes));
  if (below(16) == 0) access.request.address = DieAddress::kRegisterBytes + below(DieAddress::kDieRam);
  access.devices = kRamBit;
  fill(access);
  if (write) disableSomeBytes(access);
}

void DieAccessSource::registerAccess(DieBenchAccess& access) {
  access.isRegister = true;
  access.request.write = below(4) == 0;
  access.request.bytes = below(8) == 0 ? static_cast<std::uint32_t>(1 + below(8)) : 4;
  access.request.address = below(5) == 0 ? below(DieAddress::kRegisterBytes) : 4 * below(4);
  if (!access.request.write && access.request.address == DieAddress::kFaultMask) access.devices = kAllDevices;
  fill(access);
}

void DieAccessSource::wrong(DieBenchAccess& access) {
  access.request.bytes = static_cast<std::uint32_t>(below(3) == 0 ? 0 : 4);
  const auto banks = static_cast<std::uint32_t>(1 + below(allBanks()));
  const auto offset = static_cast<std::uint32_t>(BankAddress::kBram);
  access.request.write = below(2) == 0;
  switch (below(4)) {
    case 0:
      access.request.address = DieAddress::broadcast(banks, offset);
      break;
    case 1:
      access.request.address = DieAddress::gather(banks, offset);
      access.parts = static_cast<std::uint32_t>(__builtin_popcount(banks));
      break;
    case 2:
      access.request.address = (3 + below(5)) << DieAddress::kWindowShift | offset;
      break;
    default:
      access.request.address = (m_die.banks + 1 + below(1u << 20)) << DieAddress::kBankShift | offset;
  }
  access.devices = banks;
  fill(access);
}

void DieAccessSource::doorbell(DieBenchAccess& access) {
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  command.groups = command.banks_per_group = 1;
  if (below(3) == 0) command.flags = PIM_FLAG_IRQ;  // for the Controller's queue: the die ignores flags
  pim_mac& mac = command.body.mac;
  mac.rows = mac.out_rows = static_cast<std::uint32_t>(1 + below(3));
  mac.k = mac.group = 64;
  mac.vectors = 1;
  mac.bram_out =
      static_cast<std::uint32_t>(4 * below(below(2) == 0 ? kDieBenchShortBram / 4 : kDieBenchBram / 4 + 8));
  mac.weight_bits = 4;
  mac.scale_bits = 16;
  mac.activation_bits = 16;
  if (below(30) == 0) command.opcode = PIM_OP_NOP;

  access.isBell = access.request.write = true;
  access.request.bytes = PIM_COMMAND_BYTES;
  if (below(30) == 0) access.request.bytes = static_cast<std::uint32_t>(1 + below(200));
  const std::uint32_t offset = below(30) == 0 ? static_cast<std::uint32_t>(4 * below(1024)) : 0;
  std::uint32_t banks = mask();
  access.request.address = DieAddress::broadcast(banks, offset);
  if (below(4) == 0) {
    const auto bank = static_cast<unsigned>(below(m_die.banks));
    banks = 1u << bank;
    access.request.address = DieAddress::bank(bank, offset);
  }
  access.devices = banks & allBanks();
  fill(access);
  std::memcpy(access.request.data.data(), &command,
              std::min<std::size_t>(access.request.bytes, sizeof command));
}

}  // namespace pim::cosim
