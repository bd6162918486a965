#include "sim/analysis/cited_figures.h"

namespace pim::sim {

const std::vector<CitedFigure>& citedFigures() {
  static const std::vector<CitedFigure> kFigures{
      {"U280, FlightLLM", 55, 45, "board", 8000, "measured",
       "FlightLLM, FPGA 2024, figure 1; power by xbutil", "flightllm-u280"},
      {"V100S, vLLM with SmoothQuant", 45, 220, "board", 12000, "measured",
       "FlightLLM, figure 1; power by nvprof", ""},
      {"A100, vLLM FP16", 87.5, 271, "inferred", 17000, "measured",
       "FlightLLM's artefact: 86.1 to 89.4; power from 3.8 x", ""},
      {"A100, torch", 44.5, 163, "inferred", 17000, "measured",
       "FlightLLM's artefact: 43.7 to 45.3; power from 4.4 x", ""},
      {"VHK158, FlightLLM", 92.5, 0, "", 0, "simulated, fitted by its authors, never measured",
       "FlightLLM, section 6; 90.1 to 103.5 in its artefact", "flightllm-vhk158-published"},
      {"VHK158, FlightLLM", 92.5, 0, "", 0, "simulated, fitted by its authors, never measured",
       "FlightLLM, section 6; 90.1 to 103.5 in its artefact", "flightllm-vhk158"},
      {"U280, AccLLM (2:4, W2A8KV4)", 164, 33, "board", 8000, "simulated", "AccLLM, arXiv 2505.03745", ""},
      {"KV260 (Li, DATE 2025)", 4.9, 6.6, "inferred", 0, "measured", "DATE 2025", ""},
      {"Snapdragon 8 Gen 2, PerfXLLM", 6.7, 0, "", 0, "measured", "PerfXLLM", "phone-8gen2"},
      {"Snapdragon 8 Gen 2, llama.cpp", 3.2, 0, "", 0, "measured", "PerfXLLM", "phone-8gen2-llamacpp"},
  };
  return kFigures;
}

std::vector<CitedFigure> citedFor(const std::string& preset) {
  std::vector<CitedFigure> figures;
  for (const CitedFigure& figure : citedFigures()) {
    if (!preset.empty() && preset == figure.preset) figures.push_back(figure);
  }
  return figures;
}

const std::vector<std::string>& sourceConflicts() {
  static const std::vector<std::string> kConflicts{
      "cost against the A100: 1.4 x in the paper, 1.5 x in a summary, 1.34 x from its own numbers",
      "energy against the A100: 4.2 x is OPT-6.7B, LLaMA2-7B is 3.8 x",
      "energy against the V100S: 6.0 x is figure 1 and OPT, LLaMA2-7B is 5.5 x",
      "VHK158: 92.5 tokens/s in the paper, 90.1 to 103.5 in the artefact, 153 without a traceable source",
      "optimised GPU: SmoothQuant INT8 in the paper, FP16 vLLM in the artefact's log",
      "the log names its GPU A100/V100; its 7449 blocks of 8 MiB mean one of 80 GB",
      "HBM of the VHK158: 8 GB in the configuration, 32 GB in the paper",
      "bandwidth use 35.6 to 65.9 % cannot be reproduced: useful bytes are 39 % of the peak, LD busy times "
      "0.7 is 67.4 %",
      "fusion is worth 2 % in the published model, so that most of its 1.9 x must be mixed precision",
      "end to end the log shows 1.02 x the A100, decode alone 1.10 x, not 1.2 x; the A100's prefill is 16 to "
      "29 x faster",
      "phone: GEMV above 90 % of the peak would be at least 10.3 tokens/s, not 6.7",
  };
  return kConflicts;
}

}  // namespace pim::sim
