// A run that breaks off, as one does that differs from the RTL it is checked against.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "core/observe/activity.h"
#include "platform/config/loader.h"
#include "sim/run/chip_run.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "sw/host/quantise/random_model.h"
#include "tests/support/rtl_build.h"
#include "tests/support/temporary_folder.h"

namespace pim::sim {
namespace {

/// Ends the run after six microseconds, having found a difference there unless it is an error of another
/// kind.
class Breaker : public ActivityObserver {
 public:
  Breaker(std::vector<ActivityObserver*> others, bool mismatch)
      : m_others(std::move(others)), m_mismatch(mismatch) {}

  Picoseconds end = 0;  // of the command before

  void onCommand(const pim_command&, std::uint32_t, const CommandRecord& record, const Counters&) override {
    end = record.done;
  }
  void onDispatch(const pim_command&, std::uint32_t) override {
    if (end < 6'000'000) return;
    if (m_mismatch) {
      for (ActivityObserver* other : m_others) other->onMismatch(end);
    }
    throw std::logic_error("as the test wants it");
  }

 private:
  std::vector<ActivityObserver*> m_others;
  bool m_mismatch;
};

class BrokenRun : public ::testing::Test {
 protected:
  /// When the run broke off.
  Picoseconds breakOff(const std::vector<std::string>& more, bool mismatch) {
    CommandLine line("test", "a run that breaks off");
    ChipRun::addOptions(line);
    std::vector<std::string> words{"--wave-dir", m_directory.path(), "--set", "weights.group=32"};
    words.insert(words.end(), more.begin(), more.end());
    line.parse(words);
    RunRequest request;
    request.config = line.loadConfig();
    const ModelShape shape = platform::loadModel("tiny");
    request.layout = host::planModel(shape, chipShape(request.config), mappingOptions(request.config), 4);
    host::QuantizedModel model = host::makeRandomModel(shape, mappingOptions(request.config).weights, 1);
    host::bindModel(request.layout, model);
    request.model = &model;
    request.job.prompt = {1, 2, 3};
    request.job.generate = 2;
    ChipRun run(line, request);
    Breaker breaker(request.observers, mismatch);
    request.observers.push_back(&breaker);
    EXPECT_ANY_THROW(run.simulate());
    return breaker.end;
  }

  const test::TemporaryFolder m_directory;
};

const std::vector<std::string> kCheck{"--set", "rtl.banks=check", "--set", "rtl.bank_select=die0.bank1"};

TEST_F(BrokenRun, LeavesTheWaveformOfWhatLedToTheMismatch) {
  SKIP_WITHOUT_RTL();
  std::vector<std::string> words = kCheck;
  words.insert(words.end(), {"--wave", "mismatch"});
  const Picoseconds at = breakOff(words, true);
  const std::string vcd = m_directory.read("mismatch.first_mismatch.vcd");
  EXPECT_NE(vcd.find("$scope module rtl $end"), std::string::npos);
  EXPECT_NE(vcd.find(fmt::format("\n#{} ", at - 5'000'000)), std::string::npos) << "5 us before it";
  EXPECT_NE(vcd.find(fmt::format("#{}\n", at + 1'000'001)), std::string::npos) << "1 us after it";
  EXPECT_NE(m_directory.read("mismatch.first_mismatch.gtkw").find("chip.die0.bank1.rtl.open_row"),
            std::string::npos);
}

TEST_F(BrokenRun, LeavesNothingOfAWindowThatHasNotEnded) {
  SKIP_WITHOUT_RTL();
  std::vector<std::string> words = kCheck;
  words.insert(words.end(), {"--wave", "mismatch", "--wave", "control"});
  breakOff(words, false);
  EXPECT_TRUE(std::filesystem::is_empty(m_directory.path()));
}

}  // namespace
}  // namespace pim::sim
