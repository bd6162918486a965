/* A schedule that takes one tile of tokens through the whole model before it starts the next. */
#ifndef TILE_BY_TILE_H
#define TILE_BY_TILE_H

#include "abi/pim_hal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The same contract as pim_firmware_main: runs one job; called again for the next. Generates tokens only. */
int tile_by_tile_main(const struct pim_hal* hal, uint32_t registers, uint32_t plan);

#ifdef __cplusplus
}
#endif
#endif
