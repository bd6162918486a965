#include "platform/config/schema.h"

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "abi/pim_layout.h"
#include "abi/pim_plan.h"
#include "core/base/chip_limits.h"
#include "platform/config/machine_schemas.h"

namespace pim::platform {
namespace {

// The widest ranges in which a value can still be meant seriously: they catch slips of a unit (bytes for KiB,
// seconds for ns), not bold designs.
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
    "tlm: the model; rtl: Verilated RTL; check: both, compared at every transaction";

/// What each constant covers and where it comes from stands beside its range,
/// core/energy/energy_constants.cpp.
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
      {"chip.dies", count(c.chip.dies, 1, kMostDies), "Dies, each with a link of its own to the Controller",
       kLargerChip},
      {"chip.banks_per_die", count(c.chip.banksPerDie, 1, kMostBanksPerDie),
       "Banks of a die; a bank mask has 32 bits", kLargerChip},

      {"link.bandwidth_gb_per_s", gigabytesPerSecond(c.link.bandwidthGbPerS),
       "Of one die's link, in 1e9 bytes per second; full duplex: in each direction", kCostsMore},
      {"link.exchange_latency_ns", nanoseconds(c.link.exchangeLatencyNs),
       "Fixed cost of one exchange between Controller and bank (lambda)", kCostsLess},
      {"link.duplex", choice(c.link.duplex, {"full", "half"}),
       "Whether both directions move at the same time", kCostsLess},
      {"link.clocked", onOff(c.link.clocked),
       "Transfers begin on edges of the link's clock and take whole beats of 32 bytes, as in RTL; off: bytes "
       "follow each other without a clock"},

      {"die.model", Name{&c.die.model},
       "The SystemC module of a die: pim, or a name that registerDie() knows (examples/own_die)"},
      {"die.ram_kib", count(c.die.ramKib, 1, kMostDieRamBytes >> 10, "KiB"),
       "DieRAM: where a write waits to be broadcast", kCostsMore},
      {"die.ram_bandwidth_gb_per_s", gigabytesPerSecond(c.die.ramBandwidthGbPerS), "Of DieRAM's port",
       kCostsMore},
      {"die.hop_ns", nanoseconds(c.die.hopNs), "One pass through the die's interconnect", kCostsLess},

      {"bank.bram_kib", count(c.bank.bramKib, 1, kMostBramBytes >> 10, "KiB"),
       "SRAM of a bank: vectors, results, scores", kCostsMore},
      {"bank.bmem_mib", count(c.bank.bmemMib, 1, kMostBmemBytes >> 20, "MiB"),
       "DRAM of a bank: weights and KV cache"},
      {"bank.vector_buffer_bytes", count(c.bank.vectorBufferBytes, 0, 1 << 30, "bytes"),
       "BRAM set aside for input vectors; 0: as large as BRAM allows", kFreeEither},
      {"bank.mac_lanes", count(c.bank.macLanes, 1, 1 << 16),
       "Multipliers of 4 x 16 bits (5 x 16 where weights have 5); wider weights take several passes",
       kCostsMore},
      {"bank.operand_port_bits", count(c.bank.operandPortBits, 0, 1 << 20, "bits"),
       "Activations that BRAM gives the multipliers per mac_clock_ns; 0: 16 bits for each of mac_lanes",
       kCostsMore},
      {"bank.softmax_lanes", count(c.bank.softmaxLanes, 1, 1 << 10), "Scores the softmax unit takes per t_ck",
       kCostsMore},
      {"bank.mac_clock_ns", clock(c.bank.macClockNs), "Period in which each lane multiplies and adds once",
       kCostsLess},
      {"bank.command_overhead", onOff(c.bank.commandOverhead),
       "Count the cycles a bank takes to decode, start and finish a command"},

      {"dram.model", choice(c.dram.model, {"timed", "ideal"}),
       "timed: rows, refresh and all timings below; ideal: a column every t_ccd, nothing else"},
      {"dram.t_ck_ns", clock(c.dram.tCkNs), "Clock of the DRAM; timings are rounded up to whole clocks",
       kCostsLess},
      {"dram.t_rcd_read_ns", nanoseconds(c.dram.tRcdReadNs), "Activate to read", kCostsLess},
      {"dram.t_rcd_mac_ns", nanoseconds(c.dram.tRcdMacNs), "Activate to MAC", kCostsLess},
      {"dram.t_rcd_write_ns", nanoseconds(c.dram.tRcdWriteNs), "Activate to write", kCostsLess},
      {"dram.t_rp_ns", nanoseconds(c.dram.tRpNs), "Precharge to activate", kCostsLess},
      {"dram.t_ras_ns", nanoseconds(c.dram.tRasNs), "Activate to precharge", kCostsLess},
      {"dram.t_rc_ns", nanoseconds(c.dram.tRcNs), "Activate to activate, same bank", kCostsLess},
      {"dram.t_ccd_ns", clock(c.dram.tCcdNs), "Column to column", kCostsLess},
      {"dram.t_wr_ns", nanoseconds(c.dram.tWrNs), "Last write to precharge", kCostsLess},
      {"dram.t_rtp_ns", nanoseconds(c.dram.tRtpNs), "Last read or MAC to precharge", kCostsLess},
      {"dram.t_rrd_ns", nanoseconds(c.dram.tRrdNs), "Activate to activate, another bank of the die",
       kCostsLess},
      {"dram.t_faw_ns", nanoseconds(c.dram.tFawNs), "Window for four activates in a die", kCostsLess},
      {"dram.t_refi_ns", clock(c.dram.tRefiNs), "Refresh to refresh, on average"},
      {"dram.t_rfc_ns", nanoseconds(c.dram.tRfcNs), "One all-bank refresh", kCostsLess},
      {"dram.t_rfc_pb_ns", nanoseconds(c.dram.tRfcPbNs), "One per-bank refresh", kCostsLess},
      {"dram.page_bytes", count(c.dram.pageBytes, PIM_COLUMN_BYTES, 1 << 20, "bytes"), "An open row",
       kCostsMore},
      {"dram.column_bytes", oneOf(c.dram.columnBytes, {PIM_COLUMN_BYTES}, "bytes"),
       "What a bank reads at once; the data layout is made for this size"},
      {"dram.row_buffers", oneOf(c.dram.rowBuffers, {1, 2}),
       "2: the next row is activated while this one is read", kCostsMore},
      {"dram.refresh",
       choiceAmong(c.dram.refresh, {RefreshMode::kOff, RefreshMode::kAllBank, RefreshMode::kPerBank},
                   {"off", "all_bank", "per_bank"}),
       "How rows are refreshed", kCostsMore},
      {"dram.refresh_postpone_max", count(c.dram.refreshPostponeMax, 0, 64),
       "Refreshes that may be put off while a bank is busy"},
      {"dram.activation_limit", choice(c.dram.activationLimit, {"off", "enforced", "staggered"}),
       "How t_rrd and t_faw bind the banks of a die: not at all, each row of a command waits for the last "
       "bank's activate, or only activates take turns",
       kCostsLess},

      {"controller.memory_bandwidth_gb_per_s", gigabytesPerSecond(c.controller.memoryBandwidthGbPerS),
       "What CRAM and CMEM each give at most", kCostsMore},
      {"controller.cram_port_bytes", count(c.controller.cramPortBytes, 1, 1 << 20, "bytes"),
       "Width of CRAM's port: moved per alu_clock_ns", kCostsMore},
      {"controller.cmem_bandwidth_gb_per_s", gigabytesPerSecond(c.controller.cmemBandwidthGbPerS),
       "Of CMEM, within memory_bandwidth_gb_per_s", kCostsMore},
      {"controller.cmem_latency_ns", nanoseconds(c.controller.cmemLatencyNs),
       "Until the first byte that a command reads in CMEM comes", kCostsLess},
      {"controller.cram_kib", count(c.controller.cramKib, 1, 1 << 22, "KiB"),
       "SRAM of the Controller: what a decode token works on, then the rest in the order that describe "
       "prints",
       kCostsMore},
      {"controller.cmem_mib", count(c.controller.cmemMib, 1, kMostCmemBytes >> 20, "MiB"),
       "DRAM of the Controller", kCostsMore},
      {"controller.alu_clock_ns", clock(c.controller.aluClockNs), "Clock of the ALUs", kCostsLess},
      {"controller.alu_lanes", count(c.controller.aluLanes, 1, 1 << 16), "Elements an ALU takes in a clock",
       kCostsMore},
      {"controller.alu_latency", onOff(c.controller.aluLatency),
       "Count pipeline fill and the serial steps (divide, square root)"},
      {"controller.firmware_clock_ns", clock(c.controller.firmwareClockNs), "Clock of the firmware core",
       kCostsLess},
      {"controller.firmware_cycles_per_access",
       count(c.controller.firmwareCyclesPerAccess, 0, 1000000, "cycles"),
       "What the firmware core takes at least to read or write a 32-bit word over the bus", kCostsLess},
      {"controller.core", choice(c.controller.core, {"native", "rv32"}),
       "native: the firmware runs as host code, of which only accesses over the bus take time; rv32: its "
       "program runs on an instruction-set simulator"},
      {"controller.cycle_table", Line{&c.controller.cycleTable},
       "Cycles of the core's instructions: ibex, picorv32, or a .yaml file of one's own"},
      {"controller.instruction_memory_kib", count(c.controller.instructionMemoryKib, 1, 4096, "KiB"),
       "Memory of the RV32 core for its program"},
      {"controller.data_memory_kib", count(c.controller.dataMemoryKib, 1, 4096, "KiB"),
       "Memory of the RV32 core for its data and stack"},
      {"controller.queue_depth", count(c.controller.queueDepth, 2, 65536),
       "Command descriptors the ring holds", kCostsMore},

      {"weights.bits", NumberOrFile{&c.weights.bits, &c.weights.bitsMap, "bits", {3, 4, 5, 8, 16}},
       "Of a code; 16: timing only, to compare with published chips. A file has them by matrix: "
       "docs/compression.md"},
      {"weights.mean_bits", Real{&c.weights.meanBits, "bits", 0, 8},
       "Layers take turns with the next lower and higher of 3, 4, 5 and 8 bits, so that this is their mean; "
       "the embedding and the head take the higher; 0: weights.bits holds"},
      {"weights.sparsity", choice(c.weights.sparsity, {"16", "8", "4", "2"}),
       "Weights kept of each 16 neighbours along the input; 16: all"},
      {"weights.group", oneOf(c.weights.group, {32, 64, 128}), "Weights along the input that share a scale"},
      {"weights.scale_bits", oneOf(c.weights.scaleBits, {0, 16}, "bits"), "0: no scales stored, timing only"},
      {"weights.zero_bits", oneOf(c.weights.zeroBits, {0, 4}, "bits"),
       "0: symmetric; 4: a zero point for each group, as wide as a code"},
      {"weights.embedding_bits", oneOf(c.weights.embeddingBits, {0, 16}, "bits"),
       "Input embedding. 0: like the other weights; 16: no scales, timing and capacity only"},
      {"activation.bits", oneOf(c.activation.bits, {8, 16}, "bits"), "Mantissa of an activation"},
      {"attention.mask", Line{&c.attention.mask},
       "Which cached tokens a query sees, in blocks: causal (all before it), sliding:N (the last N tokens), "
       "sinks:A+N (the first A and the last N), strided:N (every N-th block and its own), or a CSV file "
       "with the blocks of each layer and head: docs/compression.md"},
      {"attention.block", oneOf(c.attention.block, {64}, "tokens"), "Side of a block of the mask"},
      {"attention.phase", choice(c.attention.phase, {"prefill", "decode", "both"}), "Where the mask holds"},
      {"kv.bits", oneOf(c.kv.bits, {4, 8, 16}, "bits"), "Code of a KV cache element"},

      {"mapping.auto", onOff(c.mapping.automatic),
       "on: of all legal mappings the fastest for the job is looked for and taken, whatever the keys of "
       "mapping and schedule say; in YAML also mapping: auto"},
      {"mapping.weights", choice(c.mapping.weights, {"1d", "2d"}),
       "1d: output rows over all banks; 2d: rows and columns, partial sums reduced by the Controller",
       kFreeEither},
      {"mapping.column_parts", count(c.mapping.columnParts, 0, 255),
       "2d: parts into which the input is divided; 0: as many as dies", kFreeEither},
      {"mapping.banks_per_head", count(c.mapping.banksPerHead, 1, 32),
       "Banks that share an attention head; with more than 1 softmax runs in the Controller", kFreeEither},
      {"mapping.fuse_qkv", onOff(c.mapping.fuseQkv), "q, k and v as one matrix: fewer messages", kFreeMore},
      {"mapping.fuse_gate_up", onOff(c.mapping.fuseGateUp), "gate and up as one matrix: fewer messages",
       kFreeMore},
      {"mapping.token_tile", count(c.mapping.tokenTile, 1, 4096, "tokens"),
       "Tokens of a prefill tile, at most", kFreeEither},
      {"mapping.embedding", choice(c.mapping.embedding, {"auto", "controller", "banks"}),
       "Where the input embedding lies; auto: in the Controller's memory where it fits", kFreeEither},

      {"schedule.overlap", onOff(c.schedule.overlap), "off: each command waits for the one before",
       kFreeMore},
      {"schedule.tiles_in_flight", count(c.schedule.tilesInFlight, 1, PIM_MAX_IN_FLIGHT),
       "Prefill tiles worked on in turns", kFreeEither},

      {"memory_map.registers_base", address(c.memoryMap.registersBase),
       "Controller registers (one page of 4 KiB)"},
      {"memory_map.cram_base", address(c.memoryMap.cramBase), "CRAM"},
      {"memory_map.cmem_base", address(c.memoryMap.cmemBase), "CMEM"},
      {"memory_map.instruction_memory_base", address(c.memoryMap.instructionMemoryBase),
       "Instruction memory of the RV32 core"},
      {"memory_map.data_memory_base", address(c.memoryMap.dataMemoryBase), "Data memory of the RV32 core"},
      {"memory_map.die_base", address(c.memoryMap.dieBase), "Window of die 0"},
      {"memory_map.die_stride", address(c.memoryMap.dieStride), "From one die's window to the next"},
  };
  appendEnergy(schema, c.energy);
  const Schema rest{
      {"area.nand2_um2", Real{&c.area.nand2Um2, "um2", 1e-6, 1e3},
       "A two-input NAND of the process that logic is made in; other gates are counted in it"},
      {"area.sram_um2_per_bit", Real{&c.area.sramUm2PerBit, "um2", 1e-6, 1e3},
       "SRAM, its decoders and amplifiers included"},

      {"simulation.exact_banks", onOff(c.simulation.exactBanks),
       "Simulate each bank by itself even where banks run in lock step; same results, slower"},
      {"simulation.check_timing", onOff(c.simulation.checkTiming),
       "Check every DRAM command against the timing rules"},
      {"simulation.seed", Integer{&c.simulation.seed, "", 0, std::numeric_limits<std::uint64_t>::max()},
       "Of everything random: synthetic weights, sampling"},
      {"simulation.threads", count(c.simulation.threads, 0, 256, "threads"),
       "Threads of the host that compute data; 0: as many as it has. Any number gives the same results"},

      {"rtl.banks", choice(c.rtl.banks, fidelity), kFidelityMeaning},
      {"rtl.bank_select", Name{&c.rtl.bankSelect},
       "The banks that rtl.banks is about: all, or one, as die0.bank3"},
      {"rtl.dies", choice(c.rtl.dies, fidelity), kFidelityMeaning},
      {"rtl.alus", choice(c.rtl.alus, fidelity), kFidelityMeaning},
  };
  schema.insert(schema.end(), rest.begin(), rest.end());
  return schema;
}

Schema configSchema(Config& c) {
  Schema schema{{"name", Name{&c.name}, "What this configuration is called in reports"},
                {"machine", choice(c.machine, machineNames()),
                 "What it is: the PIM chip, an FPGA, a phone. Each kind has its own keys"}};
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
      {"name", Name{&s.name}, "What the model is called in reports"},
      {"layers", count(s.layers, 1, 1024), "Decoder layers"},
      {"hidden", count(s.hidden, 32, 65536), "Elements of the residual stream"},
      {"heads", count(s.heads, 1, 1024), "Query heads"},
      {"kv_heads", count(s.kvHeads, 1, 1024), "Key/value heads"},
      {"head_dim", count(s.headDim, 2, 1024), "Elements of a head"},
      {"mlp", count(s.mlp, 32, 65536), "Inner elements of the feed-forward block"},
      {"vocab", count(s.vocab, 2, 1 << 24), "Tokens of the vocabulary"},
      {"context", count(s.context, 1, 1 << 24, "tokens"), "Longest sequence the model was made for"},
      {"rope_theta", Real{&s.ropeTheta, "", 1, 1e12}, "Base of the rotary frequencies"},
      {"rms_epsilon", Real{&s.rmsEpsilon, "", 0, 1}, "Added to the mean square in RMSNorm"},
      {"tied_embeddings", onOff(s.tiedEmbeddings), "The head uses the input embedding's table"},
  };
}

// A schema points into the object it reads, and reading changes nothing: a copy keeps the callers' config
// const.
std::string toYaml(const Config& config) {
  Config copy = config;
  return dumpYaml(configSchema(copy));
}

nlohmann::ordered_json toJson(const Config& config) {
  Config copy = config;
  return dumpJson(configSchema(copy));
}

}  // namespace pim::platform
