#include "tests/sim/commands/pimtlm.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace pim::cli {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Outcome pimtlm(const Words& words) {
  const test::TemporaryFolder directory;
  std::string line = quoted(PIMTLM_EXECUTABLE);
  for (const std::string& word : words) line += ' ' + quoted(word);
  line += " > " + quoted(directory.path("out")) + " 2> " + quoted(directory.path("err")) + " < /dev/null";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, directory.read("out"), directory.read("err")};
}

nlohmann::json pimtlmJson(Words words) {
  words.insert(words.end(), {"--json", "-", "--quiet"});
  const Outcome run = pimtlm(words);
  EXPECT_EQ(run.status, 0) << run.err;
  nlohmann::json json = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << run.out;
  return json;
}

void expectRefusal(const Words& words, const Words& mentions) {
  const Outcome run = pimtlm(words);
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  for (const std::string& mention : mentions) {
    EXPECT_NE(run.err.find(mention), std::string::npos) << "no '" << mention << "' in: " << run.err;
  }
  EXPECT_EQ(run.out, "");
}

bool hasRv32Core() {
  return pimtlm({"run", "--model", "llama-7b", "--prompt", "1", "--generate", "1", "--set",
                 "controller.core=rv32", "--no-advice"})
             .status == 0;
}

void writeFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string readFile(const std::string& path) {
  return test::readAll(path);
}

}  // namespace pim::cli
