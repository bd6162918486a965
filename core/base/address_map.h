#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pim {

/// A named range of bus addresses.
struct Region {
  std::string name;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

/// The table by which a bus decodes addresses. add() refuses a region
/// that wraps around or overlaps another, and names both regions.
class AddressMap {
 public:
  /// Throws UserError when the region is empty, wraps around or overlaps another.
  void add(Region region);

  struct Hit {
    std::size_t region;    ///< index in the order of add()
    std::uint64_t offset;  ///< within the region
  };
  /// The region that contains all of [address, address + length), if there is one.
  std::optional<Hit> decode(std::uint64_t address, std::uint64_t length) const {
    for (std::size_t i = 0; i < m_regions.size(); ++i) {
      const Region& region = m_regions[i];
      const std::uint64_t offset = address - region.base;
      if (address >= region.base && offset < region.size && length <= region.size - offset)
        return Hit{i, offset};
    }
    return std::nullopt;
  }

  const std::vector<Region>& regions() const { return m_regions; }

 private:
  std::vector<Region> m_regions;
};

/// Reasons to refuse a bus access: TLM's error responses, with the codes of the RTL's ports.
enum class BusError : std::uint8_t {
  None = 0,
  Address = 1,
  Command = 2,
  Burst = 3,
  ByteEnable = 4,
  Generic = 5
};

/// How a die's address window is divided. Offsets are relative to the window's base.
///
///   63..57  which die (platform's memory map)
///   56..54  window: 0 devices, 1 broadcast, 2 gather
///   broadcast and gather: 53..22 bank mask, 21..0 offset within each bank (registers and BRAM)
///   devices: 0 registers, 1 MiB DieRAM, (b + 1) << 32 everything of bank b
struct DieAddress {
  static constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 57;
  static constexpr unsigned kWindowShift = 54;
  static constexpr unsigned kMaskShift = 22;
  static constexpr unsigned kBankShift = 32;
  static constexpr std::uint64_t kRegisters = 0;
  static constexpr std::uint64_t kRegisterBytes = 0x1000;
  static constexpr std::uint64_t kFaultMask =
      0x8;  ///< RO: banks that refused their part of the last command, broadcast or gather
  static constexpr std::uint64_t kDieRam = 0x10'0000;
  enum Window : std::uint64_t { Devices = 0, Broadcast = 1, Gather = 2 };

  static constexpr std::uint64_t broadcast(std::uint32_t mask, std::uint32_t bankOffset) {
    return Broadcast << kWindowShift | std::uint64_t{mask} << kMaskShift | bankOffset;
  }
  static constexpr std::uint64_t gather(std::uint32_t mask, std::uint32_t bankOffset) {
    return Gather << kWindowShift | std::uint64_t{mask} << kMaskShift | bankOffset;
  }
  static constexpr std::uint64_t bank(unsigned index, std::uint64_t bankOffset) {
    return (std::uint64_t{index} + 1) << kBankShift | bankOffset;
  }
  static constexpr Window windowOf(std::uint64_t offset) {
    return static_cast<Window>(offset >> kWindowShift);
  }
  static constexpr std::uint32_t maskOf(std::uint64_t offset) {
    return static_cast<std::uint32_t>(offset >> kMaskShift);
  }
  static constexpr std::uint32_t bankOffsetOf(std::uint64_t offset) {
    return static_cast<std::uint32_t>(offset & ((std::uint64_t{1} << kMaskShift) - 1));
  }
};

/// How a bank's window is divided.
struct BankAddress {
  static constexpr std::uint64_t kRegisters = 0;   ///< the command register: one 128-byte descriptor
  static constexpr std::uint64_t kStatus = 0x100;  ///< RO, 32 bits: 1 while a command runs
  static constexpr std::uint64_t kRegisterBytes = 0x1000;
  static constexpr std::uint64_t kBram = 0x20'0000;
  static constexpr std::uint64_t kBramLimit = 0x20'0000;  ///< largest BRAM the broadcast window reaches
  static constexpr std::uint64_t kBmem = 0x4000'0000;
};

}  // namespace pim
