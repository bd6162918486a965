#include "sim/results/counters_json.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
Json blockOf(const std::string& block, Value valueOf) {
  Json json;
  for (const CounterInfo& counter : counterTable()) {
    if (counter.path.rfind(block + ".", 0) != 0) continue;
    Json* place = &json;
    std::size_t begin = block.size() + 1;
    for (std::size_t dot; (dot = counter.path.find('.', begin)) != std::string::npos; begin = dot + 1)
      place = &(*place)[counter.path.substr(begin, dot - begin)];
    (*place)[counter.path.substr(begin)] = valueOf(counter);
  }
  return json;
}

}  // namespace

Json countersJson(const std::string& block, const Counters& counters, std::size_t tokens) {
  return blockOf(block, [&](const CounterInfo& counter) {
    return tokens == 0 ? 0 : counter.per(static_cast<double>(tokens), counters);
  });
}

Json countersJson(const std::string& block, const Counters& counters) {
  return blockOf(block, [&](const CounterInfo& counter) {
    return counter.isTime() ? Json(counter.per(1, counters)) : Json(counter.sum(counters));
  });
}

Json counterRowsJson(const Counters& counters, std::size_t tokens) {
  Json rows = Json::array();
  for (const CounterInfo& counter : counterTable()) {
    rows.push_back({{"counter", counter.path},
                    {"unit", counter.unit},
                    {"counts", counter.what},
                    {"value", tokens == 0 ? 0 : counter.per(static_cast<double>(tokens), counters)}});
  }
  return rows;
}

}  // namespace pim::sim
