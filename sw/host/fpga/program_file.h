#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/fpga/instruction.h"
#include "core/fpga/operator.h"

namespace pim::host::fpga {

// A program of the FPGA as text, one instruction per line, for inspection, changes and another simulation:
//
//     pimtlm-fpga-program 1
//     operator q 0                         kind and layer; the instructions that follow belong to it
//     LD all 65536 wait=MV give=MV         unit, route (LD, ST), operation (MISC) or -, amount, tokens
//     MV - 1048576 wait=LD
//
// The text does not state the part of a matrix that an instruction processes. A program from a file can be
// timed, but computes no data.

/// The instructions of one operator.
struct ProgramOperator {
  pim::fpga::Operator what;
  std::vector<pim::fpga::Instruction> instructions;
};

void writeProgramHeader(std::ostream& to);
void writeOperator(std::ostream& to, const pim::fpga::Operator& what,
                   const std::vector<pim::fpga::Instruction>& instructions);

/// Reads a program that was written in this format. Throws a UserError that names the file and the line.
std::vector<ProgramOperator> readProgram(const std::string& path);
/// Reads the same from the text of such a file; `name` names it in errors.
std::vector<ProgramOperator> parseProgram(const std::string& text, const std::string& name);

}  // namespace pim::host::fpga
