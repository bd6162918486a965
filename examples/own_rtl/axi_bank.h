#pragma once

#include <memory>

#include "tlm/rtl/bank_transactor.h"

/// The bank behind AXI4-Lite.
std::unique_ptr<pim::BankTransactor> axiBank();
