// Writes or checks the committed rtl_ref/include/pim_abi.svh: what the RTL needs to know of sw/abi, as
// constants.
#include <cstddef>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "sw/abi/pim_abi.h"
#include "sw/abi/pim_layout.h"
#include "tlm/core/address_map.h"

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

#define PIM_FIELD(name, member) \
  header.constant(name, 8 * static_cast<long long>(offsetof(pim_command, member)))

std::string makeHeader() {
  Header header;
  header.section("Opcodes");
  header.octet("OpNop", PIM_OP_NOP);
  header.octet("OpSend", PIM_OP_SEND);
  header.octet("OpGather", PIM_OP_GATHER);
  header.octet("OpFetch", PIM_OP_FETCH);
  header.octet("OpMac", PIM_OP_MAC);
  header.octet("OpScore", PIM_OP_SCORE);
  header.octet("OpSoftmax", PIM_OP_SOFTMAX);
  header.octet("OpPv", PIM_OP_PV);
  header.octet("OpStore", PIM_OP_STORE);
  header.octet("OpEmbed", PIM_OP_EMBED);
  header.octet("OpRmsNorm", PIM_OP_RMSNORM);
  header.octet("OpQuant", PIM_OP_QUANT);
  header.octet("OpRopeQ", PIM_OP_ROPE_Q);
  header.octet("OpRopeK", PIM_OP_ROPE_K);
  header.octet("OpKvV", PIM_OP_KV_V);
  header.octet("OpSiluMul", PIM_OP_SILU_MUL);
  header.octet("OpAdd", PIM_OP_ADD);
  header.octet("OpReduce", PIM_OP_REDUCE);
  header.octet("OpAluSoftmax", PIM_OP_ALU_SOFTMAX);
  header.octet("OpArgmax", PIM_OP_ARGMAX);

  header.section("Flags");
  header.octet("FlagIrq", PIM_FLAG_IRQ);
  header.octet("FlagRaw", PIM_FLAG_RAW);
  header.octet("FlagAccumulate", PIM_FLAG_ACCUMULATE);
  header.octet("FlagBroadcast", PIM_FLAG_BROADCAST);
  header.octet("FlagPerBank", PIM_FLAG_PER_BANK);

  header.section("Bits of a descriptor at which fields begin");
  header.constant("CommandBits", 8 * PIM_COMMAND_BYTES);
  PIM_FIELD("CmdOpcode", opcode);
  PIM_FIELD("CmdFlags", flags);
  PIM_FIELD("CmdGroups", groups);
  PIM_FIELD("CmdBanksPerGroup", banks_per_group);
  PIM_FIELD("CmdColumnParts", column_parts);
  PIM_FIELD("CmdFirstBank", first_bank);
  PIM_FIELD("CmdCopyAddress", body.copy.address);
  PIM_FIELD("CmdCopyBram", body.copy.bram);
  PIM_FIELD("CmdCopyRows", body.copy.rows);
  PIM_FIELD("CmdCopyRowBytes", body.copy.row_bytes);
  PIM_FIELD("CmdCopyRowStride", body.copy.row_stride);
  PIM_FIELD("CmdCopySliceStride", body.copy.slice_stride);
  PIM_FIELD("CmdCopyBmem", body.copy.bmem);
  PIM_FIELD("CmdCopySlot", body.copy.slot);
  PIM_FIELD("CmdMacBmem", body.mac.bmem);
  PIM_FIELD("CmdMacRows", body.mac.rows);
  PIM_FIELD("CmdMacK", body.mac.k);
  PIM_FIELD("CmdMacVectors", body.mac.vectors);
  PIM_FIELD("CmdMacBramIn", body.mac.bram_in);
  PIM_FIELD("CmdMacBramOut", body.mac.bram_out);
  PIM_FIELD("CmdMacOutRows", body.mac.out_rows);
  PIM_FIELD("CmdMacGroup", body.mac.group);
  PIM_FIELD("CmdMacWeightBits", body.mac.weight_bits);
  PIM_FIELD("CmdMacScaleBits", body.mac.scale_bits);
  PIM_FIELD("CmdMacZeroBits", body.mac.zero_bits);
  PIM_FIELD("CmdMacActivationBits", body.mac.activation_bits);
  PIM_FIELD("CmdMacWeightExponent", body.mac.weight_exponent);
  PIM_FIELD("CmdAttBmem", body.attention.bmem);
  PIM_FIELD("CmdAttLength", body.attention.length);
  PIM_FIELD("CmdAttTokens", body.attention.tokens);
  PIM_FIELD("CmdAttBramIn", body.attention.bram_in);
  PIM_FIELD("CmdAttBramOut", body.attention.bram_out);
  PIM_FIELD("CmdAttPitch", body.attention.pitch);
  PIM_FIELD("CmdAttHeadDim", body.attention.head_dim);
  PIM_FIELD("CmdAttHeadsPerGroup", body.attention.heads_per_group);
  PIM_FIELD("CmdAttKvBits", body.attention.kv_bits);
  PIM_FIELD("CmdAttMultiplier", body.attention.multiplier);
  PIM_FIELD("CmdAttMultiplierShift", body.attention.multiplier_shift);
  PIM_FIELD("CmdStoreBmemK", body.store.bmem_k);
  PIM_FIELD("CmdStoreBmemV", body.store.bmem_v);
  PIM_FIELD("CmdStoreFirst", body.store.first);
  PIM_FIELD("CmdStoreTokens", body.store.tokens);
  PIM_FIELD("CmdStoreBramIn", body.store.bram_in);
  PIM_FIELD("CmdStoreHeadDim", body.store.head_dim);
  PIM_FIELD("CmdStoreKvBits", body.store.kv_bits);
  PIM_FIELD("CmdAluSrc", body.alu.src);
  PIM_FIELD("CmdAluSrc2", body.alu.src2);
  PIM_FIELD("CmdAluDst", body.alu.dst);
  PIM_FIELD("CmdAluRows", body.alu.rows);
  PIM_FIELD("CmdAluCount", body.alu.count);
  PIM_FIELD("CmdAluSrcStride", body.alu.src_stride);
  PIM_FIELD("CmdAluSrc2Stride", body.alu.src2_stride);
  PIM_FIELD("CmdAluDstStride", body.alu.dst_stride);
  PIM_FIELD("CmdAluBlocks", body.alu.blocks);
  PIM_FIELD("CmdAluDstBlockStride", body.alu.dst_block_stride);
  PIM_FIELD("CmdAluSegments", body.alu.segments);
  PIM_FIELD("CmdAluSegmentStride", body.alu.segment_stride);
  PIM_FIELD("CmdAluDstSegmentStride", body.alu.dst_segment_stride);
  PIM_FIELD("CmdAluPartCount", body.alu.part_count);
  PIM_FIELD("CmdAluTileCount", body.alu.tile_count);
  PIM_FIELD("CmdAluPosition", body.alu.position);
  PIM_FIELD("CmdAluConstant", body.alu.constant);
  PIM_FIELD("CmdAluHeadDim", body.alu.head_dim);
  PIM_FIELD("CmdAluGroup", body.alu.group);
  PIM_FIELD("CmdAluExponent", body.alu.exponent);
  PIM_FIELD("CmdAluHeadsPerGroup", body.alu.heads_per_group);
  PIM_FIELD("CmdAluActivationBits", body.alu.activation_bits);
  PIM_FIELD("CmdAluKvBits", body.alu.kv_bits);
  PIM_FIELD("CmdAluWeightBits", body.alu.weight_bits);
  PIM_FIELD("CmdAluScaleBits", body.alu.scale_bits);
  PIM_FIELD("CmdAluZeroBits", body.alu.zero_bits);

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
  header.constant("DieIrqStatus", static_cast<long long>(pim::DieAddress::kIrqStatus));
  header.constant("DieIrqClear", static_cast<long long>(pim::DieAddress::kIrqClear));
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

  return "  // Constants of sw/abi. Generated by pim_generate_abi: do not edit. Include within a module.\n"
         "  /* verilator lint_off UNUSEDPARAM */" +
         header.text() + "  /* verilator lint_on UNUSEDPARAM */\n";
}

#undef PIM_FIELD

bool isCurrent(const std::string& path, const std::string& expected) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream found;
  found << file.rdbuf();
  if (file && found.str() == expected) return true;
  std::cerr << path << ": not what pim_generate_abi writes; run it with --write\n";
  return false;
}

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.flush();
  if (file) return true;
  std::cerr << path << ": cannot be written\n";
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string action = argc == 3 ? argv[1] : "";
  if (action != "--write" && action != "--check") {
    std::cerr << "usage: pim_generate_abi --write|--check FILE\n";
    return 2;
  }
  const std::string text = makeHeader();
  return (action == "--write" ? write(argv[2], text) : isCurrent(argv[2], text)) ? 0 : 1;
}
