/* libpimref: what bank and ALU commands compute, bit for bit, for a test bench of your own.
 *
 * Plain C, and DPI as it stands: `void*` is a chandle, `command` an `input bit [1023:0]` (the 128 bytes of
 * struct pim_command of abi/pim_abi.h, the first byte lowest), `beat` a `bit [255:0]` (32 bytes, the first
 * one lowest). The host is little-endian. No call throws; a call that does not return PIM_REF_OK has changed
 * nothing.
 */
#ifndef PIM_REF_H
#define PIM_REF_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PIM_REF_VERSION = 1, PIM_REF_BEAT_BYTES = 32 };
enum pim_ref_status {
  PIM_REF_OK = 0,
  PIM_REF_NO_COMMAND = 1,   /* the opcode is none of a bank's, or of an ALU's */
  PIM_REF_OUT_OF_RANGE = 2, /* a bank refuses it, or it reaches beyond the memory */
  PIM_REF_FAILED = 3        /* no memory was to be had */
};

/* Returns PIM_REF_VERSION of the library. */
int pim_ref_version(void);

/* Allocates a memory of `bytes` bytes, all zero: a bank's BRAM or BMEM, or the memory that an ALU addresses
 * from 0. Returns null if there is not enough host memory. */
void* pim_ref_memory_new(uint32_t bytes);
void pim_ref_memory_free(void* memory);
/* Read and write 32 bytes at a multiple of 32. */
int pim_ref_memory_write(void* memory, uint32_t offset, const uint32_t* beat);
int pim_ref_memory_read(const void* memory, uint32_t offset, uint32_t* beat);

/* Returns whether a bank with these sizes of BRAM and BMEM accepts the command. */
int pim_ref_bank_check(const uint32_t* command, uint32_t bram_bytes, uint32_t bmem_bytes);
/* Runs the command. `bank_in_die` determines the cached tokens of a head in the bank. */
int pim_ref_bank_execute(const uint32_t* command, uint32_t bank_in_die, void* bmem, void* bram);
/* Runs an ALU command with shapes as in docs/commands.md on a memory that it addresses from 0. */
int pim_ref_alu_execute(const uint32_t* command, void* memory);

#ifdef __cplusplus
}
#endif

#endif
