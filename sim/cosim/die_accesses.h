#pragma once

#include <cstdint>
#include <random>

#include "tlm/die/die_parameters.h"
#include "tlm/rtl/die_model.h"

namespace pim::cosim {

// Bits for devices other than banks in DieBenchAccess::devices, which has one bit per bank.
constexpr std::uint32_t kRamBit = 1u << 31;
constexpr std::uint32_t kAllDevices = ~0u;

/// One access and the devices that it uses.
struct DieBenchAccess {
  DieModel::Request request;
  std::uint32_t parts = 1;    // number of banks in a gather
  std::uint32_t devices = 0;  // devices whose data, time or errors it uses
  bool isRegister = false;
  bool isBell = false;
};

/// Draws accesses: mostly valid ones, and every kind of invalid one.
class DieAccessSource {
 public:
  DieAccessSource(const DieParameters& die, std::uint64_t seed) : m_die(die), m_random(seed) {}

  std::uint64_t below(std::uint64_t n) { return m_random() % n; }

  DieBenchAccess draw();

 private:
  std::uint32_t allBanks() const { return (1u << m_die.banks) - 1; }
  std::uint32_t mask();
  std::uint32_t length();
  /// Draws an offset within BRAM, or beyond the end of the short BRAM or of all.
  std::uint32_t bramOffset(std::uint32_t bytes);
  void fill(DieBenchAccess& access);
  void disableSomeBytes(DieBenchAccess& access);

  void broadcast(DieBenchAccess& access);
  void gather(DieBenchAccess& access);
  void bankByAddress(DieBenchAccess& access, bool write);
  void dieRam(DieBenchAccess& access, bool write);
  void registerAccess(DieBenchAccess& access);
  void wrong(DieBenchAccess& access);
  void doorbell(DieBenchAccess& access);

  const DieParameters& m_die;
  std::mt19937_64 m_random;
};

}  // namespace pim::cosim
