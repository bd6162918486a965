#pragma once

#include <cstdint>
#include <vector>

#include "core/base/address_map.h"
#include "core/observe/rtl_work.h"

namespace pim {

/// Bytes that the link of rtl_ref/die moves per cycle.
constexpr std::uint32_t kRtlLinkBytes = 32;

/// The banks behind the ports of a die's RTL. Offsets are those of BankAddress.
class DieBanks {
 public:
  virtual ~DieBanks() = default;
  /// `strobes`: a byte of 0 or 1 for each byte.
  virtual BusError write(std::uint32_t bank, std::uint32_t offset, const std::vector<std::uint8_t>& bytes,
                         const std::vector<std::uint8_t>& strobes) = 0;
  /// Reads a part of a gather; the bank delivers at the speed of the link.
  virtual BusError read(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes) = 0;
  /// Reads by address; the bank has the bytes `cycles` later.
  virtual BusError open(std::uint32_t bank, std::uint32_t offset, std::vector<std::uint8_t>& bytes,
                        std::int64_t& cycles) = 0;
  virtual BusError command(std::uint32_t bank, std::uint32_t offset,
                           const std::vector<std::uint8_t>& bytes) = 0;
};

/// An access to a die over its link.
struct DieAccess {
  bool write = false;
  std::uint64_t address = 0;          ///< DieAddress
  std::uint32_t parts = 1;            ///< gather: banks
  std::uint32_t bytes = 0;            ///< of each part
  std::vector<std::uint8_t> data;     ///< writes
  std::vector<std::uint8_t> strobes;  ///< writes: a byte of 0 or 1 for each byte; empty: all bytes
};

struct DieAnswer {
  BusError error = BusError::None;
  std::int64_t cycles = 0;  ///< on an idle die, from the edge that takes the access; 0: the die refused it
  std::vector<std::uint8_t> data;     ///< reads
  std::vector<std::uint8_t> strobes;  ///< reads: 0 for bytes of banks that refused; empty: all bytes
};

/// A request of an access to one bank, and the answer of the bank.
struct DieBankAccess {
  enum class Kind : std::uint8_t { Read, Write, Command };
  Kind kind = Kind::Read;
  std::uint32_t bank = 0;
  std::uint64_t offset = 0;
  std::vector<std::uint8_t> bytes;    ///< given or read
  std::vector<std::uint8_t> strobes;  ///< as in DieAccess
  BusError error = BusError::None;
};

/// The RTL of a die, in place of its model or in parallel with it. Accesses come one at a time, each to an
/// idle die; DieTiming computes the time for which they wait for each other.
class DieEngine {
 public:
  virtual ~DieEngine() = default;
  virtual DieAnswer run(const DieAccess& access, DieBanks& banks) = 0;
  /// Returns the cycles since the current access was accepted, for `banks`.
  virtual std::int64_t elapsed() const = 0;
  /// Runs an access that the model has already served, and compares the requests to the banks and the answer.
  /// Throws std::logic_error at the first difference.
  virtual void compare(const DieAccess& access, const DieAnswer& expected,
                       const std::vector<DieBankAccess>& asked) = 0;
  /// Sets the begin and the arrival of the last access, in cycles of the link's clock.
  virtual void place(std::int64_t begin, std::int64_t done) = 0;
  /// Returns the work of the RTL so far.
  virtual RtlWork work() const = 0;
};

}  // namespace pim
