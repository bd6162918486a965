#include "sw/host/fpga/program_file.h"

#include <gtest/gtest.h>

#include <sstream>

#include "core/base/error.h"
#include "core/fpga/step_timer.h"
#include "tests/sw/host/fpga/flightllm.h"

namespace pim::host::fpga {
namespace {

const std::string kHeader = "pimtlm-fpga-program 1\n";

std::string refusal(const std::string& text) {
  try {
    parseProgram(text, "p.txt");
  } catch (const UserError& error) {
    return error.what();
  }
  return "taken";
}

TEST(FpgaProgramFile, WhatIsWrittenReadsBackAndTakesTheSameTime) {
  const test::Machine machine;
  std::ostringstream text;
  writeProgramHeader(text);
  std::vector<Instruction> all;
  const Compiler compiler(machine.shape, machine.options);
  compiler.decode(144, [&](const Operator& what, const std::vector<Instruction>& instructions) {
    writeOperator(text, what, instructions);
    all.insert(all.end(), instructions.begin(), instructions.end());
  });
  pim::fpga::StepTimer timer(machine.timing);
  std::size_t at = 0;
  for (const ProgramOperator& part : parseProgram(text.str(), "p.txt")) {
    for (const Instruction& instruction : part.instructions)
      ASSERT_TRUE(sameButForData(instruction, all.at(at++))) << at;
    timer.run(part.instructions);
  }
  EXPECT_EQ(at, all.size());
  EXPECT_EQ(timer.finish().time, machine.decode(144).time);
}

TEST(FpgaProgramFile, DamagedFilesAreRefusedWithTheirLine) {
  EXPECT_EQ(refusal(""), "p.txt: expected the line pimtlm-fpga-program 1 and operators");
  EXPECT_EQ(refusal("x\n"), "p.txt:1: expected the line pimtlm-fpga-program 1");
  EXPECT_EQ(refusal(kHeader), "p.txt: expected the line pimtlm-fpga-program 1 and operators");
  EXPECT_EQ(refusal(kHeader + "LD one 1\n"), "p.txt:2: expected an operator before its instructions");
  const std::string begin = kHeader + "operator q 0\n";
  EXPECT_EQ(refusal(begin + "LD one 1\n"), "taken");
  EXPECT_EQ(refusal(kHeader + "operator x 0\n"), "p.txt:2: expected the name of an operator, as norm or q");
  EXPECT_EQ(refusal(kHeader + "operator q -1\n"), "p.txt:2: expected the number of a layer");
  EXPECT_EQ(refusal(begin + "XX one 1\n"),
            "p.txt:3: expected an instruction LD, ST, MM, MV, MISC or SYS, or an operator");
  EXPECT_EQ(refusal(begin + "ST zero 1\n"), "p.txt:3: expected a route one, all, cross or (LD) zero");
  EXPECT_EQ(refusal(begin + "MISC one 1\n"), "p.txt:3: expected an operation eltwise, softmax, norm or silu");
  EXPECT_EQ(refusal(begin + "MV one 1\n"), "p.txt:3: expected - behind the unit");
  for (const char* amount : {"", "-1", "nan", "inf", "1e99", "1x"})
    EXPECT_EQ(refusal(begin + "LD one " + amount + "\n"), "p.txt:3: expected an amount from 0 to 1e15")
        << amount;
  EXPECT_EQ(refusal(begin + "LD one 1 wait=LD\n"), "p.txt:3: expected tokens of other units");
  EXPECT_EQ(refusal(begin + "LD one 1 wait=\n"),
            "p.txt:3: expected units among LD, ST, MM, MV, MISC, SYS, each once");
  EXPECT_EQ(refusal(begin + "LD one 1 wait=MV,MV\n"),
            "p.txt:3: expected units among LD, ST, MM, MV, MISC, SYS, each once");
  EXPECT_EQ(refusal(begin + "LD one 1 give=MV wait=MV\n"),
            "p.txt:3: expected wait=UNITS and give=UNITS in this order and nothing more");
}

}  // namespace
}  // namespace pim::host::fpga
