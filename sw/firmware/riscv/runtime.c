/* Runtime of the firmware on a bare RV32IMAC core: entry, hardware access, and the two functions to which the
 * compiler generates calls. */
#include <stddef.h>

#include "sw/firmware/pim_firmware.h"

extern uint32_t pim_bss_begin[], pim_bss_end[];

/* Keeps functions that only generated code or the linker script refers to. */
#define CALLED_FROM_OUTSIDE __attribute__((used))

/* Copies words if both addresses are word-aligned, which holds for all copies of the firmware. */
CALLED_FROM_OUTSIDE void* memcpy(void* to, const void* from, size_t bytes) {
  uint8_t* out = to;
  const uint8_t* in = from;
  if (((uintptr_t)out | (uintptr_t)in) % 4u == 0) {
    uint32_t* words_out = to;
    const uint32_t* words_in = from;
    for (; bytes >= 4; bytes -= 4) *words_out++ = *words_in++;
    out = (uint8_t*)words_out;
    in = (const uint8_t*)words_in;
  }
  while (bytes--) *out++ = *in++;
  return to;
}

CALLED_FROM_OUTSIDE void* memset(void* to, int value, size_t bytes) {
  uint8_t* out = to;
  if ((uintptr_t)out % 4u == 0) {
    uint32_t *words = to, pattern = (uint8_t)value * 0x01010101u;
    for (; bytes >= 4; bytes -= 4) *words++ = pattern;
    out = (uint8_t*)words;
  }
  while (bytes--) *out++ = (uint8_t)value;
  return to;
}

static uint32_t read32(void* context, uint32_t address) {
  (void)context;
  return *(volatile uint32_t*)address;
}

static void write32(void* context, uint32_t address, uint32_t value) {
  (void)context;
  /* Descriptors must be in memory before the doorbell rings. */
  __asm__ volatile("fence rw, rw" ::: "memory");
  *(volatile uint32_t*)address = value;
}

/* Copies eight words per iteration: a command has 15 to 32. */
static inline void copy_words(volatile uint32_t* out, volatile const uint32_t* in, uint32_t bytes) {
  for (; bytes >= 32; bytes -= 32, in += 8, out += 8) {
    out[0] = in[0];
    out[1] = in[1];
    out[2] = in[2];
    out[3] = in[3];
    out[4] = in[4];
    out[5] = in[5];
    out[6] = in[6];
    out[7] = in[7];
  }
  for (; bytes; bytes -= 4) *out++ = *in++;
}

static void read_block(void* context, uint32_t address, void* to, uint32_t bytes) {
  (void)context;
  copy_words(to, (volatile const uint32_t*)address, bytes);
}

static void write_block(void* context, uint32_t address, const void* from, uint32_t bytes) {
  (void)context;
  copy_words((volatile uint32_t*)address, from, bytes);
}

/* Interrupts are enabled at their source but masked in mstatus: wfi returns when one is pending. */
static void wait_for_interrupt(void* context) {
  (void)context;
  __asm__ volatile("wfi");
}

/* The core starts with the address of the registers in a0 and that of the plan in a1. */
CALLED_FROM_OUTSIDE void pim_main(uint32_t registers, uint32_t plan) {
  const struct pim_hal hal = {NULL, read32, write32, read_block, write_block, wait_for_interrupt, NULL};
  for (uint32_t* word = pim_bss_begin; word < pim_bss_end; ++word) *word = 0;
  __asm__ volatile("csrs mie, %0" ::"r"(1u << 11)); /* MEIE */
  for (;;) pim_firmware_main(&hal, registers, plan);
}

__attribute__((naked, section(".text.start"))) void pim_start(void) {
  __asm__ volatile("la sp, pim_stack_top\n\tj pim_main");
}
