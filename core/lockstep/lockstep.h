#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/ids.h"

namespace pim {

/// A member of a lock-step class. `other` is always of the same class type.
class LockstepMember {
 public:
  virtual ~LockstepMember() = default;
  /// Whether both would give the same times to every future access.
  virtual bool sameTiming(const LockstepMember& other) const = 0;
  virtual void adoptTiming(const LockstepMember& other) = 0;
};

/// Groups members (banks of a die, dies of a chip) that have done exactly the same at the
/// same times. Only one member of such a class, its leader, is simulated; it stands for all.
///
/// A class is split when a command addresses only some of its members. Two classes
/// are joined when the timing states of their leaders are equal. States are
/// compared, never assumed, so results are the same bits with and without lock-step.
///
/// `Member` offers sameTiming() and adoptTiming() as LockstepMember does; `Id` is the kind of its index.
template <typename Member, typename Id>
class LockstepClasses {
 public:
  using Set = IndexSet<Id>;

  /// With `exact`, every member is a class of its own. Members may then be null.
  LockstepClasses(std::vector<Member*> members, bool exact)
      : m_members(std::move(members)),
        m_all(Set::range(0, static_cast<std::uint32_t>(m_members.size()))),
        m_exact(exact) {
    if (exact) {
      m_all.forEach([this](Id one) { m_classes.push_back({Set(one), one, 1}); });
    } else {
      m_classes.push_back({m_all, Id(0), m_all.count()});
    }
  }

  /// Calls `visit(leader, count, members)` once for each class within `wanted`, splitting classes as needed.
  template <typename Visit>
  void forEach(Set wanted, Visit visit) {
    wanted = wanted & m_all;
    if (m_exact) return wanted.forEach([&](Id one) { visit(one, 1u, Set(one)); });
    // Splitting appends to m_classes; the new classes have no member in `wanted`.
    const std::size_t classes = m_classes.size();
    for (std::size_t i = 0; i < classes; ++i) {
      const Set inside = m_classes[i].members & wanted;
      if (inside.empty()) continue;
      if (inside != m_classes[i].members) split(i, inside);
      const Class& c = m_classes[i];
      visit(c.leader, c.count, c.members);
    }
    if (m_classes.size() > 1) join();
  }

  /// Copies the classes and the timing of the leaders from another set of the same size.
  void adopt(const LockstepClasses& other) {
    m_classes = other.m_classes;
    for (const Class& c : m_classes) of(c.leader).adoptTiming(other.of(c.leader));
  }

  /// Returns whether another set of members of the same size is in the same state.
  bool sameTiming(const LockstepClasses& other) const {
    for (std::size_t i = 0; i < m_members.size(); ++i) {
      if (!of(leaderOf(Id(i))).sameTiming(other.of(other.leaderOf(Id(i))))) return false;
    }
    return true;
  }

  std::size_t classes() const { return m_classes.size(); }
  Set all() const { return m_all; }
  Member& of(Id member) const { return *m_members[member.at()]; }
  /// Returns the leader that represents a member.
  Id leaderOf(Id member) const {
    for (const Class& c : m_classes) {
      if (c.members.contains(member)) return c.leader;
    }
    return member;
  }

 private:
  struct Class {
    Set members;
    Id leader;
    unsigned count;  // of members
  };

  /// Leaves `inside` in class i and moves the other members to a new class.
  void split(std::size_t i, Set inside) {
    const Set rest = m_classes[i].members - inside;
    const Id oldLeader = m_classes[i].leader;
    m_classes[i] = ledFrom(inside, oldLeader);
    m_classes.push_back(ledFrom(rest, oldLeader));
  }

  Class ledFrom(Set members, Id oldLeader) {
    if (members.contains(oldLeader)) return {members, oldLeader, members.count()};
    of(members.first()).adoptTiming(of(oldLeader));
    return {members, members.first(), members.count()};
  }

  void join() {
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
      for (std::size_t j = i + 1; j < m_classes.size();) {
        if (of(m_classes[i].leader).sameTiming(of(m_classes[j].leader))) {
          m_classes[i].members |= m_classes[j].members;
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
  Set m_all;
  std::vector<Class> m_classes;
  bool m_exact;
};

}  // namespace pim
