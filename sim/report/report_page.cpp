#include "sim/report/report_page.h"

#include <algorithm>
#include <stdexcept>

#include "platform/config/builtin.h"

namespace pim::sim {

/// Generated from the files of this folder and the chart library.
const std::vector<platform::BuiltinFile>& reportAssets();

namespace {

const std::string& asset(const std::string& name) {
  const auto& files = reportAssets();
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (found == files.end()) throw std::logic_error("no part of the report page is called " + name);
  return found->text;
}

/// JSON that may stand inside a <script>.
std::string inScript(const nlohmann::ordered_json& json) {
  std::string text;
  for (const char c : json.dump()) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return text;
}

std::string inHtml(const std::string& text) {
  std::string html;
  for (const char c : text) {
    html += c == '<' ? std::string("&lt;") : c == '&' ? std::string("&amp;") : std::string(1, c);
  }
  return html;
}

/// What draws a page: one script for many points, one for answers that were looked for, one for runs.
const char* scriptOf(const nlohmann::ordered_json& result) {
  if (result.contains("sweep")) return "explore";
  for (const char* answer : {"demands", "solve", "sensitivity"})
    if (result.contains(answer)) return "answers";
  return "page";
}

}  // namespace

std::string reportPage(const PageContent& content) {
  const nlohmann::ordered_json data{
      {"command", content.command}, {"result", content.result}, {"series", content.series}};
  std::string page;
  const std::string& frame = asset("frame");
  for (std::size_t at = 0; at < frame.size();) {
    const std::size_t open = frame.find("{{", at);
    page += frame.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t close = frame.find("}}", open);
    const std::string name = frame.substr(open + 2, close - open - 2);
    page += name == "data"      ? inScript(data)
            : name == "licence" ? inHtml(asset("copyright"))
            : name == "script"  ? asset(scriptOf(content.result))
                                : asset(name);
    at = close + 2;
  }
  return page;
}

}  // namespace pim::sim
