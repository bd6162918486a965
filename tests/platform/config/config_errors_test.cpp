// What a user gets to read for bad input: one line that names the place, the key and what was expected.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/base/error.h"
#include "platform/config/die_models.h"
#include "platform/config/loader.h"

namespace pim::platform {
namespace {

using testing::TempDir;

std::string errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    std::string line = error.what();
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_LT(line.size(), 400u) << line;
    return line;
  }
  return "nothing was refused";
}

std::string errorOfSet(const Overrides& overrides) {
  return errorOf([&] { loadPreset("aim8", overrides); });
}

/// In a directory of the test's own, as chip.yaml, so that messages are known to the letter.
class ConfigFileError : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    m_directory = std::filesystem::path(TempDir()) / (std::string("config_errors_") + test->name());
    std::filesystem::create_directories(m_directory);
  }
  void TearDown() override { std::filesystem::remove_all(m_directory); }

  std::string path() const { return m_directory / "chip.yaml"; }

  std::string errorOfFile(const std::string& text, const Overrides& overrides = {}) const {
    std::ofstream(path(), std::ios::binary) << text;
    return withoutDirectory(errorOf([&] { loadConfigFile(path(), overrides); }));
  }
  std::string errorOfModel(const std::string& text) const {
    std::ofstream(path(), std::ios::binary) << text;
    return withoutDirectory(errorOf([&] { loadModel(path()); }));
  }
  std::string withoutDirectory(std::string line) const {
    const std::string directory = m_directory.string() + "/";
    const auto at = line.find(directory);
    return at == std::string::npos ? line : line.erase(at, directory.size());
  }

  std::filesystem::path m_directory;
};

// ---- One value ----------------------------------------------------------------------------------

TEST(SetError, NamesKeyExpectationAndValue) {
  EXPECT_EQ(errorOfSet({"link.bandwidth_gb_per_s=fast"}),
            "--set: link.bandwidth_gb_per_s: expected a number of GB/s from 0.001 to 1000000, got 'fast'");
}

TEST(SetError, RefusesWrongTypesUnitsAndAbsurdValues) {
  const char* const bad[] = {
      "link.bandwidth_gb_per_s=32GB",
      "link.bandwidth_gb_per_s=",
      "link.bandwidth_gb_per_s=0",
      "link.bandwidth_gb_per_s=-32",
      "link.bandwidth_gb_per_s=nan",
      "link.bandwidth_gb_per_s=.nan",
      "link.bandwidth_gb_per_s=inf",
      "link.bandwidth_gb_per_s=1e300",
      "link.bandwidth_gb_per_s=1e999",
      "link.bandwidth_gb_per_s=3 2",
      "link.bandwidth_gb_per_s= 32",
      "link.bandwidth_gb_per_s=32,5",
      "link.exchange_latency_ns=-1",
      "dram.t_ccd_ns=0",
      "dram.t_ck_ns=0",
      "chip.dies=0",
      "chip.dies=-8",
      "chip.dies=eight",
      "chip.dies=8.5",
      "chip.dies=1e3",
      "chip.dies=100000",
      "chip.dies=99999999999999999999",
      "chip.banks_per_die=33",
      "chip.dies=0x",
      "bank.bram_kib=64KiB",
      "bank.bram_kib=65536",
      "bank.bmem_mib=33554432",
      "bank.mac_lanes=0",
      "bank.command_overhead=yes",
      "bank.command_overhead=1",
      "dram.model=fast",
      "dram.refresh=on",
      "dram.column_bytes=64",
      "weights.bits=6",
      "weights.group=100",
      "weights.zero_bits=1",
      "activation.bits=4",
      "kv.bits=2",
      "mapping.weights=3d",
      "mapping.token_tile=0",
      "schedule.tiles_in_flight=3",
      "schedule.overlap=maybe",
      "controller.queue_depth=0",
      "memory_map.cram_base=-1",
      "memory_map.cram_base=0x1g",
      "simulation.seed=-1",
      "name=",
      "name=../../etc",
  };
  for (const std::string argument : bad) {
    const std::string key = argument.substr(0, argument.find('='));
    const std::string start = "--set: " + key + ": expected ";
    EXPECT_EQ(errorOfSet({argument}).substr(0, start.size()), start) << argument;
  }
}

TEST(SetError, SuggestsTheKeyThatWasMeant) {
  EXPECT_EQ(errorOfSet({"link.bandwith_gb_per_s=32"}),
            "--set: 'link.bandwith_gb_per_s': unknown key, expected link.bandwidth_gb_per_s");
  EXPECT_EQ(errorOfSet({"chip.bmem_mib=32"}), "--set: 'chip.bmem_mib': unknown key, expected bank.bmem_mib");
  EXPECT_EQ(errorOfSet({"dies=4"}), "--set: 'dies': unknown key, expected chip.dies");
  EXPECT_EQ(errorOfSet({"colour.of.the_chip=blue"}),
            "--set: 'colour.of.the_chip': unknown key, expected one listed in docs/configuration.md");
}

TEST(SetError, KeysOfBandwidthSayGigabytesAndTheOldNameNamesTheNewOne) {
  for (const std::string key : {"link.bandwidth", "die.ram_bandwidth", "controller.memory_bandwidth"}) {
    EXPECT_EQ(errorOfSet({key + "_gbps=32"}),
              "--set: '" + key + "_gbps': this key is now called " + key + "_gb_per_s (GB/s)");
  }
}

TEST(SetError, ExplainsWhatASectionIs) {
  EXPECT_EQ(errorOfSet({"chip=8"}), "--set: chip: expected a section with the keys dies, banks_per_die");
}

TEST(SetError, WantsKeyAndValue) {
  EXPECT_EQ(errorOfSet({"chip.dies"}), "--set 'chip.dies': expected key.path=value");
  EXPECT_EQ(errorOfSet({"=8"}), "--set '=8': expected key.path=value");
}

TEST(SetError, StaysOnOneReadableLine) {
  EXPECT_EQ(errorOfSet({"chip.dies=8\n9\t\x1b[31m"}),
            "--set: chip.dies: expected a whole number from 1 to 64, got '8?9??[31m'");
  EXPECT_LT(errorOfSet({"chip.dies=" + std::string(100000, '9')}).size(), 200u);
  EXPECT_LT(errorOfSet({std::string(100000, 'x') + "=1"}).size(), 200u);
}

TEST(PresetError, ListsThePresets) {
  EXPECT_EQ(
      errorOf([] { loadPreset("aim9"); }),
      "--preset: expected a preset (aim8, edge, flightllm-u280, flightllm-vhk158, "
      "flightllm-vhk158-published, ideal, offchip, phone-8gen2, phone-8gen2-llamacpp, small), got 'aim9'");
}

// ---- Rules between keys -------------------------------------------------------------------------

TEST(RuleError, HeadsTakeAWholeNumberOfBankGroups) {
  EXPECT_EQ(errorOfSet({"mapping.banks_per_head=3"}),
            "--set: mapping.banks_per_head: expected a divisor of chip.banks_per_die (16), got 3");
  EXPECT_EQ(errorOfSet({"mapping.banks_per_head=32"}),
            "--set: mapping.banks_per_head: expected a divisor of chip.banks_per_die (16), got 32");
}

TEST(RuleError, NamesTheDiesThatAreRegistered) {
  EXPECT_EQ(errorOfSet({"die.model=all"}),
            fmt::format("--set: die.model: expected {}, got all", fmt::join(dieModels(), " or ")));
  const std::vector<std::string> models = dieModels();
  EXPECT_EQ(std::count(models.begin(), models.end(), kOwnDie), 1);
}

TEST(RuleError, ColumnPartsDivideTheBanks) {
  EXPECT_EQ(
      errorOfSet({"mapping.weights=2d", "mapping.column_parts=3"}),
      "--set: mapping.column_parts: expected a divisor, up to 255, of the number of banks (128), got 3");
  EXPECT_EQ(errorOfSet({"mapping.column_parts=4"}),
            "--set: mapping.column_parts: expected 0 or 1 while mapping.weights is 1d, got 4");
}

TEST(RuleError, VectorsFitIntoBram) {
  EXPECT_EQ(errorOfSet({"bank.vector_buffer_bytes=65540"}),
            "--set: bank.vector_buffer_bytes: expected at most the 65536 bytes of bank.bram_kib, got 65540");
}

TEST(RuleError, PagesAreWholeColumnsAndFillABank) {
  EXPECT_EQ(errorOfSet({"dram.page_bytes=100"}),
            "--set: dram.page_bytes: expected a multiple of dram.column_bytes (32) that divides "
            "bank.bmem_mib (32), "
            "got 100");
}

TEST(RuleError, DramTimingsFitTogether) {
  EXPECT_EQ(errorOfSet({"dram.t_ras_ns=20"}),
            "--set: dram.t_ras_ns: expected at least t_rcd_read_ns + t_rtp_ns = 24 ns, got 20 ns");
  EXPECT_EQ(errorOfSet({"dram.t_rp_ns=20"}),
            "--set: dram.t_rc_ns: expected at least t_ras_ns + t_rp_ns = 47 ns, got 44.5 ns");
  EXPECT_EQ(errorOfSet({"dram.t_rfc_ns=1950"}),
            "--set: dram.t_rfc_ns: expected less than t_refi_ns = 1900 ns, got 1950 ns");
  EXPECT_EQ(errorOfSet({"dram.t_rfc_ns=1950", "dram.refresh=off"}), "nothing was refused");
  // One bank after another is refreshed without a gap in which all could activate.
  const Overrides together{"dram.refresh=per_bank", "dram.activation_limit=enforced"};
  EXPECT_EQ(errorOfSet(together), "nothing was refused");
  EXPECT_NE(
      errorOfSet({together[0], together[1], "chip.banks_per_die=32"}).find("dram.t_rfc_pb_ns: expected less"),
      std::string::npos);
  EXPECT_EQ(errorOfSet({together[0], together[1], "chip.banks_per_die=32", "dram.t_rfc_pb_ns=50"}),
            "nothing was refused");
  EXPECT_EQ(errorOfSet({"dram.t_ck_ns=0.0005"}).substr(0, 20), "--set: dram.t_ck_ns:");
}

TEST(RuleError, MemoryMapOverlapsNameBothRegions) {
  const std::string line = errorOfSet({"memory_map.cmem_base=0x10000000"});
  EXPECT_EQ(line.rfind("--set: memory_map: ", 0), 0u) << line;
  EXPECT_NE(line.find("cram"), std::string::npos) << line;
  EXPECT_NE(line.find("cmem"), std::string::npos) << line;
  const std::string dies = errorOfSet({"memory_map.die_base=0x20000000"});
  EXPECT_NE(dies.find("die0"), std::string::npos) << dies;
  EXPECT_NE(dies.find("cmem"), std::string::npos) << dies;
}

TEST(RuleError, MemoryMapEndsWhereAddressesEnd) {
  EXPECT_EQ(errorOfSet({"memory_map.cmem_base=0xFFFFF000"}),
            "--set: memory_map.cmem_base: expected to end, with controller.cmem_mib, at 0x100000000, the "
            "Controller's bus, at most, got "
            "0xFFFFF000");
  EXPECT_EQ(
      errorOfSet({"memory_map.die_stride=0x1000"}),
      "--set: memory_map.die_stride: expected at least 0x200000000000000, the window of one die, got 0x1000");
  EXPECT_EQ(errorOfSet({"memory_map.die_base=0xF200000000000000"}),
            "--set: memory_map.die_stride: expected the windows of 8 dies from 0xF200000000000000 on to end "
            "below 2^64, "
            "got 0x200000000000000");
}

TEST(RuleError, TheAluOfRtlHasItsOwnWidthAndLatency) {
  EXPECT_EQ(errorOfSet({"rtl.alus=rtl", "controller.alu_lanes=32"}),
            "--set: controller.alu_lanes: expected 64, as in RTL");
  EXPECT_EQ(errorOfSet({"rtl.alus=check", "controller.alu_latency=off"}),
            "--set: controller.alu_latency: expected on, as in RTL");
}

TEST_F(ConfigFileError, BlamesWhoeverBrokeARuleLast) {
  EXPECT_EQ(errorOfFile("chip: {dies: 2}\nmapping:\n  banks_per_head: 3\n"),
            "chip.yaml:3: mapping.banks_per_head: expected a divisor of chip.banks_per_die (16), got 3");
  EXPECT_EQ(errorOfFile("mapping: {banks_per_head: 4}\n", {"chip.banks_per_die=6"}),
            "--set: mapping.banks_per_head: expected a divisor of chip.banks_per_die (6), got 4");
}

// ---- Files --------------------------------------------------------------------------------------

TEST_F(ConfigFileError, NamesFileAndLine) {
  EXPECT_EQ(
      errorOfFile("# a chip\nlink:\n  bandwidth_gb_per_s: 32GB\n"),
      "chip.yaml:3: link.bandwidth_gb_per_s: expected a number of GB/s from 0.001 to 1000000, got '32GB'");
  EXPECT_EQ(errorOfFile("chip:\n  dice: 8\n"), "chip.yaml:2: 'chip.dice': unknown key, expected chip.dies");
  EXPECT_EQ(errorOfFile("link:\n  bandwidth_gbps: 32\n"),
            "chip.yaml:2: 'link.bandwidth_gbps': this key is now called link.bandwidth_gb_per_s (GB/s)");
}

TEST_F(ConfigFileError, RefusesAKeyGivenTwice) {
  EXPECT_EQ(errorOfFile("chip:\n  dies: 8\n  dies: 4\n"),
            "chip.yaml:3: 'chip.dies': expected once, given twice");
  EXPECT_EQ(errorOfFile("chip: {dies: 8}\nchip: {dies: 4}\n"),
            "chip.yaml:2: 'chip': expected once, given twice");
}

TEST_F(ConfigFileError, RefusesListsAndSectionsForValues) {
  EXPECT_EQ(errorOfFile("chip: {dies: [8]}\n"), "chip.yaml:1: 'chip.dies': expected one value, found a list");
  EXPECT_EQ(errorOfFile("chip: {dies: {a: 8}}\n"),
            "chip.yaml:1: 'chip.dies': expected one value, found a section");
  EXPECT_EQ(errorOfFile("chip:\n"),
            "chip.yaml:1: chip: expected a section with the keys dies, banks_per_die");
  EXPECT_EQ(errorOfFile("[1, 2]: 3\n"), "chip.yaml:1: expected a key made of letters");
  EXPECT_EQ(errorOfFile("chip: {dies: }\n"),
            "chip.yaml:1: chip.dies: expected a whole number from 1 to 64, got ''");
  EXPECT_EQ(errorOfFile("chip: &a {dies: *a}\n"),
            "chip.yaml:1: 'chip.dies': expected one value, found a section");
}

TEST_F(ConfigFileError, NamesTheLineOfMalformedYaml) {
  const std::string start = "chip.yaml:2: expected well-formed YAML: ";
  EXPECT_EQ(errorOfFile("chip: {dies: 8\nlink: }\n: [").substr(0, start.size()), start);
  EXPECT_EQ(errorOfFile("chip:\n\tdies: 8\n").substr(0, start.size()), start);
}

TEST_F(ConfigFileError, RefusesWhatIsNotAMapOfKeys) {
  for (const char* const text : {"", "# nothing\n", "aim8\n", "- chip\n", "chip: {}\n---\nchip: {}\n", ","}) {
    EXPECT_EQ(errorOfFile(text), "chip.yaml: expected one YAML document of keys and values") << text;
  }
}

TEST_F(ConfigFileError, SurvivesBinaryRubbishAndDeepNesting) {
  std::string rubbish;
  for (unsigned i = 0; i < 4096; ++i) rubbish += static_cast<char>(i * 2654435761u >> 24);
  EXPECT_EQ(errorOfFile(rubbish).rfind("chip.yaml", 0), 0u);
  EXPECT_EQ(errorOfFile(std::string(20000, '[')).rfind("chip.yaml", 0), 0u);
  EXPECT_EQ(errorOfFile(std::string(20000, '{')).rfind("chip.yaml", 0), 0u);
  EXPECT_EQ(errorOfFile("a: \"\\\n\"").find('\n'), std::string::npos)
      << "the parser's words are one line, too";
}

TEST_F(ConfigFileError, RefusesUnreadableFiles) {
  const auto load = [this] { loadConfigFile(path()); };
  EXPECT_EQ(withoutDirectory(errorOf(load)), "chip.yaml: expected a file that can be read");
  std::filesystem::create_directories(path());
  EXPECT_EQ(withoutDirectory(errorOf(load)), "chip.yaml: expected a file that can be read");
}

TEST_F(ConfigFileError, RefusesFilesTooLargeToBeAConfiguration) {
  EXPECT_EQ(errorOfFile(std::string((1 << 20) + 1, '#')),
            "chip.yaml: expected a YAML file of at most 1048576 bytes");
}

TEST_F(ConfigFileError, ListsThePresetsForAnUnknownBase) {
  EXPECT_EQ(errorOfFile("base: aim9\n"),
            "chip.yaml:1: base: expected a preset (aim8, edge, flightllm-u280, flightllm-vhk158, "
            "flightllm-vhk158-published, ideal, offchip, phone-8gen2, phone-8gen2-llamacpp, small) "
            "or a .yaml file, got 'aim9'");
}

TEST_F(ConfigFileError, OfABaseThatIsAFile) {
  EXPECT_NE(errorOfFile("base: absent.yaml\n").find("absent.yaml"), std::string::npos);
  EXPECT_EQ(errorOfFile("base: ./chip.yaml\n"),
            "chip.yaml:1: base: expected another file, './chip.yaml' is based on itself");
}

// ---- Machines -----------------------------------------------------------------------------------

TEST(MachineError, KeysBelongToTheirKind) {
  EXPECT_EQ(errorOfSet({"fpga.speedup=4"}),
            "--set: fpga.speedup: expected a key of machine: pim, found one of machine: fpga");
  EXPECT_EQ(errorOf([] { loadPreset("flightllm-u280", {"dram.t_ck_ns=1"}); }),
            "--set: dram.t_ck_ns: expected a key of machine: fpga, found one of machine: pim");
  EXPECT_EQ(errorOf([] { loadPreset("phone-8gen2", {"fpga.cores=1"}); }),
            "--set: fpga.cores: expected a key of machine: phone, found one of machine: fpga");
  EXPECT_EQ(errorOfSet({"fpga.speedups=4"}).substr(0, 36), "--set: 'fpga.speedups': unknown key,");
}

TEST(MachineError, AMachineIsThatOfItsBase) {
  EXPECT_EQ(errorOfSet({"machine=fpga"}), "--set: machine: expected pim, as in its base, got 'fpga'");
  EXPECT_EQ(errorOfSet({"machine=gpu"}), "--set: machine: expected pim, as in its base, got 'gpu'");
}

TEST(MachineError, RulesBetweenItsKeys) {
  EXPECT_EQ(errorOf([] { loadPreset("flightllm-u280", {"fpga.mv_outputs=300"}); }),
            "--set: fpga.mv_outputs: expected a multiple of 256, got 300");
  EXPECT_EQ(errorOf([] { loadPreset("flightllm-u280", {"fpga.decode_stair=20"}); }),
            "--set: fpga.decode_stair: expected a multiple of 16, got 20");
  EXPECT_EQ(errorOf([] { loadPreset("phone-8gen2", {"phone.gemm_small_tile=64"}); }),
            "--set: phone.gemm_small_tile: expected less than phone.gemm_big_tile (64), got 64");
}

TEST_F(ConfigFileError, OfAMachineWithoutABase) {
  EXPECT_EQ(errorOfFile("machine: gpu\n"), "chip.yaml:1: machine: expected pim or fpga or phone, got 'gpu'");
  EXPECT_EQ(errorOfFile("machine: fpga\nbase: aim8\n"),
            "chip.yaml:1: machine: expected pim, as in its base, got 'fpga'");
  EXPECT_EQ(errorOfFile("machine: fpga\nfpga: {cores: 0}\n"),
            "chip.yaml:2: fpga.cores: expected a whole number from 1 to 1024, got '0'");
}

// ---- Models -------------------------------------------------------------------------------------

TEST(ModelError, ListsTheModels) {
  EXPECT_EQ(errorOf([] { loadModel("llama-8b"); }),
            "--model: expected a .yaml file or one of llama-13b, llama-2-70b, llama-3-8b, llama-7b, tiny, "
            "tinyllama-1.1b, got 'llama-8b'");
  EXPECT_EQ(errorOf([] { loadModel("none.yaml"); }), "none.yaml: expected a file that can be read");
}

TEST_F(ConfigFileError, OfAModelNamesTheKey) {
  const std::string rest =
      "kv_heads: 3\nmlp: 64\nvocab: 10\ncontext: 8\nrope_theta: 1e4\nrms_epsilon: 1e-5\n";
  EXPECT_EQ(errorOfModel("layers: 1\nhidden: 64\nheads: 4\n" + rest + "tied_embeddings: off\n"),
            "chip.yaml:4: kv_heads: expected a divisor of heads (4), got 3");
  EXPECT_EQ(
      errorOfModel("layers: 1\nhidden: 64\nheads: 3\n" + rest),
      "chip.yaml: head_dim: expected a number, as heads (3) does not divide hidden (64), found nothing");
  EXPECT_EQ(errorOfModel("layers: 1\nhidden: 66\nheads: 3\n" + rest),
            "chip.yaml: tied_embeddings: expected on or off, found nothing");
  EXPECT_EQ(errorOfModel("layers: 0\n"),
            "chip.yaml:1: layers: expected a whole number from 1 to 1024, got '0'");
  EXPECT_EQ(errorOfModel("head: 4\n"), "chip.yaml:1: 'head': unknown key, expected heads");
  EXPECT_EQ(errorOfModel("layers: 1\n"),
            "chip.yaml: hidden: expected a whole number from 32 to 65536, found nothing");
  EXPECT_EQ(errorOfModel("layers: 1\nhidden: 99\nheads: 3\nhead_dim: 33\n" + rest + "tied_embeddings: off\n"),
            "chip.yaml:4: head_dim: expected an even number of elements, got 33");
}

}  // namespace
}  // namespace pim::platform
