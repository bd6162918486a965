/* All that the firmware asks of the machine it runs on. */
#ifndef PIM_HAL_H
#define PIM_HAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pim_hal {
  void* context; /* handed to every call */
  uint32_t (*read32)(void* context, uint32_t address);
  void (*write32)(void* context, uint32_t address, uint32_t value);
  void (*read_block)(void* context, uint32_t address, void* to, uint32_t bytes);
  void (*write_block)(void* context, uint32_t address, const void* from, uint32_t bytes);
  /* Returns when PIM_REG_IRQ_STATUS is not 0, at once if it is so already. */
  void (*wait_for_interrupt)(void* context);
};

#ifdef __cplusplus
}
#endif
#endif
