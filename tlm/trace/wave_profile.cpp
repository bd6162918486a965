#include "tlm/trace/wave_profile.h"

namespace pim {

std::string WaveWindow::name() const {
  std::string text;
  switch (at) {
    case At::Run:
      return "run";
    case At::Time:
      return "time";
    case At::FirstMismatch:
      return "first_mismatch";
    case At::Prefill:
      text = "prefill";
      break;
    case At::Decode:
      text = "decode" + (token == kAll ? std::string() : std::to_string(token));
      break;
  }
  return layer == kAll ? text : text + ".layer" + std::to_string(layer);
}

}  // namespace pim
