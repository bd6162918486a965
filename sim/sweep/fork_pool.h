#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace pim::sim {

/// What came back from a child process: its text, or how it died without giving one.
struct ChildAnswer {
  std::string text;
  std::string death;  ///< "ended by signal 11"; empty: `text` is whole
};

/// Runs pieces of work in child processes, at most `jobs` at a time: SystemC elaborates once a process, so a
/// point needs one of its own. A child is a fork of this process, which has to have one thread, and starts
/// with all that this process has prepared. A child that dies without an answer is started again, twice.
class ForkPool {
 public:
  explicit ForkPool(unsigned jobs) : m_jobs(jobs == 0 ? 1 : jobs) {}

  /// The number of the next piece; nothing when there is none to start now. It is asked again after each
  /// answer.
  using Next = std::function<std::optional<std::size_t>()>;
  /// In the child.
  using Work = std::function<std::string(std::size_t piece)>;
  /// In this process, in the order in which children end.
  using Done = std::function<void(std::size_t piece, ChildAnswer&& answer)>;

  /// Returns when nothing runs and `next` has nothing more. What `next` or `done` throws ends the children; a
  /// signal that asks the process to end does so, too, and is thrown as Interrupted.
  void run(const Next& next, const Work& work, const Done& done);

 private:
  unsigned m_jobs;
};

/// All cores that this process may use.
unsigned coresAvailable();

}  // namespace pim::sim
