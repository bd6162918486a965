#include "core/base/error.h"
#include "sim/commands/commands.h"
#include "sim/results/comparison.h"
#include "sim/results/output.h"

namespace pim::sim {

int compareCommand(const Arguments& arguments) {
  CommandLine line(
      "compare",
      "pimtlm compare A B [C...]: shows results side by side; A, B, C: directories of --out or files "
      "of --json");
  line.takeWords("results", "results to compare; the first is the reference");
  if (!line.parse(arguments)) return 0;
  for (const char* option : {"preset", "config", "set"}) {
    if (line.has(option))
      throw UserError(std::string("--") + option +
                      ": expected no such option, as compare reads finished results and simulates nothing");
  }
  const std::vector<std::string> paths =
      line.has("results") ? line.get<std::vector<std::string>>("results") : std::vector<std::string>();
  if (paths.size() < 2)
    throw UserError("pimtlm compare: expected at least two results; see pimtlm compare --help");
  Findings findings;
  try {
    const nlohmann::ordered_json comparison = compareRuns(loadRuns(paths));
    findings.result = {{"compare", comparison}};
    findings.table = comparisonTable(comparison);
  } catch (const nlohmann::json::exception& error) {
    throw UserError(std::string("pimtlm compare: expected results of pimtlm: ") + error.what());
  }
  Output output(line);
  output.write(findings);
  return 0;
}

}  // namespace pim::sim
