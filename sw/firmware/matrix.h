/* Multiplies a matrix in the banks by the activation records of a tile. */
#ifndef PIM_MATRIX_H
#define PIM_MATRIX_H

#include "sw/firmware/machine.h"

/* Destination of the results: Q16 [token][pitch bytes] from `address` on. */
struct pim_destination {
  struct pim_use use;
  uint32_t address;
  uint32_t pitch;
};

/* Number of elements in a result row as the banks deliver it, padding included. Determines buffer sizes. */
static inline uint32_t pim_matrix_width(const struct pim_matrix* matrix) {
  return matrix->slots / matrix->column_parts * matrix->rows;
}

/* Sets the fields with which an ALU command writes the tile's activation records for this matrix. */
void pim_set_activation(const struct pim_machine* machine, const struct pim_tile* tile,
                        const struct pim_matrix* matrix, struct pim_command* command);

/* Posts SEND, MAC and GATHER for `tokens` vectors. An ALU command with pim_set_activation made their records.
 */
void pim_run_matrix(struct pim_machine* machine, const struct pim_tile* tile, uint32_t tokens,
                    const struct pim_matrix* matrix, struct pim_destination to);

#endif
