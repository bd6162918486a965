#include "tlm/trace/vcd_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <systemc>
#include <utility>

#include "core/base/unfinished_file.h"
#include "tlm/kit/transaction.h"

namespace pim {
namespace {

/// Sets values at their times; sc_trace records them when time advances.
class Player : public sc_core::sc_module {
 public:
  Player(const sc_core::sc_module_name& name, const WaveStretch& stretch)
      : sc_module(name), m_values(stretch.initial), m_stretch(stretch) {
    SC_HAS_PROCESS(Player);
    SC_METHOD(play);
    sensitive << m_due;
    dont_initialize();
    if (!stretch.changes.empty()) m_due.notify(toScTime(stretch.changes.front().time));
  }

  const std::vector<std::uint64_t>& values() const { return m_values; }

 private:
  void play() {
    const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
    const std::vector<WaveChange>& changes = m_stretch.changes;
    for (; m_next != changes.size() && changes[m_next].time == now; ++m_next) {
      m_values[changes[m_next].signal] = changes[m_next].value;
    }
    if (m_next != changes.size()) m_due.notify(toScTime(changes[m_next].time - now));
  }

  std::vector<std::uint64_t> m_values;
  const WaveStretch& m_stretch;
  std::size_t m_next = 0;
  sc_core::sc_event m_due;
};

/// Runs a simulation after another one in this process.
class OwnSimulation {
 public:
  OwnSimulation()
      : m_previous(std::exchange(sc_core::sc_curr_simcontext, &m_context)),
        m_previousDefault(std::exchange(sc_core::sc_default_global_context, &m_context)) {}
  ~OwnSimulation() {
    sc_core::sc_curr_simcontext = m_previous;
    sc_core::sc_default_global_context = m_previousDefault;
  }
  OwnSimulation(const OwnSimulation&) = delete;
  OwnSimulation& operator=(const OwnSimulation&) = delete;

 private:
  sc_core::sc_simcontext m_context;
  sc_core::sc_simcontext* m_previous;
  sc_core::sc_simcontext* m_previousDefault;
};

[[noreturn]] void fail(const std::string& path, int error) {
  throw std::runtime_error(path + ": " + std::strerror(error));
}

void runUntil(Picoseconds time) {
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  if (time > now) sc_core::sc_start(toScTime(time - now));
}

/// Writes a VCD file by a simulation. `name` is without the ".vcd" that SystemC appends.
void play(const std::string& name, const std::vector<WaveSignal>& signals, const WaveStretch& stretch) {
  OwnSimulation simulation;
  Player player("player", stretch);
  runUntil(stretch.from);
  sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(name.c_str());
  file->set_time_unit(1, sc_core::SC_PS);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    sc_core::sc_trace(file, player.values()[i], signals[i].path, static_cast<int>(signals[i].width()));
  }
  runUntil(stretch.to);
  // SystemC records the last changes only when time advances again.
  sc_core::sc_start(toScTime(1));
  sc_core::sc_close_vcd_trace_file(file);
}

/// Overwrites `found` in `text` with `by`, padded with blanks.
void overwrite(std::string& text, std::string_view found, std::size_t from, std::string by) {
  const std::size_t at = text.find(found, from);
  if (at == std::string::npos || by.size() > found.size())
    throw std::logic_error("not a VCD header of SystemC");
  by.append(found.size() - by.size(), ' ');
  text.replace(at, found.size(), by);
}

/// Removes three items of SystemC's header: the date, so that files are reproducible; an additional scope
/// around all others; and initial values without a time, which viewers take for time 0.
void patchHeader(std::string& header, Picoseconds from) {
  const std::size_t date = header.find("$date\n") + 6;
  overwrite(header, header.substr(date, header.find("\n$end", date) - date), date, "     (not recorded)");
  overwrite(header, "$scope module SystemC $end", 0, "");
  const std::string_view close = "$upscope $end";
  overwrite(header, close, header.rfind(close), "");
  const std::size_t comment = header.find("$comment\n");
  const std::string_view end = "$end\n";
  const std::size_t length = header.find(end, comment) + end.size() - comment;
  overwrite(header, header.substr(comment, length - 1), comment, fmt::format("#{}", from));
}

/// Returns whether a file ends with the time after the last change, so that it is complete.
bool endsAt(int file, off_t size, Picoseconds time) {
  const std::string last = fmt::format("#{}", time);
  char tail[64] = {};
  const auto bytes = static_cast<std::size_t>(std::min<off_t>(size, sizeof tail));
  if (pread(file, tail, bytes, size - static_cast<off_t>(bytes)) != static_cast<ssize_t>(bytes)) return false;
  std::string_view text(tail, bytes);
  text.remove_suffix(text.size() - 1 - text.find_last_not_of("\n "));
  return text.size() > last.size() && text.substr(text.size() - last.size()) == last;
}

void patchFile(const std::string& path, Picoseconds from, Picoseconds to) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) fail(path, errno);
  struct stat status {};
  std::string header;
  int error = fstat(file, &status) == 0 ? 0 : errno;
  if (error == 0 && !endsAt(file, status.st_size, to + 1)) error = ENOSPC;
  // SystemC does not report whether its writes succeeded.
  std::size_t end = std::string::npos;
  while (error == 0 && end == std::string::npos) {
    char block[1 << 16];
    const ssize_t got = pread(file, block, sizeof block, static_cast<off_t>(header.size()));
    if (got <= 0) error = EIO;
    header.append(block, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    end = header.find("$dumpvars");
  }
  if (error == 0) {
    header.resize(end);
    patchHeader(header, from);
    if (pwrite(file, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) error = errno;
  }
  if (::close(file) != 0 && error == 0) error = errno;
  if (error != 0) fail(path, error);
}

}  // namespace

void writeVcdInto(const std::string& part, const std::vector<WaveSignal>& signals,
                  const WaveStretch& stretch) {
  const std::string_view ending = ".vcd";
  if (part.size() < ending.size() || part.substr(part.size() - ending.size()) != ending)
    throw std::logic_error("SystemC writes files that end in .vcd");
  // SystemC would end the program if it could not create the file.
  std::FILE* probe = std::fopen(part.c_str(), "w");
  if (probe == nullptr) fail(part, errno);
  std::fclose(probe);
  play(part.substr(0, part.size() - ending.size()), signals, stretch);
  patchFile(part, stretch.from, stretch.to);
}

void writeVcd(const std::string& path, const std::vector<WaveSignal>& signals, const WaveStretch& stretch) {
  UnfinishedFile part(OutputPlace::of(path), ".part.vcd");
  writeVcdInto(part.path(), signals, stretch);
  part.publish();
}

}  // namespace pim
