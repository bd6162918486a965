#pragma once

namespace pim {

/// Energy of single events and the power of doing nothing. Sources: platform/config/schema.cpp, which also
/// prints them.
struct EnergyConfig {
  double activatePrechargeNj{};  ///< one row of one bank opened and closed
  double columnReadPj{};         ///< one column from the cells to the die's edge
  double columnWritePj{};        ///< one column from the die's edge to the cells
  double columnMacPj{};          ///< one column from the cells to the MAC array
  double macOperationPj{};       ///< one 4 x 16 bit multiply-accumulate
  double refreshNj{};            ///< one refresh command of one bank
  double standbyMwPerBank{};     ///< always
  double bramPjPerBit{};
  double dieRamPjPerBit{};
  double linkPjPerBit{};
  double controllerMemoryPjPerBit{};
  double aluElementPj{};  ///< one 32-bit operand through an ALU
};

}  // namespace pim
