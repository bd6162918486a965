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
  uint32_t quarter;        /* commands of a quarter of the ring: the last of each interrupts */
  uint32_t posted;         /* sequence number of the last command written to the ring */
  uint32_t rung;           /* the last one the command processor has been told of */
  uint32_t done;           /* the last one known to be complete, and all before it */
  uint32_t slot;           /* where the next command goes */
  uint32_t to_interrupt;   /* commands up to the next that ends a quarter */
};

/* Takes the ring over where the last job left it, empty. */
void pim_queue_open(struct pim_queue* queue, const struct pim_hal* hal, uint32_t registers, uint32_t ring,
                    uint32_t size);

/* Sequence number that the next command gets. */
static inline uint32_t pim_queue_next(const struct pim_queue* queue) {
  return queue->posted + 1u;
}

/* Writes the first `bytes` of a command, a multiple of 4, to the ring, waiting for room if need be; returns
 * its sequence number. It does not start before the doorbell. */
uint32_t pim_queue_post(struct pim_queue* queue, struct pim_command* command, uint32_t bytes);

void pim_queue_doorbell(struct pim_queue* queue);

/* Rings and sleeps until everything up to `sequence` is complete; the command of that number carries
 * PIM_FLAG_IRQ. */
void pim_queue_wait(struct pim_queue* queue, uint32_t sequence);

#endif
