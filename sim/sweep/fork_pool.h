#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace pim::sim {

/// The result of a child process: its text, or the way in which it died without one.
struct ChildAnswer {
  std::string text;
  std::string death;  ///< "ended by signal 11"; empty: `text` is whole
};

/// Runs pieces of work in child processes, at most `jobs` at a time. SystemC elaborates once per process, so
/// each point needs its own process. A child is a fork of this process, which must have a single thread, and
/// starts with everything that this process has prepared. A child that dies without an answer is started
/// again, at most twice.
class ForkPool {
 public:
  explicit ForkPool(unsigned jobs) : m_jobs(jobs == 0 ? 1 : jobs) {}

  /// Returns the number of the next piece, or nothing if none can start now. It is called again after each
  /// answer.
  using Next = std::function<std::optional<std::size_t>()>;
  /// Runs in the child.
  using Work = std::function<std::string(std::size_t piece)>;
  /// Runs in this process, in the order in which the children end.
  using Done = std::function<void(std::size_t piece, ChildAnswer&& answer)>;

  /// Returns when no child runs and `next` returns nothing. An exception of `next` or `done` ends the
  /// children. A signal that asks the process to end also ends them and is thrown as Interrupted.
  void run(const Next& next, const Work& work, const Done& done);

 private:
  unsigned m_jobs;
};

/// Number of cores that this process may use.
unsigned coresAvailable();

}  // namespace pim::sim
