#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/fpga/instruction.h"
#include "core/fpga/operator.h"

namespace pim::host::fpga {

// A program of the FPGA as text, one instruction a line, to be looked at, changed and timed again:
//
//     pimtlm-fpga-program 1
//     operator q 0                         kind and layer; the instructions behind it are its own
//     LD all 65536 wait=MV give=MV         unit, route (LD, ST), operation (MISC) or -, amount, tokens
//     MV - 1048576 wait=LD
//
// Which part of a matrix an instruction is about is left out: such a program can be timed and computes
// nothing.

/// The instructions of one operator.
struct ProgramOperator {
  pim::fpga::Operator what;
  std::vector<pim::fpga::Instruction> instructions;
};

void writeProgramHeader(std::ostream& to);
void writeOperator(std::ostream& to, const pim::fpga::Operator& what,
                   const std::vector<pim::fpga::Instruction>& instructions);

/// Reads what was written. Throws a UserError that names the file and the line.
std::vector<ProgramOperator> readProgram(const std::string& path);
/// The same from the text of such a file, which is called `name`.
std::vector<ProgramOperator> parseProgram(const std::string& text, const std::string& name);

}  // namespace pim::host::fpga
