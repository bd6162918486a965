#pragma once

#include <string>
#include <vector>

namespace pim::sim {

/// Published figures of a machine for LLaMA2-7B at batch 1. Cited, not simulated; 0: not published.
struct CitedFigure {
  const char* machine;
  double tokensPerSecond;
  double watts;
  const char* powerCovers;
  double dollars;
  const char* kind;  ///< measured, simulated, inferred
  const char* source;
  const char* preset;  ///< of ours, with which it is compared; empty: none

  double tokensPerJoule() const { return watts > 0 ? tokensPerSecond / watts : 0; }
  double tokensPerSecondPer1000Dollars() const { return dollars > 0 ? 1000 * tokensPerSecond / dollars : 0; }
};
const std::vector<CitedFigure>& citedFigures();

/// Returns the cited figures of the machine of a preset.
std::vector<CitedFigure> citedFor(const std::string& preset);

/// A claim on which two sources, or a source and its own numbers, disagree.
const std::vector<std::string>& sourceConflicts();

}  // namespace pim::sim
