#include "sim/timeline/trace_writer.h"

#include <fmt/format.h>

namespace pim::sim {
namespace {

constexpr Picoseconds kPerMicrosecond = 1'000'000;

std::string microseconds(Picoseconds time) {
  return fmt::format("{}.{:06}", time / kPerMicrosecond, time % kPerMicrosecond);
}

}  // namespace

TraceWriter::TraceWriter(const std::string& option, const std::string& path) : m_file(option, path) {
  m_file.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
}

bool TraceWriter::hasRoom(Picoseconds time) {
  constexpr std::uint64_t kReserve = 64 * 1024;  // for the ends of open spans and of the file
  if (m_bytes + kReserve <= kMostBytes) return true;
  if (m_cutAt < 0) m_cutAt = time;
  return false;
}

void TraceWriter::event(const std::string& text) {
  if (!m_first) m_file.write(",\n");
  m_first = false;
  m_file.write(text);
  m_bytes += text.size() + 2;
}

void TraceWriter::metadata(std::uint32_t process, std::uint32_t thread, const char* what,
                           const std::string& arguments) {
  if (!hasRoom(0)) return;
  event(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"{}","args":{{{}}}}})", process, thread, what,
                    arguments));
}

void TraceWriter::nameProcess(std::uint32_t process, std::string_view name) {
  metadata(process, 0, "process_name", fmt::format(R"("name":"{}")", name));
  metadata(process, 0, "process_sort_index", fmt::format(R"("sort_index":{})", process));
}

void TraceWriter::nameTrack(Track track, std::string_view name) {
  metadata(track.process, track.thread, "thread_name", fmt::format(R"("name":"{}")", name));
  metadata(track.process, track.thread, "thread_sort_index", fmt::format(R"("sort_index":{})", track.thread));
}

void TraceWriter::span(Track track, std::string_view name, std::string_view category, Picoseconds begin,
                       Picoseconds end, std::string_view arguments) {
  if (open(track, name, category, begin, arguments)) close(track, name, end, arguments);
}

bool TraceWriter::open(Track track, std::string_view name, std::string_view category, Picoseconds begin,
                       std::string_view arguments) {
  if (!hasRoom(begin)) return false;
  std::string text = fmt::format(R"({{"ph":"B","pid":{},"tid":{},"name":"{}","cat":"{}","ts":{})",
                                 track.process, track.thread, name, category, microseconds(begin));
  if (!arguments.empty()) text += fmt::format(R"(,"args":{{{}}})", arguments);
  event(text + '}');
  return true;
}

void TraceWriter::close(Track track, std::string_view name, Picoseconds end, std::string_view arguments) {
  std::string text = fmt::format(R"({{"ph":"E","pid":{},"tid":{},"name":"{}","ts":{})", track.process,
                                 track.thread, name, microseconds(end));
  if (!arguments.empty()) text += fmt::format(R"(,"args":{{{}}})", arguments);
  event(text + '}');
}

void TraceWriter::flow(std::string_view kind, Track track, std::string_view name, std::uint64_t id,
                       Picoseconds time) {
  if (!hasRoom(time)) return;
  event(fmt::format(R"({{"ph":{},"pid":{},"tid":{},"name":"{}","cat":"{}","id":{},"ts":{}}})", kind,
                    track.process, track.thread, name, name, id, microseconds(time)));
}

void TraceWriter::flowFrom(Track track, std::string_view name, std::uint64_t id, Picoseconds time) {
  flow(R"("s")", track, name, id, time);
}

void TraceWriter::flowTo(Track track, std::string_view name, std::uint64_t id, Picoseconds time) {
  flow(R"("f","bp":"e")", track, name, id, time);
}

void TraceWriter::counter(std::uint32_t process, std::string_view name, std::string_view unit,
                          Picoseconds time, double value) {
  if (!hasRoom(time)) return;
  event(fmt::format(R"({{"ph":"C","pid":{},"name":"{}","ts":{},"args":{{"{}":{:.3f}}}}})", process, name,
                    microseconds(time), unit, value));
}

void TraceWriter::commit() {
  m_file.write("\n]}\n");
  m_file.commit();
}

}  // namespace pim::sim
