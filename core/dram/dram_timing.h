#pragma once

#include <array>
#include <cstdint>

namespace pim {

/// DRAM time: cycles of tCK since time 0.
using DramCycles = std::int64_t;

/// JEDEC-style timing in nanoseconds. The comments name the keys of the YAML section `dram`. Defaults are the
/// `aim8` preset, platform/presets/aim8.yaml, which names their source.
struct DramTimingNs {
  double tCk = 0.5;         ///< t_ck_ns: clock period, a whole number of picoseconds
  double tRcdRead = 18.0;   ///< t_rcd_read_ns: activate to first read column
  double tRcdMac = 28.0;    ///< t_rcd_mac_ns: activate to first MAC column
  double tRcdWrite = 14.0;  ///< t_rcd_write_ns: activate to first write column
  double tRp = 16.0;        ///< t_rp_ns: precharge to activate
  double tRas = 27.0;       ///< t_ras_ns: activate to precharge
  double tRc = 44.5;        ///< t_rc_ns: activate to activate of one row buffer
  double tCcd = 1.0;        ///< t_ccd_ns: column to column
  double tWr = 16.5;        ///< t_wr_ns: end of the last write column (its issue + tCCD) to precharge
  double tRtp = 6.0;        ///< t_rtp_ns: issue of the last read or MAC column to precharge
  double tRrd = 6.3;        ///< t_rrd_ns: activate to activate of two banks of a die
  double tFaw = 24.0;       ///< t_faw_ns: window that holds at most four activates of a die
  double tRefi = 1900.0;    ///< t_refi_ns: a refresh falls due every tREFI
  double tRfc = 120.0;      ///< t_rfc_ns: duration of an all-bank refresh
  double tRfcPb = 60.0;     ///< t_rfc_pb_ns: duration of a per-bank refresh
};

struct DramOrganisation {
  std::uint32_t pageBytes = 2048;         ///< page_bytes: one row; a power of two
  std::uint32_t columnBytes = 32;         ///< column_bytes: one access; a power of two
  std::uint64_t bankBytes = 32ull << 20;  ///< bank_bytes
  std::uint32_t banksPerDie = 16;         ///< banks_per_die
  /// row_buffers: 1 or 2. With 2, even and odd rows have separate buffers, and the activate of the next row
  /// of a stream overlaps the columns of the current one.
  std::uint32_t rowBuffers = 1;
};

/// refresh: `all_bank` (all banks of a die fall due together and take tRFC), `per_bank` (bank b falls due
/// b * tREFI / banks later and takes tRFCpb), or `off`.
enum class DramRefresh { AllBank, PerBank, Off };

/// activation_limit: how tRRD and tFAW limit the banks of a die. `off`: not at all, as AiM does. `enforced`:
/// all banks of a command open each row together; activates follow each other, and the columns of all banks
/// begin after the last activate. `staggered`: banks run independently, and only their activates take turns.
enum class DramActivationLimit { Off, Enforced, Staggered };

/// model: `timed`, or `ideal` (columns back to back at tCCD, nothing else).
enum class DramTimingModel { Timed, Ideal };

/// The settings of the user (YAML section `dram`).
struct DramSettings {
  DramTimingNs ns;
  DramOrganisation organisation;
  DramRefresh refresh = DramRefresh::AllBank;
  /// refresh_postpone_max: refreshes that may be pending while columns stream.
  std::int64_t refreshPostponeMax = 8;
  DramActivationLimit activationLimit = DramActivationLimit::Off;
  DramTimingModel model = DramTimingModel::Timed;
};

/// The settings in cycles of tCK, each timing rounded up. Only resolveDramTiming() makes them.
struct DramTiming {
  std::int64_t tCkPs = 0;
  DramCycles tRcdRead = 0;
  DramCycles tRcdMac = 0;
  DramCycles tRcdWrite = 0;
  DramCycles tRp = 0;
  DramCycles tRas = 0;
  DramCycles tRc = 0;
  DramCycles tCcd = 0;
  DramCycles tWr = 0;
  DramCycles tRtp = 0;
  DramCycles tRrd = 0;
  DramCycles tFaw = 0;
  DramCycles tRefi = 0;
  DramCycles tRfc = 0;
  DramCycles tRfcPb = 0;
  DramOrganisation organisation;
  DramRefresh refresh = DramRefresh::AllBank;
  std::int64_t refreshPostponeMax = 8;
  DramActivationLimit activationLimit = DramActivationLimit::Off;
  DramTimingModel model = DramTimingModel::Timed;

  int columnBits = 0;  ///< a column has 2^columnBits bytes
  int rowBits = 0;     ///< a row has 2^rowBits columns
  /// Per kind of column (StreamRequest::Kind): tRCD, and last column to precharge.
  struct PerKind {
    DramCycles tRcd = 0;
    DramCycles columnToPrecharge = 0;
  };
  std::array<PerKind, 3> kinds;
  DramCycles reach =
      0;  ///< time for which an activate affects later commands: the longest of tRC and the tRCDs

  /// Refresh of a bank: its interval, the longest time for which a row may postpone it, its duration. Off:
  /// never due.
  DramCycles refreshInterval = 0;
  DramCycles refreshPostpone = 0;
  DramCycles refreshCycles = 0;

  bool plain() const { return organisation.rowBuffers == 1; }
  /// Returns whether the banks of a die must take turns to activate.
  bool limitsActivation() const {
    return activationLimit != DramActivationLimit::Off && model == DramTimingModel::Timed;
  }
  std::int64_t columnsPerRow() const { return std::int64_t{1} << rowBits; }
  std::int64_t rowsPerBank() const {
    return static_cast<std::int64_t>(organisation.bankBytes >> (columnBits + rowBits));
  }
};

/// One timing: its YAML key below `dram` and the member that holds it.
struct DramTimingField {
  const char* key;
  double DramTimingNs::*ns;
  DramCycles DramTiming::*cycles;
};

/// All timings except tCK, in the order in which `describe` prints them.
inline constexpr std::array<DramTimingField, 14> kDramTimingFields{{
    {"t_rcd_read_ns", &DramTimingNs::tRcdRead, &DramTiming::tRcdRead},
    {"t_rcd_mac_ns", &DramTimingNs::tRcdMac, &DramTiming::tRcdMac},
    {"t_rcd_write_ns", &DramTimingNs::tRcdWrite, &DramTiming::tRcdWrite},
    {"t_rp_ns", &DramTimingNs::tRp, &DramTiming::tRp},
    {"t_ras_ns", &DramTimingNs::tRas, &DramTiming::tRas},
    {"t_rc_ns", &DramTimingNs::tRc, &DramTiming::tRc},
    {"t_ccd_ns", &DramTimingNs::tCcd, &DramTiming::tCcd},
    {"t_wr_ns", &DramTimingNs::tWr, &DramTiming::tWr},
    {"t_rtp_ns", &DramTimingNs::tRtp, &DramTiming::tRtp},
    {"t_rrd_ns", &DramTimingNs::tRrd, &DramTiming::tRrd},
    {"t_faw_ns", &DramTimingNs::tFaw, &DramTiming::tFaw},
    {"t_refi_ns", &DramTimingNs::tRefi, &DramTiming::tRefi},
    {"t_rfc_ns", &DramTimingNs::tRfc, &DramTiming::tRfc},
    {"t_rfc_pb_ns", &DramTimingNs::tRfcPb, &DramTiming::tRfcPb},
}};

/// Throws a UserError that names the key and the rule if no DRAM can have these settings.
void validate(const DramSettings& config);

/// Validates the settings and converts them to cycles.
DramTiming resolveDramTiming(const DramSettings& config);

}  // namespace pim
