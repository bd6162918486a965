#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <tlm>
#include <vector>

#include "core/link/die_engine.h"
#include "core/observe/activity.h"
#include "tlm/die/bank_array.h"
#include "tlm/die/die_link.h"
#include "tlm/die/die_parameters.h"

namespace pim {

/// Passes accesses through the RTL of a die, which replaces the model or is compared with it. The RTL serves
/// each access as if it were alone; the link computes how long accesses wait for each other.
class EnginePath : private BankAccessWatcher {
 public:
  using Payload = tlm::tlm_generic_payload;
  /// Serves an access as the model does.
  using Model = std::function<void(Payload&, sc_core::sc_time&, const CommandRequest&, CommandAnswer&)>;
  /// Reads or writes DieRAM; the payload's address is the offset in it.
  using RamAccess = std::function<void(Payload&, sc_core::sc_time&)>;

  /// `activity` may be null.
  EnginePath(DieEngine& engine, const DieParameters& parameters, ActivityObserver* activity, BankArray& banks,
             DieLink& link, Model model, RamAccess ram);

  /// Serves an access. Returns false, without an effect, if the pins of the RTL cannot express the access;
  /// then only the model serves it.
  bool serve(Payload& payload, sc_core::sc_time& delay, const CommandRequest& request, CommandAnswer& answer);

 private:
  class Banks;

  /// Returns the access in the form of the link's pins; nothing if they cannot express it.
  static std::optional<DieAccess> onLink(const Payload& payload);
  void carry(const DieAccess& access, Payload& payload, sc_core::sc_time& delay,
             const CommandRequest& request, CommandAnswer& answer);
  void serveAndCompare(const DieAccess& access, Payload& payload, sc_core::sc_time& delay,
                       const CommandRequest& request, CommandAnswer& answer);
  /// Returns the answer that the RTL must give, derived from the model's answer.
  DieAnswer expectedOf(const DieAccess& access, const Payload& payload) const;
  /// Compares the engine with the model; reports a difference to the observer before it throws.
  void compare(Picoseconds at, const std::function<void(DieEngine&)>& with);
  void onBankAccess(BankIndex bank, const Payload& payload) override;
  /// Copies a write to the engine's DieRAM into the model's, for debug accesses.
  void mirrorToDieRam(Payload& payload);
  /// Sets the times of the engine's latest access.
  void place();

  DieEngine& m_engine;
  const DieParameters m_parameters;
  ActivityObserver* m_activity;
  BankArray& m_banks;
  DieLink& m_link;
  Model m_model;
  RamAccess m_ram;
  std::vector<DieBankAccess> m_asked;  // requests to banks, of the access that is compared
};

}  // namespace pim
