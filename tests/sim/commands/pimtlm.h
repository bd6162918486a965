#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pim::cli {

using Words = std::vector<std::string>;
Words operator+(Words a, const Words& b);

/// What a run of the executable left behind.
struct Outcome {
  int status = -1;  ///< exit status, or -1 when a signal ended it
  std::string out;
  std::string err;
};

/// Runs build/pimtlm with these words behind its name.
Outcome pimtlm(const Words& words);

/// The same with `--json - --quiet`; fails the test unless it succeeds and prints JSON.
nlohmann::json pimtlmJson(Words words);

/// Expects exit status 2 and one line on stderr that names everything in `mentions`, and nothing on stdout.
void expectRefusal(const Words& words, const Words& mentions);

/// Whether pimtlm was built with the firmware for the RV32 core.
bool hasRv32Core();

void writeFile(const std::string& path, const std::string& text);
std::string readFile(const std::string& path);

}  // namespace pim::cli
