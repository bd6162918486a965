/* The firmware of the Controller: runs a model that lies in the chip as struct pim_plan says. */
#ifndef PIM_FIRMWARE_H
#define PIM_FIRMWARE_H

#include "abi/pim_hal.h"
#include "abi/pim_plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Waits for PIM_IRQ_JOB, runs the job of PIM_REG_JOB_ADDRESS and returns its enum pim_error; call it again
 * for the next job. `registers` is the bus address of the register page, `plan` that of the plan.
 *
 * While it runs PIM_REG_STATUS is BUSY; it ends as DONE, or as ERROR | error << 8. PIM_REG_MARK gets
 * MARK_PREFILL when the prompt starts, MARK_DECODE | step << 8 when decode step 0, 1, ... starts (the chip is
 * idle then), and MARK_END. Every generated id goes to PIM_REG_TOKEN; its logits lie at plan.logits until the
 * next command is posted. The first id comes from the prompt, so M tokens take M - 1 decode steps. Generation
 * stops after job.generate tokens, after an end-of-sequence token (which is posted) or when the cache is
 * full. */
int pim_firmware_main(const struct pim_hal* hal, uint32_t registers, uint32_t plan);

#ifdef __cplusplus
}
#endif
#endif
