#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "platform/config/builtin.h"
#include "platform/config/die_models.h"
#include "platform/config/document.h"
#include "platform/config/dram.h"
#include "platform/config/loader.h"
#include "platform/config/markdown.h"
#include "platform/config/memory_map.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"
#include "tests/support/temporary_folder.h"

namespace pim::platform {
namespace {

/// A file in the test's own directory, gone afterwards.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) : m_path(testing::TempDir() + uniqueName()) {
    std::ofstream(m_path) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(m_path.c_str()); }
  const std::string& path() const { return m_path; }

 private:
  static std::string uniqueName() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test->test_suite_name()) + "_" + test->name() + ".yaml";
  }
  std::string m_path;
};

// ---- Presets ------------------------------------------------------------------------------------

TEST(Presets, AreThoseOfTheProject) {
  EXPECT_EQ(presetNames(), (std::vector<std::string>{"aim8", "edge", "flightllm-u280", "flightllm-vhk158",
                                                     "flightllm-vhk158-published", "ideal", "offchip",
                                                     "phone-8gen2", "phone-8gen2-llamacpp", "small"}));
}

TEST(Presets, AreNamedAfterTheirFile) {
  for (const auto& name : presetNames()) EXPECT_EQ(loadPreset(name).name, name);
}

TEST(Presets, TheRootOfEachKindGivesEveryKeyOnce) {
  for (const MachineKind kind : {MachineKind::kPim, MachineKind::kFpga, MachineKind::kPhone}) {
    std::set<std::string> given{"name"};
    for (const auto& preset : builtinPresets()) {
      if (preset.name != rootPreset(kind)) continue;
      for (const auto& entry : readYaml(preset.text, preset.name))
        EXPECT_TRUE(given.insert(entry.key).second) << entry.key;
    }
    Config config;
    config.machine = kind;
    std::set<std::string> known;
    for (const auto& field : configSchema(config)) known.insert(field.key);
    EXPECT_EQ(given, known);
  }
}

TEST(Presets, Aim8HasTheBandwidthsOfTheChip) {
  const Config aim8 = loadPreset("aim8");
  const double bankGbPerS = aim8.dram.columnBytes / aim8.dram.tCcdNs;
  EXPECT_EQ(bankGbPerS * aim8.chip.banks(), 4096);
  EXPECT_EQ(aim8.link.bandwidthGbPerS * aim8.chip.dies, 256);
  EXPECT_EQ(aim8.chip.banks() * aim8.bank.bmemBytes(), std::uint64_t{4} << 30);
}

TEST(Presets, EdgeHasATenthOfEachBandwidthAndOfTheMacRate) {
  const Config aim8 = loadPreset("aim8");
  const Config edge = loadPreset("edge");
  EXPECT_DOUBLE_EQ(edge.link.bandwidthGbPerS * 10, aim8.link.bandwidthGbPerS);
  EXPECT_DOUBLE_EQ(edge.controller.memoryBandwidthGbPerS * 10, aim8.controller.memoryBandwidthGbPerS);
  EXPECT_DOUBLE_EQ(edge.dram.tCcdNs, aim8.dram.tCcdNs * 10);
  EXPECT_DOUBLE_EQ(edge.bank.macClockNs, aim8.bank.macClockNs * 10);
}

TEST(Presets, OffchipDiffersFromAim8InLambdaAlone) {
  Config offchip = loadPreset("offchip");
  EXPECT_EQ(offchip.link.exchangeLatencyNs, 100'000);
  const Config aim8 = loadPreset("aim8", {"name=offchip", "link.exchange_latency_ns=100000"});
  EXPECT_EQ(toYaml(offchip), toYaml(aim8));
}

TEST(Presets, IdealCountsBandwidthOnly) {
  const Config ideal = loadPreset("ideal");
  EXPECT_EQ(ideal.link.exchangeLatencyNs, 0);
  EXPECT_EQ(ideal.die.hopNs, 0);
  EXPECT_FALSE(ideal.link.clocked);
  EXPECT_EQ(ideal.dram.model, DramTimingModel::Ideal);
  EXPECT_EQ(ideal.dram.refresh, DramRefresh::Off);
  EXPECT_FALSE(ideal.bank.commandOverhead);
  EXPECT_FALSE(ideal.controller.aluLatency);
  EXPECT_EQ(ideal.controller.firmwareCyclesPerAccess, 0u);
  EXPECT_FALSE(ideal.schedule.overlap);
  EXPECT_EQ(ideal.dram.columnBytes / ideal.dram.tCcdNs, 32);
}

// ---- Files and overrides ------------------------------------------------------------------------

TEST(ConfigFile, StandsOnAim8AndIsNamedAfterItsFile) {
  const TemporaryFile file("chip: {dies: 2}\n");
  const Config config = loadConfigFile(file.path());
  EXPECT_EQ(config.chip.dies, 2u);
  EXPECT_EQ(config.chip.banksPerDie, loadPreset("aim8").chip.banksPerDie);
  EXPECT_EQ(config.name, "ConfigFile_StandsOnAim8AndIsNamedAfterItsFile");
}

TEST(ConfigFile, StandsOnThePresetItNames) {
  const TemporaryFile file("base: edge\nname: mine\nkv: {bits: 4}\n");
  const Config config = loadConfigFile(file.path());
  EXPECT_EQ(config.name, "mine");
  EXPECT_EQ(config.kv.bits, 4u);
  EXPECT_EQ(config.link.bandwidthGbPerS, loadPreset("edge").link.bandwidthGbPerS);
}

TEST(ConfigFile, StandsOnFilesBesideItAsOnPresets) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("lower"));
  folder.write("lower/lowest.yaml", "base: edge\nname: lowest\nchip: {dies: 3}\nkv: {bits: 4}\n");
  folder.write("middle.yaml", "base: lower/lowest.yaml\nkv: {bits: 8}\n");
  const std::string top = folder.write("top.yaml", "base: middle.yaml\nlink: {exchange_latency_ns: 9}\n");
  const Config config = loadConfigFile(top);
  EXPECT_EQ(config.name, "top");
  EXPECT_EQ(config.chip.dies, 3u);
  EXPECT_EQ(config.kv.bits, 8u);
  EXPECT_EQ(config.link.exchangeLatencyNs, 9);
  EXPECT_EQ(config.link.bandwidthGbPerS, loadPreset("edge").link.bandwidthGbPerS);
  const std::vector<AskedKey> asked = askedKeys(top, {});
  EXPECT_TRUE(
      std::any_of(asked.begin(), asked.end(), [](const AskedKey& key) { return key.key == "chip.dies"; }));
}

TEST(ConfigFile, WithAnOddNameStillHasANameThatReadsBack) {
  const std::string path = testing::TempDir() + "my chip (2).yaml";
  std::ofstream(path) << "chip: {dies: 2}\n";
  const Config config = loadConfigFile(path);
  std::remove(path.c_str());
  EXPECT_EQ(config.name, "my-chip--2-");
}

TEST(ConfigFile, MayBeEmptySections) {
  const TemporaryFile file("chip: {}\n");
  EXPECT_EQ(loadConfigFile(file.path()).chip.dies, 8u);
}

TEST(Overrides, ReachEveryKindOfValue) {
  const Config config =
      loadPreset("aim8", {"link.bandwidth_gb_per_s=2.5e1", "chip.dies=4", "schedule.overlap=off",
                          "dram.refresh=per_bank", "memory_map.cram_base=0x20000000", "name=x-1"});
  EXPECT_EQ(config.link.bandwidthGbPerS, 25);
  EXPECT_EQ(config.chip.dies, 4u);
  EXPECT_FALSE(config.schedule.overlap);
  EXPECT_EQ(config.dram.refresh, DramRefresh::PerBank);
  EXPECT_EQ(config.memoryMap.cramBase, 0x2000'0000u);
  EXPECT_EQ(config.name, "x-1");
}

TEST(Overrides, WinOverTheFileAndLaterOnesWin) {
  const TemporaryFile file("chip: {dies: 2}\n");
  EXPECT_EQ(loadConfigFile(file.path(), {"chip.dies=4", "chip.dies=6"}).chip.dies, 6u);
}

TEST(Config, ColumnPartsAreAsManyAsDiesUnlessGiven) {
  EXPECT_EQ(loadPreset("aim8").columnParts(), 1u);
  EXPECT_EQ(loadPreset("aim8", {"mapping.weights=2d"}).columnParts(), 8u);
  EXPECT_EQ(loadPreset("aim8", {"mapping.weights=2d", "mapping.column_parts=4"}).columnParts(), 4u);
}

TEST(Config, KnowsWhenWeightsHaveNoMeaning) {
  EXPECT_FALSE(loadPreset("aim8").timingOnly());
  EXPECT_TRUE(loadPreset("aim8", {"weights.bits=16"}).timingOnly());
  EXPECT_TRUE(loadPreset("aim8", {"weights.scale_bits=0"}).timingOnly());
}

// ---- Dump ---------------------------------------------------------------------------------------

/// Whether the key has one value only, or none but its own beside those that are changed: widths and sparsity
/// exclude each other, and RTL has settings of its own.
bool isTied(const Field& field) {
  return field.key == "dram.column_bytes" || field.key == "attention.block" || field.key == "weights.bits" ||
         field.key == "weights.mean_bits" || field.section() == "rtl";
}

/// A configuration in which every value differs from aim8's, as far as its range and the rules between keys
/// allow.
Config everythingDifferent() {
  Overrides overrides;
  Config aim8 = loadPreset("aim8");
  for (const auto& field : configSchema(aim8)) {
    // Values of which only one is allowed, and those that the rules tie to others.
    if (isTied(field)) continue;
    if (field.key == "name" || field.key == "machine" || field.section() == "memory_map" ||
        field.section() == "mapping")
      continue;
    std::string value;
    if (const auto* real = std::get_if<Real>(&field.value)) value = std::to_string(*real->at * 2);
    if (std::holds_alternative<Switch>(field.value)) value = field.text() == "on" ? "off" : "on";
    if (const auto* choice = std::get_if<Choice>(&field.value))
      value = field.text() == choice->names.back() ? choice->names.front() : choice->names.back();
    if (std::holds_alternative<Name>(field.value)) value = "other";
    if (field.key == "die.model") addDieModel("other");
    if (const auto* integer = std::get_if<Integer>(&field.value)) {
      std::vector<std::uint64_t> values = integer->allowed;
      if (values.empty()) values = {integer->min, integer->min + 1};
      value = std::to_string(field.text() == std::to_string(values[0]) ? values[1] : values[0]);
    }
    if (field.key == "chip.banks_per_die") value = "12";
    if (field.key == "attention.mask") value = "sliding:100";
    overrides.push_back(field.key + "=" + value);
  }
  for (const char* given : {"name=other",
                            "memory_map.registers_base=0x2000",
                            "memory_map.cram_base=0x20000000",
                            "memory_map.cmem_base=0x30000000",
                            "memory_map.external_base=0xD0000000",
                            "controller.core=rv32",
                            "controller.cycle_table=picorv32",
                            "controller.instruction_memory_kib=32",
                            "controller.data_memory_kib=16",
                            "memory_map.instruction_memory_base=0x90000000",
                            "memory_map.data_memory_base=0xA0000000",
                            "memory_map.die_base=0x0300000000000000",
                            "memory_map.die_stride=0x0200000000000001",
                            "mapping.auto=on",
                            "mapping.weights=2d",
                            "mapping.column_parts=2",
                            "mapping.banks_per_head=3",
                            "mapping.fuse_qkv=off",
                            "mapping.fuse_gate_up=off",
                            "mapping.token_tile=5",
                            "mapping.embedding=banks"}) {
    overrides.emplace_back(given);
  }
  return loadPreset("aim8", overrides);
}

TEST(Dump, OfTheTestsOtherConfigurationDiffersFromAim8InEveryKey) {
  Config aim8 = loadPreset("aim8");
  Config other = everythingDifferent();
  const Schema a = configSchema(aim8);
  const Schema b = configSchema(other);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (isTied(a[i]) || a[i].key == "machine") continue;
    EXPECT_NE(a[i].text(), b[i].text()) << a[i].key;
  }
}

TEST(Dump, AsYamlReadsBackEqual) {
  for (const Config& config : {everythingDifferent(), loadPreset("ideal"), loadPreset("edge"),
                               loadPreset("flightllm-u280"), loadPreset("phone-8gen2-llamacpp")}) {
    const TemporaryFile file(toYaml(config));
    EXPECT_EQ(toYaml(loadConfigFile(file.path())), toYaml(config));
  }
}

TEST(Dump, AsJsonReadsBackEqual) {
  const Config config = everythingDifferent();
  const TemporaryFile file(toJson(config).dump(2));
  EXPECT_EQ(toJson(loadConfigFile(file.path())), toJson(config));
}

TEST(Dump, AsJsonHasTypesThatProgramsExpect) {
  const nlohmann::ordered_json json = toJson(loadPreset("aim8"));
  EXPECT_EQ(json["name"], "aim8");
  EXPECT_TRUE(json["chip"]["dies"].is_number_unsigned());
  EXPECT_TRUE(json["dram"]["t_rc_ns"].is_number_float());
  EXPECT_TRUE(json["schedule"]["overlap"].is_boolean());
  EXPECT_EQ(json["dram"]["refresh"], "all_bank");
  // 64-bit addresses do not survive in the doubles of other languages.
  EXPECT_EQ(json["memory_map"]["die_base"], "0x200000000000000");
}

// ---- Memory map ---------------------------------------------------------------------------------

TEST(MemoryMap, ListsTheControllerAndEveryDie) {
  const AddressMap map = memoryMap(loadPreset("aim8")).addresses();
  std::vector<std::string> names;
  for (const auto& region : map.regions()) names.push_back(region.name);
  EXPECT_EQ(names, (std::vector<std::string>{"registers", "cram", "cmem", "die0", "die1", "die2", "die3",
                                             "die4", "die5", "die6", "die7"}));
  EXPECT_EQ(map.regions()[4].base, 0x0400'0000'0000'0000u);
  EXPECT_EQ(map.regions()[1].size, 256u * 1024);
}

TEST(MemoryMap, HasRoomForTheLargestChip) {
  EXPECT_EQ(memoryMap(loadPreset("aim8", {"chip.dies=64"})).addresses().regions().size(), 67u);
}

// ---- DRAM ---------------------------------------------------------------------------------------

TEST(Dram, TimingsOfAim8AreTheCyclesOfTheirSource) {
  const DramTiming timing = resolveDramTiming(dramSettings(loadPreset("aim8")));
  EXPECT_EQ(timing.tCkPs, 500);
  const std::map<std::string, DramCycles> source{
      {"t_rcd_read_ns", 36}, {"t_rcd_mac_ns", 56}, {"t_rcd_write_ns", 28}, {"t_rp_ns", 32},
      {"t_ras_ns", 54},      {"t_rc_ns", 89},      {"t_ccd_ns", 2},        {"t_wr_ns", 33},
      {"t_rtp_ns", 12},      {"t_rrd_ns", 13},     {"t_faw_ns", 48},       {"t_refi_ns", 3800},
      {"t_rfc_ns", 240},     {"t_rfc_pb_ns", 120}};
  for (const auto& field : kDramTimingFields)
    EXPECT_EQ(timing.*field.cycles, source.at(field.key)) << field.key;
}

/// What tests and benches without a configuration are built from.
TEST(Dram, DefaultsOfTheModelAreThoseOfAim8) {
  const DramTiming aim8 = resolveDramTiming(dramSettings(loadPreset("aim8")));
  const DramTiming defaults = resolveDramTiming(DramSettings{});
  EXPECT_EQ(defaults.tCkPs, aim8.tCkPs);
  for (const auto& field : kDramTimingFields)
    EXPECT_EQ(defaults.*field.cycles, aim8.*field.cycles) << field.key;
  EXPECT_EQ(defaults.refreshPostponeMax, aim8.refreshPostponeMax);
  EXPECT_EQ(defaults.rowsPerBank(), aim8.rowsPerBank());
}

TEST(Dram, SettingsCarryEveryChoice) {
  const DramSettings aim8 = dramSettings(loadPreset("aim8"));
  EXPECT_EQ(aim8.refresh, DramRefresh::AllBank);
  EXPECT_EQ(aim8.activationLimit, DramActivationLimit::Off);
  EXPECT_EQ(aim8.model, DramTimingModel::Timed);
  EXPECT_EQ(aim8.organisation.bankBytes, std::uint64_t{32} << 20);
  const DramSettings other =
      dramSettings(loadPreset("ideal", {"dram.refresh=per_bank", "dram.row_buffers=2",
                                        "dram.refresh_postpone_max=3", "chip.banks_per_die=4"}));
  EXPECT_EQ(other.refresh, DramRefresh::PerBank);
  EXPECT_EQ(other.model, DramTimingModel::Ideal);
  EXPECT_EQ(other.organisation.rowBuffers, 2u);
  EXPECT_EQ(other.organisation.banksPerDie, 4u);
  EXPECT_EQ(other.refreshPostponeMax, 3);
  EXPECT_EQ(dramSettings(loadPreset("aim8", {"dram.activation_limit=enforced"})).activationLimit,
            DramActivationLimit::Enforced);
  EXPECT_EQ(dramSettings(loadPreset("aim8", {"dram.activation_limit=staggered"})).activationLimit,
            DramActivationLimit::Staggered);
  EXPECT_EQ(dramSettings(loadPreset("aim8", {"dram.refresh=off"})).refresh, DramRefresh::Off);
}

// ---- Models -------------------------------------------------------------------------------------

TEST(Models, AreTheSixOfTheProject) {
  EXPECT_EQ(modelNames(), (std::vector<std::string>{"llama-13b", "llama-2-70b", "llama-3-8b", "llama-7b",
                                                    "tiny", "tinyllama-1.1b"}));
}

// Totals without the input embedding and the norms' gains, from the published parameter counts: Llama 2 70B
// 68 976 648 192, Llama 3 8B 8 030 261 248, TinyLlama 1 100 048 384, LLaMA 13B 13 015 864 320 in all.
TEST(Models, HaveThePublishedNumberOfWeights) {
  const auto gains = [](const ModelShape& s) { return (2ULL * s.layers + 1) * s.hidden; };
  const auto embedding = [](const ModelShape& s) { return std::uint64_t{s.vocab} * s.hidden; };
  EXPECT_EQ(loadModel("llama-7b").matrixWeights(), 6'607'077'376u);
  const std::pair<const char*, std::uint64_t> published[] = {{"llama-13b", 13'015'864'320},
                                                             {"llama-2-70b", 68'976'648'192},
                                                             {"llama-3-8b", 8'030'261'248},
                                                             {"tinyllama-1.1b", 1'100'048'384}};
  for (const auto& [name, parameters] : published) {
    const ModelShape shape = loadModel(name);
    EXPECT_EQ(shape.matrixWeights() + gains(shape) + embedding(shape), parameters) << name;
  }
}

TEST(Models, TakeTheHeadFromHiddenUnlessGiven) {
  EXPECT_EQ(loadModel("llama-7b").headDim, 128u);
  EXPECT_EQ(loadModel("llama-3-8b").kvWidth(), 1024u);
  const std::string shape =
      "layers: 1\nhidden: 64\nheads: 4\nkv_heads: 2\nmlp: 64\nvocab: 10\ncontext: 8\nrope_theta: 1e4\n"
      "rms_epsilon: 1e-5\ntied_embeddings: on\n";
  const TemporaryFile file(shape + "head_dim: 32\n");
  const ModelShape model = loadModel(file.path());
  EXPECT_EQ(model.headDim, 32u);
  EXPECT_EQ(model.queryWidth(), 128u);
  EXPECT_TRUE(model.tiedEmbeddings);
  EXPECT_EQ(model.name, "Models_TakeTheHeadFromHiddenUnlessGiven");
}

// ---- Documentation ------------------------------------------------------------------------------

TEST(Documentation, IsCurrent) {
  std::ifstream file(PIMTLM_SOURCE_DIR "/docs/configuration.md");
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_TRUE(committed.str() == configurationMarkdown()) << "run scripts/update_docs.sh";
}

}  // namespace
}  // namespace pim::platform
