/* All that the firmware asks of the machine it runs on. */
#ifndef PIM_HAL_H
#define PIM_HAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the firmware says it does, for a machine that runs it as host code and must know what a core would take: commands
 * posted, by opcode and stream (opcode + 64 * stream), and what the time for them depends on. */
enum pim_work {
  PIM_WORK_COMMANDS = 0,
  PIM_WORK_REPEAT = 128, /* a command posted again, with other fields */
  PIM_WORK_UNORDERED,    /* a command that waits for the one before it, without a scoreboard */
  PIM_WORK_OVERLAP,      /* a buffer looked at since it overlaps the one used */
  PIM_WORK_NAMED,        /* a command named in wait_for */
  PIM_WORK_MATRIX,
  PIM_WORK_SIZES, /* sizes of an input worked out anew */
  PIM_WORK_ROUND, /* of KV heads */
  PIM_WORK_SET,   /* a cache that lies in sets of banks */
  PIM_WORK_MASK,  /* looked up, */
  PIM_WORK_MASK_WORDS, /* of it read, or written into a descriptor */
  PIM_WORK_STAGE,
  PIM_WORK_LAYER,
  PIM_WORK_TILE,
  PIM_WORK_TOKEN, /* handed to the host */
  PIM_WORK_RING,  /* a doorbell */
  PIM_WORK_ROOM,  /* made in the ring */
  PIM_WORK_WAIT,  /* for a command: begun, */
  PIM_WORK_LOOK,  /* looked whether it is complete, */
  PIM_WORK_WAKE,  /* slept */
  PIM_WORK_DRAW,  /* of a random number */
  PIM_WORK_JOB,
  PIM_WORK_KINDS
};

struct pim_hal {
  void* context; /* handed to every call */
  uint32_t (*read32)(void* context, uint32_t address);
  void (*write32)(void* context, uint32_t address, uint32_t value);
  void (*read_block)(void* context, uint32_t address, void* to, uint32_t bytes);
  void (*write_block)(void* context, uint32_t address, const void* from, uint32_t bytes);
  /* Returns when PIM_REG_IRQ_STATUS is not 0, at once if it is so already. */
  void (*wait_for_interrupt)(void* context);
  /* Told what was done, `count` times. Null where nobody asks, and not called by the program for a RISC-V core. */
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
