/* SPDX-License-Identifier: Apache-2.0 */
/* What listing and carrying share: the connection to pcscd and its verdicts. Edge. Inside link/pcsc only. */
#ifndef TSM_LINK_PCSC_INSIDE_H
#define TSM_LINK_PCSC_INSIDE_H

#include <winscard.h>

#include "link/pcsc/pcsc.h"

/* TSM_OK for SCARD_S_SUCCESS, else an error whose cause says `doing` and what pcscd means. */
enum tsm_err pcsc_verdict(LONG rv, const char *doing);
enum tsm_err pcsc_context(SCARDCONTEXT *out);

#endif
