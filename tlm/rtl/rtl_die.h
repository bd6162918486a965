#pragma once

#include <memory>
#include <string>

#include "core/link/die_timing.h"
#include "tlm/rtl/die_model.h"
#include "tlm/rtl/die_schedule.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim {

/// Returns why rtl_ref/die cannot replace a die with these parameters; empty if it can.
std::string unsupportedReason(const DieTiming::Parameters& timing, std::uint32_t banks,
                              std::uint32_t ramBytes);

/// Serves the accesses of a DieInterconnect with pim_die, or compares pim_die with the answers of the model.
/// Throws RtlMismatch at the first difference; it names die, access, field, expected and actual value and
/// cycle.
class RtlDie : public DieEngine {
 public:
  /// `waveFile`: file for the waveform of a mismatch; empty: none.
  RtlDie(std::string name, std::uint32_t banks, bool halfDuplex, RtlStalls stalls = {},
         std::string waveFile = {});
  ~RtlDie() override;

  DieAnswer run(const DieAccess& access, DieBanks& banks) override;
  std::int64_t elapsed() const override { return m_model.cycle() - m_begin; }
  void compare(const DieAccess& access, const DieAnswer& expected,
               const std::vector<DieBankAccess>& asked) override;
  void place(std::int64_t begin, std::int64_t done) override;
  RtlWork work() const override;

 private:
  class Ports;
  class Replay;
  /// Makes a clock edge.
  void step();
  [[noreturn]] void fail(const std::string& field, const std::string& expected, const std::string& actual);

  std::string m_name;
  std::string m_waveFile;
  std::unique_ptr<Ports> m_ports;  // outlives the model, which refers to it
  DieModel m_model;
  std::int64_t m_begin = 0;            // of the current access
  std::string m_access = "no access";  // description of the latest access
  std::uint64_t m_accesses = 0;
  bool m_compares = false;
  std::shared_ptr<DieSchedule> m_schedule;  // if a recording is active
  DieSchedule::Entry m_entry;               // of the latest access
};

}  // namespace pim
