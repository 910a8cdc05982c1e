/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of elliptic curves and certificates out of text files. Stations 5 and 7. Pure. [RFC 7468, RFC 5958,
 * RFC 5280, SEC 1] */
#ifndef TSM_BASE_EC_PEM_H
#define TSM_BASE_EC_PEM_H

#include "base/ec/ec.h"

/* The next block with this label ("CERTIFICATE"), decoded and appended to `der`; blocks of other labels are
 * passed over. NOT_FOUND at the end, BAD_FORM for a block that is not base64 or has no end. On success *text
 * begins behind the block. */
enum tsm_err pem_next(struct bytes *text, const char *label, struct writer *der);

/* A private key in PEM or DER, not encrypted, and its public point. BAD_FORM when it is none, KEY_REFUSED for
 * another type or without the private half, UNSUPPORTED for a curve that is not spoken here. */
enum tsm_err ec_private_read(struct bytes text, struct ec_private *out, struct writer *point);
/* A public key likewise (SubjectPublicKeyInfo, or a private key's public half). */
enum tsm_err ec_public_read(struct bytes text, enum ec_curve *curve, struct writer *point);

#endif
