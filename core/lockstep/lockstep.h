#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pim {

/// Members (banks of a die, dies of a chip) that so far did exactly the same at the same times need not be
/// computed one by one: one of them, the leader, is computed, and counts for all of its class.
///
/// A class is split when a command addresses only some of it and joined again when the timing states of two
/// leaders are equal. States are compared, never assumed, so results with and without the short cut are the
/// same bits.
///
/// `Member` offers `bool sameTiming(const Member&) const` and `void adoptTiming(const Member&)`.
template <typename Member>
class LockstepClasses {
 public:
  /// With `exact`, every member stays a class of its own.
  LockstepClasses(std::vector<Member*> members, bool exact) : m_members(std::move(members)), m_exact(exact) {
    if (exact) {
      for (std::size_t i = 0; i < m_members.size(); ++i) m_classes.push_back({std::uint64_t{1} << i, i, 1});
    } else {
      m_classes.push_back({allMembers(), 0, static_cast<unsigned>(m_members.size())});
    }
  }

  /// Calls `visit(leaderIndex, Member&, count, members)` once for each class within `mask`, splitting classes
  /// as needed.
  template <typename Visit>
  void forEach(std::uint64_t mask, Visit visit) {
    mask &= allMembers();
    if (m_exact) {
      for (; mask != 0; mask &= mask - 1) {
        const auto i = static_cast<std::size_t>(__builtin_ctzll(mask));
        visit(i, *m_members[i], 1u, mask & ~(mask - 1));
      }
      return;
    }
    // Splitting appends to m_classes; the new classes lie outside the mask.
    const std::size_t classes = m_classes.size();
    for (std::size_t i = 0; i < classes; ++i) {
      const std::uint64_t inside = m_classes[i].mask & mask;
      if (inside == 0) continue;
      if (inside != m_classes[i].mask) split(i, inside);
      const Class& c = m_classes[i];
      visit(c.leader, *m_members[c.leader], c.count, c.mask);
    }
    if (m_classes.size() > 1) join();
  }

  /// Takes over the classes of another set of members of the same size, and its leaders' timing.
  void adopt(const LockstepClasses& other) {
    m_classes = other.m_classes;
    for (const Class& c : m_classes) m_members[c.leader]->adoptTiming(*other.m_members[c.leader]);
  }

  std::size_t classes() const { return m_classes.size(); }
  /// The leader that stands for a member.
  std::size_t leaderOf(std::size_t member) const {
    for (const Class& c : m_classes) {
      if ((c.mask >> member & 1) != 0) return c.leader;
    }
    return member;
  }

 private:
  struct Class {
    std::uint64_t mask;
    std::size_t leader;
    unsigned count;  // of members
  };

  std::uint64_t allMembers() const {
    return m_members.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << m_members.size()) - 1;
  }

  /// Leaves `inside` in class i and moves the rest to a class of its own.
  void split(std::size_t i, std::uint64_t inside) {
    const std::uint64_t rest = m_classes[i].mask & ~inside;
    const std::size_t oldLeader = m_classes[i].leader;
    m_classes[i] = ledFrom(inside, oldLeader);
    m_classes.push_back(ledFrom(rest, oldLeader));
  }

  Class ledFrom(std::uint64_t mask, std::size_t oldLeader) {
    const auto count = static_cast<unsigned>(__builtin_popcountll(mask));
    if ((mask >> oldLeader & 1) != 0) return {mask, oldLeader, count};
    const auto leader = static_cast<std::size_t>(__builtin_ctzll(mask));
    m_members[leader]->adoptTiming(*m_members[oldLeader]);
    return {mask, leader, count};
  }

  void join() {
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
      for (std::size_t j = i + 1; j < m_classes.size();) {
        if (m_members[m_classes[i].leader]->sameTiming(*m_members[m_classes[j].leader])) {
          m_classes[i].mask |= m_classes[j].mask;
          m_classes[i].count += m_classes[j].count;
          m_classes[j] = m_classes.back();
          m_classes.pop_back();
        } else {
          ++j;
        }
      }
    }
  }

  std::vector<Member*> m_members;
  std::vector<Class> m_classes;
  bool m_exact;
};

}  // namespace pim
