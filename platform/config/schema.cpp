#include "platform/config/schema.h"

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "abi/pim_plan.h"
#include "core/base/chip_limits.h"
#include "platform/config/machine_schemas.h"

namespace pim::platform {
namespace {

// The widest plausible ranges of values. They detect wrong units (bytes for KiB, seconds for ns) and allow
// unusual designs.
Real gigabytesPerSecond(double& at) {
  return {&at, "GB/s", 0.001, 1e6};
}
Real nanoseconds(double& at) {
  return {&at, "ns", 0, 1e9};
}
Real clock(double& at) {
  return {&at, "ns", 0.001, 1e6};
}
Integer count(std::uint32_t& at, std::uint64_t min, std::uint64_t max, std::string unit = "") {
  return {&at, std::move(unit), min, max};
}
Integer oneOf(std::uint32_t& at, std::vector<std::uint64_t> allowed, std::string unit = "") {
  return {&at, std::move(unit), 0, std::numeric_limits<std::uint64_t>::max(), std::move(allowed)};
}
Integer address(std::uint64_t& at) {
  return {&at, "", 0, std::numeric_limits<std::uint64_t>::max(), {}, true};
}
Switch onOff(bool& at) {
  return {&at};
}

const char* const kFidelityMeaning =
    "tlm: the model; rtl: Verilated RTL; check: both, and every transaction is compared";

/// Adds the energy constants. Their scope, range and source are in core/energy/energy_constants.cpp.
void appendEnergy(Schema& schema, EnergyConfig& energy) {
  for (const EnergyConstant& constant : kEnergyConstants) {
    schema.push_back({std::string("energy.") + constant.key,
                      Real{&(energy.*constant.value), constant.unit, 0, 1e6},
                      std::string(constant.covers) + ". " + constant.source});
  }
}

}  // namespace

Schema pimSchema(Config& c) {
  const std::vector<std::string> fidelity{"tlm", "rtl", "check"};
  Schema schema{
      {"chip.dies", count(c.chip.dies, 1, kMostDies),
       "Number of dies; each has its own link to the Controller", kLargerChip},
      {"chip.banks_per_die", count(c.chip.banksPerDie, 1, kMostBanksPerDie),
       "Banks per die; a bank mask has 32 bits", kLargerChip},

      {"link.bandwidth_gb_per_s", gigabytesPerSecond(c.link.bandwidthGbPerS),
       "Bandwidth of the link of one die, in 1e9 bytes per second; with full duplex, in each direction",
       kCostsMore},
      {"link.exchange_latency_ns", nanoseconds(c.link.exchangeLatencyNs),
       "Fixed time of one exchange between Controller and banks (lambda)", kCostsLess},
      {"link.duplex", choice(c.link.duplex, {"full", "half"}),
       "full: both directions move at the same time; half: one at a time", kCostsLess},
      {"link.clocked", onOff(c.link.clocked),
       "on: transfers begin on edges of the link's clock and take whole beats of 32 bytes, as in RTL; off: a "
       "transfer takes bytes / bandwidth"},

      {"die.model", Name{&c.die.model},
       "SystemC module of a die: pim, or a name registered with registerDie() (examples/own_die)"},
      {"die.ram_kib", count(c.die.ramKib, 1, kMostDieRamBytes >> 10, "KiB"),
       "Size of DieRAM, which buffers the data between link and banks", kCostsMore},
      {"die.ram_bandwidth_gb_per_s", gigabytesPerSecond(c.die.ramBandwidthGbPerS),
       "Bandwidth of DieRAM's port", kCostsMore},
      {"die.hop_ns", nanoseconds(c.die.hopNs), "Time of one pass through the die's interconnect", kCostsLess},

      {"bank.bram_kib", count(c.bank.bramKib, 1, kMostBramBytes >> 10, "KiB"),
       "SRAM per bank (BRAM), for vectors, results and scores", kCostsMore},
      {"bank.bmem_mib", count(c.bank.bmemMib, 1, kMostBmemBytes >> 20, "MiB"),
       "DRAM per bank (BMEM), for weights and KV cache"},
      {"bank.vector_buffer_bytes", count(c.bank.vectorBufferBytes, 0, 1 << 30, "bytes"),
       "Part of BRAM reserved for input vectors; 0: as large as BRAM allows", kFreeEither},
      {"bank.mac_lanes", count(c.bank.macLanes, 1, 1 << 16),
       "Multipliers per bank, of 4 x 16 bits (5 x 16 if weights have 5 bits); wider weights take several "
       "passes",
       kCostsMore},
      {"bank.operand_port_bits", count(c.bank.operandPortBits, 0, 1 << 20, "bits"),
       "Bits of activations that the multipliers read from BRAM per mac_clock_ns; 0: 16 bits per lane",
       kCostsMore},
      {"bank.softmax_lanes", count(c.bank.softmaxLanes, 1, 1 << 10),
       "Scores that the softmax unit processes per t_ck", kCostsMore},
      {"bank.mac_clock_ns", clock(c.bank.macClockNs),
       "Clock period of the MAC array; each lane multiplies and adds once per period", kCostsLess},
      {"bank.command_overhead", onOff(c.bank.commandOverhead),
       "on: include the cycles that a bank needs to decode, start and finish a command"},

      {"dram.model", choice(c.dram.model, {"timed", "ideal"}),
       "timed: rows, refresh and all timings below; ideal: one column every t_ccd and nothing else"},
      {"dram.t_ck_ns", clock(c.dram.tCkNs),
       "Clock period of the DRAM; timings are rounded up to whole clock periods", kCostsLess},
      {"dram.t_rcd_read_ns", nanoseconds(c.dram.tRcdReadNs), "Activate to read", kCostsLess},
      {"dram.t_rcd_mac_ns", nanoseconds(c.dram.tRcdMacNs), "Activate to MAC", kCostsLess},
      {"dram.t_rcd_write_ns", nanoseconds(c.dram.tRcdWriteNs), "Activate to write", kCostsLess},
      {"dram.t_rp_ns", nanoseconds(c.dram.tRpNs), "Precharge to activate", kCostsLess},
      {"dram.t_ras_ns", nanoseconds(c.dram.tRasNs), "Activate to precharge", kCostsLess},
      {"dram.t_rc_ns", nanoseconds(c.dram.tRcNs), "Activate to activate, same bank", kCostsLess},
      {"dram.t_ccd_ns", clock(c.dram.tCcdNs), "Column to column", kCostsLess},
      {"dram.t_wr_ns", nanoseconds(c.dram.tWrNs), "Last write to precharge", kCostsLess},
      {"dram.t_rtp_ns", nanoseconds(c.dram.tRtpNs), "Last read or MAC to precharge", kCostsLess},
      {"dram.t_rrd_ns", nanoseconds(c.dram.tRrdNs), "Activate to activate, different banks of a die",
       kCostsLess},
      {"dram.t_faw_ns", nanoseconds(c.dram.tFawNs), "Window that contains at most four activates of a die",
       kCostsLess},
      {"dram.t_refi_ns", clock(c.dram.tRefiNs), "Average interval between refreshes"},
      {"dram.t_rfc_ns", nanoseconds(c.dram.tRfcNs), "Duration of an all-bank refresh", kCostsLess},
      {"dram.t_rfc_pb_ns", nanoseconds(c.dram.tRfcPbNs), "Duration of a per-bank refresh", kCostsLess},
      {"dram.page_bytes", count(c.dram.pageBytes, PIM_COLUMN_BYTES, 1 << 20, "bytes"), "Size of a row",
       kCostsMore},
      {"dram.column_bytes", oneOf(c.dram.columnBytes, {PIM_COLUMN_BYTES}, "bytes"),
       "Size of a column: the bytes that a bank reads at once; the data layout requires this size"},
      {"dram.row_buffers", oneOf(c.dram.rowBuffers, {1, 2}),
       "Row buffers per bank; with 2, the next row is activated while the current one is read", kCostsMore},
      {"dram.refresh",
       choiceAmong(c.dram.refresh, {DramRefresh::Off, DramRefresh::AllBank, DramRefresh::PerBank},
                   {"off", "all_bank", "per_bank"}),
       "off: no refresh; all_bank: all banks of a die at once; per_bank: one bank after another", kCostsMore},
      {"dram.refresh_postpone_max", count(c.dram.refreshPostponeMax, 0, 64),
       "Most refreshes that a busy bank may postpone"},
      {"dram.activation_limit", choice(c.dram.activationLimit, {"off", "enforced", "staggered"}),
       "How t_rrd and t_faw limit the banks of a die. off: not at all; enforced: all banks open each row of "
       "a "
       "command together and wait for the last activate; staggered: banks run independently, only their "
       "activates take turns",
       kCostsLess},

      {"controller.memory_bandwidth_gb_per_s", gigabytesPerSecond(c.controller.memoryBandwidthGbPerS),
       "Upper limit for the bandwidth of each of the Controller's memories", kCostsMore},
      {"controller.cram_port_bytes", count(c.controller.cramPortBytes, 1, 1 << 20, "bytes"),
       "Width of CRAM's port: bytes moved per alu_clock_ns", kCostsMore},
      {"controller.cmem_bandwidth_gb_per_s", gigabytesPerSecond(c.controller.cmemBandwidthGbPerS),
       "Bandwidth of CMEM, limited by memory_bandwidth_gb_per_s", kCostsMore},
      {"controller.cmem_latency_ns", nanoseconds(c.controller.cmemLatencyNs),
       "Time until a command gets the first byte that it reads from CMEM", kCostsLess},
      {"controller.cram_kib", count(c.controller.cramKib, 1, 1 << 22, "KiB"),
       "SRAM of the Controller (CRAM); describe --model lists what lies in it", kCostsMore},
      {"controller.cmem_mib", count(c.controller.cmemMib, 1, kMostCmemBytes >> 20, "MiB"),
       "DRAM of the Controller (CMEM)", kCostsMore},
      {"controller.activations", choice(c.controller.activations, {"cram", "cmem", "external"}),
       "Memory of the activations, of all that the ALUs and the links read and write. cram: CRAM while there "
       "is room, "
       "then CMEM; cmem: CMEM; external: a memory of their own behind the pins of the package",
       kCostsLess},
      {"controller.external_bandwidth_gb_per_s", gigabytesPerSecond(c.controller.externalBandwidthGbPerS),
       "Bandwidth of the memory of activations=external, limited by memory_bandwidth_gb_per_s", kCostsMore},
      {"controller.external_latency_ns", nanoseconds(c.controller.externalLatencyNs),
       "Time until a command gets the first byte that it reads from the memory of activations=external",
       kCostsLess},
      {"controller.external_mib", count(c.controller.externalMib, 1, kMostCmemBytes >> 20, "MiB"),
       "Size of the memory of activations=external"},
      {"controller.alu_clock_ns", clock(c.controller.aluClockNs), "Clock period of the ALUs", kCostsLess},
      {"controller.alu_lanes", count(c.controller.aluLanes, 1, 1 << 16),
       "Elements that an ALU processes per clock", kCostsMore},
      {"controller.alu_latency", onOff(c.controller.aluLatency),
       "on: include the cycles to fill the pipeline and those of divisions and square roots"},
      {"controller.firmware_clock_ns", clock(c.controller.firmwareClockNs),
       "Clock period of the firmware core", kCostsLess},
      {"controller.firmware_cycles_per_access",
       count(c.controller.firmwareCyclesPerAccess, 0, 1000000, "cycles"),
       "Least time in which the firmware core reads or writes a 32-bit word over the bus", kCostsLess},
      {"controller.core", choice(c.controller.core, {"native", "rv32"}),
       "native: the firmware runs as host code and takes the times measured for the cycle table; rv32: it "
       "runs on an instruction-set simulator, and every instruction takes time"},
      {"controller.cycle_table", Line{&c.controller.cycleTable},
       "Cycles of the RV32 core's instructions: ibex, picorv32, or your own .yaml file"},
      {"controller.instruction_memory_kib", count(c.controller.instructionMemoryKib, 1, 4096, "KiB"),
       "Instruction memory of the RV32 core"},
      {"controller.data_memory_kib", count(c.controller.dataMemoryKib, 1, 4096, "KiB"),
       "Memory of the RV32 core for data and stack"},
      {"controller.queue_depth", count(c.controller.queueDepth, 2, PIM_MAX_UNDER_WAY),
       "Command descriptors that the ring holds", kCostsMore},

      {"alu.fuse", choice(c.alu.fuse, {"none", "residual_norm"}),
       "Operations that the ALUs run as one command, with the same results. residual_norm: the sum of a "
       "residual and its norm, which read the row once: docs/compression.md",
       kFreeMore},

      {"weights.bits", NumberOrFile{&c.weights.bits, &c.weights.bitsMap, "bits", {3, 4, 5, 8, 16}},
       "Bits of a weight; 16: timing only, to compare with published chips. A file sets them per matrix: "
       "docs/compression.md"},
      {"weights.mean_bits", Real{&c.weights.meanBits, "bits", 0, 8},
       "Mean of the bits over the layers: each layer gets the next lower or the next higher of 3, 4, 5 and "
       "8; "
       "the embedding and the head get the higher. 0: use weights.bits"},
      {"weights.sparsity", choice(c.weights.sparsity, {"16", "8", "4", "2"}),
       "Weights kept of each 16 neighbours along the input; 16: all"},
      {"weights.group", oneOf(c.weights.group, {32, 64, 128}),
       "Consecutive weights along the input that share a scale"},
      {"weights.scale_bits", oneOf(c.weights.scaleBits, {0, 16}, "bits"),
       "Bits of a scale; 0: no scales stored, timing only"},
      {"weights.zero_bits", oneOf(c.weights.zeroBits, {0, 4}, "bits"),
       "0: no zero points (symmetric codes); 4: one zero point per group, as wide as a code"},
      {"weights.embedding_bits", oneOf(c.weights.embeddingBits, {0, 16}, "bits"),
       "Bits of the input embedding. 0: as the other weights; 16: no scales, timing and capacity only"},
      {"activation.bits", oneOf(c.activation.bits, {8, 16}, "bits"), "Bits of the mantissa of an activation"},
      {"attention.mask", Line{&c.attention.mask},
       "Blocks of cached tokens that a query sees: causal (all before it), sliding:N (the last N tokens), "
       "sinks:A+N (the first A and the last N tokens), strided:N (every N-th block and its own), or a CSV "
       "file "
       "with the blocks of each layer and head: docs/compression.md"},
      {"attention.block", oneOf(c.attention.block, {64}, "tokens"), "Tokens per side of a block of the mask"},
      {"attention.phase", choice(c.attention.phase, {"prefill", "decode", "both"}),
       "Phases in which the mask applies"},
      {"kv.bits", oneOf(c.kv.bits, {4, 8, 16}, "bits"), "Bits of an element of the KV cache"},

      {"mapping.auto", onOff(c.mapping.automatic),
       "on: search the legal mappings for the fastest one for the job and use it, in place of the keys of "
       "mapping and schedule; in YAML also mapping: auto"},
      {"mapping.weights", choice(c.mapping.weights, {"1d", "2d"}),
       "1d: distribute output rows over all banks; 2d: rows and columns, and the Controller adds partial "
       "sums",
       kFreeEither},
      {"mapping.column_parts", count(c.mapping.columnParts, 0, 255),
       "With 2d: parts into which the input is divided; 0: as many as dies", kFreeEither},
      {"mapping.banks_per_head", count(c.mapping.banksPerHead, 1, 32),
       "Banks that share an attention head; with more than 1, the softmax runs in the Controller",
       kFreeEither},
      {"mapping.fuse_qkv", onOff(c.mapping.fuseQkv),
       "on: q, k and v form one matrix, which takes fewer messages", kFreeMore},
      {"mapping.fuse_gate_up", onOff(c.mapping.fuseGateUp),
       "on: gate and up form one matrix, which takes fewer messages", kFreeMore},
      {"mapping.token_tile", count(c.mapping.tokenTile, 1, 4096, "tokens"), "Most tokens of a prefill tile",
       kFreeEither},
      {"mapping.embedding", choice(c.mapping.embedding, {"auto", "controller", "banks"}),
       "Memory of the input embedding; auto: the Controller's memory if it fits there, otherwise the banks",
       kFreeEither},

      {"schedule.overlap", onOff(c.schedule.overlap), "off: each command waits for the previous one",
       kFreeEither},
      {"schedule.program", choice(c.schedule.program, {"posted", "cached"}),
       "posted: the firmware posts the commands of each token; cached: it records those of a decode step "
       "once, as "
       "a program that the command processor runs, and sets only the words that depend on the context",
       kFreeMore},
      {"schedule.tiles_in_flight", count(c.schedule.tilesInFlight, 1, PIM_MAX_IN_FLIGHT),
       "Prefill tiles that are processed alternately", kFreeEither},

      {"memory_map.registers_base", address(c.memoryMap.registersBase),
       "Controller registers (one page of 4 KiB)"},
      {"memory_map.cram_base", address(c.memoryMap.cramBase), "CRAM"},
      {"memory_map.cmem_base", address(c.memoryMap.cmemBase), "CMEM"},
      {"memory_map.external_base", address(c.memoryMap.externalBase),
       "Address of the memory of controller.activations=external"},
      {"memory_map.instruction_memory_base", address(c.memoryMap.instructionMemoryBase),
       "Instruction memory of the RV32 core"},
      {"memory_map.data_memory_base", address(c.memoryMap.dataMemoryBase), "Data memory of the RV32 core"},
      {"memory_map.die_base", address(c.memoryMap.dieBase), "Window of die 0"},
      {"memory_map.die_stride", address(c.memoryMap.dieStride), "Distance from one die's window to the next"},
  };
  appendEnergy(schema, c.energy);
  const Schema rest{
      {"area.nand2_um2", Real{&c.area.nand2Um2, "um2", 1e-6, 1e3},
       "Area of a two-input NAND gate, the unit in which logic is counted"},
      {"area.sram_um2_per_bit", Real{&c.area.sramUm2PerBit, "um2", 1e-6, 1e3},
       "Area of SRAM per bit, decoders and amplifiers included"},

      {"simulation.exact_banks", onOff(c.simulation.exactBanks),
       "on: simulate each bank by itself, even if banks run in lock step; same results, slower"},
      {"simulation.check_timing", onOff(c.simulation.checkTiming),
       "on: check every DRAM command against the timing rules"},
      {"simulation.seed", Integer{&c.simulation.seed, "", 0, std::numeric_limits<std::uint64_t>::max()},
       "Seed of all random numbers: synthetic weights, sampling"},
      {"simulation.threads", count(c.simulation.threads, 0, 256, "threads"),
       "Host threads that compute data; 0: as many as the host has. The results do not depend on it"},

      {"rtl.banks", choice(c.rtl.banks, fidelity), kFidelityMeaning},
      {"rtl.bank_select", Name{&c.rtl.bankSelect},
       "Banks to which rtl.banks applies: all, or one, such as die0.bank3"},
      {"rtl.dies", choice(c.rtl.dies, fidelity), kFidelityMeaning},
      {"rtl.alus", choice(c.rtl.alus, fidelity), kFidelityMeaning},
  };
  schema.insert(schema.end(), rest.begin(), rest.end());
  return schema;
}

Schema configSchema(Config& c) {
  Schema schema{{"name", Name{&c.name}, "Name of the configuration in reports"},
                {"machine", choice(c.machine, machineNames()),
                 "Kind of machine: the PIM chip, an FPGA or a phone. Each kind has its own keys"}};
  constexpr Schema (*kOfKind[kMachineKinds])(Config&) = {pimSchema, fpgaSchema, phoneSchema};
  Schema own = kOfKind[static_cast<std::size_t>(c.machine)](c);
  schema.insert(schema.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  return schema;
}

std::vector<std::string> machineNames() {
  return {"pim", "fpga", "phone"};
}

Schema modelSchema(ModelShape& s) {
  return {
      {"name", Name{&s.name}, "Name of the model in reports"},
      {"layers", count(s.layers, 1, 1024), "Decoder layers"},
      {"hidden", count(s.hidden, 32, 65536), "Elements of the residual stream"},
      {"heads", count(s.heads, 1, 1024), "Query heads"},
      {"kv_heads", count(s.kvHeads, 1, 1024), "Key/value heads"},
      {"head_dim", count(s.headDim, 2, 1024), "Elements per head"},
      {"mlp", count(s.mlp, 32, 65536), "Elements of the hidden layer of the feed-forward block (MLP)"},
      {"vocab", count(s.vocab, 2, 1 << 24), "Tokens of the vocabulary"},
      {"context", count(s.context, 1, 1 << 24, "tokens"), "Longest sequence that the model supports"},
      {"rope_theta", Real{&s.ropeTheta, "", 1, 1e12}, "Base of the rotary frequencies"},
      {"rms_epsilon", Real{&s.rmsEpsilon, "", 0, 1}, "Added to the mean square in RMSNorm"},
      {"tied_embeddings", onOff(s.tiedEmbeddings), "on: the head uses the table of the input embedding"},
  };
}

// A schema points into the object that it reads. The copy allows the callers' config to be const.
std::string toYaml(const Config& config) {
  Config copy = config;
  return dumpYaml(configSchema(copy));
}

nlohmann::ordered_json toJson(const Config& config) {
  Config copy = config;
  return dumpJson(configSchema(copy));
}

}  // namespace pim::platform
