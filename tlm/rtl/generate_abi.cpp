// Writes or checks the committed rtl_ref/include/pim_abi.svh: the constants of abi that the RTL needs.
#include <cctype>
#include <cstddef>
#include <iostream>
#include <sstream>
#include <string>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "core/base/address_map.h"
#include "core/base/generated_file.h"

namespace {

class Header {
 public:
  void section(const std::string& title) { m_text << "\n  // " << title << "\n"; }
  void constant(const std::string& name, long long value) {
    m_text << "  localparam int " << name << " = " << value << ";\n";
  }
  void octet(const std::string& name, unsigned value) {
    m_text << "  localparam logic [7:0] " << name << " = 8'd" << value << ";\n";
  }
  std::string text() const { return m_text.str(); }

 private:
  std::ostringstream m_text;
};

/// Returns "RopeQ" for "rope_q" or "ROPE_Q".
std::string camelCase(const std::string& name) {
  std::string text;
  bool upper = true;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (c != '_') text += static_cast<char>(upper ? std::toupper(letter) : std::tolower(letter));
    upper = c == '_';
  }
  return text;
}

void addOpcodes(Header& header) {
  header.section("Opcodes");
  header.octet("OpNop", PIM_OP_NOP);
#define PIM_OPCODE(name, opcode, body) header.octet("Op" + camelCase(#name), opcode);
  PIM_LINK_COMMANDS(PIM_OPCODE)
  PIM_BANK_COMMANDS(PIM_OPCODE)
  PIM_ALU_COMMANDS(PIM_OPCODE)
#undef PIM_OPCODE
}

#define PIM_FIELD(name, member) \
  header.constant(name, 8 * static_cast<long long>(offsetof(pim_command, member)))

void addFields(Header& header) {
  header.section("Bits of a descriptor at which fields begin");
  header.constant("CommandBits", 8 * PIM_COMMAND_BYTES);
  PIM_FIELD("CmdOpcode", opcode);
  PIM_FIELD("CmdFlags", flags);
  PIM_FIELD("CmdGroups", groups);
  PIM_FIELD("CmdBanksPerGroup", banks_per_group);
  PIM_FIELD("CmdColumnParts", column_parts);
  PIM_FIELD("CmdFirstBank", first_bank);
  constexpr auto kBody = static_cast<long long>(offsetof(pim_command, body));
#define PIM_BODY_FIELD(type, member) \
  header.constant(prefix + camelCase(#member), 8 * (kBody + static_cast<long long>(offsetof(Body, member))));
#define PIM_BODY(name, NAME)                             \
  {                                                      \
    using Body = pim_##name;                             \
    const std::string prefix = "Cmd" + camelCase(#name); \
    PIM_##NAME##_FIELDS(PIM_BODY_FIELD)                  \
  }
  PIM_BODIES(PIM_BODY)
#undef PIM_BODY
#undef PIM_BODY_FIELD
}

#undef PIM_FIELD

std::string makeHeader() {
  Header header;
  addOpcodes(header);

  header.section("Flags");
  header.octet("FlagIrq", PIM_FLAG_IRQ);
  header.octet("FlagRaw", PIM_FLAG_RAW);
  header.octet("FlagAccumulate", PIM_FLAG_ACCUMULATE);
  header.octet("FlagBroadcast", PIM_FLAG_BROADCAST);
  header.octet("FlagPerBank", PIM_FLAG_PER_BANK);
  header.octet("FlagMasked", PIM_FLAG_MASKED);

  addFields(header);

  header.section("Memory formats");
  header.constant("ColumnBytes", PIM_COLUMN_BYTES);
  header.constant("KvBlockTokens", PIM_KV_BLOCK_TOKENS);

  header.section("A bank's window");
  header.constant("BankCommand", static_cast<long long>(pim::BankAddress::kRegisters));
  header.constant("BankStatus", static_cast<long long>(pim::BankAddress::kStatus));
  header.constant("BankBram", static_cast<long long>(pim::BankAddress::kBram));

  header.constant("BankRegisterBytes", static_cast<long long>(pim::BankAddress::kRegisterBytes));

  header.section("A die's window");
  header.constant("DieWindowShift", pim::DieAddress::kWindowShift);
  header.constant("DieMaskShift", pim::DieAddress::kMaskShift);
  header.constant("DieBankShift", pim::DieAddress::kBankShift);
  header.constant("DieDevices", static_cast<long long>(pim::DieAddress::Devices));
  header.constant("DieBroadcast", static_cast<long long>(pim::DieAddress::Broadcast));
  header.constant("DieGather", static_cast<long long>(pim::DieAddress::Gather));
  header.constant("DieRegisterBytes", static_cast<long long>(pim::DieAddress::kRegisterBytes));
  header.constant("DieRamBase", static_cast<long long>(pim::DieAddress::kDieRam));
  header.constant("DieFaultMask", static_cast<long long>(pim::DieAddress::kFaultMask));

  header.section("Why a bus access is refused");
  header.constant("ErrorNone", static_cast<long long>(pim::BusError::None));
  header.constant("ErrorAddress", static_cast<long long>(pim::BusError::Address));
  header.constant("ErrorCommand", static_cast<long long>(pim::BusError::Command));
  header.constant("ErrorBurst", static_cast<long long>(pim::BusError::Burst));
  header.constant("ErrorByteEnable", static_cast<long long>(pim::BusError::ByteEnable));
  header.constant("ErrorGeneric", static_cast<long long>(pim::BusError::Generic));

  header.section("Controller registers");
  header.constant("RegId", PIM_REG_ID);
  header.constant("RegIrqStatus", PIM_REG_IRQ_STATUS);
  header.constant("RegIrqClear", PIM_REG_IRQ_CLEAR);
  header.constant("RegQueueTail", PIM_REG_QUEUE_TAIL);
  header.constant("RegQueueDone", PIM_REG_QUEUE_DONE);
  header.constant("RegQueueBase", PIM_REG_QUEUE_BASE);
  header.constant("RegQueueSize", PIM_REG_QUEUE_SIZE);
  header.constant("RegHostDoorbell", PIM_REG_HOST_DOORBELL);
  header.constant("RegJobAddress", PIM_REG_JOB_ADDRESS);
  header.constant("RegToken", PIM_REG_TOKEN);
  header.constant("RegStatus", PIM_REG_STATUS);
  header.constant("RegMark", PIM_REG_MARK);

  return "  // Constants of abi. Generated by pim_generate_abi: do not edit. Include within a module.\n"
         "  /* verilator lint_off UNUSEDPARAM */" +
         header.text() + "  /* verilator lint_on UNUSEDPARAM */\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string action = argc == 3 ? argv[1] : "";
  if (action != "--write" && action != "--check") {
    std::cerr << "usage: pim_generate_abi --write|--check FILE\n";
    return 2;
  }
  return pim::GeneratedFile("pim_generate_abi", argv[2]).perform(action, makeHeader()) ? 0 : 1;
}
