// What GDB asks of a hart that stands still.
#include "core/riscv/gdb_protocol.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "core/riscv/hart.h"

namespace pim::riscv {
namespace {

constexpr std::uint32_t kBase = 0x80000000;

class NoBus : public Bus {
 public:
  Answer read(std::uint32_t, std::uint32_t, std::uint64_t) override { return {}; }
  Answer write(std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t) override { return {}; }
};

class GdbProtocolTest : public ::testing::Test, public DebugMemory {
 protected:
  GdbProtocolTest() {
    // addi x5, x0, 7; addi x6, x5, 1; addi x7, x6, 1; a loop
    const std::uint32_t program[] = {0x00700293, 0x00128313, 0x00130393, 0x0000006f};
    std::memcpy(m_memory.data(), program, sizeof program);
    m_hart.reset(kBase);
  }
  bool peek(std::uint32_t address, std::uint8_t* to, std::size_t bytes) override {
    if (!isThere(address, bytes)) return false;
    std::memcpy(to, m_memory.data() + (address - kBase), bytes);
    return true;
  }
  bool poke(std::uint32_t address, const std::uint8_t* from, std::size_t bytes) override {
    if (!isThere(address, bytes)) return false;
    std::memcpy(m_memory.data() + (address - kBase), from, bytes);
    return true;
  }
  std::string ask(const std::string& packet) {
    const GdbProtocol::Answer answer = m_protocol.handle(packet, m_hart, *this);
    m_goOn = answer.goOn;
    return answer.packet.value_or("(goes on)");
  }

  std::array<std::uint8_t, 256> m_memory{};
  NoBus m_bus;
  Hart m_hart{CycleTable{}, {kBase, 256, m_memory.data()}, {kBase, 256, m_memory.data()}, m_bus};
  GdbProtocol m_protocol;
  std::optional<Debugger::Next> m_goOn;

 private:
  bool isThere(std::uint32_t address, std::size_t bytes) const {
    return address >= kBase && address - kBase + bytes <= m_memory.size();
  }
};

TEST_F(GdbProtocolTest, RegistersAreReadAndWritten) {
  m_hart.setX(10, 0x12345678);
  EXPECT_EQ(ask("pa"), "78563412");
  EXPECT_EQ(ask("p20"), "00000080") << "pc";
  EXPECT_EQ(ask("Pb=01020304"), "OK");
  EXPECT_EQ(m_hart.x(11), 0x04030201U);
  const std::string all = ask("g");
  ASSERT_EQ(all.size(), 33U * 8);
  EXPECT_EQ(all.substr(10 * 8, 8), "78563412");
  EXPECT_EQ(ask("G" + std::string(33 * 8, '0')), "OK");
  EXPECT_EQ(m_hart.x(10), 0U);
  EXPECT_EQ(ask("p21"), "E01") << "there are 33";
  EXPECT_EQ(ask("Pa=0102"), "E01");
  EXPECT_EQ(ask("G00"), "E01");
}

TEST_F(GdbProtocolTest, MemoryIsReadAndWritten) {
  EXPECT_EQ(ask("m80000000,4"), "93027000");
  EXPECT_EQ(ask("M80000080,2:abcd"), "OK");
  EXPECT_EQ(ask("m80000080,3"), "abcd00");
  EXPECT_EQ(ask("m800000fe,4"), "E01") << "beyond the end";
  EXPECT_EQ(ask("m80000000,100000"), "E01");
  EXPECT_EQ(ask("M80000080,3:abcd"), "E01");
  EXPECT_EQ(ask("M80000080,1:zz"), "E01");
}

TEST_F(GdbProtocolTest, BreakpointsStopTheHartAndGoWithTheDebugger) {
  EXPECT_EQ(ask("Z0,80000008,2"), "OK");
  EXPECT_EQ(m_hart.run(1000), Stop::Breakpoint);
  EXPECT_EQ(m_hart.pc(), kBase + 8);
  EXPECT_EQ(m_hart.x(6), 8U);
  EXPECT_EQ(ask("z0,80000008,2"), "OK");
  EXPECT_EQ(m_hart.run(m_hart.cycles() + 10), Stop::Budget);
  EXPECT_EQ(ask("Z0,80000000,2"), "OK");
  EXPECT_EQ(ask("Z2,80000000,4"), "") << "watchpoints are not known";
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_FALSE(m_hart.blocks().hasBreakpoints());
}

TEST_F(GdbProtocolTest, CodeThatIsWrittenRuns) {
  m_hart.run(2);
  EXPECT_EQ(ask("M80000000,4:93029000"), "OK");  // addi x5, x0, 9
  m_hart.setPc(kBase);
  m_hart.run(m_hart.cycles() + 5);
  EXPECT_EQ(m_hart.x(5), 9U);
}

TEST_F(GdbProtocolTest, GoesOnFromWhereItIsOrFromAnAddress) {
  EXPECT_EQ(ask("c"), "(goes on)");
  EXPECT_EQ(m_goOn, Debugger::Next::Run);
  EXPECT_EQ(ask("s80000004"), "(goes on)");
  EXPECT_EQ(m_goOn, Debugger::Next::Step);
  EXPECT_EQ(m_hart.pc(), kBase + 4);
  EXPECT_EQ(ask("sx"), "E01");
}

TEST_F(GdbProtocolTest, SaysWhyItStandsAndWhatItIs) {
  EXPECT_EQ(ask("?"), "S05");
  m_protocol.setLost(true);
  EXPECT_EQ(ask("?"), "S0b");
  EXPECT_NE(ask("qSupported:swbreak+").find("qXfer:features:read+"), std::string::npos);
  const std::string start = ask("qXfer:features:read:target.xml:0,10");
  EXPECT_EQ(start, "m<?xml version=\"1");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:fff,10"), "l");
  EXPECT_NE(ask("qXfer:features:read:target.xml:0,fff").find("riscv:rv32"), std::string::npos);
  for (const char* unknown : {"vCont?", "X80000000,0:", "", "qRcmd,00"})
    EXPECT_EQ(ask(unknown), "") << unknown;
}

}  // namespace
}  // namespace pim::riscv
