#include "tlm/rtl/reference_bank.h"

#include "Vpim_bank.h"
#include "tlm/rtl/pim_bank_pins.h"

namespace pim {

std::unique_ptr<BankTransactor> makeReferenceBank() {
  return std::make_unique<PimBankPins<Vpim_bank>>("bank");
}

}  // namespace pim
