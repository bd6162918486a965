#include "sw/firmware/scoreboard.h"

#include "abi/pim_layout.h"

static int ranges_overlap(struct pim_range a, struct pim_range b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

void pim_scoreboard_reset(struct pim_scoreboard* board, const struct pim_plan* plan) {
  struct pim_range ranges[PIM_BUF_IN_BRAM];
  uint32_t a, b;
  ranges[PIM_BUF_VECTOR_0] = plan->bram_vector[0];
  ranges[PIM_BUF_VECTOR_1] = plan->bram_vector[1];
  ranges[PIM_BUF_RESULT_0] = plan->bram_result[0];
  ranges[PIM_BUF_RESULT_1] = plan->bram_result[1];
  ranges[PIM_BUF_BANK_QUERY] = plan->bram_query;
  ranges[PIM_BUF_BANK_SCORE] = plan->bram_score;
  ranges[PIM_BUF_BANK_VALUE] = plan->bram_value;
  for (a = 0; a < PIM_BUF_IN_BRAM; ++a) {
    board->overlap[a] = (uint8_t)(1u << a);
    for (b = 0; b < PIM_BUF_IN_BRAM; ++b)
      if (ranges_overlap(ranges[a], ranges[b])) board->overlap[a] |= (uint8_t)(1u << b);
  }
  for (a = 0; a < PIM_BUF_COUNT; ++a) board->lists[a].count = 0;
  board->dies = plan->dies;
}

static struct pim_entry entry_of(const struct pim_scoreboard* board, const struct pim_command* command) {
  struct pim_entry entry;
  uint32_t groups = command->groups, dies = board->dies, banks = command->banks_per_group;
  entry.sequence = 0;
  entry.access = PIM_READ;
  entry.reach = 1;
  entry.covers = 1;
  switch (command->opcode) {
    case PIM_OP_NOP:
      entry.unit = PIM_UNIT_NONE;
      entry.covers = 0;
      break;
    case PIM_OP_SEND:
    case PIM_OP_GATHER:
      entry.unit = command->opcode == PIM_OP_SEND ? PIM_UNIT_DOWN : PIM_UNIT_UP;
      entry.reach = (uint16_t)(groups < dies ? groups : dies);
      entry.covers = entry.reach;
      break;
    case PIM_OP_FETCH:
      entry.unit = PIM_UNIT_UP;
      entry.reach = (uint16_t)(command->body.copy.slot % dies + 1u);
      entry.covers = 0;
      break;
    default:
      if (command->opcode >= PIM_OP_EMBED) {
        entry.unit = PIM_UNIT_ALU;
      } else {
        entry.unit = PIM_UNIT_BANK;
        entry.reach = (uint16_t)(command->first_bank + pim_ceil_div(groups, dies) * banks);
        entry.covers = (uint16_t)(command->first_bank ? 0u : groups / dies * banks);
      }
  }
  return entry;
}

/* Whether the end of `later` implies the end of `earlier` by the order of their unit alone. */
static int stands_for(const struct pim_entry* later, const struct pim_entry* earlier) {
  return later->unit == earlier->unit && later->unit != PIM_UNIT_NONE && later->covers >= earlier->reach;
}

/* Whether the order of the unit alone keeps two accesses to a buffer apart. What lies in a bank is used by
 * that bank's queue and its die's link; there is one ALU queue. But two links that write Controller memory
 * know nothing of each other. */
static int kept_apart(const struct pim_entry* earlier, const struct pim_entry* later, uint32_t buffer) {
  return earlier->unit == later->unit && (buffer < PIM_BUF_IN_BRAM || later->unit == PIM_UNIT_ALU);
}

static int conflicts(uint32_t earlier, uint32_t later) {
  if (later == PIM_READ) return earlier != PIM_READ;
  return !(later == PIM_FILL && earlier == PIM_FILL);
}

static int is_done(uint32_t sequence, uint32_t done) {
  return (int32_t)(done - sequence) >= 0;
}

static int not_before(const struct pim_entry* a, const struct pim_entry* b) {
  return (int32_t)(a->sequence - b->sequence) >= 0;
}

/* Adds a wait unless one of the others implies it, and drops those that it implies. */
static void add_wait(struct pim_waits* waits, const struct pim_entry* entry) {
  uint32_t i, kept = 0;
  for (i = 0; i < waits->count; ++i) {
    const struct pim_entry* other = &waits->entries[i];
    if (other->sequence == entry->sequence || (not_before(other, entry) && stands_for(other, entry))) return;
  }
  for (i = 0; i < waits->count; ++i)
    if (!(not_before(entry, &waits->entries[i]) && stands_for(entry, &waits->entries[i])))
      waits->entries[kept++] = waits->entries[i];
  waits->entries[kept++] =
      *entry; /* at most six of each of seven lists in BRAM and of two more: fewer than 64 */
  waits->count = kept;
}

static int must_wait(const struct pim_entry* earlier, const struct pim_entry* later, uint32_t buffer) {
  return conflicts(earlier->access, later->access) && !kept_apart(earlier, later, buffer);
}

/* Whether the earlier access may still matter to commands after the later one. It does not if the later ends
 * after it and whatever conflicts with it conflicts with the later as well. */
static int stays(const struct pim_entry* earlier, const struct pim_entry* later, uint32_t buffer,
                 uint32_t done) {
  if (is_done(earlier->sequence, done)) return 0;
  if (!must_wait(earlier, later, buffer) && !stands_for(later, earlier)) return 1;
  return later->access != PIM_WRITE && later->access != earlier->access;
}

/* `own`: the list is that of the buffer used, into which the command will be entered. */
static void waits_of_list(const struct pim_use_list* list, const struct pim_entry* entry, uint32_t buffer,
                          int own, uint32_t done, struct pim_waits* waits) {
  const struct pim_entry* oldest = 0;
  uint32_t i, staying = 0;
  for (i = 0; i < list->count; ++i) {
    const struct pim_entry* earlier = &list->entries[i];
    if (is_done(earlier->sequence, done)) continue;
    if (must_wait(earlier, entry, buffer)) add_wait(waits, earlier);
    if (own && stays(earlier, entry, buffer, done) && staying++ == 0) oldest = earlier;
  }
  if (staying == PIM_USES_KEPT) add_wait(waits, oldest); /* makes room in enter_list */
}

static void enter_list(struct pim_use_list* list, const struct pim_entry* entry, uint32_t buffer,
                       uint32_t done) {
  struct pim_entry mine = *entry;
  uint32_t i, kept = 0;
  for (i = 0; i < list->count; ++i)
    if (stays(&list->entries[i], entry, buffer, done)) list->entries[kept++] = list->entries[i];
  if (kept == PIM_USES_KEPT) {
    /* The command waits for the oldest and stands for it; as a write it conflicts with all that the oldest
     * does. */
    for (i = 1; i < kept; ++i) list->entries[i - 1] = list->entries[i];
    --kept;
    mine.access = PIM_WRITE;
  }
  list->entries[kept++] = mine;
  list->count = kept;
}

static int overlaps(const struct pim_scoreboard* board, uint32_t a, uint32_t b) {
  return a == b || (a < PIM_BUF_IN_BRAM && b < PIM_BUF_IN_BRAM && (board->overlap[a] >> b & 1u));
}

void pim_scoreboard_waits(const struct pim_scoreboard* board, const struct pim_command* command,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done,
                          struct pim_waits* waits) {
  struct pim_entry entry = entry_of(board, command);
  uint32_t u, list;
  waits->count = 0;
  for (u = 0; u < use_count; ++u) {
    uint32_t buffer = uses[u].buffer, in_bram = buffer < PIM_BUF_IN_BRAM;
    entry.access = uses[u].access;
    for (list = in_bram ? 0 : buffer; list < (in_bram ? (uint32_t)PIM_BUF_IN_BRAM : buffer + 1u); ++list)
      if (overlaps(board, buffer, list))
        waits_of_list(&board->lists[list], &entry, list, list == buffer, done, waits);
  }
}

void pim_scoreboard_enter(struct pim_scoreboard* board, const struct pim_command* command, uint32_t sequence,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done) {
  struct pim_entry entry = entry_of(board, command);
  uint32_t u;
  entry.sequence = sequence;
  for (u = 0; u < use_count; ++u) {
    entry.access = uses[u].access;
    enter_list(&board->lists[uses[u].buffer], &entry, uses[u].buffer, done);
  }
}
