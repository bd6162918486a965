/* The firmware of the Controller: runs a model that the chip's memories hold as struct pim_plan describes. */
#ifndef PIM_FIRMWARE_H
#define PIM_FIRMWARE_H

#include "abi/pim_hal.h"
#include "abi/pim_plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Waits for PIM_IRQ_JOB, runs the job at PIM_REG_JOB_ADDRESS and returns its enum pim_error. Call it again
 * for the next job. `registers` is the bus address of the register page, `plan` that of the plan.
 *
 * PIM_REG_STATUS is BUSY during the job, then DONE, or ERROR | error << 8. PIM_REG_MARK receives MARK_PREFILL
 * when the prompt starts, MARK_DECODE | step << 8 when decode step 0, 1, ... starts (the chip is idle then),
 * and MARK_END. PIM_REG_TOKEN receives every generated id; its logits stay at plan.logits until the next
 * command is posted. The prompt yields the first id, so M tokens take M - 1 decode steps. Generation stops
 * after job.generate tokens, after an end-of-sequence token (which is posted) or when the cache is full. */
int pim_firmware_main(const struct pim_hal* hal, uint32_t registers, uint32_t plan);

#ifdef __cplusplus
}
#endif
#endif
