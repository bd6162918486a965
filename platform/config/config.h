#pragma once

#include <cstdint>
#include <string>

#include "core/base/embedding_placement.h"
#include "core/base/memory_rates.h"
#include "core/dram/dram_timing.h"
#include "core/energy/energy_constants.h"
#include "platform/config/fpga_config.h"
#include "platform/config/phone_config.h"

namespace pim::platform {

// The configuration of a machine: read from YAML and validated before anything is built.
// platform/config/schema.cpp states the meaning, unit and range of each key (printed as
// docs/configuration.md); platform/presets has the values. loadPreset() and loadConfigFile() in loader.h
// return one; a default-constructed Config contains zeros.

/// The kind of machine that a configuration describes. Each kind has its own keys beside the common ones.
enum class MachineKind { kPim, kFpga, kPhone };
constexpr std::uint32_t kMachineKinds = 3;
enum class PowerCovers { kUnknown, kBoard, kChip, kInferred };
enum class Duplex { kFull, kHalf };
enum class WeightMapping { k1d, k2d };
enum class AluFusion { kNone, kResidualNorm };
enum class ControllerCoreKind { kNative, kRv32 };
enum class Fidelity { kTlm, kRtl, kCheck };
enum class DecodeProgram { kPosted, kCached };
enum class MaskedPhase { kPrefill, kDecode, kBoth };
enum class Sparsity { kDense, k8, k4, k2 };

struct ChipConfig {
  std::uint32_t dies{};
  std::uint32_t banksPerDie{};

  std::uint32_t banks() const { return dies * banksPerDie; }
};

struct LinkConfig {
  double bandwidthGbPerS{};    ///< GB/s (1e9 B/s) of one die's link; a byte takes 1 / bandwidthGbPerS ns
  double exchangeLatencyNs{};  ///< fixed time of one exchange between Controller and banks (lambda)
  Duplex duplex{};
  bool clocked{};  ///< transfers take whole beats on clock edges, as in the RTL
};

struct DieConfig {
  std::string model = "pim";  ///< "pim", or a name given to registerDie()
  std::uint32_t ramKib{};
  double ramBandwidthGbPerS{};  ///< GB/s of the DieRAM port
  double hopNs{};               ///< time to cross the die's interconnect once

  std::uint64_t ramBytes() const { return std::uint64_t{ramKib} << 10; }
};

struct BankConfig {
  std::uint32_t bramKib{};
  std::uint32_t bmemMib{};
  std::uint32_t vectorBufferBytes{};  ///< part of BRAM for input vectors; 0: as large as BRAM allows
  std::uint32_t macLanes{};           ///< multipliers of 4 x 16 bits
  std::uint32_t operandPortBits{};    ///< width of BRAM's port to the multipliers; 0: 16 bits per lane
  double macClockNs{};
  std::uint32_t softmaxLanes{};  ///< scores that the softmax unit takes per tCK
  bool commandOverhead{};        ///< count the cycles a bank takes to decode, start and finish a command

  std::uint64_t bramBytes() const { return std::uint64_t{bramKib} << 10; }
  std::uint64_t bmemBytes() const { return std::uint64_t{bmemMib} << 20; }
};

struct DramConfig {
  DramTimingModel model{};
  double tCkNs{};
  double tRcdReadNs{};
  double tRcdMacNs{};
  double tRcdWriteNs{};
  double tRpNs{};
  double tRasNs{};
  double tRcNs{};
  double tCcdNs{};
  double tWrNs{};
  double tRtpNs{};
  double tRrdNs{};
  double tFawNs{};
  double tRefiNs{};
  double tRfcNs{};
  double tRfcPbNs{};
  std::uint32_t pageBytes{};
  std::uint32_t columnBytes{};
  std::uint32_t rowBuffers{};
  DramRefresh refresh{};
  std::uint32_t refreshPostponeMax{};
  DramActivationLimit activationLimit{};
};

struct ControllerConfig {
  double memoryBandwidthGbPerS{};  ///< upper limit of each memory, in GB/s
  std::uint32_t cramPortBytes{};   ///< bytes that CRAM's port moves per aluClockNs
  double cmemBandwidthGbPerS{};    ///< GB/s of CMEM, at most memoryBandwidthGbPerS
  double cmemLatencyNs{};          ///< from the request to the first byte that a command reads from CMEM
  std::uint32_t cramKib{};
  std::uint32_t cmemMib{};
  ControllerMemoryKind activations{};
  double externalBandwidthGbPerS{};  ///< GB/s of the memory behind the pins, at most memoryBandwidthGbPerS
  double externalLatencyNs{};        ///< as cmemLatencyNs
  std::uint32_t externalMib{};
  double aluClockNs{};
  std::uint32_t aluLanes{};  ///< elements an ALU takes per clock
  bool aluLatency{};         ///< count pipeline fill and the serial steps (divide, square root)
  double firmwareClockNs{};
  std::uint32_t firmwareCyclesPerAccess{};  ///< of the firmware core, per 32-bit access
  ControllerCoreKind core{};
  std::string cycleTable;  ///< name of a built-in table (core_table.h), or a file
  std::uint32_t instructionMemoryKib{};
  std::uint32_t dataMemoryKib{};
  std::uint32_t queueDepth{};  ///< command descriptors that the ring holds

  std::uint64_t cramBytes() const { return std::uint64_t{cramKib} << 10; }
  std::uint64_t cmemBytes() const { return std::uint64_t{cmemMib} << 20; }
  /// Bytes of the memory behind the pins; 0 if nothing uses it.
  std::uint64_t externalBytes() const {
    return activations == ControllerMemoryKind::kExternal ? std::uint64_t{externalMib} << 20 : 0;
  }
  std::uint64_t instructionMemoryBytes() const { return std::uint64_t{instructionMemoryKib} << 10; }
  std::uint64_t dataMemoryBytes() const { return std::uint64_t{dataMemoryKib} << 10; }
};

/// What the firmware gives to the ALUs; their speed is in ControllerConfig.
struct AluConfig {
  AluFusion fuse{};
};

struct WeightConfig {
  std::uint32_t bits{};           ///< 3, 4, 5 or 8, or 16 for timing only
  std::string bitsMap;            ///< file with the bits of each matrix; empty: none
  std::uint32_t group{};          ///< consecutive weights along the input that share a scale
  std::uint32_t scaleBits{};      ///< 16, or 0 for timing only
  std::uint32_t zeroBits{};       ///< 0 (symmetric) or 4
  std::uint32_t embeddingBits{};  ///< of the input embedding; 0: as the other matrices; 16: timing only
  Sparsity sparsity{};            ///< weights stored of each 16 neighbours along the input
  double meanBits{};              ///< mean of the layers' bits, instead of `bits`; 0: `bits` everywhere

  /// Returns the number of weights stored of each 16; 0: all.
  std::uint32_t kept() const {
    return sparsity == Sparsity::kDense ? 0 : 16u >> static_cast<std::uint32_t>(sparsity);
  }
};

/// Returns the sparsity that stores `kept` of each 16 weights; 0: all.
inline Sparsity sparsityOf(std::uint32_t kept) {
  return kept == 0 ? Sparsity::kDense : kept == 8 ? Sparsity::k8 : kept == 4 ? Sparsity::k4 : Sparsity::k2;
}

struct ActivationConfig {
  std::uint32_t bits{};
};

struct KvConfig {
  std::uint32_t bits{};
};

struct MappingConfig {
  bool automatic{};  ///< the fastest mapping replaces the keys below, whatever their values
  WeightMapping weights{};
  std::uint32_t columnParts{};   ///< as configured; 0: as many as dies; Config::columnParts() resolves it
  std::uint32_t banksPerHead{};  ///< more than 1: softmax in the Controller
  bool fuseQkv{};
  bool fuseGateUp{};
  std::uint32_t tokenTile{};  ///< tokens of a prefill tile
  EmbeddingPlacement embedding{};
};

struct ScheduleConfig {
  bool overlap{};
  DecodeProgram program{};
  std::uint32_t tilesInFlight{};
};

/// The blocks of the cache that a query skips.
struct AttentionConfig {
  std::string mask;  ///< "causal", "full" (FPGA), "sliding:N", "sinks:A+N", "strided:N" (PIM), or a file
  std::uint32_t block{};
  MaskedPhase phase{};  ///< for the PIM chip; an FPGA masks prefill only
};

/// Power and price of a machine whose energy is not modelled; 0: unknown.
struct CostConfig {
  double powerWatts{};
  PowerCovers powerCovers{};
  double priceDollars{};
};

/// Properties of the process that sim/analysis/area.h needs to compute mm2.
struct AreaConfig {
  double nand2Um2{};
  double sramUm2PerBit{};
};

struct MemoryMapConfig {
  std::uint64_t registersBase{};
  std::uint64_t cramBase{};
  std::uint64_t cmemBase{};
  std::uint64_t externalBase{};
  std::uint64_t instructionMemoryBase{};
  std::uint64_t dataMemoryBase{};
  std::uint64_t dieBase{};
  std::uint64_t dieStride{};
};

struct SimulationConfig {
  bool exactBanks{};   ///< simulate every bank separately, even if banks run in lock step
  bool checkTiming{};  ///< check every DRAM command with the timing checker
  std::uint64_t seed{};
  std::uint32_t threads{};  ///< number of threads that compute data; 0: one per core of the host
};

struct RtlConfig {
  Fidelity banks{};
  std::string bankSelect;  ///< banks that rtl.banks selects: "all", or one as "die0.bank3"
  Fidelity dies{};
  Fidelity alus{};
};

struct Config {
  std::string name;
  MachineKind machine{};
  ChipConfig chip;
  LinkConfig link;
  DieConfig die;
  BankConfig bank;
  DramConfig dram;
  ControllerConfig controller;
  AluConfig alu;
  WeightConfig weights;
  ActivationConfig activation;
  KvConfig kv;
  MappingConfig mapping;
  ScheduleConfig schedule;
  MemoryMapConfig memoryMap;
  EnergyConfig energy;
  AreaConfig area;
  SimulationConfig simulation;
  RtlConfig rtl;
  AttentionConfig attention;
  CostConfig cost;
  FpgaConfig fpga;
  PhoneConfig phone;

  /// Returns true if weights have no arithmetic meaning (16 bits, or no scales). Such a chip runs without
  /// data only.
  bool timingOnly() const {
    return weights.bits == 16 || weights.scaleBits == 0 || weights.embeddingBits != 0;
  }

  /// Returns the number of parts into which the input of a matrix is divided: 1 in the 1-D mapping.
  std::uint32_t columnParts() const {
    if (mapping.weights == WeightMapping::k1d) return 1;
    return mapping.columnParts == 0 ? chip.dies : mapping.columnParts;
  }
};

}  // namespace pim::platform
