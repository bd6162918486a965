/* The ring of commands in Controller memory. */
#ifndef PIM_QUEUE_H
#define PIM_QUEUE_H

#include "abi/pim_abi.h"
#include "abi/pim_hal.h"

struct pim_queue {
  const struct pim_hal* hal;
  uint32_t registers;
  uint32_t ring, ring_end; /* addresses */
  uint32_t size;           /* commands */
  uint32_t quarter;        /* commands per quarter of the ring; the last of each quarter interrupts */
  uint32_t posted;         /* sequence number of the last command written to the ring */
  uint32_t rung;           /* sequence number that the last doorbell gave to the command processor */
  uint32_t done;           /* sequence number up to which all commands are known to be complete */
  uint32_t slot;           /* address for the next command */
  uint32_t to_interrupt;   /* commands up to and including the next that ends a quarter */
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

void pim_queue_doorbell(struct pim_queue* queue);

/* Rings the doorbell and sleeps until all commands up to `sequence` are complete. Command `sequence` carries
 * PIM_FLAG_IRQ. */
void pim_queue_wait(struct pim_queue* queue, uint32_t sequence);

#endif
