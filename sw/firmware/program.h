/* A decode step as a program: the commands of one step lie in Controller memory, and the command processor
 * runs all of them at one doorbell, once for each token. From one token to the next only those words change
 * that depend on the context. While a token runs, the firmware sets them for the next token, in commands that
 * are complete.
 *
 * Recording writes the commands of a step to the program instead of to the ring, and notes the words that
 * depend on the context. Notes lie in Controller memory. Each has two words: the number of a word of the
 * program, and the value that it gets (enum pim_quantity); or the number of a command, and PIM_QUANTITIES:
 * the words noted behind it may be set when that command is complete.
 */
#ifndef PIM_PROGRAM_H
#define PIM_PROGRAM_H

#include "sw/firmware/machine.h"

/* Returns whether the recorded program can run for a token at this position. Its masks are those of one row
 * of blocks. */
int pim_program_serves(const struct pim_machine* machine, uint32_t position);

/* Begins and ends the recording of a step. Commands are numbered from 1. */
void pim_program_begin(struct pim_machine* machine, uint32_t position);
void pim_program_end(struct pim_machine* machine);

/* The words noted between these two may be set when the command `sequence` is complete. No effect while
 * nothing is recorded. */
void pim_program_open(struct pim_machine* machine);
void pim_program_close(struct pim_machine* machine, uint32_t sequence);

/* Starts the program; returns the sequence number of its last command, which interrupts. */
uint32_t pim_program_run(struct pim_machine* machine);

/* Sets the words that depend on the context to their values for a token at `position`, each when its command
 * is complete. */
void pim_program_follow(struct pim_machine* machine, uint32_t position);

/* Sets the words that depend on the previous token, `id`: the row of the embedding and the random number. */
void pim_program_complete(struct pim_machine* machine, uint32_t id);

#endif
