#pragma once

#include <cstddef>
#include <cstdint>

namespace pim {

/// A number of a die, a bank or a slot. Numbers of different kinds do not convert into each other.
template <typename Kind>
class Index {
 public:
  constexpr Index() = default;
  template <typename Integer>
  explicit constexpr Index(Integer value) : m_value(static_cast<std::uint32_t>(value)) {}

  constexpr std::uint32_t value() const { return m_value; }
  /// For subscripts.
  constexpr std::size_t at() const { return m_value; }

  friend constexpr bool operator==(Index a, Index b) { return a.m_value == b.m_value; }
  friend constexpr bool operator!=(Index a, Index b) { return a.m_value != b.m_value; }
  friend constexpr bool operator<(Index a, Index b) { return a.m_value < b.m_value; }

 private:
  std::uint32_t m_value = 0;
};

using DieIndex = Index<struct DieKind>;    ///< of the chip
using BankIndex = Index<struct BankKind>;  ///< of a die

/// A set of at most 64 indices of one kind.
template <typename Id>
class IndexSet {
 public:
  constexpr IndexSet() = default;
  explicit constexpr IndexSet(Id only) : m_mask(bit(only)) {}
  /// Bit i stands for index i, as registers and addresses hold sets.
  static constexpr IndexSet fromMask(std::uint64_t mask) {
    IndexSet set;
    set.m_mask = mask;
    return set;
  }
  /// The lowest `count` indices from `first` on.
  static constexpr IndexSet range(std::uint32_t first, std::uint32_t count) {
    const std::uint64_t all = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return fromMask(first >= 64 ? 0 : all << first);
  }

  constexpr std::uint64_t mask() const { return m_mask; }
  /// The mask in 32 bits, for the banks of a die.
  constexpr std::uint32_t mask32() const { return static_cast<std::uint32_t>(m_mask); }
  constexpr bool empty() const { return m_mask == 0; }
  constexpr unsigned count() const { return static_cast<unsigned>(__builtin_popcountll(m_mask)); }
  /// Whether the set has at most one member.
  constexpr bool isSingle() const { return (m_mask & (m_mask - 1)) == 0; }
  constexpr bool contains(Id id) const { return (m_mask & bit(id)) != 0; }
  constexpr bool contains(IndexSet other) const { return (other.m_mask & ~m_mask) == 0; }
  /// The lowest and the highest member of a set that is not empty.
  constexpr Id first() const { return Id(__builtin_ctzll(m_mask)); }
  constexpr Id last() const { return Id(63 - __builtin_clzll(m_mask)); }

  /// Calls visit(Id) for each member, in ascending order.
  template <typename Visit>
  void forEach(Visit visit) const {
    for (std::uint64_t left = m_mask; left != 0; left &= left - 1) visit(Id(__builtin_ctzll(left)));
  }

  constexpr IndexSet& operator|=(IndexSet other) {
    m_mask |= other.m_mask;
    return *this;
  }
  /// Removes the members of `other`.
  constexpr IndexSet& operator-=(IndexSet other) {
    m_mask &= ~other.m_mask;
    return *this;
  }
  friend constexpr IndexSet operator|(IndexSet a, IndexSet b) { return a |= b; }
  friend constexpr IndexSet operator-(IndexSet a, IndexSet b) { return a -= b; }
  friend constexpr IndexSet operator&(IndexSet a, IndexSet b) { return fromMask(a.m_mask & b.m_mask); }
  friend constexpr bool operator==(IndexSet a, IndexSet b) { return a.m_mask == b.m_mask; }
  friend constexpr bool operator!=(IndexSet a, IndexSet b) { return a.m_mask != b.m_mask; }

 private:
  static constexpr std::uint64_t bit(Id id) { return std::uint64_t{1} << id.value(); }

  std::uint64_t m_mask = 0;
};

using DieSet = IndexSet<DieIndex>;
using BankSet = IndexSet<BankIndex>;

}  // namespace pim
