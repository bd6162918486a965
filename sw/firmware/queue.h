/* The ring of commands in Controller memory. */
#ifndef PIM_QUEUE_H
#define PIM_QUEUE_H

#include "abi/pim_abi.h"
#include "abi/pim_hal.h"

struct pim_queue {
  const struct pim_hal* hal;
  uint32_t registers;
  uint32_t ring, ring_end;       /* addresses */
  uint32_t size;                 /* commands */
  uint32_t quarter;              /* commands of a quarter of the ring: the last of each interrupts */
  uint32_t posted;               /* sequence number of the last command written to the ring */
  uint32_t rung;                 /* the last one the command processor has been told of */
  uint32_t done;                 /* the last one known to be complete, and all before it */
  uint32_t slot;                 /* where the next command goes */
  uint32_t to_interrupt;         /* commands up to the next that ends a quarter */
  uint32_t recording;            /* a program, not the ring, takes the commands: */
  uint32_t recorded_from;        /* the number before its first command's */
  uint32_t kept_done, kept_size; /* as they are when the ring takes them again */
};

/* Opens the ring, which is empty, at the position that the last job left. */
void pim_queue_open(struct pim_queue* queue, const struct pim_hal* hal, uint32_t registers, uint32_t ring,
                    uint32_t size);

/* Returns the sequence number of the next command. */
static inline uint32_t pim_queue_next(const struct pim_queue* queue) {
  return queue->posted + 1u;
}

/* Writes the first `bytes` of a command, a multiple of 4, to the ring; waits while the ring is full. Returns
 * the command's sequence number. The command starts only after a doorbell. */
uint32_t pim_queue_post(struct pim_queue* queue, struct pim_command* command, uint32_t bytes);

/* Nothing is rung while a program is recorded. */
void pim_queue_doorbell(struct pim_queue* queue);

/* Rings the doorbell and sleeps until all commands up to `sequence` are complete. Command `sequence` carries
 * PIM_FLAG_IRQ. */
void pim_queue_wait(struct pim_queue* queue, uint32_t sequence);

/* Commands posted from now on go to `program`, one after another, until pim_queue_recorded(), which returns
 * how many they were. It runs when all commands posted before it are complete. */
void pim_queue_record(struct pim_queue* queue, uint32_t program);
uint32_t pim_queue_recorded(struct pim_queue* queue);
static inline int pim_queue_is_recording(const struct pim_queue* queue) {
  return queue->recording != 0;
}

/* Rings for the first `commands` commands of the program recorded last; returns the sequence number
 * of the last. */
uint32_t pim_queue_run(struct pim_queue* queue, uint32_t commands);

#endif
