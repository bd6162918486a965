#include "tests/support/vcd_reader.h"

#include <sstream>
#include <stdexcept>

namespace pim::test {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& text) : m_words(text) {}

  Vcd read() {
    for (std::string word; m_words >> word;) {
      if (word[0] == '#') {
        time(std::stoll(word.substr(1)));
      } else if (word[0] == '$') {
        keyword(word);
      } else if (word[0] == 'b') {
        std::string id;
        m_words >> id;
        change(id, number(word.substr(1)));
      } else {
        change(word.substr(1), number(word.substr(0, 1)));
      }
    }
    if (!m_scopes.empty()) throw std::runtime_error("a scope is open at the end");
    return std::move(m_vcd);
  }

 private:
  void keyword(const std::string& word) {
    if (word == "$dumpvars" || word == "$end") return;
    std::vector<std::string> body;
    for (std::string next; m_words >> next && next != "$end";) body.push_back(next);
    if (word == "$scope") m_scopes.push_back(body.at(1));
    if (word == "$upscope") m_scopes.pop_back();
    if (word == "$timescale") m_vcd.timescale = body.at(0) + " " + body.at(1);
    if (word != "$var") return;
    std::string path;
    for (const std::string& scope : m_scopes) path += scope + ".";
    path += body.at(3);
    m_paths[body.at(2)] = path;
    m_vcd.widths[path] = static_cast<unsigned>(std::stoul(body.at(1)));
  }

  void time(std::int64_t now) {
    if (m_vcd.begin < 0) m_vcd.begin = now;
    if (now < m_vcd.end) throw std::runtime_error("time goes back");
    m_vcd.end = now;
  }

  void change(const std::string& id, std::uint64_t value) {
    if (m_vcd.begin < 0) throw std::runtime_error("a value before any time");
    m_vcd.changes[m_paths.at(id)].push_back({m_vcd.end, value});
  }

  static std::uint64_t number(const std::string& bits) {
    std::uint64_t value = 0;
    for (const char bit : bits) {
      if (bit != '0' && bit != '1') throw std::runtime_error("no number: " + bits);
      value = value << 1 | (bit == '1' ? 1 : 0);
    }
    return value;
  }

  std::istringstream m_words;
  std::vector<std::string> m_scopes;
  std::map<std::string, std::string> m_paths;  // by identifier
  Vcd m_vcd;
};

}  // namespace

std::vector<Vcd::Interval> Vcd::intervals(const std::string& path) const {
  std::vector<Interval> list;
  const std::vector<Change>& all = changes.at(path);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::int64_t until = i + 1 < all.size() ? all[i + 1].time : end;
    if (all[i].value != 0) list.push_back({all[i].time, until, all[i].value});
  }
  return list;
}

Vcd readVcd(const std::string& text) {
  return Reader(text).read();
}

}  // namespace pim::test
