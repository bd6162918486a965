#include "sw/firmware/queue.h"

#include "abi/pim_layout.h"

static uint32_t read_register(const struct pim_queue* queue, uint32_t offset) {
  return queue->hal->read32(queue->hal->context, queue->registers + offset);
}

static void write_register(const struct pim_queue* queue, uint32_t offset, uint32_t value) {
  queue->hal->write32(queue->hal->context, queue->registers + offset, value);
}

/* Sets the slot of the next command in the ring. */
static void place_in_ring(struct pim_queue* queue) {
  queue->to_interrupt = queue->quarter - queue->posted % queue->quarter;
  queue->slot = queue->ring + queue->posted % queue->size * PIM_COMMAND_BYTES;
}

void pim_queue_open(struct pim_queue* queue, const struct pim_hal* hal, uint32_t registers, uint32_t ring,
                    uint32_t size) {
  queue->hal = hal;
  queue->registers = registers;
  queue->ring = ring;
  queue->ring_end = ring + size * PIM_COMMAND_BYTES;
  queue->size = size;
  write_register(queue, PIM_REG_QUEUE_BASE, ring);
  write_register(queue, PIM_REG_QUEUE_SIZE, size);
  queue->posted = read_register(queue, PIM_REG_QUEUE_TAIL);
  queue->rung = queue->posted;
  queue->done = queue->posted;
  queue->quarter = (size + 3u) / 4u;
  queue->recording = 0;
  place_in_ring(queue);
}

void pim_queue_doorbell(struct pim_queue* queue) {
  if (queue->rung == queue->posted || queue->recording) return;
  write_register(queue, PIM_REG_QUEUE_TAIL, queue->posted);
  queue->rung = queue->posted;
  PIM_DID(queue->hal, PIM_WORK_RING, 1);
}

void pim_queue_wait(struct pim_queue* queue, uint32_t sequence) {
  pim_queue_doorbell(queue);
  PIM_DID(queue->hal, PIM_WORK_WAIT, 1);
  for (;;) {
    PIM_DID(queue->hal, PIM_WORK_LOOK, 1);
    /* Clears the interrupt before it reads the counter: a completion between the two leaves the interrupt
     * pending. */
    write_register(queue, PIM_REG_IRQ_CLEAR, PIM_IRQ_COMMAND);
    queue->done = read_register(queue, PIM_REG_QUEUE_DONE);
    if ((int32_t)(queue->done - sequence) >= 0) return;
    queue->hal->wait_for_interrupt(queue->hal->context);
    PIM_DID(queue->hal, PIM_WORK_WAKE, 1);
  }
}

/* Waits until a quarter of the ring is free, not one entry, so that one interrupt serves many commands. The
 * last command of each quarter interrupts. */
static void make_room(struct pim_queue* queue) {
  PIM_DID(queue->hal, PIM_WORK_ROOM, 1);
  pim_queue_wait(queue, pim_round_up(pim_queue_next(queue) - queue->size, queue->quarter));
}

uint32_t pim_queue_post(struct pim_queue* queue, struct pim_command* command, uint32_t bytes) {
  const uint32_t sequence = pim_queue_next(queue);
  if (sequence - queue->done > queue->size) make_room(queue);
  if (--queue->to_interrupt == 0) {
    command->flags |= PIM_FLAG_IRQ;
    queue->to_interrupt = queue->quarter;
  }
  queue->hal->write_block(queue->hal->context, queue->slot, command, bytes);
  queue->slot += PIM_COMMAND_BYTES;
  if (queue->slot == queue->ring_end) queue->slot = queue->ring;
  queue->posted = sequence;
  return sequence;
}

/* A program is a ring that never fills, of which all before is complete. Neither of its ends is the ring's
 * end. */
void pim_queue_record(struct pim_queue* queue, uint32_t program) {
  queue->recording = 1;
  queue->recorded_from = queue->posted;
  queue->kept_done = queue->done;
  queue->kept_size = queue->size;
  queue->done = queue->posted;
  queue->size = 0xFFFFFFFFu;
  queue->to_interrupt = 0xFFFFFFFFu;
  queue->slot = program;
  write_register(queue, PIM_REG_PROGRAM_BASE, program);
  write_register(queue, PIM_REG_PROGRAM_FIRST, pim_queue_next(queue));
}

uint32_t pim_queue_recorded(struct pim_queue* queue) {
  const uint32_t commands = queue->posted - queue->recorded_from;
  queue->recording = 0;
  queue->posted = queue->recorded_from;
  queue->done = queue->kept_done;
  queue->size = queue->kept_size;
  place_in_ring(queue);
  return commands;
}

uint32_t pim_queue_run(struct pim_queue* queue, uint32_t commands) {
  write_register(queue, PIM_REG_PROGRAM_RUN, commands);
  queue->posted += commands;
  queue->rung = queue->posted;
  place_in_ring(queue);
  PIM_DID(queue->hal, PIM_WORK_RUN, 1);
  return queue->posted;
}
