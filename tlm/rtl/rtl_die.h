#pragma once

#include <memory>
#include <string>

#include "core/link/die_timing.h"
#include "tlm/rtl/die_model.h"
#include "tlm/rtl/die_schedule.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim {

/// Why rtl_ref/die cannot stand in for a die like this; empty if it can.
std::string unsupportedReason(const DieTiming::Parameters& timing, std::uint32_t banks,
                              std::uint32_t ramBytes);

/// Carries the accesses of a DieInterconnect through pim_die, or compares pim_die with what the model made of
/// them: throws RtlMismatch at the first difference, which names die, access, what differs, expected and
/// actual value and cycle.
class RtlDie : public DieEngine {
 public:
  /// `waveFile`: where the waveform of a mismatch goes; empty: nowhere.
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
  /// A clock edge.
  void step();
  [[noreturn]] void fail(const std::string& field, const std::string& expected, const std::string& actual);

  std::string m_name;
  std::string m_waveFile;
  std::unique_ptr<Ports> m_ports;  // outlives the model, which has a reference
  DieModel m_model;
  std::int64_t m_begin = 0;            // of the running access
  std::string m_access = "no access";  // the latest, in words
  std::uint64_t m_accesses = 0;
  bool m_compares = false;
  std::shared_ptr<DieSchedule> m_schedule;  // if somebody keeps one
  DieSchedule::Entry m_entry;               // for it: the latest access
};

}  // namespace pim
