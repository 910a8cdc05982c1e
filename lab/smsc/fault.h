/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which the laboratory's SMSC can be told to misbehave. Pure (station 9). */
#ifndef LAB_SMSC_FAULT_H
#define LAB_SMSC_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smsc_faults {
    bool lose_receipts, dup_receipts; /* delivery receipts never come, or come twice */
    bool lose_por;                    /* DELIVER-REPORT data is dropped, as by many centres */
    bool reorder;                     /* neighbouring messages to one subscriber change places */
    bool decimal_receipts;            /* the id is hexadecimal in the response, decimal in the receipt text */
    unsigned slow_ms;                 /* every forward step waits this long */
    unsigned drop_every;              /* every n-th accepted message vanishes */
    unsigned full_every;              /* every n-th submit_sm is answered ESME_RMSGQFUL */
    unsigned down_after;              /* all ESME links break instead of answering the n-th submit_sm, once */
};

/* Parses a comma separated list of fault names ("slow-200,drop-3"); false at the first unknown one. May be
 * called again to add more. */
bool smsc_faults_parse(const char *list, struct smsc_faults *out);

#endif
