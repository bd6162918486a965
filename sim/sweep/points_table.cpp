#include "sim/sweep/points_table.h"

namespace pim::sim {
namespace {

std::string valueText(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

ResultColumns::ResultColumns(const ResultStore& store) {
  for (std::uint64_t point = 0; point < store.points(); ++point) take(store.result(point));
}

void ResultColumns::take(const PointResult& result) {
  switch (result.status) {
    case PointResult::Status::kOk:
      ++m_ok;
      break;
    case PointResult::Status::kRefused:
      ++m_refused;
      break;
    default:
      ++m_failed;
  }
  for (const auto& [name, value] : result.values.items()) {
    if (m_places.emplace(name, m_names.size()).second) m_names.push_back(name);
  }
}

std::string csvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

void writePointsCsv(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns,
                    DurableFile& file) {
  std::string line = "point";
  for (const std::string& key : plan.keys()) line += ',' + csvField(key);
  line += ",status,error";
  for (const std::string& name : columns.names()) line += ',' + csvField(name);
  file.write(line + '\n');
  std::unordered_map<std::string, std::string> texts;
  for (std::uint64_t point = 0; point < store.points(); ++point) {
    const PointResult result = store.result(point);
    texts.clear();
    for (const auto& [name, value] : result.values.items()) texts[name] = valueText(value);
    line = std::to_string(point);
    for (const Change& change : plan.changesOf(point)) line += ',' + csvField(change.value);
    line += std::string(",") + statusName(result.status) + ',' + csvField(result.error);
    for (const std::string& name : columns.names()) {
      const auto found = texts.find(name);
      line += ',' + (found == texts.end() ? "" : csvField(found->second));
    }
    file.write(line + '\n');
  }
}

}  // namespace pim::sim
