/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of a certificate behind one reader. Inside gp/certificate only. Stations 5 and 7. Pure. */
#ifndef TSM_GP_CERTIFICATE_INSIDE_H
#define TSM_GP_CERTIFICATE_INSIDE_H

#include "gp/certificate/certificate.h"
#include "gp/tlv.h"

enum { TAG_CERTIFICATE = 0x7F21, TAG_SEQUENCE = 0x30, TAG_BITS = 0x03, TAG_OID = 0x06 };

/* The value of 7F21 in the GlobalPlatform form. */
enum tsm_err read_gp(struct bytes value, struct gp_certificate *out);
/* The value of the outer SEQUENCE. */
enum tsm_err read_x509(struct bytes value, struct gp_certificate *out);

/* The next object, which must be of this kind: BAD_VALUE; the reader stays as it was then. */
enum tsm_err der_take(struct reader *r, uint32_t tag, struct tlv *out);
bool der_next_is(const struct reader *r, uint8_t tag);
/* Uses, subject, authorizations and discretionary data of `c`. */
enum tsm_err x509_extensions(struct reader *r, struct gp_certificate *c);

/* Digits 0 to 9 in each half octet, month and day in their ranges. */
enum tsm_err date_check(uint32_t date);

#endif
