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

/* PIM_REF_VERSION of the library. */
int pim_ref_version(void);

/* A memory of so many bytes, all zero: a bank's BRAM or BMEM, or what an ALU addresses from 0. Null if there
 * is no room for it. */
void* pim_ref_memory_new(uint32_t bytes);
void pim_ref_memory_free(void* memory);
/* 32 bytes at a multiple of 32. */
int pim_ref_memory_write(void* memory, uint32_t offset, const uint32_t* beat);
int pim_ref_memory_read(const void* memory, uint32_t offset, uint32_t* beat);

/* Whether a bank with so many bytes of BRAM and BMEM runs the command. */
int pim_ref_bank_check(const uint32_t* command, uint32_t bram_bytes, uint32_t bmem_bytes);
/* Runs it. `bank_in_die` says which cached tokens of a head the bank holds. */
int pim_ref_bank_execute(const uint32_t* command, uint32_t bank_in_die, void* bmem, void* bram);
/* Runs an ALU command whose shapes are those of docs/commands.md on a memory that it addresses from 0. */
int pim_ref_alu_execute(const uint32_t* command, void* memory);

#ifdef __cplusplus
}
#endif

#endif
