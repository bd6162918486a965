#include "sim/results/area_json.h"

#include "sim/analysis/area.h"

namespace pim::sim {

nlohmann::ordered_json areaJson(const platform::Config& config, const Stage& prefill, const Stage& decode) {
  const Area area = areaOf(config);
  const double total = area.total();
  nlohmann::ordered_json json{{"total_mm2",
                               {{"low", areaOf(config, AreaCase::kLow).total()},
                                {"nominal", total},
                                {"high", areaOf(config, AreaCase::kHigh).total()}}},
                              {"bank_logic_mm2", area.bankLogic},
                              {"bank_sram_mm2", area.bankSram},
                              {"die_logic_mm2", area.dieLogic},
                              {"die_sram_mm2", area.dieSram},
                              {"alu_logic_mm2", area.aluLogic},
                              {"alu_sram_mm2", area.aluSram},
                              {"cram_sram_mm2", area.cramSram}};
  if (prefill.seconds > 0) json["prefill_tokens_per_second_per_mm2"] = prefill.tokensPerSecond() / total;
  if (decode.tokens > 0) json["decode_tokens_per_second_per_mm2"] = decode.tokensPerSecond() / total;
  return json;
}

}  // namespace pim::sim
