#pragma once

#include <memory>

#include "tlm/rtl/bank_transactor.h"

namespace pim {

/// Makes the Verilated bank of rtl_ref/bank.
std::unique_ptr<BankTransactor> makeReferenceBank();

}  // namespace pim
