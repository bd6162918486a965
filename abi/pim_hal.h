/* The functions that the firmware needs from the machine on which it runs. */
#ifndef PIM_HAL_H
#define PIM_HAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kinds of work that the firmware reports to a machine that runs it as host code and computes the time of
 * a core: commands posted, by opcode and stream (opcode + 64 * stream), and the other facts on which the time
 * depends. */
enum pim_work {
  PIM_WORK_COMMANDS = 0,
  PIM_WORK_REPEAT = 128, /* a command posted again with other fields */
  PIM_WORK_UNORDERED,    /* a command that waits for the previous one, without a scoreboard */
  PIM_WORK_REPEAT_UNORDERED, /* both */
  PIM_WORK_OVERLAP,      /* a buffer checked because it overlaps the buffer in use */
  PIM_WORK_NAMED,        /* a command named in wait_for */
  PIM_WORK_MATRIX,
  PIM_WORK_SIZES, /* sizes of an input computed again */
  PIM_WORK_ROUND, /* a round of KV heads */
  PIM_WORK_SET,   /* a cache that lies in sets of banks */
  PIM_WORK_MASK,  /* a mask looked up */
  PIM_WORK_MASK_WORDS, /* words of a mask read, or written to a descriptor */
  PIM_WORK_STAGE,
  PIM_WORK_LAYER,
  PIM_WORK_TILE,
  PIM_WORK_TOKEN, /* a token given to the host */
  PIM_WORK_RING,  /* a doorbell */
  PIM_WORK_ROOM,  /* a wait for room in the ring */
  PIM_WORK_WAIT,  /* a wait for a command begun */
  PIM_WORK_LOOK,  /* a check whether the command is complete */
  PIM_WORK_WAKE,  /* a sleep during the wait */
  PIM_WORK_DRAW,  /* a random number drawn */
  PIM_WORK_NOTE,  /* a word of a program noted that depends on the context */
  PIM_WORK_RUN,   /* a program started */
  PIM_WORK_FOLLOW, /* a wait for a layer of a program */
  PIM_WORK_PATCH,  /* a word of a program set */
  PIM_WORK_COMPLETE, /* the words of a program set that depend on the previous token */
  PIM_WORK_JOB,
  PIM_WORK_KINDS
};

struct pim_hal {
  void* context; /* argument of every call */
  uint32_t (*read32)(void* context, uint32_t address);
  void (*write32)(void* context, uint32_t address, uint32_t value);
  void (*read_block)(void* context, uint32_t address, void* to, uint32_t bytes);
  void (*write_block)(void* context, uint32_t address, const void* from, uint32_t bytes);
  /* Returns when PIM_REG_IRQ_STATUS is not 0; immediately if that is already so. */
  void (*wait_for_interrupt)(void* context);
  /* Reports work of a kind, `count` times. Null if it is not needed. The program for a RISC-V core never
   * calls it. */
  void (*did)(void* context, enum pim_work work, uint32_t count);
};

#ifdef __riscv
#define PIM_DID(hal, work, count) ((void)(hal), (void)(count))
#else
#define PIM_DID(hal, work, count)                                                    \
  do {                                                                               \
    if ((hal)->did) (hal)->did((hal)->context, (enum pim_work)(work), (count));      \
  } while (0)
#endif

#ifdef __cplusplus
}
#endif
#endif
