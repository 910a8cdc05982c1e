/* SPDX-License-Identifier: Apache-2.0 */
/* How one laboratory UICC differs from the rule, and how it fails. Pure (station 10, the card's half). */
#ifndef LAB_UICC_SIM_QUIRK_H
#define LAB_UICC_SIM_QUIRK_H

#include "uicc/sms/concat.h"

enum { QUIRK_MAX_LIST = 160 };

struct uicc_quirks {
    bool silent; /* a failed check is answered by SW 6200 without a proof of receipt */
    enum concat_layout layout;
    bool pad_80;           /* AES padding of responses begins with 80 */
    bool cmac4;            /* AES checksums are 4 octets */
    bool por_submit;       /* every proof of receipt goes by SMS-SUBMIT */
    bool counter_jump;     /* counter mode 01 stores the received counter */
    bool zero_body;        /* a non-final segment is answered by octets that are no proof of receipt */
    unsigned max_segments; /* a packet of more short messages is answered by status 07 */
    bool dup_por;
    unsigned drop_por_every; /* every n-th proof of receipt is lost */
    unsigned drop_por_until; /* but none from this one on; 0: for ever */
    unsigned busy_first;     /* the first n ENVELOPEs are answered 9300 */
    unsigned tear_at;        /* the n-th command is executed, then the card loses power */
    char card_quirks[QUIRK_MAX_LIST],
        card_faults[QUIRK_MAX_LIST]; /* names that are not ours: for the card below */
};

/* Parse comma separated lists of quirks and faults, adding to `out`; false: a number is missing or a list too
 * long. */
bool uicc_quirks_parse(const char *quirks, struct uicc_quirks *out);
bool uicc_faults_parse(const char *faults, struct uicc_quirks *out);

#endif
