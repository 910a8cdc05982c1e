/* SPDX-License-Identifier: Apache-2.0 */
/* Where a provider's online system listens, and the certificate that it must prove. Station 12. Edge. [BSI
 * TR-03165 4.1.4.17, 4.1.4.18, 4.3.1] */
#ifndef TSM_ROLE_SP_SPOS_TARGET_H
#define TSM_ROLE_SP_SPOS_TARGET_H

#include "store/store.h"

enum { SPOS_URL_MAX = 560, SPOS_PEM_MAX = 32 * 1024 };

struct spos_target {
    char url[SPOS_URL_MAX]; /* of process-results */
    char pem[SPOS_PEM_MAX]; /* the certificate, trusted alone */
};

/* Reads the SposConfig as it is now. NOT_FOUND: it was deleted. Others with a sentence for people: the url is
 * no https address, the certificate has no file or is none. */
enum tsm_err spos_target_load(struct tx *tx, int64_t config, struct spos_target *out);

/* "https://host/base/" and the method's name; BAD_VALUE where the base is not https. */
enum tsm_err spos_url(const char *base, char out[SPOS_URL_MAX]);
/* The certificates of an uploaded file, PEM or DER, as PEM and nothing else. BAD_FORM, NO_ROOM. */
enum tsm_err spos_pem(struct bytes file, char out[SPOS_PEM_MAX]);

#endif
