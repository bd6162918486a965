#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace pim::host {

/// The symbol that two neighbours merge into, and its priority. The highest priority merges first; among
/// equals, the leftmost pair.
template <typename Symbol>
struct Merge {
  double priority;
  Symbol merged;
};

/// Merges neighbours until no pair can merge, in O(n log n). Both kinds of byte-pair encoding use it.
/// `mergeOf(left, right)` returns the Merge of two symbols, if there is one.
template <typename Symbol, typename MergeOf>
std::vector<Symbol> mergePairs(const std::vector<Symbol>& symbols, const MergeOf& mergeOf) {
  constexpr size_t kNone = SIZE_MAX;
  struct Node {
    Symbol symbol;
    size_t previous, next;
    uint32_t version;  // of the symbol; a candidate for an older version is void
  };
  struct Candidate {
    double priority;
    size_t left, right;
    uint32_t leftVersion, rightVersion;
    Symbol merged;
    bool operator<(const Candidate& other) const {
      return priority != other.priority ? priority < other.priority : left > other.left;
    }
  };
  constexpr uint32_t kGone = UINT32_MAX;

  std::vector<Node> nodes;
  nodes.reserve(symbols.size());
  for (size_t i = 0; i < symbols.size(); ++i) {
    nodes.push_back({symbols[i], i == 0 ? kNone : i - 1, i + 1 == symbols.size() ? kNone : i + 1, 0});
  }
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](size_t left, size_t right) {
    if (left == kNone || right == kNone) return;
    const std::optional<Merge<Symbol>> merge = mergeOf(nodes[left].symbol, nodes[right].symbol);
    if (!merge) return;
    candidates.push({merge->priority, left, right, nodes[left].version, nodes[right].version, merge->merged});
  };
  for (size_t i = 1; i < nodes.size(); ++i) consider(i - 1, i);
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Node &left = nodes[best.left], &right = nodes[best.right];
    if (left.version != best.leftVersion || right.version != best.rightVersion) continue;
    left.symbol = best.merged;
    ++left.version;
    left.next = right.next;
    right.version = kGone;
    if (left.next != kNone) nodes[left.next].previous = best.left;
    consider(left.previous, best.left);
    consider(best.left, left.next);
  }
  std::vector<Symbol> merged;
  for (size_t i = nodes.empty() ? kNone : 0; i != kNone; i = nodes[i].next) merged.push_back(nodes[i].symbol);
  return merged;
}

}  // namespace pim::host
